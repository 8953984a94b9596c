"""Verbs find every control by the name that `list` prints, with and without its card, and move it alone."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.lab.replay.cards import ReplayedCard, ReplayedCards
from tests.replay.conftest import Replay
from tests.replay.shapes import CARDS
from tests.replay.verbs import Verbs

pytestmark = pytest.mark.replay

MOST_NAMES = 24
"""Of a large card, whose controls are much alike."""


def named(controls: list[dict[str, Any]], every: bool) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The names that `list` prints, each with the sides of the element that it stands for."""
    names: dict[str, list[dict[str, Any]]] = {}
    for control in controls:
        name = f"{control['name']},{control['index']}" if control["index"] else control["name"]
        names.setdefault(name, []).append(control)
    step = 1 if every else -(-len(names) // MOST_NAMES)
    for name in list(names)[::step]:
        yield name, names[name]


def changed(card: ReplayedCard, before: bytes) -> list[str]:
    """Names of the elements that were changed, and back to what they were."""
    after = card.state
    card.reset()
    return [line.rpartition(": ")[0].rpartition(",")[0] for line in card.difference(before, after)]


class Box:
    """One card, and the verbs."""

    def __init__(self, cards: ReplayedCards, verbs: Verbs) -> None:
        (self.card,) = cards.cards.values()
        self.verbs = verbs
        self.problems: list[str] = []

    def expect(self, true: object, *what: object) -> None:
        """Note what is wrong; a card is gone through to its end."""
        if not true:
            self.problems.append(" ".join(map(str, what)))

    def finds(self, name: str, sides: list[dict[str, Any]]) -> None:
        """`get` of a name is about its element."""
        for target in (name, f"{self.card.id}/{name}"):
            outcome = self.verbs("get", "--json", "--", target)
            wanted = {side["id"] for side in sides}
            self.expect(outcome.status == 0 and all(f'"{i}"' in outcome.out for i in wanted), target, outcome)

    def moves(self, name: str, sides: list[dict[str, Any]]) -> None:
        """`set` of a volume or a choice changes the element and no other."""
        before = self.card.state
        value = "37%"
        for side in sides:
            if side["choice"]:
                items = side["choice"]["items"]
                value = next((item for item in items if item != side["choice"]["value"]), items[0])
        outcome = self.verbs("set", "--", f"{self.card.id}/{name}", value)
        self.about(name, outcome, changed(self.card, before))

    def switches(self, name: str) -> None:
        """`toggle` changes the element's switch and nothing else."""
        before = self.card.state
        outcome = self.verbs("toggle", "--", name)
        self.about(name, outcome, changed(self.card, before))

    def about(self, name: str, outcome: Any, elements: list[str]) -> None:
        """What a verb did is about a control, or it said in one sentence why it did nothing."""
        said = outcome.err.startswith("tuimixer: ") and outcome.err.count("\n") == 1
        self.expect(outcome.status == 0 or (outcome.status in (2, 4) and said), name, outcome)
        self.expect(outcome.status == 0 or not elements, name, outcome, elements)
        self.expect(outcome.status or len(elements) == 1, name, outcome, elements)


@pytest.mark.parametrize("name", CARDS)
def test_every_name(name: str, replay: Replay) -> None:
    cards = replay(name)
    with Verbs(cards.env) as verbs:
        box = Box(cards, verbs)
        listed = verbs.json("list", "-c", "0")["controls"]
        for target, sides in named(listed, every=name == "odd"):
            box.finds(target, sides)
            box.moves(target, sides)
            box.switches(target)
    assert not box.problems, "\n".join(box.problems)
