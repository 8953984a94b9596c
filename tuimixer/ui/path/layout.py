"""Places the boxes and wires of the map. Pure: a graph and a size in, cells out.

The columns are side by side. Each box is placed near those it is connected to, and wires run in the gutters
between columns. A wire that crosses a column has its own row there.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from rich.cells import cell_len

from tuimixer.diagnosis.graph import Edge, Graph, Node, Part
from tuimixer.model.record import dataclass
from tuimixer.ui.path.labels import has_mark, least_values, line_values, media_width

GUTTER = 3
"""Minimum width between two columns: one cell each for leaving a box, for a track and for an arrow."""
_MOST_GUTTER = 16
_NARROWEST = 15
_WIDEST = 36
"""Maximum width of a column, unless four of them leave room for more."""
_SWEEPS = 4
_IDLE = 0.1


@dataclass(frozen=True, slots=True)
class Style:
    """How spaciously a map is drawn, and which parts of its boxes are shown."""

    framed: bool
    notes: bool
    meters: bool
    gap: int
    """Number of lines between two boxes."""

    def rows(self, node: Node) -> tuple[int, tuple[int, ...], int | None, int | None]:
        """The height of a node's box, and in the box the rows of the node's lines, its meter and its note."""
        y = 1 if self.framed else 0
        lines, meter, note = [y], None, None
        y += 1
        if self.meters and metered(node):
            meter, y = y, y + 1
        if self.notes and node.note:
            note, y = y, y + 1
        for _ in node.lines:
            lines.append(y)
            y += 1
        return y + (1 if self.framed else 0), tuple(lines), meter, note


STYLES = (
    Style(framed=True, notes=True, meters=True, gap=2),
    Style(framed=True, notes=True, meters=True, gap=1),
    Style(framed=True, notes=False, meters=True, gap=1),
    Style(framed=True, notes=False, meters=True, gap=0),
    Style(framed=False, notes=False, meters=True, gap=1),
    Style(framed=False, notes=False, meters=True, gap=0),
    Style(framed=False, notes=False, meters=False, gap=0),
)


@dataclass(frozen=True, slots=True)
class Box:
    """A node and its position; rows count from the top of the map."""

    node: Node
    x: int
    y: int
    width: int
    height: int
    lines: tuple[int, ...]
    """Rows of the head and of each line below it."""
    meter: int | None
    note: int | None


@dataclass(frozen=True, slots=True)
class Wire:
    """An edge and its line, which has only right angles."""

    edge: Edge
    points: tuple[tuple[int, int], ...]
    """The corners from start to end; the wire of a silent edge ends after a few cells."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The layout of a map."""

    style: Style
    width: int
    height: int
    boxes: Mapping[str, Box]
    wires: tuple[Wire, ...]
    columns: tuple[tuple[int, int, int], ...]
    """The columns from left to right, as (x, width, column of the graph)."""


def metered(node: Node) -> bool:
    """Whether a node has a level meter."""
    return node.part in (Part.APPLICATION, Part.DEVICE) and node.head.settable is not None


class _Item:
    """A node in a column, or the row where a wire crosses the column."""

    def __init__(self, key: str, height: int, anchor: int) -> None:
        self.key, self.height, self.anchor = key, height, anchor
        self.y = 0
        self.before: list[_Item] = []
        self.behind: list[_Item] = []


def plan(graph: Graph, width: int, height: int) -> Plan:
    """Lay out a graph in the most spacious style that fits the size; if none fits, the plan is larger."""
    order = sorted({node.column for node in graph.nodes}, reverse=not graph.capture)
    style = STYLES[-1]
    for style in STYLES:
        columns, hops = _stack(graph, order, style)
        needed = max((_height(column, style) for column in columns), default=0)
        if needed <= height:
            break
    room = max(height, needed) if graph.nodes else height
    _order(columns)
    _settle(columns, style, room)
    return _place(graph, order, columns, hops, style, width, room)


def _stack(
    graph: Graph, order: Sequence[int], style: Style
) -> tuple[list[list[_Item]], dict[tuple[str, str], list[_Item]]]:
    """The items of each column, and for each edge the items that it connects and passes through."""
    at = {column: i for i, column in enumerate(order)}
    columns: list[list[_Item]] = [[] for _ in order]
    items: dict[str, _Item] = {}
    for node in graph.nodes:
        height, lines, _, _ = style.rows(node)
        items[node.id] = _Item(node.id, height, lines[0])
        columns[at[node.column]].append(items[node.id])
    by_id = {node.id: node for node in graph.nodes}
    hops: dict[tuple[str, str], list[_Item]] = {}
    for edge in graph.edges:
        first, last = at[by_id[edge.start].column], at[by_id[edge.end].column]
        chain = [items[edge.start]]
        for column in range(first + 1, last) if not edge.silent else ():
            passing = _Item("", 1, 0)
            columns[column].append(passing)
            chain.append(passing)
        chain.append(items[edge.end])
        if first < last:
            for one, other in pairwise(chain):
                one.behind.append(other)
                other.before.append(one)
            hops[edge.start, edge.end] = chain
    return columns, hops


def _height(column: Iterable[_Item], style: Style) -> int:
    heights = [item.height for item in column]
    return sum(heights) + style.gap * max(0, len(heights) - 1)


def _order(columns: Sequence[list[_Item]]) -> None:
    """Sort each column by the mean position of its items' neighbors."""
    for _ in range(_SWEEPS):
        for column, side in [*((c, "before") for c in columns), *((c, "behind") for c in reversed(columns))]:
            # Columns differ in length, so positions are relative: 0 is the top and 1 the bottom.
            places = {id(item): (i + 0.5) / len(c) for c in columns for i, item in enumerate(c)}
            means: dict[int, float] = {}
            for item in column:
                near = [places[id(other)] for other in getattr(item, side)]
                # An item that nothing leads to is placed below those that lead to the same items.
                far = [places[id(other)] + _IDLE for other in (*item.before, *item.behind)]
                found = near or far or [1.0]
                means[id(item)] = sum(found) / len(found)
            column.sort(key=lambda item: means[id(item)])


def _settle(columns: Sequence[list[_Item]], style: Style, room: int) -> None:
    """Assign a row to each item: close to its neighbors' rows, without overlap, and within `room`."""
    longest = max(columns, key=lambda column: _height(column, style), default=[])
    at = next((i for i, column in enumerate(columns) if column is longest), 0)
    _spread(longest, [0.0] * len(longest), style, room)
    for column in [*columns[at + 1 :], *reversed(columns[:at])]:
        near_side = "before" if columns.index(column) > at else "behind"
        wanted = []
        for item in column:
            near = [other.y + other.anchor for other in getattr(item, near_side)]
            wanted.append(sum(near) / len(near) - item.anchor if near else 0.0)
        _spread(column, wanted, style, room)


def _spread(column: Sequence[_Item], wanted: Sequence[float], style: Style, room: int) -> None:
    y = 0
    for item, want in zip(column, wanted, strict=True):
        item.y = max(y, round(want))
        y = item.y + item.height + style.gap
    bottom = room
    for item in reversed(column):
        item.y = max(0, min(item.y, bottom - item.height))
        bottom = item.y - style.gap


def _place(
    graph: Graph,
    order: Sequence[int],
    columns: Sequence[list[_Item]],
    hops: Mapping[tuple[str, str], list[_Item]],
    style: Style,
    width: int,
    room: int,
) -> Plan:
    tracks = [_tracks(_groups(graph, columns, hops, i)) for i in range(len(columns) - 1)]
    lefts, widths, end = _across(graph, order, tracks, style, width)
    boxes: dict[str, Box] = {}
    for left, wide, column in zip(lefts, widths, columns, strict=True):
        for item in column:
            node = graph.node(item.key)
            if node is not None:
                boxes[node.id] = _box(node, item, left, wide, style)
    wires = []
    at = {id(item): i for i, column in enumerate(columns) for item in column}
    for edge in graph.edges:
        chain = hops.get((edge.start, edge.end))
        if chain is not None:
            first = at[id(chain[0])]
            gaps = [
                (lefts[i] + widths[i], lefts[i + 1] - 1, tracks[i].get(id(other), 0))
                for i, other in enumerate(chain[1:], first)
            ]
            wires.append(Wire(edge, _points(edge, chain, gaps)))
    marked = tuple(zip(lefts, widths, order, strict=True))
    height = max([room, *(box.y + box.height for box in boxes.values())])
    return Plan(style, max(end, 0), height, boxes, tuple(wires), marked)


def _across(
    graph: Graph, order: Sequence[int], tracks: Sequence[dict[int, int]], style: Style, width: int
) -> tuple[list[int], list[int], int]:
    """Left edge and width of each column, and the right edge of the last one."""
    silenced = {edge.start for edge in graph.edges if edge.silent}
    walled = {node.column for node in graph.nodes if node.id in silenced}
    # The wall that ends a silent wire has a cell of its own before the next column's arrows.
    gutters = [
        GUTTER + max(track.values(), default=0) + (column in walled)
        for column, track in zip(order, tracks, strict=False)
    ]
    room, widest = width - sum(gutters), max(_WIDEST, width // 4)
    full, units, least = (
        [min(_wanted(graph, column, style, words, unit), widest) for column in order]
        for words, unit in ((True, True), (False, True), (False, False))
    )
    widths = _widths(full, units if sum(units) <= room else least, room)
    spare = width - sum(widths) - sum(gutters)
    for i in range(len(gutters)):
        more = min(max(0, spare // len(gutters)), _MOST_GUTTER - min(_MOST_GUTTER, gutters[i]))
        gutters[i] += more
    lefts, x = [], 0
    for i, wide in enumerate(widths):
        lefts.append(x)
        x += wide + (gutters[i] if i < len(gutters) else 0)
    return lefts, widths, x


def _points(
    edge: Edge, chain: Sequence[_Item], gaps: Sequence[tuple[int, int, int]]
) -> tuple[tuple[int, int], ...]:
    """The corners of a wire. Args: `gaps`: first cell, last cell and track in each gutter it crosses."""
    points: list[tuple[int, int]] = []
    for (one, other), (left, right, track) in zip(pairwise(chain), gaps, strict=True):
        y, below = one.y + one.anchor, other.y + other.anchor
        points.append((left, y))
        if edge.silent and one is chain[0]:
            points.append((left + 2, y))
            break
        if y != below:
            points += [(left + 1 + track, y), (left + 1 + track, below)]
        points.append((right + (1 if other.key == "" else 0), below))
    return tuple(points)


def _box(node: Node, item: _Item, left: int, width: int, style: Style) -> Box:
    height, lines, meter, note = style.rows(node)
    return Box(
        node,
        left,
        item.y,
        width,
        height,
        tuple(item.y + line for line in lines),
        None if meter is None else item.y + meter,
        None if note is None else item.y + note,
    )


_Group = tuple[int, list[int], int]
"""Wires to the same item: the item's identity, the rows where the wires begin, and the item's row."""


def _groups(
    graph: Graph, columns: Sequence[list[_Item]], hops: Mapping[tuple[str, str], list[_Item]], gutter: int
) -> list[_Group]:
    """The wires of a gutter, grouped by the item that they lead to."""
    silent = {(edge.start, edge.end) for edge in graph.edges if edge.silent}
    inside = {id(item) for item in columns[gutter]}
    groups: dict[int, _Group] = {}
    for key, chain in hops.items():
        for one, other in pairwise(chain):
            if id(one) in inside and key not in silent:
                group = groups.setdefault(id(other), (id(other), [], other.y + other.anchor))
                group[1].append(one.y + one.anchor)
    return list(groups.values())


def _tracks(groups: Sequence[_Group]) -> dict[int, int]:
    """Group's identity → its track in the gutter. Groups that overlap have different tracks; a simple order
    avoids most crossings.
    """
    bent = [group for group in groups if any(row != group[2] for row in group[1])]
    # A wire that begins on a row where another ends has to turn off nearer to the start than the other.
    ordered = sorted(bent, key=lambda group: (group[2], min(group[1])))
    first: list[_Group] = []
    for group in ordered:
        later = [i for i, other in enumerate(first) if other[2] in group[1]]
        first.insert(min(later, default=len(first)), group)
    tracks: dict[int, int] = {}
    used: list[list[tuple[int, int]]] = []
    for key, rows, end in first:
        low, high = min(*rows, end), max(*rows, end)
        free = next(
            (
                i
                for i, spans in enumerate(used)
                if all(high < other_low or low > other_high for other_low, other_high in spans)
                and not any(tracks[o] >= i for o, _, e in first if o in tracks and e in rows)
            ),
            len(used),
        )
        if free == len(used):
            used.append([])
        used[free].append((low, high))
        tracks[key] = free
    return tracks


def _wanted(graph: Graph, column: int, style: Style, full: bool, unit: bool) -> int:
    """The width that a column needs for all of its text (`full`), or for its names and gains."""
    widest = 0
    for node in graph.nodes:
        if node.column == column:
            if full and style.notes:
                widest = max(widest, cell_len(node.note) - 1)
            for i, line in enumerate(node.all_lines):
                name = cell_len(line.stage.name) + (1 if i and node.part is not Part.JACK else 0)
                mark = 2 if has_mark(node, i) else 0
                values = (
                    cell_len(line_values(node, i, 99, media=media_width(node)))
                    if full
                    else least_values(node, i, unit)
                )
                widest = max(widest, name + mark + (values + 1 if values else 0))
    return max(widest + (1 if full else 0) + (4 if style.framed else 3), _NARROWEST)


def _widths(full: list[int], least: list[int], room: int) -> list[int]:
    """The widths of the columns: full ones if there is room; if not, the widest columns shrink first, each as
    far as it can.
    """
    widths = least[:]
    for i in sorted(range(len(least)), key=lambda i: -least[i]):
        most = max(0, least[i] - max(_NARROWEST, least[i] * 3 // 4))
        widths[i] -= min(most, max(0, sum(widths) - room))
    while sum(widths) > room and max(widths, default=0) > _NARROWEST:
        widths[widths.index(max(widths))] -= 1
    while sum(widths) < room and widths != full:
        short = [i for i, width in enumerate(widths) if width < full[i]]
        if not short:
            break
        widths[min(short, key=lambda i: widths[i])] += 1
    return widths
