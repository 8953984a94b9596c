"""Peak levels of the controls that are visible, and of nothing else."""

import asyncio
import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

from tuimixer.backend.base import BackendError
from tuimixer.backend.pulse.aio import AsyncClient
from tuimixer.backend.pulse.meter_connections import ConnectedPeakStream, MeterConnections
from tuimixer.backend.pulse.peaks import PeakStream
from tuimixer.model.control import Control, ControlId, Kind, side_of
from tuimixer.model.snapshot import Levels, Update

_HIGHEST_RATE = 100.0
_FLOOR = 1e-3
"""Amplitude of -60 dBFS; anything below is shown as silence."""
_STEPS_PER_DB = 2
_DEAF = 0.3
"""Seconds without a peak after which a level drops to zero, because a suspended device sends none."""
_RETRY = 1.0
"""Seconds before a meter that ended on its own is reopened."""
_UNHEARD, _LONGEST_UNHEARD = 2.0, 60.0
"""First and longest time in seconds after which a meter that has received no peak from a running device is
reopened; the time doubles with each attempt.

WirePlumber 0.4 occasionally fails to link a stream.
"""

_MOST_CONNECTED = 24
"""Maximum number of meters on PipeWire, which accepts 64 clients at an address; further ones wait."""

_Stream = PeakStream | ConnectedPeakStream


class TapPoint(NamedTuple):
    """Where a meter is attached."""

    source: str
    sink_input: int | None
    channels: int
    keep_awake: bool

    def is_on_stream_of(self, other: "TapPoint") -> bool:
        """Whether both are on the same sink input, which may have moved, and otherwise alike."""
        return self.sink_input is not None and self == other._replace(source=self.source)


class MeterStreams:
    """Opens and closes peak streams as the requested controls appear, disappear, move and pause.

    Levels are emitted together, and only those that changed visibly, so an id missing from a message has kept
    its level.
    """

    def __init__(
        self,
        client: AsyncClient,
        emit: Callable[[Update], None],
        connection: Callable[[], AsyncClient],
        is_pipewire: Callable[[], bool],
    ) -> None:
        """`connection` makes another one to the same server; `is_pipewire` returns whether that is
        PipeWire's.
        """
        self._client, self._emit, self._is_pipewire = client, emit, is_pipewire
        self._connections = MeterConnections(connection)
        self._ids: frozenset[ControlId] = frozenset()
        self._rate = 20.0
        self._controls: Mapping[ControlId, Control] = {}
        self._streams: dict[ControlId, tuple[TapPoint, _Stream]] = {}
        self._closing: set[_Stream] = set()
        """Streams being closed, kept because their callbacks must outlive them."""
        self._shown: dict[ControlId, tuple[int, ...]] = {}
        self._heard: dict[ControlId, float] = {}
        self._not_before: dict[ControlId, float] = {}
        self._unheard: dict[ControlId, float] = {}
        """Seconds to wait for a peak, for meters that have already been reopened."""
        self._flush_timer: asyncio.TimerHandle | None = None
        self._retry_timer: asyncio.TimerHandle | None = None
        self._last_flush = 0.0
        self._idle = False
        """Whether the flush timer only watches for meters that have gone silent."""

    def want(self, ids: frozenset[ControlId], rate: float) -> None:
        """Meter these of the controls last passed to `follow`, `rate` times a second."""
        rate = min(max(rate, 1.0), _HIGHEST_RATE)
        if rate != self._rate:
            for control_id in list(self._streams):
                self._stop(control_id)
        if ids != self._ids:
            self._unheard.clear()
        self._ids, self._rate = ids, rate
        self.follow(self._controls)

    def follow(self, controls: Mapping[ControlId, Control]) -> None:
        """Start and stop meters where the controls have changed."""
        self._controls = controls
        if not self._ids and not self._streams:
            return
        taps = self._taps()
        for control_id, (tap, stream) in list(self._streams.items()):
            new = taps.get(control_id)
            # On PipeWire, a meter on a sink input follows it to another sink, and to open one during the move
            # is worse: the answer names no device, at which libpulse ends the meter's connection. PulseAudio
            # ends the meters of a stream that moves.
            if new is not None and self._is_pipewire() and tap.is_on_stream_of(new):
                self._streams[control_id] = (new, stream)
            elif new != tap:
                self._stop(control_id)
        now = asyncio.get_running_loop().time()
        for control_id, tap in taps.items():
            if self._is_full():
                break
            if control_id not in self._streams and self._not_before.get(control_id, 0.0) <= now:
                self._start(control_id, tap)

    def _taps(self) -> dict[ControlId, TapPoint]:
        """Where to attach meters: if there are too many, rather to devices that are running."""
        taps = {
            control_id: tap
            for control_id in self._controls
            if control_id in self._ids and (tap := tap_of(control_id, self._controls)) is not None
        }
        if not self._is_pipewire() or len(taps) <= _MOST_CONNECTED:
            return taps
        chosen = sorted(taps, key=lambda control_id: not self._is_running(taps[control_id].source))
        return {control_id: taps[control_id] for control_id in chosen[:_MOST_CONNECTED]}

    def _is_full(self) -> bool:
        """Whether further meters must wait for one to end."""
        return self._is_pipewire() and len(self._streams) + len(self._closing) >= _MOST_CONNECTED

    @property
    def on_streams(self) -> bool:
        """Whether any meter is attached to a stream rather than a device."""
        return any(tap.sink_input is not None for tap, _ in self._streams.values())

    def close(self) -> None:
        """Release everything, because the connection ends."""
        for timer in (self._flush_timer, self._retry_timer):
            if timer is not None:
                timer.cancel()
        for stream in (*(stream for _, stream in self._streams.values()), *self._closing):
            stream.abandon()
        self._streams.clear()
        self._closing.clear()
        self._connections.close()

    def _start(self, control_id: ControlId, tap: TapPoint) -> None:
        def open_on(client: AsyncClient, on_end: Callable[[], None]) -> PeakStream:
            return client.open_peaks(
                tap.source,
                tap.sink_input,
                round(self._rate),
                tap.channels,
                tap.keep_awake,
                self._schedule,
                on_end,
            )

        on_end = partial(self._ended, control_id)
        try:
            stream: _Stream = (
                ConnectedPeakStream(self._connections, open_on, tap.channels, on_end)
                if self._is_pipewire()
                else open_on(self._client, on_end)
            )
        except BackendError:
            self._try_again(control_id)
            return
        self._streams[control_id] = (tap, stream)
        self._listen_for(control_id, stream)

    def _listen_for(self, control_id: ControlId, stream: _Stream) -> None:
        loop = asyncio.get_running_loop()
        pause = self._unheard.get(control_id, _UNHEARD)
        loop.call_later(pause, self._open_unheard_anew, control_id, stream)

    def _open_unheard_anew(self, control_id: ControlId, stream: _Stream) -> None:
        entry = self._streams.get(control_id)
        if entry is None or entry[1] is not stream or control_id in self._heard:
            return
        if not self._is_running(entry[0].source):
            self._listen_for(control_id, stream)
            return
        self._unheard[control_id] = min(self._unheard.get(control_id, _UNHEARD) * 2, _LONGEST_UNHEARD)
        self._stop(control_id)
        self.follow(self._controls)

    def _is_running(self, source: str) -> bool:
        """Whether the source, or the sink that it monitors, is running."""
        devices = (control.device for control in self._controls.values() if control.device)
        return any(
            device.state == "running" for device in devices if source in (device.server_name, device.monitor)
        )

    def _stop(self, control_id: ControlId) -> None:
        _, stream = self._streams.pop(control_id)
        self._closing.add(stream)
        stream.close()
        self._silence(control_id)

    def _ended(self, control_id: ControlId) -> None:
        """Clean up after a stream that has ended, on request or on its own."""
        was_full = self._is_full()
        self._closing = {stream for stream in self._closing if not stream.ended}
        entry = self._streams.get(control_id)
        if entry is not None and entry[1].ended:
            del self._streams[control_id]
            self._silence(control_id)
            self._try_again(control_id)
        if was_full:
            self.follow(self._controls)

    def _try_again(self, control_id: ControlId) -> None:
        loop = asyncio.get_running_loop()
        self._not_before[control_id] = loop.time() + _RETRY
        if self._retry_timer is None:
            self._retry_timer = loop.call_later(_RETRY + 0.01, self._retry)

    def _retry(self) -> None:
        self._retry_timer = None
        self._not_before.clear()
        self.follow(self._controls)

    def _silence(self, control_id: ControlId) -> None:
        self._heard.pop(control_id, None)
        levels = self._shown.pop(control_id, ())
        if any(levels):
            self._emit(Levels({control_id: (0.0,) * len(levels)}))

    # ---- levels ----------------------------------------------------------------------------------

    def _schedule(self) -> None:
        """Emit the new peaks of all meters together, at most `rate` times a second."""
        if self._flush_timer is None or self._idle:
            if self._flush_timer is not None:
                self._flush_timer.cancel()
            self._idle = False
            loop = asyncio.get_running_loop()
            # Slightly after the first arrival, so that the other meters' peaks of that moment are included.
            due = max(self._last_flush + 1 / self._rate, loop.time() + 0.1 / self._rate)
            self._flush_timer = loop.call_at(due, self._flush)

    def _flush(self) -> None:
        loop = asyncio.get_running_loop()
        now = self._last_flush = loop.time()
        self._flush_timer, self._idle = None, False
        changed: dict[ControlId, tuple[float, ...]] = {}
        for control_id, (_, stream) in self._streams.items():
            peaks = stream.take()
            if peaks is not None:
                self._heard[control_id] = now
            elif now - self._heard.get(control_id, now) > _DEAF:
                peaks = (0.0,) * stream.channels
            else:
                continue
            steps = tuple(map(_step, peaks))
            if steps != self._shown.get(control_id, (0,) * stream.channels):
                self._shown[control_id] = steps
                changed[control_id] = peaks
        if changed:
            self._emit(Levels(changed))
        if any(map(any, self._shown.values())):
            # Check again even if no more peaks come, so that no level freezes.
            self._idle = True
            self._flush_timer = loop.call_later(max(_DEAF, 1 / self._rate) + 0.01, self._flush)


def tap_of(control_id: ControlId, controls: Mapping[ControlId, Control]) -> TapPoint | None:
    """Where to attach a control's meter; None if there is nothing to meter or a meter would do harm.

    A stream on a corked sink input would stay in creation forever and could not be cancelled.
    """
    control = controls.get(control_id)
    if control is None:
        return None
    sides = {side_of(channel.name) for channel in control.channels}
    channels = 2 if {-1, 1} <= sides else 1
    match control.kind:
        case Kind.SINK if control.device and control.device.monitor:
            return TapPoint(control.device.monitor, None, channels, keep_awake=False)
        case Kind.SOURCE if control.device:
            # Keep a microphone awake, because a meter cannot show the input of a suspended one.
            device = control.device
            return TapPoint(device.server_name, None, channels, keep_awake=device.monitor_of is None)
        case Kind.SINK_INPUT if control.stream and not control.stream.corked:
            sink = controls.get(control.target_id or "")
            if sink and sink.device and sink.device.monitor:
                return TapPoint(sink.device.monitor, control.stream.index, channels, keep_awake=False)
        case Kind.SOURCE_OUTPUT if control.stream and not control.stream.corked and not control.stream.peak:
            source = controls.get(control.target_id or "")
            if source and source.device:
                return TapPoint(source.device.server_name, None, channels, keep_awake=False)
    return None


def _step(peak: float) -> int:
    """The level in half decibels above the floor, a scale on which equal steps look equal."""
    return round(_STEPS_PER_DB * 20 * math.log10(peak / _FLOOR)) if peak > _FLOOR else 0
