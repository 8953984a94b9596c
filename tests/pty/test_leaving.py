"""However the program exits, the terminal is restored and nothing keeps running."""

import os
import shlex
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.waiting import wait_until
from tests.pty.conftest import Box, Open
from tests.pty.person import PROGRAM, Person, engines_of, state_of

pytestmark = pytest.mark.pty


@pytest.mark.parametrize("key", ["q", "F10", "ctrl+c", "ctrl+q"])
def test_quit(opened: Open, key: str) -> None:
    with opened() as person:
        assert not person.in_order()
        engines = person.engines()
        person.press(key)
        assert person.terminal.wait() == 0
        person.waits_for(person.in_order, "the terminal to be in order")
        person.waits_for(lambda: not any(map(state_of, engines)), "the engine to end")


@pytest.mark.parametrize(("opening", "shown"), [("F1", "Keys"), ("/", "part of a name"), ("=", "Enter set")])
def test_quit_from_a_dialog(opened: Open, opening: str, shown: str) -> None:
    with opened() as person:
        person.press(opening)
        person.sees(shown)
        person.press("ctrl+c")
        assert person.terminal.wait() == 0
        person.waits_for(person.in_order, "the terminal to be in order")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_signals(opened: Open, number: signal.Signals) -> None:
    with opened() as person:
        engines = person.engines()
        person.terminal.signal(number)
        assert person.terminal.wait() == 128 + number
        person.waits_for(person.in_order, "the terminal to be in order")
        person.waits_for(lambda: not any(map(state_of, engines)), "the engine to end")


def test_the_engine_ends_with_a_screen_that_was_killed(opened: Open) -> None:
    with opened() as person:
        engines = person.engines()
        assert engines
        person.terminal.signal(signal.SIGKILL)
        person.terminal.wait()
        person.waits_for(lambda: not any(map(state_of, engines)), "the engine to end")


def test_suspended_and_resumed(opened: Open) -> None:
    with opened("--layout", "rows") as person:
        pid = person.terminal.process.pid
        person.terminal.signal(signal.SIGTSTP)
        person.waits_for(lambda: state_of(pid) == "T", "the program to be stopped")
        person.waits_for(person.in_order, "the terminal to be in order")
        person.terminal.signal(signal.SIGCONT)
        person.waits_for(lambda: person.terminal.alternate, "the screen to come back")
        before = person.waits_for(lambda: person.percent("Speakers"), "the picture to come back")
        assert before is not None
        person.choose("Speakers")
        person.press("Left")
        person.sees_percent("Speakers", before - 1)


@pytest.mark.parametrize("keys", [(), ("F1",), ("F2",), ("Enter",), ("/", "m"), ("=",)])
def test_the_window_is_closed(opened: Open, keys: tuple[str, ...]) -> None:
    with opened() as person:
        engines = person.engines()
        assert engines
        before = person.terminal.received
        person.press(*keys)
        person.waits_for(lambda: not keys or person.terminal.received > before, "the keys to do something")
        person.terminal.hang_up()
        assert person.terminal.wait() == 128 + signal.SIGHUP
        wait_until(lambda: not any(map(state_of, engines)), "the engine to end")
        assert not person.log.exists()


@pytest.mark.parametrize("layout", ["columns", "rows"])
def test_the_window_is_closed_while_meters_move(box: Box, layout: str) -> None:
    with Person(box.env, "--demo", "--layout", layout) as person:
        person.sees("Firefox")
        before = person.terminal.received
        person.waits_for(lambda: person.terminal.received > before + 2000, "the meters to move")
        person.terminal.hang_up()
        assert person.terminal.wait() == 128 + signal.SIGHUP
        assert not person.log.exists()


def test_the_window_is_closed_while_the_program_is_stopped(opened: Open) -> None:
    with opened() as person:
        engines, pid = person.engines(), person.terminal.process.pid
        person.press("ctrl+z")
        person.waits_for(lambda: state_of(pid) == "T", "the program to be stopped")
        person.terminal.hang_up()
        assert person.terminal.wait() == 128 + signal.SIGHUP
        wait_until(lambda: not any(map(state_of, engines)), "the engine to end")
        assert not person.log.exists()


def test_the_window_is_closed_and_only_the_shell_is_told(box: Box, tmp_path: Path) -> None:
    status = tmp_path / "status"
    command = f"trap '' HUP; {shlex.join(PROGRAM)} -D pulse; echo $? > {status}"
    with Person(box.env, program=("sh", "-c", command)) as person:
        person.sees("Firefox", "Master")
        person.terminal.hang_up()
        person.terminal.wait()
        assert status.read_text() == f"{128 + signal.SIGHUP}\n"
        assert not person.log.exists()


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[list[str]]:
    """The command line of a tmux with its own server."""
    command = ["tmux", "-S", str(tmp_path / "tmux"), "-f", os.devnull]
    yield command
    subprocess.run([*command, "kill-server"], capture_output=True, check=False)


@pytest.mark.parametrize("ending", ["kill-session", "kill-server"])
def test_a_tmux_session_is_killed(box: Box, tmux: list[str], ending: str) -> None:
    def ask(*words: str) -> str:
        return subprocess.run([*tmux, *words], env=box.env, capture_output=True, text=True, check=True).stdout

    ask("new-session", "-d", "-x", "80", "-y", "24", f"exec {shlex.join(PROGRAM)} -D pulse")
    wait_until(lambda: "Firefox" in ask("capture-pane", "-p"), "the picture")
    pid = int(ask("list-panes", "-F", "#{pane_pid}"))
    engines = engines_of(pid)
    assert engines
    ask(ending)
    wait_until(lambda: not any(map(state_of, (pid, *engines))), "the program and its engine to end")


def test_stopped_from_outside(opened: Open) -> None:
    with opened("--layout", "rows") as person:
        pid = person.terminal.process.pid
        person.terminal.signal(signal.SIGSTOP)
        person.waits_for(lambda: state_of(pid) == "T", "the program to be stopped")
        person.terminal.signal(signal.SIGCONT)
        person.waits_for(lambda: state_of(pid) != "T", "the program to go on")
        person.choose("Speakers")
        person.press("ctrl+q")
        assert person.terminal.wait() == 0
        person.waits_for(person.in_order, "the terminal to be in order")
