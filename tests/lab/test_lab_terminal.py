"""The pseudo terminal shows what a program draws and passes on the user's input."""

import signal
import sys

import pytest

from tests.lab.terminal import Terminal

pytestmark = pytest.mark.pty


def test_screen_keys_and_exit_status() -> None:
    with Terminal(
        ["sh", "-c", r'stty -echo; printf "\033[5;10Hready "; read x; echo "<$x>"; exit 3']
    ) as terminal:
        terminal.wait_for("ready")
        assert terminal.find("ready") == (9, 4)
        terminal.send("abc")
        terminal.press("Enter")
        terminal.wait_for("<abc>")
        assert terminal.wait() == 3


def test_sequences_unknown_to_pyte_leave_no_trace_even_in_pieces() -> None:
    paint = (
        r"printf 'a\033[>1u'; printf 'b\033[?20'; sleep 0.1; printf '26$pc\033P+q544e'; sleep 0.1;"
        r" printf '\033\\d\033[<ue'; read x"
    )
    with Terminal(["sh", "-c", paint]) as terminal:
        terminal.wait_for("abcde")


def test_answers_where_the_cursor_is() -> None:
    program = r"""
import os, tty
tty.setraw(0)
os.write(1, b"\x1b[3;7H\x1b[6n")
answer = os.read(0, 32)
os.write(1, repr(answer).encode())
os.read(0, 1)
"""
    with Terminal([sys.executable, "-c", program]) as terminal:
        terminal.wait_for(r"b'\x1b[3;7R'")


def test_mouse_and_keys_arrive_as_sent() -> None:
    program = """
import os, tty
tty.setraw(0)
os.write(1, b"go")
while True:
    os.write(1, repr(os.read(0, 99))[2:-1].encode())
"""
    with Terminal([sys.executable, "-c", program], columns=200) as terminal:
        terminal.wait_for("go")
        terminal.click(4, 2)
        terminal.wait_for(r"\x1b[<0;5;3M\x1b[<0;5;3m")
        terminal.drag((0, 9), (0, 5), steps=2)
        terminal.wait_for(r"\x1b[<0;1;10M\x1b[<32;1;8M\x1b[<32;1;6M\x1b[<0;1;6m")
        terminal.wheel(1, 1, up=False)
        terminal.wait_for(r"\x1b[<65;2;2M")
        terminal.press("Up", "F1", "ctrl+r")
        terminal.wait_for(r"\x1b[A\x1bOP\x12")


def test_resize_reaches_the_program() -> None:
    program = """
import os, signal
# Not print, which is not reentrant.
signal.signal(signal.SIGWINCH, lambda *_: os.write(1, str(os.get_terminal_size()).encode()))
os.write(1, b"go\\n")
while True:
    signal.pause()
"""
    with Terminal([sys.executable, "-c", program]) as terminal:
        terminal.wait_for("go")
        terminal.resize(100, 30)
        terminal.wait_for("columns=100, lines=30")
        terminal.signal(signal.SIGTERM)
        assert terminal.wait() == -signal.SIGTERM


def test_modes_tell_whether_the_terminal_was_left_in_order() -> None:
    with Terminal(["sh", "-c", "stty raw -echo; printf raw; read x"]) as terminal:
        terminal.wait_for("raw")
        assert terminal.modes() != terminal.initial_modes
    with Terminal(["sh", "-c", "printf done"]) as terminal:
        terminal.wait()
        assert terminal.modes() == terminal.initial_modes


def test_all_is_read_that_a_program_said_before_it_exited() -> None:
    with Terminal(["sh", "-c", "head -c 100000 /dev/zero | tr '\\0' x; printf last"]) as terminal:
        assert terminal.wait() == 0
        assert terminal.output.endswith(b"xlast")


@pytest.mark.parametrize("apart", [False, True], ids=["itself", "its engine"])
def test_a_program_that_computes_is_not_quiet(apart: bool) -> None:
    program = """
import os
if APART:
    if os.fork():
        os.wait()
    os.setsid()
os.write(1, b"go")
os.read(0, 1)
os.write(1, b" on")
sum(range(30_000_000))
os.write(1, b"done")
os.read(0, 1)
"""
    with Terminal([sys.executable, "-c", program.replace("APART", str(apart))]) as terminal:
        terminal.wait_for("go")
        terminal.press("Enter")
        terminal.wait_for(" on")  # a busy machine may take a while to pass the key on
        terminal.wait_quiet(0.05)
        assert "done" in terminal.screen()


def test_bytes_are_counted() -> None:
    with Terminal(["sh", "-c", "stty -echo; printf ready; read x; printf 12345; read x"]) as terminal:
        terminal.wait_for("ready")
        before = terminal.received
        terminal.press("Enter")
        terminal.wait_for("12345")
        assert terminal.received - before == 5


def test_queries_that_are_not_answered_show_nothing() -> None:
    """Private queries for devices, modes and colors, as tmux and Textual send them."""
    with Terminal(["printf", r"a\033[>0q\033[?2026$p\033[?996nb"]) as terminal:
        terminal.wait_for("ab")
