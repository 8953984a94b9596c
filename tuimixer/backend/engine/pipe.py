"""Reads and writes whole lines through two non-blocking descriptors on the running loop, for both ends."""

import asyncio
import os
from collections.abc import Callable

_READ_SIZE = 1 << 16
"""Number of bytes read at once: the capacity of a pipe."""
_BUSY = 0.02
"""If processing one read takes more than this many seconds, the next one is delayed by the same time, so that
a flooding peer gets at most half of this process's time.
"""


class LinePipe:
    """Reads lines, and writes them at once if possible; the rest is buffered.

    It owns the descriptors and closes them. Callbacks run on the loop.
    """

    def __init__(
        self,
        read_fd: int,
        write_fd: int,
        limit: int,
        on_lines: Callable[[list[bytes]], None],
        on_end: Callable[[str], None],
        on_room: Callable[[], None],
    ) -> None:
        """Args: `limit` is the maximum length of a line in bytes.

        `on_end` is called with what is wrong with the peer (`sent a line …`), empty after a normal end.
        `on_room` is called when the buffer has been written.
        """
        self._loop = asyncio.get_running_loop()
        self._read_fd, self._write_fd = read_fd, write_fd
        self._limit = limit
        self._on_lines, self._on_end, self._on_room = on_lines, on_end, on_room
        self._rest = b""
        self._waiting = bytearray()
        self._open = True
        self._pause: asyncio.TimerHandle | None = None
        os.set_blocking(read_fd, False)
        os.set_blocking(write_fd, False)
        self._loop.add_reader(read_fd, self._readable)

    @property
    def full(self) -> bool:
        """Whether anything is buffered."""
        return bool(self._waiting)

    def write(self, line: bytes) -> None:
        """Write a line, at once if possible; after the end, it is discarded."""
        if not self._open:
            return
        if self._waiting:
            self._waiting += line
            return
        written = self._write(line)
        if written < len(line) and self._open:
            self._waiting += line[written:]
            self._loop.add_writer(self._write_fd, self._writable)

    def feed(self, chunk: bytes) -> None:
        """Process bytes that were read before this object had the descriptor."""
        lines = (self._rest + chunk).split(b"\n")
        self._rest = lines.pop()
        if len(self._rest) > self._limit or any(len(line) > self._limit for line in lines):
            self._end(f"sent a line of more than {self._limit} bytes")
            return
        if lines:
            self._on_lines(lines)

    def close(self) -> None:
        """Close both descriptors; may be called twice."""
        if not self._open:
            return
        self._open = False
        self._loop.remove_reader(self._read_fd)
        if self._pause:
            self._pause.cancel()
        if self._waiting:
            self._loop.remove_writer(self._write_fd)
        os.close(self._read_fd)
        os.close(self._write_fd)

    def _readable(self) -> None:
        try:
            chunk = os.read(self._read_fd, _READ_SIZE)
        except BlockingIOError:
            return
        except OSError as error:
            self._end(f"cannot be read ({error.strerror})")
            return
        if not chunk:
            self._end("")
            return
        started = self._loop.time()
        self.feed(chunk)
        took = self._loop.time() - started
        if took > _BUSY and self._open:
            self._loop.remove_reader(self._read_fd)
            self._pause = self._loop.call_later(took, self._read_again)

    def _read_again(self) -> None:
        self._pause = None
        self._loop.add_reader(self._read_fd, self._readable)

    def _write(self, line: bytes | bytearray) -> int:
        try:
            return os.write(self._write_fd, line)
        except BlockingIOError:
            return 0
        except OSError:
            # The peer is gone, which `_readable` will report too.
            return len(line)

    def _writable(self) -> None:
        del self._waiting[: self._write(self._waiting)]
        if not self._waiting:
            self._loop.remove_writer(self._write_fd)
            self._on_room()

    def _end(self, reason: str) -> None:
        self.close()
        self._on_end(reason)
