"""A terminal that sends nonsense, does not read, or is not where it is expected."""

import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.lab.terminal import Terminal
from tests.pty.person import Person

pytestmark = pytest.mark.pty

Start = Callable[..., Person]
HELD_UP = 40
"""Whole pictures that fill the kernel's buffers for a terminal that does not read, and more."""
RESTING = 0.1
"""Seconds of processor time that a second of waiting and of meters may take."""


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Opens tuimixer on the demo; `program` is what starts it."""
    opened: list[Person] = []

    def start_it(*words: str, **more: object) -> Person:
        env = os.environ | {"HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}
        person = Person(env, "--demo", "--no-config", "--layout", "rows", *words, **more)  # type: ignore[arg-type]
        opened.append(person)
        person.sees("Firefox")
        return person

    yield start_it
    for person in opened:
        person.terminal.close()


def works(person: Person) -> None:
    """The next key still works."""
    before = person.waits_for(lambda: person.percent("Firefox"), "the picture")
    assert before is not None
    person.choose("Firefox", still=False)
    person.press("Left")
    person.sees_percent("Firefox", before - 1)


def helps(person: Person) -> bool:
    """Whether F1 opens the help, if it is pressed and nothing after it for a while."""
    person.press("F1")
    person.terminal.wait_quiet(3.0)
    return "Selection" in person.terminal.screen()


@pytest.mark.parametrize(
    "parts",
    [
        (b"\xc3", b"\xa9"),
        (b"\xe2", b"\x82", b"\xac"),
        (b"\xe9",),
        (b"\xe2",),
        (b"\x1b[48;30;100;0;0t\x1b[<35;10;5M",),
        (b"\x1b[99999999u",),
        (b"\x1b[460657099;F",),
        (b"\x1b[200~never ended",),
    ],
)
def test_no_input_ends_it(start: Start, parts: tuple[bytes, ...]) -> None:
    person = start("--no-meters")
    for part in parts:
        person.terminal.wait_quiet(0.05)
        person.terminal.send_bytes(part)
    person.terminal.wait_quiet(0.2)
    if b"200~" in parts[0]:
        # It does not wait forever for the end of a paste, to which all keys belong until then.
        person.waits_for(lambda: helps(person), "a key to be a key again")
        person.press("Escape")
        person.sees_no_more("Selection")
    works(person)
    person.press("ctrl+c")
    assert person.terminal.wait() == 0
    person.waits_for(person.in_order, "the terminal to be in order")


@pytest.mark.parametrize("seed", range(3))
def test_random_bytes(start: Start, seed: int) -> None:
    person = start("--no-meters")
    chance = random.Random(seed)
    # Without Ctrl-C, Ctrl-Q and Ctrl-Z, and without Escape, which may quit.
    signs = [number for number in range(256) if number not in (3, 17, 26, 27, ord("q"), ord("Q"))]
    for _ in range(100):
        person.terminal.send_bytes(bytes(chance.choices(signs, k=chance.randrange(1, 40))))
    person.terminal.wait_quiet(0.5)
    assert person.terminal.process.poll() is None
    person.press("ctrl+c")
    assert person.terminal.wait() == 0
    person.waits_for(person.in_order, "the terminal to be in order")


def cpu_time(pid: int) -> float:
    """Seconds of processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def held_up(person: Person) -> None:
    """The terminal stops reading, and keys continue until the program can no longer write what it paints."""
    person.terminal.stop_reading()
    person.press(*["v"] * HELD_UP, "F1", "PageDown", "F10", "F8", "F10")
    pid = person.terminal.process.pid
    used = [cpu_time(pid)]

    def rests() -> bool:
        time.sleep(1.0)
        used.append(cpu_time(pid))
        return used[-1] - used[-2] < RESTING

    person.waits_for(rests, "the program to be held up, or done with the keys")


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGHUP, "ctrl+c"])
@pytest.mark.parametrize("words", [["--no-meters"], []], ids=["still", "meters"])
def test_a_terminal_that_does_not_read_holds_up_no_end(
    start: Start, ending: "signal.Signals | str", words: list[str]
) -> None:
    person = start(*words)
    held_up(person)
    if isinstance(ending, str):
        person.press(ending)
        assert person.terminal.wait() == 0
    else:
        person.terminal.signal(ending)
        assert person.terminal.wait() == 128 + ending
    assert person.terminal.modes() == person.terminal.initial_modes
    person.terminal.read_on()
    person.waits_for(person.in_order, "the terminal to be in order")


def test_a_terminal_that_reads_again_shows_what_is_true(start: Start) -> None:
    person = start("--no-meters")
    before = person.waits_for(lambda: person.percent("Firefox"), "the picture")
    person.choose("Firefox")
    held_up(person)
    for _ in range(5):
        person.press("Left")
    person.terminal.read_on()
    assert before is not None
    person.sees_percent("Firefox", before - 5)
    works(person)
    person.press("ctrl+c")
    assert person.terminal.wait() == 0
    person.waits_for(person.in_order, "the terminal to be in order")


def test_a_terminal_that_does_not_read_is_closed(start: Start) -> None:
    person = start()
    held_up(person)
    person.terminal.hang_up()
    assert person.terminal.wait() == 128 + signal.SIGHUP
    assert not person.log.exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT])
def test_signals_at_any_time(start: Start, tmp_path: Path, number: signal.Signals) -> None:
    """From the moment the terminal is taken, and while the first frame is created."""
    for milliseconds in (0, 0, 2, 5, 10, 20, 50, 100):
        env = os.environ | {"HOME": str(tmp_path)}
        with Person(env, "--demo", "--no-config") as person:
            person.waits_for(
                lambda person=person: person.terminal.modes() != person.terminal.initial_modes,  # type: ignore[misc]
                "the terminal to be taken",
            )
            time.sleep(milliseconds / 1000)
            person.terminal.signal(number)
            assert person.terminal.wait() == 128 + number
            person.waits_for(person.in_order, "the terminal to be in order")
            assert "Traceback" not in person.terminal.screen()
            assert not person.log.exists()


# The window is resized and closed while asyncio closes its loop.
RESIZED_LATE = """
import asyncio.selector_events, signal, sys
class Loop(asyncio.selector_events.BaseSelectorEventLoop):
    closed = asyncio.selector_events.BaseSelectorEventLoop._close_self_pipe
    def _close_self_pipe(self):
        Loop.closed(self)
        signal.raise_signal(signal.SIGWINCH)
        signal.raise_signal(signal.SIGTERM)
asyncio.selector_events.BaseSelectorEventLoop._close_self_pipe = Loop._close_self_pipe
from tuimixer.cli.main import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize(("words", "shown"), [((), "Firefox"), (("status", "--follow"), "47%")])
def test_signals_at_the_very_end(tmp_path: Path, words: tuple[str, ...], shown: str) -> None:
    program = [sys.executable, "-c", RESIZED_LATE, "--demo", *words]
    with Terminal(program, env=os.environ | {"HOME": str(tmp_path)}) as terminal:
        terminal.wait_for(shown)
        terminal.press("ctrl+c")
        assert terminal.wait() == 0
        assert b"Traceback" not in terminal.output
        assert terminal.modes() == terminal.initial_modes


@pytest.mark.parametrize("where", ["/dev/null", "FILE"])
def test_errors_that_go_elsewhere(start: Start, tmp_path: Path, where: str) -> None:
    errors = tmp_path / "errors" if where == "FILE" else Path(where)
    command = f'exec {sys.executable} -m tuimixer "$@" 2>{errors}'
    person = start(program=("sh", "-c", command, "sh"))
    works(person)
    person.press("ctrl+c")
    assert person.terminal.wait() == 0
    person.waits_for(person.in_order, "the terminal to be in order")
    assert not errors.is_file() or errors.read_bytes() == b""


@pytest.mark.parametrize("redirected", ["</dev/null", ">/dev/null", "<&-", ">&-"])
def test_no_terminal_to_show_it_on(tmp_path: Path, redirected: str) -> None:
    command = f"exec {sys.executable} -m tuimixer --demo {redirected}"
    with Terminal(["sh", "-c", command], env=os.environ | {"HOME": str(tmp_path)}) as terminal:
        assert terminal.wait() == 2
        terminal.wait_for("tuimixer: the mixer needs a terminal")
        assert b"\x1b" not in terminal.output


def test_it_ends_while_streams_come_and_go(start: Start) -> None:
    """The demo's own streams come and go; exiting must not coincide with a change."""
    for _ in range(5):
        person = start()
        person.press("ctrl+c")
        assert person.terminal.wait() == 0
        person.waits_for(person.in_order, "the terminal to be in order")
        assert not person.log.exists()
