"""A broken or malicious engine is cut off, cleaned, or reported in one sentence; nothing hangs."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.backend.engine.screen import Screen
from tuimixer.backend.base import Unreachable
from tuimixer.backend.demo.simulated import big, box
from tuimixer.backend.engine import protocol
from tuimixer.backend.engine.child import LocalLink
from tuimixer.backend.engine.client import EngineBackend
from tuimixer.backend.engine.delta import Delta, make_delta
from tuimixer.backend.engine.first_lines import PROTOCOL
from tuimixer.backend.engine.protocol import Hello, ProtocolError, Watch
from tuimixer.backend.engine.ssh import BadTarget, Target, explain
from tuimixer.backend.engine.ssh_link import SshLink
from tuimixer.backend.engine.stderr_filter import TerminalFilter
from tuimixer.backend.engine.validation import MOST_CHANNELS, MOST_CONTROLS, vetted
from tuimixer.model.snapshot import Notice, Snapshot

pytestmark = pytest.mark.unit

HELLO = f'["hello",{{"protocol":{PROTOCOL},"version":"0","host":"h","user":"u"}}]'
Saying = Callable[..., LocalLink]
NASTY = "a\x1b]0;owned\x07b\x1b[2J\u202ec\nd\x9b31me"


@pytest.fixture
def saying(tmp_path: Path) -> Callable[..., LocalLink]:
    """An engine that sends a greeting and some lines, and then listens."""

    def link(*lines: str) -> LocalLink:
        said = tmp_path / "said"
        said.write_text("\n".join([HELLO, *lines, ""]))
        return LocalLink(["sh", "-c", 'cat "$0"; cat >/dev/null', str(said)], name="box")

    return link


def patch(**fields: Any) -> dict[str, Any]:
    return {"id": "pulse:sink/a", "kind": "sink", "name": "a"} | fields


def delta(*patches: dict[str, Any], **more: Any) -> str:
    return json.dumps(["delta", {"serial": 1, "controls": patches} | more])


def channels(count: int, raw: int = 1) -> list[dict[str, Any]]:
    return [{"name": f"aux{number}", "raw": raw} for number in range(count)]


SCALE = {"minimum": 0, "maximum": 65536}
IMPOSSIBLE: dict[str, tuple[str, str | tuple[str, ...]]] = {
    "channels": (delta(patch(channels=channels(5000), scale=SCALE)), "sent 5000 channels"),
    "mutes": (delta(patch(mute=[True] * 5000)), "sent 5000 mute"),
    "controls": (
        "\n".join(
            delta(*(patch(id=f"pulse:sink/{line}.{number}") for number in range(1000)), more=line < 4)
            for line in range(5)
        ),
        f"has more than {MOST_CONTROLS} controls",
    ),
    "cards": (
        delta(alsa_cards=[{"id": str(n), "number": n, "name": "x"} for n in range(999)]),
        "sent 999 alsa cards",
    ),
    "items": (delta(patch(choice={"value": 0, "items": ["x"] * 9999})), "sent 9999 items"),
    "number": (delta(patch(channels=channels(1, 10**300), scale=SCALE)), "too large"),
    "digits": ('["delta",{"serial":' + "9" * 5000 + "}]", "could not be parsed"),
    "choice": (delta(patch(choice={"value": 7, "items": ["x"]})), "inconsistent control: a"),
    "no item": (delta(patch(choice={"value": 0, "items": []})), "inconsistent control"),
    "scale": (delta(patch(channels=channels(1), scale={"minimum": 5, "maximum": 1})), "inconsistent control"),
    "no scale": (delta(patch(channels=channels(1))), "inconsistent control"),
    "no channels": (delta(patch(scale=SCALE)), "inconsistent control"),
    "no switch": (delta(patch(mute=[])), "inconsistent control"),
    "deep": ('["delta",' + "[" * 400_000, "nested too deeply"),
    # If the interpreter's stack allows that many, as in Python 3.14, the error is the missing end.
    "deep name": ('["notice",{"text":' + '{"a":' * 150_000, ("nested too deeply", "truncated")),
    "kind": (delta(patch(kind=NASTY)), "could not be parsed"),
    "place": (delta(patch(after=NASTY * 1000)), "cannot be applied"),
}


@pytest.mark.parametrize("case", IMPOSSIBLE)
async def test_what_cannot_be_is_refused_in_one_sentence(saying: Saying, case: str) -> None:
    lines, says = IMPOSSIBLE[case]
    one_of = (says,) if isinstance(says, str) else says
    async with Screen(EngineBackend(saying(lines))) as screen:
        trouble = await screen.until_failed()
        assert any(words in trouble.reason for words in one_of)
        assert trouble.reason.isprintable()
        assert len(trouble.reason) < 400


@pytest.mark.parametrize(
    ("end", "says"),
    [
        ("cat /dev/zero", f"sent {protocol.LINE_LIMIT} bytes without a greeting."),
        ("yes", f"sent {protocol.LINE_LIMIT} bytes without a greeting."),
        ("sleep 1000 >&- 2>&-", "closed its output but did not exit."),
    ],
)
def test_an_ssh_that_has_to_be_killed_is_not_what_is_reported(
    end: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ssh = tmp_path / "ssh"
    ssh.write_text(f"#!/bin/sh\nexec {end}\n")
    ssh.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(Unreachable) as failure:
        SshLink(Target("box"), []).open(first=True)
    assert str(failure.value) == f"The engine on box {says}"


async def test_an_engine_that_has_to_be_killed_is_reported_with_the_reason() -> None:
    link = LocalLink(["sh", "-c", f"echo '{HELLO}'; exec sleep 1000 >&-"], name="box")
    async with Screen(EngineBackend(link)) as screen:
        trouble = await screen.until_failed()
        assert trouble.reason == "The engine on box closed its output but did not exit."


async def test_as_much_as_there_can_be_is_shown(saying: Saying) -> None:
    all_of_them = [patch(id=f"pulse:sink/{number}") for number in range(MOST_CONTROLS - 1)]
    lines = [delta(*all_of_them[start : start + 1000], more=True) for start in range(0, MOST_CONTROLS, 1000)]
    widest = patch(id="pulse:sink/wide", channels=channels(MOST_CHANNELS), scale=SCALE)
    async with Screen(EngineBackend(saying(*lines, delta(widest)))) as screen:
        await screen.until(lambda: len(screen.snapshot.controls) == MOST_CONTROLS, "all controls")
        assert len(screen.snapshot.controls["pulse:sink/wide"].channels) == MOST_CHANNELS


async def test_text_is_cleaned_where_it_enters_and_ids_are_not_touched(saying: Saying) -> None:
    sink = patch(
        id=f"pulse:sink/{NASTY}",
        name=NASTY * 100,
        channels=[{"name": NASTY, "raw": 1}],
        scale=SCALE,
        choice={"value": 0, "items": [NASTY]},
        stream={"index": 1, "application": NASTY, "media": "x" * 100_000},
    )
    status = {"source": "pulse", "phase": "ready", "label": NASTY, "reason": NASTY, "hint": NASTY}
    server = {"name": NASTY, "version": NASTY, "address": NASTY, "host": NASTY}
    lines = [delta(sink, statuses=[status], server=server), json.dumps(["notice", {"text": NASTY * 1000}])]
    async with Screen(EngineBackend(saying(*lines))) as screen:
        await screen.until(lambda: screen.notices, "the notice")
        (control,) = screen.snapshot.controls.values()
        assert control.id == f"pulse:sink/{NASTY}"
        assert control.stream
        assert control.choice
        assert screen.snapshot.server
        (shown,) = screen.snapshot.statuses
        texts = [
            control.name,
            control.channels[0].name,
            *control.choice.items,
            control.stream.application,
            control.stream.media,
            screen.notices[0].text,
            shown.label,
            shown.reason,
            shown.hint,
            screen.snapshot.server.name,
            screen.snapshot.server.address,
        ]
        for text in texts:
            assert text
            assert text.isprintable(), text
            assert "\u202e" not in text
            assert len(text) <= 256


async def test_a_flood_of_notices_is_cut_and_the_newest_is_told(saying: Saying) -> None:
    lines = [json.dumps(["notice", {"text": f"notice {number}"}]) for number in range(60_000)]
    async with Screen(EngineBackend(saying(*lines))) as screen:
        await screen.until(lambda: screen.notices and screen.notices[-1].text == "notice 59999", "the newest")
        assert len(screen.notices) < 20_000


async def test_a_flood_of_changes_is_put_together(saying: Saying) -> None:
    first = delta(patch(channels=channels(2), scale=SCALE))
    rest = [
        json.dumps(["delta", {"serial": n, "controls": [{"id": "pulse:sink/a", "raws": [n, n]}]}])
        for n in range(60_000)
    ]
    async with Screen(EngineBackend(saying(first, *rest))) as screen:
        await screen.until(
            lambda: (
                screen.snapshot.controls and screen.snapshot.controls["pulse:sink/a"].raws == (59_999, 59_999)
            ),
            "the newest",
        )
        assert screen.snapshots < 20_000


@pytest.mark.parametrize("snapshot", [box(), big(300, 200)])
def test_what_an_engine_of_ours_says_is_taken_as_it_is(snapshot: Snapshot) -> None:
    for line in protocol.delta_lines(make_delta(Snapshot(), snapshot)):
        body = protocol.decode(line)[1]
        assert vetted(body) is body


def test_a_giant_property_list_is_left_out() -> None:
    line = delta(patch(properties={"k": "x" * 200_000}))
    body = vetted(protocol.decode(line.encode())[1])
    assert isinstance(body, Delta)
    assert body.controls[0].properties == {}


def test_levels_beyond_all_measure() -> None:
    line = protocol.LevelsLine(1, 1, ((0, 10**15, -5), (9, 1), (-1, 1), ()))
    assert protocol.unpack_levels(line, Watch(1, ("a",), 20.0)).peaks == {"a": (1.0, 0.0)}


def test_the_version_of_a_greeting_is_cleaned() -> None:
    with pytest.raises(ProtocolError) as error:
        protocol.check_hello("hello", Hello(99, NASTY * 100, NASTY, NASTY), "1.0")
    assert str(error.value).isprintable()
    assert "this machine runs 1.0" in str(error.value)
    with pytest.raises(ProtocolError) as error:
        protocol.check_hello(NASTY, Notice("x"), "1.0")
    assert str(error.value).isprintable()


@pytest.mark.parametrize("status", [1, 2, 255])
def test_last_words_are_cleaned(status: int) -> None:
    for sentence in explain("box", status, f"before\n{NASTY * 100}"):
        assert sentence.isprintable()
        assert len(sentence) < 300


def test_words_on_the_way_to_the_terminal_are_cleaned_wherever_they_are_cut(
    capfd: pytest.CaptureFixture[str],
) -> None:
    said = f"Warning: \x1b[31mred\x1b[0m caf\u00e9\n{'x' * 20_000}\n".encode() + b"\xff\x1b]0;t\x07no end"
    for size in (1, 2, 3, 7, 5000):
        words = TerminalFilter(2)
        for start in range(0, len(said), size):
            words.say(said[start : start + size])
        words.end()
        lines = capfd.readouterr().err.splitlines()
        assert lines[0] == "Warning: red caf\u00e9"
        assert lines[1].startswith("x")
        assert len(lines[1]) == 500
        assert lines[2] == "\ufffdno end"
        assert len(lines) == 3
    words = TerminalFilter(2)
    words.say(b"again\n" * 100_000)
    assert capfd.readouterr().err.count("\n") <= 200


def test_a_port_of_many_digits_is_no_port() -> None:
    with pytest.raises(BadTarget, match="not between 1 and 65535"):
        Target.parse("box:" + "9" * 5000)
