"""The whole machine as a graph: what plays or records, the server's devices, the cards' controls, the jacks,
and how sound goes from one to the next.

Pure: it is built from the paths that `trace` finds, so that it shows what they contain and nothing else.
"""

from collections.abc import Iterable, Iterator
from enum import IntEnum
from itertools import pairwise

from tuimixer.diagnosis.card_stages import is_null, jack_controls, recorders
from tuimixer.diagnosis.path import Start, feeds, leads_nowhere, sounds, trace, trace_all
from tuimixer.diagnosis.stage import CIRCLE, Path, Stage, StageGroup, StageKind
from tuimixer.model.control import Control, ControlId, Kind, Medium
from tuimixer.model.record import dataclass, replace
from tuimixer.model.scale import MUTE_CDB
from tuimixer.model.snapshot import Snapshot
from tuimixer.model.system import Holder, System

WORTH = 50
"""Hundredths of a dB from which a software remainder is shown."""


class Part(IntEnum):
    """Kind of node, in order from right to left for playback."""

    JACK = 0
    CARD = 1
    DEVICE = 2
    """A sink or a source."""
    MODULE = 3
    """Passes sound from one device to another: a loopback, a remapped or combined sink."""
    APPLICATION = 4


@dataclass(frozen=True, slots=True)
class Line:
    """A part of a node with its own volume, switch or state."""

    stage: Stage
    state: str = ""
    """In one word, if any: `paused`, `idle`, `dmix`, `records`; for a jack `in use`, `free` or `unplugged`,
    for a control before another jack `not used` or `unplugged`.
    """

    @property
    def gain(self) -> int | None:
        """Gain of the loudest channel in hundredths of a dB, None if unknown."""
        return Path.loudest(tuple(self.stage.gains.values()))

    @property
    def silent(self) -> bool:
        """Whether it blocks all sound."""
        return _silences(self.stage)

    @property
    def settable(self) -> ControlId | None:
        """The control that the volume keys move here."""
        plain = self.stage.kind in (
            StageKind.APPLICATION,
            StageKind.END,
            StageKind.MODULE,
            StageKind.REMAINDER,
        )
        return None if plain else self.stage.control


@dataclass(frozen=True, slots=True)
class Node:
    """One box of the map."""

    id: str
    """The control's id if it is a control, else its own."""
    part: Part
    head: Line
    lines: tuple[Line, ...] = ()
    """Its contents: a card's controls, its jacks, the volumes of a loopback."""
    column: int = 0
    """Counted from the jacks; each edge leads to another column."""
    default: bool = False
    note: str = ""
    """Title of what it plays, or what implements its volume."""

    @property
    def all_lines(self) -> tuple[Line, ...]:
        """The head and the lines below it."""
        return (self.head, *self.lines)


@dataclass(frozen=True, slots=True)
class Edge:
    """Sound goes from one node to another."""

    start: str
    end: str
    word: str = ""
    """How, if not directly: `dmix`, `loopback`, `combine`."""
    silent: bool = False
    """Nothing comes out of `start` here."""
    live: bool = False
    """Something plays over it now."""


@dataclass(frozen=True, slots=True)
class Sound:
    """One sound and the nodes that it passes through."""

    start: Start
    name: str
    paths: tuple[Path, ...]
    chains: tuple[tuple[str, ...], ...]
    """Ids of nodes, one tuple per path."""
    live: bool = True
    """Whether it is playing or recording now."""

    @property
    def nodes(self) -> frozenset[str]:
        """All nodes that it passes through."""
        return frozenset(node for chain in self.chains for node in chain)

    @property
    def edges(self) -> frozenset[tuple[str, str]]:
        """(start, end) of all edges that it follows."""
        return frozenset(pair for chain in self.chains for pair in pairwise(chain))

    @property
    def controls(self) -> frozenset[ControlId]:
        """All controls that it passes through."""
        return frozenset(s.control for path in self.paths for s in path.stages if s.control)


@dataclass(frozen=True, slots=True)
class Graph:
    """One direction of the machine."""

    capture: bool = False
    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    sounds: tuple[Sound, ...] = ()
    """Everything that plays or records, then the devices, as paths of a program that would use them."""

    def node(self, node_id: str) -> Node | None:
        """The node with an id."""
        return next((node for node in self.nodes if node.id == node_id), None)

    def sound_at(self, node_id: str, control: ControlId | None, before: Start | None) -> Sound | None:
        """The sound through a node and a control in it: the previous one if it passes there, else the first
        that plays.
        """
        through = [sound for sound in self.sounds if node_id in sound.nodes]
        if control is not None:
            through = [sound for sound in through if control in sound.controls] or through
        kept = next((sound for sound in through if same_start(sound.start, before)), None)
        own = next((sound for sound in through if node_of(sound.start) == node_id), None)
        return kept or own or next((s for s in through if s.live), None) or next(iter(through), None)

    def place_of(self, control: ControlId | None) -> tuple[str, int] | None:
        """Node and line of a control."""
        if control is None:
            return None
        for node in self.nodes:
            for number, line in enumerate(node.all_lines):
                if line.stage.control == control and line.stage.kind is not StageKind.REMAINDER:
                    return node.id, number
        return None


def node_of(start: Start) -> str:
    """The id of the node that a sound starts at or, for a recording, ends at."""
    if isinstance(start, str):
        return start
    side = "c" if start.capture else "p"
    return f"holder:{start.card}/{start.device}.{start.subdevice}{side}/{start.pid or ''}"


def same_start(one: Start | None, other: Start | None) -> bool:
    """Whether it is the same sound; a program's state may have changed."""
    return one is not None and other is not None and node_of(one) == node_of(other)


def graph_of(snapshot: Snapshot, system: System, capture: bool = False) -> Graph:
    """The map of one direction."""
    return _Builder(snapshot, system, capture).build()


class _Segment:
    """Neighboring stages of a path that form one node."""

    def __init__(
        self, node: str, part: Part, stages: list[Stage], word: str = "", device: Control | None = None
    ) -> None:
        self.id, self.part, self.stages, self.word = node, part, stages, word
        self.device = device
        """For a jack: the sink or source it belongs to."""


class _Builder:
    def __init__(self, snapshot: Snapshot, system: System, capture: bool) -> None:
        self._snapshot = snapshot
        self._system = system
        self._capture = capture
        self._nodes: dict[str, Node] = {}
        self._edges: dict[tuple[str, str], Edge] = {}
        self._sounds: list[Sound] = []
        self._devices: dict[ControlId, Sound] = {}

    def build(self) -> Graph:
        snapshot, system, capture = self._snapshot, self._system, self._capture
        devices = [c for c in snapshot.controls.values() if c.kind is (Kind.SOURCE if capture else Kind.SINK)]
        # A device's own path comes first: a loopback may receive its sound at another gain.
        for device in devices:
            if device.device and device.device.monitor_of is None:
                self._device_sound(device)
        for start, paths in trace_all(snapshot, system, sounds(snapshot, system, capture)):
            self._sound(start, paths)
        for start, paths in trace_all(snapshot, system, self._loopbacks()):
            self._sound(start, paths)
        for sink in devices if not capture else ():
            self._behind(sink)
        bare = []
        for card in snapshot.alsa_cards:
            if f"card:{card.id}" not in self._nodes and card.number is not None and self._has_pcm(card.id):
                program = Holder(card.id, card.number, 0, 0, capture)
                bare.append(self._follow(program, card.name, False, trace(snapshot, system, program), True))
        columns = _columns(self._nodes.values(), self._edges, capture)
        return Graph(
            capture,
            tuple(
                replace(node, column=columns[node.id], note=node.note or self._moves(node))
                for node in self._nodes.values()
            ),
            tuple(self._edges.values()),
            (*self._sounds, *self._devices.values(), *bare),
        )

    def _has_pcm(self, card: str) -> bool:
        return any(d.card == card and d.capture is self._capture for d in self._system.pcm_devices)

    def _loopbacks(self) -> list[ControlId]:
        """Module streams that are on no other path, such as a microphone's loopback."""
        kind = Kind.SOURCE_OUTPUT if self._capture else Kind.SINK_INPUT
        seen = {
            line.stage.control
            for node in self._nodes.values()
            for line in node.all_lines
            if line.stage.control
        }
        return [
            control.id
            for control in self._snapshot.controls.values()
            if control.kind is kind and control.stream and control.stream.virtual and not control.stream.peak
            if control.id not in seen
        ]

    def _device_sound(self, device: Control) -> Sound:
        """The sound of a program that would use a device, traced once."""
        if device.id not in self._devices:
            paths = trace(self._snapshot, self._system, device.id)
            self._devices[device.id] = self._follow(device.id, device.name, False, paths)
        return self._devices[device.id]

    def _sound(self, start: Start, paths: tuple[Path, ...]) -> None:
        """Add what plays or records."""
        if isinstance(start, Holder):
            self._sounds.append(self._follow(start, start.program or "a program", True, paths))
            return
        control = self._snapshot.controls[start]
        stream = control.stream
        name, live = (
            (stream.application or control.name, not stream.corked) if stream else (control.name, True)
        )
        device = self._snapshot.controls.get(control.target_id or "")
        if device is None:
            self._sounds.append(self._follow(start, name, live, paths))
            return
        # What is behind the device is in the graph already: with many streams this saves nearly all the work.
        behind = self._device_sound(device).chains
        own = list(paths[0].stages[-2:] if self._capture else paths[0].stages[:2])
        self._add(_Segment(start, Part.APPLICATION, own))
        chains = tuple((*c, start) if self._capture else (start, *c) for c in behind)
        for chain in chains:
            for one, other in pairwise(chain):
                known = self._edges.get((one, other))
                silent = known.silent if known is not None else one == start and any(map(_silences, own))
                self._connect(one, other, silent, live)
        self._sounds.append(Sound(start, name, paths, chains, live))

    def _follow(
        self, start: Start, name: str, live: bool, paths: tuple[Path, ...], bare: bool = False
    ) -> Sound:
        """Add the nodes and edges of a sound's paths; with `bare`, without the program."""
        chains = []
        for path in paths:
            segments = self._segments(path, start)
            if bare:
                segments = [segment for segment in segments if segment.part is not Part.APPLICATION]
            for segment in segments:
                self._add(segment)
            for one, other in pairwise(segments):
                silent = any(map(_silences, one.stages)) or self._lost(one, other)
                self._connect(one.id, other.id, silent, live, one.word or other.word)
            chains.append(tuple(segment.id for segment in segments))
        return Sound(start, name, paths, tuple(chains), live)

    def _connect(self, start: str, end: str, silent: bool, live: bool, word: str = "") -> None:
        """Add an edge, which is silent only if all its sounds are."""
        old = self._edges.get((start, end), Edge(start, end, word, True, False))
        self._edges[start, end] = Edge(start, end, old.word or word, old.silent and silent, old.live or live)

    def _lost(self, one: _Segment, other: _Segment) -> bool:
        """Whether the sound is lost: nothing is plugged in, or it ends in a null sink."""
        if "nothing is plugged in" in (one.stages[0].note, other.stages[0].note):
            return True
        if "nowhere" in (one.stages[0].name, other.stages[0].name):
            return True
        sink = self._snapshot.controls.get(one.id)
        ended = other.part is Part.JACK and sink is not None and is_null(sink)
        return ended and sink is not None and leads_nowhere(self._snapshot, sink)

    def _segments(self, path: Path, start: Start) -> list[_Segment]:
        found: list[_Segment] = []
        for i, stage in enumerate(path.stages):
            last = found[-1] if found else None
            after = path.stages[i + 1] if i + 1 < len(path.stages) else None
            match stage.kind:
                case StageKind.APPLICATION if last is not None and last.part is Part.APPLICATION:
                    last.stages.insert(0, stage)
                case StageKind.APPLICATION if stage.control is not None or isinstance(start, Holder):
                    found.append(_Segment(node_of(start), Part.APPLICATION, [stage], self._how(start)))
                case StageKind.STREAM if last is not None and last.part is Part.APPLICATION:
                    last.stages.append(stage)
                case StageKind.STREAM if after is not None and after.kind is StageKind.APPLICATION:
                    found.append(_Segment(node_of(start), Part.APPLICATION, [stage]))
                case StageKind.MODULE if stage.name.startswith("what plays on") or stage.note == "a monitor":
                    continue
                case StageKind.SOURCE if not path.capture:
                    _join(found, Part.MODULE, stage)
                case StageKind.STREAM | StageKind.MODULE:
                    _join(found, Part.MODULE, stage)
                case StageKind.SINK | StageKind.SOURCE:
                    found.append(_Segment(stage.control or stage.name, Part.DEVICE, [stage]))
                case StageKind.REMAINDER if last is not None:
                    last.stages.append(stage)
                case StageKind.CONTROL:
                    control = self._snapshot.controls.get(stage.control or "")
                    card = f"card:{control.card if control else ''}"
                    if last is None or last.id != card:
                        found.append(_Segment(card, Part.CARD, []))
                    found[-1].stages.append(stage)
                case StageKind.END if stage.name != CIRCLE:
                    found.append(self._end(stage, start, path))
        return found

    def _how(self, start: Start) -> str:
        """How a program that has a device open reaches it, if not through the server."""
        if not isinstance(start, Holder):
            return ""
        if start.dmix:
            return "dsnoop" if start.capture else "dmix"
        return "bypasses the server" if self._snapshot.server is not None else ""

    def _end(self, stage: Stage, start: Start, path: Path) -> _Segment:
        """The jack side: one node for all jacks of a card."""
        devices = [
            s.control for s in path.stages if s.kind in (StageKind.SINK, StageKind.SOURCE) and s.control
        ]
        nearest = devices[0] if path.capture and devices else devices[-1] if devices else ""
        device = self._snapshot.controls.get(nearest)
        card = start.card if isinstance(start, Holder) else device.card if device is not None else None
        known = {card.id for card in self._snapshot.alsa_cards}
        key = f"jacks:{card}" if card in known and stage.layer is StageGroup.CARD else ""
        return _Segment(key or f"end:{nearest or node_of(start)}", Part.JACK, [stage], device=device)

    # -- nodes --

    def _add(self, segment: _Segment) -> None:
        old = self._nodes.get(segment.id)
        match segment.part:
            case Part.APPLICATION:
                node = self._application(segment)
            case Part.DEVICE:
                node = old or self._device(segment)
            case Part.CARD:
                node = self._card(segment, old)
            case Part.MODULE:
                node = self._module(segment)
            case _:
                node = self._jacks(segment, old)
        self._nodes[segment.id] = node

    def _application(self, segment: _Segment) -> Node:
        program = next(s for s in segment.stages if s.kind is StageKind.APPLICATION)
        volume = next((s for s in segment.stages if s.kind is StageKind.STREAM), program)
        control = self._snapshot.controls.get(segment.id)
        stream = control.stream if control is not None else None
        state, note = segment.word, program.note
        if stream is not None:
            state = "paused" if stream.corked else "loopback" if stream.virtual else ""
            note = stream.media if stream.media != program.name else ""
        return Node(segment.id, Part.APPLICATION, Line(replace(volume, name=program.name), state), note=note)

    def _device(self, segment: _Segment) -> Node:
        stage = segment.stages[0]
        control = self._snapshot.controls.get(segment.id)
        state, info = "", control.device if control is not None else None
        if info is not None and info.state in ("idle", "suspended"):
            state = info.state
        rests = [s for s in segment.stages if s.kind is StageKind.REMAINDER]
        rests = [s for s in rests if any(gain is None or abs(gain) >= WORTH for gain in s.gains.values())]
        return Node(
            segment.id,
            Part.DEVICE,
            Line(stage, state),
            tuple(Line(rest) for rest in rests),
            default=control is not None and control.default,
        )

    def _moves(self, device: Node) -> str:
        """Which controls the server moves for a device's volume."""
        if device.part is not Part.DEVICE:
            return ""
        cards = (node for node in self._nodes.values() if node.part is Part.CARD)
        names = [line.stage.name for c in cards for line in c.lines if line.stage.inside == device.id]
        if names:
            return f"moves {', '.join(names)}"
        return "in software" if device.head.stage.medium is Medium.SOFTWARE else ""

    def _card(self, segment: _Segment, old: Node | None) -> Node:
        card_id = segment.id.partition(":")[2]
        if old is None:
            card = self._snapshot.alsa_card(card_id)
            name = card.name if card is not None else card_id
            old = Node(
                segment.id, Part.CARD, Line(Stage(name, StageGroup.CARD, StageKind.MODULE, Medium.HARDWARE))
            )
            others = jack_controls(self._snapshot, card_id) if not self._capture else []
        else:
            others = []
        lines = list(old.lines)
        for stage in [*segment.stages, *others]:
            at = next((i for i, line in enumerate(lines) if line.stage.control == stage.control), None)
            control = self._snapshot.controls.get(stage.control or "")
            jack = control.element.jack if control is not None and control.element is not None else ""
            used = stage in segment.stages
            line = Line(stage, jack if jack == "unplugged" else "" if used else "not used")
            if at is None:
                lines.append(line)
            elif used and (lines[at].state == "not used" or stage.certain > lines[at].stage.certain):
                lines[at] = line
        return replace(old, lines=tuple(lines))

    def _module(self, segment: _Segment) -> Node:
        name = segment.word or "module"
        head = Stage(name, StageGroup.PULSE, StageKind.MODULE, Medium.SOFTWARE, note=_module_note(segment))
        own = tuple(Line(self._named(s)) for s in segment.stages if s.kind is not StageKind.MODULE)
        return Node(segment.id, Part.MODULE, Line(head), own)

    def _named(self, stage: Stage) -> Stage:
        """A module's volume, named by its role."""
        control = self._snapshot.controls.get(stage.control or "")
        if stage.kind is StageKind.SOURCE or control is None:
            return replace(stage, name="monitor")
        return replace(stage, name="input" if control.kind.capture else "output")

    def _jacks(self, segment: _Segment, old: Node | None) -> Node:
        stage = segment.stages[0]
        if not segment.id.startswith("jacks:"):
            return Node(segment.id, Part.JACK, Line(stage))
        lines = list(old.all_lines) if old is not None else []
        for line in self._ports(segment, bool(lines)):
            at = next((i for i, known in enumerate(lines) if known.stage.name == line.stage.name), None)
            if at is None:
                lines.append(line)
            elif line.state == "in use":
                lines[at] = line
        return Node(segment.id, Part.JACK, lines[0], tuple(lines[1:]))

    def _ports(self, segment: _Segment, known: bool) -> Iterator[Line]:
        """The ports of a device, or the card or device itself if it has none."""
        stage, device = segment.stages[0], segment.device
        info = device.device if device is not None else None
        for port in info.ports if info is not None else ():
            used = info is not None and port.name == info.port
            state = "unplugged" if port.available is False else "in use" if used else "free"
            yield Line(Stage(port.description, StageGroup.CARD, StageKind.END, Medium.HARDWARE), state)
        if device is not None and info is not None and not info.ports:
            yield Line(replace(stage, name=device.name), "free" if info.state == "suspended" else "in use")
        elif info is None and not (known and self._is_card(stage.name)):
            yield Line(stage, "in use")

    def _is_card(self, name: str) -> bool:
        return any(card.name == name for card in self._snapshot.alsa_cards)

    def _behind(self, sink: Control) -> None:
        """What is behind a null sink: the programs that record what it receives."""
        if not is_null(sink) or sink.id not in self._nodes:
            return
        tapes = recorders(self._snapshot, sink)
        for tape in tapes:
            stage = Stage(
                tape.name, StageGroup.APPLICATION, StageKind.APPLICATION, Medium.SOFTWARE, control=tape.id
            )
            self._nodes[tape.id] = Node(tape.id, Part.JACK, Line(stage, "records"))
            self._connect(sink.id, tape.id, False, True, "monitor")
        if tapes or feeds(self._snapshot, sink):
            self._nodes.pop(f"end:{sink.id}", None)
            self._edges.pop((sink.id, f"end:{sink.id}"), None)


def _silences(stage: Stage) -> bool:
    gain = Path.loudest(tuple(stage.gains.values()))
    return stage.muted or (bool(stage.gains) and gain is not None and gain <= MUTE_CDB)


def _join(found: list[_Segment], part: Part, stage: Stage) -> None:
    """Add a stage to the current module, or start one."""
    if not found or found[-1].part is not part:
        found.append(_Segment("", part, []))
    segment = found[-1]
    segment.stages.append(stage)
    if stage.kind is StageKind.MODULE:
        segment.word = segment.word or stage.name
    elif not segment.id or stage.kind is StageKind.STREAM:
        segment.id = f"module:{stage.control}"


def _module_note(segment: _Segment) -> str:
    return next((stage.note for stage in segment.stages if stage.kind is StageKind.MODULE), "")


def _columns(nodes: Iterable[Node], edges: Iterable[tuple[str, str]], capture: bool) -> dict[str, int]:
    """Each node's column, counted from the jacks: beyond all that it feeds (capture: that feed it)."""
    parts = {node.id: node.part for node in nodes}
    further: dict[str, list[str]] = {}
    for start, end in edges:
        near, far = (end, start) if capture else (start, end)
        further.setdefault(near, []).append(far)
    columns: dict[str, int] = {}
    entered: set[str] = set()

    def column_of(node: str) -> int:
        if node not in columns:
            if node in entered:  # a loop
                return int(Part.DEVICE)
            entered.add(node)
            least = min(parts[node], Part.DEVICE)
            columns[node] = max([int(least), *(column_of(other) + 1 for other in further.get(node, ()))])
        return columns[node]

    for node in parts:
        column_of(node)
    last = max((columns[n] for n in parts if parts[n] is not Part.APPLICATION), default=0) + 1
    for node, part in parts.items():
        if part is Part.APPLICATION:
            columns[node] = max(last, columns[node])
    return columns
