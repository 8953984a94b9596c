"""Faders and meters as cells, in both directions. Pure: numbers in, glyphs and roles out."""

from tuimixer.ui.mixer.meters import HOT, WARM, Level
from tuimixer.ui.mixer.strip_state import StripState
from tuimixer.ui.terminal.cells import Grid
from tuimixer.ui.terminal.charsets import CharSet
from tuimixer.ui.terminal.palette import Role


def bar_role(state: StripState, chosen: bool) -> Role:
    """How the filled part of a fader looks."""
    if state.silent or state.gone:
        return Role.BAR_MUTED
    return Role.BAR_CHOSEN if chosen else Role.BAR


def horizontal_bar(
    grid: Grid, x: int, y: int, width: int, state: StripState, chosen: bool, charset: CharSet
) -> None:
    """A fader from left to right: all channels to the quietest one's place, then what the others add.

    What is beyond 100 % lies over the bar from the left in its own colour, 150 % over all of it.
    """
    cells = [round(min(max(position, 0.0), 1.0) * width) for position in state.positions]
    low, high = min(cells), max(cells)
    role = bar_role(state, chosen)
    grid.fill(x, y, width, 1, Role.TRACK, charset.empty)
    if state.base is not None and 0 < state.base < 1:
        grid.put(x + round(state.base * width), y, charset.base, Role.DIM)
    grid.fill(x, y, low, 1, role, charset.full)
    if high > low:
        if len(cells) == 2:
            glyph = charset.upper if cells[0] > cells[1] else charset.lower
        else:
            glyph = charset.between
        grid.fill(x + low, y, high - low, 1, role, glyph)
    beyond = max(state.positions) - 1
    if beyond > 0.004:
        over = min(width, max(1, round(beyond * 2 * width)))
        grid.fill(x, y, over, 1, role if role is Role.BAR_MUTED else Role.BAR_OVER, charset.full)


def vertical_bar(
    grid: Grid,
    x: int,
    y: int,
    width: int,
    height: int,
    position: float,
    role: Role,
    charset: CharSet,
    base: float | None = None,
) -> None:
    """A fader from the bottom up; beyond 100 % it is overlaid from the bottom in its own colour."""
    steps = len(charset.levels) - 1
    filled = round(min(max(position, 0.0), 1.0) * height * steps)
    over = round(min(max(position - 1, 0.0), 0.5) * 2 * height)
    mark = height - 1 - round(base * (height - 1)) if base is not None and 0 < base < 1 else -1
    for row in range(height):
        part = min(max(filled - (height - 1 - row) * steps, 0), steps)
        glyph = charset.levels[part]
        if height - 1 - row < over:
            grid.fill(x, y + row, width, 1, Role.BAR_OVER, charset.levels[-1])
        elif part == 0 and row == mark:
            grid.fill(x, y + row, width, 1, Role.DIM, charset.empty)
        else:
            grid.fill(x, y + row, width, 1, role, glyph)


def level_role(share: float) -> Role:
    """Colour of a meter at a place between 0 (-60 dBFS) and 1 (0 dBFS)."""
    if share > HOT:
        return Role.METER_HOT
    return Role.METER_WARM if share > WARM else Role.METER


def horizontal_meter(grid: Grid, x: int, y: int, width: int, level: Level | None, charset: CharSet) -> None:
    """A meter from left to right with its peak hold and, in its last cell, the clip mark.

    One channel is a thin bar; of two, the first is the upper half and the second the lower.
    """
    span = width - 1
    shares = level.shares if level else ()
    if not shares:
        grid.fill(x, y, width, 1, Role.TEXT)
        return
    first, second = round(shares[0] * span), round(shares[-1] * span)
    hold = round(level.hold * span) - 1 if level and level.hold > 0 else -1
    for i in range(span):
        role = level_role((i + 1) / span)
        if i < first and i < second:
            glyph = charset.both if len(shares) > 1 else charset.meter
        elif i < first:
            glyph = charset.first
        elif i < second:
            glyph = charset.meter
        elif i == hold:
            glyph = charset.hold
        else:
            glyph = " "
        grid.put(x + i, y, glyph, role if glyph != " " else Role.TEXT)
    clipped = level is not None and level.clipped
    grid.put(x + span, y, charset.clip if clipped else " ", Role.METER_HOT if clipped else Role.TEXT)


def vertical_meter(
    grid: Grid, x: int, y: int, height: int, level: Level | None, side: int, charset: CharSet
) -> None:
    """One channel's meter from the bottom up, one cell wide, with the clip mark at its top."""
    if level is None or not level.shares:
        grid.fill(x, y, 1, height, Role.TEXT)
        return
    share = level.shares[min(side, len(level.shares) - 1)]
    steps = 2 if len(charset.levels) > 2 else 1
    filled = round(share * height * steps)
    hold = height - round(level.hold * height) if level.hold > 0 else -1
    half = charset.levels[len(charset.levels) // 2] if steps == 2 else ""
    for row in range(height):
        part = min(max(filled - (height - 1 - row) * steps, 0), steps)
        role = level_role((height - row) / height)
        glyph = charset.levels[-1] if part == steps else half if part else " "
        if part == 0 and row == hold:
            glyph = charset.line
        grid.put(x, y + row, glyph, role if glyph != " " else Role.TEXT)
    if level.clipped:
        grid.put(x, y, charset.clip, Role.METER_HOT)
