"""What a pavucontrol user does, by keyboard alone: move streams, set the default, kill a stream, filter,
undo.
"""

import os
import signal

import pytest

from tests.pty.conftest import Box
from tests.pty.person import PATIENT, Person

pytestmark = pytest.mark.pty


def plays_on(box: Box, name: str) -> str:
    """Name of the sink that an application plays on, according to pactl."""
    stream = box.server.find("sink-inputs", box.players[name].index)
    assert stream is not None
    sink = box.server.find("sinks", stream["sink"])
    return str(sink["name"]) if sink else ""


def test_moves_a_playing_stream_and_back(any_box: Box) -> None:
    with Person(any_box.env, "--layout", "rows") as person:
        person.sees("mpv", "Headphones")
        assert plays_on(any_box, "mpv") == "headphones"
        person.choose("mpv")
        person.press("r")
        person.sees("Play on", "Follow the default")
        person.go_to("Speakers", key="Up")
        person.press("Enter")
        person.sees_no_more("Play on")
        person.waits_for(lambda: plays_on(any_box, "mpv") == "speakers", "the move")
        person.sees("on Speakers")
        person.press("u")
        person.waits_for(lambda: plays_on(any_box, "mpv") == "headphones", "the move to be undone")
        person.press("ctrl+r")
        person.waits_for(lambda: plays_on(any_box, "mpv") == "speakers", "the move to be done again")
        person.press("Enter")
        person.sees("Play on", "Information")
        person.go_to("Headphones")
        person.press("Enter")
        person.waits_for(lambda: plays_on(any_box, "mpv") == "headphones", "the move back")
        person.press("Escape")
        # It keeps its level, and the others are not affected.
        assert set(any_box.percents("mpv")) == {60}
        assert plays_on(any_box, "Firefox") == plays_on(any_box, "Music") == "speakers"
        person.press("F10")
        assert person.terminal.wait() == 0


def test_makes_a_device_the_default(any_box: Box) -> None:
    def default() -> str:
        return any_box.server.pactl("get-default-sink").strip()

    with Person(any_box.env, "--layout", "rows") as person:
        person.sees("Headphones")
        assert default() == "speakers"
        person.choose("Headphones")
        person.press("d")
        person.waits_for(lambda: default() == "headphones", "the new default")
        person.waits_for(lambda: "★" in person.line("Headphones"), "the mark of the default")
        person.press("u")
        person.waits_for(lambda: default() == "speakers", "the default to be undone")


def test_ends_a_stream_after_a_question(any_box: Box) -> None:
    index = any_box.players["Music"].index
    with Person(any_box.env, "--layout", "rows") as person:
        person.sees("Music")
        person.choose("Music")
        person.press("ctrl+k")
        person.sees("Kill Music", "Yes, kill the stream")
        person.press("Enter", "n")
        person.sees_no_more("Kill Music")
        assert any_box.server.find("sink-inputs", index) is not None
        person.press("ctrl+k")
        person.sees("Kill Music")
        person.press("y")
        person.waits_for(lambda: any_box.server.find("sink-inputs", index) is None, "the end of the stream")
        person.sees_no_more("Music")


def test_types_a_value(any_box: Box) -> None:
    with Person(any_box.env, "--layout", "rows") as person:
        person.sees("Firefox")
        person.choose("Firefox")
        person.press("=")
        person.sees("Currently 60%")
        person.press(*"loud", "Enter")
        person.sees("is not a value")
        person.press(*["Backspace"] * 5)
        person.sees("=45%, =-12dB")
        person.press(*"=-12dB", "Enter")
        any_box.waits_for_percent("Firefox", 63)
        person.sees_percent("Firefox", 63)
        person.press("=")
        person.sees("Currently 63%")
        person.press(*"left:40%", "Enter")
        person.waits_for(lambda: any_box.percents("Firefox") == [40, 63], "the left channel alone")
        person.press("u", "u")
        any_box.waits_for_percent("Firefox", 60)
        # The field starts with `=`: a gain typed after it is absolute, not relative.
        person.press("=")
        person.sees("Currently 60%")
        person.press(*"-6dB", "Enter")
        any_box.waits_for_percent("Firefox", 79)
        # All at once, as when pasted, or typed ahead of a slow line.
        person.terminal.send("=45%\r")
        any_box.waits_for_percent("Firefox", 45)


def test_shows_and_hides_monitors(any_box: Box) -> None:
    with Person(any_box.env, "--layout", "rows") as person:
        person.sees("Firefox", "Speakers")
        person.press("F5")
        person.sees("Devices")
        assert "Monitor of" not in person.terminal.screen()
        person.press("f")
        person.sees("Monitors")
        person.go_to("Monitors  ")
        person.press("Enter")
        person.sees("shown (inputs")
        person.press("Escape")
        person.sees("Monitor of Spe", "Monitor of Hea")  # the rest may be cut


def test_a_device_opened_by_name_is_there_again_with_the_next_engine(any_box: Box) -> None:
    with Person(any_box.env, "--layout", "rows", program=PATIENT) as person:
        person.sees("Firefox")
        person.press("F6")
        person.sees("Enter device name")
        person.go_to("Enter device name")
        person.press("Enter")
        person.sees("Enter set")
        person.press(*"equal", "Enter")
        person.sees("00. 31 Hz")
        [engine] = person.engines()
        os.kill(engine, signal.SIGKILL)
        person.waits_for(lambda: set(person.engines()) - {engine}, "another engine")
        person.sees_no_more("The engine")
        person.sees("00. 31 Hz", "Firefox")
        before = person.waits_for(lambda: person.percent("00. 31 Hz"), "the fader")
        assert before is not None
        person.choose("00. 31 Hz", key="Up")
        person.press("Left")
        person.sees_percent("00. 31 Hz", before - 1)
