"""From what a person asks to what a backend is told: the one place where a fader's move becomes a control's value."""

from tuimixer.model.balance import Aim, get_balance, positions, sides, step, with_balance
from tuimixer.model.command import Command, SetCapture, SetChoice, SetMute, SetVolume
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
from tuimixer.model.scale import MUTE_CDB, Scale, from_cdb, from_position, to_cdb, to_position


class Impossible(Exception):
    """The control cannot do what was asked; the text is one sentence for a person."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a fader goes."""

    cap: float = 1.5
    """Highest position of a Pulse volume (1 = 100 %); a volume above it is never raised further, nor lowered by the cap."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """What to tell the backend (nothing where the intent changes nothing) and what to remember."""

    command: Command | None
    aim: Aim | None = None


def resolve(intent: Intent, control: Control, limits: Limits = Limits(), aim: Aim | None = None) -> Resolution:  # noqa: B008
    """The command that carries out an intent on a control as it stands.

    Raises:
        Impossible: the control lacks what the intent is about (a volume, dB data, a switch, a choice, two sides).
    """
    match intent:
        case Choose():
            return Resolution(_choose(intent, control))
        case Mute(on=on, channels=channels):
            if control.mute is None:
                raise Impossible(f"{control.name} has no mute switch")
            return Resolution(SetMute(control.id, _switched(control, control.mute, on, channels)))
        case Capture(on=on, channels=channels):
            if control.capture is None:
                raise Impossible(f"{control.name} has no capture switch")
            return Resolution(SetCapture(control.id, _switched(control, control.capture, on, channels, first=True)))
    if control.scale is None or not control.channels:
        raise Impossible(f"{control.name} has no volume")
    raws, new_aim = _volume(intent, control, control.scale, limits, aim)
    command = SetVolume(control.id, raws) if raws != control.raws else None
    return Resolution(command, new_aim)


def top_of(scale: Scale, limits: Limits) -> float:
    """Highest position that may be asked for."""
    return limits.cap if scale.cubic else 1.0


def _volume(
    intent: Intent, control: Control, scale: Scale, limits: Limits, aim: Aim | None
) -> tuple[tuple[int, ...], Aim | None]:
    top = top_of(scale, limits)
    match intent:
        case Nudge(percent=percent, channels=channels, past_full=past_full):
            which = _which(control, channels)
            if scale.cubic and percent > 0 and top > 1.0:
                loudest = max(to_position(scale, control.raws[i]) for i in which)
                if loudest < 1.0 - 1e-9 or not past_full:
                    top = max(1.0, min(loudest, top))
            return step(control, percent / 100, which, top, aim)
        case SetLevel(position=position, channels=channels):
            return _put(control, scale, min(max(position, 0.0), top), channels, aim)
        case SetGain(cdb=cdb, relative=relative, channels=channels):
            return _gain(control, scale, cdb, relative, channels, top)
        case SetRaw(raw=raw, channels=channels):
            wanted = min(max(raw, scale.minimum), scale.maximum)
            highest = max(from_position(scale, top), min(control.raws)) if scale.cubic else scale.maximum
            return _replaced(control, _which(control, channels), min(wanted, highest)), None
        case SetBalance(balance=balance, relative=relative):
            now = get_balance(control)
            if now is None:
                raise Impossible(f"{control.name} has no left and right channel to balance")
            return with_balance(control, now + balance if relative else balance, aim)
        case Equalize():
            here = positions(control)
            return _replaced(control, _which(control, None), from_position(scale, sum(here) / len(here))), None
    raise AssertionError(intent)


def _put(
    control: Control, scale: Scale, position: float, channels: Channels, aim: Aim | None
) -> tuple[tuple[int, ...], Aim | None]:
    """Channels at a position: ALSA's all at the same, as alsamixer's digits do; Pulse's with their ratio kept."""
    which = _which(control, channels)
    if not scale.cubic or len(which) == 1:
        return _replaced(control, which, from_position(scale, position)), None
    loudest = max(to_position(scale, control.raws[i]) for i in which)
    return step(control, position - loudest, which, max(position, loudest), aim)


def _gain(
    control: Control, scale: Scale, cdb: int, relative: bool, channels: Channels, top: float
) -> tuple[tuple[int, ...], Aim | None]:
    if not scale.has_db:
        raise Impossible(f"{control.name} has no dB data; give percent or a raw value")
    which = _which(control, channels)
    highest = from_position(scale, top) if scale.cubic else scale.maximum
    now = {i: to_cdb(scale, control.raws[i]) for i in which}
    loudest = max(gain if gain is not None else MUTE_CDB for gain in now.values())
    raws = list(control.raws)
    for i in which:
        gain = now[i]
        assert gain is not None
        if relative:
            wanted, direction = gain + cdb, (cdb > 0) - (cdb < 0)
            if gain <= MUTE_CDB:
                continue
        else:
            keep = scale.cubic and MUTE_CDB not in (gain, loudest)
            wanted, direction = cdb + (gain - loudest if keep else 0), 0
        raw = from_cdb(scale, wanted, direction if not scale.cubic else 0)
        raws[i] = min(raw, max(highest, control.raws[i])) if raw > control.raws[i] else raw
    return tuple(raws), None


def _replaced(control: Control, which: tuple[int, ...], raw: int) -> tuple[int, ...]:
    return tuple(raw if i in which else old for i, old in enumerate(control.raws))


def _which(control: Control, channels: Channels) -> tuple[int, ...]:
    every = tuple(range(len(control.channels)))
    if channels is None or len(every) == 1:
        return every
    return tuple(i for i in channels if i in every) or every


def _switched(
    control: Control, now: tuple[bool, ...], on: bool | None, channels: Channels, first: bool = False
) -> tuple[bool, ...]:
    """Switches after the intent: both together go where the first one is not, as in alsamixer; one side alone goes over."""
    if len(now) == 1 or channels is None:
        target = on if on is not None else not (now[0] if first else now[0])
        return (target,) * len(now)
    return tuple(
        (on if on is not None else not state) if i in channels else state for i, state in enumerate(now)
    )


def _choose(intent: Choose, control: Control) -> Command | None:
    choice = control.choice
    if choice is None:
        raise Impossible(f"{control.name} has nothing to choose from")
    last = len(choice.items) - 1
    item = choice.value + intent.item if intent.relative else intent.item
    if not intent.relative and not 0 <= item <= last:
        raise Impossible(f"{control.name} has items 0 to {last}")
    item = min(max(item, 0), last)
    return SetChoice(control.id, item) if item != choice.value else None


__all__ = ["Impossible", "Limits", "Resolution", "resolve", "sides", "top_of"]
