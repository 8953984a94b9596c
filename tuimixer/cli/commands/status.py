"""`status`: one line for a status bar, once or at every change."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

from tuimixer.cli.failure import Usage
from tuimixer.cli.grammar import Option, Verb
from tuimixer.cli.invocation import Invocation
from tuimixer.cli.options import JSON, WHERE
from tuimixer.cli.output import as_json, decibel, gains, percents, write
from tuimixer.model.control import Control, ControlId
from tuimixer.model.select import OUTPUT
from tuimixer.model.snapshot import Phase, Snapshot
from tuimixer.model.text import shown

TYPE_CHECKING = False  # importing typing would slow down every volume key press
if TYPE_CHECKING:
    from typing import Any

BARS = ("waybar", "i3blocks", "polybar", "tmux")
FIELDS = (
    "name",
    "percent",
    "db",
    "total",
    "state",
    "volume",
    "muted",
    "device",
    "port",
    "form_factor",
    "kind",
    "id",
)

VERBS = (
    Verb(
        "status",
        "[TARGET]",
        "print one line for a status bar",
        f"""TARGET defaults to the default output. FORMAT is {", ".join(BARS)}, or a text that contains at \
least one of the fields {" ".join(f"{{{name}}}" for name in FIELDS)}. {{state}} is muted, off, low, medium \
or high; {{volume}} is the percentage or, if the control is muted, the word muted; {{muted}} is left, \
right, both or empty; {{total}} is the gain of the whole path in dB (not available with --follow). With \
--follow, the line is printed at once, and again whenever it changes.""",
        (
            Option("format", "print the line in this format", value="FORMAT", excludes="json"),
            Option("follow", "print the line again at every change, until interrupted"),
            JSON,
            *WHERE,
        ),
        (
            ("tuimixer status", "print the volume, or the word muted"),
            ("tuimixer status --format waybar", "print JSON for waybar's custom module"),
            ("tuimixer status --format i3blocks", "print the full text, the short text and the color"),
            ("tuimixer status --format polybar", "print a line for polybar's custom/script"),
            ("tuimixer status --format tmux", "print a line for status-right in tmux"),
            ("tuimixer status --format '{name} {percent}% {db} dB'", "use a custom format"),
        ),
        most=1,
        complete=("target",),
        reaches="follow",
    ),
)


def run(call: Invocation) -> int:
    """Print the line once or, with --follow, at every change."""
    target = call.words[0] if call.words else OUTPUT
    form = "json" if call.json else call.arguments.get("format") or "{volume}"
    _check(form)
    if not call.arguments.has("follow"):
        wants_total = form == "json" or "{total}" in form
        if not wants_total:
            call.narrow([target])
        control = call.select(target).controls[0]
        total = None
        if wants_total:
            from tuimixer.cli.inspection import read_host, total_of

            total = total_of(*read_host(call), control.id)
        _write(_line(control, form, call.known, call.name_of, follow=False, total=total))
        return 0
    if "{total}" in form:
        raise Usage("{total} depends on the whole machine and cannot be used with --follow")
    return _follow(call, target, form)


def _follow(call: Invocation, target: str, form: str) -> int:
    from tuimixer.cli.follow import follow

    if len(call.options.hosts) > 1:
        raise Usage("--follow works with a single host; run a separate command for each host")
    shown_last: list[str] = []

    def took(box: str, snapshot: Snapshot) -> None:
        if any(status.phase is Phase.CONNECTING for status in snapshot.statuses):
            return
        matches = call.matches_in(target, snapshot)
        line = (
            _line(matches[0].controls[0], form, snapshot.controls, call.name_of, follow=True)
            if matches
            else _nothing(form)
        )
        if shown_last != [line]:
            shown_last[:] = [line]
            _write(line)

    return follow(call.options, took)


def _write(line: str) -> None:
    for part in line.split("\n"):
        write(part)
    sys.stdout.flush()


def _check(form: str) -> None:
    if form in BARS or form == "json":
        return
    if "{" not in form:
        raise Usage(
            f"--format {shown(form)} has no field; add a field such as {{percent}}, or use one of "
            f"{', '.join(BARS)}"
        )
    _fill(form, dict.fromkeys(FIELDS, ""))


def _fill(form: str, fields: Mapping[str, str]) -> str:
    """Fill in the `{fields}` of a text; `{{` and `}}` stand for braces."""
    filled, rest = "", form
    while rest:
        if rest[0] not in "{}":
            filled, rest = filled + rest[0], rest[1:]
        elif rest[:2] in ("{{", "}}"):
            filled, rest = filled + rest[0], rest[2:]
        else:
            name, brace, after = rest[1:].partition("}")
            if rest[0] == "}" or not brace or "{" in name:
                raise Usage(
                    f"--format {shown(form)} is not valid; write fields like {{percent}}, and a brace as {{{{"
                )
            if name not in fields:
                raise Usage(f"--format: there is no field {shown(name)}; use one of {', '.join(FIELDS)}")
            filled, rest = filled + fields[name], after
    return filled


def _fields(
    control: Control,
    controls: Mapping[ControlId, Control],
    name_of: Callable[[Control], str],
    total: float | None,
) -> dict[str, str]:
    percent = max(percents(control), default=0)
    gain = max((gain for gain in gains(control) if gain is not None), default=None)
    device = controls.get(control.target_id or "")
    return {
        "name": name_of(control),
        "percent": str(percent),
        "db": "" if gain is None else decibel(gain),
        "total": "" if total is None else decibel(total),
        "state": _state(control, percent),
        "volume": "muted" if control.muted else f"{percent}%",
        "muted": _muted(control),
        "device": name_of(device) if device else "",
        "port": (control.device.port or "") if control.device else "",
        "form_factor": control.properties.get("device.form_factor", ""),
        "kind": control.kind.value,
        "id": control.id,
    }


def _muted(control: Control) -> str:
    """Which sides are muted: `left`, `right`, `both`, or empty."""
    mute = control.mute or ()
    if not any(mute):
        return ""
    return "both" if all(mute) else "left" if mute[0] else "right"


def _state(control: Control, percent: int) -> str:
    if control.muted:
        return "muted"
    if percent == 0:
        return "off"
    return "low" if percent < 34 else "medium" if percent < 67 else "high"


def _line(
    control: Control,
    form: str,
    controls: Mapping[ControlId, Control],
    name_of: Callable[[Control], str],
    follow: bool,
    total: float | None = None,
) -> str:
    fields = _fields(control, controls, name_of, total)
    volume, muted = fields["volume"], fields["state"] == "muted"
    match form:
        case "json":
            return _json(as_json(control, controls) | ({} if follow else {"total_db": total}))
        case "waybar":
            gain = f" {fields['db']} dB" if fields["db"] else ""
            tooltip = f"{fields['name']}: {fields['percent']}%{gain}{', muted' if muted else ''}"
            return _json(
                {
                    "text": volume,
                    "alt": fields["state"],
                    "tooltip": tooltip.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"),
                    "class": fields["state"],
                    "percentage": int(fields["percent"]),
                }
            )
        case "i3blocks":
            # A persistent block takes each line as a new full text, without a short text and a color.
            return volume if follow else f"{volume}\n{volume}" + ("\n#888888" if muted else "")
        case "polybar":
            return f"%{{F#888888}}{volume}%{{F-}}" if muted else volume
        case "tmux":
            return volume
    return _fill(form, fields)


def _nothing(form: str) -> str:
    """The line to print if there is nothing to show, because the server is gone, say, or the application is
    not running.
    """
    if form in ("json", "waybar"):
        return _json(
            {"text": "", "alt": "none", "tooltip": "", "class": "none", "percentage": 0}
            if form == "waybar"
            else {}
        )
    return "" if form == "i3blocks" else "-"


def _json(value: Any) -> str:
    import json

    return json.dumps(value)
