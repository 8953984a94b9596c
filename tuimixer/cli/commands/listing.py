"""`list` and `get`: what is there, and where one control stands."""

import sys

from tuimixer.cli.call import Call
from tuimixer.cli.failure import sentence
from tuimixer.cli.grammar import Option, Verb
from tuimixer.cli.options import JSON, WHERE
from tuimixer.cli.output import as_json, in_words, print_json, write
from tuimixer.model.control import Control, Kind
from tuimixer.model.select import OUTPUT
from tuimixer.model.snapshot import Snapshot

_HEADINGS = {
    Kind.ALSA_PLAYBACK: "Card {card}, playback",
    Kind.ALSA_CAPTURE: "Card {card}, capture",
    Kind.SINK: "Outputs",
    Kind.SOURCE: "Inputs",
    Kind.SINK_INPUT: "Playing",
    Kind.SOURCE_OUTPUT: "Recording",
    Kind.STORED: "Stored for what is not running",
}

VERBS = (
    Verb(
        "list",
        "",
        "list all controls with their volumes",
        'With --json: an object with the list "controls"; the id of each is a TARGET for the other verbs.',
        (JSON, Option("all", "level meters' streams and stored volumes too", short="A"), *WHERE),
        (("tuimixer list", "all controls, grouped"), ("tuimixer list --json", "the same for programs")),
        most=0,
    ),
    Verb(
        "get",
        "[TARGET…]",
        "print where a control stands",
        "TARGET defaults to the default output. Of several controls each line begins with the name.",
        (JSON, *WHERE),
        (
            ("tuimixer get", "the default output"),
            ("tuimixer get firefox --json", "its streams, for programs"),
        ),
        complete=("target",),
    ),
)


def run(call: Call) -> int:
    """Carry out `list` or `get`."""
    return _list(call) if call.verb == "list" else _get(call)


def _list(call: Call) -> int:
    snapshot, failures = call.read_all()
    everything = call.arguments.has("all")
    controls = [c for c in snapshot.controls.values() if everything or not _hidden(c)]
    if call.cards:
        controls = [c for c in controls if c.element is None or c.card in call.cards]
    if call.json:
        print_json({"controls": [as_json(control, snapshot.controls) for control in controls]})
        return 0
    width = max((len(control.name) for control in controls), default=0)
    heading = ""
    for control in controls:
        title = _HEADINGS[control.kind].format(card=control.card)
        if title != heading:
            write(title if not heading else f"\n{title}")
            heading = title
        write(_line(control, snapshot, min(width, 32)))
    for failure in failures:
        sys.stderr.write(f"tuimixer: {sentence(failure)}\n")
    return 0


def _line(control: Control, snapshot: Snapshot, width: int) -> str:
    mark = "*" if control.default else " "
    name = f"{control.name},{control.index}" if control.element and control.index else control.name
    where = snapshot.controls.get(control.device or "")
    place = f" -> {where.name}" if where else ""
    return f"{mark} {name:<{width}}  {in_words(control)}{place}".rstrip()


def _hidden(control: Control) -> bool:
    return control.kind is Kind.STORED or bool(control.stream and control.stream.peak)


def _get(call: Call) -> int:
    matches = call.select_all(call.words or [OUTPUT])
    controls = [control for match in matches for control in match.controls]
    if call.json:
        print_json({"controls": [as_json(control, call.known) for control in controls]})
        return 0
    stands_in = not call.words and controls[0].element is not None
    for control in controls:
        name = f"{_named(control)}: " if len(controls) > 1 or stands_in else ""
        write(f"{name}{in_words(control)}")
    return 0


def _named(control: Control) -> str:
    """A control's name with what tells it from its like: its card, or its title."""
    if control.element is not None:
        return f"{control.card}/{control.name}"
    media = control.stream.media if control.stream else ""
    return f"{control.name} ({media})" if media and media != control.name else control.name
