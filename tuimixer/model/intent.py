"""What the user asks for, relative if the input was relative; `resolve` turns it into commands."""

from tuimixer.model.control import ControlId
from tuimixer.model.record import dataclass

Channels = tuple[int, ...] | None
"""Indices of the control's channels; None for all of them."""


@dataclass(frozen=True, slots=True)
class Nudge:
    """Move the fader by a percentage of its range."""

    id: ControlId
    percent: float
    channels: Channels = None
    past_full: bool = False
    """Whether this step may go past 100 % (Pulse), up to the cap. Keys set it in `ui/mixer/steps.py`, typed
    values and verbs in `model/value.py`.
    """


@dataclass(frozen=True, slots=True)
class SetLevel:
    """Move the fader to a position: 0 is the bottom, 1 the top (Pulse: 1 is 100 %)."""

    id: ControlId
    position: float
    channels: Channels = None


@dataclass(frozen=True, slots=True)
class SetGain:
    """Set the gain, or change it, in hundredths of a dB."""

    id: ControlId
    cdb: int
    relative: bool = False
    channels: Channels = None


@dataclass(frozen=True, slots=True)
class SetRaw:
    """Set the volume to a raw value of its scale."""

    id: ControlId
    raw: int
    channels: Channels = None


@dataclass(frozen=True, slots=True)
class SetBalance:
    """Set the balance (-1 is left only, 0 center, 1 right only), or shift it."""

    id: ControlId
    balance: float
    relative: bool = False


@dataclass(frozen=True, slots=True)
class Equalize:
    """Give all channels the mean of their positions (alsamixer's balance key)."""

    id: ControlId


@dataclass(frozen=True, slots=True)
class Mute:
    """Turn mute on or off, or toggle it (None)."""

    id: ControlId
    on: bool | None = None
    channels: Channels = None


@dataclass(frozen=True, slots=True)
class Capture:
    """Turn recording on or off, or toggle it (None)."""

    id: ControlId
    on: bool | None = None
    channels: Channels = None


@dataclass(frozen=True, slots=True)
class Choose:
    """Select an item of an enumerated control by index, or move the selection by a number of items."""

    id: ControlId
    item: int
    relative: bool = False


Intent = Nudge | SetLevel | SetGain | SetRaw | SetBalance | Equalize | Mute | Capture | Choose
