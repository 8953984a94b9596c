"""The map in words, for screen readers: each sound with its route on a line of its own. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence

from rich.cells import cell_len

from tuimixer.diagnosis.graph import Graph, Node, Part, Sound, node_of, same_start
from tuimixer.diagnosis.stage import Path, StageKind
from tuimixer.model.control import ControlId
from tuimixer.model.record import dataclass
from tuimixer.ui.path.labels import short_gain
from tuimixer.ui.path.map import Drawn, Place
from tuimixer.ui.terminal.cells import Area, Grid
from tuimixer.ui.terminal.charsets import CharSet
from tuimixer.ui.terminal.palette import Role

_INDENT = 2
_PIECES = re.compile(r" ?[^ ]+(?: dB\b)?| ")
"""Words with the space before them; a number is not separated from its unit."""


@dataclass(frozen=True, slots=True)
class Word:
    """What is said about one place."""

    place: Place
    link: str
    """What joins it to the word before it."""
    text: str
    silent: bool = False
    """Whether the sound is blocked here."""


@dataclass(frozen=True, slots=True)
class Route:
    """A line of the map."""

    words: tuple[Word, ...]
    sound: Sound | None = None
    """None for what no sound passes through."""

    @property
    def places(self) -> tuple[Place, ...]:
        """The places in the order in which they are named."""
        return tuple(word.place for word in self.words)


def routes_of(graph: Graph, faulty: Mapping[ControlId, str]) -> tuple[Route, ...]:
    """A route for each sound, beginning at its program; then lines for devices that are not in use, for the
    controls of each card, and for other jacks.

    faulty: control → number of a finding about it.
    """
    programs = {node.id for node in graph.nodes if node.part is Part.APPLICATION}
    found: list[Route] = []
    said: set[Place] = set()
    for sound in graph.sounds:
        route = Route(tuple(_words(graph, sound, faulty)), sound)
        if node_of(sound.start) in programs or not said.issuperset(route.places):
            found.append(route)
            said.update(route.places)
    for node in graph.nodes:
        numbers = [i for i in range(len(node.all_lines)) if Place(node.id, i) not in said]
        if numbers:
            # All that is left of other nodes has its own name.
            start = f"card {node.head.stage.name}: " if node.part is Part.CARD and numbers[0] else ""
            links = (start, *[", "] * (len(numbers) - 1))
            words = (_word(node, i, link, faulty) for i, link in zip(numbers, links, strict=True))
            found.append(Route(tuple(words)))
    return tuple(found)


def route_at(routes: Sequence[Route], place: Place | None, sound: Sound | None) -> int | None:
    """The index of the route with the cursor: the selected sound's, else the first that has the place."""
    able = [i for i, route in enumerate(routes) if place in route.places]
    own = [i for i in able if sound is not None and _is_of(routes[i], sound)]
    return next(iter(own or able), None)


def _is_of(route: Route, sound: Sound) -> bool:
    return route.sound is not None and same_start(route.sound.start, sound.start)


def walk_routes(
    routes: Sequence[Route], place: Place, sound: Sound | None, dx: int, dy: int
) -> tuple[Place, Sound | None]:
    """Where an arrow key leads, and the sound that is then selected: along a route, or to the next one."""
    at = route_at(routes, place, sound)
    if at is None:
        return (routes[0].places[0], routes[0].sound) if routes else (place, sound)
    if dx:
        places = routes[at].places
        return places[min(max(places.index(place) + dx, 0), len(places) - 1)], sound
    if not 0 <= at + dy < len(routes):
        return place, sound
    return routes[at + dy].places[0], routes[at + dy].sound or sound


def draw_routes(
    routes: Sequence[Route], chosen: Place | None, sound: Sound | None, width: int, charset: CharSet
) -> Drawn:
    """Write all routes, each on as many lines as it needs."""
    at = route_at(routes, chosen, sound)
    texts: list[tuple[int, int, str, Role]] = []
    places: list[tuple[Place, Area]] = []
    focus: tuple[Area, ...] = ()
    y = 0
    for i, route in enumerate(routes):
        first, x = y, _INDENT
        for word in route.words:
            here = i == at and word.place == chosen
            role = Role.CURSOR if here else Role.MUTE if word.silent else Role.TEXT
            areas: list[Area] = []
            pieces = [(piece, False) for piece in _PIECES.findall(charset.text(word.link))]
            pieces += [(piece, True) for piece in _PIECES.findall(charset.text(word.text))]
            for piece, own in pieces:
                # A comma stays on the line of its word.
                if x + cell_len(piece.rstrip()) + own > width and x > _INDENT and piece[0] not in ",;":
                    x, y, piece = _INDENT, y + 1, piece.lstrip()
                texts.append((x, y, piece, role if own else Role.TEXT))
                if own:
                    areas.append(Area(x, y, cell_len(piece)))
                x += cell_len(piece)
            places += [(word.place, area) for area in areas]
            if here and areas:
                focus = areas[0], areas[0]
        y += 1
        if i == at:
            texts.append((0, first, charset.cursor, Role.KEY))
            focus = Area(0, first, 1, y - first), *focus[1:]
    grid = Grid(max(width, 1), max(y, 1))
    for x, line, text, role in texts:
        grid.put(x, line, text, role)
    cursor = (focus[-1].x, focus[-1].y) if focus else None
    return Drawn(grid, places=tuple(places), focus=focus, cursor=cursor)


def _words(graph: Graph, sound: Sound, faulty: Mapping[ControlId, str]) -> Iterator[Word]:
    """The places of all paths of a sound; of a further path only those that differ. A card's controls have
    their own line, so that a route is short enough to be listened to; it only names those that are silent.
    """
    said: set[Place] = set()
    for path, chain in zip(sound.paths, sound.chains, strict=False):
        nodes = [node for node in map(graph.node, chain) if node is not None]
        if graph.capture:
            nodes.reverse()
        link = "; also " if said else ""
        for node in nodes:
            for number in _lines(node, nodes, sound, path):
                if Place(node.id, number) in said:
                    continue
                if node.part is Part.JACK and link:
                    link = f"{link}{'from' if graph.capture else 'to'} "
                yield _word(node, number, link, faulty, nodes)
                said.add(Place(node.id, number))
                link = _verb(node, sound, graph.capture) if node.part is Part.APPLICATION else ", "


def _verb(program: Node, sound: Sound, capture: bool) -> str:
    """What joins a program to its device."""
    if sound.live and not program.head.silent and not program.head.state:
        return " records from " if capture else " plays on "
    return ", from " if capture else ", on "


def _lines(node: Node, nodes: Sequence[Node], sound: Sound, path: Path) -> Sequence[int]:
    """The lines of a node that a path passes through."""
    lines = list(enumerate(node.all_lines))
    if node.part is Part.CARD:
        own = [stage.control for stage in path.stages]
        return [i for i, line in lines if not i or (line.silent and line.stage.control in own)]
    if node.part is Part.JACK:
        # Without ports, a jack has the name of its device.
        names = [path.stages[0 if path.capture else -1].name]
        names += [other.head.stage.name for other in nodes if other.part is Part.DEVICE]
        return [next((i for name in names for i, line in lines if line.stage.name == name), 0)]
    return range(len(lines))


def _word(
    node: Node, number: int, link: str, faulty: Mapping[ControlId, str], nodes: Sequence[Node] = ()
) -> Word:
    """What is said about a line of a node. Args: `nodes`: the nodes of the route, if there is one."""
    line = node.all_lines[number]
    stage, state = line.stage, line.state
    text = stage.name
    if node.id.startswith("jacks:"):
        # A jack without a port of its own may only have the name of the card.
        cards = [other.head.stage.name for other in nodes if other.part is Part.CARD]
        text = "its jack" if text in cards else f"jack {text}"
        state = "" if state == "in use" else state
    elif node.part is Part.CARD and not number:
        text = f"card {text}"
    if stage.gains:
        text = f"{text} {short_gain(line.gain)}"
    elif stage.kind is StageKind.CONTROL and not stage.muted:
        text = f"{text} on"
    muted = "off" if stage.kind is StageKind.CONTROL and not stage.gains else "muted"
    problem = faulty.get(stage.control or "")
    words = (
        text,
        muted if stage.muted else "",
        "default" if node.default and not number else "",
        state,
        f"problem {problem}" if problem else "",
    )
    silent = line.silent and line.state not in ("unplugged", "not used")
    return Word(Place(node.id, number), link, ", ".join(filter(None, words)), silent)
