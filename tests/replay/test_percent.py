"""Raw value, percent, dB, switches and items of every control of every card are those of `amixer -M`."""

import random

import pytest

from tests.lab.replay.table import Element
from tests.replay.conftest import Replay
from tests.replay.shapes import CARDS
from tests.replay.simple import Simple, differences, of_amixer, of_controls
from tuimixer.backend.alsa.card import Card
from tuimixer.model.command import SetVolume

pytestmark = pytest.mark.replay

MOST_ROUNDS = 256
REVERSED = ("Reversed", 0, False)
UNSETTABLE = ("Reversed", "Huge", "Bytes \ufffd\ufffd")
"""Not for us: libasound accepts no value of a range from high to low, nor one above 0 if the range has more
than 31 bits; pyalsaaudio accepts no name that is not UTF-8.
"""
READINGS = 12_000
"""Approximate number of elements read on each card: on larger ones, each of them at fewer values."""


def values_of(element: Element, round_: int, rounds: int) -> list[int]:
    """What an element is set to in a round: in all rounds at every value, or at a sample with both ends."""
    low, high = element.minimum, element.maximum
    if low >= high or element.kind in ("BYTES", "IEC958"):
        return element.values
    # Not all channels at the same value, and not all elements of a kind in the same order.
    start = round_ + sum(element.name)
    return [_value(low, high, (start + 3 * channel) % rounds, rounds) for channel in range(element.width)]


def _value(low: int, high: int, place: int, rounds: int) -> int:
    if high - low < rounds:
        return low + place % (high - low + 1)
    ends = (low, low + 1, high - 1, high)
    if place < len(ends):
        return ends[place]
    # The same sample in every run.
    return random.Random(place).randint(low, high)


def raws_of(low: int, high: int) -> list[int]:
    """All raw values of a range, or a sample of a large one with both ends."""
    if high - low < MOST_ROUNDS:
        return list(range(low, high + 1))
    return [_value(low, high, place, MOST_ROUNDS) for place in range(MOST_ROUNDS)]


def readable(simple: Simple, card: Card) -> Simple:
    """Without what amixer does not print, and a range from high to low, which it reverses."""
    hidden = {
        (control.element.name, control.element.index, control.kind.capture)
        for control in card.controls.values()
        if control.element is not None and not control.element.active
    }
    return {key: value for key, value in simple.items() if key not in hidden | {REVERSED}}


@pytest.mark.parametrize("name", CARDS)
def test_every_control_as_amixer_prints_it(name: str, replay: Replay) -> None:
    cards = replay(name)
    replayed, card = cards[name], Card("hw:0")
    elements = replayed.table.elements
    span = max(element.maximum - element.minimum + 1 for element in elements)
    rounds = min(span, MOST_ROUNDS, max(8, READINGS // len(elements)))
    read, found = 0, []
    for round_ in range(rounds):
        values = [value for element in elements for value in values_of(element, round_, rounds)]
        replayed.set_all(values)
        card.update()
        theirs = of_amixer(cards, replayed)
        found += differences(readable(theirs, card), readable(of_controls(card.controls.values()), card))
        read += len(theirs)
    card.close()
    print(f"{name}: {rounds} rounds, {read} readings, {len(found)} differences")
    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", CARDS)
def test_every_raw_value_can_be_set(name: str, replay: Replay) -> None:
    """On one control of each range and curve; what a driver does not accept is refused."""
    replay(name)
    card, seen, count = Card("hw:0"), set(), 0
    for control in tuple(card.controls.values()):
        scale = control.scale
        if scale is None or scale in seen or control.name in UNSETTABLE:
            continue
        if control.element is None or "volume" in control.element.read_only:
            continue
        seen.add(scale)
        for raw in raws_of(scale.minimum, scale.maximum):
            card.apply(SetVolume(control.id, (raw,) * len(control.channels)))
            assert set(card.controls[control.id].raws) == {raw}, control.id
            count += 1
    card.close()
    print(f"{name}: {len(seen)} ranges and curves, {count} values set")
