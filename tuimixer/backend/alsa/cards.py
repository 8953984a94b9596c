"""Which cards and devices there are to open."""

import os
import re
from pathlib import Path

from tuimixer.backend.alsa.bindings import card_numbers
from tuimixer.backend.alsa.card import Card
from tuimixer.backend.base import OutOfReach

DEFAULT = "default"
_CONTROL_NODE = re.compile(r"controlC(\d+)")


def numbers(folder: Path) -> list[int]:
    """Numbers of the kernel's cards, also of those that libasound does not list for want of permission."""
    found = set(card_numbers())
    try:
        nodes = os.listdir(folder)
    except OSError:
        nodes = []
    found |= {int(match[1]) for node in nodes if (match := _CONTROL_NODE.fullmatch(node))}
    return sorted(found)


def hardware(number: int) -> str:
    """Name of a kernel card's control device."""
    return f"hw:{number}"


def open_default() -> Card | None:
    """The device `default`, where it is there and something other than one of the kernel's cards."""
    try:
        return Card(DEFAULT, plugin_only=True)
    except OutOfReach:
        return None
