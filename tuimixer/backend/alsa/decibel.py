"""dB curves of ALSA controls, from the drivers' TLV data or sampled gains, as runs of `Segment`. Pure."""

from collections.abc import Callable, Sequence

from tuimixer.model.scale import MUTE_CDB, Segment

TLV_CONTAINER = 0
TLV_DB_SCALE = 1
TLV_DB_LINEAR = 2
TLV_DB_RANGE = 3
TLV_DB_MINMAX = 4
TLV_DB_MINMAX_MUTE = 5

_SAMPLED = 1024
"""Maximum number of raw values to sample if the form of a driver's data is not known."""

Ask = Callable[[int], int | None]
"""Returns the gain of a raw value in hundredths of a dB; None if libasound reports none."""


def curve_of_tlv(words: Sequence[int], minimum: int, maximum: int) -> tuple[Segment, ...]:
    """The runs that TLV data describes; empty if its form is unknown.

    words: the data in unsigned 32-bit words, that is, the type, the length in bytes, then the content.
    """
    if len(words) < 2:
        return ()
    kind, length = words[0], (words[1] + 3) // 4
    content = words[2 : 2 + length]
    if kind == TLV_CONTAINER:
        return _container(content, minimum, maximum)
    if kind == TLV_DB_RANGE:
        return _range(content, minimum, maximum)
    if len(content) < 2 or maximum < minimum:
        return ()
    first = _signed(content[0])
    if kind == TLV_DB_SCALE:
        step = content[1] & 0xFFFF
        mute = bool(content[1] & 0x10000)
        return (Segment(minimum, maximum, first, first + step * (maximum - minimum), mute=mute),)
    last = _signed(content[1])
    if kind in (TLV_DB_MINMAX, TLV_DB_MINMAX_MUTE):
        return (Segment(minimum, maximum, first, last, mute=kind == TLV_DB_MINMAX_MUTE),)
    if kind == TLV_DB_LINEAR:
        return (Segment(minimum, maximum, first, last, linear=True),)
    return ()


def _container(content: Sequence[int], minimum: int, maximum: int) -> tuple[Segment, ...]:
    while len(content) >= 2:
        if found := curve_of_tlv(content, minimum, maximum):
            return found
        content = content[2 + (content[1] + 3) // 4 :]
    return ()


def _range(content: Sequence[int], minimum: int, maximum: int) -> tuple[Segment, ...]:
    runs: list[Segment] = []
    while len(content) >= 4:
        first, last = _signed(content[0]), _signed(content[1])
        run = curve_of_tlv(content[2:], first, last)
        if not run:
            return ()
        if first <= maximum and last >= minimum:
            runs.extend(run)
        content = content[4 + (content[3] + 3) // 4 :]
    return tuple(runs)


def agrees(curve: Sequence[Segment], minimum: int, maximum: int, ask: Ask) -> bool:
    """Whether a curve matches libasound at the ends and the middle of the control and of each run."""
    probes = {minimum, minimum + 1, (minimum + maximum) // 2, maximum - 1, maximum}
    for run in curve:
        probes |= {run.first, (run.first + run.last) // 2, run.last}
    return bool(curve) and all(gain_at(curve, raw) == ask(raw) for raw in probes if minimum <= raw <= maximum)


def gain_at(curve: Sequence[Segment], raw: int) -> int:
    """The gain of a raw value, in hundredths of a dB."""
    here = curve[0]
    for run in curve:
        if run.first > raw:
            break
        here = run
    return here.cdb(raw)


def sampled_curve(minimum: int, maximum: int, ask: Ask) -> tuple[Segment, ...]:
    """Line segments through the gains that libasound reports for all raw values, or for 1024 of them if
    there are more.

    Empty if libasound does not report one of these gains.
    """
    span = maximum - minimum
    count = min(span, _SAMPLED - 1)
    raws = [minimum + span * i // count for i in range(count + 1)] if count else [minimum]
    points: list[tuple[int, int]] = []
    for raw in raws:
        gain = ask(raw)
        if gain is None:
            return ()
        points.append((raw, gain))
    runs: list[Segment] = []
    start = 0
    while start < len(points) - 1:
        first, gain = points[start]
        if gain <= MUTE_CDB:
            runs.append(Segment(first, first, gain, gain))
            start += 1
            continue
        end = start + 1
        step = points[end][1] - gain
        while end + 1 < len(points) and points[end + 1][1] - points[end][1] == step:
            end += 1
        runs.append(Segment(first, points[end][0], gain, points[end][1]))
        start = end
    if start == len(points) - 1 and not (runs and runs[-1].last == points[-1][0]):
        raw, gain = points[-1]
        runs.append(Segment(raw, raw, gain, gain))
    return tuple(runs)


def _signed(word: int) -> int:
    return word - 0x1_0000_0000 if word & 0x8000_0000 else word
