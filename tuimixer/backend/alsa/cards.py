"""Finds the cards and devices to open."""

import os

from tuimixer.backend.alsa.card import Card
from tuimixer.backend.alsa.element_writer import card_numbers
from tuimixer.backend.base import Unreachable
from tuimixer.model.text import whole

DEFAULT = "default"
_CONTROL_NODE = "controlC"


def numbers(folder: str) -> list[int]:
    """Numbers of the sound cards, including those that libasound omits for lack of permission."""
    found = set(card_numbers())
    try:
        nodes = os.listdir(folder)
    except OSError:
        nodes = []
    ends = {node.removeprefix(_CONTROL_NODE) for node in nodes if node.startswith(_CONTROL_NODE)}
    found |= {number for end in ends if (number := whole(end)) is not None}
    return sorted(found)


def number_of(card: str) -> int | None:
    """The number of a card given as a number, as `hw:0`, or by id; None if unknown."""
    name = card.removeprefix("hw:")
    if not name.isdecimal():
        try:
            name = os.readlink(f"/proc/asound/{name}").removeprefix("card")
        except (OSError, ValueError):
            return None
    return whole(name)


def hardware(number: int) -> str:
    """Name of a sound card's control device."""
    return f"hw:{number}"


def open_default() -> Card | None:
    """The device `default`, if it exists and is not just a sound card."""
    try:
        return Card(DEFAULT, plugin_only=True)
    except Unreachable:
        return None
