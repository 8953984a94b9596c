"""Plays any number of streams from few connections: silence, or a tone whose loudness moves.

Reads `tone` or `silence` on stdin and answers `ok`; says `ready` when all streams exist.
"""

import array
import ctypes
import math
import sys
import threading
import time

RATE = 8000
_CHUNK = RATE // 20


class _Spec(ctypes.Structure):
    _fields_ = (("format", ctypes.c_int), ("rate", ctypes.c_uint32), ("channels", ctypes.c_uint8))


class _Attributes(ctypes.Structure):
    _fields_ = tuple((name, ctypes.c_uint32) for name in ("maxlength", "tlength", "prebuf", "minreq", "fragsize"))


def main() -> None:
    """Start the players and do as told."""
    streams, sinks = int(sys.argv[1]), int(sys.argv[2])
    state = {"tone": False}
    ready = threading.Barrier(streams + 1)
    simple = ctypes.CDLL("libpulse-simple.so.0")
    simple.pa_simple_new.restype = ctypes.c_void_p
    for number in range(streams):
        threading.Thread(target=_play, args=(simple, number, sinks, state, ready), daemon=True).start()
    ready.wait()
    print("ready", flush=True)
    for line in sys.stdin:
        state["tone"] = line.strip() == "tone"
        time.sleep(0.5)
        print("ok", flush=True)


def _play(simple: ctypes.CDLL, number: int, sinks: int, state: dict[str, bool], ready: threading.Barrier) -> None:
    spec = _Spec(3, RATE, 2)
    never = 0xFFFFFFFF
    attributes = _Attributes(never, RATE * 2 * 2, never, RATE * 2 * 2 // 4, never)
    name = f"bench-player-{number + 1}".encode()
    error = ctypes.c_int()
    handle = simple.pa_simple_new(
        None,
        name,
        1,
        f"bench_sink_{number % sinks}".encode(),
        name,
        ctypes.byref(spec),
        None,
        ctypes.byref(attributes),
        ctypes.byref(error),
    )
    if not handle:
        raise SystemExit(f"player {number}: error {error.value}")
    ready.wait()
    position = 0
    silence = bytes(_CHUNK * 4)
    while True:
        data = _tone(position, number) if state["tone"] else silence
        position += _CHUNK
        if simple.pa_simple_write(ctypes.c_void_p(handle), data, len(data), ctypes.byref(error)) < 0:
            return


def _tone(position: int, number: int) -> bytes:
    samples = array.array("h")
    for index in range(position, position + _CHUNK):
        seconds = index / RATE
        loudness = 0.1 + 0.8 * abs(math.sin(seconds * (1.3 + number * 0.17)))
        value = int(loudness * 32000 * math.sin(2 * math.pi * 330 * seconds))
        samples.append(value)
        samples.append(value)
    return samples.tobytes()


if __name__ == "__main__":
    main()
