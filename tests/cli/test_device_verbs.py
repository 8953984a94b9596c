"""The verbs for devices, on the simulated machine, which has connectors, cards and formats; lists to read."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.program import Outcome, run_here
from tuimixer.cli.verbs import load

pytestmark = pytest.mark.unit

Demo = Callable[..., Outcome]


@pytest.fixture
def demo(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Demo:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    tmp_path.chmod(0o700)

    def call(verb: str, *words: str) -> Outcome:
        return run_here([verb, "--demo", "--no-config", *words], capsys)

    return call


@pytest.fixture
def notified(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The arguments of a `notify-send` in PATH, one per line; there is no desktop to show them."""
    told = tmp_path / "told"
    program = tmp_path / "notify-send"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {told}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return told


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["next"], "HDMI 1"),
        (["previous"], "USB Headset"),
        (["NEXT", "@output"], "HDMI 1"),
        (["next", "@input"], "Built-in Microphone"),
    ],
)
def test_the_next_default(demo: Demo, words: list[str], name: str) -> None:
    assert demo("default", *words).out == f"{name}\n"
    printed = json.loads(demo("default", *words, "--json").out)
    assert [(control["name"], control["default"]) for control in printed["controls"]] == [(name, True)]


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (["default", "none"], 0, ""),
        (["default", "next", "headphones"], 2, '"headphones" is neither @output nor @input.'),
        (["default", "speakers", "@input"], 2, 'only next, previous and none can be followed by "@input".'),
        (["port", "next"], 1, "no other device or port is plugged in."),
        (["port", "@output", "previous"], 1, "no other device or port is plugged in."),
        (["port", "headphones"], 1, 'nothing matches "headphones"'),
        (["latency", "@output", "soon"], 2, '"soon" is not a number of milliseconds.'),
        (["latency", "@output", "5001"], 2, "the offset cannot exceed 5000 ms."),
        (["latency", "HDMI 1", "40"], 2, "HDMI 1 has no port with a latency offset."),
        (["suspend", "@output", "maybe"], 2, '"maybe" is neither on nor off.'),
        (["suspend", "firefox"], 2, "Firefox is an application; suspend takes an output or an input."),
        (["formats", "@output", "mp3"], 2, '"mp3" is not a format; use one of pcm, ac3, eac3,'),
        (["formats", "@input"], 2, "USB Headset Mono is an input; formats takes an output."),
        (
            ["codec", "speakers"],
            1,
            'no Bluetooth card with a choice of codecs is called "speakers".',
        ),
        (
            ["status", "--format", "percent"],
            2,
            '--format "percent" has no field; add a field such as {percent}, or use one of waybar',
        ),
        (["status", "--follow", "--format", "{total}"], 2, "cannot be used with --follow."),
    ],
)
def test_sentences(demo: Demo, words: list[str], status: int, says: str) -> None:
    outcome = demo(*words)
    assert outcome.status == status, outcome
    assert says in outcome.err
    assert outcome.out == ""


def test_latency_is_set_in_milliseconds(demo: Demo) -> None:
    assert demo("latency").out == "0 ms\n"
    assert json.loads(demo("latency", "@output", "-40.5 ms", "--json").out)["latency_offset_us"] == -40500


def test_the_example_of_latency(demo: Demo) -> None:
    for command, _ in load("latency")[0].examples:
        assert demo(*command.split()[1:]).out == "0 ms\n"


def test_suspend_and_wake(demo: Demo) -> None:
    for words in (["on"], ["off"], []):
        assert demo("suspend", "@output", *words).status == 0


def test_formats_by_their_short_names(demo: Demo) -> None:
    printed = json.loads(demo("formats", "@output", "ac3", "DTS", "--json").out)
    assert printed["formats"] == ["ac3-iec61937", "dts-iec61937"]


@pytest.mark.parametrize("verb", ["set", "codec"])
def test_help_of_a_verb_is_its_help(capsys: pytest.CaptureFixture[str], verb: str) -> None:
    assert run_here(["help", verb], capsys).out == run_here([verb, "--help"], capsys).out


def test_help_alone_and_of_what_is_not_a_verb(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_here(["help"], capsys).out == run_here(["--help"], capsys).out
    outcome = run_here(["help", "sett"], capsys)
    assert (outcome.status, outcome.err) == (2, 'tuimixer: unknown verb "sett"; did you mean set?\n')


def test_status_tells_port_and_total(demo: Demo) -> None:
    text = demo("status", "mpv", "--format", "{db} {total} {device}").out
    assert text == "-12.04 -31.53 Speakers\n"
    printed = json.loads(demo("status", "--json").out)
    assert printed["port"] == "analog-output-speaker"
    assert printed["total_db"] == -19.49
    assert printed["mutes"] == [False]


def test_the_list_shows_each_card_once_and_aligns_numbers(demo: Demo) -> None:
    lines = demo("list").out.splitlines()
    headings = [line for line in lines if line and not line.startswith((" ", "*"))]
    assert headings == [
        "HDA Intel PCH (PCH)",
        "USB Headset (Headset)",
        "Outputs",
        "Inputs",
        "Playing",
        "Recording",
    ]
    ends = {line.index("% ") for line in lines if "% " in line}
    assert len(ends) == 1
    mpv = next(line for line in lines if line.startswith("  mpv"))
    assert mpv.split() == ["mpv", "63%", "-12.04", "dB", "->", "Speakers", "documentary.mkv", "mpv", "(4021)"]
    assert all(len(line) <= 150 for line in lines)


def test_what_the_configuration_hides_is_listed_with_all(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[[rule]]\nmatch = { name = "HDMI*" }\nhide = true\n')
    for words, there in (([], False), (["--all"], True), (["--json"], False), (["--tsv"], False)):
        outcome = run_here(["list", "--demo", "-f", str(config), *words], capsys)
        assert ("HDMI 1" in outcome.out) is there


def test_a_table_for_programs(demo: Demo) -> None:
    first, *lines = demo("list", "--tsv").out.splitlines()
    columns = first.split("\t")
    assert all(line.count("\t") == len(columns) - 1 for line in lines)
    rows = [dict(zip(columns, line.split("\t"), strict=True)) for line in lines]
    chat = next(row for row in rows if row["name"] == "Chat")
    assert (chat["percent"], chat["state"], chat["route"], chat["pid"]) == (
        "110",
        "muted",
        "USB Headset",
        "4033",
    )


def keys_in(value: Any) -> set[str]:
    """All keys of a JSON value, at any depth."""
    if isinstance(value, list):
        return set[str]().union(*map(keys_in, value))
    return set(value).union(*map(keys_in, value.values())) if isinstance(value, dict) else set()


@pytest.mark.parametrize(
    "words",
    [
        *(["list"], ["get"], ["status"], ["set", "50%"], ["default"], ["doctor"], ["path"], ["path", "mpv"]),
        *(
            ["card"],
            ["card", "PCH"],
            ["profile"],
            ["port"],
            ["codec"],
            ["formats"],
            ["latency"],
            ["kill", "mpv"],
        ),
    ],
)
def test_the_guide_explains_every_key_of_a_verb(words: list[str], demo: Demo) -> None:
    guide = Path(__file__).parents[2].joinpath("docs/guide.md").read_text()
    explained = set(re.findall(r"`(\w+)`", guide.partition("## JSON\n")[2].partition("\n## ")[0]))
    printed = keys_in(json.loads(demo(*words, "--json").out))
    assert printed
    assert printed <= explained


def test_a_card_of_the_server_is_described_with_that_of_alsa(demo: Demo) -> None:
    described = json.loads(demo("card", "pch", "--json").out)
    assert [card["id"] for card in described["alsa"]] == ["PCH"]
    assert [card["description"] for card in described["server"]] == ["Built-in Audio"]


def test_a_notification_shows_what_was_set(notified: Path, demo: Demo) -> None:
    assert demo("set", "33%", "--notify").err == ""
    words = notified.read_text().splitlines()
    assert words[-2:] == ["Speakers", "33% -28.89 dB"]
    assert "int:value:33" in words
    assert demo("mute", "--notify").err == ""
    assert "int:value:0" in notified.read_text().splitlines()


def test_a_notification_of_several_has_a_line_for_each(notified: Path, demo: Demo) -> None:
    assert demo("set", "Speakers", "HDMI 1", "33%", "--notify").err == ""
    title, *lines = notified.read_text().splitlines()[-3:]
    assert title == "Speakers, HDMI 1"
    assert lines == ["Speakers: 33% -28.89 dB", "HDMI 1: 33% -28.89 dB"]


def test_what_the_configuration_renames_is_shown_by_that_name(
    notified: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    config = tmp_path / "config.toml"
    name = "The loudspeakers on the left and right of the window"
    config.write_text(f'[[rule]]\nmatch = {{ name = "Speakers" }}\nname = "{name}"\n')
    where = ["--demo", "-f", str(config)]
    listed = run_here(["list", *where], capsys).out.splitlines()
    assert any(line.startswith(f"* {name}  ") for line in listed)
    assert any(line.startswith("  mpv ") and f"-> {name}" in line for line in listed)
    assert run_here(["status", *where, "--format", "{name}"], capsys).out == f"{name}\n"
    assert run_here(["status", "mpv", *where, "--format", "{device}"], capsys).out == f"{name}\n"
    assert run_here(["get", *where, "@output", "HDMI 1"], capsys).out.startswith(f"{name}: ")
    assert run_here(["mute", *where, "--notify"], capsys).status == 0
    assert name in notified.read_text()
    json_names = [c["name"] for c in json.loads(run_here(["list", *where, "--json"], capsys).out)["controls"]]
    assert "Speakers" in json_names


def test_without_notify_send_the_change_is_made_and_that_is_said(
    demo: Demo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    outcome = demo("set", "33%", "--notify", "--json")
    assert outcome.err == "tuimixer: --notify requires the program notify-send, which was not found.\n"
    assert json.loads(outcome.out)["controls"][0]["channels"][0]["percent"] == 33
