"""What a fix is said to have done."""

import pytest

from tuimixer.diagnosis.finding import Finding, outcome
from tuimixer.model.control import Channel, Control, Element, Kind
from tuimixer.model.intent import SetLevel
from tuimixer.model.record import replace
from tuimixer.model.scale import PULSE_NORM, PULSE_SCALE

pytestmark = pytest.mark.unit

SINK = Control(
    "pulse:sink/a",
    Kind.SINK,
    "Speakers",
    scale=PULSE_SCALE,
    channels=(Channel("mono", PULSE_NORM),),
)
QUIET = Finding("low", "Speakers", "Speakers is at 3 %.", "Set Speakers to 100 %.", (SetLevel(SINK.id, 1.0),))


def test_what_was_reached_is_said_in_the_words_of_the_advice() -> None:
    assert outcome(QUIET, {SINK.id: SINK}) == "Set Speakers to 100 %."


def test_a_volume_that_a_cap_limits_is_named() -> None:
    limited = replace(SINK, channels=(Channel("mono", 19661),))
    assert outcome(QUIET, {SINK.id: limited}) == "Set Speakers to 30 %."


def test_a_control_that_cannot_be_set_any_more_changes_nothing_in_the_words() -> None:
    locked = replace(SINK, element=Element("Speakers", 0, read_only=("volume",)))
    assert outcome(QUIET, {SINK.id: locked}) == "Set Speakers to 100 %."
    assert outcome(QUIET, {}) == "Set Speakers to 100 %."
