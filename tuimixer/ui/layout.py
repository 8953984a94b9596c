"""Where each strip stands: which rows of the groups are on the screen, and in which rectangle. Pure.

Only what fits is laid out, so 300 streams cost what five cost.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tuimixer.mixer.views import Group, Row
from tuimixer.model.control import ControlId

NARROWEST = 8
"""Cells of a column."""
WIDEST = 15
_EMPTY_WIDTH = 24
"""Cells that an empty group takes for the sentence in it."""
LOWEST_COLUMNS = 9
"""Lines below which columns make no sense."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of cells."""

    x: int
    y: int
    width: int
    height: int

    def __contains__(self, spot: tuple[int, int]) -> bool:
        """Whether a cell lies in it."""
        return self.x <= spot[0] < self.x + self.width and self.y <= spot[1] < self.y + self.height


@dataclass(frozen=True, slots=True)
class Slot:
    """One row of the groups and where it is painted."""

    row: Row
    box: Box


@dataclass(frozen=True, slots=True)
class Heading:
    """A title over the strips of a group or card, or a sentence where there are none."""

    text: str
    box: Box
    number: int | None = None
    """How many controls the group has, where not all can be seen."""
    sentence: bool = False
    first: bool = False
    """Whether it opens a group."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What the mixing area shows."""

    slots: tuple[Slot, ...] = ()
    headings: tuple[Heading, ...] = ()
    dividers: tuple[int, ...] = ()
    """Columns with a line from top to bottom."""
    before: int = 0
    """Rows that are hidden before the first slot."""
    after: int = 0
    start: int = 0
    """Where the view begins: a line of the rows layout, a row's index of the columns layout."""

    def slot_of(self, wanted: ControlId | None) -> Slot | None:
        """The slot of a control, if it can be seen."""
        return next((slot for slot in self.slots if slot.row.id == wanted), None)

    def slot_at(self, x: int, y: int) -> Slot | None:
        """The slot at a cell."""
        return next((slot for slot in self.slots if (x, y) in slot.box), None)


Titled = Sequence[tuple[Group, str, str]]
"""Each group with its title and the sentence that stands for it when it is empty."""


def fits_columns(groups: Titled, width: int, height: int, label_width: int) -> bool:
    """Whether columns can show everything with unabridged names."""
    rows = sum(len(group.rows) for group, _, _ in groups)
    column = min(max(label_width + 2, NARROWEST), WIDEST)
    empty = sum(_EMPTY_WIDTH for group, _, sentence in groups if not group.rows and sentence)
    return height >= LOWEST_COLUMNS + 5 and rows * column + empty + len(groups) + 1 <= width


def plan_rows(groups: Titled, width: int, height: int, cursor: ControlId | None, start: int) -> Plan:
    """Sections one below the other, a line a control, scrolled so that the cursor can be seen."""
    lines: list[Row | Heading | None] = []
    spare = Box(0, 0, width, 1)
    total = sum(max(len(group.rows), 1) + 1 for group, _, sentence in groups if group.rows or sentence)
    roomy = total + len(groups) - 1 <= height
    for group, title, sentence in groups:
        if not group.rows and not sentence:
            continue
        if lines and roomy:
            lines.append(None)
        lines.append(Heading(title, spare, len(group.rows), first=True))
        if not group.rows:
            lines.append(Heading(sentence, spare, sentence=True))
        for number, row in enumerate(group.rows):
            if row.heading and (number or title != row.heading):
                lines.append(Heading(row.heading, spare))
            lines.append(row)
    at = next((i for i, line in enumerate(lines) if isinstance(line, Row) and line.id == cursor), 0)
    start = _scroll(start, at, height, len(lines), margin=1)
    slots: list[Slot] = []
    headings: list[Heading] = []
    for y, line in enumerate(lines[start : start + height]):
        box = Box(0, y, width, 1)
        if isinstance(line, Row):
            slots.append(Slot(line, box))
        elif line is not None:
            headings.append(Heading(line.text, box, line.number, line.sentence, line.first))
    return Plan(
        tuple(slots),
        tuple(headings),
        before=sum(isinstance(line, Row) for line in lines[:start]),
        after=sum(isinstance(line, Row) for line in lines[start + height :]),
        start=start,
    )


def plan_columns(
    groups: Titled, width: int, height: int, cursor: ControlId | None, start: int, label_width: int
) -> Plan:
    """Groups side by side, a column a control, scrolled by whole columns so that the cursor can be seen."""
    shown = [entry for entry in groups if entry[0].rows or entry[2]]
    rows = [row for group, _, _ in shown for row in group.rows]
    empty = sum(_EMPTY_WIDTH for group, _, _ in shown if not group.rows)
    space = width - max(len(shown) - 1, 0)
    count = len(rows)
    if count and count * NARROWEST + empty <= space:
        column = min((space - empty) // count, max(label_width + 2, NARROWEST + 3), WIDEST)
        start, visible = 0, count
    else:
        column, empty = NARROWEST, 0
        visible = max(1, space // NARROWEST)
        column = max(1, min(space // visible, width))
        at = next((i for i, row in enumerate(rows) if row.id == cursor), 0)
        start = _scroll(start, at, visible, count, margin=0)
    return _columns(shown, (start, start + visible), column, bool(empty), (width, height), count)


def _columns(
    shown: list[tuple[Group, str, str]],
    window: tuple[int, int],
    column: int,
    sentences: bool,
    size: tuple[int, int],
    count: int,
) -> Plan:
    width, height = size
    slots: list[Slot] = []
    headings: list[Heading] = []
    dividers: list[int] = []
    x = index = 0
    for group, title, sentence in shown:
        first = max(window[0] - index, 0)
        rows = group.rows[first : max(window[1] - index, 0)]
        index += len(group.rows)
        if not rows and not (sentences and not group.rows):
            continue
        if x:
            dividers.append(x)
            x += 1
        span = len(rows) * column if rows else min(_EMPTY_WIDTH, width - x)
        headings.append(Heading(title, Box(x, 0, span, 1), len(group.rows), first=True))
        if not rows:
            headings.append(Heading(sentence, Box(x, 2, span, height - 2), sentence=True))
        for number, row in enumerate(rows):
            left = x + number * column
            if row.heading and (first + number) and row.heading != title:
                headings.append(Heading(row.heading, Box(left, 0, x + span - left, 1)))
            slots.append(Slot(row, Box(left, 1, column, height - 1)))
        x += span
    return Plan(
        tuple(slots),
        tuple(headings),
        tuple(dividers),
        before=window[0],
        after=max(0, count - window[1]),
        start=window[0],
    )


def _scroll(start: int, at: int, room: int, total: int, margin: int) -> int:
    """The least move of a window of `room` that keeps `at` in it, with what stands before it if it can."""
    start = min(start, at - margin)
    start = max(start, at - room + 1)
    return max(0, min(start, total - room))
