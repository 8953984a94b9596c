"""`doctor`: why is there no sound, and what would mend it."""

from tuimixer.cli.box import read_box
from tuimixer.cli.call import Call
from tuimixer.cli.failure import Usage
from tuimixer.cli.grammar import Option, Verb
from tuimixer.cli.options import JSON, WHERE
from tuimixer.cli.output import print_json, write
from tuimixer.diagnosis.doctor import diagnose
from tuimixer.diagnosis.finding import Finding
from tuimixer.diagnosis.report import finding_lines, findings_json
from tuimixer.model.command import Command
from tuimixer.model.control import Kind
from tuimixer.model.resolve import resolve
from tuimixer.model.snapshot import Snapshot

_KINDS = frozenset({Kind.SINK_INPUT, Kind.SOURCE_OUTPUT, Kind.SINK, Kind.SOURCE})
_WRONG = 1

VERBS = (
    Verb(
        "doctor",
        "[STREAM]",
        "say why there is no sound, and mend it",
        """Without STREAM: whatever plays and records now, else the default output.
The exit status is 0 when nothing is wrong and 1 when something is.
With --json: an object with the list "findings", each with "stage", "reason" and "mend", likeliest first.""",
        (JSON, Option("fix", "mend the finding of this number", value="N"), *WHERE),
        (("tuimixer doctor", "all findings"), ("tuimixer doctor --json", "the same for programs")),
        most=1,
        complete=("target",),
    ),
)


def run(call: Call) -> int:
    """Carry out `doctor`."""
    snapshot, system = read_box(call)
    chosen = call.select(call.words[0], _KINDS).controls if call.words else ()
    findings = diagnose(snapshot, system, tuple(control.id for control in chosen))
    wanted = call.arguments.get("fix")
    if wanted is not None:
        return _fix(call, snapshot, findings, wanted)
    if call.json:
        print_json(findings_json(findings))
    else:
        write("\n".join(finding_lines(findings)))
    return _WRONG if findings else 0


def _fix(call: Call, snapshot: Snapshot, findings: tuple[Finding, ...], wanted: str) -> int:
    if not wanted.isdecimal() or not 1 <= int(wanted) <= len(findings):
        there = f"there are 1 to {len(findings)}" if findings else "nothing is wrong"
        raise Usage(f"--fix {wanted[:20]}: no such finding; {there}")
    finding = findings[int(wanted) - 1]
    if not finding.mend:
        write(f"{finding.reason}\nThis is not tuimixer's to mend; what helps: {finding.advice}")
        return _WRONG
    for wish in finding.mend:
        command = wish if isinstance(wish, Command) else resolve(wish, snapshot.controls[wish.id]).command
        if command is not None:
            call.apply(command)
    write(f"{finding.reason}\nDone: {finding.advice}")
    return 0
