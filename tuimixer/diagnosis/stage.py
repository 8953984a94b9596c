"""The parts of a signal path: a stage with its gain a channel, and the whole way with its total."""

from enum import StrEnum

from tuimixer.model.control import Control, ControlId, Medium, side_of
from tuimixer.model.record import dataclass, field
from tuimixer.model.scale import MUTE_CDB, to_cdb

Gains = dict[str, int | None]
"""Hundredths of a dB by channel name; MUTE_CDB for silence, None where it is not known. Empty: the stage
changes nothing.
"""


CIRCLE = "a circle"
"""Name of the last stage of a sound that comes back to a device that it has passed."""


class StageGroup(StrEnum):
    """Which part of the box a stage belongs to."""

    APPLICATION = "application"
    PULSE = "pulse"
    ALSA = "alsa"
    CARD = "card"


class StageKind(StrEnum):
    """What kind of thing a stage is."""

    APPLICATION = "application"
    STREAM = "stream"
    SINK = "sink"
    SOURCE = "source"
    REMAINDER = "remainder"
    """The part of a device's volume that its hardware cannot do and the server does in software."""
    CONTROL = "control"
    """An ALSA control."""
    MODULE = "module"
    """A part of the server that hands sound on: loopback, combine, remap, monitor."""
    END = "end"
    """Where the way ends, or for a recording begins: a jack, a null sink, another machine."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One thing that the sound goes through."""

    name: str
    layer: StageGroup
    kind: StageKind
    medium: Medium = Medium.UNKNOWN
    gains: Gains = field(default_factory=dict)
    muted: bool = False
    note: str = ""
    control: ControlId | None = None
    inside: ControlId | None = None
    """The sink or source whose volume this stage carries out; its gain is part of that one's and does not
    count again.
    """
    certain: bool = True
    """Whether the sound is known to go through it; where not, its gain is unknown, its switch only noted."""

    @property
    def driven(self) -> bool:
        """Whether the sound server moves it."""
        return self.inside is not None and self.kind is StageKind.CONTROL


@dataclass(frozen=True, slots=True)
class Path:
    """The way of one sound, from where it is made to where it ends."""

    stages: tuple[Stage, ...]
    channels: tuple[str, ...]
    """Names of the channels at the way's far end."""
    capture: bool = False

    @property
    def muted(self) -> bool:
        """Whether a switch or a volume of zero on the way lets nothing through."""
        return any(stage.muted for stage in self.stages) or self.loudest(self.total) == MUTE_CDB

    @property
    def total(self) -> tuple[int | None, ...]:
        """Gain of the whole way in hundredths of a dB, one a channel; None where a stage is not known."""
        return tuple(
            add([at(stage.gains, name) for stage in self.stages if stage.inside is None])
            for name in self.channels
        )

    def gain(self, stage: Stage) -> tuple[int | None, ...]:
        """A stage's gain, one a channel of this way."""
        return tuple(at(stage.gains, name) for name in self.channels)

    @staticmethod
    def loudest(gains: tuple[int | None, ...]) -> int | None:
        """The loudest channel's gain, None where it is not known for one of them."""
        known = [gain for gain in gains if gain is not None]
        return max(known) if known and len(known) == len(gains) else None


def at(gains: Gains, name: str) -> int | None:
    """The gain that a channel of this name gets.

    A stage without that very channel acts by its mono channel, else by its loudest on the same side, else by
    its loudest.
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
    """Gains in a row: silence stays silence whatever else is unknown."""
    if any(gain is not None and gain <= MUTE_CDB for gain in gains):
        return MUTE_CDB
    known = [gain for gain in gains if gain is not None]
    return sum(known) if len(known) == len(gains) else None


def gains_of(control: Control) -> Gains:
    """What a control's volume does, by channel; empty for a control without a volume."""
    if control.scale is None:
        return {}
    return {channel.name: to_cdb(control.scale, channel.raw) for channel in control.channels}


def shifted(gains: Gains, cdb: int) -> Gains:
    """The same gains, all moved by so many hundredths of a dB."""
    return {name: add([gain, cdb]) for name, gain in gains.items()}


def db(cdb: int | None) -> str:
    """`−12.00 dB` for a sentence."""
    if cdb is None:
        return "unknown"
    return "silence" if cdb <= MUTE_CDB else f"{cdb / 100:+.2f} dB".replace("-", "−").replace("+0.00", "0.00")
