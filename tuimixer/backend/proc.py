"""Small kernel files: read whole, without an exception for one that is gone or closed."""

import pwd
import re
from pathlib import Path

_LIMIT = 1 << 18


def read(path: Path, limit: int = _LIMIT) -> str:
    """A file's text, empty where it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(limit).decode(errors="replace")
    except OSError:
        return ""


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
    number = re.match(r"[0-9]{1,18}", text or "")
    return int(number.group()) if number else None
