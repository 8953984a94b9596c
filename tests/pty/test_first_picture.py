"""The first frame, which is painted before Textual is loaded: its contents, and what may go wrong."""

import os
import signal
from pathlib import Path

import pytest

from tests.lab.pulse import PrivatePulse
from tests.pty.conftest import Box
from tests.pty.person import state_of
from tests.pty.starting import Starting

pytestmark = pytest.mark.pty

NOWHERE = "unix:/nonexistent/native"


def test_textual_takes_the_picture_over_as_it_is(box: Box, tmp_path: Path) -> None:
    with Starting(tmp_path, box.env, "-D", "pulse") as person:
        person.sees("Firefox", "Music", "Master")
        person.terminal.wait_quiet()
        painted = person.terminal.screen()
        received = person.terminal.received
        person.lets_it_go_on()
        person.press("F1")
        person.sees("Previous control")
        person.press("Escape")
        person.sees_no_more("Previous control")
        person.terminal.wait_quiet()
        assert person.terminal.screen() == painted
        # Until the help covered it, nothing of the picture was sent again, and nothing was cleared.
        taken_over = bytes(person.terminal.output)[received:].partition(b"Previous control")[0]
        assert b"Firefox" not in taken_over
        assert person.terminal.output.count(b"\x1b[?1049h") == 1
        assert b"\x1b[2J" not in person.terminal.output
        person.leaves()


def test_keys_typed_before_textual_count_and_are_not_echoed(box: Box, tmp_path: Path) -> None:
    with Starting(tmp_path, box.env, "-D", "pulse", "--layout", "rows") as person:
        person.press("Down", "Down")  # before there is anything at all
        person.sees("Firefox", "Master")
        person.press("Down", "#", "#", "Left", "Left")
        person.terminal.wait_quiet()
        assert b"#" not in person.terminal.output
        person.lets_it_go_on()
        box.waits_for_percent("Firefox", 58)
        person.sees_percent("Firefox", 58)


@pytest.mark.parametrize("term", ["linux", "screen", "tmux-256color", "xterm", "foot", "xterm-kitty"])
def test_every_terminal_has_it(tmp_path: Path, term: str) -> None:
    env = os.environ | {"HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}
    with Starting(tmp_path, env, "--demo", term=term) as person:
        person.sees("Master", "Firefox")
        person.lets_it_go_on()
        person.press("F1")
        person.sees("Previous control")
        person.press("Escape")
        person.leaves()


def test_without_a_server(pulse: PrivatePulse, tmp_path: Path) -> None:
    with Starting(tmp_path, pulse.env | {"PULSE_SERVER": NOWHERE}) as person:
        person.sees("There is no sound card")
        person.lets_it_go_on()
        person.sees("/nonexistent/native")
        person.leaves()


def test_a_server_that_hangs_does_not_hold_the_other_half_back(box: Box, tmp_path: Path) -> None:
    box.server.pause()
    try:
        with Starting(tmp_path, box.env, "-D", "equal", "--layout", "rows") as person:
            person.sees("00. 31 Hz", "Connecting to")
            person.lets_it_go_on()
            person.press("F1")
            person.sees("Previous control")
            box.server.resume()
            person.press("Escape")
            person.sees("Firefox")
    finally:
        box.server.resume()


@pytest.mark.parametrize("words", [(), ("-D", "pulse")], ids=["forked", "spawned"])
def test_an_engine_that_is_killed_is_told_and_another_started(
    box: Box, tmp_path: Path, words: tuple[str, ...]
) -> None:
    with Starting(tmp_path, box.env, *words) as person:
        person.sees("Firefox")
        (engine,) = person.engines()
        os.kill(engine, signal.SIGKILL)
        person.waits_for(lambda: state_of(engine) in ("", "Z"), "the engine's end")
        person.lets_it_go_on()
        person.waits_for(lambda: b"killed by SIGKILL" in person.terminal.output, "the sentence")
        person.sees("Firefox")
        person.press("F1")
        person.sees("Previous control")
        person.press("Escape")
        person.leaves()


def test_a_wrong_card_is_told_without_a_screen(box: Box, tmp_path: Path) -> None:
    with Starting(tmp_path, box.env, "-c", "nonesuch") as person:
        assert person.terminal.wait() == 2
        person.sees('tuimixer: there is no card "nonesuch"')
        assert person.terminal.modes() == person.terminal.initial_modes
        assert b"\x1b[?1049h" not in person.terminal.output


def test_a_fault_leaves_the_terminal_in_order(box: Box, tmp_path: Path) -> None:
    with Starting(tmp_path, box.env, "-D", "pulse", broken=True) as person:
        person.sees("Firefox", "Master")
        person.lets_it_go_on()
        assert person.terminal.wait() == 70
        person.waits_for(person.in_order, "the terminal to be in order")
        person.sees("internal error: ImportError: made for the test")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_ends_it_in_order(box: Box, tmp_path: Path, number: signal.Signals) -> None:
    with Starting(tmp_path, box.env, "-D", "pulse") as person:
        person.sees("Firefox", "Master")
        person.terminal.signal(number)
        person.lets_it_go_on()
        assert person.terminal.wait() == 128 + number
        person.waits_for(person.in_order, "the terminal to be in order")


def test_another_size_meanwhile(box: Box, tmp_path: Path) -> None:
    with Starting(tmp_path, box.env, "-D", "pulse") as person:
        person.sees("Firefox", "Master")
        person.terminal.resize(60, 16)
        person.lets_it_go_on()
        person.press("F1")
        person.sees("Previous control")
        person.press("Escape")
        person.sees("Firefox", "Master")
        person.terminal.wait_quiet()
        assert all(len(line) <= 60 for line in person.terminal.lines())
        person.leaves()
