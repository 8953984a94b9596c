"""Simple elements become the controls that alsamixer shows."""

import pytest

from tuimixer.backend.alsa.elements import Shape, Side, Values, controls_of
from tuimixer.backend.alsa.jacks import jack_name, state_for
from tuimixer.model.control import Kind, Medium
from tuimixer.model.scale import Scale
from tuimixer.model.snapshot import Jack

pytestmark = pytest.mark.unit

SCALE = Scale(0, 31)
STEREO = Side(2, SCALE, switch=True)


def test_both_sides() -> None:
    shape = Shape("Line", 1, playback=STEREO, capture=STEREO, common_volume=True)
    values = Values((1, 2), (True, False), (3, 4), (False, True))
    play, rec = controls_of("PCH", shape, values)
    assert (play.id, rec.id) == ("alsa:PCH/Line,1/playback", "alsa:PCH/Line,1/capture")
    assert (play.kind, rec.kind) == (Kind.ALSA_PLAYBACK, Kind.ALSA_CAPTURE)
    assert (play.raws, play.mute, play.capture) == ((1, 2), (False, True), None)
    assert (rec.raws, rec.mute, rec.capture) == ((3, 4), None, (False, True))
    assert play.index == 1
    assert play.element is not None
    assert play.element.common
    assert [channel.name for channel in play.channels] == ["front-left", "front-right"]


def test_joined() -> None:
    side = Side(2, SCALE, volume_joined=True, switch=True, switch_joined=True)
    (control,) = controls_of("PCH", Shape("Beep", 0, playback=side), Values((7,), (True,)))
    assert [(channel.name, channel.raw) for channel in control.channels] == [("mono", 7)]
    assert control.mute == (False,)


def test_more_channels_than_names() -> None:
    (control,) = controls_of("X", Shape("Many", 0, playback=Side(12, SCALE)), Values(tuple(range(12))))
    assert [channel.name for channel in control.channels][-3:] == ["aux9", "aux10", "aux11"]


def test_capture_switch_without_volume_is_a_control_of_its_own() -> None:
    shape = Shape("CD", 0, playback=STEREO, capture=Side(2, switch=True), exclusive=3)
    play, rec = controls_of("PCH", shape, Values((1, 1), (True, True), (), (True, False)))
    assert (play.kind, play.capture) == (Kind.ALSA_PLAYBACK, None)
    assert (rec.kind, rec.channels, rec.capture) == (Kind.ALSA_CAPTURE, (), (True, False))
    assert rec.element is not None
    assert rec.element.exclusive == 3


def test_capture_switch_alone() -> None:
    (control,) = controls_of(
        "PCH", Shape("CD", 0, capture=Side(2, switch=True)), Values(capture_on=(True, True))
    )
    assert (control.kind, control.scale, control.channels) == (Kind.ALSA_CAPTURE, None, ())


@pytest.mark.parametrize(("capture", "kind"), [(False, Kind.ALSA_PLAYBACK), (True, Kind.ALSA_CAPTURE)])
def test_enumerated(capture: bool, kind: Kind) -> None:
    shape = Shape("Input Source", 0, items=("Mic", "Line"), enum_capture=capture)
    (control,) = controls_of("PCH", shape, Values(item=1))
    assert control.kind is kind
    assert control.choice is not None
    assert (control.choice.value, control.choice.items) == (1, ("Mic", "Line"))


def test_names_are_shown_clean() -> None:
    (control,) = controls_of("X", Shape("IEC958\x1b[2J", 0, playback=Side(1, SCALE), user=True), Values((0,)))
    assert control.name == "S/PDIF"
    assert control.id == "alsa:X/IEC958,0/playback"
    assert control.medium is Medium.SOFTWARE


def test_jack_names() -> None:
    assert jack_name("Headphone Jack") == "Headphone"
    assert jack_name(" Jack") is None
    assert jack_name("Jackpot") is None


@pytest.mark.parametrize(
    ("control", "jack", "belongs"),
    [
        ("Headphone", "Headphone", True),
        ("Headphone+LO", "Headphone", True),
        ("Front Mic Boost", "Front Mic", True),
        ("Line Out", "Line Out Front", True),
        ("Mic", "Front Mic", False),
        ("Front Mic", "Mic", False),
        ("Front", "Front Mic", False),
        ("Line", "Line Out", False),
        ("Speaker", "Speaker Phantom", False),
        ("Master", "Headphone", False),
    ],
)
def test_which_jack_concerns_which_control(control: str, jack: str, belongs: bool) -> None:
    assert state_for(control, [Jack(jack, True)]) == ("plugged" if belongs else "")
    assert state_for(control, [Jack(jack, False)]) == ("unplugged" if belongs else "")


def test_one_of_two_jacks_is_enough() -> None:
    assert state_for("Headphone", [Jack("Headphone", False), Jack("Headphone", True)]) == "plugged"
