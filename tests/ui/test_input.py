"""A terminal's bytes become events, whatever they are: the parser never raises and loses no later key."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import constants, events
from textual.message import Message

from tuimixer.ui.terminal.input import InputParser

pytestmark = pytest.mark.unit

PIECES = (
    b"\x1b[A",
    b"\x1b[200~",
    b"\x1b[201~",
    b"\x1b[48;30;100;0;0t",
    b"\x1b[<0;10;5M",
    b"\x1b[<64;99999999999;5M",
    b"\x1b[99999999u",
    b"\x1b[460657099;F",
    b"\x1b[57344;5u",
    b"\x1b[97;99999999;1114112u",
    b"\x1b[6;10R",
    b"\x1b[?2026;2$y",
    b"\x1b[?2048;1$y",
    b"\x1b[M\xff\xff\xff",
    b"\x1bP1$r0m\x1b\\",
    b"\x1b]11;rgb:0000/0000/0000\x07",
    b"\xc3\xa9",
    b"\xe2\x82\xac",
    b"\xf0\x9f\x94\x8a",
    b"\xe9",
    b"\xc3",
    b"\x00",
    b"\x9b",
)
SENT = st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=12)), max_size=20)


def keys(messages: list[Message]) -> list[str]:
    return [message.key for message in messages if isinstance(message, events.Key)]


@pytest.fixture(autouse=True, scope="module")
def no_delay() -> Iterator[None]:
    """An escape is a key of its own as soon as `pause` is called."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(constants, "ESCAPE_DELAY", 0.0)
        yield


@pytest.mark.parametrize("sign", ["é", "€", "🔊"])
def test_a_character_split_over_two_reads(sign: str) -> None:
    data = sign.encode()
    for cut in range(1, len(data)):
        parser = InputParser()
        assert parser.feed(data[:cut]) == []
        assert parser.pause() == []
        assert [key.character for key in parser.feed(data[cut:]) if isinstance(key, events.Key)] == [sign]


@pytest.mark.parametrize("data", [b"\xe9", b"\xe2", b"\xf0\x9f", b"\xff", b"\x80"])
def test_half_a_character_costs_no_later_key(data: bytes) -> None:
    parser = InputParser()
    parser.feed(data)
    assert keys(parser.feed(b"\x1b[A"))[-1] == "up"
    assert keys(parser.feed(b"m")) == ["m"]


@pytest.mark.parametrize(
    "data",
    [b"\x1b[48;30;100;0;0t\x1b[<0;10;5M", b"\x1b[99999999u", b"\x1b[460657099;F", b"\x1b[97;1;1114112u"],
)
def test_what_the_parser_dies_of(data: bytes) -> None:
    parser = InputParser()
    parser.feed(data)
    assert keys(parser.feed(b"\x1b[Am")) == ["up", "m"]


def test_a_report_of_the_size_changes_nothing() -> None:
    parser = InputParser()
    assert parser.feed(b"\x1b[48;3;4;30;40t") == []
    [click] = parser.feed(b"\x1b[<0;60;20M")
    assert isinstance(click, events.MouseDown)
    assert (click.x, click.y) == (59, 19)


def test_a_paste_whose_end_is_lost() -> None:
    parser = InputParser()
    assert parser.feed(b"\x1b[200~mute") == []
    assert parser.pasting
    [paste] = parser.end_paste()
    assert isinstance(paste, events.Paste)
    assert paste.text == "mute"
    assert keys(parser.feed(b"m")) == ["m"]


@given(SENT, st.data())
def test_no_bytes_cost_a_later_key(pieces: list[bytes], data: st.DataObject) -> None:
    sent = b"".join(pieces)
    cuts = data.draw(st.lists(st.integers(0, len(sent)), max_size=8).map(sorted))
    parser = InputParser()
    for start, end in zip([0, *cuts], [*cuts, len(sent)], strict=True):
        parser.feed(sent[start:end])
    parser.end_paste()
    parser.pause()
    # The rest of half a character is dropped with the first byte that does not continue it.
    assert keys(parser.feed(b"\x1b[Am"))[-2:] == ["up", "m"]
