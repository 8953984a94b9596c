"""What is painted around the strips: headings, messages in empty groups, dividers, marks at the edge."""

from rich.cells import cell_len

from tuimixer.mixer.views import Section
from tuimixer.ui.mixer import columns
from tuimixer.ui.mixer.layout import Plan
from tuimixer.ui.terminal.capabilities import Terminal
from tuimixer.ui.terminal.cells import Area, Grid, fit, fit_lines, wrap
from tuimixer.ui.terminal.charsets import CharSet
from tuimixer.ui.terminal.palette import Role, title_role

ACCENTS = {
    Section.HARDWARE: Role.HARDWARE,
    Section.DEVICES: Role.OUTPUTS,
    Section.APPLICATIONS: Role.APPLICATIONS,
}
"""The color of each group."""


def paint_headings(grid: Grid, plan: Plan, area: Area, in_columns: bool, terminal: Terminal) -> None:
    """Paint these in `area`, where the strips are. Args: `in_columns`: whether the layout is columns."""
    charset = terminal.charset
    crossing = None
    if in_columns and plan.scale is not None:
        first = next(area.shifted(slot.box) for slot in plan.slots if slot.box.x >= plan.scale)
        columns.paint_scale(grid, plan.scale, first, charset)
        crossing = columns.zero_line(first)
    for heading in plan.headings:
        box = area.shifted(heading.box)
        if heading.sentence:
            _paint_sentence(grid, box, heading.text, charset)
            continue
        text = charset.text(heading.text)
        room = box.width - (2 if in_columns else 1)
        if heading.number is not None and heading.number > 1 and plan.more:
            counted = f"{text} ({heading.number})"
            text = counted if cell_len(counted) <= room else text
        role = title_role(ACCENTS[heading.section])
        x = grid.put(box.x + 1, box.y, fit(text, room, charset.ellipsis), role, room)
        if not in_columns and not terminal.plain and x + 1 < box.x + box.width:
            grid.fill(x + 1, box.y, box.x + box.width - x - 1, 1, Role.FRAME, charset.line)
    for x in plan.dividers:
        grid.fill(x, area.y, 1, area.height, Role.FRAME, charset.divider)
        if crossing is not None and plan.scale is not None and x > plan.scale:
            grid.put(x, crossing, charset.base, Role.FRAME)
    _paint_more(grid, plan, area, charset)


def _paint_sentence(grid: Grid, box: Area, text: str, charset: CharSet) -> None:
    text = charset.text(text)
    lines = fit_lines(wrap(text, box.width - 2), box.height, box.width - 2, charset.ellipsis)
    for number, line in enumerate(lines):
        grid.put(box.x + 1, box.y + number, line, Role.DIM, box.width - 1)


def _paint_more(grid: Grid, plan: Plan, area: Area, charset: CharSet) -> None:
    """Paint marks at the edges beyond which there are more controls."""
    edge = grid.width - 1
    if grid.width < 30:
        return
    for mark in plan.more:
        if mark.column < 0:
            glyph, x = charset.up if mark.up else charset.down, edge
        else:
            glyph, x = charset.left if mark.up else charset.right, mark.column
        grid.put(x, area.y + mark.line, glyph, Role.KEY)
