"""Moves a fader's channels up to a limit: steps keep the difference between them, and the balance changes it.

ALSA channels keep the difference between their positions, as in alsamixer; Pulse channels keep the ratio of
their volumes, which is a constant difference in dB. An `UnclampedTarget` remembers what clamping at an end of
the scale would lose, so that the difference is restored when the fader moves away from that end.
"""

from collections.abc import Callable

from tuimixer.model.control import Control, side_of
from tuimixer.model.record import dataclass
from tuimixer.model.scale import MUTE_CDB, PULSE_NORM, Scale, from_cdb, from_position, to_cdb, to_position

_NOTHING = 1e-9
"""Smaller differences between positions are floating-point noise."""


@dataclass(frozen=True, slots=True)
class UnclampedTarget:
    """Where a move would have put the channels without clamping and rounding."""

    raws: tuple[int, ...]
    """The values written; the target is valid only while the control still has them."""
    positions: tuple[float, ...]
    """The channels' positions on a fader without ends (ALSA) and without rounding (Pulse)."""
    shape: tuple[float, ...] = ()
    """For Pulse: the channels' positions when any of them was last audible. Raising the volume from silence
    restores their ratio.
    """
    unbalanced: tuple[int, ...] = ()
    """The raw values before the balance was first changed; empty if the latest change was of another kind."""


Move = Callable[[int], tuple[int, bool]]
"""Maps a channel's raw value to the new one and to whether a limit cut the move short."""


def positions(control: Control, unclamped: UnclampedTarget | None = None) -> tuple[float, ...]:
    """Each channel's position, taken from `unclamped` if that is still valid."""
    scale = control.scale
    if scale is None:
        return ()
    if unclamped is not None and unclamped.raws == control.raws:
        return unclamped.positions
    return tuple(to_position(scale, raw) for raw in control.raws)


def step(
    control: Control,
    delta: float,
    which: tuple[int, ...],
    top: float,
    unclamped: UnclampedTarget | None = None,
) -> tuple[tuple[int, ...], UnclampedTarget]:
    """The raw values and target after moving channels by `delta` (a fraction of the scale), up to `top`.

    ALSA channels move as in alsamixer, each by at least one raw value. Of Pulse channels, the loudest moves
    by `delta`, and the others keep their ratio to it. A channel already above `top` is not raised.

    Raises:
        ValueError: the control has no volume.
    """
    scale = _scale(control)
    if not scale.cubic:
        direction = 1 if delta > 0 else -1
        return _shift(control, scale, which, direction, _stepped(scale, delta, top), unclamped)
    loudest = _tenths(max(positions(control, unclamped)[i] for i in which))
    if delta > 0:
        return stretch(
            control, max(loudest, min(loudest + max(delta, 1 / PULSE_NORM), top)), which, top, unclamped
        )
    return stretch(control, max(0.0, loudest + min(delta, -1 / PULSE_NORM)), which, top, unclamped)


def gain(
    control: Control, cdb: int, which: tuple[int, ...], top: float, unclamped: UnclampedTarget | None = None
) -> tuple[tuple[int, ...], UnclampedTarget]:
    """The raw values and target after changing channels by `cdb` hundredths of a dB, up to position `top`.

    A silent channel stays silent.

    Raises:
        ValueError: the control has no volume.
    """
    scale = _scale(control)
    if not scale.cubic:
        return _shift(control, scale, which, 1 if cdb > 0 else -1, _louder(scale, cdb, top), unclamped)
    loudest = max(positions(control, unclamped)[i] for i in which)
    goal = loudest * 10 ** (cdb / 6000)
    return stretch(control, max(loudest, min(goal, top)) if cdb > 0 else goal, which, top, unclamped)


def stretch(
    control: Control,
    goal: float,
    which: tuple[int, ...],
    top: float,
    unclamped: UnclampedTarget | None = None,
) -> tuple[tuple[int, ...], UnclampedTarget]:
    """The raw values and target with the loudest of the selected Pulse channels at position `goal`.

    The channels keep their ratio. No raw value is raised above `top`.

    Raises:
        ValueError: the control has no volume.
    """
    scale = _scale(control)
    start = positions(control, unclamped)
    shape = start
    if max(start) <= 0 and unclamped is not None and unclamped.raws == control.raws:
        shape = unclamped.shape
    loudest = max((shape[i] for i in which), default=0.0) if shape else 0.0
    moved = list(start)
    for i in which:
        moved[i] = goal * (shape[i] / loudest if loudest > 0 else 1.0)
    raws = _limited(control, scale, {i: from_position(scale, moved[i]) for i in which}, top)
    return raws, UnclampedTarget(raws, tuple(moved), tuple(moved) if max(moved) > 0 else shape)


def get_balance(control: Control) -> float | None:
    """The balance: -1 is left only, 0 center, 1 right only; None if there is no left or no right channel.

    The quieter side is at 1 - |balance| times the position of the louder one, as in pa_cvolume_get_balance. A
    side is as loud as its loudest channel.
    """
    left, right = sides(control)
    if control.scale is None or not left or not right:
        return None
    current = positions(control)
    on_left, on_right = max(current[i] for i in left), max(current[i] for i in right)
    louder = max(on_left, on_right)
    if louder <= 0:
        return 0.0
    return 1 - on_left / louder if on_left < on_right else on_right / louder - 1


def with_balance(
    control: Control, balance: float, unclamped: UnclampedTarget | None = None, top: float = 1.0
) -> tuple[tuple[int, ...], UnclampedTarget]:
    """The raw values and target, one side at the louder one's position, the other at 1 - |balance| of it.

    No raw value is raised above `top`.

    Raises:
        ValueError: the control has no volume, or no left and right channel.
    """
    scale = _scale(control)
    left, right = sides(control)
    if not left or not right:
        raise ValueError("the control has no left and right channels")
    balance = min(max(balance, -1.0), 1.0)
    # Clamped ALSA channels count at their actual positions, because balance is about what is heard now.
    start = positions(control, unclamped) if scale.cubic else positions(control)
    current = list(start)
    louder = max(current[i] for i in left + right)
    for side, share in ((left, 1 - max(balance, 0.0)), (right, 1 + min(balance, 0.0))):
        loudest = max(current[i] for i in side)
        for i in side:
            current[i] = louder * share * (current[i] / loudest if loudest > 0 else 1.0)
    changed = (i for i in left + right if abs(current[i] - start[i]) > _NOTHING)
    wanted = {i: from_position(scale, current[i]) for i in changed}
    raws = _limited(control, scale, wanted, top)
    valid = unclamped if unclamped is not None and unclamped.raws == control.raws else None
    kept = valid.shape if valid is not None else ()
    before = valid.unbalanced if valid is not None and valid.unbalanced else control.raws
    if not scale.cubic:
        current = [to_position(scale, raw) for raw in raws]
    shape = tuple(current) if max(current) > 0 else kept
    return raws, UnclampedTarget(raws, tuple(current), shape, before)


def sides(control: Control) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Indices of the left and of the right channels, judged by their names."""
    names = [channel.name for channel in control.channels]
    return (
        tuple(i for i, name in enumerate(names) if side_of(name) < 0),
        tuple(i for i, name in enumerate(names) if side_of(name) > 0),
    )


def highest(scale: Scale, top: float) -> int:
    """The highest raw value that is not above a position; for Pulse, the one displayed as that percentage."""
    if scale.cubic:
        return from_position(scale, top)
    return from_position(scale, top, -1) if top < 1 else scale.maximum


def _scale(control: Control) -> Scale:
    if control.scale is None or not control.channels:
        raise ValueError("the control has no volume")
    return control.scale


def _tenths(position: float) -> float:
    """The position rounded to tenths of a percent if the raw value stays the same, so that 1 % steps add up
    to 100 %.
    """
    tenths = round(position * 1000) / 1000
    return tenths if abs(tenths - position) * PULSE_NORM <= 0.5 else position


def _limited(control: Control, scale: Scale, wanted: dict[int, int], top: float) -> tuple[int, ...]:
    """All raw values with those in `wanted` replaced, none of them raised above `top`."""
    cap = highest(scale, top)
    raws = list(control.raws)
    for i, raw in wanted.items():
        raws[i] = min(raw, max(raws[i], cap))
    return tuple(raws)


def _stepped(scale: Scale, delta: float, top: float) -> Move:
    cap = highest(scale, top)

    def move(raw: int) -> tuple[int, bool]:
        wanted = to_position(scale, raw) + delta
        if delta <= 0:
            return from_position(scale, max(wanted, 0.0), -1), wanted < 0
        new = from_position(scale, min(wanted, 1.0), 1)
        return min(new, max(raw, cap)), wanted > 1 or new > cap

    return move


def _louder(scale: Scale, cdb: int, top: float) -> Move:
    cap = highest(scale, top)
    audible = scale.minimum + (to_cdb(scale, scale.minimum) == MUTE_CDB)

    def move(raw: int) -> tuple[int, bool]:
        now, lowest = to_cdb(scale, raw), to_cdb(scale, audible)
        if now is None or lowest is None or now <= MUTE_CDB:
            return raw, False
        new = from_cdb(scale, now + cdb, 1 if cdb > 0 else -1)
        if cdb <= 0:
            return new, now + cdb < lowest
        loudest = to_cdb(scale, cap)
        return min(new, max(raw, cap)), loudest is not None and now + cdb > loudest

    return move


def _shift(
    control: Control,
    scale: Scale,
    which: tuple[int, ...],
    direction: int,
    move: Move,
    unclamped: UnclampedTarget | None,
) -> tuple[tuple[int, ...], UnclampedTarget]:
    """Move channels one by one; a channel stopped by a limit goes on moving in the unclamped target.

    Such a channel moves again once its target is back within the limit.
    """
    current = [to_position(scale, raw) for raw in control.raws]
    beyond = _beyond(current, positions(control, unclamped), which)
    raws = list(control.raws)
    moves = {i: move(raws[i]) for i in which if not beyond[i]}
    leaders = [i for i, (raw, _) in moves.items() if raw != raws[i]]
    if leaders:
        leader = min(leaders, key=lambda i: direction * current[i])
        shift = to_position(scale, moves[leader][0]) - current[leader]
        for i in which:
            wanted = current[i] + beyond[i] + shift
            if i in moves:
                raws[i], stopped = moves[i]
                lost = wanted - to_position(scale, raws[i])
                beyond[i] = lost if stopped and direction * lost > _NOTHING else 0.0
            elif (wanted - current[i]) * beyond[i] >= 0:
                beyond[i] = _rounded(wanted - current[i])
            else:
                raws[i] = from_position(scale, wanted - direction * _NOTHING, direction)
                beyond[i] = _rounded(wanted - min(max(wanted, 0.0), 1.0))
    new = tuple(raws)
    return new, UnclampedTarget(
        new, tuple(to_position(scale, raw) + more for raw, more in zip(new, beyond, strict=True))
    )


def _beyond(current: list[float], targets: tuple[float, ...], which: tuple[int, ...]) -> list[float]:
    """How far each channel's target is from its position, less what the channels to be moved have in common,
    so that at least one of them moves.
    """
    beyond = [_rounded(there - now) for there, now in zip(targets, current, strict=True)]
    kept = [beyond[i] for i in which]
    surplus = min(kept) if min(kept) > 0 else max(kept) if max(kept) < 0 else 0.0
    if not surplus and all(kept):
        surplus = min(kept, key=abs)
    for i in which:
        beyond[i] = _rounded(beyond[i] - surplus)
    return beyond


def _rounded(distance: float) -> float:
    return distance if abs(distance) > _NOTHING else 0.0
