"""Names from outside are shown clean and bounded, and do not affect the terminal."""

import pytest

from tests.lab.pulse import PrivatePulse
from tests.pty.person import Person

pytestmark = pytest.mark.pty

NAMES = {
    "\x1b[31mRed\x1b[0m\x1b]0;owned\x07\x1b[2J": "Red",
    "[bold red]Bold[/] [@click=app.quit]x": "[bold red]Bold[/]",
    "two\nlines\tand a tab": "two lines and a tab",
    "\u202eright to left": "right to left",
    "e\u0301a\u0308\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301x": "\u00e9\u00e4",
    "音楽プレーヤー": "音楽プレーヤー",
    "L" * 10_000: "LLLLLLLL",
}


@pytest.mark.parametrize("layout", ["rows", "columns"])
def test_strange_names(pulse: PrivatePulse, layout: str) -> None:
    for name in NAMES:
        pulse.play(name, media=name, silent=True)
    with Person(pulse.env, "--layout", layout, columns=120, lines=30) as person:
        shown = [_start(text) for text in NAMES.values()]
        person.sees(*shown)
        person.terminal.wait_quiet()
        output = bytes(person.terminal.output)
        assert b"\x1b[31mRed" not in output
        assert b"owned" not in output
        assert "\u202e".encode() not in output
        assert b"L" * 121 not in output
        for line in person.terminal.lines():
            assert len(line) <= 120
        # Every line ends where it should: what is next to a strange name is where it always is.
        if layout == "rows":
            places = {x for y in range(30) for x in range(120) if _percent_at(person, x, y)}
            assert len(places) == 1
        for _ in NAMES:
            person.press("n")
        person.terminal.wait_quiet()
        person.press("F10")
        assert person.terminal.wait() == 0


def _start(text: str) -> str:
    """What a narrow column still shows of it."""
    return text[:2] if not text.isascii() else text.split()[0][:5]


def _percent_at(person: Person, x: int, y: int) -> bool:
    """Whether "100%" begins at a cell."""
    return x < 117 and "".join(person.terminal.cell(x + i, y).data for i in range(4)) == "100%"


def test_a_stream_without_a_name(pulse: PrivatePulse) -> None:
    player = pulse.play("", media="", silent=True)
    with Person(pulse.env, "--layout", "rows") as person:
        person.sees("pacat")
        player.kill()
        person.sees("Nothing is playing.")
