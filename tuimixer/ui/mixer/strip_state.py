"""What a strip shows of its control in any layout: numbers, words and marks."""

from tuimixer.model.control import Control, ControlId, Kind
from tuimixer.model.fader import sides
from tuimixer.model.record import dataclass
from tuimixer.model.scale import PULSE_NORM, decibels, to_cdb, to_percent, to_position
from tuimixer.ui.terminal.charsets import CharSet

METERED = frozenset({Kind.SINK, Kind.SOURCE, Kind.SINK_INPUT, Kind.SOURCE_OUTPUT})
"""Kinds whose level the server can report."""
PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class StripState:
    """One control as displayed."""

    id: ControlId
    label: str
    positions: tuple[float, ...]
    """Each channel's fader position from 0 to 1; more than 1 is beyond 100 %. Empty without a volume."""
    sides: tuple[float, float]
    """The loudest positions of the left and of the right channels, equal if there are no sides."""
    beyond: bool
    """Whether the fader can go beyond 100 %."""
    read_only: bool
    """Whether the volume cannot be set."""
    percents: tuple[int, ...]
    cdb: int | None
    """Gain of the loudest channel in hundredths of a dB; None without dB data."""
    mute: tuple[bool, ...] | None
    capture: tuple[bool, ...] | None
    choice: str | None
    default: bool
    why_gone: str
    """Why the control currently has no effect, in a word or two; empty if it does have one."""
    base: float | None
    """Position of the hardware's own 0 dB on the fader; None if at the top."""
    metered: bool
    suspended: bool = False
    """Whether the server has suspended the device, as nothing uses it."""
    about: str = ""
    """What the control is and where it goes, in a few words."""

    @property
    def gone(self) -> bool:
        """Whether the control currently has no effect: inactive, unplugged, paused or not playing."""
        return bool(self.why_gone)

    @property
    def percent(self) -> str:
        """The loudest channel's percentage; empty without a volume."""
        return str(max(self.percents)) if self.percents else ""

    @property
    def muted(self) -> bool:
        """Whether all channels are muted."""
        return self.mute is not None and all(self.mute)

    @property
    def silent(self) -> bool:
        """Whether the control is muted, or a capture control that is off."""
        return self.muted or (self.capture is not None and not any(self.capture) and self.mute is None)


def strip_state_of(
    control: Control, label: str, switch: Control | None, charset: CharSet, about: str = ""
) -> StripState:
    """What a strip shows of a control; `switch` is a capture switch without a volume in the same strip."""
    scale = control.scale
    raws = control.raws if scale is not None else ()
    positions = tuple(to_position(scale, raw) for raw in raws) if scale else ()
    return StripState(
        id=control.id,
        label=charset.text(label),
        positions=positions,
        sides=_sides(control, positions),
        beyond=scale is not None and scale.cubic,
        read_only=_read_only(control),
        percents=tuple(to_percent(scale, raw) for raw in raws) if scale else (),
        cdb=_loudest_cdb(control),
        mute=control.mute,
        capture=control.capture if switch is None else switch.capture,
        choice=_item(control, charset),
        default=control.default,
        why_gone=why_gone(control),
        base=_base(control),
        metered=control.kind in METERED and not (control.stream and control.stream.corked),
        suspended=control.device is not None and control.device.state == "suspended",
        about=charset.text(about),
    )


def short_db(cdb: int | None, room: int, charset: CharSet) -> str:
    """A gain in dB with one decimal, or none if there is no room for it; empty if neither fits."""
    if cdb is None:
        return ""
    for decimals in (1, 0):
        text = charset.text(decibels(cdb, decimals))
        if len(text) <= room:
            return text
    return ""


def _loudest_cdb(control: Control) -> int | None:
    if control.scale is None or not control.channels:
        return None
    return to_cdb(control.scale, max(control.raws))


def _item(control: Control, charset: CharSet) -> str | None:
    choice = control.choice
    if choice is None:
        return None
    return charset.text(choice.items[choice.value]) if 0 <= choice.value < len(choice.items) else ""


def _base(control: Control) -> float | None:
    device = control.device
    if device is None or device.base in (0, PULSE_NORM):
        return None
    return device.base / PULSE_NORM


def _sides(control: Control, positions: tuple[float, ...]) -> tuple[float, float]:
    left, right = (max((positions[i] for i in side), default=None) for side in sides(control))
    loudest = max(positions, default=0.0)
    return loudest if left is None else left, loudest if right is None else right


def _read_only(control: Control) -> bool:
    element, stream = control.element, control.stream
    return (element is not None and "volume" in element.read_only) or (
        stream is not None and not stream.writable
    )


def why_gone(control: Control) -> str:
    """Why a control currently has no effect, in a word or two; empty if it does have one."""
    if control.element is not None and not control.element.active:
        return "inactive"
    if control.element is not None and control.element.jack == "unplugged":
        return "unplugged"
    if control.stream is not None and control.stream.corked:
        return PAUSED
    if control.kind is Kind.STORED:
        return "not playing"
    return ""
