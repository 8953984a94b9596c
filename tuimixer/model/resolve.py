"""From what a person asks to what a backend is told: where a fader's move becomes a control's value."""

import math
from operator import or_

from tuimixer.model.balance import (
    UnclampedTarget,
    gain,
    get_balance,
    highest,
    positions,
    step,
    stretch,
    with_balance,
)
from tuimixer.model.command import SetCapture, SetChoice, SetMute, SetVolume
from tuimixer.model.control import Control
from tuimixer.model.intent import (
    Capture,
    Channels,
    Choose,
    Equalize,
    Intent,
    Mute,
    Nudge,
    SetBalance,
    SetGain,
    SetLevel,
    SetRaw,
)
from tuimixer.model.record import dataclass
from tuimixer.model.scale import MUTE_CDB, PULSE_NORM, Scale, from_cdb, from_position, to_position


class Impossible(Exception):
    """The control cannot do what was asked; the text is one sentence for a person, without a full stop."""


class ReadOnly(Impossible):
    """The control has what the intent is about, and the driver or the server lets nobody set it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a fader goes."""

    cap: float = 1.5
    """Highest position that a volume is raised to (Pulse: 1 = 100 %; ALSA ends at 1 anyhow).

    What stands above it already is not raised further, nor lowered by the cap.
    """
    stop_at_full: bool = True
    """Whether a step that begins below 100 % (Pulse) ends there, so that only another one goes on."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """What to tell the backend (nothing where the intent changes nothing) and what to remember."""

    command: SetVolume | SetMute | SetCapture | SetChoice | None
    unclamped: UnclampedTarget | None = None


_DEFAULT = Limits()
_Volume = tuple[tuple[int, ...], UnclampedTarget | None]


def resolve(
    intent: Intent, control: Control, limits: Limits = _DEFAULT, unclamped: UnclampedTarget | None = None
) -> Resolution:
    """The command that carries out an intent on a control as it stands.

    On a control that has only a choice, a step goes so many items on and a level of 0 or 1 to the first or
    last item, as in alsamixer.

    Raises:
        Impossible: the control lacks what the intent is about (a volume, dB data, a switch, a choice, two
            sides, a channel, an item, a raw value).
        ReadOnly: it has it, and nobody may set it.
    """
    match intent:
        case Choose(item=item, relative=relative):
            return Resolution(_choose(control, item, relative))
        case Nudge(percent=percent) if _only_choice(control):
            return Resolution(_choose(control, _items(percent), relative=True))
        case SetLevel(position=position) if _only_choice(control):
            return Resolution(_choose_end(control, position))
        case Mute(on=on, channels=channels):
            if control.mute is None:
                raise Impossible(f"{control.name} has no mute switch")
            _check_writable(control, "switch")
            mute = _switched(control, control.mute, on, channels)
            return Resolution(SetMute(control.id, mute) if mute != control.mute else None)
        case Capture(on=on, channels=channels):
            if control.capture is None:
                raise Impossible(f"{control.name} has no capture switch")
            _check_writable(control, "switch")
            capture = _switched(control, control.capture, on, channels)
            if control.element is not None and control.element.exclusive is not None:
                # Nothing but choosing another one of the group switches it off.
                capture = tuple(map(or_, capture, control.capture))
            return Resolution(SetCapture(control.id, capture) if capture != control.capture else None)
    if control.scale is None or not control.channels:
        raise Impossible(f"{control.name} has no volume")
    _check_writable(control, "volume")
    raws, new_unclamped = _volume(intent, control, control.scale, limits, unclamped)
    return Resolution(SetVolume(control.id, raws) if raws != control.raws else None, new_unclamped)


def _check_writable(control: Control, part: str) -> None:
    """Refuse to set a part (as in `Element.read_only`) that the driver or the server lets nobody set."""
    if control.element is not None and part in control.element.read_only:
        raise ReadOnly(f"the {part} of {control.name} is read-only")
    if control.stream is not None and not control.stream.writable and part == "volume":
        raise ReadOnly(f"the volume of {control.name} cannot be changed")


def top_of(scale: Scale, limits: Limits) -> float:
    """Highest position that may be asked for."""
    return limits.cap if scale.cubic else min(limits.cap, 1.0)


def _volume(
    intent: Nudge | SetLevel | SetGain | SetRaw | SetBalance | Equalize,
    control: Control,
    scale: Scale,
    limits: Limits,
    unclamped: UnclampedTarget | None,
) -> _Volume:
    top = top_of(scale, limits)
    match intent:
        case Nudge(percent=percent, channels=channels, past_full=past_full):
            which = _which(control, channels)
            if _number(percent) == 0:
                return control.raws, unclamped
            below = limits.stop_at_full and max(control.raws[i] for i in which) < PULSE_NORM
            if scale.cubic and (not past_full or below):
                top = min(top, 1.0)
            return step(control, percent / 100, which, top, unclamped)
        case SetLevel(position=position, channels=channels):
            return _put(control, scale, _number(position), _which(control, channels), top, unclamped)
        case SetGain(cdb=cdb, relative=relative, channels=channels):
            return _gain(control, scale, cdb, relative, _which(control, channels), top, unclamped)
        case SetRaw(raw=raw, channels=channels):
            if not scale.minimum <= raw <= scale.maximum:
                raise Impossible(f"{control.name} goes from {scale.minimum} to {scale.maximum}")
            return _alike(control, scale, _which(control, channels), raw, top), None
        case SetBalance(balance=balance, relative=relative):
            now = get_balance(control)
            if now is None:
                raise Impossible(f"{control.name} has no left and right channel to balance")
            return with_balance(control, _number(balance) + (now if relative else 0.0), unclamped, top)
        case Equalize():
            here = positions(control)
            # Lower than the mean where the cap keeps the quietest channel from coming up to it.
            cap = max(highest(scale, top), min(control.raws))
            raw = min(from_position(scale, sum(here) / len(here)), cap)
            return (raw,) * len(here), None


def _put(
    control: Control,
    scale: Scale,
    position: float,
    which: tuple[int, ...],
    top: float,
    unclamped: UnclampedTarget | None,
) -> _Volume:
    """Channels at a position: ALSA's all at the same, as alsamixer's digits do; Pulse's with their ratio."""
    if not scale.cubic:
        return _alike(control, scale, which, from_position(scale, position), top), None
    loudest = max(to_position(scale, control.raws[i]) for i in which)
    return stretch(control, max(0.0, min(position, max(top, loudest))), which, top, unclamped)


def _gain(
    control: Control,
    scale: Scale,
    cdb: int,
    relative: bool,
    which: tuple[int, ...],
    top: float,
    unclamped: UnclampedTarget | None,
) -> _Volume:
    if not scale.has_db:
        raise Impossible(f"{control.name} has no dB data; give percent or a raw value")
    if relative:
        return gain(control, cdb, which, top, unclamped) if cdb else (control.raws, unclamped)
    if scale.cubic:
        position = 10 ** (cdb / 6000) if cdb > MUTE_CDB else 0.0
        return _put(control, scale, position, which, top, unclamped)
    return _alike(control, scale, which, from_cdb(scale, cdb), top), None


def _alike(control: Control, scale: Scale, which: tuple[int, ...], raw: int, top: float) -> tuple[int, ...]:
    """All raw values with some channels at the same one, none of them raised above `top`."""
    cap = highest(scale, top)
    return tuple(min(raw, max(old, cap)) if i in which else old for i, old in enumerate(control.raws))


def _which(control: Control, channels: Channels) -> tuple[int, ...]:
    """The channels meant; a single channel stands for any, as in alsamixer."""
    every = tuple(range(len(control.channels)))
    if channels is None or len(every) == 1:
        return every
    which = tuple(i for i in every if i in channels)
    if not which:
        raise Impossible(f"{control.name} has no such channel")
    return which


def _switched(
    control: Control, now: tuple[bool, ...], on: bool | None, channels: Channels
) -> tuple[bool, ...]:
    """Switches after the intent: a toggle turns each one over, where they differ too, as in alsamixer."""
    which = range(len(now)) if channels is None or len(now) == 1 else channels
    if not any(0 <= i < len(now) for i in which):
        raise Impossible(f"{control.name} has no such channel")
    return tuple((not state if on is None else on) if i in which else state for i, state in enumerate(now))


def _only_choice(control: Control) -> bool:
    return control.choice is not None and not control.channels


def _items(percent: float) -> int:
    """alsamixer goes as many items as it would go percent, at least one."""
    return int(math.copysign(max(1, round(abs(percent))), percent)) if _number(percent) else 0


def _choose_end(control: Control, position: float) -> SetChoice | None:
    """alsamixer's digits on an enumerated control: only 0 % and 100 % mean something."""
    if control.choice is None or 0 < _number(position) < 1:
        return None
    return _choose(control, 0 if position <= 0 else len(control.choice.items) - 1, relative=False)


def _choose(control: Control, item: int, relative: bool) -> SetChoice | None:
    choice = control.choice
    if choice is None:
        raise Impossible(f"{control.name} has nothing to choose from")
    if not choice.items:
        raise Impossible(f"{control.name} has no items")
    _check_writable(control, "choice")
    last = len(choice.items) - 1
    if not relative and not 0 <= item <= last:
        raise Impossible(f"{control.name} has items 0 to {last}")
    item = min(max(choice.value + item, 0), last) if relative else item
    return SetChoice(control.id, item) if item != choice.value else None


def _number(value: float) -> float:
    if not math.isfinite(value):
        raise Impossible(f"{value} is not a number to set a volume to")
    return value
