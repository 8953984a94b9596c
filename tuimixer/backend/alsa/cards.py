"""Which cards and devices there are to open."""

import os

from tuimixer.backend.alsa.card import Card
from tuimixer.backend.alsa.element_writer import card_numbers
from tuimixer.backend.base import Unreachable

DEFAULT = "default"
_CONTROL_NODE = "controlC"


def numbers(folder: str) -> list[int]:
    """Numbers of the kernel's cards, also of those that libasound does not list for want of permission."""
    found = set(card_numbers())
    try:
        nodes = os.listdir(folder)
    except OSError:
        nodes = []
    ends = {node.removeprefix(_CONTROL_NODE) for node in nodes if node.startswith(_CONTROL_NODE)}
    found |= {int(end) for end in ends if end.isdecimal()}
    return sorted(found)


def number_of(card: str) -> int | None:
    """The kernel's number of a card, which may be named by it, as `hw:0`, or by its id; None if unknown."""
    name = card.removeprefix("hw:")
    if not name.isdecimal():
        try:
            name = os.readlink(f"/proc/asound/{name}").removeprefix("card")
        except (OSError, ValueError):
            return None
    return int(name) if name.isdecimal() else None


def hardware(number: int) -> str:
    """Name of a kernel card's control device."""
    return f"hw:{number}"


def open_default() -> Card | None:
    """The device `default`, where it is there and something other than one of the kernel's cards."""
    try:
        return Card(DEFAULT, plugin_only=True)
    except Unreachable:
        return None
