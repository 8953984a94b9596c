"""Divides a path into segments, each of which is one node of the graph."""

from tuimixer.diagnosis.graph import Part, node_of
from tuimixer.diagnosis.path import Start
from tuimixer.diagnosis.stage import CIRCLE, Path, Stage, StageGroup, StageKind
from tuimixer.model.control import Control
from tuimixer.model.snapshot import Snapshot
from tuimixer.model.system import Holder


class Segment:
    """Neighboring stages of a path that form one node."""

    def __init__(
        self, node: str, part: Part, stages: list[Stage], word: str = "", device: Control | None = None
    ) -> None:
        self.id, self.part, self.stages, self.word = node, part, stages, word
        self.device = device
        """The sink or source that a jack belongs to; None for other segments."""


def segments_of(path: Path, start: Start, snapshot: Snapshot) -> list[Segment]:
    """The segments of a sound's path, in the order of the path."""
    found: list[Segment] = []
    for i, stage in enumerate(path.stages):
        after = path.stages[i + 1] if i + 1 < len(path.stages) else None
        if _join_program(found, stage, after, start, snapshot):
            continue
        match stage.kind:
            case StageKind.MODULE if stage.name.startswith("what plays on") or stage.note == "a monitor":
                continue
            case StageKind.SOURCE if not path.capture:
                _join_module(found, stage)
            case StageKind.STREAM | StageKind.MODULE:
                _join_module(found, stage)
            case StageKind.SINK | StageKind.SOURCE:
                found.append(Segment(stage.control or stage.name, Part.DEVICE, [stage]))
            case StageKind.REMAINDER if found:
                found[-1].stages.append(stage)
            case StageKind.CONTROL:
                _join_card(found, stage, snapshot)
            case StageKind.END if stage.name != CIRCLE:
                found.append(_end(stage, start, path, snapshot))
    return found


def _join_program(
    found: list[Segment], stage: Stage, after: Stage | None, start: Start, snapshot: Snapshot
) -> bool:
    """Add a program or the volume of its stream; returns False if the stage is neither."""
    last = found[-1] if found and found[-1].part is Part.APPLICATION else None
    if stage.kind is StageKind.APPLICATION:
        if last is not None:
            last.stages.insert(0, stage)
        elif stage.control is not None or isinstance(start, Holder):
            found.append(Segment(node_of(start), Part.APPLICATION, [stage], _how(start, snapshot)))
        return True
    if stage.kind is not StageKind.STREAM:
        return False
    if last is not None:
        last.stages.append(stage)
    elif after is not None and after.kind is StageKind.APPLICATION:
        found.append(Segment(node_of(start), Part.APPLICATION, [stage]))
    else:
        return False
    return True


def _join_card(found: list[Segment], stage: Stage, snapshot: Snapshot) -> None:
    """Add a control to the current card, or begin another card."""
    control = snapshot.controls.get(stage.control or "")
    card = f"card:{control.card if control else ''}"
    if not found or found[-1].id != card:
        found.append(Segment(card, Part.CARD, []))
    found[-1].stages.append(stage)


def _join_module(found: list[Segment], stage: Stage) -> None:
    """Add a stage to the current module, or begin another module."""
    if not found or found[-1].part is not Part.MODULE:
        found.append(Segment("", Part.MODULE, []))
    segment = found[-1]
    segment.stages.append(stage)
    if stage.kind is StageKind.MODULE:
        segment.word = segment.word or stage.name
    elif not segment.id or stage.kind is StageKind.STREAM:
        segment.id = f"module:{stage.control}"


def _how(start: Start, snapshot: Snapshot) -> str:
    """How a program reaches its device if it does not use the server: `dmix`, `dsnoop` or directly."""
    if not isinstance(start, Holder):
        return ""
    if start.dmix:
        return "dsnoop" if start.capture else "dmix"
    return "bypasses the server" if snapshot.server is not None else ""


def _end(stage: Stage, start: Start, path: Path, snapshot: Snapshot) -> Segment:
    """The segment of the jack; all jacks of a card share one node."""
    devices = [s.control for s in path.stages if s.kind in (StageKind.SINK, StageKind.SOURCE) and s.control]
    nearest = devices[0] if path.capture and devices else devices[-1] if devices else ""
    device = snapshot.controls.get(nearest)
    card = start.card if isinstance(start, Holder) else device.card if device is not None else None
    known = {card.id for card in snapshot.alsa_cards}
    key = f"jacks:{card}" if card in known and stage.layer is StageGroup.CARD else ""
    return Segment(key or f"end:{nearest or node_of(start)}", Part.JACK, [stage], device=device)
