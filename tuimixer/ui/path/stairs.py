"""The staircase of one sound: after each stage, a bar shows the level that is left, on one dB scale. Pure.

What a stage takes away has the color of its medium: software, a softvol, or the hardware. What it adds is
warm: as red as the part of a fader beyond 100 % if it is added in software, which may distort, but not if a
card amplifies a microphone. Louder is to the right, as on a fader, so that the arrow keys move bars in the
direction they point. A stage whose gain is unknown is drawn as such, and those after it as if it were 0 dB,
but without stating their levels.
"""

from collections.abc import Sequence
from itertools import pairwise

from rich.cells import cell_len

from tuimixer.diagnosis.stage import Path, Stage, StageKind, add
from tuimixer.model.record import dataclass, replace
from tuimixer.model.scale import MUTE_CDB
from tuimixer.ui.path.labels import gain_of, medium_of, part_name, parts_of, short_gain
from tuimixer.ui.terminal.cells import Area, Grid, fit_middle
from tuimixer.ui.terminal.charsets import CharSet
from tuimixer.ui.terminal.palette import Role

_PLAIN = (StageKind.APPLICATION, StageKind.END, StageKind.MODULE)
_LEAST = 3000
"""Minimum span of the scale, in hundredths of a dB."""
_MOST = 9000
"""Maximum span of the scale, in hundredths of a dB; anything below is practically silent."""
_NAMES = 28
"""Maximum width of the names."""
_VALUE = 9
"""Width of the longest gain: `−120.0 dB`."""
_WORD = 9
"""Width of the word for a stage's medium."""
_ROOMY = 70
"""Minimum screen width at which the medium is shown."""
_NARROW = 56
"""Screen width below which gains are omitted to leave room for the bars."""
_TALLEST = 8
"""Maximum height of a step, in lines."""
MEDIA = {"software": Role.APPLICATIONS, "softvol": Role.HARDWARE_SPLIT, "hardware": Role.HARDWARE}
"""The color of each medium: those of the applications and of the cards; a softvol is a card's control, but
not in its hardware.
"""
_FILLS = {"software": "▒", "softvol": "░", "hardware": "▓", "": "▒"}
_ASCII_FILLS = {"software": "-", "softvol": ":", "hardware": "#", "": "-"}


@dataclass(frozen=True, slots=True)
class Step:
    """One row: a stage with the levels before and after it."""

    stage: Stage
    before: int
    """Level before the stage in hundredths of a dB, 0 at the beginning of the path; unknown gains count as
    0 dB.
    """
    after: int
    known: bool
    """Whether no gain up to this stage is unknown, or the sound is silenced, so that `after` is the level."""
    parts: tuple[Stage, ...] = ()
    """If the stage is a device's volume: the stages that apply it."""
    part: bool = False
    """Whether the stage is one of those that apply a device's volume; its levels are then the device's."""


def steps_of(path: Path) -> tuple[Step, ...]:
    """The rows of a path from its beginning to its end; parts follow the volume that they apply."""
    rows: list[Step] = []
    level, known = 0, True
    devices = {stage.control for stage in path.stages if stage.kind in (StageKind.SINK, StageKind.SOURCE)}
    for stage in path.stages:
        if stage.inside is not None and stage.inside in devices:
            continue
        gain = path.loudest(path.gain(stage)) if stage.gains else 0
        after = MUTE_CDB if stage.muted else add([level, gain or 0]) or 0
        known = (known and gain is not None) or after <= MUTE_CDB
        parts = tuple(parts_of(path, stage))
        rows.append(Step(stage, level, after, known, parts))
        rows += [Step(part, level, after, known, parts, True) for part in parts]
        level = after
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class _Chart:
    """Where the bars are, and the levels at their ends."""

    left: int
    width: int
    low: int
    """Level at the left end, in hundredths of a dB."""
    high: int
    """Level at the right end, in hundredths of a dB."""

    def cells(self, cdb: int) -> int:
        """Number of cells that a level, in hundredths of a dB, fills."""
        share = (cdb - self.low) / (self.high - self.low)
        return round(min(max(share, 0.0), 1.0) * self.width)

    @property
    def ticks(self) -> range:
        """The marked levels, in hundredths of a dB, from the loudest on; 0 is one of them."""
        span = self.high - self.low
        stride = next((s for s in (600, 1000, 2000, 3000) if _VALUE * (span // s) <= self.width), 6000)
        return range(self.high // stride * stride, self.low - 1, -stride)


def draw_stairs(
    grid: Grid,
    top: int,
    room: int,
    path: Path,
    chosen: int | None,
    charset: CharSet,
    plain: bool = False,
    solid: bool = False,
) -> tuple[tuple[int, Area], ...]:
    """Draw the scale in line `top` and the steps below it in `room` lines, scrolled to the selected one.

    chosen: index of the step under the cursor; None if the cursor is elsewhere. plain: draw no bars. solid:
    let color alone distinguish bars. Returns the visible rows as (index of the step, its cells).
    """
    steps = steps_of(path)
    chart = _chart(grid, steps, charset)
    if plain:
        chart = replace(chart, width=0)
    if chart.width > _VALUE:
        _ruler(grid, top, chart, charset)
    heights = [1] * len(steps) if plain else _heights(steps, room)
    first = at = chosen or 0
    while (
        first > 0
        and sum(heights[first - 1 : at + 1]) <= room
        and (sum(heights[first:]) < room or first > at - 3)
    ):
        first -= 1
    areas, y = [], top + 1
    for i in range(first, len(steps)):
        height = min(heights[i], top + 1 + room - y)
        if height <= 0:
            break
        last = i + 1 == len(steps) or not steps[i + 1].part
        _step(grid, Area(0, y, grid.width, height), steps[i], i == chosen, last, path, chart, charset, solid)
        areas.append((i, Area(0, y, grid.width, height)))
        y += height
    return tuple(areas)


def _heights(steps: Sequence[Step], room: int) -> list[int]:
    """The number of lines of each step. All stages, each with its parts, are as tall as there is room for."""
    heights = [1] * len(steps)
    last = [i for i in range(len(steps)) if i + 1 == len(steps) or not steps[i + 1].part]
    tall = [end - before for before, end in pairwise([-1, *last])]
    spare = room - len(steps)
    # The first stages may have one line more than the others, but not two lines if those have one.
    while tall and min(tall) < _TALLEST and spare >= (tall.count(min(tall)) if min(tall) < 2 else 1):
        at = tall.index(min(tall))
        tall[at] += 1
        heights[last[at]] += 1
        spare -= 1
    return heights


def _chart(grid: Grid, steps: Sequence[Step], charset: CharSet) -> _Chart:
    arrow = cell_len(charset.text("→ "))
    names = max((cell_len(charset.text(part_name(s.stage))) + arrow for s in steps), default=0)
    names = min(names, _NAMES, max(8, grid.width // 3))
    levels = [s.after for s in steps if s.after > MUTE_CDB] or [0]
    high = max(0, -(-max(levels) // 600) * 600)
    low = min(high - _LEAST, min(levels) // 1000 * 1000 - 500)
    left = 2 + names + 1 + (_VALUE + 1 if grid.width >= _NARROW else 0)
    right = 1 + _VALUE + (1 + _WORD if grid.width >= _ROOMY else 0)
    return _Chart(left, max(0, grid.width - left - right), max(low, high - _MOST), high)


def _ruler(grid: Grid, y: int, chart: _Chart, charset: CharSet) -> None:
    """Write each tick's level right of its edge."""
    _ticks(grid, y, chart, charset)
    for at in chart.ticks:
        text = "0 dB" if at == 0 else charset.text(f"{at // 100:+d}".replace("-", "−"))
        grid.put(chart.left + chart.cells(at) + 1, y, text, Role.STRONG if at == 0 else Role.DIM)


def _ticks(grid: Grid, y: int, chart: _Chart, charset: CharSet) -> None:
    """Mark the levels of the scale, each on the edge at which a bar of this level ends."""
    glyph = "▏" if charset.encoding is None else charset.divider
    for at in chart.ticks:
        grid.put(chart.left + chart.cells(at), y, glyph, Role.FRAME)


def _step(
    grid: Grid,
    area: Area,
    step: Step,
    here: bool,
    last: bool,
    path: Path,
    chart: _Chart,
    charset: CharSet,
    solid: bool,
) -> None:
    stage, y = step.stage, area.y
    silent = stage.muted or (step.before != MUTE_CDB and step.after == MUTE_CDB and not step.part)
    gains = grid.width >= _NARROW
    names = chart.left - 3 - (_VALUE + 1 if gains else 0)
    if here:
        grid.put(0, y, charset.cursor, Role.KEY)
    if step.part and chart.width:
        branch = "`" if charset.encoding == "ascii" else "└" if last else "├"
        grid.put(2, y, branch, Role.FRAME)
    indent = 2 if step.part else 0
    arrow = charset.text("→ ") if stage.kind is StageKind.END and not path.capture else ""
    name = fit_middle(arrow + charset.text(part_name(stage)), names - indent, charset.ellipsis)
    role = Role.MUTE if silent else Role.DIM if step.part else Role.STRONG
    grid.put(2 + indent, y, name, Role.CURSOR if here else role)
    gain = charset.text(gain_of(path, stage)) if gains else ""
    grid.put(chart.left - 1 - len(gain), y, gain, role if silent or step.part else Role.TEXT)
    end = chart.left + chart.width
    for line in range(y, y + area.height) if chart.width > _VALUE else ():
        _bar(grid, line, step, path, chart, charset, solid)
    if not step.part:
        level = charset.text(short_gain(step.after if step.known else None))
        role = Role.MUTE if step.after == MUTE_CDB else Role.STRONG if step.after != step.before else Role.DIM
        grid.put(end + 1 + _VALUE - len(level), y, level, role)
    if grid.width >= _ROOMY:
        word = "MUTE" if stage.muted else medium_of(stage)
        grid.put(end + 2 + _VALUE, y, word, _word_role(stage))


def _word_role(stage: Stage) -> Role:
    """The color of the word for a stage's medium."""
    if stage.muted:
        return Role.MUTE
    role = MEDIA.get(medium_of(stage), Role.DIM)
    return Role.HARDWARE if role is Role.HARDWARE_SPLIT else role


def _shares(step: Step, path: Path, gain: int) -> list[tuple[str, int]]:
    """The media that apply a step, each with its share of the gain in hundredths of a dB."""
    shares = [(medium_of(part), path.loudest(path.gain(part)) or 0) for part in step.parts]
    if abs(sum(share for _, share in shares) - gain) > 50 or not shares:
        return [(medium_of(step.stage), gain)]
    return [(medium, share) for medium, share in shares if share * gain > 0]


def _bar(grid: Grid, y: int, step: Step, path: Path, chart: _Chart, charset: CharSet, solid: bool) -> None:
    """Draw the level that is left after a step, then what the step takes away or adds, by medium."""
    plain = charset.encoding == "ascii"
    x = chart.left
    _ticks(grid, y, chart, charset)
    if step.before <= MUTE_CDB:
        return
    before = chart.cells(step.before)
    if step.after <= MUTE_CDB:
        grid.fill(x, y, before, 1, Role.MUTE, "X" if plain else "╳" if charset.encoding is None else "░")
        return
    if step.stage.gains and path.loudest(path.gain(step.stage)) is None:
        grid.fill(x, y, before, 1, Role.FRAME, "?" if plain else "░")
        return
    after = chart.cells(step.after)
    # Without a known level, the bar only shows the stage's own gain to scale.
    rest, role = ("█", Role.TRACK) if solid and step.known else (charset.dots, Role.DIM)
    grid.fill(x, y, min(before, after), 1, role, rest)
    gain = step.after - step.before
    at, most = min(before, after), max(before, after)
    fills = _ASCII_FILLS if plain else _FILLS
    for medium, share in reversed(_shares(step, path, gain)):
        cells = round((most - min(before, after)) * share / gain) if gain else 0
        added = Role.METER_WARM if medium == "hardware" else Role.BAR_OVER
        role = MEDIA.get(medium, Role.DIM) if gain < 0 else added
        grid.fill(x + at, y, min(cells, most - at), 1, role, "█" if solid else fills[medium])
        at += cells
