"""Failures around the running program: servers, engines, missing cards, and errors."""

import os
import signal

import pytest

from tests.lab.pulse import PrivatePulse
from tests.pty.conftest import APPLICATIONS, Box, Open
from tests.pty.person import PATIENT, PROGRAM, Person, state_of

pytestmark = pytest.mark.pty

NOWHERE = "unix:/nonexistent/native"


def test_the_screen_lives_on_when_its_engine_is_killed(box: Box, opened: Open) -> None:
    with opened("--layout", "rows", program=PATIENT) as person:
        person.choose("mpv")
        [engine] = person.engines()
        os.kill(engine, signal.SIGKILL)
        person.waits_for(lambda: set(person.engines()) - {engine}, "another engine")
        person.sees(*APPLICATIONS, "Master")
        person.sees_chosen("mpv")
        person.press("Right")
        person.waits_for(lambda: set(box.percents("mpv")) == {61}, "the new engine to move the stream")
        person.press("F10")
        assert person.terminal.wait() == 0
        person.waits_for(person.in_order, "the terminal to be in order")


def test_a_key_pressed_while_there_is_no_engine_is_not_lost(box: Box, opened: Open) -> None:
    with opened("--layout", "rows", program=PATIENT) as person:
        person.choose("mpv")
        os.kill(person.engines()[0], signal.SIGKILL)
        person.press("Right", "Right", "Right")
        person.waits_for(lambda: set(box.percents("mpv")) == {63}, "all three steps")
        person.sees_percent("mpv", 63)


def test_an_engine_that_hangs_is_told_and_replaced(box: Box, opened: Open) -> None:
    with opened("--layout", "rows", program=PATIENT) as person:
        person.choose("mpv")
        [engine] = person.engines()
        os.kill(engine, signal.SIGSTOP)
        person.press("Right")
        person.sees("has not responded for")
        # The screen is not delayed by it.
        person.press("F1")
        person.sees("Selection")
        person.press("Escape")
        person.waits_for(lambda: set(person.engines()) - {engine}, "another engine")
        person.sees(*APPLICATIONS, "Master")
        person.waits_for(lambda: set(box.percents("mpv")) == {61}, "the step that waited")
        person.waits_for(lambda: state_of(engine) == "", "the end of the engine that hung")


def test_a_server_that_hangs_does_not_hold_up_the_screen(box: Box, opened: Open) -> None:
    with opened("--layout", "rows") as person:
        person.choose("mpv")
        box.server.pause()
        try:
            person.press("Right", "Up")
            person.sees_chosen("Firefox")
        finally:
            box.server.resume()
        person.waits_for(lambda: set(box.percents("mpv")) == {61}, "the step that waited")


FAULT = """
import sys
from tuimixer.cli.main import main
from tuimixer.ui.mixer.control_actions import _ControlActions
def fault(self):
    raise RuntimeError("made for the test")
assert _ControlActions.next_channel
_ControlActions.next_channel = fault
sys.exit(main(sys.argv[1:]))
"""


def test_an_exception_leaves_the_terminal_in_order_and_names_the_log(box: Box) -> None:
    with Person(box.env, "-D", "pulse", program=[PROGRAM[0], "-c", FAULT]) as person:
        person.sees("Firefox")
        engines = person.engines()
        person.press("o")
        assert person.terminal.wait() == 70
        person.waits_for(person.in_order, "the terminal to be in order")
        told = "".join(person.terminal.lines())
        assert "tuimixer: internal error: RuntimeError: made for the test" in told
        assert str(person.log) in told
        assert "Traceback" not in told
        assert "made for the test" in person.log.read_text()
        person.waits_for(lambda: not any(map(state_of, engines)), "the engine to end")


def test_neither_server_nor_card(pulse: PrivatePulse) -> None:
    with Person(pulse.env | {"PULSE_SERVER": NOWHERE}) as person:
        person.sees("There is no sound card", "/dev/snd", "/nonexistent/native", "PULSE_SERVER")
        person.press("Right", "m", "Down", "Enter", "=")
        person.press("F1")
        person.sees("Selection")
        person.press("Escape")
        person.sees_no_more("Selection")
        person.press("F10")
        assert person.terminal.wait() == 0
        person.waits_for(person.in_order, "the terminal to be in order")


def test_a_card_without_a_server(box: Box) -> None:
    with Person(box.env | {"PULSE_SERVER": NOWHERE}, "-D", "equal", "--layout", "rows") as person:
        person.sees("00. 31 Hz", "/nonexistent/native")
        person.press("Escape")
        before = person.percent("00. 31 Hz")
        assert before is not None
        person.choose("00. 31 Hz", key="Up")
        person.press("Left")
        person.sees_percent("00. 31 Hz", before - 1)


def test_a_server_that_comes_later(pulse: PrivatePulse) -> None:
    pulse.kill()
    with Person(pulse.env, "--layout", "rows") as person:
        person.sees("There is no sound card", "No sound server")
        pulse.start()
        person.sees("Speakers", "Headphones")


def test_a_server_without_default_and_without_sinks() -> None:
    with PrivatePulse(sinks=()) as server, Person(server.env) as person:
        person.sees("PulseAudio", "No output.", "Nothing is playing.")
        server.pactl("load-module", "module-null-sink", "sink_name=late")
        person.sees("Null Output")
