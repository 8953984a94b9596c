"""A terminal's screen as SVG, with blocks and lines drawn as shapes, so that no font leaves gaps.

A recording is one SVG, too: each frame is a group that CSS shows from the frame's time on; it contains only
the cells that differ from the previous frame, and is drawn over the earlier frames.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby
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
Shape = tuple[float, float, float, float]
"""Left, top, width and height of what a character fills, in parts of its cell."""
_BLOCKS: dict[str, Shape] = {
    **{"▁▂▃▄▅▆▇█"[n - 1]: (0.0, 1 - n / 8, 1.0, n / 8) for n in range(1, 9)},
    "▀": (0.0, 0.0, 1.0, 0.5),
    "▌": (0.0, 0.0, 0.5, 1.0),
    "▐": (0.5, 0.0, 0.5, 1.0),
}
_SHADES = {"░": 0.25, "▒": 0.5, "▓": 0.75}
"""How much of the letters' color a shade has."""
_THIN = {"LIGHT": 1.3, "HEAVY": 2.3}
"""Pixels of a line; they are more than one, as a page may show the picture smaller than it is."""
_EDGE = "▏"
"""A line at the left edge of its cell."""


class Cell(NamedTuple):
    """One cell as it looks."""

    text: str
    ink: str
    paper: str
    bold: bool


Frame = tuple[tuple[Cell, ...], ...]
"""The lines of a screen."""


def frame_of(terminal: Terminal) -> Frame:
    """What the terminal shows now."""
    columns, lines = terminal.size
    return tuple(
        tuple(_cell(terminal.cell(column, line)) for column in range(columns)) for line in range(lines)
    )


def _cell(cell: Any) -> Cell:
    ink, paper = _colour(cell.fg, _INK), _colour(cell.bg, _PAPER)
    if cell.reverse:
        ink, paper = paper, ink
    if cell.data in _SHADES:
        return Cell("█", _mix(ink, paper, _SHADES[cell.data]), paper, False)
    return Cell(cell.data, paper if cell.data == " " else ink, paper, bool(cell.bold) and cell.data != " ")


def _colour(name: str, default: str) -> str:
    if name == "default":
        return default
    return _NAMED.get(name) or f"#{name}"


def _mix(ink: str, paper: str, share: float) -> str:
    pairs = [(int(ink[i : i + 2], 16), int(paper[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)


def svg_of(frame: Frame, title: str) -> str:
    """A picture."""
    return recording_of([(frame, 0.0)], title)


def recording_of(frames: Sequence[tuple[Frame, float]], title: str) -> str:
    """A recording that is repeated forever. Args: each frame with the seconds for which it is shown."""
    first = frames[0][0]
    page = Counter(cell.paper for line in first for cell in line).most_common(1)[0][0]
    width, height = len(first[0]) * WIDTH + 2 * _MARGIN, len(first) * HEIGHT + 2 * _MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}" '
        f'font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="{FONT}">',
        f"<title>{escape(title)}</title>",
    ]
    total = sum(seconds for _, seconds in frames)
    groups: list[str] = []
    rules: list[str] = []
    at, before = 0.0, None
    for frame, seconds in frames:
        if groups and (content := _patch(frame, before, page)):
            name = f"f{len(rules)}"
            share = f"{100 * at / total:.2f}%"
            rules.append(
                f"@keyframes {name}{{0%{{visibility:hidden}}{share},to{{visibility:visible}}}}"
                f"#{name}{{animation:{name} {total:.2f}s step-end infinite}}"
            )
            groups.append(f'<g id="{name}">{content}</g>')
        elif not groups:
            groups.append(_patch(frame, None, page))
        at, before = at + seconds, frame
    # Blocks must not show seams; lines would vanish between two pixels if they were not smoothed.
    style = "path{shape-rendering:crispEdges}.l{shape-rendering:auto}text{white-space:pre}" + "".join(rules)
    parts += [
        f"<style>{style}</style>",
        f'<rect width="100%" height="100%" rx="6" fill="{page}"/>',
        f'<g transform="translate({_MARGIN} {_MARGIN})">',
        *groups,
        "</g></svg>\n",
    ]
    return "\n".join(parts)


def _patch(frame: Frame, before: Frame | None, page: str) -> str:
    """The cells that differ from `before`, each with its background; all cells if there is no `before`."""
    paths: dict[str, list[str]] = {}
    shapes: dict[str, list[str]] = {}
    texts: list[str] = []
    for number, line in enumerate(frame):
        old = before[number] if before is not None else None
        for column, run in _runs(line, old):
            _papers(paths, run, column, number, page if before is None else "")
            _inks(shapes, texts, run, column, number)
    drawn = [f'<path {look} d="{"".join(d)}"/>' for look, d in (*paths.items(), *shapes.items())]
    return "".join([*drawn, *texts])


def _runs(line: Sequence[Cell], old: Sequence[Cell] | None) -> Iterator[tuple[int, Sequence[Cell]]]:
    """The cells that differ, side by side; letters of one word stay together.

    Letters reach into the cells beside theirs, which are drawn again when a letter goes.
    """
    if old is None:
        yield 0, line
        return
    differ = [cell != was for cell, was in zip(line, old, strict=True)]
    gone = [here and _letter(was) for here, was in zip(differ, old, strict=True)]
    changed = [differ[at] or any(gone[max(0, at - 1) : at + 2]) for at in range(len(line))]
    for at in range(1, len(line)):
        if changed[at - 1] and _letter(line[at - 1]) and _letter(line[at]):
            changed[at] = True
    for is_new, group in groupby(range(len(line)), key=changed.__getitem__):
        places = list(group)
        if is_new:
            yield places[0], line[places[0] : places[-1] + 1]


def _letter(cell: Cell) -> bool:
    return cell.text != " " and not _rectangles(cell.text)


def _papers(paths: dict[str, list[str]], run: Sequence[Cell], column: int, line: int, page: str) -> None:
    for paper, group in groupby(run, key=lambda cell: cell.paper):
        count = len(list(group))
        if paper != page:
            _fill(paths, f'fill="{paper}"', column, line, (0.0, 0.0, float(count), 1.0))
        column += count


def _inks(
    shapes: dict[str, list[str]], texts: list[str], run: Sequence[Cell], column: int, line: int
) -> None:
    def key(cell: Cell) -> tuple[str, bool, str]:
        return cell.ink, cell.bold, cell.text if _rectangles(cell.text) else ""

    # A space has no ink of its own: it goes with the word before it.
    cells: list[Cell] = []
    for cell in run:
        if cell.text == " " and cells and not _rectangles(cells[-1].text):
            cell = cells[-1]._replace(text=" ")
        cells.append(cell)
    for (ink, bold, glyph), group in groupby(cells, key=key):
        word = "".join(cell.text for cell in group)
        if glyph:
            look = f'fill="{ink}"' if glyph in _BLOCKS else f'class="l" fill="{ink}"'
            for left, top, width, height in _rectangles(glyph):
                if width == 1.0:
                    _fill(shapes, look, column, line, (left, top, float(len(word)), height))
                else:
                    for n in range(len(word)):
                        _fill(shapes, look, column + n, line, (left, top, width, height))
        else:
            texts += _words(word, ink, bold, column, line)
        column += len(word)


def _fill(paths: dict[str, list[str]], look: str, column: int, line: int, shape: Shape) -> None:
    left, top, width, height = shape
    x, y, w = (column + left) * WIDTH, (line + top) * HEIGHT, width * WIDTH
    paths.setdefault(look, []).append(f"M{x:.2f} {y:.2f}h{w:.2f}v{height * HEIGHT:.2f}h-{w:.2f}z")


def _words(word: str, ink: str, bold: bool, column: int, line: int) -> Iterator[str]:
    """Text at its place; each piece has an explicit length, whatever the font."""
    column += len(word) - len(word.lstrip())
    text = word.strip()
    while text:
        # A wide gap starts a new text, so that positions cannot drift.
        piece, gap, rest = text.partition("  ")
        length = f' textLength="{len(piece) * WIDTH:.1f}"' if len(piece) > 1 else ""
        weight = ' font-weight="bold"' if bold else ""
        place = f'x="{column * WIDTH:.1f}" y="{line * HEIGHT + _ASCENT:.0f}"'
        yield f'<text {place} fill="{ink}"{weight}{length}>{escape(piece, quote=False)}</text>'
        text = rest.lstrip()
        column += len(piece) + len(gap) + len(rest) - len(text)


def _rectangles(glyph: str) -> tuple[Shape, ...]:
    """The shapes that make up a block or box-drawing character; none for letters."""
    if glyph not in _KNOWN:
        edge = (0.0, 0.0, _THIN["LIGHT"] / WIDTH, 1.0)
        shape = edge if glyph == _EDGE else _BLOCKS.get(glyph)
        _KNOWN[glyph] = (shape,) if shape else tuple(_arms(glyph))
    return _KNOWN[glyph]


_KNOWN: dict[str, tuple[Shape, ...]] = {}
_SIDES = {
    "HORIZONTAL": ("LEFT", "RIGHT"),
    "VERTICAL": ("UP", "DOWN"),
    **{side: (side,) for side in ("LEFT", "RIGHT", "UP", "DOWN")},
}


def _arms(glyph: str) -> Iterator[Shape]:
    """The arms of a line, by its name: `BOX DRAWINGS DOWN LIGHT AND RIGHT HEAVY`, `… LIGHT HORIZONTAL`."""
    words = unicodedata.name(glyph, "").removeprefix("BOX DRAWINGS ").replace(" AND ", " ").split()
    if not {*words} <= {*_SIDES, *_THIN} or not words:
        return
    weights: dict[str, str] = {}
    waiting: list[str] = []
    common = words.pop(0) if words[0] in _THIN else ""
    for word in words:
        if word in _THIN:
            weights.update((side, word) for side in waiting)
            waiting = []
        elif common:
            weights.update((side, common) for side in _SIDES[word])
        else:
            waiting += _SIDES[word]
    tall = {side: _THIN[weight] / HEIGHT for side, weight in weights.items()}
    wide = {side: _THIN[weight] / WIDTH for side, weight in weights.items()}
    if "LEFT" in weights and weights["LEFT"] == weights.get("RIGHT"):
        yield 0.0, 0.5 - tall["LEFT"] / 2, 1.0, tall["LEFT"]
    else:
        if "LEFT" in weights:
            yield 0.0, 0.5 - tall["LEFT"] / 2, 0.5 + wide["LEFT"] / 2, tall["LEFT"]
        if "RIGHT" in weights:
            yield 0.5 - wide["RIGHT"] / 2, 0.5 - tall["RIGHT"] / 2, 0.5 + wide["RIGHT"] / 2, tall["RIGHT"]
    if "UP" in weights:
        yield 0.5 - wide["UP"] / 2, 0.0, wide["UP"], 0.5 + tall["UP"] / 2
    if "DOWN" in weights:
        yield 0.5 - wide["DOWN"] / 2, 0.5 - tall["DOWN"] / 2, wide["DOWN"], 0.5 + tall["DOWN"] / 2
