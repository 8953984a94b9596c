"""The columns layout: a vertical fader a control, as in alsamixer."""

from rich.cells import cell_len

from tuimixer.ui.mixer.bars import bar_role, vertical_bar, vertical_meter
from tuimixer.ui.mixer.layout import Box, name_lines, wrap
from tuimixer.ui.mixer.meters import Level
from tuimixer.ui.mixer.rows import marks_of, put_marks, switch_text
from tuimixer.ui.mixer.strip_state import StripState, short_db
from tuimixer.ui.terminal.cells import Grid, fit, fit_lines
from tuimixer.ui.terminal.charsets import CharSet
from tuimixer.ui.terminal.palette import Role

_TALL = 11
"""Lines of a column from which dB and marks have lines of their own."""


def bar_height(box: Box) -> int:
    """Lines of the fader in a column."""
    foot = 3 if box.height >= _TALL else 2 if box.height >= 7 else 1
    return box.height - foot - name_lines(box.height)


def paint_column(
    grid: Grid, box: Box, state: StripState, level: Level | None, chosen: bool, charset: CharSet, meters: bool
) -> None:
    """One control's column: fader, percent, dB, marks, name."""
    grid.fill(box.x, box.y, box.width, box.height)
    height = bar_height(box)
    role = Role.CHOSEN if chosen else Role.GONE if state.gone else Role.VALUE
    if state.positions:
        _paint_fader(grid, box, height, state, chosen, charset)
        paint_column_meter(grid, box, state, level, charset, meters)
        _centre(grid, box, box.y + height, _percents(state, box.width), role)
    else:
        _paint_choice(grid, box, height, state, role, charset)
    y = box.y + height + 1
    if box.height >= _TALL:
        text = short_db(state.db, box.width - 4)
        _centre(grid, box, y, f"{text} dB" if text else "", role if chosen or state.gone else Role.DIM)
        y += 1
    if box.height >= 7:
        _paint_marks(grid, box, y, state, charset)
    name_role = Role.CURSOR if chosen else Role.GONE if state.gone else Role.TEXT
    most = name_lines(box.height)
    lines = fit_lines(wrap(state.label, box.width - 1), most, box.width - 1, charset.ellipsis)
    for number, line in enumerate(lines):
        _centre(grid, box, box.y + box.height - most + number, line, name_role)


def name_cell(box: Box, label: str) -> tuple[int, int]:
    """The first cell of the name at the foot of a column."""
    first = (wrap(label, box.width - 1) or [""])[0]
    return box.x + max(0, (box.width - cell_len(first)) // 2), box.y + box.height - name_lines(box.height)


def fader_box(box: Box, state: StripState) -> tuple[int, int, int]:
    """First cell, width of one channel's bar and number of bars of a column's fader."""
    count = max(len(state.positions), 1)
    meter = 2 if state.metered else 0
    shown = min(count, max(1, box.width - 3 - meter))
    each = 3 if count == 1 else 2 if shown * 2 + 3 + meter <= box.width + 1 else 1
    left = box.x + max(0, (box.width - (shown * each + 2 + meter)) // 2) + 1
    return left, each, shown


def paint_column_meter(
    grid: Grid, box: Box, state: StripState, level: Level | None, charset: CharSet, meters: bool
) -> None:
    """The meter beside a column's fader, a cell for each of at most two channels."""
    if not meters or not state.metered:
        return
    left, each, shown = fader_box(box, state)
    x = left + each * shown + 1
    sides = min(2, len(level.shares)) if level and level.shares else 1
    for side in range(sides):
        if x + side < box.x + box.width:
            vertical_meter(grid, x + side, box.y, bar_height(box), level, side, charset)


def _paint_fader(
    grid: Grid, box: Box, height: int, state: StripState, chosen: bool, charset: CharSet
) -> None:
    left, each, shown = fader_box(box, state)
    grid.fill(left - 1, box.y, 1, height, Role.FRAME, charset.bar_left)
    grid.fill(left + each * shown, box.y, 1, height, Role.FRAME, charset.bar_right)
    role = bar_role(state, chosen)
    for number in range(shown):
        vertical_bar(
            grid,
            left + number * each,
            box.y,
            each,
            height,
            state.positions[number],
            role,
            charset,
            state.base,
        )


def _paint_choice(grid: Grid, box: Box, height: int, state: StripState, role: Role, charset: CharSet) -> None:
    """The chosen item, wrapped at the foot of the column."""
    text = state.choice if state.choice is not None else switch_text(state)
    lines = fit_lines(wrap(text, box.width - 1), max(1, height), box.width - 1, charset.ellipsis)
    for number, line in enumerate(lines):
        _centre(grid, box, box.y + height - len(lines) + number + 1, line, role)
    if state.choice is not None and height > len(lines) + 1:
        _centre(grid, box, box.y + height - len(lines), charset.up, Role.DIM)
        _centre(grid, box, box.y + height + 1, charset.down, Role.DIM)


def _paint_marks(grid: Grid, box: Box, y: int, state: StripState, charset: CharSet) -> None:
    """The marks where they stand in each column, or with the word for what has no effect just now."""
    marks = marks_of(state, charset)
    if not state.why_gone:
        put_marks(grid, box.x + max((box.width - 4) // 2, 0) + 1, y, marks[:3])
        return
    before = len(marks) + 1 if marks else 0
    word = fit(state.why_gone, box.width - 1 - before, charset.ellipsis)
    x = box.x + max(0, (box.width - before - len(word)) // 2)
    put_marks(grid, x, y, marks)
    grid.put(x + before, y, word, Role.DIM)


def _percents(state: StripState, width: int) -> str:
    """`74`, or `74<>68` as in alsamixer where the sides differ and there is room."""
    if len(state.percents) == 2 and state.percents[0] != state.percents[1]:
        both = f"{state.percents[0]}<>{state.percents[1]}"
        if len(both) < width:
            return both
    return state.percent


def _centre(grid: Grid, box: Box, y: int, text: str, role: Role) -> None:
    if text:
        x = box.x + max(0, (box.width - cell_len(text)) // 2)
        grid.put(x, y, text, role, box.x + box.width - x)
