"""Creates the nodes of the graph from segments of the paths through them."""

from collections.abc import Iterator

from tuimixer.diagnosis.card_stages import jack_controls
from tuimixer.diagnosis.graph import WORTH, Line, Node, Part
from tuimixer.diagnosis.segments import Segment
from tuimixer.diagnosis.stage import Stage, StageGroup, StageKind
from tuimixer.model.control import Medium
from tuimixer.model.record import replace
from tuimixer.model.snapshot import Snapshot


def node_from(segment: Segment, old: Node | None, snapshot: Snapshot, capture: bool) -> Node:
    """The node of a segment. Args: `old` is this node as created from earlier paths, if it exists."""
    match segment.part:
        case Part.APPLICATION:
            return _application(segment, snapshot)
        case Part.DEVICE:
            return old or _device(segment, snapshot)
        case Part.CARD:
            return _card(segment, old, snapshot, capture)
        case Part.MODULE:
            return _module(segment, snapshot)
        case Part.JACK:
            return _jacks(segment, old, snapshot)


def _application(segment: Segment, snapshot: Snapshot) -> Node:
    program = next(s for s in segment.stages if s.kind is StageKind.APPLICATION)
    volume = next((s for s in segment.stages if s.kind is StageKind.STREAM), program)
    control = snapshot.controls.get(segment.id)
    stream = control.stream if control is not None else None
    state, note = segment.word, program.note
    if stream is not None:
        state = "paused" if stream.corked else "loopback" if stream.virtual else ""
        note = stream.media if stream.media != program.name else ""
    return Node(segment.id, Part.APPLICATION, Line(replace(volume, name=program.name), state), note=note)


def _device(segment: Segment, snapshot: Snapshot) -> Node:
    stage = segment.stages[0]
    control = snapshot.controls.get(segment.id)
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


def _card(segment: Segment, old: Node | None, snapshot: Snapshot, capture: bool) -> Node:
    card_id = segment.id.partition(":")[2]
    if old is None:
        card = snapshot.alsa_card(card_id)
        name = card.name if card is not None else card_id
        old = Node(
            segment.id, Part.CARD, Line(Stage(name, StageGroup.CARD, StageKind.MODULE, Medium.HARDWARE))
        )
        others = jack_controls(snapshot, card_id) if not capture else []
    else:
        others = []
    lines = list(old.lines)
    for stage in [*segment.stages, *others]:
        at = next((i for i, line in enumerate(lines) if line.stage.control == stage.control), None)
        control = snapshot.controls.get(stage.control or "")
        jack = control.element.jack if control is not None and control.element is not None else ""
        used = stage in segment.stages
        line = Line(stage, jack if jack == "unplugged" else "" if used else "not used")
        if at is None:
            lines.append(line)
        elif used and (lines[at].state == "not used" or stage.certain > lines[at].stage.certain):
            lines[at] = line
    return replace(old, lines=tuple(lines))


def _module(segment: Segment, snapshot: Snapshot) -> Node:
    name = segment.word or "module"
    head = Stage(name, StageGroup.PULSE, StageKind.MODULE, Medium.SOFTWARE, note=_module_note(segment))
    own = tuple(Line(_named(s, snapshot)) for s in segment.stages if s.kind is not StageKind.MODULE)
    return Node(segment.id, Part.MODULE, Line(head), own)


def _named(stage: Stage, snapshot: Snapshot) -> Stage:
    """A module's volume, named by its role: `monitor`, `input` or `output`."""
    control = snapshot.controls.get(stage.control or "")
    if stage.kind is StageKind.SOURCE or control is None:
        return replace(stage, name="monitor")
    return replace(stage, name="input" if control.kind.capture else "output")


def _jacks(segment: Segment, old: Node | None, snapshot: Snapshot) -> Node:
    stage = segment.stages[0]
    if not segment.id.startswith("jacks:"):
        return Node(segment.id, Part.JACK, Line(stage))
    lines = list(old.all_lines) if old is not None else []
    for line in _ports(segment, bool(lines), snapshot):
        at = next((i for i, known in enumerate(lines) if known.stage.name == line.stage.name), None)
        if at is None:
            lines.append(line)
        elif line.state == "in use":
            lines[at] = line
    return Node(segment.id, Part.JACK, lines[0], tuple(lines[1:]))


def _ports(segment: Segment, known: bool, snapshot: Snapshot) -> Iterator[Line]:
    """Lines for the ports of a device, or for the card or device itself if it has no ports."""
    stage, device = segment.stages[0], segment.device
    info = device.device if device is not None else None
    for port in info.ports if info is not None else ():
        used = info is not None and port.name == info.port
        state = "unplugged" if port.available is False else "in use" if used else "free"
        yield Line(Stage(port.description, StageGroup.CARD, StageKind.END, Medium.HARDWARE), state)
    if device is not None and info is not None and not info.ports:
        yield Line(replace(stage, name=device.name), "free" if info.state == "suspended" else "in use")
    elif info is None and not (known and _is_card(stage.name, snapshot)):
        yield Line(stage, "in use")


def _is_card(name: str, snapshot: Snapshot) -> bool:
    return any(card.name == name for card in snapshot.alsa_cards)


def _module_note(segment: Segment) -> str:
    return next((stage.note for stage in segment.stages if stage.kind is StageKind.MODULE), "")
