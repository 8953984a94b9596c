"""Reads a table of a TOML document key by key, with checks; each error says what is accepted.

`msgspec.convert` would check the types too, but it stops at the first error, and importing it would double
the CPU time that a verb spends on reading a file, from 14 to 29 ms (medians of 40 runs, minus that of a bare
interpreter).
"""

import re
from collections.abc import Callable
from typing import Any

from tuimixer.model.text import regular_expression, shortened, suggest

_LARGEST = 10**18
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_MOST_GROUPS = 100
"""Maximum number of groups in a regular expression: `re` fails if they are nested deeply."""
MOST_PROBLEMS = 20
"""Number of errors reported in full."""

Report = Callable[[tuple[str | int, ...], str], None]
"""Called with the path of a key and what is wrong with it."""


class TomlReader:
    """Reads one table of the document and checks its values; keys that remain at the end are unknown
    settings.
    """

    def __init__(self, report: Report, values: dict[str, Any], path: tuple[str | int, ...] = ()) -> None:
        self._report = report
        self._left = dict(values)
        self._path = path
        self._known: list[str] = []

    def _take(self, key: str) -> Any:
        self._known.append(key)
        return self._left.pop(key, None)

    def wrong(self, key: str, sentence: str) -> None:
        """Report an error in a key of this table."""
        self._report((*self._path, key), sentence)

    def choice(self, key: str, allowed: tuple[str, ...], default: str) -> str:
        """The value of a key, one of `allowed`; true and false are accepted for on and off."""
        value = self._take(key)
        if value is None:
            return default
        if isinstance(value, bool) and "on" in allowed:
            return "on" if value else "off"
        if (
            not isinstance(value, str | int)
            or (str(value) if isinstance(value, str) else shown(value)) not in allowed
        ):
            self.wrong(key, f"is {shown(value)}; it must be one of {', '.join(allowed)}")
            return default
        return str(value)

    def number(self, key: str, low: float, high: float, default: float) -> float:
        """The value of a key, a number from `low` to `high`; `default` if it is missing or invalid."""
        value = self._take(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            self.wrong(key, f"is {shown(value)}; it must be a number from {low:g} to {high:g}")
            return default
        return value

    def flag(self, key: str, default: bool) -> bool:
        """The value of a key, true or false; `default` if it is missing or invalid."""
        value = self._take(key)
        if value is None or isinstance(value, bool):
            return default if value is None else value
        self.wrong(key, f"is {shown(value)}; it must be true or false")
        return default

    def text(self, key: str, default: str = "") -> str:
        """The value of a key, one line of text; `default` if it is missing or invalid."""
        value = self._take(key)
        if value is None:
            return default
        if not isinstance(value, str) or "\n" in value or "\0" in value:
            self.wrong(key, f"is {shown(value)}; it must be one line of text")
            return default
        return value

    def colors(self, allowed: tuple[str, ...]) -> dict[str, str]:
        """The colors (`#rrggbb`) that are set, by name; only the allowed names are read."""
        found: dict[str, str] = {}
        for key in allowed:
            value = self._take(key)
            if isinstance(value, str) and _COLOR.fullmatch(value):
                found[key] = value.lower()
            elif value is not None:
                self.wrong(key, f'is {shown(value)}; it must be a color such as "#89b4fa"')
        return found

    def __contains__(self, key: str) -> bool:
        """Whether a key exists, with a value of any type, and has not been read yet."""
        return key in self._left

    def has_table(self, key: str) -> bool:
        """Whether a key that may have values of several types is a table."""
        return isinstance(self._left.get(key), dict)

    def numbers(self, low: float, high: float) -> dict[str, float]:
        """A table with arbitrary keys, and numbers from `low` (at least 0) to `high` as values; invalid ones
        are left out.
        """
        found = {key: self.number(key, low, high, -1.0) for key in tuple(self._left)}
        return {key: value for key, value in found.items() if value >= 0}

    def patterns(self) -> dict[str, str]:
        """A table with arbitrary keys and patterns as values; one between slashes is a regular expression."""
        found = {key: self.text(key) for key in tuple(self._left)}
        for key, text in found.items():
            if len(text) > 1 and text.startswith("/") and text.endswith("/"):
                try:
                    if text.count("(") > _MOST_GROUPS:
                        raise re.error("too many groups")
                    regular_expression(text[1:-1])
                except (re.error, OverflowError, ValueError) as error:
                    reason = printable(str(error))
                    self.wrong(key, f"is {shown(text)}, which is not a valid regular expression: {reason}")
        return found

    def table(self, key: str) -> "TomlReader":
        """A subtable, empty if it is missing or invalid."""
        value = self._take(key)
        if value is not None and not isinstance(value, dict):
            self.wrong(key, f"is {shown(value)}; it must be a table, [{key}]")
            value = None
        return TomlReader(self._report, value or {}, (*self._path, key))

    def tables(self, key: str) -> list["TomlReader"]:
        """The tables of an array of tables, `[[key]]`; empty if it is missing or invalid."""
        value = self._take(key)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.wrong(key, f"is {shown(value)}; it must be an array of tables, [[{key}]]")
            return []
        return [TomlReader(self._report, item, (*self._path, key, i)) for i, item in enumerate(value)]

    def keys(self) -> dict[str, tuple[str, ...]]:
        """Lists of keys by action; an unquoted `volume.up = …`, which TOML nests, is accepted too."""
        found: dict[str, tuple[str, ...]] = {}
        pending: list[tuple[tuple[str, ...], Any]] = [((key,), value) for key, value in self._left.items()]
        self._left.clear()
        for names, value in pending:
            if isinstance(value, dict):
                pending.extend(((*names, key), inner) for key, inner in value.items())
                continue
            listed = [value] if isinstance(value, str) else value
            if not isinstance(listed, list) or not all(isinstance(item, str) for item in listed):
                self.wrong(
                    ".".join(names), f'is {shown(value)}; it must be a list of keys such as ["m", "f9"]'
                )
                continue
            found[".".join(names)] = tuple(listed)
        return found

    def finish(self) -> None:
        """Report the keys that were not read, the first `MOST_PROBLEMS` of them with suggestions."""
        known = f"the known settings are {', '.join(self._known)}"
        for number, key in enumerate(self._left):
            hint = suggest(key, self._known, known) if number < MOST_PROBLEMS else ""
            self.wrong(key, f"is not a known setting; {hint}" if hint else "")


def shown(value: Any) -> str:
    """A short description of a value in the file."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{printable(value)}"'
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, int) and abs(value) > _LARGEST:
        return "a huge number"  # Python refuses to print more than 4300 digits
    return "a list" if isinstance(value, list) else printable(str(value))


def printable(text: str) -> str:
    """Text from the file, bounded and safe to print."""
    shown = "".join(character if character.isprintable() else "\ufffd" for character in text)
    return shortened(shown, 60)
