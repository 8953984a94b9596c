"""The screen on cards of every size: what it looks like, and that each control can be reached and moved."""

import time

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from tests.lab.replay.cards import ReplayedCard
from tests.pty.person import Person
from tests.replay.conftest import Replay

pytestmark = pytest.mark.replay

SIZES = ((80, 24), (120, 40))
SHOWN = ("hda-laptop", "scarlett", "odd", "matrix")


class TextExtension(SingleFileSnapshotExtension):
    """A text file for each picture."""

    _file_extension = "txt"
    _write_mode = WriteMode.TEXT


@pytest.fixture
def text_snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(TextExtension)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", SHOWN)
def test_what_it_looks_like(
    name: str, size: tuple[int, int], replay: Replay, text_snapshot: SnapshotAssertion
) -> None:
    cards = replay(name)
    with Person(cards.env, "--no-meters", "--no-config", columns=size[0], lines=size[1]) as person:
        person.sees(cards[name].table.name[:10], "▌", "! pulse")
        person.terminal.wait_quiet()
        lines = person.terminal.lines()
        # The first line contains the machine's name; what is said about the server is tested elsewhere.
        assert "\n".join(lines[1:-2]) == text_snapshot
        person.press("F10")
        assert person.terminal.wait() == 0
        person.waits_for(person.in_order, "the terminal to be in order")


def test_a_card_with_900_controls(replay: Replay) -> None:
    """Any control is found by its name and moves; times are printed, not asserted."""
    took = {}
    for name in ("hda-laptop", "matrix"):
        cards = replay(name)
        card = cards[name]
        start = time.perf_counter()
        with Person(cards.env, "--layout", "rows", "--no-meters", "--no-config") as person:
            person.sees(card.table.name, "▌", "! pulse")
            took[name] = time.perf_counter() - start
            if name == "matrix":
                find_and_move(person, card, "Mix 36 Input 24")
            person.press("F10")
            assert person.terminal.wait() == 0
    print(f"900 controls against 18: {took['matrix'] / took['hda-laptop']:.2f} times to the screen")


def find_and_move(person: Person, card: ReplayedCard, name: str) -> None:
    """Select a control by its name and move it by a step."""
    person.press("/", *name, "Enter")
    person.waits_for(lambda: person.chosen == name, "the control")
    person.press("Right")
    person.sees_percent(name, 1)
    person.waits_for(lambda: card.get(f"{name} Playback Volume") != [0], "it to move")
