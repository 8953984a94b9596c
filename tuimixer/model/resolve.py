"""Turns intents into commands: maps a fader's move to a control's values."""

import math
from operator import or_

from tuimixer.model.command import SetCapture, SetChoice, SetMute, SetVolume
from tuimixer.model.control import Control
from tuimixer.model.fader import (
    UnclampedTarget,
    gain,
    get_balance,
    highest,
    step,
    stretch,
    with_balance,
)
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
from tuimixer.model.record import dataclass, replace
from tuimixer.model.scale import MUTE_CDB, Scale, from_cdb, from_position, to_position


class Impossible(Exception):
    """The control cannot do what was asked; the message is one sentence for the user, without a full stop."""


class ReadOnly(Impossible):
    """The control has what the intent is about, but the driver or the server does not let anyone set it."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """The command, or None if the intent changes nothing, and the unclamped target to remember."""

    command: SetVolume | SetMute | SetCapture | SetChoice | None
    unclamped: UnclampedTarget | None = None


DEFAULT_CAP = 1.5
"""The cap, as a position, for callers without a configuration."""
_Volume = tuple[tuple[int, ...], UnclampedTarget | None]


def resolve(
    intent: Intent, control: Control, cap: float = DEFAULT_CAP, unclamped: UnclampedTarget | None = None
) -> Resolution:
    """The command that applies an intent to a control in its current state.

    `cap` is the highest position that a volume may be raised to (for Pulse, 1 is 100 %; ALSA ends at 1
    anyway). A volume already above the cap is not raised any further, nor lowered to the cap.

    On a control that has only a choice, a step moves the selection, and a level of 0 or 1 selects the first
    or last item, as in alsamixer.

    Raises:
        Impossible: the control lacks what the intent is about (a volume, dB data, a switch, a choice, two
            sides, a channel, an item, a raw value).
        ReadOnly: the control has it, but it cannot be set.
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
                # A member of an exclusive group is turned off only by selecting another member.
                capture = tuple(map(or_, capture, control.capture))
            return Resolution(SetCapture(control.id, capture) if capture != control.capture else None)
    if control.scale is None or not control.channels:
        raise Impossible(f"{control.name} has no volume")
    _check_writable(control, "volume")
    raws, new_unclamped = _volume(intent, control, control.scale, cap, unclamped)
    return Resolution(SetVolume(control.id, raws) if raws != control.raws else None, new_unclamped)


def _check_writable(control: Control, part: str) -> None:
    """Raise ReadOnly if the driver or the server does not let anyone set a part (see `Element.read_only`)."""
    if control.element is not None and part in control.element.read_only:
        raise ReadOnly(f"the {part} of {control.name} is read-only")
    if control.stream is not None and not control.stream.writable and part == "volume":
        raise ReadOnly(f"the volume of {control.name} cannot be changed")


def _volume(
    intent: Nudge | SetLevel | SetGain | SetRaw | SetBalance | Equalize,
    control: Control,
    scale: Scale,
    cap: float,
    unclamped: UnclampedTarget | None,
) -> _Volume:
    top = cap if scale.cubic else min(cap, 1.0)
    match intent:
        case Nudge(percent=percent, channels=channels, past_full=past_full):
            which = _which(control, channels)
            if _number(percent) == 0:
                return control.raws, unclamped
            if not past_full:
                top = min(top, 1.0)
            return step(control, percent / 100, which, top, unclamped)
        case SetLevel(position=position, channels=channels):
            return _put(control, scale, _number(position), _which(control, channels), top, unclamped)
        case SetGain(cdb=cdb, relative=relative, channels=channels):
            return _gain(control, scale, cdb, relative, _which(control, channels), top, unclamped)
        case SetRaw(raw=raw, channels=channels):
            if not scale.minimum <= raw <= scale.maximum:
                raise Impossible(
                    f"the raw values of {control.name} range from {scale.minimum} to {scale.maximum}"
                )
            return _alike(control, scale, _which(control, channels), raw, top), None
        case SetBalance(balance=balance, relative=relative):
            now = get_balance(control)
            if now is None:
                raise Impossible(f"{control.name} has no left and right channels to balance")
            return with_balance(control, _number(balance) + (now if relative else 0.0), unclamped, top)
        case Equalize():
            return _equalized(control, scale, top, unclamped)


def _equalized(control: Control, scale: Scale, top: float, unclamped: UnclampedTarget | None) -> _Volume:
    valid = unclamped is not None and unclamped.raws == control.raws
    before = (unclamped.unbalanced if valid and unclamped is not None else ()) or control.raws
    if len(set(before)) == 1:
        # The channels were equal before the balance was changed, so this restores them exactly.
        return _capped(before, control.raws, scale, top), None
    current = [to_position(scale, raw) for raw in before]
    # The result is below the mean if the cap keeps the quietest channel from being raised that far.
    most = max(highest(scale, top), min(control.raws))
    raw = min(from_position(scale, sum(current) / len(current)), most)
    return (raw,) * len(current), None


def _put(
    control: Control,
    scale: Scale,
    position: float,
    which: tuple[int, ...],
    top: float,
    unclamped: UnclampedTarget | None,
) -> _Volume:
    """Move channels to a position: with ALSA all of them, as alsamixer's digits do; with Pulse the loudest
    one, and the others keep their ratio to it.
    """
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
        raise Impossible(f"{control.name} has no dB data; use a percentage or a raw value")
    if relative:
        return gain(control, cdb, which, top, unclamped) if cdb else (control.raws, unclamped)
    if scale.cubic:
        position = 10 ** (cdb / 6000) if cdb > MUTE_CDB else 0.0
        return _put(control, scale, position, which, top, unclamped)
    return _alike(control, scale, which, from_cdb(scale, cdb), top), None


def _alike(control: Control, scale: Scale, which: tuple[int, ...], raw: int, top: float) -> tuple[int, ...]:
    """All raw values with some channels set to the same one, none of them raised above `top`."""
    wanted = tuple(raw if i in which else old for i, old in enumerate(control.raws))
    return _capped(wanted, control.raws, scale, top)


def capped(command: SetVolume, control: Control, cap: float) -> SetVolume:
    """A command that restores earlier volumes, but raises no channel above the cap, a position as for
    `resolve`.
    """
    scale = control.scale
    if scale is None or len(command.raws) != len(control.raws):
        return command
    top = cap if scale.cubic else min(cap, 1.0)
    return replace(command, raws=_capped(command.raws, control.raws, scale, top))


def _capped(wanted: tuple[int, ...], now: tuple[int, ...], scale: Scale, top: float) -> tuple[int, ...]:
    most = highest(scale, top)
    return tuple(min(raw, max(old, most)) for raw, old in zip(wanted, now, strict=True))


def _which(control: Control, channels: Channels) -> tuple[int, ...]:
    """The selected channels; if there is only one, it is always selected, as in alsamixer."""
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
    """The switches after the intent; a toggle flips each one, even if they differ, as in alsamixer."""
    which = range(len(now)) if channels is None or len(now) == 1 else channels
    if not any(0 <= i < len(now) for i in which):
        raise Impossible(f"{control.name} has no such channel")
    return tuple((not state if on is None else on) if i in which else state for i, state in enumerate(now))


def _only_choice(control: Control) -> bool:
    return control.choice is not None and not control.channels


def _items(percent: float) -> int:
    """How many items to move by: as many as percent, but at least one, as in alsamixer."""
    return int(math.copysign(max(1, round(abs(percent))), percent)) if _number(percent) else 0


def _choose_end(control: Control, position: float) -> SetChoice | None:
    """Select the first item for 0 % and the last for 100 %, as alsamixer's digits do; None in between."""
    if control.choice is None or 0 < _number(position) < 1:
        return None
    return _choose(control, 0 if position <= 0 else len(control.choice.items) - 1, relative=False)


def _choose(control: Control, item: int, relative: bool) -> SetChoice | None:
    choice = control.choice
    if choice is None:
        raise Impossible(f"{control.name} is not a list of options")
    if not choice.items:
        raise Impossible(f"{control.name} has no items to choose from")
    _check_writable(control, "choice")
    last = len(choice.items) - 1
    if not relative and not 0 <= item <= last:
        raise Impossible(f"the items of {control.name} are numbered from 0 to {last}")
    item = min(max(choice.value + item, 0), last) if relative else item
    return SetChoice(control.id, item) if item != choice.value else None


def _number(value: float) -> float:
    if not math.isfinite(value):
        raise Impossible(f"{value} is not a valid volume")
    return value
