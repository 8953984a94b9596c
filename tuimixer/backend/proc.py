"""Reads small kernel files whole, and raises nothing if one is missing or not readable."""

from __future__ import annotations

import os
import pwd

TYPE_CHECKING = False  # importing typing would slow down every volume key press
if TYPE_CHECKING:
    from pathlib import Path

_LIMIT = 1 << 18
_PIECE = 4096
"""Number of bytes read at once. A longer buffer would be cut to the few bytes read, and after some thousand
files the gaps left in memory would add up to megabytes.
"""


def read(path: Path | str, limit: int = _LIMIT) -> str:
    """A file's text; empty if it cannot be read."""
    return read_or_none(path, limit) or ""


def read_or_none(path: Path | str, limit: int = _LIMIT) -> str | None:
    """A file's text; None if it cannot be read. Never blocks, whatever kind of file it is."""
    pieces, length = [], 0
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
        try:
            while length < limit and (piece := os.read(descriptor, min(_PIECE, limit - length))):
                pieces.append(piece)
                length += len(piece)
        finally:
            os.close(descriptor)
    except (OSError, ValueError):
        return None
    return b"".join(pieces).decode(errors="replace")


def fields(text: str) -> dict[str, str]:
    """Parse lines of the form `key: value` or `key     : value`."""
    pairs = (line.partition(":") for line in text.splitlines())
    return {key.strip(): value.strip() for key, colon, value in pairs if colon}


def user_name(uid: int) -> str:
    """A user's name, or the uid if there is none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def integer(text: str | None) -> int | None:
    """The number that a text starts with; None if it does not start with one."""
    import re  # only here, as importing it would slow down every volume key press

    number = re.match(r"[0-9]{1,18}", text or "")
    return int(number.group()) if number else None
