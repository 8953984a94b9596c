"""From intents to commands: what each requests, what caps allow, and how impossible requests are reported."""

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.model.strategies import (
    BCM2835,
    BOOST_30,
    HDA_MASTER,
    PLAIN,
    SOFTVOL,
    alsa_scales,
    choice,
    control,
    controls,
    raw_of,
)
from tuimixer.model.command import SetCapture, SetChoice, SetMute, SetVolume
from tuimixer.model.control import Control, Element, Kind, Stream
from tuimixer.model.fader import UnclampedTarget
from tuimixer.model.intent import (
    Capture,
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
from tuimixer.model.resolve import DEFAULT_CAP, Impossible, ReadOnly, resolve
from tuimixer.model.scale import MUTE_CDB, PULSE_NORM, PULSE_SCALE, from_position

pytestmark = pytest.mark.unit

FULL = PULSE_NORM
DIM = 0.6


def raws(
    intent: Intent, before: Control, cap: float = DEFAULT_CAP, unclamped: UnclampedTarget | None = None
) -> tuple[int, ...]:
    command = resolve(intent, before, cap, unclamped).command
    if command is None:
        return before.raws
    assert isinstance(command, SetVolume)
    assert command.id == before.id
    return command.raws


def stereo(left: int, right: int) -> Control:
    return control(PULSE_SCALE, left, right)


def test_a_step_stops_at_full_and_goes_on_when_asked() -> None:
    near = stereo(round(0.98 * FULL), round(0.49 * FULL))
    assert raws(Nudge("c", 5), near) == (FULL, 32769)
    assert raws(Nudge("c", 5, past_full=True), near) == (67502, 33752)
    assert raws(Nudge("c", 5), stereo(FULL, FULL // 2)) == (FULL, FULL // 2)
    assert raws(Nudge("c", 5, past_full=True), stereo(FULL, FULL // 2)) == (68813, 34406)


def test_a_step_past_full_ends_at_the_cap() -> None:
    high = stereo(round(1.49 * FULL), 0)
    assert raws(Nudge("c", 5, past_full=True), high) == (98304, 0)
    assert raws(Nudge("c", 5, past_full=True), stereo(98304, 0)) == (98304, 0)
    assert raws(Nudge("c", 5, past_full=True), stereo(131072, 0)) == (131072, 0), "never lowered by the cap"
    assert raws(Nudge("c", -5), stereo(131072, 0)) == (round(1.95 * FULL), 0)


def test_a_step_that_changes_nothing_sends_nothing() -> None:
    assert resolve(Nudge("c", 5), stereo(FULL, FULL)).command is None
    assert resolve(Nudge("c", -5), control(PLAIN, 0, 0)).command is None
    assert resolve(Nudge("c", 0), control(PLAIN, 3, 5)).command is None
    assert resolve(SetGain("c", 0, relative=True), stereo(1, 2)).command is None


def test_single_channels_step_alone() -> None:
    assert raws(Nudge("c", 1, channels=(1,)), control(HDA_MASTER, 40, 40)) == (40, 42)
    assert raws(Nudge("c", 10, channels=(0,)), stereo(0, FULL)) == (6554, FULL)
    assert raws(Nudge("c", 1, channels=(1,)), control(HDA_MASTER, 40)) == (42,), "mono stands for either side"


def test_digits_set_alsa_channels_alike() -> None:
    assert raws(SetLevel("c", 0.5), control(HDA_MASTER, 10, 80)) == (66, 66)
    assert raws(SetLevel("c", 0.0), control(BCM2835, 10)) == (-10239,)
    assert raws(SetLevel("c", 0.9, channels=(0,)), control(HDA_MASTER, 10, 20)) == (84, 20)


def test_digits_keep_the_ratio_of_pulse_channels() -> None:
    assert raws(SetLevel("c", 0.5), stereo(FULL, FULL // 4)) == (32768, 8192)
    assert raws(SetLevel("c", 1.2), stereo(FULL, FULL // 4)) == (78643, 19661)
    assert raws(SetLevel("c", 0.5, channels=(1,)), stereo(FULL, FULL // 4)) == (FULL, 32768)


def test_the_ratio_comes_back_from_level_nought() -> None:
    down = resolve(SetLevel("c", 0.0), stereo(FULL, FULL // 4))
    assert down.command == SetVolume("c", (0, 0))
    assert raws(SetLevel("c", 0.8), stereo(0, 0), unclamped=down.unclamped) == (52429, 13107)


def test_level_ends_at_the_cap() -> None:
    assert raws(SetLevel("c", 9.0), stereo(FULL, 0)) == (98304, 0)
    assert raws(SetLevel("c", 1.8), stereo(131072, 0)) == (round(1.8 * FULL), 0), "down to above the cap"
    assert raws(SetLevel("c", 0.9), control(PLAIN, 5, 25), DIM) == (18, 25)
    assert raws(SetLevel("c", -1), control(PLAIN, 5, 25)) == (0, 0)


def test_gain_in_db() -> None:
    assert raws(SetGain("c", -1201), control(HDA_MASTER, 87, 80)) == (71, 71)
    assert raws(SetGain("c", MUTE_CDB), control(BCM2835, 5)) == (-10239,)
    assert raws(SetGain("c", 5000), control(SOFTVOL, 5)) == (255,)
    assert raws(SetGain("c", -1806), stereo(FULL, FULL // 2)) == (32770, 16385)
    assert raws(SetGain("c", MUTE_CDB), stereo(FULL, FULL // 2)) == (0, 0)
    assert raws(SetGain("c", 3000), stereo(FULL, FULL // 2)) == (98304, 49152)


def test_gain_by_db() -> None:
    assert raws(SetGain("c", 300, relative=True), control(HDA_MASTER, 40, 50)) == (44, 54)
    assert raws(SetGain("c", 10, relative=True), control(HDA_MASTER, 40, 50)) == (41, 51), (
        "at least one value"
    )
    assert raws(SetGain("c", -10, relative=True), control(BOOST_30, 2)) == (1,)
    assert raws(SetGain("c", -1806, relative=True), stereo(FULL, FULL // 2)) == (32770, 16385)
    assert raws(SetGain("c", 600, relative=True), control(BCM2835, -10239)) == (-10239,), "nothing plus 6 dB"
    assert raws(SetGain("c", 600, relative=True), stereo(0, 0)) == (0, 0)
    assert raws(SetGain("c", 3000, relative=True), stereo(131072, 4)) == (131072, 4)


def test_gain_at_an_end_comes_back() -> None:
    up = resolve(SetGain("c", 1500, relative=True), control(HDA_MASTER, 80, 60))
    assert up.command == SetVolume("c", (87, 80))
    assert raws(SetGain("c", -1500, relative=True), control(HDA_MASTER, 87, 80), unclamped=up.unclamped) == (
        80,
        60,
    )


def test_raw_values() -> None:
    assert raws(SetRaw("c", 17), control(PLAIN, 5, 25)) == (17, 17)
    assert raws(SetRaw("c", 17, channels=(1,)), control(PLAIN, 5, 25)) == (5, 17)
    assert raws(SetRaw("c", 131072), stereo(0, 120000)) == (98304, 120000)
    assert raws(SetRaw("c", 100000), stereo(131072, 131072)) == (100000, 100000)
    assert raws(SetRaw("c", 31), control(PLAIN, 5, 25), DIM) == (18, 25)


def test_balance() -> None:
    assert raws(SetBalance("c", -0.5), stereo(FULL, FULL)) == (FULL, 32768)
    assert raws(SetBalance("c", 0.25, relative=True), stereo(FULL, 32768)) == (FULL, 49152)
    assert raws(SetBalance("c", 5), stereo(FULL, FULL)) == (0, FULL)


def test_equalize_is_the_mean_of_positions() -> None:
    assert raws(Equalize("c"), control(PLAIN, 10, 20)) == (15, 15)
    # On a curve the mean of positions is not the mean of raw values.
    assert raws(Equalize("c"), control(HDA_MASTER, 20, 87)) == (68, 68)
    assert raws(Equalize("c"), stereo(131072, 0)) == (FULL, FULL)
    assert raws(Equalize("c"), stereo(131072, 65536), 1.0) == (FULL, FULL)
    assert raws(Equalize("c"), stereo(131072, 78643), 1.0) == (78643, 78643)


def test_a_balance_is_undone_up_to_the_cap() -> None:
    balanced = resolve(SetBalance("c", -0.5), stereo(60000, 60000), 1.5)
    now = stereo(60000, 30000)
    assert balanced.command == SetVolume("c", now.raws)
    assert raws(Equalize("c"), now, 1.5, balanced.unclamped) == (60000, 60000)
    assert raws(Equalize("c"), now, 0.3, balanced.unclamped) == now.raws


@pytest.mark.parametrize("kind", ["mute", "capture"])
def test_switches(kind: str) -> None:
    intent, command = (Mute, SetMute) if kind == "mute" else (Capture, SetCapture)

    def switched(now: tuple[bool, ...], **asked: object) -> tuple[bool, ...] | None:
        before = control(PLAIN, 1, 1, **{kind: now})
        result = resolve(intent("c", **asked), before).command  # type: ignore[arg-type]
        assert result is None or isinstance(result, command)
        return None if result is None else getattr(result, kind)

    assert switched((False,)) == (True,)
    assert switched((True, True)) == (False, False)
    assert switched((True, False)) == (False, True), "alsamixer turns each one over"
    assert switched((True, False), on=True) == (True, True)
    assert switched((True, False), channels=(1,)) == (True, True)
    assert switched((False,), channels=(1,)) == (True,), "a joined switch stands for either side"
    assert switched((True, True), on=True) is None
    with pytest.raises(Impossible, match="no such channel"):
        switched((True, True), channels=(7,))


def test_choices() -> None:
    box = choice(1, "Mic", "Line", "CD")
    assert resolve(Choose("c", 0), box).command == SetChoice("c", 0)
    assert resolve(Choose("c", 5, relative=True), box).command == SetChoice("c", 2)
    assert resolve(Choose("c", -1, relative=True), box).command == SetChoice("c", 0)
    assert resolve(Choose("c", 1), box).command is None
    with pytest.raises(Impossible, match="numbered from 0 to 2"):
        resolve(Choose("c", 3), box)


def test_volume_keys_on_a_choice_do_what_alsamixer_does() -> None:
    box = choice(1, *"abcdefgh")
    assert resolve(Nudge("c", 1), box).command == SetChoice("c", 2)
    assert resolve(Nudge("c", -0.4), box).command == SetChoice("c", 0)
    assert resolve(Nudge("c", 5), box).command == SetChoice("c", 6)
    assert resolve(Nudge("c", 0), box).command is None
    assert resolve(SetLevel("c", 0.0), box).command == SetChoice("c", 0)
    assert resolve(SetLevel("c", 1.0), box).command == SetChoice("c", 7)
    assert resolve(SetLevel("c", 0.5), box).command is None


BARE = control(None)
PASSTHROUGH = replace(
    control(PULSE_SCALE, FULL), kind=Kind.SINK_INPUT, stream=Stream(index=1, writable=False)
)


@pytest.mark.parametrize(
    ("intent", "on", "sentence"),
    [
        (Nudge("c", 1), BARE, "PCM has no volume"),
        (SetLevel("c", 0.1), BARE, "PCM has no volume"),
        (Mute("c"), BARE, "PCM has no mute switch"),
        (Capture("c"), BARE, "PCM has no capture switch"),
        (Choose("c", 0), BARE, "PCM is not a list of options"),
        (Choose("c", 1, relative=True), choice(0), "PCM has no items to choose from"),
        (SetGain("c", -100), control(PLAIN, 1), "PCM has no dB data; use a percentage or a raw value"),
        (
            SetGain("c", -100, relative=True),
            control(PLAIN, 1),
            "PCM has no dB data; use a percentage or a raw value",
        ),
        (SetBalance("c", 0), control(PLAIN, 1), "PCM has no left and right channels to balance"),
        (Nudge("c", 1, channels=(5,)), control(PLAIN, 1, 1), "PCM has no such channel"),
        (Nudge("c", 1, channels=()), control(PLAIN, 1, 1), "PCM has no such channel"),
        (SetRaw("c", 32), control(PLAIN, 1), "the raw values of PCM range from 0 to 31"),
        (Nudge("c", float("nan")), control(PLAIN, 1), "nan is not a valid volume"),
        (SetLevel("c", float("inf")), stereo(1, 1), "inf is not a valid volume"),
        (SetBalance("c", float("nan")), stereo(1, 1), "nan is not a valid volume"),
        (Nudge("c", float("nan")), choice(0, "a"), "nan is not a valid volume"),
    ],
)
def test_impossible(intent: Intent, on: Control, sentence: str) -> None:
    with pytest.raises(Impossible) as caught:
        resolve(intent, on)
    assert str(caught.value) == sentence


def intents() -> st.SearchStrategy[Intent]:
    position = st.floats(-0.5, 3)
    return st.one_of(
        st.builds(Nudge, st.just("c"), st.floats(-300, 300), past_full=st.booleans()),
        st.builds(SetLevel, st.just("c"), position),
        st.builds(SetGain, st.just("c"), st.integers(-3000, 3000), st.booleans()),
        st.builds(SetRaw, st.just("c"), st.integers(0, 200000)),
        st.builds(SetBalance, st.just("c"), st.floats(-2, 2), st.booleans()),
        st.just(Equalize("c")),
    )


@given(controls(), st.lists(intents(), min_size=1, max_size=8), st.floats(0.05, 2))
def test_no_intent_raises_a_channel_above_the_cap(before: Control, asked: list[Intent], cap: float) -> None:
    unclamped = None
    scale = before.scale
    assert scale is not None
    most = (
        scale.maximum if cap >= 1 and not scale.cubic else from_position(scale, cap, 0 if scale.cubic else -1)
    )
    for intent in asked:
        try:
            resolution = resolve(intent, before, cap, unclamped)
        except Impossible:
            continue
        unclamped = resolution.unclamped
        if resolution.command is None:
            continue
        assert isinstance(resolution.command, SetVolume)
        for new, old in zip(resolution.command.raws, before.raws, strict=True):
            assert scale.minimum <= new <= max(old, most)
        before = control(scale, *resolution.command.raws)


@given(controls(), st.floats(0.01, 300), st.floats(0.05, 2), st.booleans())
def test_no_raise_ever_lowers(before: Control, percent: float, cap: float, past: bool) -> None:
    after = raws(Nudge("c", percent, past_full=past), before, cap)
    assert all(new >= old for new, old in zip(after, before.raws, strict=True))


@given(alsa_scales().flatmap(lambda scale: st.tuples(st.just(scale), raw_of(scale), raw_of(scale))))
def test_equalized_lies_between(case: tuple[object, int, int]) -> None:
    scale, left, right = case
    before = control(scale, left, right)  # type: ignore[arg-type]
    assume(left != right)
    one, other = raws(Equalize("c"), before)
    assert one == other
    assert min(left, right) <= one <= max(left, right)


@pytest.mark.parametrize(
    ("intent", "part"),
    [
        (Nudge("c", 1), "volume"),
        (SetLevel("c", 0.5), "volume"),
        (Mute("c", True), "switch"),
        (Capture("c", None), "switch"),
        (Choose("c", 1), "choice"),
        (Nudge("c", 1), "choice"),
    ],
)
def test_what_is_read_only_is_refused_as_such(intent: Intent, part: str) -> None:
    bare = choice(0, "A", "B") if part == "choice" else control(PLAIN, 1, 2)
    free = replace(bare, mute=(False, False), capture=(True,), element=Element("PCM", 0))
    fixed = replace(free, element=Element("PCM", 0, read_only=(part,)))
    with pytest.raises(ReadOnly, match=f"the {part} of PCM is read-only"):
        resolve(intent, fixed)
    assert resolve(intent, free).command is not None


def test_a_stream_that_is_passed_through_is_read_only() -> None:
    with pytest.raises(ReadOnly, match="the volume of PCM cannot be changed"):
        resolve(Nudge("c", 1), PASSTHROUGH)


@pytest.mark.parametrize(
    ("intent", "wanted"),
    [
        (Capture("c", None), (True, True)),
        (Capture("c", None, channels=(0,)), None),
        (Capture("c", None, channels=(1,)), (True, True)),
        (Capture("c", False), None),
    ],
)
def test_of_a_group_only_another_one_switches_it_off(intent: Intent, wanted: tuple[bool, ...] | None) -> None:
    mic = replace(control(PLAIN, 1, 2), capture=(True, False), element=Element("Mic", 0, exclusive=0))
    command = resolve(intent, mic).command
    assert command == (None if wanted is None else SetCapture("c", wanted))
