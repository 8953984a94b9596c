"""A slow line to a terminal: BYTES_PER_SECOND DELAY COMMAND…, the delay in seconds for each direction.

The command runs in a pseudo terminal behind it. As with ssh, all output is accepted at once and waits in
a long queue: a program that writes too much is not blocked, but appears late.
"""

import fcntl
import os
import pty
import select
import signal
import sys
import termios
import time
import tty
from collections import deque


class Direction:
    """One direction: bytes are sent no faster than the rate, and arrive after the delay."""

    def __init__(self, read_fd: int, write_fd: int, rate: float, delay: float) -> None:
        self.read_fd, self.write_fd = read_fd, write_fd
        self._rate, self._delay = rate, delay
        self._under_way: deque[tuple[float, bytes]] = deque()
        self._free_at = 0.0

    def take(self) -> bool:
        """Read input; False at its end."""
        try:
            data = os.read(self.read_fd, 1 << 16)
        except OSError:
            return False
        now = time.monotonic()
        for start in range(0, len(data), 32):
            piece = data[start : start + 32]
            self._free_at = max(self._free_at, now) + len(piece) / self._rate
            self._under_way.append((self._free_at + self._delay, piece))
        return bool(data)

    def deliver(self, at_once: bool = False) -> None:
        """Write what has arrived."""
        now = time.monotonic()
        while self._under_way and (at_once or self._under_way[0][0] <= now):
            os.write(self.write_fd, self._under_way.popleft()[1])

    @property
    def next_arrival(self) -> float | None:
        """When the next data arrives, by the monotonic clock; None if nothing is in flight."""
        return self._under_way[0][0] if self._under_way else None


def main(rate: float, delay: float, command: list[str]) -> int:
    """Run the command to its end; returns its exit status."""
    pid, inner = pty.fork()
    if not pid:
        os.execvp(command[0], command)

    def resize(*_: object) -> None:
        fcntl.ioctl(inner, termios.TIOCSWINSZ, fcntl.ioctl(0, termios.TIOCGWINSZ, b"\0" * 8))

    resize()
    signal.signal(signal.SIGWINCH, resize)
    modes = termios.tcgetattr(0)
    tty.setraw(0)
    shown, typed = Direction(inner, 1, rate, delay), Direction(0, inner, rate, delay)
    try:
        while True:
            arrivals = [line.next_arrival for line in (shown, typed) if line.next_arrival is not None]
            wait = max(0.0, min(arrivals) - time.monotonic()) if arrivals else None
            ready = select.select([shown.read_fd, typed.read_fd], [], [], wait)[0]
            for line in (shown, typed):
                line.deliver()
                if line.read_fd in ready and not line.take():
                    shown.deliver(at_once=True)
                    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    finally:
        termios.tcsetattr(0, termios.TCSADRAIN, modes)


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), float(sys.argv[2]), sys.argv[3:]))
