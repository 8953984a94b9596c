"""The signal path as a picture: boxes from left to right, or a list downwards where it is narrow. Pure."""

from collections.abc import Mapping, Sequence

from rich.cells import cell_len

from tuimixer.diagnosis.stage import Path, Stage, StageGroup, StageKind, db
from tuimixer.model.control import ControlId, Medium
from tuimixer.model.record import dataclass
from tuimixer.ui.mixer.bars import horizontal_meter
from tuimixer.ui.mixer.meters import Level
from tuimixer.ui.screens.listing import wrap
from tuimixer.ui.terminal.cells import Grid, fit
from tuimixer.ui.terminal.charsets import CharSet
from tuimixer.ui.terminal.palette import Role

METERED = frozenset({StageKind.STREAM, StageKind.SINK, StageKind.SOURCE})
_PLAIN = frozenset({StageKind.APPLICATION, StageKind.END, StageKind.MODULE})
_NARROWEST = 11
_WIDEST = 26


@dataclass(frozen=True, slots=True)
class Area:
    """Cells that belong to a stage, for the mouse and for meters."""

    stage: int
    """Index in the order of walking."""
    x: int
    y: int
    width: int
    height: int = 1


@dataclass(frozen=True, slots=True)
class Picture:
    """What was drawn where."""

    height: int
    areas: tuple[Area, ...] = ()
    meters: tuple[tuple[ControlId, Area], ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """A stage with those that are parts of its volume."""

    stage: Stage
    first: int
    """Index of the stage in the order of walking; its parts follow."""
    parts: tuple[Stage, ...] = ()


def groups_of(path: Path) -> tuple[Group, ...]:
    """The stages of a way in their order, parts with the device whose volume they are."""
    owners = {stage.control for stage in path.stages if stage.kind in (StageKind.SINK, StageKind.SOURCE)}
    groups: list[Group] = []
    at = 0
    for stage in path.stages:
        if stage.inside is not None and stage.inside in owners:
            continue
        inner: tuple[Stage, ...] = ()
        if stage.kind in (StageKind.SINK, StageKind.SOURCE):
            inner = tuple(s for s in path.stages if s.inside is not None and s.inside == stage.control)
        groups.append(Group(stage, at, inner))
        at += 1 + len(inner)
    return tuple(groups)


def walk(groups: Sequence[Group]) -> tuple[Stage, ...]:
    """All stages in the order in which the cursor goes through them."""
    return tuple(stage for group in groups for stage in (group.stage, *group.parts))


def label(stage: Stage) -> str:
    """A short name for a box."""
    if stage.kind is StageKind.STREAM and stage.name == "volume of the stream":
        return "stream volume"
    return stage.name


def gain_words(path: Path, stage: Stage) -> str:
    """Gain of a stage, or how its switch stands; nothing for what changes nothing."""
    if stage.kind in _PLAIN:
        return ""
    if not stage.gains:
        return "" if stage.kind is not StageKind.CONTROL else "off" if stage.muted else "on"
    gain = path.loudest(path.gain(stage))
    return "? dB" if gain is None else db(gain)


def work_words(stage: Stage) -> str:
    """Who does a stage, in a word."""
    if stage.muted and (stage.gains or stage.kind is not StageKind.CONTROL):
        return "muted"
    match stage.kind:
        case StageKind.APPLICATION:
            return "program"
        case StageKind.END:
            return "card" if stage.layer is StageGroup.CARD and stage.medium is Medium.HARDWARE else ""
        case StageKind.MODULE:
            return "module"
        case StageKind.CONTROL if stage.medium is Medium.SOFTWARE:
            return "softvol"
    return "" if stage.medium is Medium.UNKNOWN else stage.medium.value


def _metered(stage: Stage) -> bool:
    return stage.kind in METERED and stage.control is not None


def draw_boxes(
    grid: Grid,
    top: int,
    room: int,
    path: Path,
    cursor: int,
    levels: Mapping[ControlId, Level],
    charset: CharSet,
) -> Picture | None:
    """Draw boxes from line `top` on; None where they do not fit into `room` lines."""
    groups = groups_of(path)
    per_row = min(len(groups), (grid.width + 1) // (_NARROWEST + 1))
    if per_row < min(4, len(groups)):
        return None
    rows = -(-len(groups) // per_row)
    per_row = -(-len(groups) // rows)
    width, spare = divmod(grid.width + 1, per_row)
    width, spare = (_WIDEST, 0) if width > _WIDEST else (width - 1, spare)
    widths = [width + (1 if i % per_row < spare else 0) for i in range(len(groups))]
    contents = [_content(path, group, widths[i] - 2, charset) for i, group in enumerate(groups)]
    heights = []
    for row in range(rows):
        inside = contents[row * per_row : (row + 1) * per_row]
        names = max(len(name) for name, _, _ in inside)
        heights.append(names + 5 + max(len(parts) for _, _, parts in inside))
    if sum(heights) > room:
        return None
    areas: list[Area] = []
    meters: list[tuple[ControlId, Area]] = []
    y = top
    for row in range(rows):
        members = groups[row * per_row : (row + 1) * per_row]
        names = max(len(name) for name, _, _ in contents[row * per_row : (row + 1) * per_row])
        for i, group in enumerate(members):
            x = i * (width + 1) + min(i, spare)
            wide = widths[row * per_row + i]
            box = _Box(grid, x, y, wide, heights[row], names, charset)
            found = box.draw(path, group, contents[row * per_row + i], cursor)
            areas += found
            if _metered(group.stage) and group.stage.control is not None:
                area = Area(group.first, x + 1, y + names + 3, wide - 2)
                meters.append((group.stage.control, area))
                horizontal_meter(grid, area.x, area.y, area.width, levels.get(group.stage.control), charset)
            if row * per_row + i < len(groups) - 1:
                grid.put(x + wide, y + 1, charset.arrow, Role.KEY)
        y += heights[row]
    return Picture(sum(heights), tuple(areas), tuple(meters))


Content = tuple[list[str], tuple[str, str], list[tuple[int, str, Role]]]
"""Lines of the name, gain and who does it, and lines of the parts (index of the part, text, role)."""


def _content(path: Path, group: Group, room: int, charset: CharSet) -> Content:
    stage = group.stage
    names = wrap(charset.text(label(stage)), room)
    if len(names) > 2:
        names = [names[0], fit(" ".join(names[1:]), room, charset.ellipsis)]
    parts: list[tuple[int, str, Role]] = []
    for i, part in enumerate(group.parts, 1):
        name = "rest" if part.kind is StageKind.REMAINDER else charset.text(label(part))
        gain = charset.text(gain_words(path, part))
        role = Role.MUTE if part.muted else Role.DIM
        gain = "muted" if part.muted else gain
        if cell_len(name) + cell_len(gain) + 2 <= room:
            parts.append((i, f"{name}{' ' * (room - 1 - cell_len(name) - cell_len(gain))}{gain}", role))
        else:
            gain = gain if room > 12 else gain.removesuffix(" dB")
            parts += [(i, fit(name, room - 1, charset.ellipsis), role), (i, gain.rjust(room - 1), role)]
    return names, (charset.text(gain_words(path, stage)), work_words(stage)), parts


class _Box:
    """One box on the grid."""

    def __init__(
        self, grid: Grid, x: int, y: int, width: int, height: int, names: int, charset: CharSet
    ) -> None:
        self._grid, self._x, self._y, self._charset = grid, x, y, charset
        self._width, self._height, self._names = width, height, names

    def draw(self, path: Path, group: Group, content: Content, cursor: int) -> list[Area]:
        grid, x, y, width = self._grid, self._x, self._y, self._width
        names, (gain, work), parts = content
        stage = group.stage
        here = cursor == group.first
        inside = group.first <= cursor <= group.first + len(group.parts)
        self._frame(Role.KEY if inside else Role.FRAME)
        for i, name in enumerate(names):
            grid.put(x + 1, y + 1 + i, name, Role.CURSOR if here else Role.STRONG, width - 2)
        if here:
            grid.put(x, y + 1, self._charset.cursor, Role.KEY)
        line = y + 1 + self._names
        loud = stage.muted or gain == "silence"
        grid.put(x + 1, line, gain.rjust(width - 2), Role.MUTE if loud else Role.TEXT, width - 2)
        role = Role.MUTE if work == "muted" else Role.DIM
        grid.put(x + 1, line + 1, work.rjust(width - 2), role, width - 2)
        areas = [Area(group.first, x, y, width, self._names + 4)]
        for i, (part, text, look) in enumerate(parts):
            chosen = cursor == group.first + part
            if chosen and (i == 0 or parts[i - 1][0] != part):
                grid.put(x + 1, line + 3 + i, self._charset.cursor, Role.KEY)
            grid.put(x + 2, line + 3 + i, text, Role.CURSOR if chosen else look, width - 3)
            areas.append(Area(group.first + part, x, line + 3 + i, width))
        return areas

    def _frame(self, role: Role) -> None:
        grid, x, y = self._grid, self._x, self._y
        right, bottom = x + self._width - 1, y + self._height - 1
        ascii_only = self._charset.encoding == "ascii"
        grid.fill(x, y, self._width, self._height)
        for line in (y, bottom):
            grid.fill(x, line, self._width, 1, role, self._charset.line)
        for column in (x, right):
            grid.fill(column, y, 1, self._height, role, self._charset.divider)
        for (cx, cy), glyph in zip(
            ((x, y), (right, y), (x, bottom), (right, bottom)),
            "++++" if ascii_only else "┌┐└┘",
            strict=True,
        ):
            grid.put(cx, cy, glyph, role)


def draw_down(
    grid: Grid,
    top: int,
    room: int,
    path: Path,
    cursor: int,
    levels: Mapping[ControlId, Level],
    charset: CharSet,
) -> Picture:
    """Draw the stages one below the other in at most `room` lines, the cursor's among them."""
    groups = groups_of(path)
    stages = walk(groups)
    inner = {group.first + i for group in groups for i in range(1, len(group.parts) + 1)}
    height = min(room, len(stages))
    start = min(max(0, cursor - height // 2), len(stages) - height)
    if cursor >= len(stages):
        start = len(stages) - height
    meter = 10 if grid.width >= 56 else 0
    width = grid.width - meter - 1
    areas: list[Area] = []
    meters: list[tuple[ControlId, Area]] = []
    for i in range(start, start + height):
        stage, y = stages[i], top + i - start
        here = i == cursor
        grid.put(0, y, charset.cursor if here else charset.down if i else " ", Role.KEY if here else Role.DIM)
        values = f"{charset.text(gain_words(path, stage)):>10} {work_words(stage):<8}"
        indent = 4 if i in inner else 2
        name = fit(charset.text(label(stage)), max(4, width - indent - len(values)), charset.ellipsis)
        grid.put(indent, y, name, Role.CURSOR if here else Role.STRONG if indent == 2 else Role.DIM)
        role = Role.MUTE if stage.muted else Role.DIM if i in inner else Role.TEXT
        grid.put(max(indent, width - cell_len(values)), y, values, role)
        areas.append(Area(i, 0, y, grid.width))
        if meter and _metered(stage) and stage.control is not None and i not in inner:
            area = Area(i, grid.width - meter, y, meter)
            meters.append((stage.control, area))
            horizontal_meter(grid, area.x, area.y, area.width, levels.get(stage.control), charset)
    return Picture(height, tuple(areas), tuple(meters))
