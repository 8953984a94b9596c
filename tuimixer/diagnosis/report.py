"""Paths and findings as text and as JSON values."""

from typing import Any

from tuimixer.diagnosis.finding import Finding
from tuimixer.diagnosis.stage import Path, Stage, StageKind, db
from tuimixer.model.scale import MUTE_CDB
from tuimixer.model.text import shortened

_WIDEST = 50
"""Maximum width of a name in the table."""
_PLAIN = (StageKind.APPLICATION, StageKind.END, StageKind.MODULE)


def path_json(path: Path) -> dict[str, Any]:
    """A path as JSON, with the loudest channel's dB; None if unknown, -99999.99 for silence, as in amixer.

    A stage that is part of a device's volume (a driven control, the software remainder) has a note that says
    so; its dB are included in those of the volume.
    """
    return {
        "stages": [
            {
                "name": stage.name,
                "layer": stage.layer.value,
                "kind": stage.kind.value,
                "db": _number(path.loudest(path.gain(stage))),
                "muted": stage.muted,
                "note": stage.note,
            }
            for stage in path.stages
        ],
        "total_db": _number(path.loudest(path.total)),
        "muted": path.muted,
    }


def findings_json(findings: tuple[Finding, ...]) -> dict[str, Any]:
    """Findings as JSON, in the order given."""
    return {
        "findings": [
            {"stage": f.stage, "reason": f.reason, "fix": f.advice, "fault": f.fault} for f in findings
        ]
    }


def path_lines(path: Path) -> list[str]:
    """A path for display: one line per stage, then the total."""
    width = max(len(_title(stage)) for stage in path.stages)
    lines = []
    for stage in path.stages:
        gain = "" if stage.kind in _PLAIN else _gain(path, stage)
        note = f"  {stage.note}" if stage.note else ""
        lines.append(f"{_title(stage):<{width}}  {gain:>11}{'  muted' if stage.muted else ''}{note}".rstrip())
    total = path.loudest(path.total)
    spread = {gain for gain in path.total if gain is not None}
    apart = "  " + ", ".join(f"{n} {db(g)}" for n, g in zip(path.channels, path.total, strict=True))
    silent = "  muted: nothing is heard" if path.muted and not path.capture else ""
    silent = silent or ("  muted: nothing is recorded" if path.muted else "")
    lines.append(f"{'Total':<{width}}  {db(total):>11}{silent}{apart if len(spread) > 1 else ''}")
    return lines


def finding_lines(findings: tuple[Finding, ...]) -> list[str]:
    """Findings for display, numbered for `--fix`."""
    lines: list[str] = []
    for number, finding in enumerate(findings, 1):
        if not finding.fault and (number == 1 or findings[number - 2].fault):
            lines += ["No problems found. Worth knowing:" if number == 1 else "Worth knowing:"]
        lines.append(f"{number}. {finding.reason}")
        how = f"tuimixer doctor --fix {number}: {finding.advice}" if finding.fix else finding.advice
        lines.append(f"   {how}")
    return lines or ["No problems found."]


def _title(stage: Stage) -> str:
    title = f"  {stage.name}" if stage.inside is not None else stage.name
    return shortened(title, _WIDEST)


def _gain(path: Path, stage: Stage) -> str:
    gains = path.gain(stage)
    if not stage.gains and stage.kind is StageKind.CONTROL:
        return "off" if stage.muted else "on"
    return db(path.loudest(gains))


def _number(cdb: int | None) -> float | None:
    return None if cdb is None else max(cdb, MUTE_CDB) / 100
