"""The same keys lead to the same state of the same card, in alsamixer and here."""

import random
from itertools import pairwise

import pytest

from tests.lab.replay.cards import ReplayedCard, ReplayedCards
from tests.lab.terminal import APPLICATION_KEYS, Terminal
from tests.lab.waiting import wait_until
from tests.pty.person import Person
from tests.replay.conftest import Replay

pytestmark = pytest.mark.replay

CLEARED = b"\x1b[H\x1b[2J"
TYPED = """
Up Up PageDown m Right Down Down q e z c w x PageUp < > m Right 5 q b Right m , . Right 7 Up
Right Space c e b Right Right Up 3 m Left PageDown n n p Up End k j
F4 Up Right Space ; ' Right Space PageUp Right Space Right Insert Delete Left Left 8 z
Tab Right Right Space m 2 Right Right Right Down F3 Right 9 y C
"""
"""For the AC97 codec: views, mutually exclusive switches, both ends of the list."""
BOTH = (
    *("Up", "Down", "PageUp", "PageDown", "End", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"),
    *("+", "-", "w", "x", "k", "j", "W", "X", "K", "J", "m", "M", "Space", "b", "B"),
)
ONE_SIDE = (*"qezycQEZYC<>,.", "Insert", "Delete", ";", "'")
"""All keys that move something. `=`, balance in alsamixer, opens the prompt for a value here."""
_ONWARD = ("n", "Right")
MOST_CONTROLS = 16
EACH = 4
"""Keys of either kind pressed on each control."""
WALKED = (
    "ac97",
    "emu10k1",
    "es1370",
    "hda-desktop",
    "hda-laptop",
    "hdmi",
    "pi-hat",
    "scarlett",
    "soc-tablet",
)
"""Cards whose controls have at most two channels: alsamixer creates several from those that have more."""


def typed() -> list[list[str]]:
    """The script for the AC97 codec, five keys at a time, as a fast typist would."""
    keys = TYPED.split()
    return [keys[at : at + 5] for at in range(0, len(keys), 5)]


def walk(card: ReplayedCard) -> list[list[str]]:
    """Some of all keys on each control in turn, one at a time, the same in every run.

    Those for one side come last: if both are stepped after that and stop at an end, their difference is
    preserved here and lost in alsamixer.
    """
    chosen = random.Random(card.id)
    keys = ["F5"]
    for number in range(min(len(card.table.elements), MOST_CONTROLS)):
        # From an end and from the middle, so that stops are reached as well.
        keys += [chosen.choice(("5", "End", "9")), *chosen.choices(BOTH, k=EACH)]
        keys += [*chosen.choices(ONE_SIDE, k=EACH), _ONWARD[number % 2 == 0]]
    return [[key] for key in keys]


def sent(keys: list[str]) -> str:
    """What a terminal sends for keys."""
    return "".join(APPLICATION_KEYS.get(key.lower(), key) for key in keys)


def theirs(cards: ReplayedCards, card: ReplayedCard, portions: list[list[str]]) -> list[bytes]:
    """The card's state after each portion of keys in alsamixer."""
    after = []
    with Terminal(["alsamixer", "-D", card.device, "-V", "playback"], env=cards.env) as terminal:
        terminal.wait_for("Esc")
        for keys in portions:
            for key in keys:
                received = terminal.received
                # One at a time: alsamixer only notices what a key did to other controls once no more keys
                # are waiting. When the screen is repainted, the previous key has been processed.
                terminal.send(sent([key]) + "l")
                terminal.wait_for(lambda _, since=received: CLEARED in terminal.output[since:])  # type: ignore[misc]
            after.append(card.state)
        terminal.send("\x1b")
        assert terminal.wait() == 0
    return after


def ours(cards: ReplayedCards, card: ReplayedCard, portions: list[list[str]], expected: list[bytes]) -> None:
    """Press the same here; fails at the first portion after which the state differs."""
    with Person(cards.env, "-V", "playback", "--keymap", "alsamixer", "--no-config", "--no-meters") as person:
        person.sees(card.table.name)
        for number, (keys, wanted) in enumerate(zip(portions, expected, strict=True)):
            person.terminal.send(sent(keys))
            try:
                wait_until(lambda wanted=wanted: card.state == wanted, f"portion {number}: {keys}")  # type: ignore[misc]
            except TimeoutError as error:
                error.add_note("; ".join(card.difference(wanted, card.state)))
                error.add_note(person.terminal.screen())
                raise
            if keys[-1] in _ONWARD:
                # The next control may have the same volume: the screen must know what has become of it.
                person.terminal.wait_quiet(0.1)
        # Nothing may come after the last key.
        person.press("F10")
        assert person.terminal.wait() == 0
    assert card.state == expected[-1]


def compare(cards: ReplayedCards, card: ReplayedCard, portions: list[list[str]]) -> None:
    """Type portions of keys into both programs."""
    expected = theirs(cards, card, portions)
    states = [card.initial, *expected]
    changes = sum(before != after for before, after in pairwise(states))
    assert changes > len(portions) // 10
    card.reset()
    ours(cards, card, portions, expected)
    keys = sum(map(len, portions))
    print(f"{card.id}: {keys} keys, the same state after them in both; {changes} times another one")


def test_a_script_of_keys(replay: Replay) -> None:
    cards = replay("ac97")
    compare(cards, cards["ac97"], typed())


@pytest.mark.parametrize("name", WALKED)
def test_keys_on_every_control(name: str, replay: Replay) -> None:
    cards = replay(name)
    compare(cards, cards[name], walk(cards[name]))
