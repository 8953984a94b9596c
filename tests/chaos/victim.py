"""The program in a pseudo terminal, watched for what must never happen."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

from tests.chaos.tally import Memory, Tally
from tests.lab.waiting import DEADLINE
from tests.pty.person import engines_of, state_of
from tuimixer.cli.main import CRASHED

MARK = "owned"
"""What the escape sequences in hostile names would write into the terminal's title."""
NASTY = (
    f"\x1b]0;{MARK}\x07title",
    f"\x9d0;{MARK}\x9ctitle",
    "\x1b[31;5;7mred",
    "\x1b[2J\x1b[Hclear",
    "\x1b[?1049l\x1b[?25hleft",
    "[bold red]markup[/] [@click=app.quit]x",
    "two\nlines\ttab\r\x08",
    "\u202eright to left\u2066",
    "e" + "\u0301" * 60,
    "音楽プレーヤー" * 8,
    "L" * 5000,
    "",
    "\x00\x7f\x85",
)
"""Names that a hostile program might give to its streams."""
_FORBIDDEN = (
    f"\x1b]0;{MARK}".encode(),
    f"\x9d0;{MARK}".encode(),
    b"\x1b[31;5;7m",
    "\u202e".encode(),
    b"\x1b[2J\x1b[Hclear",
)
_TRACEBACK = b"Traceback"
_ESCAPES = re.compile(rb"\x1b(?:\[[0-9;:<=>?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|.)")
_MODE = re.compile(rb"\x1b\[\?([0-9;]+)([hl])")
_KEPT = 16384
_STORY = 24
"""Number of lines of a crash's traceback in a finding."""
_ALTERNATE, _CURSOR = 1049, 25
_RESET = (1000, 1002, 1003, 1006, 2004, _ALTERNATE)
"""Terminal modes that must be off at the end."""
ESCAPE = b"\x1b[27u"
"""The Escape key in kitty's protocol; a lone escape character is taken for the start of what follows."""
_ENDS = (b"\x1b\\", b"\x1b[201~")
"""What ends a control string or a paste that was begun."""
_F1, _LIST_OF_KEYS = b"\x1bOP", b"Previous control"
_DEEPEST = 6
"""More dialogs than are ever open above each other."""


class Victim:
    """tuimixer in a terminal; use it with `with`."""

    def __init__(
        self, tally: Tally, env: Mapping[str, str], *words: str, program: Sequence[str] | None = None
    ) -> None:
        self._tally = tally
        self._command = [*(program or (sys.executable, "-P", "-m", "tuimixer")), *words]
        self.columns, self.lines = 80, 24
        self._master, self._slave = pty.openpty()
        self.resize(80, 24)
        self._log = Path(env["HOME"]) / ".local/state/tuimixer/log"
        self._initial = termios.tcgetattr(self._slave)
        # Anything typed after the program has exited would be echoed, and taken for its output.
        self._initial[3] &= ~termios.ECHO
        termios.tcsetattr(self._slave, termios.TCSANOW, self._initial)
        self.received = 0
        self._tail = b""
        self._traceback = False
        self._modes: dict[int, bool] = {}
        slave = self._slave
        self.process = subprocess.Popen(
            self._command,
            env={**env, "TERM": "xterm-256color"},
            pass_fds=(slave,),
            preexec_fn=lambda: _take_terminal(slave),
        )
        self._memories = {"screen": Memory("the screen")}
        tally.memories.append(self._memories["screen"])
        self._engine = 0
        self._hung_up, self._hang_up = os.pipe()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.close_terminal()
        if self._traceback:
            self._tally.find(f"printed a traceback\n{self._context()}")

    @property
    def running(self) -> bool:
        """Whether it has not exited."""
        return self.process.poll() is None

    def engines(self) -> list[int]:
        """Process ids of its engines."""
        return engines_of(self.process.pid)

    def send(self, data: bytes) -> None:
        """Type bytes, as far as the program accepts them, without waiting for one that does not read."""
        if self._master >= 0 and select.select([], [self._master], [], 0.5)[1]:
            os.write(self._master, data[:1024])

    def resize(self, columns: int, lines: int) -> None:
        """Resize the terminal."""
        self.columns, self.lines = columns, lines
        if self._master >= 0:
            fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def resume(self) -> None:
        """Continue it if Ctrl-Z has stopped it, as a shell's `fg` does."""
        if state_of(self.process.pid) == "T":
            self.signal(signal.SIGCONT)

    def measure(self) -> None:
        """Take a sample of the memory of screen and engine."""
        self._memories["screen"].sample(self.process.pid)
        engines = self.engines()
        if engines and engines[0] != self._engine:
            self._engine = engines[0]
            self._memories["engine"] = Memory("the engine")
            self._tally.memories.append(self._memories["engine"])
        if engines:
            self._memories["engine"].sample(self._engine)

    def starts(self) -> bool:
        """Wait for the first frame."""
        return self._wait(
            lambda: self._modes.get(_ALTERNATE, False) and self.received > 1000, "does not start"
        )

    def answers(self) -> bool:
        """Whether it still paints when it is resized."""
        before = self.received
        self.resize(80, 24 if self.lines != 24 else 25)
        return self._wait(lambda: self.received > before, "does not paint any more")

    def rests(self) -> bool:
        """Whether it comes to rest once it has dealt with what it was sent, in a window of the usual size."""
        self.resize(80, 24)
        return self._wait(self._is_idle, "does not come to rest")

    def listens(self) -> bool:
        """Whether keys still reach it: from wherever it is, Escape and F1 lead to the list of keys."""
        self.resize(80, 24)
        return self._wait(self._lists_keys, "does not take keys any more")

    def _lists_keys(self) -> bool:
        for data in (*_ENDS, *[ESCAPE] * _DEEPEST):
            self.send(data)
        time.sleep(0.2)
        # A list that is still open is repainted whenever something changes below it, without any key.
        if self._paints_list(lambda: self.resize(80, 24 if self.lines != 24 else 25), 2.0):
            return False
        listed = self._paints_list(lambda: self.send(_F1), 2.0)
        self.send(ESCAPE)
        return listed

    def _paints_list(self, act: Callable[[], None], seconds: float) -> bool:
        """Whether the list of keys is painted within this time after the first output that follows."""
        before = self.received
        act()
        end = time.monotonic() + DEADLINE
        painted = False
        while self.running and time.monotonic() < end:
            self.resume()
            if (new := self.received - before) and _LIST_OF_KEYS in _ESCAPES.sub(b"", self._tail[-new:]):
                return True
            if new and not painted:
                painted, end = True, time.monotonic() + seconds
            time.sleep(0.01)
        return False

    def _is_idle(self) -> bool:
        """Whether it rests for more than half of a second, neither running nor waiting for a processor."""
        try:
            began, before = time.monotonic(), _busy(self.process.pid)
            time.sleep(1.0)
            return _busy(self.process.pid) - before < (time.monotonic() - began) / 2
        except OSError:  # it has exited
            return False

    def ended_well(self, *statuses: int) -> bool:
        """Wait for it to exit, with one of these statuses and the terminal restored."""
        end = time.monotonic() + DEADLINE
        while (status := self.process.poll()) is None:
            if time.monotonic() > end:
                self._tally.find(f"does not end\n{self._context()}")
                return False
            self.resume()
            time.sleep(0.01)
        if status not in statuses:
            story = f"\n{self._story()}" if status == CRASHED else ""
            self._tally.find(f"ended with status {status}, not {statuses}\n{self._context()}{story}")
            return False
        if self._master >= 0 and not self._wait(self.in_order, "leaves the terminal in disorder"):
            return False
        self._tally.survived["ends in order"] += 1
        return True

    def in_order(self) -> bool:
        """Whether modes and screen are restored."""
        return (
            termios.tcgetattr(self._slave) == self._initial
            and not any(self._modes.get(mode, False) for mode in _RESET)
            and self._modes.get(_CURSOR, True)
        )

    def signal(self, number: int) -> None:
        """Send it a signal."""
        self.process.send_signal(number)

    def close_terminal(self) -> None:
        """Close the terminal's window. May be called twice."""
        if self._master < 0:
            return
        os.write(self._hang_up, b"!")
        self._reader.join(timeout=5)
        for descriptor in (self._master, self._slave, self._hung_up, self._hang_up):
            os.close(descriptor)
        self._master = -1

    def _wait(self, condition: object, complaint: str) -> bool:
        assert callable(condition)
        end = time.monotonic() + DEADLINE
        while not condition():
            self.resume()
            if time.monotonic() > end or (
                not self.running and complaint != "leaves the terminal in disorder"
            ):
                if self.running or complaint.startswith("leaves"):
                    self._tally.find(f"{complaint}\n{self._context()}")
                return False
            time.sleep(0.01)
        return True

    def _context(self) -> str:
        on = sorted(mode for mode, is_on in self._modes.items() if is_on)
        plain = " ".join(_ESCAPES.sub(b"", self._tail).decode("utf-8", "replace").split())
        return f"    modes on: {on}; last output: {plain[-300:]!r}"

    def _story(self) -> str:
        """The end of the crash log: the innermost calls and the exception."""
        lines = self._log.read_text(errors="replace").rstrip().splitlines() if self._log.exists() else []
        return "\n".join(f"      {line}" for line in lines[-_STORY:])

    def _read(self) -> None:
        # Including what was printed last before the terminal is closed.
        while self._master in select.select([self._master, self._hung_up], [], [])[0]:
            try:
                data = os.read(self._master, 65536)
            except OSError:
                return
            if not data:
                return
            seen = self._tail + data
            for forbidden in _FORBIDDEN:
                if forbidden in seen and forbidden not in self._tail:
                    self._tally.find(f"painted {forbidden!r}: {seen[-400:]!r}")
            self._traceback |= _TRACEBACK in seen
            for numbers, state in _MODE.findall(data if not self._tail else self._tail[-16:] + data):
                for number in numbers.split(b";"):
                    if number:
                        self._modes[int(number)] = state == b"h"
            self._tail = seen[-_KEPT:]
            self.received += len(data)
            if b"\x1b[c" in data or b"\x1b[6n" in data:
                os.write(self._master, b"\x1b[?62;c" if b"\x1b[c" in data else b"\x1b[1;1R")


def _busy(pid: int) -> float:
    """Seconds for which a process has run or waited for a processor."""
    running, waiting, _slices = Path(f"/proc/{pid}/schedstat").read_text().split()
    return (int(running) + int(waiting)) / 1e9


def _take_terminal(descriptor: int) -> None:
    """Start as in a new terminal, even if this program was started by nohup."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    os.login_tty(descriptor)


def end_somehow(victim: Victim, choice: int, tally: Tally) -> None:
    """End it in one of the ways in which a user or the system does."""
    match choice % 4:
        case 0:
            victim.signal(signal.SIGTERM)
            victim.ended_well(128 + signal.SIGTERM, 0)
        case 1:
            victim.signal(signal.SIGHUP)
            victim.ended_well(128 + signal.SIGHUP, 0)
        case 2:
            victim.close_terminal()
            victim.ended_well(128 + signal.SIGHUP, 0)
        case 3:
            victim.send(b"\x11")
            victim.ended_well(0)
    tally.events["ends"] += 1
