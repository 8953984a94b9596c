"""The syntax of values, and what they request of a control."""

import pytest

from tuimixer.model.control import Channel, Choice, Control, Kind
from tuimixer.model.intent import Capture, Choose, Intent, Mute, Nudge, SetBalance, SetGain, SetLevel, SetRaw
from tuimixer.model.resolve import Impossible
from tuimixer.model.scale import PULSE_SCALE, Scale
from tuimixer.model.value import is_value, parse_value

pytestmark = pytest.mark.unit

STEREO = (Channel("front-left", 10), Channel("front-right", 10))
ALSA = Control("a", Kind.ALSA_PLAYBACK, "PCM", scale=Scale(0, 31), channels=STEREO, mute=(False, False))
SINK = Control("s", Kind.SINK, "Speakers", scale=PULSE_SCALE, channels=STEREO, mute=(False,))
ENUM = Control("e", Kind.ALSA_PLAYBACK, "Box", choice=Choice(0, ("Front", "Rear Left", "Rear Right")))


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("40%", SetLevel("a", 0.4)),
        ("=40%", SetLevel("a", 0.4)),
        (" 40 % ", SetLevel("a", 0.4)),
        ("+5%", Nudge("a", 5, past_full=True)),
        ("-5%", Nudge("a", -5, past_full=True)),
        ("5%-", Nudge("a", -5, past_full=True)),
        ("+2.5%", Nudge("a", 2.5, past_full=True)),
        ("-12dB", SetGain("a", -1200, relative=True)),
        ("-12.5 DB", SetGain("a", -1250, relative=True)),
        ("−12,5 dB", SetGain("a", -1250, relative=True)),
        ("=-12dB", SetGain("a", -1200)),
        ("=−12,5 dB", SetGain("a", -1250)),
        ("=+3dB", SetGain("a", 300)),
        ("=3dB", SetGain("a", 300)),
        ("2,25%", SetLevel("a", 0.0225)),
        ("3dB", SetGain("a", 300)),
        ("+=3dB", SetGain("a", 300, relative=True)),
        ("+3dB", SetGain("a", 300, relative=True)),
        ("3dB+", SetGain("a", 300, relative=True)),
        ("3dB-", SetGain("a", -300, relative=True)),
        ("-=3dB", SetGain("a", -300, relative=True)),
        ("17", SetLevel("a", 0.17)),
        ("=17", SetLevel("a", 0.17)),
        ("+5", Nudge("a", 5, past_full=True)),
        ("raw:17", SetRaw("a", 17)),
        ("raw:-3", SetRaw("a", -3)),
        ("left:raw:17", SetRaw("a", 17, (0,))),
        ("left:50%", SetLevel("a", 0.5, (0,))),
        ("RIGHT:+5%", Nudge("a", 5, (1,), past_full=True)),
        ("front-left:3", SetLevel("a", 0.03, (0,))),
        ("left:-3dB", SetGain("a", -300, relative=True, channels=(0,))),
        ("left:=-3dB", SetGain("a", -300, channels=(0,))),
        ("=left:-3dB", SetGain("a", -300, channels=(0,))),
        ("=left:=-3dB", SetGain("a", -300, channels=(0,))),
        ("=left:50%", SetLevel("a", 0.5, (0,))),
        ("=left:off", Mute("a", True, (0,))),
        ("=balance:-20", SetBalance("a", -0.2)),
        ("1:50%", SetLevel("a", 0.5, (1,))),
        ("balance:-20", SetBalance("a", -0.2)),
        ("balance:+=10%", SetBalance("a", 0.1, relative=True)),
        ("balance:-=10", SetBalance("a", -0.1, relative=True)),
        ("mute", Mute("a", True)),
        ("Unmute", Mute("a", False)),
        ("toggle", Mute("a")),
        ("left:mute", Mute("a", True, (0,))),
        ("=mute", Mute("a", True)),
        ("on", Mute("a", False)),
        ("off", Mute("a", True)),
        ("right:off", Mute("a", True, (1,))),
        ("capture", Capture("a", True)),
        ("nocap", Capture("a", False)),
    ],
)
def test_values(text: str, intent: Intent) -> None:
    assert parse_value(text).intent(ALSA) == intent


def test_a_plain_number_is_a_percentage_everywhere_and_raw_is_raw() -> None:
    assert parse_value("40").intent(SINK) == SetLevel("s", 0.4)
    assert parse_value("raw:40").intent(SINK) == SetRaw("s", 40)


@pytest.mark.parametrize(
    ("text", "instead"),
    [("0.4", "40%"), ("1.0", "100%"), ("+0.05", "5%"), ("0.05-", "5%"), ("12.5", "12.5%")],
)
def test_a_fraction_needs_its_unit(text: str, instead: str) -> None:
    """wpctl writes 0.4 for 40 %; interpreted as 0.4 % it would be silence."""
    with pytest.raises(ValueError, match=f"has no unit; write {instead} or "):
        parse_value(text)


@pytest.mark.parametrize(("text", "on"), [("on", True), ("off", False)])
def test_on_and_off_switch_recording_where_there_is_nothing_to_mute(text: str, on: bool) -> None:
    mic = Control("m", Kind.ALSA_CAPTURE, "Mic", capture=(not on,))
    assert parse_value(text).intent(mic) == Capture("m", on)


@pytest.mark.parametrize("text", ["left:mute", "lfe:mute", "right:off", "0:toggle"])
def test_one_switch_for_all_channels_is_not_moved_for_one(text: str) -> None:
    names = ("front-left", "front-right", "lfe")
    joined = Control(
        "a",
        Kind.ALSA_PLAYBACK,
        "Surround",
        scale=Scale(0, 31),
        channels=tuple(Channel(name, 3) for name in names),
        mute=(False,),
    )
    with pytest.raises(Impossible, match="Surround has one switch for all channels"):
        parse_value(text).intent(joined)


@pytest.mark.parametrize(
    ("text", "item"),
    [("front", 0), ("REAR LEFT", 1), ("right", 2), ("2", 2), ("=front", 0), ("rear  left", 1)],
    ids=["name", "case", "part", "number", "absolute", "blanks"],
)
def test_items(text: str, item: int) -> None:
    assert parse_value(text).intent(ENUM) == Choose("e", item)


@pytest.mark.parametrize("text", ["rear", "side", "50%"])
def test_unclear_items(text: str) -> None:
    with pytest.raises(Impossible, match=r"Box has no item .* its items are Front, Rear Left, Rear Right"):
        parse_value(text).intent(ENUM)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "=",
        "+5%+",
        "left:",
        "top:x",
        "balance:101",
        "balance:x",
        "99999%",
        "9" * 30,
        "=-5%",
        "raw:x",
        "raw:1.5",
    ],
)
def test_nonsense(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_value(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("+5%", True),
        ("mute", True),
        ("off", True),
        ("=-12dB", True),
        ("raw:17", True),
        ("left:50%", True),
        ("balance:x", True),
        ("firefox", False),
        ("hw:0/Master", False),
        ("pulse:sink/x", False),
        ("pid:1234", False),
        ("hw:0", False),
        ("½%", False),
        ("٣%", False),
    ],
)
def test_what_can_only_be_a_value(text: str, value: bool) -> None:
    assert is_value(text) is value


@pytest.mark.parametrize("text", ["mute", "unmute"])
def test_a_switch_called_mute_is_not_muted(text: str) -> None:
    switch = Control("a", Kind.ALSA_PLAYBACK, "Line 01 Mute", mute=(True,))
    with pytest.raises(Impossible, match="Line 01 Mute is a switch; use on or off"):
        parse_value(text).intent(switch)
    assert parse_value("on").intent(switch) == Mute("a", False)


@pytest.mark.parametrize(
    ("one", "other", "contradict"),
    [
        ("mute", "on", True),
        ("unmute", "off", True),
        ("mute", "unmute", True),
        ("mute", "off", False),
        ("left:mute", "right:unmute", False),
        ("mute", "toggle", False),
        ("mute", "50%", False),
    ],
)
def test_switches_that_contradict_each_other(one: str, other: str, contradict: bool) -> None:
    assert parse_value(one).contradicts(parse_value(other)) is contradict


def test_the_woofer_by_both_names() -> None:
    channels = (Channel("front-left", 1), Channel("woofer", 1))
    card = Control("a", Kind.ALSA_PLAYBACK, "PCM", scale=Scale(0, 31), channels=channels)
    assert parse_value("lfe:50%").intent(card) == parse_value("woofer:50%").intent(card)
