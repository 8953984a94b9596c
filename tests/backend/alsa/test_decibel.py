"""dB data becomes libasound's curve, and the percentage that alsamixer displays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuimixer.backend.alsa.decibel import agrees, curve_of_tlv, gain_at, sampled_curve
from tuimixer.model.scale import (
    MUTE_CDB,
    Scale,
    Segment,
    from_cdb,
    from_position,
    to_cdb,
    to_percent,
    to_position,
)

pytestmark = pytest.mark.unit


def words(*values: int) -> tuple[int, ...]:
    return tuple(value & 0xFFFFFFFF for value in values)


def scale(minimum: int, maximum: int, *tlv: int) -> Scale:
    curve = curve_of_tlv(words(*tlv), minimum, maximum)
    return Scale(minimum, maximum, curve, curve[0].bottom, curve[-1].cdb_last)


HDA = scale(0, 87, 1, 8, -6525, 75)
BCM2835 = scale(-10239, 400, 5, 8, -10239, 400)
USB = scale(0, 65535, 4, 8, -12750, 0)
RANGES = scale(0, 31, 3, 48, 0, 3, 1, 8, -6000, 600, 4, 31, 1, 8, -4000, 150)
LINEAR = scale(0, 100, 2, 8, -9999999, 0)


@pytest.mark.parametrize(
    ("control", "percents"),
    [
        (HDA, {0: 0, 1: 0, 44: 23, 60: 41, 81: 83, 82: 85, 83: 88, 86: 97, 87: 100}),
        (BCM2835, {-10239: 0, -2000: 40, -1000: 58, -367: 75, 0: 86, 400: 100}),
        (scale(0, 255, 4, 8, -5100, 0), {1: 0, 64: 10, 128: 27, 200: 60, 254: 99}),
        (scale(0, 3, 1, 8, 0, 1000), {0: 0, 1: 22, 2: 53, 3: 100}),
        (scale(0, 2, 1, 8, 0, 1000), {0: 0, 1: 50, 2: 100}),
    ],
)
def test_percent(control: Scale, percents: dict[int, int]) -> None:
    assert {raw: to_percent(control, raw) for raw in percents} == percents


def test_forms() -> None:
    assert curve_of_tlv(words(1, 8, -6000, 0x10000 | 100), 0, 60) == (Segment(0, 60, -6000, 0, mute=True),)
    assert curve_of_tlv(words(4, 8, -6525, 3), 0, 87) == (Segment(0, 87, -6525, 3),)
    assert curve_of_tlv(words(0, 28, 99, 4, 7, 1, 8, -100, 10), 0, 10) == (Segment(0, 10, -100, 0),)
    assert [(run.first, run.last) for run in RANGES.curve] == [(0, 3), (4, 31)]


@pytest.mark.parametrize(
    "tlv", [(), (1,), (7, 8, 0, 0), (1, 4, 0), (3, 8, 0, 3), (0, 0), (3, 24, 0, 3, 9, 8, 0, 0)]
)
def test_no_form(tlv: tuple[int, ...]) -> None:
    assert curve_of_tlv(tlv, 0, 10) == ()


def test_division_goes_towards_the_bottom_of_the_run() -> None:
    uneven = scale(0, 87, 5, 8, -6525, 3)
    assert to_cdb(uneven, 0) == MUTE_CDB
    assert to_cdb(uneven, 1) == 6528 * 1 // 87 - 6525 == -6450
    assert to_cdb(uneven, 86) == 6528 * 86 // 87 - 6525 == -73


def test_amplitude_that_is_linear() -> None:
    assert [to_cdb(LINEAR, raw) for raw in (0, 1, 50, 100)] == [MUTE_CDB, -4000, -602, 0]


def test_between_two_runs() -> None:
    assert from_cdb(RANGES, -4100, 1) == 4
    assert from_cdb(RANGES, -4100, -1) == 3
    assert from_cdb(RANGES, -4100, 0) == 3


@pytest.mark.parametrize("control", [HDA, BCM2835, USB, RANGES, LINEAR])
def test_a_step_always_moves(control: Scale) -> None:
    for raw in range(
        control.minimum, control.maximum + 1, max(1, (control.maximum - control.minimum) // 500)
    ):
        here = to_position(control, raw)
        if raw < control.maximum:
            assert from_position(control, here + 0.01, 1) > raw
        if raw > control.minimum:
            assert from_position(control, here - 0.01, -1) < raw


@pytest.mark.parametrize("control", [HDA, RANGES, BCM2835])
def test_sampled_is_exact_for_small_ranges(control: Scale) -> None:
    maximum = min(control.maximum, control.minimum + 1000)
    curve = sampled_curve(control.minimum, maximum, lambda raw: gain_at(control.curve, raw))
    for raw in range(control.minimum, maximum + 1):
        assert gain_at(curve, raw) == gain_at(control.curve, raw)


def test_sampling_a_long_range_is_bounded() -> None:
    asked: list[int] = []

    def ask(raw: int) -> int:
        asked.append(raw)
        return gain_at(LINEAR.curve, raw * 100 // 65536)

    curve = sampled_curve(0, 65536, ask)
    assert len(asked) <= 1024
    assert curve[-1].last == 65536


def test_no_curve_where_libasound_has_no_gain() -> None:
    assert sampled_curve(0, 10, lambda raw: None if raw == 5 else raw) == ()


def test_one_value_only() -> None:
    assert sampled_curve(5, 5, lambda raw: -100) == (Segment(5, 5, -100, -100),)


def test_a_curve_that_says_something_else_is_noticed() -> None:
    assert agrees(HDA.curve, 0, 87, lambda raw: -6525 + 75 * raw)
    assert not agrees(HDA.curve, 0, 87, lambda raw: -6525 + 75 * raw - (raw == 43))
    assert not agrees((), 0, 87, lambda raw: 0)


@given(st.integers(-20000, 3000), st.sampled_from([-1, 0, 1]))
def test_gain_stays_within_the_range(cdb: int, direction: int) -> None:
    for control in (HDA, BCM2835, USB, RANGES, LINEAR):
        assert control.minimum <= from_cdb(control, cdb, direction) <= control.maximum
