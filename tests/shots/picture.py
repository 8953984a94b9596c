"""A terminal's screen as SVG and PNG, with blocks and lines drawn as shapes, so that no font leaves gaps."""

import subprocess
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from tests.lab.terminal import Terminal

WIDTH, HEIGHT, FONT = 8.43, 17.0, 14
"""Pixels of a cell, and of the letters in it."""
_MARGIN = 10
_ASCENT = 13
_INK, _PAPER = "#d0d0d0", "#121212"
_NAMED = {
    "black": "#000000",
    "red": "#cd3131",
    "green": "#0dbc79",
    "brown": "#c4a500",
    "blue": "#3b8eea",
    "magenta": "#bc3fbc",
    "cyan": "#11a8cd",
    "white": "#e5e5e5",
    "brightblack": "#666666",
    "brightred": "#f14c4c",
    "brightgreen": "#23d18b",
    "brightbrown": "#f5f543",
    "brightblue": "#6cb6ff",
    "brightmagenta": "#d670d6",
    "brightcyan": "#29b8db",
    "brightwhite": "#ffffff",
}
_SHAPES = {
    **{"▁▂▃▄▅▆▇█"[n - 1]: (0.0, 1 - n / 8, 1.0, n / 8) for n in range(1, 9)},
    "▀": (0.0, 0.0, 1.0, 0.5),
    "▌": (0.0, 0.0, 0.5, 1.0),
    "▐": (0.5, 0.0, 0.5, 1.0),
    "━": (0.0, 0.42, 1.0, 0.16),
    "─": (0.0, 0.47, 1.0, 0.06),
    "│": (0.45, 0.0, 0.1, 1.0),
}
"""Left, top, width and height of what a character fills, in fractions of its cell."""
_CORNERS = {"┌": (0.5, 0.47), "┐": (0.0, 0.47), "└": (0.5, 0.0), "┘": (0.0, 0.0)}
"""Where a corner's horizontal and vertical halves begin, in fractions of its cell."""


class _Look(NamedTuple):
    ink: str
    paper: str
    bold: bool


def svg_of(terminal: Terminal, title: str) -> str:
    """What the terminal shows now."""
    lines = terminal.lines()
    columns = terminal.size[0]
    width, height = columns * WIDTH + 2 * _MARGIN, len(lines) * HEIGHT + 2 * _MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}" '
        f'font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="{FONT}">',
        f"<title>{escape(title)}</title>",
        f'<rect width="100%" height="100%" rx="6" fill="{_PAPER}"/>',
    ]
    for number in range(len(lines)):
        parts += _line([terminal.cell(column, number) for column in range(columns)], number)
    return "\n".join([*parts, "</svg>", ""])


def _line(cells: list[Any], number: int) -> list[str]:
    y = _MARGIN + number * HEIGHT
    parts: list[str] = []
    column = 0
    texts: list[str] = []
    for look, group in groupby(cells, key=_look):
        run = [cell.data for cell in group]
        x = _MARGIN + column * WIDTH
        if look.paper != _PAPER:
            parts.append(_rect(x, y, len(run) * WIDTH, HEIGHT, look.paper))
        at = 0
        for shape, piece in groupby(run, key=_shape):
            word = list(piece)
            left = x + at * WIDTH
            at += len(word)
            if isinstance(shape, str):
                texts += _corner(shape, left, y, look.ink)
            elif shape is not None:
                texts += _blocks(shape, len(word), left, y, look.ink)
            elif text := "".join(word).rstrip():
                texts.append(_text(text, left, y, look))
        column += len(run)
    return parts + texts


def _shape(glyph: str) -> str | tuple[float, float, float, float] | None:
    """A corner itself, the rectangle of a block or line, None for a letter."""
    return glyph if glyph in _CORNERS else _SHAPES.get(glyph)


def _corner(glyph: str, x: float, y: float, ink: str) -> list[str]:
    across, down = _CORNERS[glyph]
    return [
        _rect(x + across * WIDTH, y + 0.47 * HEIGHT, 0.5 * WIDTH, 0.06 * HEIGHT, ink),
        _rect(x + 0.45 * WIDTH, y + down * HEIGHT, 0.1 * WIDTH, 0.53 * HEIGHT, ink),
    ]


def _blocks(shape: tuple[float, float, float, float], count: int, x: float, y: float, ink: str) -> list[str]:
    """Equal shapes side by side; those as wide as their cells become one."""
    left, top, width, height = shape
    if width == 1.0:
        return [_rect(x, y + top * HEIGHT, count * WIDTH, height * HEIGHT, ink)]
    return [
        _rect(x + (n + left) * WIDTH, y + top * HEIGHT, width * WIDTH, height * HEIGHT, ink)
        for n in range(count)
    ]


def _rect(x: float, y: float, width: float, height: float, fill: str) -> str:
    return f'<rect x="{x:.2f}" y="{y:.2f}" width="{width:.2f}" height="{height:.2f}" fill="{fill}"/>'


def _text(text: str, x: float, y: float, look: _Look) -> str:
    lead = len(text) - len(text.lstrip())
    x += lead * WIDTH
    text = text.lstrip()
    bold = ' font-weight="bold"' if look.bold else ""
    # Words of one run keep their positions through the specified length.
    length = f' textLength="{len(text) * WIDTH:.2f}"' if len(text) > 1 else ""
    spaces = ' xml:space="preserve"' if "  " in text else ""
    place = f'x="{x:.2f}" y="{y + _ASCENT:.2f}" fill="{look.ink}"'
    return f"<text {place}{bold}{length}{spaces}>{escape(text)}</text>"


def _look(cell: Any) -> _Look:
    ink, paper = _colour(cell.fg, _INK), _colour(cell.bg, _PAPER)
    if cell.reverse:
        ink, paper = paper, ink
    return _Look(ink, paper, bool(cell.bold))


def _colour(name: str, default: str) -> str:
    if name == "default":
        return default
    return _NAMED.get(name) or f"#{name}"


def write(svg: str, path: Path) -> None:
    """Write a picture as SVG, and as PNG next to it."""
    path.write_text(svg)
    subprocess.run(["rsvg-convert", "--output", str(path.with_suffix(".png")), str(path)], check=True)
