"""Terminals of all kinds and sizes: what can be shown on each, and what must not be sent to it."""

import re

import pytest

from tests.lab.pulse import PrivatePulse
from tests.pty.conftest import Open
from tests.pty.person import PROGRAM, Person

pytestmark = pytest.mark.pty

COLOURS = re.compile(rb"\x1b\[(?:[0-9;]*;)?(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;[0-9;]*)?m")


@pytest.mark.parametrize("size", [(20, 5), (40, 12), (80, 24), (120, 40), (200, 60)], ids=str)
def test_sizes(opened: Open, size: tuple[int, int]) -> None:
    columns, lines = size
    with opened(columns=80, lines=24) as person:
        person.choose("mpv")
        person.terminal.resize(columns, lines)
        person.sees("mpv")
        person.terminal.wait_quiet()
        shown = person.terminal.lines()
        assert all(len(line) <= columns for line in shown)
        person.press("Left")
        person.terminal.wait_for(lambda screen: re.search(r"\b59", screen))
        person.terminal.resize(80, 24)
        person.sees("Firefox", "Master")
        person.terminal.wait_quiet()
        person.sees_chosen("mpv")


def test_linux_console(opened: Open) -> None:
    with opened(term="linux") as person:
        person.terminal.wait_quiet()
        person.terminal.screen().encode("cp437")
        # Sixteen colors: no 256 and no RGB.
        assert b"38;5;" not in person.terminal.output
        assert b"38;2;" not in person.terminal.output
        assert COLOURS.search(bytes(person.terminal.output))


def test_vt100(opened: Open) -> None:
    with opened(term="vt100") as person:
        person.terminal.wait_quiet()
        person.press("F1")
        person.sees("Selection")
        person.terminal.wait_quiet()
        assert person.terminal.screen().isascii()
        assert not COLOURS.search(bytes(person.terminal.output))


@pytest.mark.parametrize("term", ["screen-256color", "tmux-256color"])
def test_multiplexers(opened: Open, term: str) -> None:
    with opened(term=term) as person:
        person.terminal.wait_quiet()
        assert "▀" in person.terminal.screen()
        assert b"38;2;" not in person.terminal.output


def test_no_colour(opened: Open) -> None:
    with opened(env={"NO_COLOR": "1"}) as person:
        person.press("F1")
        person.sees("Selection")
        person.press("Escape")
        person.sees_no_more("Selection")
        assert not COLOURS.search(bytes(person.terminal.output))


@pytest.mark.parametrize("environment", [{"LC_ALL": "C"}, {"LC_ALL": "", "LANG": "C"}, {"LC_ALL": "POSIX"}])
def test_ascii_where_the_locale_has_no_more(opened: Open, environment: dict[str, str]) -> None:
    with opened(env=environment) as person:
        person.terminal.wait_quiet()
        person.press("F1")
        person.sees("Selection")
        assert person.terminal.screen().isascii()
        assert bytes(person.terminal.output).isascii()


@pytest.mark.parametrize(
    ("words", "term", "sentence"),
    [
        ((), "dumb", "the mixer needs a terminal that can move its cursor"),
        (("--nonsense",), "xterm", 'unknown option "--nonsense"'),
        (("-c", "99"), "xterm", 'there is no card "99"'),
        (("-D", "nonsense"), "xterm", "no such ALSA device: nonsense"),
    ],
)
def test_refused_in_one_sentence(
    pulse: PrivatePulse, words: tuple[str, ...], term: str, sentence: str
) -> None:
    with Person(pulse.env, *words, term=term, columns=200) as person:
        assert person.terminal.wait() == 2
        person.sees(f"tuimixer: {sentence}")
        assert len(person.terminal.screen().strip().splitlines()) == 1
        person.waits_for(person.in_order, "the terminal to be in order")


def test_not_a_terminal(pulse: PrivatePulse) -> None:
    command = ["sh", "-c", f"{' '.join(PROGRAM)} </dev/null"]
    with Person(pulse.env, program=command, columns=200) as person:
        assert person.terminal.wait() == 2
        person.sees("tuimixer: the mixer needs a terminal")
