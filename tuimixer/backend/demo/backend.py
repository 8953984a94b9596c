"""A simulated machine for `--demo`, UI tests and screenshots, without libasound or libpulse."""

import asyncio
import math
import random
import time
from collections.abc import Callable

from tuimixer.backend.demo import simulated
from tuimixer.model.command import CardCommand, ClearDefault, Command, Kill, MoveStream, SetDefault, apply
from tuimixer.model.control import Control, ControlId, Kind
from tuimixer.model.record import replace
from tuimixer.model.scale import MUTE_CDB, PULSE_NORM, PULSE_SCALE, from_cdb, to_cdb
from tuimixer.model.snapshot import Levels, Notice, Snapshot, Update
from tuimixer.model.system import System

MASTER = simulated.MASTER
_DRIVEN = {simulated.SPEAKERS: MASTER, simulated.MIC: simulated.CAPTURE}
"""Device with a hardware volume → the card's control that applies it."""
_COUPLED = _DRIVEN | {control: device for device, control in _DRIVEN.items()}
_ACCURACY = 5
"""Hundredths of a dB that a volume may exceed the card's setting by, which is attributed to rounding."""


class DemoBackend:
    """A machine with two cards and a few applications that play, start and end according to a script.

    If `still`, nothing changes on its own, and each control has a fixed level, for tests and screenshots.
    """

    name = "demo"

    def __init__(
        self,
        still: bool = False,
        clock: Callable[[], float] = time.monotonic,
        box: Snapshot | None = None,
    ) -> None:
        self._still = still
        self._clock = clock
        self._snapshot = box if box is not None else simulated.box()
        self._emit: Callable[[Update], None] | None = None
        self._watched: frozenset[ControlId] = frozenset()
        self._rate = 0.0
        self._watching = asyncio.Event()

    @classmethod
    def big(cls, streams: int = 300, controls: int = 200) -> "DemoBackend":
        """A still machine with this many streams and ALSA controls."""
        return cls(still=True, box=simulated.big(streams, controls))

    @property
    def snapshot(self) -> Snapshot:
        """The current state of the machine."""
        return self._snapshot

    async def run(self, emit: Callable[[Update], None]) -> None:
        """Emit the machine's state, and then every change, until cancelled."""
        self._emit = emit
        emit(self._snapshot)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._meter())
            if not self._still:
                group.create_task(self._play_script())

    def submit(self, command: Command) -> None:
        """Execute a command at once; one that does not apply is reported in a Notice."""
        if not self.carry_out(command):
            self._tell(Notice(f"The demo does not support this for {command.id}.", error=True, id=command.id))

    def watch_levels(self, ids: frozenset[ControlId], rate: float) -> None:
        """Emit levels of these controls `rate` times a second."""
        self._watched, self._rate = ids, rate
        if ids and rate > 0:
            self._watching.set()
        else:
            self._watching.clear()

    async def inspect(self) -> System:
        """Plausible system information."""
        return simulated.system()

    def put(self, *controls: Control) -> None:
        """Add or replace controls, as if another program had changed them."""
        self._show({**self._snapshot.controls, **{control.id: control for control in controls}})

    def remove(self, *ids: ControlId) -> None:
        """Remove controls, as if they had ended or been unplugged."""
        self._show({key: control for key, control in self._snapshot.controls.items() if key not in ids})

    def show(self, snapshot: Snapshot) -> None:
        """Replace the whole state, as if a server had exited or a card had been unplugged."""
        self._snapshot = snapshot
        self._tell(snapshot)

    def carry_out(self, command: Command) -> bool:
        """Execute a command; False if it does not apply."""
        if isinstance(command, CardCommand):
            return self._apply_to_card(command)
        if isinstance(command, Kill):
            self.remove(command.id)
            return True
        if isinstance(command, ClearDefault):
            devices = (c for c in self._snapshot.controls.values() if c.kind is command.kind)
            command = SetDefault(next(devices).id)
        if isinstance(command, MoveStream) and command.target is None:
            capture = command.id.startswith("pulse:source_output/")
            command = MoveStream(command.id, simulated.USB_MIC if capture else simulated.SPEAKERS)
        changed = apply(command, self._snapshot.controls)
        if not changed:
            return False
        moved = changed[command.id]
        self.put(*changed.values(), *self._coupled(moved), *self._exclusive(moved))
        return True

    def _coupled(self, control: Control) -> list[Control]:
        """The other end of a hardware volume, adjusted: the device follows the control, and vice versa."""
        other = self._snapshot.controls.get(_COUPLED.get(control.id, ""))
        if other is None or control.scale is None or other.scale is None:
            return []
        raws = tuple(_carried(control, other, i) for i in range(len(other.channels)))
        channels = tuple(replace(channel, raw=raw) for channel, raw in zip(other.channels, raws, strict=True))
        muted = bool(control.muted) if control.capture is None else not control.capturing
        if other.capture is not None:
            return [replace(other, channels=channels, capture=(not muted,) * len(other.capture))]
        return [replace(other, channels=channels, mute=(muted,))]

    def _exclusive(self, control: Control) -> list[Control]:
        if not control.capturing:
            return []
        return [
            replace(other, capture=(False,) * len(other.capture or ()))
            for other in self._snapshot.exclusive_with(control)
            if other.id != control.id
        ]

    def _apply_to_card(self, command: CardCommand) -> bool:
        cards = self._snapshot.server_cards
        known = self._snapshot.server_card(command.id) is not None
        self._snapshot = replace(
            self._snapshot,
            server_cards=tuple(command.apply_to(card) if card.id == command.id else card for card in cards),
        )
        self._tell(self._snapshot)
        return known

    def _show(self, controls: dict[ControlId, Control]) -> None:
        self._snapshot = replace(self._snapshot, controls=controls)
        self._tell(self._snapshot)

    def _tell(self, update: Update) -> None:
        if self._emit is not None:
            self._emit(update)

    async def _meter(self) -> None:
        while True:
            await self._watching.wait()
            self._tell(Levels(self.levels()))
            if self._still:
                self._watching.clear()
            else:
                await asyncio.sleep(1 / self._rate if self._rate > 0 else 0.1)

    def levels(self) -> dict[ControlId, tuple[float, ...]]:
        """Current peak levels of the watched controls."""
        now = 0.0 if self._still else self._clock()
        controls = self._snapshot.controls
        return {key: _level(controls[key], controls, now) for key in sorted(self._watched) if key in controls}

    async def _play_script(self) -> None:
        while True:
            for seconds, added, removed in simulated.SCRIPT:
                await asyncio.sleep(seconds)
                if removed:
                    self.remove(*removed)
                if added:
                    self.put(*added)


def _carried(source: Control, target: Control, channel: int) -> int:
    """The target's raw value for the source's gain; the card's is rounded up, as PulseAudio does."""
    assert source.scale is not None
    assert target.scale is not None
    cdb = to_cdb(source.scale, source.channels[min(channel, len(source.channels) - 1)].raw)
    if cdb is None or cdb <= MUTE_CDB:
        return target.scale.minimum
    if target.device is not None:
        return from_cdb(target.scale, cdb + _base(target))
    return from_cdb(target.scale, max(cdb - _base(source) - _ACCURACY, target.scale.low), 1)


def _base(device: Control) -> int:
    """The volume of a device at which the hardware is at 0 dB, in hundredths of a dB."""
    return (to_cdb(PULSE_SCALE, device.device.base) if device.device else None) or 0


def _level(control: Control, controls: dict[ControlId, Control], now: float) -> tuple[float, ...]:
    """Linear amplitude of each channel, at most two of them; muted or paused controls are silent."""
    count = min(max(len(control.channels), 1), 2)
    if control.muted or (control.stream and control.stream.corked):
        return (0.0,) * count
    if control.kind is Kind.SINK:
        inputs = [other for other in controls.values() if other.target_id == control.id]
        heard = [_level(other, controls, now) for other in inputs]
        return tuple(
            min(
                1.0,
                max((level[min(side, len(level) - 1)] for level in heard), default=0.0)
                * _gain(control, side),
            )
            for side in range(count)
        )
    return tuple(min(1.0, _wave(control.id, side, now) * _gain(control, side)) for side in range(count))


def _gain(control: Control, side: int) -> float:
    if not control.channels:
        return 1.0
    return float((control.channels[min(side, len(control.channels) - 1)].raw / PULSE_NORM) ** 3)


def _wave(name: ControlId, side: int, now: float) -> float:
    """An amplitude that rises and falls like music, and depends only on the name, the side and the time."""
    chance = random.Random(name)
    slow, fast, loud = chance.uniform(0.1, 0.3), chance.uniform(0.8, 2.2), chance.uniform(0.5, 0.95)
    shift = chance.uniform(0, math.tau) + 0.35 * side
    breath = 0.6 + 0.4 * math.sin(math.tau * slow * now + shift)
    beat = abs(math.sin(math.tau * fast * now / 2 + shift * 2))
    return loud * breath * (0.35 + 0.65 * beat)
