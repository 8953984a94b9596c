"""Writes changed cells directly to the terminal, bypassing Textual's compositor.

The compositor repaints from a widget's left edge and wraps each update in mode switches, which takes 200 to
400 bytes and several milliseconds for a fader step that changes five cells. Writing only those cells takes
40 bytes and well under a millisecond. Both draw from the same grid, so they can be used in any order.
"""

from collections.abc import Iterable

from tuimixer.ui.terminal.cells import width_of
from tuimixer.ui.terminal.palette import Look, Palette

Run = tuple[int, int, list[tuple[int, str]]]


def encode(
    runs: Iterable[Run], palette: Palette, left: int = 0, top: int = 0, look: Look | None = None
) -> tuple[str, Look | None]:
    """The escape sequences that write runs of cells, and the look that they leave the terminal in.

    Colors are set only where they change. Args: `look` is the terminal's current look; None if unknown.
    """
    parts: list[str] = []
    for x, y, pieces in runs:
        parts.append(f"\x1b[{top + y + 1};{left + x + 1}H")
        for role, text in pieces:
            parts.append(palette.looks[role].sgr_after(look))
            look = palette.looks[role]
            parts.append(text)
    return "".join(parts), look


def by_look(runs: Iterable[Run], palette: Palette, first: Look | None) -> list[Run]:
    """The same cells sorted by look, because moving to a cell takes fewer bytes than setting a color; each
    look is followed by one that differs as little as possible.

    Args: `first` is the look to begin with.
    """
    looks = palette.looks
    pieces: dict[int, list[tuple[int, int, str]]] = {}
    for x, y, parts in runs:
        for role, text in parts:
            pieces.setdefault(role, []).append((y, x, text))
            x += width_of(text)
    sorted_runs: list[Run] = []
    look, end = first, (-1, -1)
    while pieces:
        role = min(pieces, key=lambda role: _difference(look, looks[role]))
        look = looks[role]
        for y, x, text in sorted(pieces.pop(role)):
            if end == (x, y):
                sorted_runs[-1][2].append((role, text))
            else:
                sorted_runs.append((x, y, [(role, text)]))
            end = (x + width_of(text), y)
    return sorted_runs


def _difference(before: Look | None, after: Look) -> int:
    """How expensive it is to switch to another look, as an ordinal number.

    Meters have few glyph colors and many backgrounds, so a glyph color is kept for as long as possible.
    """
    if before is None or (before.bold, before.dim, before.reverse) != (after.bold, after.dim, after.reverse):
        return 4
    return 2 * (before.fg != after.fg) + (before.bg != after.bg)
