"""`watch`: one line for each change, until interrupted."""

import sys
from datetime import datetime
from typing import Any

from tuimixer.cli.failure import report
from tuimixer.cli.follow import Change, Changes, follow
from tuimixer.cli.grammar import Verb
from tuimixer.cli.invocation import Invocation
from tuimixer.cli.options import JSON, WHERE
from tuimixer.cli.output import print_json, write
from tuimixer.model.control import ControlId
from tuimixer.model.snapshot import Phase, Snapshot
from tuimixer.model.text import shown

VERBS = (
    Verb(
        "watch",
        "[TARGET]",
        "print a line for each change, until interrupted",
        "Without TARGET, all changes to all controls are printed. Each line contains the time, the layer, "
        "the control's id, what has changed, the old and new values, and the control's name. With --json, "
        "each line is an object. Sound servers do not report who made a change. If the server goes away, or "
        "if TARGET does not exist yet, `watch` waits for the server or the control to appear.",
        (JSON, *WHERE),
        (
            ("tuimixer watch", "print all changes"),
            ("tuimixer watch firefox --json", "print changes to Firefox's streams as JSON"),
        ),
        most=1,
        complete=("target",),
        reaches="always",
    ),
)


def run(call: Invocation) -> int:
    """Watch until interrupted."""
    boxes: dict[str, Changes] = {}
    target = call.words[0] if call.words else ""
    before: dict[str, set[ControlId]] = {}

    def took(box: str, snapshot: Snapshot) -> None:
        meant = None
        if target and any(status.phase is Phase.CONNECTING for status in snapshot.statuses):
            meant = before.get(box, set())
        elif target:
            now = {c.id for match in call.matches_in(target, snapshot) for c in match.controls}
            if not now and box not in before:
                where = f" on {box}" if len(call.options.hosts) > 1 else ""
                report(f"nothing matches {shown(target)}{where} yet; waiting for a match")
            # A control that is gone is no longer found by its name, but its disappearance is a change, too.
            before[box], meant = now, now | before.get(box, set())
        for change in boxes.setdefault(box, Changes()).between(snapshot):
            if meant is None or change.id in meant or not change.id:
                _print(change, box if len(call.options.hosts) > 1 else "", call.json)
        sys.stdout.flush()

    return follow(call.options, took)


def _print(change: Change, box: str, json: bool) -> None:
    now = datetime.now().astimezone()
    if json:
        line = {name: getattr(change, name) for name in ("layer", "id", "kind", "name", "what", "old", "new")}
        where = {"host": box} if box else {}
        print_json({"time": now.isoformat(timespec="milliseconds"), **where, **line}, indent=None)
        return
    begin = f"{now:%H:%M:%S} {f'{box} ' if box else ''}{change.layer}"
    if change.what == "status":
        write(f"{begin} {change.old} -> {change.new} {change.name}".rstrip())
        return
    old, new = _words(change.old), _words(change.new)
    write(f"{begin} {change.id} {change.what} {old} -> {new} {change.name}")


def _words(value: Any) -> str:
    """A value such as `40%/45%`, `on` or `off`, without spaces so that lines can be split; `-` for none."""
    if value is None or value == []:
        return "-"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, list):
        levels = [f"{channel['percent']}%" for channel in value]
        return levels[0] if len(set(levels)) == 1 else "/".join(levels)
    return str(value).replace(" ", "_")
