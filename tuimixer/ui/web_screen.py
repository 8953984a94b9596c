"""One tuimixer on its own pseudo terminal, for one browser window.

The program sees a terminal like any other. The kernel hangs up the terminal when its master end is closed,
which also happens if this process is killed, so no program outlives its window.
"""

import asyncio
import fcntl
import os
import signal
import struct
import termios
from collections.abc import Sequence
from typing import Any

LARGEST = (300, 100)
"""Maximum number of columns and lines, because each cell of a screen costs memory and time."""
_MOST_INPUT = 1 << 16
"""Maximum number of bytes that wait for a program to read them; further input is dropped, as by a terminal.
"""
_READ_SIZE = 1 << 16
_FAREWELL = 2.0
"""Seconds that the program has to exit once its terminal has hung up, before it is killed."""
_POLL = 0.02
_NOT_OURS = ("COLUMNS", "LINES", "COLORFGBG", "TERM_PROGRAM", "TERM_PROGRAM_VERSION", "TMUX", "STY", "LC_ALL")
"""Variables that describe the terminal that the server was started in, which programs must not inherit."""
_TERMINAL = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONUTF8": "1", "LC_CTYPE": "C.UTF-8"}


def bounded_size(columns: Any, lines: Any) -> tuple[int, int] | None:
    """A size requested by the browser, within the limits; None if the arguments are not numbers."""
    try:
        wanted = int(columns), int(lines)
    except (TypeError, ValueError, OverflowError):
        return None
    return min(max(wanted[0], 1), LARGEST[0]), min(max(wanted[1], 1), LARGEST[1])


class WebScreen:
    """The program and its terminal. It must be used on the running loop, and ended with `end`."""

    def __init__(self, command: Sequence[str], size: tuple[int, int]) -> None:
        """Start `command` in a terminal of `size` columns and lines.

        Raises:
            OSError: the program cannot be started.
        """
        self._loop = asyncio.get_running_loop()
        self._master, slave = os.openpty()
        self._open = True
        self._waiting = bytearray()
        self._ended = False
        os.set_blocking(self._master, False)
        try:
            self.resize(*size)
            # The first terminal that the leader of a new session opens becomes its controlling terminal.
            opened = (os.POSIX_SPAWN_OPEN, 0, os.ttyname(slave), os.O_RDWR, 0)
            copies = [(os.POSIX_SPAWN_DUP2, 0, descriptor) for descriptor in (1, 2)]
            self.pid = os.posix_spawnp(
                command[0],
                list(command),
                _environment(),
                file_actions=[opened, *copies],
                setsid=True,
                setsigmask=[],
                setsigdef=[signal.SIGPIPE, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP],
            )
        except OSError:
            os.close(self._master)
            raise
        finally:
            os.close(slave)

    async def read(self) -> bytes:
        """What the program paints next; empty once it has ended. The kernel holds unread output, and blocks
        the program when there is too much.
        """
        while self._open:
            readable = asyncio.Event()
            self._loop.add_reader(self._master, readable.set)
            try:
                await readable.wait()
            finally:
                if self._open:
                    self._loop.remove_reader(self._master)
            try:
                return os.read(self._master, _READ_SIZE) if self._open else b""
            except BlockingIOError:
                continue
            except OSError:
                return b""  # EIO: no process has the terminal open any more
        return b""

    def write(self, data: bytes) -> None:
        """Send typed text to the program."""
        if not self._open or len(self._waiting) + len(data) > _MOST_INPUT:
            return
        if not self._waiting:
            self._loop.add_writer(self._master, self._writable)
        self._waiting += data

    def resize(self, columns: int, lines: int) -> None:
        """Resize the terminal; the program is notified by SIGWINCH."""
        if self._open:
            fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def attend(self) -> bool:
        """Check on the program after a process has changed state (SIGCHLD); returns whether it is running."""
        if not self._ended:
            try:
                pid, status = os.waitpid(self.pid, os.WNOHANG | os.WUNTRACED)
            except ChildProcessError:
                self._ended = True
                return False
            if pid and os.WIFSTOPPED(status):
                # There is no shell here that could continue the program.
                os.killpg(self.pid, signal.SIGCONT)
            elif pid:
                self._ended = True
        return not self._ended

    async def end(self) -> None:
        """Hang up and wait until the program has exited; kill it if necessary. May be called twice."""
        self._hang_up()
        deadline = self._loop.time() + _FAREWELL
        while self.attend() and self._loop.time() < deadline:
            await asyncio.sleep(_POLL)
        while self.attend():
            os.kill(self.pid, signal.SIGKILL)
            await asyncio.sleep(_POLL)

    def _writable(self) -> None:
        try:
            del self._waiting[: os.write(self._master, self._waiting)]
        except BlockingIOError:
            return
        except OSError:
            self._waiting.clear()
        if not self._waiting:
            self._loop.remove_writer(self._master)

    def _hang_up(self) -> None:
        if not self._open:
            return
        self._open = False
        self._loop.remove_reader(self._master)
        self._loop.remove_writer(self._master)
        os.close(self._master)


def _environment() -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name not in _NOT_OURS}
    return inherited | _TERMINAL
