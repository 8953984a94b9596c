"""A program on a pty, recorded with the time of each chunk that it writes."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pyte

_WHERE = b"\x1b[6n"
"""DSR: a query for the cursor's position."""


class Session:
    """Runs a command on its own pty and keeps its screen."""

    def __init__(self, argv: list[str], env: dict[str, str], columns: int = 80, lines: int = 24) -> None:
        self.screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self.screen)
        self.bytes = 0
        self.last_output = 0.0
        self.parse = True
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            argv, stdin=slave, stdout=slave, stderr=slave, env=env, start_new_session=True, close_fds=True
        )
        os.close(slave)
        self._master = master

    def send(self, keys: bytes) -> float:
        """Write keys; returns the time just before."""
        now = time.perf_counter()
        os.write(self._master, keys)
        return now

    def pump(self, timeout: float) -> bool:
        """Read what the program writes within `timeout` seconds; False if nothing arrived."""
        ready, _, _ = select.select([self._master], [], [], timeout)
        if not ready:
            return False
        try:
            data = os.read(self._master, 65536)
        except OSError:
            return False
        self.last_output = time.perf_counter()
        self.bytes += len(data)
        for _ in range(data.count(_WHERE)):
            # As every terminal does; programs that measure the line rely on it.
            os.write(self._master, b"\x1b[1;1R")
        if self.parse:
            self._stream.feed(data)
        return True

    def until(self, condition: Callable[[], bool], timeout: float) -> float | None:
        """Read until the condition holds; returns the time of the output that made it true, or None."""
        deadline = time.perf_counter() + timeout
        while not condition():
            left = deadline - time.perf_counter()
            if left <= 0:
                return None
            self.pump(left)
        return self.last_output

    def quiet(self, seconds: float = 0.06, timeout: float = 3.0) -> None:
        """Read until nothing has been written for this long."""
        deadline = time.perf_counter() + timeout
        while time.perf_counter() < deadline and self.pump(seconds):
            pass

    def drain(self, seconds: float) -> None:
        """Read for this long."""
        deadline = time.perf_counter() + seconds
        while (left := deadline - time.perf_counter()) > 0:
            self.pump(left)

    def text(self) -> list[str]:
        """The screen's lines."""
        return list(self.screen.display)

    def processes(self) -> list[psutil.Process]:
        """The program and its children."""
        root = psutil.Process(self.process.pid)
        return [root, *root.children(recursive=True)]

    def cpu_seconds(self) -> float:
        """CPU time of the program and its children so far, from the scheduler's nanoseconds."""
        return sum(_cpu(process.pid) for process in self.processes())

    def pss_mib(self) -> float:
        """Proportional set size of the program and its children, in MiB."""
        return sum(int(process.memory_full_info().pss) for process in self.processes()) / 2**20

    def close(self) -> None:
        """End the program."""
        for signum in (signal.SIGTERM, signal.SIGKILL):
            if self.process.poll() is not None:
                break
            os.killpg(self.process.pid, signum)
            deadline = time.perf_counter() + 2
            while self.process.poll() is None and time.perf_counter() < deadline:
                self.pump(0.05)
        self.process.wait()
        os.close(self._master)


def _cpu(pid: int) -> float:
    total = 0
    for task in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        total += int(task.read_text().split()[0])
    return total / 1e9
