"""A grid of cells that knows which of them the terminal already shows.

Textual repaints whole widgets from their left edge, although only a few cells change when a fader or a meter
moves. This grid finds exactly those cells, so that nothing else is written.
"""

from collections.abc import Iterator

from rich.cells import cell_len, chop_cells, get_character_cell_size

from tuimixer.model.record import dataclass
from tuimixer.ui.terminal.palette import Role

_UNKNOWN = -1
"""Role of a cell whose content on the terminal is unknown."""
_GAP = 6
"""Maximum length of a run of unchanged cells of the same look that is cheaper to rewrite than to skip."""


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of cells."""

    x: int
    y: int
    width: int
    height: int = 1

    def shifted(self, box: "Area") -> "Area":
        """The absolute position of `box`, which is given relative to this rectangle's top left corner."""
        return Area(box.x + self.x, box.y + self.y, box.width, box.height)

    def joined(self, other: "Area") -> "Area":
        """The smallest rectangle that contains both."""
        x, y = min(self.x, other.x), min(self.y, other.y)
        right = max(self.x + self.width, other.x + other.width)
        bottom = max(self.y + self.height, other.y + other.height)
        return Area(x, y, right - x, bottom - y)

    def __contains__(self, cell: tuple[int, int]) -> bool:
        """Whether a cell, (x, y), is inside the rectangle."""
        return self.x <= cell[0] < self.x + self.width and self.y <= cell[1] < self.y + self.height


def width_of(text: str) -> int:
    """Cells that a text takes in a grid, which counts its characters one by one.

    rich's `cell_len` counts a character with a variation selector as two cells.
    """
    return len(text) if text.isascii() else sum(max(0, get_character_cell_size(char)) for char in text)


class Grid:
    """Characters and roles of a screen of fixed size; a wide character is followed by an empty cell."""

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self.text = [[" "] * width for _ in range(height)]
        self.roles = [[0] * width for _ in range(height)]
        self._shown_text = [row[:] for row in self.text]
        self._shown_roles = [row[:] for row in self.roles]
        self._dirty: set[int] = set()
        self.forget()

    def forget(self) -> None:
        """Treat nothing as shown, so that the next `changes` are the whole grid."""
        for row in self._shown_roles:
            row[:] = [_UNKNOWN] * self.width
        self._dirty.update(range(self.height))

    def put(self, x: int, y: int, text: str, role: int, room: int | None = None) -> int:
        """Write text from a cell on, cut at `room` cells or at the edge; returns the x after the text."""
        end = self.width if room is None else min(self.width, x + room)
        if not 0 <= y < self.height or not 0 <= x < end:
            return x
        self._dirty.add(y)
        row, roles = self.text[y], self.roles[y]
        if text.isascii() and text.isprintable():
            text = text[: end - x]
            row[x : x + len(text)] = text
            roles[x : x + len(text)] = [role] * len(text)
            return x + len(text)
        for character in text:
            size = get_character_cell_size(character)
            if size <= 0:
                if x > 0 and row[x - 1] != " " and character.isprintable():
                    row[x - 1] += character
                continue
            if x + size > end:
                break
            row[x], roles[x] = character, role
            if size == 2:
                row[x + 1], roles[x + 1] = "", role
            x += size
        return x

    def fill(self, x: int, y: int, width: int, height: int, role: int = Role.TEXT, glyph: str = " ") -> None:
        """Fill a rectangle with one glyph."""
        width = min(width, self.width - x)
        if width <= 0:
            return
        for line in range(max(y, 0), min(y + height, self.height)):
            self._dirty.add(line)
            self.text[line][x : x + width] = [glyph] * width
            self.roles[line][x : x + width] = [role] * width

    def copy(self, other: "Grid", x: int, y: int, width: int, line: int, column: int) -> None:
        """Copy `width` cells of a line of another grid, from (`column`, `line`) there to (x, y) here; half of
        a wide character becomes a space.
        """
        text, roles = other.text[line][column : column + width], other.roles[line][column : column + width]
        if text and text[0] == "":
            text[0] = " "
        if text and cell_len(text[-1]) > 1:
            text[-1] = " "
        self._dirty.add(y)
        self.text[y][x : x + width] = text
        self.roles[y][x : x + width] = roles

    def changes(self) -> Iterator[tuple[int, int, list[tuple[int, str]]]]:
        """Runs of cells that differ from what is shown, as (x, y, [(role, text), …]); from then on, they
        count as shown.
        """
        for y in sorted(self._dirty):
            text, roles = self.text[y], self.roles[y]
            old_text, old_roles = self._shown_text[y], self._shown_roles[y]
            if text == old_text and roles == old_roles:
                continue
            different = [x for x in range(self.width) if text[x] != old_text[x] or roles[x] != old_roles[x]]
            for start, end in self._runs(y, different):
                yield start, y, _by_role(text, roles, start, end)
            self._shown_text[y] = text[:]
            self._shown_roles[y] = roles[:]
        self._dirty.clear()

    def settle(self) -> list[int]:
        """Treat everything as shown; returns the numbers of the lines that were not."""
        lines = [
            y
            for y in sorted(self._dirty)
            if self.text[y] != self._shown_text[y] or self.roles[y] != self._shown_roles[y]
        ]
        for y in lines:
            self._shown_text[y] = self.text[y][:]
            self._shown_roles[y] = self.roles[y][:]
        self._dirty.clear()
        return lines

    def line(self, y: int) -> list[tuple[int, str]]:
        """A whole line as (role, text) runs."""
        if not 0 <= y < self.height:
            return [(Role.TEXT, " " * self.width)]
        return _by_role(self.text[y], self.roles[y], 0, self.width)

    def _runs(self, y: int, different: list[int]) -> Iterator[tuple[int, int]]:
        """Spans of cells to write; close ones are joined, and no wide character is cut."""
        text, roles, old = self.text[y], self.roles[y], self._shown_text[y]
        start = end = -1
        for x in different:
            first = x - 1 if x and (text[x] == "" or old[x] == "") else x
            last = x + 2 if x + 1 < self.width and (text[x + 1] == "" or old[x + 1] == "") else x + 1
            if start >= 0 and first - end <= _GAP and len(set(roles[end - 1 : first + 1])) == 1:
                end = max(end, last)
                continue
            if start >= 0 and first <= end:
                end = max(end, last)
                continue
            if start >= 0:
                yield start, end
            start, end = first, last
        if start >= 0:
            yield start, end


def _by_role(text: list[str], roles: list[int], start: int, end: int) -> list[tuple[int, str]]:
    runs: list[tuple[int, str]] = []
    x = start
    while x < end:
        role, first = roles[x], x
        while x < end and roles[x] == role:
            x += 1
        runs.append((role, "".join(text[first:x])))
    return runs


def fit(text: str, width: int, ellipsis: str) -> str:
    """Text cut to a width in cells, with `ellipsis` at its end if anything was cut."""
    if cell_len(text) <= width:
        return text
    if width <= 0:
        return ""
    kept, used = "", 0
    for character in text:
        size = get_character_cell_size(character)
        if used + size > width - 1:
            break
        kept, used = kept + character, used + size
    return kept + ellipsis


def fit_middle(text: str, width: int, ellipsis: str) -> str:
    """Text shortened to a width in cells by cutting its middle, so that both ends can be read."""
    if cell_len(text) <= width or width < 5:
        return fit(text, width, ellipsis)
    tail, used = "", 0
    for character in reversed(text):
        used += get_character_cell_size(character)
        if used > (width - 1) // 2:
            break
        tail = character + tail
    return fit(text, width - cell_len(tail), "").rstrip() + ellipsis + tail.lstrip()


def fit_lines(lines: list[str], most: int, width: int, ellipsis: str) -> list[str]:
    """At most `most` lines, each cut to a width; any further lines are joined to the last one."""
    if len(lines) > most:
        lines = [*lines[: most - 1], " ".join(lines[most - 1 :])]
    return [fit(line, width, ellipsis) for line in lines]


def wrap(text: str, width: int) -> list[str]:
    """Lines of at most `width` cells, broken at spaces, or within a word that is longer than a line."""
    lines, line = [], ""
    for word in text.split(" "):
        if line and cell_len(line) + 1 + cell_len(word) <= width:
            line = f"{line} {word}"
            continue
        if line:
            lines.append(line)
        *full, line = chop_cells(word, max(width, 1)) or [""]
        lines += full
    return [*lines, line] if line or not lines else lines
