"""`path`: the path of a sound from the application to the jack, with the gain at each stage."""

from tuimixer.backend.base import Unreachable
from tuimixer.cli.failure import NoMatch
from tuimixer.cli.grammar import Option, Verb
from tuimixer.cli.inspection import read_host
from tuimixer.cli.invocation import Invocation
from tuimixer.cli.options import JSON, WHERE
from tuimixer.cli.output import print_json, write
from tuimixer.diagnosis.path import Start, sounds, trace
from tuimixer.diagnosis.report import path_json, path_lines
from tuimixer.model.control import Kind
from tuimixer.model.snapshot import Snapshot
from tuimixer.model.system import System

_KINDS = frozenset({Kind.SINK_INPUT, Kind.SOURCE_OUTPUT, Kind.SINK, Kind.SOURCE})

VERBS = (
    Verb(
        "path",
        "[STREAM]",
        "trace a sound to the jack, and print the gain at each stage",
        """STREAM is an application, an output, an input, or a program that has opened a card directly.
Without STREAM, everything that is playing is traced, including programs that bypass the server; if nothing \
is playing, the default output is traced.
An indented stage is part of the volume above it and is not counted again.
With --json, the output is an object with "stages", "total_db" (null if the gain of a stage is unknown) and \
"muted", or a list of such objects if several sounds are traced.""",
        (JSON, Option("all", "also trace recordings", short="A"), *WHERE),
        (
            ("tuimixer path", "trace everything that is playing"),
            ("tuimixer path firefox --json", "print the path of Firefox's sound as JSON"),
        ),
        most=1,
        complete=("target",),
    ),
)


def run(call: Invocation) -> int:
    """Carry out `path`."""
    snapshot, system = read_host(call)
    if call.words:
        starts = _named(call, call.words[0], system)
    else:
        starts = _everything(snapshot, system, call.arguments.has("all"))
    paths = [path for start in starts for path in trace(snapshot, system, start)]
    if not paths:
        raise _nothing_to_follow(snapshot)
    if call.json:
        values = [path_json(path) for path in paths]
        print_json(values[0] if len(values) == 1 else values)
    else:
        write("\n\n".join("\n".join(path_lines(path)) for path in paths))
    return 0


def _nothing_to_follow(snapshot: Snapshot) -> NoMatch | Unreachable:
    why = next((s.reason for s in snapshot.statuses if s.source == "pulse" and s.reason), "")
    if snapshot.server is None and why:
        return Unreachable(f"there is no sound to trace: {why}")
    return NoMatch("there is no sound to trace, because nothing is playing and the server has no output")


def _named(call: Invocation, name: str, system: System) -> list[Start]:
    """The streams or devices with this name, else the programs of this name that bypass the server."""
    try:
        return [control.id for control in call.select(name, _KINDS).controls]
    except (NoMatch, Unreachable):
        found: list[Start] = [h for h in system.holders if h.program == name or str(h.pid) == name]
        if not found:
            raise
        return found


def _everything(snapshot: Snapshot, system: System, recording: bool) -> list[Start]:
    starts = list(sounds(snapshot, system))
    if recording:
        starts += sounds(snapshot, system, capture=True)
    default = snapshot.server.default_sink if snapshot.server else None
    if not starts and default in snapshot.controls:
        starts.append(default)
    return starts
