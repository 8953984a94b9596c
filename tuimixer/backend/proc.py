"""Small kernel files: read whole, without an exception for one that is gone or closed."""

from __future__ import annotations

import os
import pwd

TYPE_CHECKING = False  # importing typing would delay every volume key
if TYPE_CHECKING:
    from pathlib import Path

_LIMIT = 1 << 18
_PIECE = 4096
"""Bytes read at once. A long buffer is cut down to the few bytes that came, and after some thousand files the
holes between them are megabytes.
"""


def read(path: Path | str, limit: int = _LIMIT) -> str:
    """A file's text, empty where it cannot be read."""
    return read_or_none(path, limit) or ""


def read_or_none(path: Path | str, limit: int = _LIMIT) -> str | None:
    """A file's text, None where it cannot be read. Whatever it is, it is not waited for."""
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
    """Lines of the kind `key: value` or `key     : value`."""
    pairs = (line.partition(":") for line in text.splitlines())
    return {key.strip(): value.strip() for key, colon, value in pairs if colon}


def user_name(uid: int) -> str:
    """A user's name, or the number where there is none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def integer(text: str | None) -> int | None:
    """The number that a text begins with."""
    import re  # only here: a volume key would wait for it

    number = re.match(r"[0-9]{1,18}", text or "")
    return int(number.group()) if number else None
