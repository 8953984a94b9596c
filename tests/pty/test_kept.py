"""Choices made on the screen are restored at the next start."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.pty.conftest import Box
from tests.pty.person import Person

pytestmark = pytest.mark.pty


@contextmanager
def session(box: Box, *words: str) -> Iterator[Person]:
    """A user who opens the program, does something and quits."""
    with Person(box.env, "-D", "pulse", *words) as person:
        person.sees("F1 keys")
        yield person
        person.press("F10")
        assert person.terminal.wait() == 0


def test_layout_and_view_are_kept(box: Box) -> None:
    with session(box) as person:
        person.sees("mpv", "↑↓ select")
        person.press("v", "F4")
        person.sees("Capture  ALSA plugin", "←→ select")
    with session(box, "--layout", "rows") as person:
        person.sees("Capture  ALSA plugin", "↑↓ select")
    with session(box) as person:
        person.sees("Capture  ALSA plugin", "←→ select")
    with session(box, "--no-config") as person:
        person.sees("mpv", "↑↓ select")


def test_a_name_is_kept(box: Box) -> None:
    with session(box) as person:
        person.choose("mpv")
        person.press("R")
        person.sees("Rename mpv")
        person.press(*"Film", "Enter")
        person.sees_chosen("Film")
    with session(box) as person:
        person.sees("Film")
