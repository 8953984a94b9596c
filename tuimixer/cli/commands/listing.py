"""`list` and `get`: all controls, or the state of some."""

from collections.abc import Iterable, Iterator, Mapping

from tuimixer.backend.base import Unreachable
from tuimixer.cli.failure import report
from tuimixer.cli.grammar import Option, Verb
from tuimixer.cli.invocation import Invocation
from tuimixer.cli.options import JSON, WHERE
from tuimixer.cli.output import (
    decibel,
    gains,
    in_words,
    percents,
    print_json,
    states,
    write,
)
from tuimixer.model.control import Control, ControlId, Kind, Layer
from tuimixer.model.select import INPUT, OUTPUT
from tuimixer.model.snapshot import Snapshot
from tuimixer.model.text import shortened

_HEADINGS = {
    Kind.SINK: "Outputs",
    Kind.SOURCE: "Inputs",
    Kind.SINK_INPUT: "Playing",
    Kind.SOURCE_OUTPUT: "Recording",
    Kind.STORED: "Stored (not running)",
}
_TSV = ("id", "kind", "name", "percent", "db", "state", "default", "route", "title", "program", "pid")
_WIDEST_NAME, _WIDEST_TITLE = 40, 40
"""Width limits. A longer name is shown in full and shifts the rest of its line; a longer title is cut."""
_BESIDE = 2
"""Maximum number of channels that are shown individually if they differ."""

_AS_TSV = Option("tsv", "print a table with tab-separated columns", excludes="json")
_ALL = Option("all", "also list hidden controls, level meters and stored volumes", short="A")

VERBS = (
    Verb(
        "list",
        "",
        "list all controls, or those of one card (-c), with their volumes",
        'With --json, the output is an object with a list "controls"; the id of each control can be used as '
        "a TARGET of other verbs. With --tsv, there is one line per control, with these columns: "
        f"{', '.join(_TSV)}.",
        (JSON, _AS_TSV, _ALL, *WHERE),
        (
            ("tuimixer list", "list all controls by card"),
            ("tuimixer list --json", "print the list as JSON"),
            ("tuimixer list --tsv", "print the list for cut, awk or a spreadsheet"),
        ),
        most=0,
    ),
    Verb(
        "get",
        "[TARGET…]",
        "print a control's current state",
        "TARGET defaults to the default output. If several controls match, each line begins with the "
        "control's name.",
        (JSON, *WHERE),
        (
            ("tuimixer get", "print the state of the default output"),
            ("tuimixer get firefox --json", "print the state of Firefox's streams as JSON"),
        ),
        complete=("target",),
    ),
)


def run(call: Invocation) -> int:
    """Carry out `list` or `get`."""
    return _list(call) if call.verb == "list" else _get(call)


def _list(call: Invocation) -> int:
    if call.on_card:
        call.narrow(())
        snapshot = call.read(Layer.ALSA)
        failures: list[Unreachable] = []
    else:
        snapshot, failures = call.read_all()
    controls = list(snapshot.controls.values())
    if not call.arguments.has("all"):
        controls = [c for c in controls if c.kind is not Kind.STORED and not c.is_meter]
        hiding = [rule for rule in call.config.filter.rules if rule.hide]
        if hiding:
            from tuimixer.mixer.views import matches

            controls = [c for c in controls if not any(matches(rule, c) for rule in hiding)]
    if call.json:
        from tuimixer.cli.inspection import (
            with_totals,  # traces every path, which would slow down the table
        )
        from tuimixer.wiring import inspect_host

        print_json({"controls": list(with_totals(snapshot, inspect_host(call.options), controls))})
        return 0
    if call.arguments.has("tsv"):
        for line in ("\t".join(_TSV), *("\t".join(_cells(control, snapshot)) for control in controls)):
            write(line)
        return 0
    for line in table(controls, snapshot, call.labels_in(snapshot)):
        write(line)
    if not controls:
        report("there are no controls")
    for failure in failures:
        report(failure)
    return 0


def table(
    controls: Iterable[Control], snapshot: Snapshot, labels: Mapping[ControlId, tuple[str, ...]]
) -> Iterator[str]:
    """The controls under a heading per card and kind, in columns of the same widths.

    The sound server's devices and streams have the same names as on the screen: the first of their labels.
    """
    groups: dict[str, list[tuple[str, ...]]] = {}
    for control in controls:
        groups.setdefault(_heading(control, snapshot), []).append(_row(control, snapshot, labels))
    rows = [row for group in groups.values() for row in group]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(6)]
    widths[0] = min(widths[0], _WIDEST_NAME)
    for number, (heading, members) in enumerate(groups.items()):
        if number:
            yield ""
        yield heading
        for name, percent, gain, state, route, rest in members:
            yield (
                f"{name:<{widths[0]}}  {percent:>{widths[1]}}  {gain:>{widths[2]}}  {state:<{widths[3]}}  "
                f"{route:<{widths[4]}}  {rest}"
            ).rstrip()


def _heading(control: Control, snapshot: Snapshot) -> str:
    if control.element is None:
        return _HEADINGS[control.kind]
    card = snapshot.alsa_card(control.card)
    return f"{card.name} ({card.id})" if card and card.name != card.id else f"Card {control.card}"


def _row(
    control: Control, snapshot: Snapshot, labels: Mapping[ControlId, tuple[str, ...]]
) -> tuple[str, str, str, str, str, str]:
    """The cells of a control's line: mark and name, percent, dB, state, route, title and program."""
    name = _called(control, labels)
    if control.kind is Kind.ALSA_CAPTURE and not control.choice and "capture" not in name.casefold():
        name = f"{name}/capture"
    mark = "*" if control.default else " "
    percent, gain, state = _standing(control)
    where = snapshot.controls.get(control.target_id or "")
    arrow = "<-" if control.kind.capture else "->"
    return (
        f"{mark} {name}",
        percent,
        gain,
        state,
        f"{arrow} {_called(where, labels)}" if where else "",
        _origin(control, name),
    )


def _called(control: Control, labels: Mapping[ControlId, tuple[str, ...]]) -> str:
    """A name that verbs accept, such as `PCM,1`, `Speakers 1` or `Firefox: Song two`."""
    label = labels.get(control.id, (control.name,))[0]
    if control.element is None or not control.index or label != f"{control.name} {control.index}":
        return label
    return f"{control.name},{control.index}"


def _standing(control: Control) -> tuple[str, str, str]:
    """Percent, dB and state of a control; if many channels differ, the lowest and the highest level."""
    percentages, decibels = percents(control), gains(control)
    shown = [str(percent) for percent in percentages]
    levels = ["" if gain is None else decibel(gain) for gain in decibels]
    if len(set(zip(shown, levels, strict=True))) <= 1:
        percent, gain = shown[:1], levels[:1]
    elif len(shown) <= _BESIDE:
        percent, gain = shown, levels
    else:
        known = sorted(gain for gain in decibels if gain is not None)
        percent = [f"{min(percentages)}..{max(percentages)}"]
        gain = [f"{decibel(known[0])}..{decibel(known[-1])}"] if known else []
    return (
        f"{'/'.join(percent)}%" if percent else "",
        f"{'/'.join(gain)} dB" if any(gain) else "",
        " ".join(states(control)),
    )


def _origin(control: Control, name: str) -> str:
    """A stream's title, unless that is part of its name, and its program."""
    stream = control.stream
    if stream is None:
        return ""
    title = "" if stream.media in name else stream.media
    program = f"{stream.binary} ({stream.pid})" if stream.binary and stream.pid else stream.binary
    return "  ".join(part for part in (shortened(title, _WIDEST_TITLE), program) if part)


def _cells(control: Control, snapshot: Snapshot) -> tuple[str, ...]:
    """The cells of a control's line for --tsv. They contain no tabs, because names do not."""
    where = snapshot.controls.get(control.target_id or "")
    stream = control.stream
    gain = max((gain for gain in gains(control) if gain is not None), default=None)
    return (
        control.id,
        control.kind.value,
        control.name,
        str(max(percents(control))) if control.channels else "",
        "" if gain is None else decibel(gain),
        " ".join(states(control)),
        "yes" if control.default else "",
        where.name if where else "",
        stream.media if stream else "",
        stream.binary if stream else "",
        str(stream.pid) if stream and stream.pid else "",
    )


def _get(call: Invocation) -> int:
    targets = call.words or [OUTPUT]
    call.narrow(targets)
    matches = call.select_all(targets)
    controls = [control for match in matches for control in match.controls]
    if call.json:
        from tuimixer.cli.inspection import read_host, with_totals

        print_json({"controls": list(with_totals(*read_host(call), controls))})
        return 0
    asked = call.words[0].casefold() if call.words else OUTPUT
    stands_in = asked in (OUTPUT, INPUT) and controls[0].element is not None
    names = [_named(control, call.name_of(control)) for control in controls]
    for control, name in zip(controls, names, strict=True):
        once = names.count(name) == 1
        told = f"{name if once else f'{name} ({control.id})'}: " if len(controls) > 1 or stands_in else ""
        write(f"{told}{in_words(control)}")
    return 0


def _named(control: Control, name: str) -> str:
    """A control's name, with its card and direction or its title to tell it from others of the same name."""
    if name != control.name:
        return name
    if control.element is not None:
        index = f",{control.index}" if control.index else ""
        side = "/capture" if control.kind is Kind.ALSA_CAPTURE and control.name != "Capture" else ""
        return f"{control.card}/{control.name}{index}{side}"
    media = control.stream.media if control.stream else ""
    return f"{control.name} ({media})" if media and media != control.name else control.name
