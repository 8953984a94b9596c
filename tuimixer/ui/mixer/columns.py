"""The columns layout: one vertical fader per control, as in alsamixer."""

from collections.abc import Iterator

from rich.cells import cell_len

from tuimixer.model.scale import decibels
from tuimixer.ui.mixer.bars import Ruler, vertical_bar, vertical_meter
from tuimixer.ui.mixer.layout import name_lines
from tuimixer.ui.mixer.marks import marks_of, marks_width, put_marks, switch_text
from tuimixer.ui.mixer.meters import Level
from tuimixer.ui.mixer.strip_state import StripState, short_db
from tuimixer.ui.terminal.cells import Area, Grid, fit, fit_lines, wrap
from tuimixer.ui.terminal.charsets import CharSet
from tuimixer.ui.terminal.palette import Role

_TALL = 11
"""Minimum height of a column, in lines, in which dB and marks have their own lines."""
_WIDE = 11
"""Minimum width of a column in which each side takes two cells of the fader and one of the meter."""
_GAINS = (10, 5, -5, -10, -15, -20, -30, -40, -60)
"""dB values that are labeled on the scale if there is room."""
SCALE_WIDTH = 4
_VOWELS = "aeiouy"
_LEAST_PART = 3
"""Minimum number of letters of a broken word on its last line."""


def bar_height(box: Area) -> int:
    """Height of the fader in a column, in lines."""
    foot = 3 if box.height >= _TALL else 2 if box.height >= 7 else 1
    return box.height - foot - name_lines(box.height)


def fader_box(box: Area, beyond: bool) -> Area:
    """Where the fader of a column is, up to 100 %; the left half of its cells is the left channel.

    Args: `beyond`: whether there is room beyond 100 % (`Plan.beyond`).
    """
    height = bar_height(box)
    ruler = Ruler.of(height, beyond)
    width = 4 if box.width >= _WIDE else 2
    left = box.x + 1 + max(0, (box.width - 1 - width) // 2)
    return Area(left, box.y + height - ruler.normal, width, ruler.normal)


def zero_line(box: Area) -> int | None:
    """The line of 0 dB across the faders of sinks and streams; None if there is no room above it."""
    ruler = Ruler.of(bar_height(box))
    return box.y + ruler.beyond if ruler.beyond else None


def paint_scale(grid: Grid, x: int, box: Area, charset: CharSet) -> None:
    """Paint the dB scale of sinks and streams at the left of their columns, and their line at 0 dB.

    Args: `x` is where the scale begins; `box` is the first column to which it applies.
    """
    line = zero_line(box)
    if line is None:
        return
    grid.fill(x, line, grid.width - x, 1, Role.FRAME, charset.line)
    if box.x < x + SCALE_WIDTH:
        return
    grid.put(x, line, "  0", Role.DIM)
    height = bar_height(box)
    ruler, taken = Ruler.of(height), [line]
    for gain in sorted(_GAINS, key=abs):
        cell = ruler.cell(10 ** (gain / 60))
        y = box.y + height - 1 - cell - (cell >= ruler.normal)
        if min(abs(y - other) for other in taken) > 1:
            taken.append(y)
            grid.put(x, y, charset.text(decibels(100 * gain, 0)).rjust(3), Role.DIM)


def paint_column(
    grid: Grid,
    box: Area,
    state: StripState,
    accent: Role,
    level: Level | None,
    chosen: bool,
    charset: CharSet,
    halves: bool,
    beyond: bool,
) -> None:
    """Paint one control's column: fader, meter, percent, dB, marks, name. Args: `beyond`: `Plan.beyond`."""
    grid.fill(box.x, box.y, box.width, box.height)
    line, height = zero_line(box), bar_height(box)
    if line is not None and beyond:
        grid.fill(box.x, line, box.width, 1, Role.FRAME, charset.line)
    role = Role.CHOSEN if chosen else Role.GONE if state.gone else Role.VALUE
    if state.positions:
        _paint_column_fader(grid, box, state, accent, charset, halves, beyond)
        paint_column_meter(grid, box, state, level, charset, halves, beyond)
        _centre(grid, box, box.y + height, _percents(state, box.width - 1), role)
    else:
        _paint_choice(grid, box, height, state, role, charset)
    y = box.y + height + 1
    if box.height >= _TALL:
        text = short_db(state.cdb, box.width - 4, charset)
        _centre(grid, box, y, f"{text} dB" if text else "", role if chosen or state.gone else Role.DIM)
        y += 1
    name_role = Role.STRONG if chosen else Role.GONE if state.gone else Role.TEXT
    below = box.y + box.height - name_lines(box.height)
    for text in _name_lines(state.label, box, charset):
        _centre(grid, box, below, text, name_role)
        below += 1
    if box.height >= 7:
        _paint_marks(grid, box, y, below, state, charset)
    if chosen:
        grid.fill(box.x, box.y + height, 1, box.height - height, accent, charset.chosen)


def name_cell(box: Area, label: str, charset: CharSet) -> tuple[int, int]:
    """The first cell of the name at the foot of a column."""
    first = _name_lines(label, box, charset)[0]
    x = box.x + 1 + max(0, (box.width - 1 - cell_len(first)) // 2)
    return x, box.y + box.height - name_lines(box.height)


def _paint_column_fader(
    grid: Grid, box: Area, state: StripState, accent: Role, charset: CharSet, halves: bool, beyond: bool
) -> None:
    """Paint the fader of a column: the left side in its left half, the right side in its right half."""
    fader, ruler = fader_box(box, beyond), Ruler.of(bar_height(box), beyond)
    width = fader.width // 2
    for number, position in enumerate(state.sides):
        x = fader.x + number * width
        vertical_bar(
            grid, x, fader.y + fader.height - 1, width, ruler, position, state, accent, charset, halves
        )


def paint_column_meter(
    grid: Grid,
    box: Area,
    state: StripState,
    level: Level | None,
    charset: CharSet,
    halves: bool,
    beyond: bool,
) -> None:
    """Paint the meter at the right of a column's fader: one cell for the loudest channel, or one per side.

    A blank cell separates the meter from the fader where colors cannot.
    """
    if not state.metered:
        return
    fader = fader_box(box, beyond)
    x = fader.x + fader.width + (0 if halves else 1)
    if fader.width == 2:
        vertical_meter(grid, x, fader.y, fader.height, level, None, charset)
        return
    for side in range(2):
        vertical_meter(grid, x + side, fader.y, fader.height, level, side, charset)


def _paint_choice(
    grid: Grid, box: Area, height: int, state: StripState, role: Role, charset: CharSet
) -> None:
    """Paint the selected item or the state of a switch, wrapped at the foot of the column."""
    text = state.choice if state.choice is not None else switch_text(state)
    lines = fit_lines(wrap(text, box.width - 1), max(1, height), box.width - 1, charset.ellipsis)
    for number, line in enumerate(lines):
        _centre(grid, box, box.y + height - len(lines) + number + 1, line, role)
    if state.choice is not None and height > len(lines) + 1:
        _centre(grid, box, box.y + height - len(lines), charset.up, Role.DIM)
        _centre(grid, box, box.y + height + 1, charset.down, Role.DIM)


def _paint_marks(grid: Grid, box: Area, y: int, below: int, state: StripState, charset: CharSet) -> None:
    """Paint the marks, and a word or two on why the control has no effect, or that it is suspended: after the
    marks, or, if there is no room, on the line `below` the name.
    """
    why, room = state.why_gone or ("suspended" if state.suspended else ""), box.width - 1
    marks = marks_of(state, charset, room)
    left = room - marks_width(marks) - bool(marks)
    if left < cell_len(why) and below < box.y + box.height:
        _centre(grid, box, below, fit(why, room, charset.ellipsis), Role.DIM)
        why = ""
    elif left < cell_len(why):
        marks = marks_of(state, charset, room - cell_len(why) - 1)
        left = room - marks_width(marks) - bool(marks)
    if why and left > 2:
        marks.append((" " * bool(marks) + fit(why, left, charset.ellipsis), Role.DIM))
    put_marks(grid, box.x + 1 + max(0, (room - marks_width(marks)) // 2), y, marks, box.x + box.width)


def _name_lines(label: str, box: Area, charset: CharSet) -> list[str]:
    """A name in lines; a word that is too long for one continues in the next, if there are enough lines."""
    width, most = max(box.width - 1, 1), name_lines(box.height)
    lines = wrap(" ".join(part for word in label.split() for part in _syllables(word, width)), width)
    if len(lines) > most:
        lines = wrap(" ".join(fit(word, width, charset.ellipsis) for word in label.split()), width)
    return fit_lines(lines, most, width, charset.ellipsis)


def _syllables(word: str, width: int) -> Iterator[str]:
    """Split a word into parts of at most `width` cells: after a sign or before a capital letter if possible,
    or else with a hyphen, preferably between a vowel and a consonant.
    """
    while len(word) > width:
        places = range(2, width + 1)
        cut = max((i for i in places if _is_seam(word, i)), default=0)
        if cut:
            yield word[:cut]
        else:
            last = max(1, min(width - 1, len(word) - _LEAST_PART))
            cut = max((i for i in places if i <= last and _is_open(word, i)), default=last)
            yield word[:cut] + "-" * (width > 1)
        word = word[cut:]
    yield word


def _is_seam(word: str, at: int) -> bool:
    """Whether a word may be broken at an index without a hyphen."""
    before, after = word[at - 1], word[at]
    return before in "-_/.:" or (after.isupper() and not before.isupper())


def _is_open(word: str, at: int) -> bool:
    """Whether a word has a vowel before an index and the beginning of a syllable after it."""
    before, after, following = (word[i].lower() for i in (at - 1, at, at + 1))
    return before in _VOWELS and after.isalpha() and after not in _VOWELS and following in _VOWELS + "hlr"


def _percents(state: StripState, width: int) -> str:
    """The percentage, such as `74`, or `74<>68` as in alsamixer if the sides differ and there is room."""
    if len(state.percents) == 2 and state.percents[0] != state.percents[1]:
        both = f"{state.percents[0]}<>{state.percents[1]}"
        if len(both) <= width:
            return both
    return state.percent


def _centre(grid: Grid, box: Area, y: int, text: str, role: Role) -> None:
    if text:
        # The first cell holds the mark of the selected control; in other columns it is blank and separates
        # the labels.
        x = box.x + 1 + max(0, (box.width - 1 - cell_len(text)) // 2)
        grid.put(x, y, text, role, box.x + box.width - x)
