"""`doctor` and `path` on cards of every shape, on a machine without a sound server."""

import json
from typing import Any

import pytest

from tests.replay.conftest import Replay
from tests.replay.shapes import CARDS, CLOSED
from tests.replay.verbs import Verbs

pytestmark = pytest.mark.replay

NO_SERVER = "No sound server is responding at unix:/nowhere"


def findings(verbs: Verbs) -> list[dict[str, Any]]:
    """What `doctor` finds."""
    outcome = verbs("doctor", "--json")
    assert outcome.status == 1
    found: list[dict[str, Any]] = json.loads(outcome.out)["findings"]
    return found


@pytest.mark.parametrize("name", CARDS)
def test_nothing_is_found_on_a_card_in_order(name: str, replay: Replay) -> None:
    with Verbs(replay(name).env) as verbs:
        (only,) = findings(verbs)
        assert only["reason"].startswith(NO_SERVER)
        path = verbs("path")
        assert path.status == 3
        assert path.err.startswith("tuimixer: ")
        assert path.err.count("\n") == 1


def test_a_muted_master_is_found_and_unmuted(replay: Replay) -> None:
    cards = replay("hda-laptop")
    card = cards["hda-laptop"]
    card.set("Master Playback Switch", 0)
    with Verbs(cards.env) as verbs:
        _, muted = findings(verbs)
        assert muted["reason"] == "Master on card PCH is muted."
        verbs("doctor", "--fix", "2")
        assert card.get("Master Playback Switch") == [1]
        assert len(findings(verbs)) == 1


def test_a_card_that_cannot_be_opened_is_named(replay: Replay) -> None:
    with Verbs(replay(CLOSED).env) as verbs:
        for words in (("list",), ("get", "WriteOnly/Master"), ("set", "-c", "0", "Master", "50%")):
            outcome = verbs(*words)
            assert outcome.status in (2, 3)
            assert "could not be opened: Operation not permitted" in outcome.err
        _, closed = findings(verbs)
        assert closed["stage"] == "card0"  # its id is in /proc, which is not replayed
        assert "could not be opened: Operation not permitted" in closed["reason"]


LOWEST = "The volume of {} on card {} is at its minimum."
OFF = "{} Output Mixer PCM on card hat2mic is switched off."


@pytest.mark.parametrize(
    ("name", "wrong", "values", "reasons"),
    [
        ("emu10k1", "Wave Playback Volume", (0, 0), [LOWEST.format("Wave", "Live")]),
        ("hda-laptop", "Master Playback Volume", (0,), [LOWEST.format("Master", "PCH")]),
        ("pi-hat", "Playback Volume", (0, 0), [LOWEST.format("Playback", "hat2mic")]),
        ("pi-hat", "{} Output Mixer PCM Playback Switch", (0,), [OFF.format("Left"), OFF.format("Right")]),
    ],
)
def test_what_silences_a_card_is_found_and_fixed(
    name: str, wrong: str, values: tuple[int, ...], reasons: list[str], replay: Replay
) -> None:
    """A volume whose lowest step is a mute, and what a small board's codec has before its outputs."""
    cards = replay(name)
    for element in dict.fromkeys(wrong.format(side) for side in ("Left", "Right")):
        cards[name].set(element, *values)
    with Verbs(cards.env) as verbs:
        _, *found = findings(verbs)
        assert [finding["reason"] for finding in found] == reasons
        assert verbs("doctor", "--fix", "all").status == 1  # there is still no server
        assert len(findings(verbs)) == 1
