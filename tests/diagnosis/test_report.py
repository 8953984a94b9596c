"""What is printed about a path and about findings, and how each stage is explained."""

import io
import json
import re
from pathlib import Path

import pytest

from tests.diagnosis.boxes import (
    SINK,
    STREAM,
    SYSTEM,
    ac97,
    changed,
    element,
    picture,
    scale,
    sink,
    soft_sink,
    stream,
)
from tuimixer.cli.commands.doctor import VERBS as DOCTOR
from tuimixer.cli.commands.path import VERBS as PATH
from tuimixer.cli.follow import Change
from tuimixer.cli.help import verb_help
from tuimixer.cli.output import as_json, write
from tuimixer.diagnosis.doctor import diagnose
from tuimixer.diagnosis.explain import explain
from tuimixer.diagnosis.finding import Finding, ordered
from tuimixer.diagnosis.path import trace
from tuimixer.diagnosis.report import finding_lines, findings_json, path_json, path_lines
from tuimixer.model.snapshot import Snapshot

pytestmark = pytest.mark.unit


def test_a_path_in_json() -> None:
    (path,) = trace(ac97(stream_db=-12.0), SYSTEM, STREAM)
    value = json.loads(json.dumps(path_json(path)))
    assert set(value) == {"stages", "total_db", "muted"}
    assert all(set(stage) == {"name", "layer", "kind", "db", "muted", "note"} for stage in value["stages"])
    assert value["total_db"] == pytest.approx(-18.06, abs=0.03)
    assert value["muted"] is False
    by_name = {stage["name"]: stage for stage in value["stages"]}
    assert by_name["Master"]["db"] == -6.0
    assert by_name["Master"]["layer"] == "alsa"


def test_a_terminal_without_unicode_gets_a_plain_minus(monkeypatch: pytest.MonkeyPatch) -> None:
    printed = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(printed, "ascii", write_through=True))
    (path,) = trace(ac97(stream_db=-12.0), SYSTEM, STREAM)
    write("\n".join(path_lines(path)))
    assert b" -12.00 dB" in printed.getvalue()
    assert b"?" not in printed.getvalue()


def test_unknown_is_null_and_silence_is_the_lowest_number() -> None:
    (vague,) = trace(ac97(sink_db=-18.06, master=-3000), SYSTEM, STREAM)
    assert path_json(vague)["total_db"] is None
    (silent,) = trace(ac97(stream_db=None), SYSTEM, STREAM)
    assert path_json(silent)["total_db"] == -99999.99
    assert path_json(silent)["muted"] is True


def test_a_path_for_a_person() -> None:
    (path,) = trace(ac97(stream_db=-12.0), SYSTEM, STREAM)
    lines = path_lines(path)
    assert lines[0].startswith("Player")
    assert lines[4].startswith("  Master")
    assert "−6.00 dB" in lines[4]
    assert lines[-1].startswith("Total")
    assert "−18.06 dB" in lines[-1]


def test_findings_for_a_person_and_for_a_program() -> None:
    findings = diagnose(changed(ac97(), STREAM, mute=(True,)), SYSTEM)
    told = {"stage": "Player", "reason": "Player is muted.", "fix": "Unmute Player.", "fault": True}
    assert findings_json(findings) == {"findings": [told]}
    assert finding_lines(findings) == ["1. Player is muted.", "   tuimixer doctor --fix 1: Unmute Player."]
    assert finding_lines(()) == ["No problems found."]


def test_the_guide_explains_every_key() -> None:
    guide = Path(__file__).parents[2] / "docs" / "guide.md"
    table = guide.read_text().partition("## JSON\n")[2].partition("\n## ")[0]
    snapshot = changed(ac97(), STREAM, mute=(True,))
    (finding,) = findings_json(diagnose(snapshot, SYSTEM))["findings"]
    keys = {*as_json(snapshot.controls[STREAM], snapshot.controls), *finding, *vars(Change)["__slots__"]}
    assert keys <= set(re.findall(r"`(\w+)`", table))


def told(snapshot: Snapshot, name: str) -> str:
    (path,) = trace(snapshot, SYSTEM, STREAM)
    return explain(snapshot, next(stage for stage in path.stages if stage.name == name))


def test_every_stage_can_be_asked_what_it_is() -> None:
    snapshot = ac97()
    (path,) = trace(snapshot, SYSTEM, STREAM)
    for stage in path.stages:
        text = explain(snapshot, stage)
        assert 40 < len(text) < 600
        assert text.endswith(".")


def test_what_pcm_is_depends_on_the_card() -> None:
    assert "drives this control" in told(ac97(), "PCM")
    assert "digital sound from programs" in told(ac97(), "PCM")
    softvol = element("PCM", -1000, scale(255, -5100, 0), user=True, mute=None)
    plain = picture(softvol, sink(-6.0, hardware_volume=False, base_db=0.0), stream())
    assert "softvol" in told(plain, "PCM")
    assert "drives this control" not in told(plain, "PCM")


def test_a_null_sink_is_explained() -> None:
    assert "discards" in told(picture(soft_sink(), stream(0.0, "pulse:sink/null")), "nothing")


def test_the_help_says_what_the_exit_statuses_mean() -> None:
    doctor, path = (" ".join(verb_help(verb).split()) for verb in (*DOCTOR, *PATH))
    assert (
        "Exit status: 0 no fault, or the requested fixes were applied; 1 a fault remains, or nothing"
        in doctor
    )
    assert "0 success" not in doctor
    assert "Exit status: 0 success; 1 nothing matches; " in path
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    assert "1 if nothing matches (or if `doctor` finds a fault)" in " ".join(readme.split())


def test_a_long_name_does_not_widen_the_table() -> None:
    snapshot = changed(ac97(), SINK, name="S" * 256)
    (path,) = trace(snapshot, SYSTEM, STREAM)
    lines = path_lines(path)
    assert max(len(line) for line in lines if "S" * 10 not in line) < 160
    assert next(line for line in lines if line.startswith("SSS"))[49] == "…"
    assert lines[-1].startswith("Total")
    assert len(lines[-1]) < 80


def test_notes_stand_behind_faults_and_say_so() -> None:
    fault = Finding("stream_muted", "Player", "Player is muted.", "Unmute Player.")
    note = Finding("corked", "Other", "Other is paused.", "Go on in Other.")
    both = ordered((note, fault))
    assert both == (fault, note)
    assert finding_lines(both) == [
        "1. Player is muted.",
        "   Unmute Player.",
        "Worth knowing:",
        "2. Other is paused.",
        "   Go on in Other.",
    ]
    assert finding_lines((note,))[0] == "No problems found. Worth knowing:"
