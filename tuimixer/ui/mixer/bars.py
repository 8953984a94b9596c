"""Faders and meters as cells, in both directions. Pure: numbers in, glyphs and roles out.

A fader that can go beyond 100 % has a scale up to 150 %, with a mark at 100 %: two thirds of its cells are
before the mark and one third after it. Every other fader ends at 100 %, which is the end of the bar.
"""

from collections.abc import Sequence
from enum import IntEnum
from functools import cache
from itertools import groupby

from tuimixer.model.record import dataclass
from tuimixer.ui.mixer.meters import Level
from tuimixer.ui.mixer.strip_state import StripState
from tuimixer.ui.terminal.cells import Grid
from tuimixer.ui.terminal.charsets import CharSet
from tuimixer.ui.terminal.palette import Role, ink_of, shade, split_role, two_tone

_SHORTEST = 5
"""Minimum length, in cells, of a bar with room beyond 100 %."""
_FEWEST = 3
"""Minimum number of cells up to 100 % in such a bar."""
_FADER, _TRACK = "▀", "▄"
"""Half blocks. With either of them, the fader is in the upper half of a cell and the meter in the lower."""


class Part(IntEnum):
    """How many of the channels reach a cell of a fader."""

    EMPTY = 0
    SOME = 1
    ALL = 2


@dataclass(frozen=True, slots=True)
class Ruler:
    """The cells of a bar: those up to 100 %, then one for the mark, then those up to 150 %."""

    normal: int
    beyond: int
    """Number of cells beyond 100 %; if there is no room for them, this is 0, and there is no mark either."""

    @classmethod
    def of(cls, length: int, beyond: bool = True) -> "Ruler":
        """The ruler of a bar of this length. Args: `beyond`: whether the bar can go beyond 100 %."""
        if length < _SHORTEST or not beyond:
            return cls(max(length, 0), 0)
        normal = max(_FEWEST, (length - 1) * 2 // 3)
        return cls(normal, length - 1 - normal)

    def reach(self, position: float, steps: int = 1) -> int:
        """How much a fader at a position fills, in cells divided into `steps`; the mark is not counted.

        Anything beyond 100 % fills at least one more cell or, if there is only one, a step of it.
        """
        if position <= 1 or not self.beyond:
            return round(min(max(position, 0.0), 1.0) * self.normal * steps)
        more = max(steps if self.beyond > 1 else 1, round(min(position - 1, 0.5) * 2 * self.beyond * steps))
        return self.normal * steps + more

    def cell(self, position: float) -> int:
        """The cell that contains a position from 0 to 1.5, other than 1; the mark is not counted."""
        if position < 1:
            return int(position * self.normal)
        return self.normal + min(int((position - 1) * 2 * self.beyond), self.beyond - 1)

    def parts(self, positions: Sequence[float]) -> list[Part]:
        """What each cell of a fader shows, without the mark."""
        low, high = self.reach(min(positions)), self.reach(max(positions))
        rest = self.normal + self.beyond - high
        return [Part.ALL] * low + [Part.SOME] * (high - low) + [Part.EMPTY] * rest


def meter_cells(level: Level | None, length: int) -> list[int | None]:
    """The color of each cell of the loudest channel's meter with its peak hold; None for a dark cell."""
    shares = level.shares if level is not None else ()
    filled = round(max(shares, default=0.0) * length)
    held = round(level.hold * length) - 1 if level is not None else -1
    shades = _shades(length)
    cells = [*shades[:filled], *(None,) * (length - filled)]
    if held >= 0:
        cells[held] = shades[held]
    return cells


@cache
def _shades(length: int) -> tuple[int, ...]:
    return tuple(shade((i + 0.5) / length) for i in range(length))


def horizontal_bar(
    grid: Grid,
    x: int,
    y: int,
    width: int,
    state: StripState,
    accent: Role,
    charset: CharSet,
    halves: bool,
) -> None:
    """Paint a horizontal fader with its mark; with half blocks, the lower halves are left to the meter."""
    ruler = Ruler.of(width, state.beyond)
    parts = ruler.parts(state.positions)
    ineffective = _ineffective(state, charset)
    for (part, over), run in groupby(range(len(parts)), lambda i: (parts[i], i >= ruler.normal)):
        role: int = _part_role(part, accent, over)
        if ineffective is not None and part is not Part.EMPTY:
            glyph, role = ineffective
        elif part is Part.EMPTY and state.read_only:
            glyph, role = " ", Role.TEXT
        elif halves and part is Part.EMPTY:
            glyph, role = _TRACK, two_tone(Role.PAPER, Role.TRACK)
        elif halves:
            glyph, role = _FADER, two_tone(role, Role.PAPER)
        else:
            glyph = (charset.empty, charset.light, charset.full)[part]
        cells = list(run)
        grid.fill(x + cells[0] + over, y, len(cells), 1, role, glyph)
    base = round(state.base * ruler.normal) if state.base is not None and 0 < state.base < 1 else -1
    if 0 <= base < len(parts) and parts[base] is Part.EMPTY:
        grid.put(x + base + (base >= ruler.normal), y, charset.base, Role.DIM)
    if ruler.beyond:
        grid.put(x + ruler.normal, y, charset.mark, Role.FRAME)


def meter_in_bar(
    grid: Grid, x: int, y: int, width: int, state: StripState, charset: CharSet, level: Level | None
) -> None:
    """Paint the meter into the lower halves of a fader that has been painted, and the clip mark."""
    ruler = Ruler.of(width, state.beyond)
    text, roles = grid.text[y], grid.roles[y]
    for place, light in enumerate(meter_cells(level, ruler.normal), x):
        glyph, role = text[place], roles[place]
        lower = Role.PAPER if light is None else light
        if glyph == _TRACK:
            role = two_tone(lower, Role.TRACK)
        elif glyph == _FADER:
            role = two_tone(ink_of(role), lower)
        if role != roles[place]:
            grid.fill(place, y, 1, 1, role, glyph)
    if ruler.beyond:
        clipped = level is not None and level.clipped
        glyph, role = (charset.clip, Role.METER_HOT) if clipped else (charset.mark, Role.FRAME)
        grid.put(x + ruler.normal, y, glyph, role)


def _ineffective(state: StripState, charset: CharSet) -> tuple[str, Role] | None:
    """The glyph and role of a fader that is muted, off or gone; None for any other."""
    if not state.silent and not state.gone:
        return None
    glyph = charset.hatch if state.silent else charset.dots
    return glyph, Role.GONE if state.gone else Role.BAR_SILENT


def _part_role(part: Part, accent: Role, over: bool) -> Role:
    if part is Part.EMPTY:
        return Role.TRACK
    role = Role.BAR_OVER if over else accent
    return role if part is Part.ALL else split_role(role)


def vertical_bar(
    grid: Grid,
    x: int,
    y: int,
    width: int,
    ruler: Ruler,
    position: float,
    state: StripState,
    accent: Role,
    charset: CharSet,
    halves: bool,
) -> None:
    """Paint one side of a vertical fader from line `y` up, leaving out the line of its mark."""
    ineffective = _ineffective(state, charset)
    steps = len(charset.levels) - 1
    filled = ruler.reach(position, steps)
    base = round(state.base * ruler.normal) if state.base is not None and 0 < state.base < 1 else -1
    for i in range(ruler.normal + (ruler.beyond if state.beyond else 0)):
        line = y - i - (i >= ruler.normal)
        part = min(max(filled - i * steps, 0), steps)
        role: int = Role.BAR_OVER if i >= ruler.normal else accent
        glyph = charset.levels[part]
        if ineffective is not None and part:
            glyph, role = ineffective
        elif not part and i == base:
            glyph, role = charset.empty, Role.DIM
        elif state.read_only and not part:
            glyph, role = " ", Role.TEXT
        elif halves:
            role = two_tone(role, Role.TRACK)
        elif not part:
            glyph, role = charset.light, Role.TRACK
        grid.fill(x, line, width, 1, role, glyph)


def horizontal_meter(grid: Grid, x: int, y: int, width: int, level: Level | None, charset: CharSet) -> None:
    """Paint a horizontal meter next to its fader, with its peak hold and, in its last cell, the clip mark.

    A single channel is a thin bar; of two channels, the first is the upper half and the second the lower.
    """
    span = width - 1
    shares = level.shares if level else ()
    if not shares:
        grid.fill(x, y, width, 1, Role.TEXT)
        return
    first, second = round(shares[0] * span), round(shares[-1] * span)
    hold = round(level.hold * span) - 1 if level else -1
    shades = _shades(span)
    for i in range(span):
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
        grid.put(x + i, y, glyph, shades[i] if glyph != " " else Role.TEXT)
    clipped = level is not None and level.clipped
    grid.put(x + span, y, charset.clip if clipped else " ", Role.METER_HOT if clipped else Role.TEXT)


def vertical_meter(
    grid: Grid, x: int, y: int, height: int, level: Level | None, side: int | None, charset: CharSet
) -> None:
    """Paint a vertical meter next to its fader, one cell wide, with the clip mark at its top.

    Args: `side` is the channel, 0 or 1; None for the loudest.
    """
    shares = level.shares if level is not None else ()
    if level is None or not shares:
        grid.fill(x, y, 1, height, Role.TEXT)
        return
    share = max(shares) if side is None else shares[min(side, len(shares) - 1)]
    steps = len(charset.levels) - 1
    filled = round(share * height * steps)
    hold = round(level.hold * height) - 1
    shades = _shades(height)
    for i in range(height):
        part = min(max(filled - i * steps, 0), steps)
        glyph = charset.line if not part and i == hold else charset.levels[part]
        role = shades[i] if glyph != " " else Role.TEXT
        grid.put(x, y + height - 1 - i, glyph, role)
    if level.clipped:
        grid.put(x, y, charset.clip, Role.METER_HOT)
