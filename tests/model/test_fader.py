"""Several channels moved together: what steps preserve, what ends remember, what balance changes."""

import math

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tests.model.strategies import BCM2835, HDA_MASTER, NAMES, PLAIN, control, controls, scales
from tuimixer.model.control import Channel, Control
from tuimixer.model.fader import UnclampedTarget, get_balance, positions, sides, step, with_balance
from tuimixer.model.scale import PULSE_NORM, PULSE_SCALE, Scale, from_position, to_position

pytestmark = pytest.mark.unit

BOTH = (0, 1)


class Hand:
    """A control under steps, with the unclamped target that the mixer would keep."""

    def __init__(self, scale: Scale, *raws: int) -> None:
        self.control = control(scale, *raws)
        self.unclamped: UnclampedTarget | None = None

    def step(self, percent: float, which: tuple[int, ...] | None = None, top: float | None = None) -> "Hand":
        scale = self.control.scale
        assert scale is not None
        limit = top if top is not None else 1.5 if scale.cubic else 1.0
        every = tuple(range(len(self.control.channels)))
        raws, self.unclamped = step(self.control, percent / 100, which or every, limit, self.unclamped)
        self.control = control(scale, *raws)
        return self

    @property
    def raws(self) -> tuple[int, ...]:
        return self.control.raws


def alsamixer_step(scale: Scale, raw: int, percent: int) -> int:
    """What alsamixer's change_volume_relative does to one channel."""
    wanted = min(max(to_position(scale, raw) + percent / 100.0, 0.0), 1.0)
    return from_position(scale, wanted, 1 if percent > 0 else -1)


@given(controls(), st.lists(st.sampled_from([1, -1, 5, -5]), max_size=12))
def test_alsa_steps_are_those_of_alsamixer_until_an_end_stops_one(start: Control, steps: list[int]) -> None:
    scale = start.scale
    assert scale is not None
    assume(not scale.cubic)
    hand = Hand(scale, *start.raws)
    for percent in steps:
        if any(not 0 <= to_position(scale, raw) + percent / 100 <= 1 for raw in hand.raws):
            return
        wanted = tuple(alsamixer_step(scale, raw, percent) for raw in hand.raws)
        assert hand.step(percent).raws == wanted


def test_a_channel_at_the_end_waits_until_the_difference_is_back() -> None:
    hand = Hand(Scale(0, 87), 86, 40)
    for _ in range(20):
        hand.step(1)
    assert hand.raws == (87, 60)
    for _ in range(19):
        hand.step(-1)
    assert hand.raws == (87, 41)
    assert hand.step(-1).raws == (86, 40)


def test_nothing_accumulates_at_the_far_end() -> None:
    hand = Hand(Scale(0, 87), 80, 70)
    for _ in range(60):
        hand.step(1)
    assert hand.raws == (87, 87)
    assert hand.step(-1).raws == (87, 86)
    for _ in range(9):
        hand.step(-1)
    assert hand.raws == (87, 77)
    assert hand.step(-1).raws == (86, 76)


def test_the_difference_comes_back_from_the_bottom() -> None:
    hand = Hand(Scale(0, 87), 5, 25)
    for _ in range(40):
        hand.step(-1)
    assert hand.raws == (0, 0)
    for _ in range(20):
        hand.step(1)
    assert hand.raws == (0, 20)
    assert hand.step(1).raws == (1, 21)


def test_moving_one_channel_forgets_what_it_was_to_come_back_from() -> None:
    hand = Hand(Scale(0, 87), 86, 40)
    for _ in range(10):
        hand.step(1)
    assert hand.raws == (87, 50)
    assert hand.step(-1, (0,)).raws == (86, 50), "the hand is on the left one now"
    assert hand.step(-1).raws == (85, 49)


def test_an_outside_change_ends_the_aim() -> None:
    hand = Hand(Scale(0, 87), 86, 40)
    hand.step(5)
    hand.control = control(Scale(0, 87), 87, 30)
    assert hand.step(-1).raws == (86, 29)


@st.composite
def without_float_doubt(draw: st.DrawFn) -> tuple[Scale, list[int], list[int]]:
    """A linear scale on which no step is a whole number of raw values, so that rounding does not depend on
    1e-16.
    """
    top = draw(st.integers(7, 500))
    steps = [percent for percent in (1, -1, 5, -5, 20, -20) if 0.05 < top * abs(percent) / 100 % 1 < 0.95]
    assume(steps)
    raws = draw(st.lists(st.integers(0, top), min_size=2, max_size=4))
    return Scale(0, top), raws, draw(st.lists(st.sampled_from(steps), max_size=60))


@given(without_float_doubt())
def test_alsa_difference_outlives_every_stop(case: tuple[Scale, list[int], list[int]]) -> None:
    scale, start, steps = case
    hand = Hand(scale, *start)
    for percent in steps:
        hand.step(percent)
        inside = [i for i, raw in enumerate(hand.raws) if 0 < raw < scale.maximum]
        for i in inside:
            assert hand.raws[i] - hand.raws[inside[0]] == start[i] - start[inside[0]]


@given(controls(scales()), st.lists(st.sampled_from([1, -1, 5, -5, 20, -20]), max_size=30))
def test_what_an_end_holds_back_returns_where_the_difference_says(start: Control, steps: list[int]) -> None:
    scale = start.scale
    assert scale is not None
    assume(not scale.cubic)
    hand = Hand(scale, *start.raws)
    for percent in steps:
        before = positions(hand.control, hand.unclamped)
        old = hand.raws
        hand.step(percent)
        after = positions(hand.control, hand.unclamped)
        for i, (raw, aimed) in enumerate(zip(hand.raws, after, strict=True)):
            stands = to_position(scale, raw)
            assert (aimed == pytest.approx(stands, abs=1e-8)) or (
                raw == (scale.maximum if aimed > stands else scale.minimum)
            ), "only an end holds a channel back"
            if raw == old[i] and after[i] != pytest.approx(before[i], abs=1e-8):
                assert raw in (scale.minimum, scale.maximum)


@given(controls(), st.sampled_from([0.0004, 0.5, 1, 5, 30]), st.sampled_from([1, -1]))
def test_a_step_moves_someone_unless_all_are_at_the_end(
    start: Control, percent: float, direction: int
) -> None:
    scale = start.scale
    assert scale is not None
    hand = Hand(scale, *start.raws)
    top = 1.5 if scale.cubic else 1.0
    hand.step(direction * percent, top=top)
    if scale.cubic:
        loudest = max(start.raws)
        at_end = loudest >= 1.5 * PULSE_NORM if direction > 0 else loudest == 0
        moved = max(hand.raws) - loudest
    else:
        end = scale.maximum if direction > 0 else scale.minimum
        at_end = all(raw == end for raw in start.raws)
        moved = sum(hand.raws) - sum(start.raws)
        assert all(
            direction * (new - old) > 0 or old == end for new, old in zip(hand.raws, start.raws, strict=True)
        )
    assert hand.raws == start.raws if at_end else direction * moved > 0


@given(
    st.lists(st.integers(0, PULSE_NORM), min_size=2, max_size=6),
    st.lists(st.sampled_from([1, -1, 5, -5, 60, -60, 0.3, -0.3]), max_size=40),
)
@example([PULSE_NORM, PULSE_NORM // 3], [-60, -60, 5, 60])
def test_pulse_ratio_outlives_every_step_and_silence(start: list[int], steps: list[float]) -> None:
    assume(max(start) > 0)
    hand = Hand(PULSE_SCALE, *start)
    for percent in steps:
        hand.step(percent)
        loudest = max(hand.raws)
        for raw, first in zip(hand.raws, start, strict=True):
            assert raw == pytest.approx(loudest * first / max(start), abs=1.6)


def test_pulse_silence_without_memory_rises_alike() -> None:
    assert Hand(PULSE_SCALE, 0, 0).step(10).raws == (6554, 6554)


def test_pulse_percent_goes_by_the_step_from_any_value() -> None:
    assert Hand(PULSE_SCALE, 30001).step(1).raws == (30656,)
    assert Hand(PULSE_SCALE, 30001).step(-1).raws == (29346,)


@pytest.mark.parametrize("percent", [0.0004, -0.0004])
def test_the_smallest_pulse_step_is_one_raw_value(percent: float) -> None:
    assert Hand(PULSE_SCALE, 30001).step(percent).raws == (30001 + (1 if percent > 0 else -1),)


def test_hundred_steps_are_hundred_percent() -> None:
    raw = 0
    for _ in range(100):  # each in its own process, so without an unclamped target
        raw = Hand(PULSE_SCALE, raw).step(1).raws[0]
    assert raw == PULSE_NORM


@given(controls(), st.lists(st.sampled_from([1, 5, 40, -3]), max_size=20), st.floats(0.1, 1.6))
def test_no_step_raises_above_the_top_nor_lowers_to_it(start: Control, steps: list[int], top: float) -> None:
    scale = start.scale
    assert scale is not None
    hand = Hand(scale, *start.raws)
    for percent in steps:
        old = hand.raws
        hand.step(percent, top=top)
        for new, before in zip(hand.raws, old, strict=True):
            if percent > 0:
                limit = from_position(scale, top, 0 if scale.cubic else -1) if top < 1 or scale.cubic else new
                assert before <= new <= max(before, limit)
            else:
                assert new <= before


def test_above_the_top_a_step_down_still_steps() -> None:
    assert Hand(PULSE_SCALE, 131072, 65536).step(-50, top=1.0).raws == (98304, 49152)


def test_alsa_stops_at_a_lower_top_and_comes_back() -> None:
    hand = Hand(Scale(0, 87), 50, 30)
    for _ in range(60):
        hand.step(1, top=0.6)
    assert hand.raws == (52, 52)
    for _ in range(20):
        hand.step(-1, top=0.6)
    assert hand.raws == (52, 32)
    assert hand.step(-3, top=0.6).raws == (49, 29)


def test_sides_by_name() -> None:
    assert sides(control(PLAIN, 1, 1, 1, 1, 1, 1)) == ((0, 2), (1, 3))
    assert sides(control(PLAIN, 1)) == ((), ())


def test_mono_has_no_balance() -> None:
    assert get_balance(control(PLAIN, 3)) is None
    with pytest.raises(ValueError, match="no left and right"):
        with_balance(control(PLAIN, 3), 0.5)


def test_no_volume() -> None:
    with pytest.raises(ValueError, match="no volume"):
        step(control(None), 0.1, (), 1.0)


@pytest.mark.parametrize(
    ("raws", "balance"),
    [((65536, 65536), 0.0), ((65536, 0), -1.0), ((0, 65536), 1.0), ((65536, 32768), -0.5), ((0, 0), 0.0)],
)
def test_balance_of_known_volumes(raws: tuple[int, int], balance: float) -> None:
    assert get_balance(control(PULSE_SCALE, *raws)) == pytest.approx(balance)


def cut_off(scale: Scale) -> float:
    """The most that two hundredths of a dB can move a position; libasound truncates hundredths both ways."""
    span = scale.high - scale.low
    return 2 * max(1 / span, math.log(10) / 6000 / (1 - 10 ** (-span / 6000)))


def one_raw(scale: Scale, raw: int) -> float:
    """The most that rounding to a raw value can move a position."""
    around = [to_position(scale, near) for near in (max(raw - 1, scale.minimum), min(raw + 1, scale.maximum))]
    return around[1] - around[0] + (cut_off(scale) if scale.curve else 2e-4)


@given(controls(), st.floats(-1, 1))
def test_balance_round_trip(start: Control, balance: float) -> None:
    assume(len(start.channels) > 1)
    scale = start.scale
    assert scale is not None
    raws, _ = with_balance(start, balance, top=2.0)
    after = control(scale, *raws)
    left, right = sides(start)
    louder = max(to_position(scale, start.raws[i]) for i in left + right)
    doubt = cut_off(scale) if scale.curve else 1e-9
    assert max(to_position(scale, raws[i]) for i in left + right) == pytest.approx(louder, abs=doubt)
    for i in set(range(len(raws))) - set(left + right):
        assert raws[i] == start.raws[i]
    read = get_balance(after)
    assert read is not None
    if louder > 0:
        quieter = left if balance > 0 else right
        assert read == pytest.approx(balance, abs=max(one_raw(scale, raws[i]) for i in quieter) / louder)


@given(
    st.tuples(st.integers(1000, PULSE_NORM), st.integers(1000, PULSE_NORM)),
    st.floats(-0.99, 0.99),
    st.lists(st.sampled_from([1, -1, 5, -5, 100, -100]), max_size=30),
)
def test_pulse_balance_does_not_hang_on_the_volume(
    start: tuple[int, int], balance: float, steps: list[int]
) -> None:
    raws, unclamped = with_balance(control(PULSE_SCALE, *start), balance)
    hand = Hand(PULSE_SCALE, *raws)
    hand.unclamped = unclamped
    for percent in steps:
        hand.step(percent)
    now = get_balance(hand.control)
    assert now is not None
    if max(hand.raws) > 0:
        assert now == pytest.approx(balance, abs=1.6 / max(hand.raws))


def test_a_raised_side_stays_under_the_top() -> None:
    raws, _ = with_balance(control(PULSE_SCALE, 131072, 13107), 0.0, top=1.0)
    assert raws == (131072, 65536)


def test_within_a_side_the_ratio_is_kept() -> None:
    surround = control(PULSE_SCALE, 60000, 60000, 30000, 15000)
    raws, _ = with_balance(surround, -0.5)
    assert raws == (60000, 30000, 30000, 7500)


def test_positions_without_volume() -> None:
    assert positions(control(None)) == ()


def test_names_reach_far_enough() -> None:
    assert len(control(HDA_MASTER, *range(8)).channels) == len(NAMES)
    assert control(BCM2835, 0).channels == (Channel("mono", 0),)
