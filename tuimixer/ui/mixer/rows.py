"""The rows layout: one line per control, or two lines if there is room for all controls."""

from collections import Counter
from collections.abc import Iterable

from rich.cells import cell_len

from tuimixer.model.record import dataclass
from tuimixer.ui.mixer.bars import horizontal_bar, horizontal_meter, meter_in_bar
from tuimixer.ui.mixer.marks import marks_of, put_marks, switch_text
from tuimixer.ui.mixer.meters import Level
from tuimixer.ui.mixer.strip_state import PAUSED, StripState, short_db
from tuimixer.ui.terminal.cells import Area, Grid, fit, fit_middle
from tuimixer.ui.terminal.charsets import CharSet
from tuimixer.ui.terminal.palette import Role

_ROUTE = 76
"""Minimum width of a line that includes the description, such as where a stream goes."""
_NAME, _BAR = 15, 19
"""Widths of the names and of the bar in the narrowest such line."""
_ABOUT = 20, 60
"""Minimum and maximum width of the description. Names have precedence over what exceeds the minimum."""
_ABOUT_CARD = 9, 20
"""The same if only a card's controls are listed; the minimum is that of `unplugged`."""
_NAME_STEP, _BAR_STEP = 4, 4
"""By how many cells a line must be wider for the names, and for the bar, to get one more cell."""
_SHORTEST_NAME = 6
_FEWEST = 5
"""Minimum width of a title worth showing, including the ellipsis if it is cut."""


@dataclass(frozen=True, slots=True)
class Fields:
    """Where the parts of a row are, each as (first cell, width); a part of width 0 is omitted."""

    name: tuple[int, int]
    marks: tuple[int, int]
    bar: tuple[int, int]
    percent: tuple[int, int]
    db: tuple[int, int]
    meter: tuple[int, int]
    """The meter next to the bar, if the two cannot share cells."""
    about: tuple[int, int]
    """The description: where the control goes and what it is."""
    tall: bool = False
    """Whether bar, percent and dB have their own line, below the other parts."""


def fields_for(width: int, label_width: int, meter: bool, bars: bool = True, pulse: bool = True) -> Fields:
    """The parts of a line of this width; the least important are omitted first if there is not enough room.

    No text gets less room in a wider line, and no part's width depends on the descriptions: titles change
    often, and bars that moved with them would be hard to read.

    Args: `meter`: whether there is a meter next to the bar; `pulse`: whether there are sinks or streams,
    whose descriptions are longer than those of a card's controls.
    """
    marks = 6 if width >= 40 else 2
    percent = 5 if width >= 20 else 4
    db = 9 if width >= 44 else 0
    beside = max(6, min(24, (width - 50) // 5)) if meter and width >= 60 else 0
    fixed = 2 + marks + percent + db + (beside + 1 if beside else 0)
    about = 0
    if width >= _ROUTE:
        extra = width - _ROUTE
        bar = _BAR + (extra + _BAR_STEP // 2) // _BAR_STEP - (beside // 2 + 1 if beside else 0)
        room = width - fixed - 2 - bar
        least, most = _ABOUT if pulse else _ABOUT_CARD
        name = min(label_width, max(_NAME + extra // _NAME_STEP, room - least))
        about = min(most, room - name)
        bar = width - fixed - name - about - 2
    else:
        name = min(label_width, _NAME, max(_SHORTEST_NAME, (width - 9) * 2 // 5))
        bar = width - fixed - name
    if not bars:
        name, bar = max(1, min(label_width, name + bar)), 0
        about = width - fixed - 2 - name if about else 0
    elif bar < 4:
        name, bar = max(1, min(name, width - fixed)), 0
    x = 1

    def place(part: int, gap: int = 0) -> tuple[int, int]:
        nonlocal x
        start = x + (gap if part else 0)
        x = start + part
        return start, part

    return Fields(
        place(name), place(marks), place(bar, 1), place(percent), place(db), place(beside, 1), place(about, 2)
    )


def tall_fields_for(width: int, label_width: int, meter: bool) -> Fields:
    """The parts of a row of two lines: name, marks and description above the bar and its numbers.

    If there is room, the bar begins below the description, and the line below the name is blank.
    """
    name = min(label_width, width // 3)
    about = 1 + name + 6 + 2
    beside = width // 4 if meter else 0
    first = about if width >= _ROUTE else 1
    bar = width - first - 14 - (beside + 2 if beside else 0)
    numbers = first + bar
    return Fields(
        (1, name),
        (1 + name, 6),
        (first, bar),
        (numbers, 5),
        (numbers + 5, 9),
        (numbers + 16, beside),
        (about, max(0, width - about)),
        tall=True,
    )


def cut_names(labels: Iterable[str], width: int, ellipsis: str) -> dict[str, str]:
    """Label → label cut to a width: at its end, or in the middle if the beginning alone is not unique."""
    cut = {label: fit(label, width, ellipsis) for label in labels}
    heads = Counter(cut.values())
    return {
        label: text if heads[text] == 1 else fit_middle(label, width, ellipsis) for label, text in cut.items()
    }


def paint_row(
    grid: Grid,
    box: Area,
    fields: Fields,
    state: StripState,
    name: str,
    accent: Role,
    level: Level | None,
    chosen: bool,
    charset: CharSet,
    halves: bool,
) -> None:
    """Paint one control's row. Args: `name` is its label, cut to fit."""
    grid.fill(box.x, box.y, box.width, box.height)
    if chosen:
        grid.fill(0, box.y, 1, box.height, accent, charset.chosen)
    x, room = fields.name
    text_role = Role.STRONG if chosen else Role.GONE if state.gone else Role.TEXT
    grid.put(x, box.y, fit(name, room, charset.ellipsis), text_role, room)
    x, room = fields.marks
    marks = marks_of(state, charset, room - 1)
    if state.why_gone == PAUSED and not fields.about[1]:
        marks.append((charset.pause, Role.DIM))
    put_marks(grid, x + 1, box.y, marks, x + room)
    _paint_value(grid, box, fields, state, chosen, charset)
    _paint_about(grid, box.y, fields, state, charset)
    x, width = fields.bar
    if width and state.positions:
        y = box.y + box.height - 1
        horizontal_bar(grid, x, y, width, state, accent, charset, halves)
    paint_row_meter(grid, box, fields, state, level, charset, halves)


def paint_row_meter(
    grid: Grid,
    box: Area,
    fields: Fields,
    state: StripState,
    level: Level | None,
    charset: CharSet,
    halves: bool,
) -> None:
    """Paint the meter of a row that has been painted."""
    y = box.y + box.height - 1
    x, width = fields.bar if halves else fields.meter
    if not width or not state.metered:
        return
    if not halves:
        horizontal_meter(grid, x, y, width, level, charset)
    elif state.positions:
        meter_in_bar(grid, x, y, width, state, charset, level)


def _paint_about(grid: Grid, y: int, fields: Fields, state: StripState, charset: CharSet) -> None:
    x, room = fields.about
    if state.positions or not fields.tall:
        _put_about(grid, x, y, room, state, charset)


def _put_about(grid: Grid, x: int, y: int, room: int, state: StripState, charset: CharSet) -> None:
    if room > 0:
        role = Role.GONE if state.gone else Role.DIM
        grid.put(x, y, _fit_about(state.about, room, charset), role, room)


def _fit_about(text: str, room: int, charset: CharSet) -> str:
    """A row's description, cut to fit; its last part is omitted if only a letter or two would be left."""
    between = charset.text(" · ")
    rest = text.rpartition(between)[0]
    if rest and cell_len(rest) <= room < min(cell_len(text), cell_len(rest + between) + _FEWEST):
        return rest
    return fit(text, room, charset.ellipsis)


def _paint_value(
    grid: Grid, box: Area, fields: Fields, state: StripState, chosen: bool, charset: CharSet
) -> None:
    role = Role.CHOSEN if chosen else Role.GONE if state.gone else Role.VALUE
    y = box.y + box.height - 1
    if not state.positions:
        text = switch_text(state)
        if state.choice is not None:
            text = f"{charset.left} {state.choice} {charset.right}"
        x, room = fields.about if fields.tall else fields.bar
        room = room if fields.tall else fields.db[0] + fields.db[1] - x
        end = grid.put(x, y, fit(text, room, charset.ellipsis), role, room) + 2
        if fields.tall:
            _put_about(grid, end, y, x + room - end, state, charset)
        return
    x, room = fields.percent
    grid.put(x, y, f"{state.percent}%".rjust(room), role, room)
    x, room = fields.db
    if room:
        db = short_db(state.cdb, room - 4, charset)
        text = f"{db} dB" if db else ""
        grid.put(x, y, text.rjust(room), role if chosen else Role.GONE if state.gone else Role.DIM, room)
