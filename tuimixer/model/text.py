"""Makes text from outside (names of cards, controls, streams) safe to display.

The result is one line of bounded length, without anything that controls a terminal.
"""

from functools import cache

TYPE_CHECKING = False  # importing typing would slow down every volume key press
if TYPE_CHECKING:
    import re
    from collections.abc import Iterable

_ESCAPES = r"""
(?:\x1b\[|\x9b) [0-?]* [ -/]* [@-~]?  # CSI: colours, cursor
| (?:\x1b[\]PX^_]|[\x90\x98\x9d\x9e\x9f]) [^\x07\x1b\x9c]* (?:\x07|\x1b\\|\x9c)?  # OSC, DCS, APC…
| \x1b [ -/]* [0-~]?  # all other escape sequences
"""
_COMBINING = frozenset({"Mn", "Me"})
_MOST_COMBINING = 4
_READ_AT_MOST = 8


def clean(text: str | None, limit: int = 256, fallback: str = "(no name)", keep_blanks: bool = False) -> str:
    """One line of text for display, at most `limit` characters long, never empty.

    Escape sequences, control characters and invisible format characters (bidi overrides, zero width) are
    removed; white space becomes a space; lone surrogates, which represent undecodable bytes, become U+FFFD;
    truncation is marked by an ellipsis. If nothing is left, the result is `fallback`. Runs of spaces are
    collapsed unless `keep_blanks` is set.
    """
    if not text:
        return fallback
    # Limits the work that a name of several megabytes would cause.
    raw = text[: limit * _READ_AT_MOST]
    if not (raw.isascii() and raw.isprintable()):
        raw = "".join(_visible(_escapes().sub("", raw)))
    line = raw.strip() if keep_blanks else " ".join(raw.split())
    if not line:
        return fallback
    return shortened(line, limit)


def shortened(text: str, limit: int) -> str:
    """A text of at most `limit` characters, truncation marked by an ellipsis."""
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


def in_words(names: "Iterable[str]") -> str:
    """Names as a list in a sentence: `A, B and C`."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def shown(text: str) -> str:
    """A word that the user typed, quoted for a message: safe to print, at most 80 characters long."""
    return f'"{clean(text, 80, fallback="")}"'


def whole(text: str, most: int = 2**31 - 1) -> int | None:
    """A word as an integer from 0 to `most`; None if the word is anything else.

    `int` alone would raise ValueError for a word of thousands of digits.
    """
    if not text.isdecimal() or not text.isascii() or len(text) > len(str(most)):
        return None
    number = int(text)
    return number if number <= most else None


def suggest(word: str, known: "Iterable[str]", otherwise: str, cutoff: float = 0.6) -> str:
    """`did you mean volume?` for the known word closest to an unknown one, `otherwise` if none is close.

    cutoff: minimum similarity, 0 to 1, as computed by `difflib.get_close_matches`.
    """
    from difflib import get_close_matches  # only for an error, as it would slow down volume keys

    close = get_close_matches(word, list(known), n=1, cutoff=cutoff)
    return f"did you mean {close[0]}?" if close else otherwise


def regular_expression(text: str) -> "re.Pattern[str]":
    """Compile a regular expression that the user wrote; case is ignored.

    Raises:
        re.error, OverflowError, ValueError: it is not valid.
    """
    import re
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # such as that a later Python may read `[[a]` in another way
        return re.compile(text, re.IGNORECASE)


@cache
def _escapes() -> "re.Pattern[str]":
    """Compiled on first use, because most names are plain, and compiling would slow down every volume key
    press.
    """
    import re

    return re.compile(_ESCAPES, re.VERBOSE)


def _visible(text: str) -> list[str]:
    """The characters that may be displayed, without marks that would pile up or have no base character."""
    from unicodedata import category as category_of

    kept: list[str] = []
    marks = _MOST_COMBINING
    for character in text:
        category = category_of(character)
        if category in _COMBINING:
            if marks < _MOST_COMBINING:
                kept.append(character)
            marks += 1
            continue
        if category == "Cs":
            kept.append("\ufffd")
        elif character.isspace() or category in ("Zl", "Zp"):
            kept.append(" ")
            marks = _MOST_COMBINING
            continue
        elif category in ("Cc", "Cf"):
            continue
        else:
            kept.append(character)
        marks = 0
    return kept
