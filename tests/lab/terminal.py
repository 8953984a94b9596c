"""A simulated terminal: a pseudo terminal with a screen kept by pyte, keys, mouse and resizes."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import pyte

from tests.lab.waiting import DEADLINE, wait_until

_KEYS = {
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "insert": "\x1b[2~",
    "delete": "\x1b[3~",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "f1": "\x1bOP",
    "f2": "\x1bOQ",
    "f3": "\x1bOR",
    "f4": "\x1bOS",
    "f5": "\x1b[15~",
    "f6": "\x1b[17~",
    "f7": "\x1b[18~",
    "f8": "\x1b[19~",
    "f9": "\x1b[20~",
    "f10": "\x1b[21~",
    "f11": "\x1b[23~",
    "f12": "\x1b[24~",
    "tab": "\t",
    "shift+tab": "\x1b[Z",
    "enter": "\r",
    "escape": "\x1b",
    "backspace": "\x7f",
    "space": " ",
}
APPLICATION_KEYS = {
    **_KEYS,
    "up": "\x1bOA",
    "down": "\x1bOB",
    "right": "\x1bOC",
    "left": "\x1bOD",
    "home": "\x1bOH",
    "end": "\x1bOF",
}
"""As they are sent in the keypad's application mode, which ncurses switches on."""

# What pyte 0.8 would print as text or misinterpret: private CSI sequences with < = > (keyboard
# protocol, device queries), queries of modes (? $p) and colors (? n, on which it crashes), and DCS, APC
# and PM strings.
_UNKNOWN_TO_PYTE = re.compile(
    rb"\x1b\[[<=>][0-9;:]*[ -/]*[@-~]|\x1b\[\?[0-9;]*(?:\$p|n)|\x1b[P_^][^\x1b]*\x1b\\"
)
_UNFINISHED = re.compile(rb"\x1b(?:\[[0-9;:<=>?]*[ -/]*|[P_^\]][^\x1b\x07]*\x1b?)?$")


def _computes(program: int) -> bool:
    """Whether a process of a program's session, or a child of it, is running or waits for a processor.

    An engine is a child with a session of its own.
    """
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent, _group, session = stat.read_text().rpartition(")")[2].split()[:4]
        except OSError:  # it has exited meanwhile
            continue
        if program in (int(session), int(parent)) and state in "RD":
            return True
    return False


class _Screen(pyte.Screen):
    """A pyte screen that responds to the program's queries (cursor position, device attributes)."""

    def __init__(self, columns: int, lines: int, answer: Callable[[str], None]) -> None:
        super().__init__(columns, lines)
        self._answer = answer

    def write_process_input(self, data: str) -> None:
        """Called by pyte with the response."""
        self._answer(data)


class Terminal:
    """A command in a terminal of `columns` by `lines`; use it with `with`, which ends the command.

    `env` is the whole environment (default: this process's) except TERM, COLUMNS and LINES.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        columns: int = 80,
        lines: int = 24,
        term: str = "xterm-256color",
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:
        self.output = bytearray()
        """Every byte that the program has sent, except NUL."""
        self._ends = 0
        self._pending = b""
        self._shown: list[str] | None = None
        self._changed = threading.Condition()
        self._screen = _Screen(columns, lines, self._answer)
        self._stream = pyte.ByteStream(self._screen)
        self._master, self._slave = pty.openpty()
        self._set_size(columns, lines)
        self.initial_modes = termios.tcgetattr(self._slave)
        """The terminal's modes before the program started."""
        environment = dict(os.environ if env is None else env)
        for name in ("COLUMNS", "LINES"):
            environment.pop(name, None)
        slave = self._slave
        self.process = subprocess.Popen(
            list(command),
            env=environment | {"TERM": term},
            cwd=cwd,
            close_fds=True,
            pass_fds=(slave,),
            preexec_fn=lambda: os.login_tty(slave),
        )
        self._may_read = threading.Event()
        self._may_read.set()
        self._hung_up, self._hang_up = os.pipe()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    # -- output --

    def _answer(self, text: str) -> None:
        os.write(self._master, text.encode())

    def _read(self) -> None:
        # A blocking read would keep the terminal open while it is being closed.
        while self._hung_up not in select.select([self._master, self._hung_up], [], [])[0]:
            self._may_read.wait()
            with self._changed:
                try:
                    data = os.read(self._master, 65536)
                except OSError:
                    return
                if not data:
                    return
                self._ends += data.count(b"\0")
                data = data.replace(b"\0", b"")
                self.output += data
                whole = _UNKNOWN_TO_PYTE.sub(b"", self._pending + data)
                cut = unfinished.start() if (unfinished := _UNFINISHED.search(whole)) else len(whole)
                self._pending = whole[cut:]
                self._stream.feed(whole[:cut])
                self._shown = None
                self._changed.notify_all()

    @property
    def _has_unread(self) -> bool:
        """Whether the program has sent something that is about to be read."""
        if not self._may_read.is_set():
            return False
        try:
            count = fcntl.ioctl(self._master, termios.FIONREAD, bytes(4))
        except OSError:  # the program has exited
            return False
        return count != bytes(4)

    def lines(self) -> list[str]:
        """The screen's lines as text, without trailing spaces."""
        with self._changed:
            if self._shown is None:
                # Expensive on a big screen, and called repeatedly while waiting.
                self._shown = [line.rstrip() for line in self._screen.display]
            return list(self._shown)

    def screen(self) -> str:
        """The screen as one string."""
        return "\n".join(self.lines())

    @property
    def size(self) -> tuple[int, int]:
        """Columns and lines."""
        return self._screen.columns, self._screen.lines

    def cell(self, column: int, line: int) -> Any:
        """The pyte character at a position counted from 0: .data, .fg, .bg, .bold, .reverse."""
        with self._changed:
            return self._screen.buffer[line][column]

    def find(self, text: str) -> tuple[int, int] | None:
        """Column and line, from 0, where `text` first occurs on the screen (columns of narrow text)."""
        for number, line in enumerate(self.lines()):
            if (column := line.find(text)) >= 0:
                return column, number
        return None

    @property
    def cursor(self) -> tuple[int, int, bool]:
        """Column and line of the cursor, and whether it is visible."""
        with self._changed:
            cursor = self._screen.cursor
            return cursor.x, cursor.y, not cursor.hidden

    @property
    def alternate(self) -> bool:
        """Whether the program is using the alternate screen."""
        return self.output.rfind(b"\x1b[?1049h") > self.output.rfind(b"\x1b[?1049l")

    @property
    def received(self) -> int:
        """Number of bytes sent by the program; compare before and after to count a step's bytes."""
        return len(self.output)

    def wait_for(self, wanted: str | Callable[[str], object], timeout: float = DEADLINE) -> float:
        """Wait until the text is on the screen, or a function of the screen's text returns true.

        Returns the seconds it took; raises TimeoutError with the screen's contents.
        """
        start = time.monotonic()
        check = (lambda screen: wanted in screen) if isinstance(wanted, str) else wanted
        with self._changed:
            while not check(self.screen()):
                left = start + timeout - time.monotonic()
                if left <= 0:
                    what = repr(wanted) if isinstance(wanted, str) else "the condition"
                    raise TimeoutError(f"after {timeout:g} s {what} is not on the screen:\n{self.screen()}")
                # Conditions may depend on more than the screen, so check again even if nothing was drawn.
                self._changed.wait(min(left, 0.05))
        return time.monotonic() - start

    def wait_gone(self, text: str, timeout: float = DEADLINE) -> float:
        """Wait until the text is no longer on the screen."""
        return self.wait_for(lambda screen: text not in screen, timeout)

    def wait_quiet(self, seconds: float = 0.3, timeout: float = DEADLINE) -> None:
        """Wait until the program has sent nothing for `seconds` and computes nothing.

        On a busy machine, either side may wait for the processor that long: the program before it goes on,
        and the reader before it reads.
        """
        end = time.monotonic() + timeout
        with self._changed:
            while self._changed.wait(seconds) or _computes(self.process.pid) or self._has_unread:
                if time.monotonic() > end:
                    raise TimeoutError(f"after {timeout:g} s the program is still drawing")

    # -- input --

    def send(self, text: str) -> None:
        """Send text unchanged."""
        self.send_bytes(text.encode())

    def send_bytes(self, data: bytes) -> None:
        """Send bytes unchanged, text or not."""
        while data:
            data = data[os.write(self._master, data) :]

    def press(self, *keys: str) -> None:
        """Press keys by name ("Up", "F1", "Shift+Tab", "ctrl+r", "alt+x") or as characters ("m", "?")."""
        for key in keys:
            name = key.lower()
            if len(key) == 1:
                self.send(key)
            elif name in _KEYS:
                self.send(_KEYS[name])
            elif name.startswith("ctrl+"):
                self.send(chr(ord(name[-1]) & 0x1F))
            elif name.startswith("alt+"):
                self.send("\x1b" + key[4:])
            else:
                raise ValueError(f"no key {key!r}")

    def mouse(self, button: int, column: int, line: int, *, release: bool = False) -> None:
        """Send one SGR mouse event; positions count from 0.

        `button` is 0 left, 1 middle, 2 right, 32 more while moving, 64 wheel up, 65 wheel down.
        """
        self.send(f"\x1b[<{button};{column + 1};{line + 1}{'m' if release else 'M'}")

    def click(self, column: int, line: int, button: int = 0) -> None:
        """Press and release a button."""
        self.mouse(button, column, line)
        self.mouse(button, column, line, release=True)

    def drag(self, start: tuple[int, int], end: tuple[int, int], steps: int = 4, button: int = 0) -> None:
        """Press at `start`, move to `end` in `steps` steps, release; positions are (column, line)."""
        self.mouse(button, *start)
        for step in range(1, steps + 1):
            column, line = (a + round((b - a) * step / steps) for a, b in zip(start, end, strict=True))
            self.mouse(button + 32, column, line)
        self.mouse(button, *end, release=True)

    def wheel(self, column: int, line: int, up: bool = True, clicks: int = 1) -> None:
        """Turn the wheel."""
        for _ in range(clicks):
            self.mouse(64 if up else 65, column, line)

    def _set_size(self, columns: int, lines: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def stop_reading(self) -> None:
        """Stop reading, like a terminal behind a stalled connection."""
        self._may_read.clear()

    def read_on(self) -> None:
        """Resume reading, starting with what has arrived meanwhile."""
        self._may_read.set()

    def resize(self, columns: int, lines: int) -> None:
        """Resize the terminal; the program gets SIGWINCH."""
        with self._changed:
            self._screen.resize(lines, columns)
            self._shown = None
        self._set_size(columns, lines)

    # -- the end --

    def signal(self, number: int) -> None:
        """Send the program a signal."""
        self.process.send_signal(number)

    def wait(self, timeout: float = DEADLINE) -> int:
        """Wait for the program to exit, and until what it has sent has been read if the terminal reads.

        Returns its exit status, negative for a signal.
        """
        status = self.process.wait(timeout)
        if self._master >= 0 and self._may_read.is_set():
            before = self._ends
            wait_until(lambda: select.select([], [self._slave], [], 0)[1], "room for the end of the output")
            os.write(self._slave, b"\0")
            wait_until(lambda: self._ends > before, "the end of the output")
        return status

    def modes(self) -> list[Any]:
        """The terminal's current modes; equal to `initial_modes` once the program has restored them."""
        return termios.tcgetattr(self._slave)

    def hang_up(self) -> None:
        """Close the terminal's window: the kernel sends SIGHUP and SIGCONT, and nothing is read any more."""
        if self._master < 0:
            return
        os.write(self._hang_up, b"!")
        self._may_read.set()
        self._reader.join(timeout=5)
        for descriptor in (self._master, self._slave, self._hung_up, self._hang_up):
            os.close(descriptor)
        self._master = -1

    def close(self) -> None:
        """End the program if it is running, hang up, and release everything. May be called twice."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.hang_up()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
