"""Line numbers of the keys in a TOML file, which `tomllib` does not report."""

import re

_HEADER = re.compile(r"^\s*(\[\[?)\s*(.+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(
    r"""^\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*="""
)
_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")


def line_of(text: str, path: tuple[str | int, ...]) -> int:
    """Line number of the key at `path` (the name of an array of tables is followed by an index).

    If the key is missing or inside another value, the result is the line of its table.
    """
    wanted = _names(path)
    table: tuple[str, ...] = ()
    counts: dict[tuple[str, ...], int] = {}
    best, best_length = 1, 0
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            table = ()
            *outer, last = _split(header[2])
            for name in outer:
                table = _newest((*table, name), counts)
            table = (*table, last)
            if header[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
            here = table = _newest(table, counts)
        elif key := _KEY.match(line):
            here = (*table, *_split(key[1]))
        else:
            continue
        length = len(here)
        if length > best_length and wanted[:length] == here:
            best, best_length = number, length
    return best


def _newest(table: tuple[str, ...], counts: dict[tuple[str, ...], int]) -> tuple[str, ...]:
    """The path of a table, followed by the index of the newest one if it is an array of tables."""
    return (*table, str(counts[table])) if table in counts else table


def _names(path: tuple[str | int, ...]) -> tuple[str, ...]:
    """Split ids such as `volume.up`, which may be written with or without quotes, for comparison by part."""
    return tuple(name for part in path for name in str(part).split("."))


def _split(dotted: str) -> tuple[str, ...]:
    return tuple(name for part in _PART.findall(dotted) for name in part.strip("\"'").split("."))
