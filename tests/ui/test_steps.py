"""Steps by keys: a held one stops at 100 %, for all channels together and for one alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuimixer.model.command import SetVolume
from tuimixer.model.control import Channel, Control, Kind
from tuimixer.model.fader import UnclampedTarget
from tuimixer.model.resolve import resolve
from tuimixer.model.scale import PULSE_NORM, PULSE_SCALE
from tuimixer.ui.mixer.steps import NEW_PRESS, KeySteps

pytestmark = pytest.mark.unit

HELD = NEW_PRESS / 10


def sink(*percents: int) -> Control:
    names = ("front-left", "front-right")
    channels = tuple(
        Channel(name, PULSE_NORM * percent // 100) for name, percent in zip(names, percents, strict=False)
    )
    return Control("pulse:sink/x", Kind.SINK, "X", channels=channels, scale=PULSE_SCALE)


def after(control: Control, seconds: list[float], channels: tuple[int, ...] | None) -> tuple[int, ...]:
    """The percentage of each channel after presses, each after this many seconds."""
    clock = [0.0]
    steps = KeySteps(lambda: clock[0])
    for pause in seconds:
        clock[0] += pause
        command = resolve(steps.nudge(control, 5, channels), control).command
        if command is not None:
            assert isinstance(command, SetVolume)
            percents = [round(100 * raw / PULSE_NORM) for raw in command.raws]
            control = sink(*percents)
    return tuple(round(100 * raw / PULSE_NORM) for raw in control.raws)


@pytest.mark.parametrize(
    ("start", "channels", "end"),
    [
        ((90, 90), None, (100, 100)),
        ((90, 90), (1,), (90, 100)),
        ((120, 90), (1,), (120, 100)),
        ((90, 120), (0,), (100, 120)),
        ((120, 110), (1,), (120, 110)),  # a single channel past 100 % goes no further
        ((120, 110), None, (150, 140)),  # all of them together go on
    ],
)
def test_a_held_key(start: tuple[int, int], channels: tuple[int, ...] | None, end: tuple[int, int]) -> None:
    assert after(sink(*start), [HELD] * 12, channels) == end


def test_a_press_from_below_stops_at_100_percent_and_the_next_goes_on() -> None:
    assert after(sink(98, 98), [1.0], None) == (100, 100)
    assert after(sink(98, 98), [1.0, 1.0], None) == (105, 105)
    assert after(sink(100, 100), [1.0], None) == (105, 105)


@given(
    st.lists(
        st.tuples(st.sampled_from([(0,), (1,)]), st.sampled_from([-5, -1, 1, 5, 40]), st.floats(0, 2)),
        max_size=60,
    ),
    st.tuples(st.integers(0, 100), st.integers(0, 100)),
)
def test_keys_for_one_channel_never_lead_beyond_100_percent(
    presses: list[tuple[tuple[int, ...], int, float]], start: tuple[int, int]
) -> None:
    clock = [0.0]
    steps = KeySteps(lambda: clock[0])
    control = sink(*start)
    unclamped: UnclampedTarget | None = None
    for channels, percent, pause in presses:
        clock[0] += pause
        resolution = resolve(steps.nudge(control, percent, channels), control, unclamped=unclamped)
        unclamped = resolution.unclamped
        if isinstance(resolution.command, SetVolume):
            moved = resolution.command.apply_to(control)
            assert moved is not None
            control = moved
        assert max(control.raws) <= PULSE_NORM


def test_one_channel_never_goes_beyond_100_percent() -> None:
    assert after(sink(120, 100), [1.0] * 3, (1,)) == (120, 100)
