"""What a person asks for: relative where the hand is relative. `resolve` makes commands of it."""

from tuimixer.model.control import ControlId
from tuimixer.model.record import dataclass

Channels = tuple[int, ...] | None
"""Indices into the control's channels; None for all of them."""


@dataclass(frozen=True, slots=True)
class Nudge:
    """Move the fader by so many percent of its way."""

    id: ControlId
    percent: float
    channels: Channels = None
    past_full: bool = False
    """Whether this step may go on beyond 100 % (Pulse); `Limits` say whether one that begins below may."""


@dataclass(frozen=True, slots=True)
class SetLevel:
    """Put the fader at a position: 0 bottom, 1 top (Pulse: 1 is 100 %)."""

    id: ControlId
    position: float
    channels: Channels = None


@dataclass(frozen=True, slots=True)
class SetGain:
    """Put the fader at a gain in hundredths of a dB, or move it by one."""

    id: ControlId
    cdb: int
    relative: bool = False
    channels: Channels = None


@dataclass(frozen=True, slots=True)
class SetRaw:
    """Put the fader at a raw value of its scale."""

    id: ControlId
    raw: int
    channels: Channels = None


@dataclass(frozen=True, slots=True)
class SetBalance:
    """Put the balance: -1 only left, 0 middle, 1 only right; or move it by that much."""

    id: ControlId
    balance: float
    relative: bool = False


@dataclass(frozen=True, slots=True)
class Equalize:
    """Give all channels the mean of their positions (alsamixer's balance key)."""

    id: ControlId


@dataclass(frozen=True, slots=True)
class Mute:
    """Switch mute on, off, or over (None)."""

    id: ControlId
    on: bool | None = None
    channels: Channels = None


@dataclass(frozen=True, slots=True)
class Capture:
    """Switch recording on, off, or over (None)."""

    id: ControlId
    on: bool | None = None
    channels: Channels = None


@dataclass(frozen=True, slots=True)
class Choose:
    """Choose an item of an enumerated control by index, or go so many items on."""

    id: ControlId
    item: int
    relative: bool = False


Intent = Nudge | SetLevel | SetGain | SetRaw | SetBalance | Equalize | Mute | Capture | Choose
