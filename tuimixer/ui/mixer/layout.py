"""Where each strip is: which rows of the groups are visible, and in which rectangle. Pure.

Only what fits is laid out, so 300 streams cost no more than five.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

from tuimixer.mixer.views import Group, Row, Section
from tuimixer.model.control import ControlId
from tuimixer.model.record import dataclass
from tuimixer.ui.terminal.cells import Area, wrap

NARROWEST = 10
"""Minimum and maximum width of a column, in cells."""
_WIDEST = 24
_EMPTY_WIDTH = 24
"""Width of an empty group, which shows a message instead of columns."""
_TALL_WIDTH = 30
"""Width below which each row has only one line, because its numbers would leave no room for a fader."""
_LOWEST_SECTION = 3
"""Minimum height of a section, including its heading, in lines."""
LOWEST_COLUMNS = 9
NARROWEST_COLUMNS = 24
"""Minimum height of the strips' area, and minimum width of the screen, for the columns layout."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One row of the groups and where it is painted."""

    row: Row
    box: Area


@dataclass(frozen=True, slots=True)
class Heading:
    """A title over the strips of a group or card, or a message if there are none."""

    text: str
    box: Area
    section: Section
    number: int | None = None
    """Number of controls in the group, shown if not all are visible; None for other headings."""
    sentence: bool = False
    first: bool = False
    """Whether this is the title of a group."""


@dataclass(frozen=True, slots=True)
class More:
    """A mark that there are more controls beyond an edge."""

    line: int
    column: int
    """The x of the mark; -1 for the last column of the screen."""
    up: bool
    """Whether the hidden controls are towards the beginning, which is above or to the left."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What the mixing area shows."""

    slots: tuple[Slot, ...] = ()
    headings: tuple[Heading, ...] = ()
    dividers: tuple[int, ...] = ()
    """The x of each line from top to bottom."""
    more: "tuple[More, ...]" = ()
    """Marks where there are more controls beyond an edge."""
    starts: tuple[int, ...] = ()
    """How far each section is scrolled, in lines in the rows layout and in columns in the columns layout."""
    tall: bool = False
    """Whether rows with a fader have two lines."""
    scale: int | None = None
    """The x at which the dB scale of columns begins, before the first sink or stream; None if there is none,
    so that no fader can go beyond 100 %."""

    def beyond(self, slot: Slot) -> bool:
        """Whether a column is a sink's or stream's, which leaves room beyond 100 %."""
        return self.scale is not None and slot.box.x >= self.scale

    def slot_of(self, wanted: ControlId | None) -> Slot | None:
        """The slot of a control, if it is visible."""
        return next((slot for slot in self.slots if slot.row.id == wanted), None)

    def slot_at(self, x: int, y: int) -> Slot | None:
        """The slot at a cell; None if there is none."""
        return next((slot for slot in self.slots if (x, y) in slot.box), None)


Titled = Sequence[tuple[Group, str, str]]
"""Each group with its title and the message shown if it is empty."""


def name_lines(height: int) -> int:
    """Number of lines for a name at the foot of a column in an area of this height."""
    return 1 if height < 18 else 2 if height < 30 else 3


def plan_rows(
    groups: Titled,
    size: tuple[int, int],
    cursor: ControlId | None,
    starts: Sequence[int],
    faders: Collection[ControlId] = (),
) -> Plan:
    """Sections one above the other, one line per control. Each section scrolls on its own, so that all
    sections stay visible.

    If there is room, the controls in `faders` have two lines each.
    """
    width, height = size
    shown = [entry for entry in groups if entry[0].rows or entry[2]]
    sections = [_section_lines(*entry, width) for entry in shown]
    if (tall := _plan_tall(sections, size, faders)) is not None:
        return tall
    heights = _share([len(lines) for lines in sections], height)
    if any(room < min(_LOWEST_SECTION, len(lines)) for room, lines in zip(heights, sections, strict=True)):
        sections = [[line for lines in sections for line in lines]]
        heights = [min(height, len(sections[0]))]
    gap = 1 if sum(heights) + len(heights) - 1 <= height else 0
    slots: list[Slot] = []
    headings: list[Heading] = []
    more: list[More] = []
    begun: list[int] = []
    y = 0
    for number, (lines, room) in enumerate(zip(sections, heights, strict=True)):
        at = next((i for i, line in enumerate(lines) if isinstance(line, Row) and line.id == cursor), None)
        start = starts[number] if number < len(starts) else 0
        # The section's own heading stays visible if there is room for it.
        pinned = 1 if len(sections) > 1 and room > 1 else 0
        focus = start if at is None else at - pinned
        start = _scroll(start, focus, room - pinned, len(lines) - pinned, 1 - pinned)
        begun.append(start)
        for i, line in enumerate([*lines[:pinned], *lines[start + pinned : start + room]]):
            box = Area(0, y + i, width, 1)
            if isinstance(line, Row):
                slots.append(Slot(line, box))
            else:
                headings.append(replace(line, box=box))
        if any(isinstance(line, Row) for line in lines[pinned : start + pinned]):
            more.append(More(y + pinned, -1, up=True))
        if any(isinstance(line, Row) for line in lines[start + room :]):
            more.append(More(y + room - 1, -1, up=False))
        y += room + gap
    return Plan(tuple(slots), tuple(headings), more=tuple(more), starts=tuple(begun))


def _plan_tall(
    sections: "Sequence[Sequence[Row | Heading]]", size: tuple[int, int], faders: Collection[ControlId]
) -> Plan | None:
    """A plan with all rows, those with a fader in two lines, and with blank lines between them if there is
    room; None if the rows do not fit.
    """
    width, height = size
    heights = [
        [2 if isinstance(line, Row) and line.id in faders else 1 for line in lines] for lines in sections
    ]
    needed = sum(map(sum, heights))
    if not faders or needed > height or width < _TALL_WIDTH:
        return None
    needed += len(sections) - 1
    gap = 1 if needed <= height else 0
    between = sum(len(sizes) - 2 for sizes in heights)
    air = 1 if needed + between <= height else 0
    slots: list[Slot] = []
    headings: list[Heading] = []
    y = 0
    for lines, sizes in zip(sections, heights, strict=True):
        for line, tallness in zip(lines, sizes, strict=True):
            box = Area(0, y, width, tallness)
            if isinstance(line, Row):
                slots.append(Slot(line, box))
            else:
                headings.append(replace(line, box=box))
            y += tallness + (air if isinstance(line, Row) and line is not lines[-1] else 0)
        y += gap
    return Plan(tuple(slots), tuple(headings), starts=(0,) * len(sections), tall=True)


def _section_lines(group: Group, title: str, sentence: str, width: int) -> "list[Row | Heading]":
    """A section's heading and rows, with the headings of further cards between them."""
    spare = Area(0, 0, 0, 0)
    lines: list[Row | Heading] = [Heading(title, spare, group.section, len(group.rows), first=True)]
    if not group.rows:
        lines += [Heading(line, spare, group.section, sentence=True) for line in wrap(sentence, width - 2)]
    for number, row in enumerate(group.rows):
        if row.heading and (number or title != row.heading):
            lines.append(Heading(row.heading, spare, group.section))
        lines.append(row)
    return lines


def _share(wanted: Sequence[int], height: int) -> list[int]:
    """How many lines each section gets: as many as it needs, or an even share of what smaller ones leave."""
    given = [0] * len(wanted)
    left, open_ = height, list(range(len(wanted)))
    while open_ and left > 0:
        even = max(1, left // len(open_))
        modest = [i for i in open_ if wanted[i] - given[i] <= even]
        for i in modest or open_:
            more = min(wanted[i] - given[i], even, left)
            given[i] += more
            left -= more
        open_ = [i for i in open_ if given[i] < wanted[i]]
    return given


def plan_columns(
    groups: Titled,
    size: tuple[int, int],
    cursor: ControlId | None,
    starts: Sequence[int],
    left: int = 0,
    label_width: int = 14,
) -> Plan:
    """Groups side by side, one column per control. Each group scrolls on its own, so that all groups stay
    visible.

    Args: `left`: number of cells for the dB scale, before the first sink or stream. `label_width`: the
    columns grow until labels of this width fit.
    """
    width, height = size[0] - left, size[1]
    shown = [entry for entry in groups if entry[0].rows or entry[2]]
    numbers = [len(group.rows) for group, _, _ in shown]
    empty = [_EMPTY_WIDTH if not number else 0 for number in numbers]
    if sum(empty) > width // 2 and any(numbers):
        shown = [entry for entry in shown if entry[0].rows]
        numbers, empty = [len(group.rows) for group, _, _ in shown], [0] * len(shown)
    space = max(1, width - sum(empty) - max(len(shown) - 1, 0))
    visible = _share(numbers, max(1, space // NARROWEST))
    column = min(space // max(1, sum(visible)), max(NARROWEST, min(label_width + 1, _WIDEST)))
    slots: list[Slot] = []
    headings: list[Heading] = []
    dividers: list[int] = []
    more: list[More] = []
    begun: list[int] = []
    scale, x = None, 0
    for number, (group, title, sentence) in enumerate(shown):
        room = visible[number]
        at = next((i for i, row in enumerate(group.rows) if row.id == cursor), None)
        start = starts[number] if number < len(starts) else 0
        start = _scroll(start, start if at is None else at, room, len(group.rows), 0) if room else 0
        begun.append(start)
        rows = group.rows[start : start + room]
        if not rows and group.rows:
            continue
        if headings:
            dividers.append(x)
            x += 1
        if rows and scale is None and group.section is not Section.HARDWARE:
            scale = x
            x += left
        span = len(rows) * column or min(_EMPTY_WIDTH, size[0] - x)
        headings.append(Heading(title, Area(x, 0, span, 1), group.section, len(group.rows), first=True))
        if not rows:
            headings.append(Heading(sentence, Area(x, 2, span, height - 2), group.section, sentence=True))
        for i, row in enumerate(rows):
            box = Area(x + i * column, 1, column, height - 1)
            if row.heading and row.heading != title:
                headings.append(Heading(row.heading, Area(box.x, 0, x + span - box.x, 1), group.section))
            slots.append(Slot(row, box))
        if start:
            more.append(More(0, x, up=True))
        if start + room < len(group.rows):
            more.append(More(0, x + span - 1, up=False))
        x += span
    return Plan(tuple(slots), tuple(headings), tuple(dividers), tuple(more), tuple(begun), scale=scale)


def _scroll(start: int, at: int, room: int, total: int, margin: int) -> int:
    """The new start of a window of `room` lines, moved as little as possible to show line `at` and the
    `margin` before it.
    """
    start = min(start, at - margin)
    start = max(start, at - room + 1)
    return max(0, min(start, total - room))
