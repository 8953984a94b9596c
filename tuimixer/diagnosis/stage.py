"""The parts of a signal path: a stage with its gain per channel, and the whole path with its total."""

from enum import StrEnum

from tuimixer.model.control import Control, ControlId, Medium, side_of
from tuimixer.model.record import dataclass, field
from tuimixer.model.scale import MUTE_CDB, decibels, to_cdb

Gains = dict[str, int | None]
"""Hundredths of a dB by channel name; MUTE_CDB for silence, None if unknown; empty for no change."""


CIRCLE = "a loop"
"""Name of the last stage of a sound that returns to a device it has already passed."""


class StageGroup(StrEnum):
    """Which part of the system a stage belongs to."""

    APPLICATION = "application"
    PULSE = "pulse"
    ALSA = "alsa"
    CARD = "card"


class StageKind(StrEnum):
    """What a stage is."""

    APPLICATION = "application"
    STREAM = "stream"
    SINK = "sink"
    SOURCE = "source"
    REMAINDER = "remainder"
    """The part of a device's volume beyond its hardware, applied by the server in software."""
    CONTROL = "control"
    """An ALSA control."""
    MODULE = "module"
    """A part of the server that passes sound on: loopback, combine, remap, monitor."""
    END = "end"
    """Where the path ends, or begins for a recording: a jack, a null sink, another machine."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One thing that the sound passes through."""

    name: str
    layer: StageGroup
    kind: StageKind
    medium: Medium = Medium.UNKNOWN
    gains: Gains = field(default_factory=dict)
    muted: bool = False
    note: str = ""
    control: ControlId | None = None
    inside: ControlId | None = None
    """The sink or source whose volume this stage is part of; its gain is not counted again."""
    certain: bool = True
    """Whether the sound is known to pass through it; if not, its gain is unknown and a mute only noted."""

    @property
    def driven(self) -> bool:
        """Whether the sound server moves it."""
        return self.inside is not None and self.kind is StageKind.CONTROL


@dataclass(frozen=True, slots=True)
class Path:
    """The path of one sound, from its origin to its end."""

    stages: tuple[Stage, ...]
    channels: tuple[str, ...]
    """Names of the channels at its far end."""
    capture: bool = False

    @property
    def muted(self) -> bool:
        """Whether a switch or a zero volume on the path blocks all sound."""
        return any(stage.muted for stage in self.stages) or self.loudest(self.total) == MUTE_CDB

    @property
    def total(self) -> tuple[int | None, ...]:
        """Gain of the whole path in hundredths of a dB, per channel; None if a stage is unknown."""
        return tuple(
            add([at(stage.gains, name) for stage in self.stages if stage.inside is None])
            for name in self.channels
        )

    def gain(self, stage: Stage) -> tuple[int | None, ...]:
        """A stage's gain, per channel of this path."""
        return tuple(at(stage.gains, name) for name in self.channels)

    @staticmethod
    def loudest(gains: tuple[int | None, ...]) -> int | None:
        """The loudest channel's gain; None if unknown for one of them."""
        known = [gain for gain in gains if gain is not None]
        return max(known) if known and len(known) == len(gains) else None


def at(gains: Gains, name: str) -> int | None:
    """The gain for a channel of this name.

    A stage without that channel acts through its mono channel, else the loudest on the same side, else the
    loudest of all.
    """
    if not gains:
        return 0
    if name in gains:
        return gains[name]
    if "mono" in gains:
        return gains["mono"]
    side = side_of(name)
    near = [gain for other, gain in gains.items() if side and side_of(other) == side] or list(gains.values())
    return Path.loudest(tuple(near))


def add(gains: list[int | None]) -> int | None:
    """Sum of gains in series; silence stays silence even if others are unknown."""
    if any(gain is not None and gain <= MUTE_CDB for gain in gains):
        return MUTE_CDB
    known = [gain for gain in gains if gain is not None]
    return sum(known) if len(known) == len(gains) else None


def gains_of(control: Control) -> Gains:
    """A control's gain by channel; empty if it has no volume."""
    if control.scale is None:
        return {}
    return {channel.name: to_cdb(control.scale, channel.raw) for channel in control.channels}


def shifted(gains: Gains, cdb: int) -> Gains:
    """The gains, all shifted by `cdb` hundredths of a dB."""
    return {name: add([gain, cdb]) for name, gain in gains.items()}


def db(cdb: int | None) -> str:
    """`−12.00 dB` for a sentence."""
    if cdb is None:
        return "unknown"
    return "silence" if cdb <= MUTE_CDB else f"{decibels(cdb)} dB"
