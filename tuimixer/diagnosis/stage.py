"""The parts of a signal path: stages with their gain per channel, and the whole path with its total."""

from enum import StrEnum

from tuimixer.model.control import Control, ControlId, Medium, side_of
from tuimixer.model.record import dataclass, field
from tuimixer.model.scale import MUTE_CDB, decibels, to_cdb

Gains = dict[str, int | None]
"""Channel → gain in hundredths of a dB, MUTE_CDB for silence, None if unknown; empty for no change."""


CIRCLE = "a loop"
"""Name of the last stage of a sound that returns to a device that it has already passed through."""


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
    """The part of a device's volume that its hardware cannot provide, so that the server applies it."""
    CONTROL = "control"
    """An ALSA control."""
    MODULE = "module"
    """A part of the server that passes sound on, such as a loopback or a combined sink."""
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
    """The sink or source whose volume this stage is part of, so that its gain is not counted again."""
    certain: bool = True
    """Whether the sound is known to pass through this stage; if not, the gain is unknown, and a mute is only
    noted.
    """

    @property
    def driven(self) -> bool:
        """Whether the sound server drives this control."""
        return self.inside is not None and self.kind is StageKind.CONTROL


@dataclass(frozen=True, slots=True)
class Path:
    """The path of one sound, from its origin to its end."""

    stages: tuple[Stage, ...]
    channels: tuple[str, ...]
    """Names of the channels at the end of the path."""
    capture: bool = False

    @property
    def muted(self) -> bool:
        """Whether a switch or a zero volume on the path blocks all sound."""
        return any(stage.muted for stage in self.stages) or self.loudest(self.total) == MUTE_CDB

    @property
    def total(self) -> tuple[int | None, ...]:
        """Gain of the whole path in hundredths of a dB, per channel; None if that of a stage is unknown."""
        return tuple(
            add([at(stage.gains, name) for stage in self.stages if stage.inside is None])
            for name in self.channels
        )

    def gain(self, stage: Stage) -> tuple[int | None, ...]:
        """A stage's gain in hundredths of a dB, per channel of this path; None if unknown."""
        return tuple(at(stage.gains, name) for name in self.channels)

    @staticmethod
    def loudest(gains: tuple[int | None, ...]) -> int | None:
        """The loudest channel's gain; None if that of any channel is unknown."""
        known = [gain for gain in gains if gain is not None]
        return max(known) if known and len(known) == len(gains) else None


def at(gains: Gains, name: str) -> int | None:
    """The gain for a channel of this name.

    If a stage does not have the channel, the gain is that of its mono channel, else of the loudest channel on
    the same side, else of the loudest of all.
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
    """The sum of gains in series; silence if any is silence, else None if any is unknown."""
    if any(gain is not None and gain <= MUTE_CDB for gain in gains):
        return MUTE_CDB
    known = [gain for gain in gains if gain is not None]
    return sum(known) if len(known) == len(gains) else None


def gains_of(control: Control) -> Gains:
    """A control's gains by channel; empty if it has no volume."""
    if control.scale is None:
        return {}
    return {channel.name: to_cdb(control.scale, channel.raw) for channel in control.channels}


def shifted(gains: Gains, cdb: int) -> Gains:
    """The gains, all shifted by `cdb` hundredths of a dB."""
    return {name: add([gain, cdb]) for name, gain in gains.items()}


def db(cdb: int | None) -> str:
    """A gain for use in a sentence, such as `−12.00 dB`, `silence` or `unknown`."""
    if cdb is None:
        return "unknown"
    return "silence" if cdb <= MUTE_CDB else f"{decibels(cdb)} dB"
