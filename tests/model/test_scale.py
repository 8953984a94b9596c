"""Volume arithmetic compared with what alsamixer, `amixer -M` and PulseAudio display, and its invariants."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.model.strategies import (
    BCM2835,
    BOOST_20,
    BOOST_30,
    CAPTURE,
    HDA_MASTER,
    PLAIN,
    SOFTVOL,
    alsa_scales,
    raw_of,
    runs,
    scales,
)
from tuimixer.model.scale import (
    MUTE_CDB,
    PULSE_SCALE,
    Scale,
    Segment,
    from_cdb,
    from_position,
    to_cdb,
    to_percent,
    to_position,
)

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("scale", "raw", "cdb", "percent"),
    [
        (HDA_MASTER, 0, -6525, 0),
        (HDA_MASTER, 1, -6450, 0),
        (HDA_MASTER, 44, -3225, 23),
        (HDA_MASTER, 60, -2025, 41),
        (HDA_MASTER, 81, -450, 83),
        (HDA_MASTER, 82, -375, 85),
        (HDA_MASTER, 83, -300, 88),
        (HDA_MASTER, 86, -75, 97),
        (HDA_MASTER, 87, 0, 100),
        (SOFTVOL, 1, -5080, 0),
        (SOFTVOL, 64, -3820, 10),
        (SOFTVOL, 128, -2540, 27),
        (SOFTVOL, 200, -1100, 60),
        (SOFTVOL, 254, -20, 99),
        (BCM2835, -10239, MUTE_CDB, 0),
        (BCM2835, -2000, -2000, 40),
        (BCM2835, -1000, -1000, 58),
        (BCM2835, -367, -367, 75),
        (BCM2835, 0, 0, 86),
        (BCM2835, 400, 400, 100),
        (BOOST_30, 0, 0, 0),
        (BOOST_30, 1, 1000, 22),
        (BOOST_30, 2, 2000, 53),
        (BOOST_30, 3, 3000, 100),
        (BOOST_20, 0, 0, 0),
        (BOOST_20, 1, 1000, 50),
        (BOOST_20, 2, 2000, 100),
        (CAPTURE, 0, -1725, 0),
        (CAPTURE, 63, 3000, 100),
        (PLAIN, 10, None, 32),
    ],
)
def test_known_cards(scale: Scale, raw: int, cdb: int | None, percent: int) -> None:
    assert to_cdb(scale, raw) == cdb
    assert to_percent(scale, raw) == percent


@pytest.mark.parametrize(("cdb", "percent"), [(0, 18), (1000, 36), (2000, 62), (3000, 100)])
def test_capture_percent(cdb: int, percent: int) -> None:
    fine = Scale(0, 4725, (Segment(0, 4725, -1725, 3000),), -1725, 3000)
    assert to_percent(fine, from_cdb(fine, cdb)) == percent


@pytest.mark.parametrize(
    ("scale", "raw", "percent"),
    [
        (HDA_MASTER, 1, 0.26),
        (HDA_MASTER, 44, 22.69),
        (BCM2835, -2000, 39.81),
        (BCM2835, -367, 74.50),
        (BOOST_30, 1, 21.63),
        (BOOST_30, 2, 53.39),
        (CAPTURE, 23, 18.30),
    ],
)
def test_position_is_exact(scale: Scale, raw: int, percent: float) -> None:
    assert 100 * to_position(scale, raw) == pytest.approx(percent, abs=0.006)


@pytest.mark.parametrize(
    ("percent", "cdb"),
    [
        (0, -6525),
        (10, -4563),
        (20, -3457),
        (25, -3041),
        (30, -2682),
        (40, -2086),
        (50, -1601),
        (60, -1193),
        (70, -840),
        (75, -680),
        (80, -529),
        (90, -251),
        (100, 0),
    ],
)
def test_percent_asks_for_db(percent: int, cdb: int) -> None:
    # One raw value for every hundredth of a dB shows what is asked for on a card with Master's range.
    fine = Scale(0, 6525, (Segment(0, 6525, -6525, 0),), -6525, 0)
    assert to_cdb(fine, from_position(fine, percent / 100)) == cdb


@pytest.mark.parametrize(
    ("percent", "db"),
    [
        (1, -120),
        (5, -78.06),
        (10, -60),
        (20, -41.94),
        (25, -36.12),
        (30, -31.37),
        (40, -23.88),
        (50, -18.06),
        (60, -13.31),
        (70, -9.29),
        (75, -7.50),
        (80, -5.81),
        (90, -2.75),
        (100, 0),
        (110, 2.48),
        (125, 5.81),
        (150, 10.57),
        (153, 11.08),
    ],
)
def test_pulse_percent_and_db(percent: int, db: float) -> None:
    raw = from_position(PULSE_SCALE, percent / 100)
    cdb = to_cdb(PULSE_SCALE, raw)
    assert cdb is not None
    assert cdb / 100 == pytest.approx(db, abs=0.011)
    assert to_percent(PULSE_SCALE, raw) == percent
    assert to_percent(PULSE_SCALE, from_cdb(PULSE_SCALE, round(db * 100))) == percent


def test_pulse_limits() -> None:
    assert from_cdb(PULSE_SCALE, 1100) == 99957  # PA_VOLUME_UI_MAX
    assert to_cdb(PULSE_SCALE, 0) == MUTE_CDB
    assert from_cdb(PULSE_SCALE, MUTE_CDB) == 0
    assert from_position(PULSE_SCALE, -1) == 0
    assert from_position(PULSE_SCALE, 1e9) == 0x7FFFFFFF


def test_zero_percent_is_the_mute_bottom() -> None:
    assert from_position(BCM2835, 0) == -10239
    assert from_position(BCM2835, 0, -1) == -10239
    assert from_position(BCM2835, 0.01, 1) == -10238, "the first step up leaves silence"


def test_no_db_data() -> None:
    with pytest.raises(ValueError, match="no dB data"):
        from_cdb(PLAIN, -100)


def test_range_of_one_value() -> None:
    fixed = Scale(7, 7)
    assert to_position(fixed, 7) == 0
    assert from_position(fixed, 1.0, 1) == 7


def test_flat_db_range_counts_as_none() -> None:
    flat = Scale(0, 10, (Segment(0, 10, -100, -100),), -100, -100)
    assert to_percent(flat, 5) == 50
    assert from_position(flat, 0.5) == 5


@given(scales().flatmap(lambda scale: st.tuples(st.just(scale), raw_of(scale))))
def test_raw_to_position_and_back(case: tuple[Scale, int]) -> None:
    scale, raw = case
    back = from_position(scale, to_position(scale, raw))
    if scale.cubic or not scale.curve:
        assert back == raw
    else:
        # Raw values whose gains are the same hundredth of a dB cannot be distinguished.
        near, here = to_cdb(scale, back), to_cdb(scale, raw)
        assert near is not None
        assert here is not None
        assert back == raw or abs(near - here) <= 1


@given(scales().flatmap(lambda scale: st.tuples(st.just(scale), raw_of(scale), raw_of(scale))))
def test_louder_stands_higher(case: tuple[Scale, int, int]) -> None:
    scale, one, other = case
    low, high = min(one, other), max(one, other)
    assert to_position(scale, low) <= to_position(scale, high)
    gains = to_cdb(scale, low), to_cdb(scale, high)
    assert gains[0] is None or gains[1] is None or gains[0] <= gains[1]


@given(
    scales(),
    st.floats(0, 1.5),
    st.floats(0, 1.5),
    st.sampled_from([-1, 0, 1]),
)
def test_higher_asks_for_louder(scale: Scale, one: float, other: float, direction: int) -> None:
    low, high = min(one, other), max(one, other)
    assert from_position(scale, low, direction) <= from_position(scale, high, direction)


@given(scales(), st.floats(0, 1))
def test_rounding_has_a_direction(scale: Scale, position: float) -> None:
    down, near, up = (from_position(scale, position, direction) for direction in (-1, 0, 1))
    assert down <= near <= up


@given(runs().flatmap(lambda scale: st.tuples(st.just(scale), raw_of(scale))))
def test_ends_are_reached(case: tuple[Scale, int]) -> None:
    scale, _ = case
    assert from_position(scale, 0.0, -1) == scale.minimum
    assert from_position(scale, 1.0, 1) == scale.maximum


@given(
    alsa_scales().flatmap(lambda scale: st.tuples(st.just(scale), raw_of(scale))),
    st.sampled_from([1, 2, 5, 10, 50]),
    st.sampled_from([1, -1]),
)
def test_a_step_always_moves(case: tuple[Scale, int], percent: int, direction: int) -> None:
    scale, raw = case
    wanted = min(max(to_position(scale, raw) + direction * percent / 100, 0.0), 1.0)
    moved = from_position(scale, wanted, direction)
    if raw != (scale.maximum if direction > 0 else scale.minimum):
        assert direction * (moved - raw) > 0
    else:
        assert moved == raw
        assert math.isfinite(wanted)
