"""However the program is left, the terminal is in order and nothing runs on."""

import signal

import pytest

from tests.pty.conftest import Open
from tests.pty.person import state_of

pytestmark = pytest.mark.pty


@pytest.mark.parametrize("key", ["Escape", "F10", "ctrl+c", "ctrl+q"])
def test_quit(opened: Open, key: str) -> None:
    with opened() as person:
        assert not person.in_order()
        engines = person.engines()
        person.press(key)
        assert person.terminal.wait() == 0
        person.waits_for(person.in_order, "the terminal to be in order")
        person.waits_for(lambda: not any(map(state_of, engines)), "the engine to end")


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
        person.press("Down")
        person.sees_percent("Speakers", before - 1)
