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
    """Kind of node; on the map of playback, in this order from right to left."""

    JACK = 0
    CARD = 1
    DEVICE = 2
    """A sink or source."""
    MODULE = 3
    """What passes sound from one device to another: a loopback, a remapped or a combined sink."""
    APPLICATION = 4


@dataclass(frozen=True, slots=True)
class Line:
    """A part of a node with its own volume, switch or state."""

    stage: Stage
    state: str = ""
    """A word or two, or empty: `paused`, `idle`, `dmix`, `records`; for a jack, `in use`, `free` or
    `unplugged`; for a control that leads to another jack, `not used` or `unplugged`.
    """

    @property
    def gain(self) -> int | None:
        """Gain of the loudest channel in hundredths of a dB; None if unknown."""
        return Path.loudest(tuple(self.stage.gains.values()))

    @property
    def silent(self) -> bool:
        """Whether the line blocks all sound."""
        return silences(self.stage)

    @property
    def settable(self) -> ControlId | None:
        """The control that the volume keys change here; None if there is none."""
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
    """The control's id if the node is a control, else an id of its own."""
    part: Part
    head: Line
    lines: tuple[Line, ...] = ()
    """The parts below the head: a card's controls, its jacks, or the volumes of a loopback."""
    column: int = 0
    """Number of the column, counted from the jacks; each edge leads to another column."""
    default: bool = False
    note: str = ""
    """The title of what is being played, or what applies a device's volume."""

    @property
    def all_lines(self) -> tuple[Line, ...]:
        """The head and the lines below it."""
        return (self.head, *self.lines)


@dataclass(frozen=True, slots=True)
class Edge:
    """A connection through which sound goes from one node to another."""

    start: str
    end: str
    word: str = ""
    """How the sound gets there, if not directly: `dmix`, `loopback`, `combine`."""
    silent: bool = False
    """Whether no sound leaves `start` here."""
    live: bool = False
    """Whether something is being played through this edge now."""


@dataclass(frozen=True, slots=True)
class Sound:
    """One sound and the nodes that it passes through."""

    start: Start
    name: str
    paths: tuple[Path, ...]
    chains: tuple[tuple[str, ...], ...]
    """The ids of the nodes on each path."""
    live: bool = True
    """Whether the sound is playing or recording now."""

    @property
    def nodes(self) -> frozenset[str]:
        """Ids of all nodes that the sound passes through."""
        return frozenset(node for chain in self.chains for node in chain)

    @property
    def edges(self) -> frozenset[tuple[str, str]]:
        """(start, end) of all edges that the sound follows."""
        return frozenset(pair for chain in self.chains for pair in pairwise(chain))

    @property
    def controls(self) -> frozenset[ControlId]:
        """Ids of all controls that the sound passes through."""
        return frozenset(s.control for path in self.paths for s in path.stages if s.control)


@dataclass(frozen=True, slots=True)
class Graph:
    """The map of one direction, playback or recording."""

    capture: bool = False
    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    sounds: tuple[Sound, ...] = ()
    """Everything that plays or records, then for each device the sound of a program that would use it."""

    def node(self, node_id: str) -> Node | None:
        """The node with an id; None if there is none."""
        return next((node for node in self.nodes if node.id == node_id), None)

    def sound_at(self, node_id: str, control: ControlId | None, before: Start | None) -> Sound | None:
        """The sound through a node and a control in it; `before`, the start of the previous sound, if that
        passes through them, else the node's own sound, else the first that is playing; None if there is none.
        """
        through = [sound for sound in self.sounds if node_id in sound.nodes]
        if control is not None:
            through = [sound for sound in through if control in sound.controls] or through
        kept = next((sound for sound in through if same_start(sound.start, before)), None)
        own = next((sound for sound in through if node_of(sound.start) == node_id), None)
        return kept or own or next((s for s in through if s.live), None) or next(iter(through), None)

    def place_of(self, control: ControlId | None) -> tuple[str, int] | None:
        """The id of the node and the number of the line that show a control; None if none does."""
        if control is None:
            return None
        for node in self.nodes:
            for number, line in enumerate(node.all_lines):
                if line.stage.control == control and line.stage.kind is not StageKind.REMAINDER:
                    return node.id, number
        return None


def node_of(start: Start) -> str:
    """The id of the node at which a sound starts or, for a recording, ends."""
    if isinstance(start, str):
        return start
    side = "c" if start.capture else "p"
    return f"holder:{start.card}/{start.device}.{start.subdevice}{side}/{start.pid or ''}"


def same_start(one: Start | None, other: Start | None) -> bool:
    """Whether both are the same sound, even if the state of its program has changed."""
    return one is not None and other is not None and node_of(one) == node_of(other)


def silences(stage: Stage) -> bool:
    """Whether a stage blocks all sound."""
    gain = Path.loudest(tuple(stage.gains.values()))
    return stage.muted or (bool(stage.gains) and gain is not None and gain <= MUTE_CDB)
