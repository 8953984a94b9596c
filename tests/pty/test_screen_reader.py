"""The terminal's cursor follows the selection, for screen readers; `--plain` draws nothing."""

import pytest

from tests.pty.conftest import Open
from tests.pty.person import Person

pytestmark = pytest.mark.pty


def read(person: Person, length: int) -> str:
    """The text at the cursor."""
    x, y, _ = person.terminal.cursor
    return person.terminal.lines()[y][x : x + length]


def hears(person: Person, text: str) -> None:
    """Wait until the cursor is on a text."""
    person.waits_for(lambda: read(person, len(text)) == text, f"the cursor on {text}")


@pytest.mark.parametrize("layout", ["rows", "columns"])
def test_the_cursor_is_on_the_chosen_name(opened: Open, layout: str) -> None:
    with opened("--layout", layout, columns=120) as person:
        for name in ("Firefox", "mpv"):
            person.choose(name, key="n")
            hears(person, name)
        person.press("m")
        hears(person, "mpv")
        assert not person.terminal.cursor[2]
        person.press("Enter")
        person.sees("Volume", "All channels")
        hears(person, "All channels")
        person.press("Down")
        hears(person, "Front left")


def test_plain(opened: Open) -> None:
    with opened("--plain") as person:
        person.waits_for(lambda: person.terminal.cursor[2], "the cursor to be visible")
        person.choose("mpv")
        hears(person, "mpv")
        person.press("Right")
        hears(person, "  61%")
        person.press("Down")
        hears(person, "Music")
        assert not set("─━│┌▕█▄") & set(person.terminal.screen())
        person.press("v")
        person.press("Enter")
        person.sees("All channels")
        assert not set("─━│┌▕█▄") & set(person.terminal.screen())
