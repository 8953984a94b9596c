"""Where the arrow keys move the cursor on the map. Pure."""

from collections.abc import Sequence

from tuimixer.diagnosis.graph import Graph, Node, Part, Sound
from tuimixer.ui.path.layout import Box, Plan
from tuimixer.ui.path.map import Place


def stops(node: Node) -> list[int]:
    """The lines of a node where the cursor stops: those with a volume or switch, or else the head."""
    lines = [i for i, line in enumerate(node.all_lines) if line.settable is not None]
    return lines if lines and node.part is not Part.JACK else [0]


def first_stop(node: Node, sound: Sound | None) -> Place:
    """Where the cursor enters a node: the first control that the sound passes through, or else the first."""
    lines = stops(node)
    on = [i for i in lines if sound is not None and node.all_lines[i].stage.control in sound.controls]
    return Place(node.id, (on or lines)[0])


def begin(graph: Graph) -> Place | None:
    """The place where the first sound starts, or else any place; None if the map is empty."""
    chains = (chain for sound in graph.sounds for chain in sound.chains if chain)
    ids = [chain[-1 if graph.capture else 0] for chain in chains]
    node = graph.node(ids[0]) if ids else next(iter(graph.nodes), None)
    return first_stop(node, None) if node is not None else None


def walk(graph: Graph, plan: Plan, place: Place, sound: Sound | None, dx: int, dy: int) -> Place:
    """The next place in a direction; `place` itself if there is none."""
    box = plan.boxes.get(place.node)
    if box is None:
        return begin(graph) or place
    return _along(graph, plan, box, place, sound, dx) if dx else _across(plan, box, place, dy)


def _across(plan: Plan, box: Box, place: Place, dy: int) -> Place:
    """The place above or below: on the next line, or in the next box of the column."""
    lines = stops(box.node)
    at = lines.index(place.line) + dy if place.line in lines else 0
    if 0 <= at < len(lines):
        return Place(place.node, lines[at])
    column = sorted((b for b in plan.boxes.values() if b.x == box.x), key=lambda b: b.y)
    at = column.index(box) + dy
    if not 0 <= at < len(column):
        return place
    inside = stops(column[at].node)
    return Place(column[at].node.id, inside[0 if dy > 0 else -1])


def _along(graph: Graph, plan: Plan, box: Box, place: Place, sound: Sound | None, dx: int) -> Place:
    """The place to the left or right: along a wire, preferably of `sound`, else the nearest on that side."""
    pairs = [(e.start, e.end) if dx > 0 else (e.end, e.start) for e in graph.edges]
    linked = [end for start, end in pairs if start == place.node and end in plan.boxes]
    ways = sound.edges if sound is not None else frozenset()
    chosen = [end for end in linked if ((place.node, end) if dx > 0 else (end, place.node)) in ways]
    near = _nearest(plan, box, chosen or linked)
    if near is None:
        beyond = [b for b in plan.boxes.values() if (b.x - box.x) * dx > 0]
        edge = min((b.x * dx for b in beyond), default=0)
        near = _nearest(plan, box, [b.node.id for b in beyond if b.x * dx == edge])
    return first_stop(near.node, sound) if near is not None else place


def _nearest(plan: Plan, box: Box, nodes: Sequence[str]) -> Box | None:
    """The box among those of `nodes` whose head is nearest to that of the given box."""
    return min(
        (plan.boxes[node] for node in nodes), key=lambda b: abs(b.lines[0] - box.lines[0]), default=None
    )
