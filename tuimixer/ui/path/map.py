"""The map as cells: boxes with their gains, wires, and walls where the sound is blocked. Pure."""

from collections.abc import Iterable, Iterator, Mapping

from rich.cells import cell_len

from tuimixer.diagnosis.graph import Edge, Graph, Line, Part, Sound
from tuimixer.model.control import ControlId
from tuimixer.model.record import dataclass
from tuimixer.ui.mixer.bars import horizontal_meter
from tuimixer.ui.mixer.meters import Level
from tuimixer.ui.path.labels import lacks_unit, least_values, line_values, mark_of, media_width
from tuimixer.ui.path.layout import Box, Plan, Wire, metered
from tuimixer.ui.terminal.cells import Area, Grid, fit, fit_middle
from tuimixer.ui.terminal.charsets import CharSet
from tuimixer.ui.terminal.palette import Role

_UP, _DOWN, _LEFT, _RIGHT = 1, 3, 9, 27
# The glyph for each combination of the four arms' weights, 0 for none, 1 for light and 2 for heavy; its index
# is up + 3·down + 9·left + 27·right.
_JOINTS = " ╵╹╷│╿╻╽┃╴┘┚┐┤┦┒┧┨╸┙┛┑┥┩┓┪┫╶└┖┌├┞┎┟┠─┴┸┬┼╀┰╁╂╾┵┹┭┽╃┱╅╉╺┕┗┍┝┡┏┢┣╼┶┺┮┾╄┲╆╊━┷┻┯┿╇┳╈╋"
_DOUBLE = {"━": "═", "┃": "║"}
_HEADINGS = {
    Part.APPLICATION: "APPLICATIONS",
    Part.MODULE: "VIRTUAL",
    Part.DEVICE: "SERVER",
    Part.CARD: "CARD (ALSA)",
    Part.JACK: "JACKS",
}
ACCENTS = {
    Part.APPLICATION: Role.APPLICATIONS,
    Part.MODULE: Role.HEADING,
    Part.DEVICE: Role.OUTPUTS,
    Part.CARD: Role.HARDWARE,
    Part.JACK: Role.HARDWARE,
}
"""The color of each layer."""


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a node."""

    node: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Drawn:
    """A map on a grid of its own size, and where the lines and meters are on it."""

    grid: Grid
    focus: tuple[Area, ...] = ()
    """What is to be visible: all of the selected node or route, but above all its selected line or word."""
    culprit: Area | None = None
    """The box of the first fault, which is to be visible too if there is room; None if there is no fault."""
    cursor: tuple[int, int] | None = None
    """The cell of the selected name; None if nothing is selected."""
    units: bool = True
    """Whether gains have units; if not, the headings of their columns do."""
    places: tuple[tuple[Place, Area], ...] = ()
    meters: tuple[tuple[ControlId, Area], ...] = ()


def draw_map(
    graph: Graph,
    plan: Plan,
    chosen: Place | None,
    sound: Sound | None,
    faulty: Mapping[ControlId, str],
    levels: Mapping[ControlId, Level],
    charset: CharSet,
) -> Drawn:
    """Draw the whole map.

    sound: the sound to highlight. faulty: control → number of a finding about it.
    """
    grid = Grid(max(plan.width, 1), max(plan.height, 1))
    bright = sound.edges if sound else frozenset()
    wires = [w for w in plan.wires if (w.edge.start, w.edge.end) in bright or not _idle(plan, w.edge)]
    _draw_wires(grid, wires, bright, charset)
    brush = _Brush(grid, plan, chosen, sound, faulty, charset)
    places: list[tuple[Place, Area]] = []
    meters: list[tuple[ControlId, Area]] = []
    for box in plan.boxes.values():
        places += brush.draw(box)
        control = box.node.head.settable
        if box.meter is not None and control is not None and metered(box.node):
            area = Area(box.x + 2, box.meter, box.width - (4 if plan.style.framed else 3))
            meters.append((control, area))
            horizontal_meter(grid, area.x, area.y, area.width, levels.get(control), charset)
    focus: tuple[Area, ...] = ()
    at = plan.boxes.get(chosen.node) if chosen is not None else None
    if at is not None and chosen is not None and chosen.line < len(at.lines):
        whole = Area(at.x, at.y, at.width, at.height)
        focus = (whole, Area(at.x, at.lines[chosen.line], at.width))
    cursor = (focus[-1].x + 2, focus[-1].y) if focus else None
    wrong = [(number, area) for place, area in places if (number := faulty.get(_control(plan, place)))]
    culprit = min(wrong, key=lambda one: int(one[0]))[1] if wrong else None
    return Drawn(grid, focus, culprit, cursor, brush.units, tuple(places), tuple(meters))


def _control(plan: Plan, place: Place) -> ControlId:
    """The control at a place; empty if there is none."""
    return plan.boxes[place.node].node.all_lines[place.line].stage.control or ""


def headings(graph: Graph, plan: Plan, units: bool) -> Iterator[tuple[int, int, str, Role]]:
    """(x, width, text, role) of the headings above the columns. Args: `units`: whether gains have units."""
    before = ""
    for x, width, column in plan.columns:
        nodes = [node for node in graph.nodes if node.column == column]
        parts = {node.part for node in nodes}
        if parts:
            part = max(parts - {Part.MODULE}, default=Part.MODULE)
            if part is Part.DEVICE and column > Part.DEVICE:
                part = Part.MODULE
            text = _HEADINGS[part]
            shown, before = text if text != before else "", text
            if not units and any(line.stage.gains for node in nodes for line in node.all_lines):
                # Above the last letters of the gains, if that leaves a space after the heading.
                shown = f"{shown} ".ljust(width - (4 if plan.style.framed else 3)) + "dB"
            yield x, width, shown, ACCENTS[part]


class _Brush:
    """Draws boxes."""

    def __init__(
        self,
        grid: Grid,
        plan: Plan,
        chosen: Place | None,
        sound: Sound | None,
        faulty: Mapping[ControlId, str],
        charset: CharSet,
    ) -> None:
        self._grid, self._plan, self._chosen, self._charset = grid, plan, chosen, charset
        self._nodes = sound.nodes if sound else frozenset()
        self._controls = sound.controls if sound else frozenset()
        self._faulty = faulty
        live = (wire.edge for wire in plan.wires if wire.edge.live)
        self._live = frozenset(node for edge in live for node in (edge.start, edge.end))
        self.units = not any(
            lacks_unit(box.node, number, self._spare(box, number))
            for box in plan.boxes.values()
            for number in range(len(box.node.all_lines))
        )
        """Whether units are shown; if one gain has no room for its unit, none has a unit."""

    def draw(self, box: Box) -> Iterator[tuple[Place, Area]]:
        """Draw a box; returns where its lines are."""
        framed = self._plan.style.framed
        here = self._chosen is not None and self._chosen.node == box.node.id
        self._grid.fill(box.x, box.y, box.width, box.height)
        if framed:
            self._frame(box, here)
        else:
            self._grid.fill(box.x, box.y, 1, box.height, self._accent(box), self._charset.divider)
        if box.note is not None:
            room = box.width - 4
            note = fit(self._charset.text(box.node.note), room, self._charset.ellipsis)
            self._grid.put(box.x + 2, box.note, note, Role.DIM, room)
        yield Place(box.node.id), Area(box.x, box.y, box.width, box.height)
        rooms = [self._spare(box, number) for number in range(len(box.node.all_lines))]
        media = media_width(box.node, rooms)
        for number, line in enumerate(box.node.all_lines):
            values = self._charset.text(line_values(box.node, number, rooms[number], self.units, media))
            self._line(box, number, line, values)
            if number:
                yield Place(box.node.id, number), Area(box.x, box.lines[number], box.width)

    def _accent(self, box: Box) -> Role:
        if box.node.head.silent:
            return Role.MUTE
        bright = box.node.id in self._nodes or box.node.id in self._live
        return ACCENTS[box.node.part] if bright else Role.FRAME

    def _spare(self, box: Box, number: int) -> int:
        """The width for a line's values next to its name, at least as much as the values need."""
        node = box.node
        name = self._charset.text(node.all_lines[number].stage.name)
        indent = 1 if number and node.part is not Part.JACK else 0
        taken = indent + cell_len(name) + len(mark_of(node, number, self._charset)) + 1
        return max(box.width - (4 if self._plan.style.framed else 3) - taken, least_values(node, number))

    def _line(self, box: Box, number: int, line: Line, values: str) -> None:
        grid, charset, node = self._grid, self._charset, box.node
        y, x, width = box.lines[number], box.x + 2, box.width - (4 if self._plan.style.framed else 3)
        indent = 1 if number and node.part is not Part.JACK else 0
        chosen = self._chosen == Place(node.id, number)
        number_of = self._faulty.get(line.stage.control or "")
        if number_of:
            grid.put(x - 1, y, charset.clip, Role.ERROR)
        mark = mark_of(node, number, charset)
        name = charset.text(line.stage.name)
        room = width - indent - len(mark) - (len(values) + 1 if values else 0)
        name = (fit_middle if room > 7 else fit)(name, room, charset.ellipsis)
        off = line.state in ("unplugged", "free", "suspended", "not used")
        plain = Role.MUTE if line.silent and not off else Role.DIM if off else Role.TEXT
        along = node.part is not Part.CARD or not number or line.stage.control in self._controls
        strong = Role.STRONG if along and plain is Role.TEXT else plain
        end = grid.put(x + indent, y, name, Role.CURSOR if chosen else strong, room)
        lit = node.part is Part.JACK and not off
        grid.put(end, y, mark, Role.STAR if node.default else Role.METER if lit else Role.DIM)
        grid.put(x + width - len(values), y, values, plain)
        if chosen:
            grid.put(x - 1, y, charset.cursor, Role.KEY)

    def _frame(self, box: Box, here: bool) -> None:
        grid, role = self._grid, self._accent(box)
        x, y, right, bottom = box.x, box.y, box.x + box.width - 1, box.y + box.height - 1
        weight = 2 if here else 1
        across, down = weight * (_LEFT + _RIGHT), weight * (_UP + _DOWN)
        for line in (y, bottom):
            grid.fill(x + 1, line, box.width - 2, 1, role, joint(across, self._charset))
        for column in (x, right):
            grid.fill(column, y + 1, 1, box.height - 2, role, joint(down, self._charset))
        upper = ((x, y, _DOWN + _RIGHT), (right, y, _DOWN + _LEFT))
        lower = ((x, bottom, _UP + _RIGHT), (right, bottom, _UP + _LEFT))
        for column, line, arms in (*upper, *lower):
            grid.put(column, line, joint(weight * arms, self._charset), role)


def _idle(plan: Plan, edge: Edge) -> bool:
    """Whether an edge is from a suspended device to jacks that another device uses. Its wire would join the
    other's arrow, as if the suspended device played there.
    """

    def suspended(one: Edge) -> bool:
        return plan.boxes[one.start].node.head.state == "suspended"

    return (
        suspended(edge)
        and not edge.silent
        and plan.boxes[edge.end].node.part is Part.JACK
        and any(wire.edge.end == edge.end and not suspended(wire.edge) for wire in plan.wires)
    )


def _draw_wires(
    grid: Grid, wires: Iterable[Wire], bright: frozenset[tuple[str, str]], charset: CharSet
) -> None:
    cells: dict[tuple[int, int], list[int]] = {}
    roles: dict[tuple[int, int], Role] = {}
    walls: list[tuple[int, int]] = []
    arrows: dict[tuple[int, int], Role] = {}
    words: list[tuple[int, int, int, str]] = []

    def importance(wire: Wire) -> int:
        return 2 if (wire.edge.start, wire.edge.end) in bright else 1 if wire.edge.live else 0

    for wire in sorted(wires, key=importance):
        weight = importance(wire)
        role = Role.MUTE if wire.edge.silent else (Role.FRAME, Role.HINT, Role.KEY)[weight]
        heavy = 2 if weight == 2 else 1
        for (x, y), (x2, y2) in zip(wire.points, wire.points[1:], strict=False):
            for cell, arm in _arms(x, y, x2, y2):
                arms = cells.setdefault(cell, [0, 0, 0, 0])
                arms[arm] = max(arms[arm], heavy)
                roles[cell] = role
        # The first cell touches the box where the wire starts.
        first = cells[wire.points[0]]
        first[2] = max(first[2], heavy)
        end = wire.points[-1]
        if wire.edge.silent:
            walls.append(end)
        else:
            arrows[end] = role
            flat = max(
                (
                    (x2 - x, x, y)
                    for (x, y), (x2, y2) in zip(wire.points, wire.points[1:], strict=False)
                    if y == y2
                ),
                default=(0, 0, 0),
            )
            words.append((*flat[1:], flat[0], wire.edge.word))
    for (x, y), arms in cells.items():
        code = sum(arm * weight for arm, weight in zip(arms, (_UP, _DOWN, _LEFT, _RIGHT), strict=True))
        grid.put(x, y, joint(code, charset), roles[x, y])
    for (x, y), role in arrows.items():
        grid.put(x, y, charset.right, role)
    for x, y in walls:
        grid.put(x, y, charset.both, Role.MUTE)
    for x, y, length, word in words:
        text = f" {charset.text(word)} "
        if word and len(text) + 2 <= length:
            grid.put(x + (length - len(text)) // 2, y, text, Role.DIM)


def _arms(x: int, y: int, x2: int, y2: int) -> Iterator[tuple[tuple[int, int], int]]:
    """The arms (0 up, 1 down, 2 left, 3 right) of the cells on a straight line."""
    if y == y2:
        for column in range(min(x, x2), max(x, x2) + 1):
            if column > min(x, x2):
                yield (column, y), 2
            if column < max(x, x2):
                yield (column, y), 3
        return
    for row in range(min(y, y2), max(y, y2) + 1):
        if row > min(y, y2):
            yield (x, row), 0
        if row < max(y, y2):
            yield (x, row), 1


def joint(arms: int, charset: CharSet) -> str:
    """The glyph for these arms, as close as the character set allows."""
    glyph = _JOINTS[arms]
    if charset.encoding is None:
        return glyph
    if charset.encoding == "ascii":
        if arms % 9 == 0:
            return "=" if glyph in "━" else "-"
        return "|" if arms < 9 else "+"
    if glyph in _DOUBLE:
        return _DOUBLE[glyph]
    light = sum(unit for unit in (_UP, _DOWN, _LEFT, _RIGHT) if arms // unit % 3)
    return _JOINTS[light].translate(_WHOLE)


_WHOLE = str.maketrans("╴╶╵╷", "──││")
