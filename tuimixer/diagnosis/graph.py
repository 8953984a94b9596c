"""The whole machine as a graph: what plays or records, the server's devices, the cards' controls, the jacks,
and how sound goes from one to the next.
"""

from enum import IntEnum
from itertools import pairwise

from tuimixer.diagnosis.path import Start
from tuimixer.diagnosis.stage import Path, Stage, StageKind
from tuimixer.model.control import ControlId
from tuimixer.model.record import dataclass
from tuimixer.model.scale import MUTE_CDB

WORTH = 50
"""Minimum software remainder that is shown, in hundredths of a dB."""


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
        return silences(self.stage)

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
    """The control's id for a control, else an id of its own."""
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
    """Something is playing through it now."""


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
        """The sound through a node and a control in it: the previous one if it passes through them, else
        the first that is playing.
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


def silences(stage: Stage) -> bool:
    """Whether a stage blocks all sound."""
    gain = Path.loudest(tuple(stage.gains.values()))
    return stage.muted or (bool(stage.gains) and gain is not None and gain <= MUTE_CDB)
