"""Plays any number of streams over few connections: silence, or a tone whose loudness moves.

A Pulse server takes 64 connections and 256 inputs per sink, so 300 streams share connections and are
spread over the sinks. Says `ready` once all streams are playing; reads `tone` or `silence` on stdin and
answers `ok`.
"""

import array
import ctypes
import math
import sys
import time
from collections.abc import Callable

RATE = 8000
_PER_CONNECTION = 8
_NEVER = 0xFFFFFFFF
_READY, _FAILED = 2, 3
_STREAM_CALLBACK = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p)


class _Spec(ctypes.Structure):
    _fields_ = (("format", ctypes.c_int), ("rate", ctypes.c_uint32), ("channels", ctypes.c_uint8))


class _Attributes(ctypes.Structure):
    _fields_ = tuple(
        (name, ctypes.c_uint32) for name in ("maxlength", "tlength", "prebuf", "minreq", "fragsize")
    )


class Feeder:
    """All the streams, served by libpulse's threaded main loop."""

    def __init__(self, streams: int, sinks: int) -> None:
        self.tone = False
        self._pa = ctypes.CDLL("libpulse.so.0")
        for name in (
            "pa_threaded_mainloop_new",
            "pa_threaded_mainloop_get_api",
            "pa_context_new",
            "pa_stream_new",
        ):
            getattr(self._pa, name).restype = ctypes.c_void_p
        self._positions = [0] * streams
        self._callbacks: list[object] = []
        loop = ctypes.c_void_p(self._pa.pa_threaded_mainloop_new())
        api = ctypes.c_void_p(self._pa.pa_threaded_mainloop_get_api(loop))
        self._pa.pa_threaded_mainloop_start(loop)
        self._loop = loop
        connections = []
        for first in range(0, streams, _PER_CONNECTION):
            context = ctypes.c_void_p(
                self._locked(self._pa.pa_context_new, api, f"bench-player-{first + 1}".encode())
            )
            self._locked(self._pa.pa_context_connect, context, None, 0, None)
            self._wait(self._pa.pa_context_get_state, context, 4)
            connections.append(context)
        for number in range(streams):
            self._open(connections[number // _PER_CONNECTION], number, f"bench_sink_{number % sinks}")

    def _open(self, context: ctypes.c_void_p, number: int, sink: str) -> None:
        spec = _Spec(3, RATE, 2)
        attributes = _Attributes(_NEVER, RATE * 2 * 2, _NEVER, RATE * 2 * 2 // 4, _NEVER)
        name = f"bench-player-{number + 1}".encode()
        stream = ctypes.c_void_p(
            self._locked(self._pa.pa_stream_new, context, name, ctypes.byref(spec), None)
        )
        callback = _STREAM_CALLBACK(lambda handle, wanted, _: self._feed(handle, wanted, number))
        self._callbacks.append(callback)
        self._locked(self._pa.pa_stream_set_write_callback, stream, callback, None)
        self._locked(
            self._pa.pa_stream_connect_playback,
            stream,
            sink.encode(),
            ctypes.byref(attributes),
            0,
            None,
            None,
        )
        self._wait(self._pa.pa_stream_get_state, stream, _READY)

    def _feed(self, handle: int, wanted: int, number: int) -> None:
        """Give the server the data that it requests."""
        data = self._sound(number, wanted // 4) if self.tone else bytes(wanted)
        self._pa.pa_stream_write(
            ctypes.c_void_p(handle), data, ctypes.c_size_t(len(data)), None, ctypes.c_int64(0), 0
        )

    def _sound(self, number: int, frames: int) -> bytes:
        begin = self._positions[number]
        self._positions[number] = begin + frames
        samples = array.array("h")
        for index in range(begin, begin + frames):
            seconds = index / RATE
            loudness = 0.1 + 0.8 * abs(math.sin(seconds * (1.3 + number * 0.17)))
            value = int(loudness * 32000 * math.sin(2 * math.pi * 330 * seconds))
            samples.extend((value, value))
        return samples.tobytes()

    def _locked(self, call: Callable[..., int], *arguments: object) -> int:
        self._pa.pa_threaded_mainloop_lock(self._loop)
        try:
            return call(*arguments)
        finally:
            self._pa.pa_threaded_mainloop_unlock(self._loop)

    def _wait(self, state: Callable[..., int], thing: ctypes.c_void_p, wanted: int) -> None:
        deadline = time.monotonic() + 20
        while (now := self._locked(state, thing)) != wanted:
            if now > wanted or time.monotonic() > deadline:
                raise SystemExit(f"feeder: state {now} instead of {wanted}")
            time.sleep(0.005)


def main() -> None:
    """Start the players and follow the commands."""
    feeder = Feeder(int(sys.argv[1]), int(sys.argv[2]))
    print("ready", flush=True)
    for line in sys.stdin:
        feeder.tone = line.strip() == "tone"
        time.sleep(0.5)
        print("ok", flush=True)


if __name__ == "__main__":
    main()
