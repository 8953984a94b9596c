"""`doctor`: why there is no sound, and what would fix it."""

from collections.abc import Mapping
from time import monotonic, sleep

from tuimixer.cli.change import fix
from tuimixer.cli.failure import DONE, Usage
from tuimixer.cli.grammar import Option, Verb
from tuimixer.cli.inspection import read_host
from tuimixer.cli.invocation import Invocation
from tuimixer.cli.options import JSON, WHERE
from tuimixer.cli.output import print_json, write
from tuimixer.diagnosis.doctor import diagnose
from tuimixer.diagnosis.finding import Finding, outcome
from tuimixer.diagnosis.report import finding_lines, findings_json
from tuimixer.model.control import Control, ControlId, Kind
from tuimixer.model.text import shown, whole

_KINDS = frozenset({Kind.SINK_INPUT, Kind.SOURCE_OUTPUT, Kind.SINK, Kind.SOURCE})
_WRONG = 1
_CARRIED_OUT = 2.0
"""Seconds within which an acknowledged fix takes effect, if it does at all."""
_PAUSE = 0.05

VERBS = (
    Verb(
        "doctor",
        "[STREAM]",
        "find out why there is no sound, and fix the cause",
        """Without STREAM, everything that is playing or recording is examined. If nothing is playing or \
recording, the default output is examined.
Faults are listed before notes, with the most likely causes first.
The exit status is 0 if there is no fault, or if the requested fixes were applied, and 1 if a fault remains.
With --json, the output is an object with a list "findings"; each finding has "stage", "reason", "fix" and \
"fault". If --fix is also given, only the remaining findings are listed.""",
        (JSON, Option("fix", "fix finding number N, or all faults", value="N|all"), *WHERE),
        (("tuimixer doctor", "list all findings"), ("tuimixer doctor --json", "list all findings as JSON")),
        most=1,
        complete=("target",),
        statuses=(
            (DONE, "no fault, or the requested fixes were applied"),
            (_WRONG, "a fault remains, or nothing matches"),
        ),
    ),
)


def run(call: Invocation) -> int:
    """Carry out `doctor`."""
    snapshot, system = read_host(call)
    chosen = call.select(call.words[0], _KINDS).controls if call.words else ()
    ids = tuple(control.id for control in chosen)
    findings = diagnose(snapshot, system, ids)
    wanted = call.arguments.get("fix")
    if wanted is not None:
        chosen_ones = _faults(findings) if wanted.casefold() == "all" else (_numbered(findings, wanted),)
        status = DONE
        for finding in chosen_ones:
            held = fix(call, finding.fix)
            if not call.json:
                status = max(status, _say(finding, held))
        if not call.json:
            if not chosen_ones:
                write("No problems found.")
            return status
        findings = _remaining(call, ids, findings, chosen_ones)
    if call.json:
        print_json(findings_json(findings))
    else:
        write("\n".join(finding_lines(findings)))
    return _WRONG if _faults(findings) else DONE


def _faults(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    return tuple(finding for finding in findings if finding.fault)


def _numbered(findings: tuple[Finding, ...], wanted: str) -> Finding:
    number = whole(wanted, len(findings))
    if not number:
        there = f"use a number from 1 to {len(findings)}" if findings else "nothing is wrong"
        raise Usage(f"--fix {shown(wanted)}: there is no such finding; {there}")
    return findings[number - 1]


def _say(finding: Finding, held: Mapping[ControlId, Control | None]) -> int:
    """Print the outcome of a fix; `held` are the controls that a cap limits, as `fix` returns them."""
    if not finding.fix:
        write(f"{finding.reason}\ntuimixer cannot fix this. Try this: {finding.advice}")
        return _WRONG
    limited = {known: control for known, control in held.items() if control is not None}
    if len(limited) < len(held):
        write(f"{finding.reason}\nNot done: {finding.advice}")
        return _WRONG
    write(f"{finding.reason}\nDone: {outcome(finding, limited)}")
    return DONE


def _remaining(
    call: Invocation, ids: tuple[ControlId, ...], before: tuple[Finding, ...], fixed: tuple[Finding, ...]
) -> tuple[Finding, ...]:
    """The findings after a fix: as soon as the fixed ones are gone, or when they have had enough time.

    A server may act slightly after acknowledging, and a device resumes only after its stream has appeared.
    """
    expected = set(map(_about, before)) - set(map(_about, fixed))
    deadline = monotonic() + (_CARRIED_OUT if any(finding.fix for finding in fixed) else 0)
    while True:
        findings = diagnose(*read_host(call), ids)
        if {_about(finding) for finding in findings} <= expected or monotonic() > deadline:
            return findings
        sleep(_PAUSE)


def _about(finding: Finding) -> tuple[str, ControlId | None, str]:
    return finding.key, finding.control, finding.stage
