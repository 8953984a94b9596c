"""Text from outside becomes one safe line."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuimixer.model.text import clean

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("Master", "Master"),
        ("  Front\t Mic\n", "Front Mic"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;owned\x07title", "title"),
        ("\x1b]8;;http://x\x1b\\link", "link"),
        ("\x1bcreset", "reset"),
        ("\x9b2Jcleared", "cleared"),
        ("a\x00b\x7fc\x85d", "abc d"),
        ("[b]markup[/b] is text", "[b]markup[/b] is text"),
        ("\u202eevil\u202c", "evil"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("line\u2028two", "line two"),
        ("bad\udcffbyte", "bad\ufffdbyte"),
        ("Kopfhörer 耳机 🎧", "Kopfhörer 耳机 🎧"),
        ("\u0301leading", "leading"),
        ("e\u0301", "e\u0301"),
        ("Z" + "\u0301" * 500, "Z" + "\u0301" * 4),
    ],
)
def test_shown(raw: str, shown: str) -> None:
    assert clean(raw) == shown


@pytest.mark.parametrize("raw", [None, "", "   ", "\n\x1b[0m", "\u202e"])
def test_never_empty(raw: str | None) -> None:
    assert clean(raw, fallback="stream 7") == "stream 7"


def test_bounded() -> None:
    assert clean("x" * 10_000) == "x" * 255 + "…"
    assert clean("x" * 256) == "x" * 256
    assert clean("abcdef", limit=4) == "abc…"


@given(st.text())
def test_nothing_that_steers_a_terminal_is_left(raw: str) -> None:
    line = clean(raw)
    assert 0 < len(line) <= 256
    assert not {unicodedata.category(c) for c in line} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert clean(line) == line


def test_blanks_of_items_are_kept() -> None:
    assert clean(" A = x;  B = y ", keep_blanks=True) == "A = x;  B = y"
    assert clean("\x1b[31mA\t ü ", keep_blanks=True) == "A  ü"
    assert clean("  ", fallback="0", keep_blanks=True) == "0"
