"""`move` and `kill`: streams of applications."""

from collections.abc import Iterable

from tuimixer.cli.failure import DONE, REFUSED, NoMatch, Usage
from tuimixer.cli.grammar import Verb
from tuimixer.cli.invocation import STREAMS, Invocation
from tuimixer.cli.options import JSON, WHERE
from tuimixer.cli.output import as_json, print_json
from tuimixer.model.command import Kill, MoveStream
from tuimixer.model.control import Control, Kind, Layer
from tuimixer.model.select import is_group

_OPTIONS = (JSON, *WHERE)
_DEVICE_OF = {Kind.SINK_INPUT: Kind.SINK, Kind.SOURCE_OUTPUT: Kind.SOURCE}

VERBS = (
    Verb(
        "move",
        "TARGET… DEVICE",
        "move streams to another output or input",
        "If DEVICE is `auto`, the streams follow the default device from then on.",
        _OPTIONS,
        (
            ("tuimixer move firefox headphones", "send Firefox's sound to the headphones"),
            ("tuimixer move @streams headphones", "send everything that is playing to the headphones"),
        ),
        least=2,
        complete=("stream", "device"),
    ),
    Verb(
        "kill",
        "TARGET…",
        "kill an application's streams",
        "The server closes each stream and reports an error to the application, which may open a new one.",
        _OPTIONS,
        (("tuimixer kill mpv", "kill mpv's streams"),),
        least=1,
        complete=("stream",),
    ),
)


def run(call: Invocation) -> int:
    """Carry out one of the verbs."""
    return _move(call) if call.verb == "move" else _kill(call)


def _move(call: Invocation) -> int:
    *streams, device = call.words
    found = [control for match in call.select_all(streams, STREAMS) for control in match.controls]
    targets: dict[Kind, str | None] = {}
    missing: NoMatch | Usage | None = None
    for kind in dict.fromkeys(control.kind for control in found):
        try:
            wanted = frozenset({_DEVICE_OF[kind]})
            targets[kind] = None if device.casefold() == "auto" else call.select(device, wanted).id
        except (NoMatch, Usage) as error:
            missing = error
    # If a group has streams of both directions, only those that fit the target move: playback to an output,
    # or recordings to an input.
    if missing is not None and not (targets and all(map(is_group, streams))):
        raise missing
    movable = [control for control in found if control.kind in targets]
    moved = call.carry_out([MoveStream(control.id, targets[control.kind]) for control in movable])
    answer(call, [control for control in movable if control.id in moved])
    return DONE if len(moved) == len(movable) else REFUSED


def _kill(call: Invocation) -> int:
    streams = [control.id for match in call.select_all(call.words, STREAMS) for control in match.controls]
    killed = call.carry_out(list(map(Kill, streams)))
    if call.json:
        print_json({"killed": killed})
    return DONE if len(killed) == len(streams) else REFUSED


def answer(call: Invocation, controls: Iterable[Control]) -> None:
    """Print the controls' new state if --json was given."""
    if call.json:
        read = call.read(Layer.PULSE).controls
        print_json({"controls": [as_json(read[c.id], read) for c in controls if c.id in read]})
