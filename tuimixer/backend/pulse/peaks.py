"""A level meter's recording stream, for which the server reduces the sound to a few peaks a second."""

import ctypes
import struct
from collections.abc import Callable
from typing import Any

from tuimixer.backend.pulse import libpulse
from tuimixer.backend.pulse.pulsectl_import import binding as c

# With pavucontrol's id, other mixers do not show our meters as recording applications.
_PROPERTIES = "application.id=org.PulseAudio.pavucontrol application.name=tuimixer"
# PipeWire before 1.6 ignores STREAM_DONT_INHIBIT_AUTO_SUSPEND, so a meter would keep its target running. The
# device would never be suspended, and moves of streams would not be reported, because the PulseAudio server
# reports a move only if the stream's node changes its state in the process.
_ASLEEP = " node.passive=true"
_MEDIA = "Peak detect"
_SAMPLE = 4
_ANY = 0xFFFFFFFF
_SILENCE = 1e-3
"""Amplitude below which a peak is silence (-60 dBFS)."""
_SETTLED = 2.0
"""Seconds of silence after which the meter rests."""
_SLOW = 23
"""Peaks per second up to which at most one is due in 2,048 samples at 48 kHz."""
_RESTING_RATE = 1
"""Peaks per second of a resting meter, which shows the first sound up to a second late."""


class PeakStream:
    """Peaks of a source, or of one sink input on a sink's monitor.

    `on_data` is called when peaks have arrived, except during silence. `on_end` is called once when the
    stream has ended, through `close` or because its device or stream is gone or has moved.
    """

    def __init__(
        self,
        context: Any,
        source: str,
        sink_input: int | None,
        rate: int,
        channels: int,
        keep_awake: bool,
        on_data: Callable[[], None],
        on_end: Callable[[], None],
    ) -> None:
        """`rate` is in peaks per second; `keep_awake` is whether the server must not suspend the source while
        it is metered.

        Raises:
            CallError: the stream is refused (pulsectl's class).
        """
        self.channels = channels
        self._rate = rate
        self._peaks = [0.0] * channels
        self._fresh = False
        self._silent = 0
        """Consecutive silent peaks."""
        self._resting = False
        self._closing = False
        self._on_data, self._on_end = on_data, on_end
        self._address = ctypes.c_void_p()
        self._size = ctypes.c_size_t()
        self._address_at, self._size_at = ctypes.byref(self._address), ctypes.byref(self._size)
        self._read_callback = libpulse.REQUEST_CB(self._read)
        self._state_callback = libpulse.NOTIFY_CB(self._state_changed)
        spec = c.PA_SAMPLE_SPEC(format=c.PA_SAMPLE_FLOAT32NE, rate=rate, channels=channels)
        properties = c.pa.proplist_from_string(_PROPERTIES + ("" if keep_awake else _ASLEEP))
        self._stream = c.pa.stream_new_with_proplist(context, _MEDIA, ctypes.byref(spec), None, properties)
        c.pa.proplist_free(properties)
        if not self._stream:
            raise c.pa.CallError("the stream could not be created")
        flags = libpulse.STREAM_DONT_MOVE | libpulse.STREAM_PEAK_DETECT | libpulse.STREAM_ADJUST_LATENCY
        flags |= libpulse.STREAM_VARIABLE_RATE
        if not keep_awake:
            flags |= libpulse.STREAM_DONT_INHIBIT_AUTO_SUSPEND
        try:
            if sink_input is not None:
                c.pa.stream_set_monitor_stream(self._stream, sink_input)
            libpulse.stream_set_read_callback(self._stream, self._read_callback, None)
            libpulse.stream_set_state_callback(self._stream, self._state_callback, None)
            c.pa.stream_connect_record(self._stream, source, self._fragments(1), flags)
        except c.pa.CallError:
            self._on_end = _nothing
            self._end()
            raise

    @property
    def ended(self) -> bool:
        """Whether the server has released the stream."""
        return not self._stream

    def take(self) -> tuple[float, ...] | None:
        """The highest peaks since the last call, one per channel, 1 = 0 dBFS; None if none have arrived."""
        if not self._fresh:
            return None
        peaks = tuple(self._peaks)
        self._peaks = [0.0] * self.channels
        self._fresh = False
        return peaks

    def close(self) -> None:
        """End the stream, but not before the server has created it, because it could not be cancelled."""
        self._closing = True
        if self._stream and libpulse.stream_get_state(self._stream) == libpulse.STREAM_READY:
            self._disconnect()

    def abandon(self) -> None:
        """Release the stream because its connection ends."""
        self._on_end = _nothing
        self._end()

    def _disconnect(self) -> None:
        try:
            c.pa.stream_disconnect(self._stream)
        except c.pa.CallError:
            self._end()

    def _fragments(self, peaks: int) -> Any:
        """Buffer attributes for this many peaks per fragment."""
        return c.PA_BUFFER_ATTR(_ANY, _ANY, _ANY, _ANY, peaks * self.channels * _SAMPLE)

    def _rest(self, on: bool) -> None:
        """Make the server send hardly anything during silence.

        PulseAudio sends what it has regardless of the fragment size, so it needs the lower rate; PipeWire
        does not change the rate, but fills the fragment. The order of the calls keeps the fragment's
        duration, which is the latency that PulseAudio requests from the source, at one second or less.
        """
        if on == self._resting or self._closing or not self._stream:
            return
        self._resting = on
        if on:
            # A stream of long fragments allows long cycles of PipeWire's graph, usually up to 2,048 samples.
            # PipeWire before 0.3.73 crashes if two peaks are due in one cycle.
            if self._rate <= _SLOW:
                self._set_fragment(round(self._rate / _RESTING_RATE))
            self._set_rate(_RESTING_RATE)
        else:
            self._set_rate(self._rate)
            if self._rate <= _SLOW:
                self._set_fragment(1)

    def _set_fragment(self, peaks: int) -> None:
        attributes = ctypes.byref(self._fragments(peaks))
        _forget(libpulse.stream_set_buffer_attr(self._stream, attributes, None, None))

    def _set_rate(self, rate: int) -> None:
        _forget(libpulse.stream_update_sample_rate(self._stream, rate, None, None))

    def _read(self, stream: int, waiting: int, _data: Any) -> None:
        while waiting > 0:
            if libpulse.stream_peek(stream, self._address_at, self._size_at) < 0 or not self._size.value:
                break
            size = self._size.value
            if self._address.value:
                self._take_in(ctypes.string_at(self._address.value, size))
            libpulse.stream_drop(stream)
            waiting -= size
        self._rest(self._silent >= _SETTLED * self._rate)
        if self._fresh and not self._closing and not self._resting:
            self._on_data()

    def _take_in(self, data: bytes) -> None:
        self._fresh = True
        if not any(data):
            # All zeros mean silence, which is all that an idle meter receives, so unpacking can be skipped.
            self._silent += len(data) // (_SAMPLE * self.channels)
            return
        samples = struct.unpack(f"={len(data) // _SAMPLE}f", data)
        sounds = any(sample > _SILENCE for sample in samples)
        self._silent = 0 if sounds else self._silent + len(samples) // self.channels
        peaks = self._peaks
        for channel in range(self.channels):
            # min and max in this order turn NaN into silence.
            peaks[channel] = max(
                peaks[channel], *(min(value, 1.0) for value in samples[channel :: self.channels])
            )

    def _state_changed(self, stream: Any, _data: Any) -> None:
        state = libpulse.stream_get_state(stream)
        if state == libpulse.STREAM_READY and self._closing:
            self._disconnect()
        elif state in (libpulse.STREAM_FAILED, libpulse.STREAM_TERMINATED):
            self._end()

    def _end(self) -> None:
        stream, self._stream = self._stream, None
        if not stream:
            return
        libpulse.stream_set_read_callback(stream, None, None)
        libpulse.stream_set_state_callback(stream, None, None)
        c.pa.stream_unref(stream)
        self._on_end()


def _forget(operation: int | None) -> None:
    """Discard the operation without waiting for a response."""
    if operation:
        libpulse.operation_unref(operation)


def _nothing() -> None:
    pass
