"""The rows layout: a control a line, with room for a long name."""

from tuimixer.model.record import dataclass
from tuimixer.ui.mixer.bars import horizontal_bar, horizontal_meter
from tuimixer.ui.mixer.layout import Box
from tuimixer.ui.mixer.meters import Level
from tuimixer.ui.mixer.strip_state import StripState, short_db
from tuimixer.ui.terminal.cells import Grid, fit
from tuimixer.ui.terminal.charsets import CharSet
from tuimixer.ui.terminal.palette import Role

_LONGEST_NAME = 30
"""Cells of a name where the screen is not wide."""


@dataclass(frozen=True, slots=True)
class Fields:
    """Where the parts of a line stand, as (first cell, width); a width of 0 leaves a part out."""

    name: tuple[int, int]
    marks: tuple[int, int]
    bar: tuple[int, int]
    percent: tuple[int, int]
    db: tuple[int, int]
    meter: tuple[int, int]
    about: tuple[int, int]
    """What it is and where it goes."""


def fields_for(width: int, label_width: int, meters: bool, bars: bool = True) -> Fields:
    """The parts of a line of so many cells; what matters least goes first when there is not room for all."""
    percent = 4 if width < 30 else 5
    db = 11 if width >= 76 else 8 if width >= 56 else 6 if width >= 44 else 0
    marks = 4 if width >= 30 else 2
    meter = max(8, min(30, width // 6)) if meters and width >= 60 else 0
    about = min(60, (width - 80) * 60 // 100) if width >= 110 else 0
    fixed = 2 + marks + percent + sum(part + 1 for part in (db, meter, about) if part)
    name = max(6, min(label_width, (width - fixed) // 2, max(_LONGEST_NAME, width // 4)))
    bar = width - fixed - name
    if not bars:
        name, bar = max(1, min(label_width, width - fixed)), 0
    elif bar < 4:
        name, bar = max(1, width - fixed), 0
    widths = (name, marks, bar, percent, db, meter, about)
    places: list[tuple[int, int]] = []
    x = 1
    for number, part in enumerate(widths):
        x += 1 if number > 3 and part else 0
        places.append((x, part))
        x += part
    return Fields(*places)


def paint_row(
    grid: Grid,
    box: Box,
    fields: Fields,
    state: StripState,
    level: Level | None,
    chosen: bool,
    charset: CharSet,
) -> None:
    """One control's line."""
    grid.fill(box.x, box.y, box.width, 1)
    y = box.y
    x, room = fields.name
    if chosen:
        grid.put(0, y, charset.cursor, Role.KEY)
    name_role = Role.CURSOR if chosen else Role.GONE if state.gone else Role.TEXT
    grid.put(x, y, fit(state.label, room, charset.ellipsis), name_role, room)
    x, room = fields.marks
    marks = marks_of(state, charset)
    if state.paused and not fields.meter[1]:
        marks.append((charset.pause, Role.DIM))
    put_marks(grid, x + 1, y, marks[: room - 1])
    _paint_value(grid, y, fields, state, chosen, charset)
    x, room = fields.about
    if room:
        grid.put(x, y, fit(state.about, room, charset.ellipsis), Role.GONE if state.gone else Role.DIM, room)
    paint_row_meter(grid, box, fields, state, level, charset)


def paint_row_meter(
    grid: Grid, box: Box, fields: Fields, state: StripState, level: Level | None, charset: CharSet
) -> None:
    """The meter of a control's line, or why there is none: the control has no effect just now."""
    x, width = fields.meter
    if state.why_gone:
        grid.put(x, box.y, fit(state.why_gone, width, charset.ellipsis), Role.DIM, width)
    elif width and state.metered:
        horizontal_meter(grid, x, box.y, width, level, charset)


def _paint_value(
    grid: Grid, y: int, fields: Fields, state: StripState, chosen: bool, charset: CharSet
) -> None:
    x, width = fields.bar
    role = Role.CHOSEN if chosen else Role.GONE if state.gone else Role.VALUE
    if not state.positions:
        text = switch_text(state)
        if state.choice is not None:
            text = f"{charset.left} {state.choice} {charset.right}"
        room = fields.db[0] + fields.db[1] - x
        grid.put(x, y, fit(text, room, charset.ellipsis), role, room)
        return
    if width:
        horizontal_bar(grid, x, y, width, state, chosen, charset)
    percent = f"{state.percent}%".rjust(fields.percent[1])
    x, width = fields.db
    if not width:
        grid.put(fields.percent[0], y, percent, role)
        return
    unit = " dB" if width > 9 else ""
    db = f"{short_db(state.db, width - len(unit))}{unit}".rjust(width) if state.db else " " * width
    grid.put(fields.percent[0], y, percent, role)
    grid.put(x, y, db, role if chosen else Role.GONE if state.gone else Role.DIM)


def switch_text(state: StripState) -> str:
    """What a control without volume says: its switch in a word."""
    if state.mute is not None:
        return "off" if state.muted else "on"
    if state.capture is not None:
        return "capture" if any(state.capture) else "no capture"
    return ""


def marks_of(state: StripState, charset: CharSet) -> list[tuple[str, Role]]:
    """Mute, capture and default, a cell each; of one side only, in the letter of that side."""
    marks: list[tuple[str, Role]] = []
    if state.mute is not None and any(state.mute):
        marks.append((charset.mute if all(state.mute) else "l" if state.mute[0] else "r", Role.MUTE))
    if state.capture is not None:
        glyph = charset.record if any(state.capture) else charset.idle
        if any(state.capture) and not all(state.capture):
            glyph = "L" if state.capture[0] else "R"
        marks.append((glyph, Role.RECORD if any(state.capture) else Role.DIM))
    if state.default:
        marks.append((charset.star, Role.STAR))
    return marks


def put_marks(grid: Grid, x: int, y: int, marks: list[tuple[str, Role]]) -> int:
    """Write marks side by side; the answer is the cell after them."""
    for glyph, role in marks:
        x = grid.put(x, y, glyph, role)
    return x
