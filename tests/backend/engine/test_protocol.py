"""What goes through the pipe comes out unchanged, and what is not a message is reported in one sentence."""

import itertools
from contextlib import suppress
from dataclasses import replace
from random import Random
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Raw

from tests.backend.engine.anything import anything, randoms, snapshot, successor
from tuimixer.backend.demo.simulated import big, box
from tuimixer.backend.engine import first_lines, protocol
from tuimixer.backend.engine.delta import Delta, apply_delta, is_empty, make_delta
from tuimixer.backend.engine.protocol import Hello, ProtocolError, Watch
from tuimixer.model.command import Command
from tuimixer.model.control import Channel
from tuimixer.model.snapshot import Levels, Notice, Snapshot
from tuimixer.model.system import System

pytestmark = pytest.mark.unit


def travelled(old: Snapshot, new: Snapshot) -> Snapshot:
    """`new` as a reader that has `old` gets it."""
    for line in protocol.delta_lines(make_delta(old, new)):
        kind, delta = protocol.decode(line)
        assert kind == "delta"
        assert isinstance(delta, Delta)
        old = apply_delta(old, delta)
    return old


@settings(deadline=None)
@given(randoms())
def test_any_two_snapshots_travel(random: Random) -> None:
    old = snapshot(random)
    new = random.choice([snapshot(random), successor(random, old), successor(random, old)])
    result = travelled(old, new)
    assert result == new
    assert list(result.controls) == list(new.controls)
    for known, control in old.controls.items():
        if new.controls.get(known) == control:
            assert result.controls[known] is control


@settings(deadline=None)
@given(randoms())
def test_the_same_snapshot_is_nothing_to_send(random: Random) -> None:
    old = snapshot(random)
    assert is_empty(make_delta(old, replace(old, controls=dict(old.controls))))


@settings(deadline=None)
@given(randoms(), st.sampled_from(get_args(Command)))
def test_any_command_travels(random: Random, kind_of: type[Command]) -> None:
    command = anything(kind_of, random)
    kind, line = protocol.decode(protocol.pack_command(7, command))
    assert kind == "command"
    assert isinstance(line, protocol.CommandLine)
    assert (line.number, protocol.unpack_command(line)) == (7, command)


@settings(deadline=None)
@given(randoms())
def test_answers_and_notices_travel(random: Random) -> None:
    system, notice = anything(System, random), anything(Notice, random)
    assert protocol.decode(protocol.encode("notice", notice)) == ("notice", notice)
    line = protocol.SystemLine(3, system)
    assert protocol.decode(protocol.encode("system", line)) == ("system", line)


def test_a_step_sends_the_raw_values_and_nothing_else() -> None:
    old = box()
    known, control = next((known, c) for known, c in old.controls.items() if len(c.channels) == 2)
    louder = replace(control, channels=tuple(Channel(c.name, c.raw + 1) for c in control.channels))
    new = replace(old, controls={**old.controls, known: louder})
    (line,) = protocol.delta_lines(make_delta(old, new, serial=2, ack=1))
    assert len(line) < 90 + len(known)
    assert b"properties" not in line
    assert b"scale" not in line
    assert travelled(old, new) == new


def test_a_new_stream_in_the_middle_sends_no_list_of_ids() -> None:
    old = big(300, 0)
    ids = list(old.controls)
    first = old.controls[ids[100]]
    new_id = "pulse:sink_input/99999"
    pairs = [
        *list(old.controls.items())[:200],
        (new_id, replace(first, id=new_id)),
        *list(old.controls.items())[200:],
    ]
    new = replace(old, controls=dict(pairs))
    (line,) = protocol.delta_lines(make_delta(old, new))
    assert len(line) < 3000
    assert list(travelled(old, new).controls) == list(new.controls)


def test_a_long_picture_is_split_and_one_giant_property_list_is_left_out() -> None:
    small = big(300, 200)
    first, second, *_ = small.controls
    fat = {"k": "x" * 300_000}
    controls = {
        known: replace(c, properties=fat) for known, c in itertools.islice(small.controls.items(), 20)
    }
    giant = replace(small.controls[second], properties={"k": "y" * 2_000_000})
    new = replace(small, controls={**small.controls, **controls, second: giant})
    lines = list(protocol.delta_lines(make_delta(Snapshot(), new)))
    assert all(len(line) <= protocol.LINE_LIMIT for line in lines)
    result = travelled(Snapshot(), new)
    assert result.controls[first] == new.controls[first]
    assert result.controls[second] == replace(giant, properties={})
    assert list(result.controls) == list(new.controls)


def test_undecodable_bytes_in_a_name_travel_as_a_question_mark() -> None:
    notice = Notice("caf\udce9")
    assert protocol.decode(protocol.encode("notice", notice)) == ("notice", Notice("caf?"))


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from("abcd"), st.lists(st.floats(0, 1), max_size=4).map(tuple)))
def test_levels_travel_within_a_percent_of_the_fader(peaks: dict[str, tuple[float, ...]]) -> None:
    watch = Watch(4, tuple("abcd"), 20.0)
    _, line = protocol.decode(protocol.pack_levels(1, watch, Levels(peaks)))
    assert isinstance(line, protocol.LevelsLine)
    result = protocol.unpack_levels(line, watch).peaks
    assert result.keys() == peaks.keys()
    for known, expected in peaks.items():
        assert [p ** (1 / 3) for p in result[known]] == pytest.approx(
            [p ** (1 / 3) for p in expected], abs=0.001
        )
    assert protocol.unpack_levels(line, Watch(5, ("a",), 20.0)) == Levels({})


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b"garbage", "could not be parsed"),
        (b"", "could not be parsed"),
        (b"\xff\xfe\x00", "could not be parsed"),
        (b"[]", "could not be parsed"),
        (b'["hello"]', "could not be parsed"),
        (b'["dance",{}]', "unknown kind"),
        (b'["hello",{"protocol":"one"}]', "could not be parsed"),
        (b'["delta",{"controls":[{"id":"a","mute":3}]}]', "could not be parsed"),
        (b'["delta",{"serial":1e999}]', "could not be parsed"),
        (b'["notice",{"text":"\xff"}]', "could not be parsed"),
    ],
)
def test_no_message(line: bytes, says: str) -> None:
    with pytest.raises(ProtocolError, match=says) as error:
        protocol.decode(line)
    assert "\n" not in str(error.value)


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_are_a_message_or_a_wire_error(line: bytes) -> None:
    with suppress(ProtocolError):
        protocol.decode(line)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (protocol.CommandLine(1, "Format", Raw(b"{}")), "unknown command"),
        (protocol.CommandLine(1, "SetVolume", Raw(b'{"id":"a"}')), "could not be parsed"),
    ],
)
def test_no_command(line: protocol.CommandLine, says: str) -> None:
    with pytest.raises(ProtocolError, match=says):
        protocol.unpack_command(line)


@pytest.mark.parametrize(
    "delta",
    [
        {"controls": [{"id": "new"}]},
        {"order": ["a", "b"]},
    ],
)
def test_a_delta_that_does_not_fit(delta: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"is unknown|order"):
        apply_delta(Snapshot(), msgspec.convert(delta, Delta))


def test_a_greeting_of_another_protocol_names_both_versions() -> None:
    other = Hello(first_lines.PROTOCOL + 1, "9.9", "box", "me")
    with pytest.raises(
        ProtocolError, match=r"tuimixer 9\.9 .* this machine runs 1\.0 .* same version on both"
    ):
        protocol.check_hello("hello", other, "1.0")
    with pytest.raises(ProtocolError, match="instead of a greeting"):
        protocol.check_hello("notice", Notice("x"), "1.0")
    assert protocol.check_hello("hello", Hello(first_lines.PROTOCOL, "9.9", "box", "me"), "1.0").host == "box"
