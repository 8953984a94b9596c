"""Moving several channels with one hand: steps keep the difference between them, balance changes it.

ALSA channels keep the difference of their positions, as alsamixer's do; Pulse channels keep the ratio of their volumes, which is a
constant difference in dB. An `Aim` remembers where channels that were stopped by an end of the scale would stand, so that the
difference comes back when the fader leaves the end again.
"""

from tuimixer.model.control import Control, side_of
from tuimixer.model.record import dataclass
from tuimixer.model.scale import PULSE_NORM, from_position, to_position


@dataclass(frozen=True, slots=True)
class Aim:
    """Where a command meant to put the channels, the ends of the scale left aside."""

    raws: tuple[int, ...]
    """What was written; the aim holds only while the control still stands there."""
    positions: tuple[float, ...]


def positions(control: Control, aim: Aim | None = None) -> tuple[float, ...]:
    """Each channel's position; one stopped at an end has the position that the aim remembers."""
    scale = control.scale
    if scale is None:
        return ()
    if aim is not None and aim.raws == control.raws:
        return aim.positions
    return tuple(to_position(scale, raw) for raw in control.raws)


def step(
    control: Control, delta: float, which: tuple[int, ...], top: float, aim: Aim | None = None
) -> tuple[tuple[int, ...], Aim]:
    """Raw values and aim after moving channels by `delta` (of 1), the loudest up to `top`.

    Every channel that is not at the end moves by at least one raw value. A channel above `top` already is never lowered by a
    step up.
    """
    scale = control.scale
    assert scale is not None
    direction = 1 if delta > 0 else -1
    start = positions(control, aim)
    remembered = aim is not None and aim.raws == control.raws
    moved = list(start)
    if scale.cubic:
        loudest = max(start[i] for i in which)
        target = _limited(loudest, delta, top)
        if loudest > 0:
            for i in which:
                moved[i] = start[i] * target / loudest
        else:
            shape = _shape(control, which, aim if remembered else None)
            for i, part in zip(which, shape, strict=True):
                moved[i] = target * part
        aimed = _cubic_aim(start, moved, which, aim if remembered else None)
        raws = [
            max(0, round(position * PULSE_NORM)) if i in which else control.raws[i] for i, position in enumerate(moved)
        ]
        return tuple(raws), Aim(tuple(raws), aimed)
    inner = [start[i] for i in which]
    shift = delta
    if direction > 0:
        shift = max(0.0, min(delta, top - min(inner)))
    else:
        shift = min(0.0, max(delta, -max(inner)))
    raws = list(control.raws)
    for i in which:
        moved[i] = start[i] + shift
        if shift:
            raws[i] = from_position(scale, min(max(moved[i], 0.0), top), direction)
            if 0.0 <= moved[i] <= top:
                moved[i] = to_position(scale, raws[i])
    return tuple(raws), Aim(tuple(raws), tuple(moved))


def _limited(loudest: float, delta: float, top: float) -> float:
    if delta > 0:
        return max(loudest, min(loudest + delta, top))
    return max(0.0, loudest + delta)


def _shape(control: Control, which: tuple[int, ...], aim: Aim | None) -> tuple[float, ...]:
    """Relative volumes of silent channels, loudest 1: what the aim remembers as negative parts, else all the same."""
    if aim is not None and any(position < 0 for position in aim.positions):
        parts = [-aim.positions[i] for i in which]
        loudest = max(parts)
        if loudest > 0:
            return tuple(max(part, 0.0) / loudest for part in parts)
    return (1.0,) * len(which)


def _cubic_aim(
    start: tuple[float, ...], moved: list[float], which: tuple[int, ...], aim: Aim | None
) -> tuple[float, ...]:
    """Positions to remember; silence keeps the shape it came from as negative parts (a volume is never negative)."""
    if max((moved[i] for i in which), default=0.0) > 0:
        return tuple(moved)
    if aim is not None and any(position < 0 for position in aim.positions):
        return aim.positions
    return tuple(-start[i] if i in which else moved[i] for i in range(len(moved)))


def get_balance(control: Control) -> float | None:
    """-1 only left, 0 middle, 1 only right; None without a left and a right channel.

    Measured on positions: the quieter side's share of the louder side is 1 - |balance|, as pa_cvolume_get_balance does.
    """
    scale = control.scale
    left, right = sides(control)
    if scale is None or not left or not right:
        return None
    here = positions(control)
    quiet = sum(here[i] for i in left) / len(left), sum(here[i] for i in right) / len(right)
    louder = max(quiet)
    if louder <= 0:
        return 0.0
    return 1 - quiet[0] / louder if quiet[0] < quiet[1] else quiet[1] / louder - 1


def with_balance(control: Control, balance: float, aim: Aim | None = None) -> tuple[tuple[int, ...], Aim]:
    """Raw values with the louder side where it is and the other side at 1 - |balance| of it."""
    scale = control.scale
    assert scale is not None
    balance = min(max(balance, -1.0), 1.0)
    left, right = sides(control)
    here = list(positions(control, aim))
    louder = max(here[i] for i in left + right)
    for side, share in ((left, 1 - max(balance, 0.0)), (right, 1 + min(balance, 0.0))):
        loudest = max(here[i] for i in side)
        for i in side:
            here[i] = louder * share * (here[i] / loudest if loudest > 0 else 1.0)
    raws = tuple(
        from_position(scale, position) if i in left + right else raw
        for i, (position, raw) in enumerate(zip(here, control.raws, strict=True))
    )
    return raws, Aim(raws, tuple(here))


def sides(control: Control) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Indices of the left and of the right channels, by their names."""
    names = [channel.name for channel in control.channels]
    return (
        tuple(i for i, name in enumerate(names) if side_of(name) < 0),
        tuple(i for i, name in enumerate(names) if side_of(name) > 0),
    )
