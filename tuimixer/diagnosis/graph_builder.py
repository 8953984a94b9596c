"""Builds the graph from the paths that `trace` finds; it contains nothing else. Pure."""

from collections.abc import Iterable
from itertools import pairwise

from tuimixer.diagnosis.card_stages import is_null, recorders
from tuimixer.diagnosis.graph import Edge, Graph, Line, Node, Part, Sound, silences
from tuimixer.diagnosis.graph_nodes import node_from
from tuimixer.diagnosis.onward import feeds, leads_nowhere
from tuimixer.diagnosis.path import Start, sounds, trace, trace_all
from tuimixer.diagnosis.segments import Segment, segments_of
from tuimixer.diagnosis.stage import Path, Stage, StageGroup, StageKind
from tuimixer.model.control import Control, ControlId, Kind, Medium
from tuimixer.model.record import replace
from tuimixer.model.snapshot import Snapshot
from tuimixer.model.system import Holder, System
from tuimixer.model.text import in_words


def graph_of(snapshot: Snapshot, system: System, capture: bool = False) -> Graph:
    """The map of one direction."""
    return _Builder(snapshot, system, capture).build()


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
        # A device's own path comes first, because a loopback may receive its sound at another gain.
        for device in devices:
            if not device.is_monitor:
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
        """Streams of modules that are on no other path, such as a microphone's loopback."""
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
            if control.kind is kind and control.stream and control.stream.virtual and not control.is_meter
            if control.id not in seen
        ]

    def _device_sound(self, device: Control) -> Sound:
        """The sound of a program that would use a device; it is traced only once."""
        if device.id not in self._devices:
            paths = trace(self._snapshot, self._system, device.id)
            self._devices[device.id] = self._follow(device.id, device.name, False, paths)
        return self._devices[device.id]

    def _sound(self, start: Start, paths: tuple[Path, ...]) -> None:
        """Add a sound that plays or records."""
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
        # What comes after the device is in the graph already; with many streams, this saves most of the work.
        behind = self._device_sound(device).chains
        own = list(paths[0].stages[-2:] if self._capture else paths[0].stages[:2])
        self._add(Segment(start, Part.APPLICATION, own))
        chains = tuple((*c, start) if self._capture else (start, *c) for c in behind)
        for chain in chains:
            for one, other in pairwise(chain):
                known = self._edges.get((one, other))
                silent = known.silent if known is not None else one == start and any(map(silences, own))
                self._connect(one, other, silent, live)
        self._sounds.append(Sound(start, name, paths, chains, live))

    def _follow(
        self, start: Start, name: str, live: bool, paths: tuple[Path, ...], bare: bool = False
    ) -> Sound:
        """Add the nodes and edges of a sound's paths, without the program if `bare`; returns the sound."""
        chains = []
        for path in paths:
            segments = segments_of(path, start, self._snapshot)
            if bare:
                segments = [segment for segment in segments if segment.part is not Part.APPLICATION]
            for segment in segments:
                self._add(segment)
            for one, other in pairwise(segments):
                silent = any(map(silences, one.stages)) or self._lost(one, other)
                self._connect(one.id, other.id, silent, live, one.word or other.word)
            chains.append(tuple(segment.id for segment in segments))
        return Sound(start, name, paths, tuple(chains), live)

    def _connect(self, start: str, end: str, silent: bool, live: bool, word: str = "") -> None:
        """Add an edge, or a sound to it; the edge is silent only if all its sounds are silent there."""
        old = self._edges.get((start, end), Edge(start, end, word, True, False))
        self._edges[start, end] = Edge(start, end, old.word or word, old.silent and silent, old.live or live)

    def _lost(self, one: Segment, other: Segment) -> bool:
        """Whether the sound is lost between two segments: nothing is plugged in, or a null sink ends it."""
        if "nothing is plugged in" in (one.stages[0].note, other.stages[0].note):
            return True
        if "nowhere" in (one.stages[0].name, other.stages[0].name):
            return True
        sink = self._snapshot.controls.get(one.id)
        ended = other.part is Part.JACK and sink is not None and is_null(sink)
        return ended and sink is not None and leads_nowhere(self._snapshot, sink)

    def _add(self, segment: Segment) -> None:
        old = self._nodes.get(segment.id)
        self._nodes[segment.id] = node_from(segment, old, self._snapshot, self._capture)

    def _moves(self, device: Node) -> str:
        """A note on which controls the server moves for a device's volume, if the node is a device."""
        if device.part is not Part.DEVICE:
            return ""
        cards = (node for node in self._nodes.values() if node.part is Part.CARD)
        names = [line.stage.name for c in cards for line in c.lines if line.stage.inside == device.id]
        if names:
            return f"moves {in_words(names)}"
        return "in software" if device.head.stage.medium is Medium.SOFTWARE else ""

    def _behind(self, sink: Control) -> None:
        """Add what comes after a null sink: the programs that record what it receives."""
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


def _columns(nodes: Iterable[Node], edges: Iterable[tuple[str, str]], capture: bool) -> dict[str, int]:
    """Each node's column, counted from the jacks: further away than all nodes that it feeds or, for capture,
    that feed it.
    """
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
