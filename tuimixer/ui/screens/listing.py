"""A list to read and to choose from. It has headings, information, and lines that do something; the cursor is
on one of the lines.
"""

from collections.abc import Callable, Sequence

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tuimixer.model.command import Command
from tuimixer.model.intent import Intent
from tuimixer.model.record import dataclass, replace
from tuimixer.ui.mixer.bars import horizontal_bar
from tuimixer.ui.mixer.strip_state import StripState
from tuimixer.ui.terminal.capabilities import Terminal
from tuimixer.ui.terminal.cells import Grid, fit, wrap
from tuimixer.ui.terminal.palette import Palette, Role, Styles

_MARKS = 3
"""Number of cells before a line's text, for the cursor, a mark and a gap."""
_MOST_NAME = 0.45
"""Maximum fraction of the width that the names of a section take."""
_FADER = 24
"""Maximum width of a fader."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """An action on text for which the user is prompted first."""

    title: str
    prompt: str
    examples: str
    make: Callable[[str], Intent | Command]
    """Returns what to do with the text; raises a ValueError that says what is wrong with it."""
    start: str = ""
    """The initial text."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Something to do only after the user has confirmed it."""

    title: str
    question: str
    yes: str
    request: Intent | Command


Act = Intent | Command | Prompt | Confirmation | Callable[[], None]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list. It can be selected if it has an id; Enter does something if it has `enter`."""

    words: str
    value: str = ""
    id: str = ""
    heading: bool = False
    chosen: bool | None = None
    """Whether this is the current one of several choices; None if the line is not one of several."""
    dim: bool = False
    fader: StripState | None = None
    """What a small fader shows; None for no fader."""
    accent: Role = Role.OUTPUTS
    """The fader's color."""
    enter: Act | None = None
    less: Act | None = None
    more: Act | None = None


Row = list[tuple[int, str]]
"""Runs of text, each with its role."""


def styles_of(palette: Palette) -> Styles:
    """The styles of all roles in a dialog. As it has its own background, only highlighted backgrounds are
    kept.
    """
    plain = palette.looks[Role.TEXT].bg
    return Styles(palette.looks, lambda look: replace(look, bg=None) if look.bg == plain else look)


class Listing(ScrollView, can_focus=True):
    """Shows lines, wraps long ones, and keeps the cursor on its line when other lines come and go."""

    DEFAULT_CSS = "Listing { height: 1; scrollbar-size: 0 0; }"

    class Wanted(Message):
        """A request to do what a line does."""

        def __init__(self, line: Line, act: Act) -> None:
            super().__init__()
            self.line = line
            self.act = act

    class Moved(Message):
        """The cursor has moved to another line."""

        def __init__(self, line: Line) -> None:
            super().__init__()
            self.line = line

    def __init__(self, terminal: Terminal) -> None:
        super().__init__()
        self._charset = terminal.charset
        self._faders = not terminal.plain
        # Half blocks as on the main screen; the other half has the dialog's own background.
        half = {"full": "▀", "light": "▀", "empty": "▔"} if terminal.halves else {}
        self._strokes = replace(terminal.charset, **half)
        self._looks = styles_of(terminal.palette)
        self._lines: tuple[Line, ...] = ()
        self._rows: list[tuple[int, Row]] = []
        self._at = -1
        self._wanted = ""
        self.most = 1000
        """Maximum number of rows that fit the dialog."""

    @property
    def line(self) -> Line | None:
        """The line under the cursor; None if there is none."""
        return self._lines[self._at] if 0 <= self._at < len(self._lines) else None

    def show(self, lines: Sequence[Line]) -> None:
        """Show other lines; the cursor stays on the line with the same id, or else near where it was."""
        wanted = self._wanted or (self.line.id if self.line is not None else "")
        self._lines = tuple(lines)
        found = [i for i, line in enumerate(lines) if wanted and line.id == wanted]
        if found:
            self._at, self._wanted = found[0], ""
        else:
            self._at = self._near(self._at) if self._at >= 0 else self._begin()
        self._lay_out()

    def choose(self, line_id: str) -> None:
        """Move the cursor to a line, as soon as it exists."""
        self._wanted = line_id
        self.show(self._lines)
        self._reveal()

    def on_resize(self) -> None:
        self._lay_out()
        self._reveal()

    def render_line(self, y: int) -> Strip:
        top = self.scroll_offset.y
        width = self.size.width
        if not 0 <= top + y < len(self._rows):
            return Strip.blank(width, self.rich_style)
        row = list(self._rows[top + y][1])
        last = min(self.size.height, len(self._rows) - top) - 1
        glyph = ""
        if y == 0 and top > 0:
            glyph = self._charset.up
        elif y == last and top + y < len(self._rows) - 1:
            glyph = self._charset.down
        base = self.rich_style
        strip = Strip([Segment(text, base + self._looks[role]) for role, text in row])
        strip = strip.adjust_cell_length(width, base)
        if glyph:
            strip = Strip([*strip.crop(0, width - 1), Segment(glyph, base + self._looks[Role.KEY])])
        return strip

    # ---- keys and mouse ----

    def step(self, by: int) -> None:
        """Move the cursor by one line, or scroll if there is no further line to select."""
        at = self._at + by
        while 0 <= at < len(self._lines) and not self._lines[at].id:
            at += by
        if 0 <= at < len(self._lines):
            self._move_to(at)
        else:
            # There may be more to read past the last selectable line.
            self.scroll_to(y=self.scroll_offset.y + by, animate=False)

    def page(self, by: int) -> None:
        """Move the cursor by a page, up (-1) or down (1)."""
        height = max(1, self.size.height - 1)
        row = next((i for i, (line, _) in enumerate(self._rows) if line == self._at), 0)
        wanted = min(max(row + by * height, 0), len(self._rows) - 1)
        self.scroll_to(y=self.scroll_offset.y + by * height, animate=False)
        if self._rows:
            self._move_to(self._near(self._rows[wanted][0]))

    def end(self, to: int) -> None:
        """Move the cursor to the first (-1) or last (1) line."""
        at = self._near(0 if to < 0 else len(self._lines) - 1)
        self._move_to(at)
        self.scroll_to(y=0 if to < 0 else len(self._rows), animate=False)

    def do(self, which: str) -> None:
        """Request what the line under the cursor does for `which`: `enter`, `less` or `more`."""
        line = self.line
        act: Act | None = getattr(line, which) if line is not None else None
        if line is not None and act is not None:
            self.post_message(self.Wanted(line, act))

    def on_click(self, event: events.Click) -> None:
        y = event.y + self.scroll_offset.y
        if 0 <= y < len(self._rows) and self._lines[self._rows[y][0]].id:
            again = self._rows[y][0] == self._at
            self._move_to(self._rows[y][0])
            if again:
                self.do("enter")

    # ---- layout ----

    def _begin(self) -> int:
        """Where the cursor starts: on the first line or, if that is one of several choices, the current one.

        Enter pressed out of habit must not change anything.
        """
        first = self._near(0)
        if first < 0 or self._lines[first].chosen is None:
            return first
        section = next(section for section in _sections(self._lines) if first in section)
        return next((i for i in section if self._lines[i].chosen and self._lines[i].id), first)

    def _near(self, at: int) -> int:
        """The index of the nearest selectable line, preferably a later one; -1 if there is none."""
        at = max(at, 0)
        after = [i for i in range(at, len(self._lines)) if self._lines[i].id]
        before = [i for i in range(min(at, len(self._lines)) - 1, -1, -1) if self._lines[i].id]
        return (after or before or [-1])[0]

    def restyle(self, palette: Palette) -> None:
        """Use other colors."""
        self._looks = styles_of(palette)
        self.refresh()

    def _move_to(self, at: int) -> None:
        if at >= 0:
            if at != self._at:
                self.post_message(self.Moved(self._lines[at]))
            self._at = at
            self._lay_out()
            self._reveal()

    def _reveal(self) -> None:
        """Scroll until the cursor's line is visible, including a heading directly above it."""
        rows = [i for i, (line, _) in enumerate(self._rows) if line == self._at]
        if not rows or not self.size.height:
            return
        first = rows[0]
        if self._near(0) == self._at:
            first = 0
        elif first and self._lines[self._rows[first - 1][0]].heading:
            first -= 1
        region = Region(0, first, 1, min(rows[-1] - first + 1, self.size.height))
        self.scroll_to_region(region, animate=False)
        # Screen readers follow the terminal's cursor, whatever is painted.
        self.app.cursor_position = self.content_region.offset + Offset(_MARKS, rows[0] - self.scroll_offset.y)

    def _lay_out(self) -> None:
        width = self.size.width - 1  # the last column is for the scroll marks
        if width <= 0:
            self._rows = []  # they may be those of lines that do not exist any more
            return
        rows: list[tuple[int, Row]] = []
        for section in _sections(self._lines):
            names = [cell_len(self._lines[i].words) for i in section if self._lines[i].value]
            most = round((width - _MARKS) * _MOST_NAME)
            room = max((name for name in names if name <= most), default=most)
            for i in section:
                rows += [(i, row) for row in self._draw(self._lines[i], i == self._at, room, width)]
        height = max(1, min(len(rows), self.most))
        if self.styles.height is None or self.styles.height.value != height:
            self.styles.height = height
        if rows != self._rows:
            self._rows = rows
            self.virtual_size = Size(width, len(rows))
            self.refresh()

    def _draw(self, line: Line, here: bool, room: int, width: int) -> list[Row]:
        """The rows of one line: marks and name, then the value, wrapped next to the name."""
        text = self._charset.text
        if line.heading:
            return [[(Role.HEADING, fit(text(line.words), width, self._charset.ellipsis))]]
        role = Role.GONE if line.dim else Role.TEXT
        name = Role.CURSOR if here else Role.STRONG if line.chosen else role
        cursor = self._charset.cursor if here else " "
        mark = self._charset.dot if line.chosen else " "
        words, values = text(line.words), text(line.value)
        if not values or cell_len(words) > room:
            # A name that is too long for its column gets its own lines.
            parts = wrap(words, width - _MARKS)
            rows: list[Row] = [
                [
                    (Role.KEY, cursor if not i else " "),
                    (Role.STAR, mark if not i else " "),
                    (role, " "),
                    (name, part),
                ]
                for i, part in enumerate(parts)
            ]
            blank = " " * (_MARKS + 2)
            below = wrap(values, max(8, width - len(blank))) if values else []
            rows += [[(role, blank), (role, part)] for part in below]
            return rows
        shares = wrap(values, max(8, width - _MARKS - room - 2))
        gap = " " * (room - cell_len(words) + 2)
        row: Row = [(Role.KEY, cursor), (Role.STAR, mark), (role, " "), (name, words), (role, gap)]
        row.append((role, shares[0]))
        if line.fader is not None and self._faders:
            self._add_fader(row, line.fader, line.accent, width)
        blank = " " * (_MARKS + room + 2)
        rest: list[Row] = [[(role, blank), (role, part)] for part in shares[1:]]
        return [row, *rest]

    def _add_fader(self, row: Row, state: StripState, accent: Role, width: int) -> None:
        used = _MARKS + sum(cell_len(text) for _, text in row[3:])
        room = min(_FADER, width - used - 3)
        if room < 6:
            return
        grid = Grid(room, 1)
        horizontal_bar(grid, 0, 0, room, state, accent, self._strokes, halves=False)
        row.append((Role.TEXT, "  "))
        row += grid.line(0)


def _sections(lines: Sequence[Line]) -> list[list[int]]:
    """The indices of the lines in each section, which is a heading with the lines below it."""
    sections: list[list[int]] = [[]]
    for i, line in enumerate(lines):
        if line.heading and sections[-1]:
            sections.append([])
        sections[-1].append(i)
    return sections
