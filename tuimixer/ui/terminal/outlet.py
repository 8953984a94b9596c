"""Writes as much as the terminal accepts at once, and the rest when it accepts more; never blocks."""

import os
import select
import time
from collections import deque
from collections.abc import Callable

TYPE_CHECKING = False  # the first frame is painted before asyncio is loaded
if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, Handle

_MOST = 256 * 1024
"""Maximum number of pending bytes, apart from the write in progress, which may be a frame of any size. If
there are more, they are dropped, and everything is repainted when the terminal reads again.
"""


class Outlet:
    """Writes to a non-blocking descriptor."""

    def __init__(self, descriptor: int) -> None:
        self.on_loss: Callable[[], None] = lambda: None
        """Called when the terminal has caught up after something was dropped."""
        self._descriptor = descriptor
        self._waiting: deque[bytes] = deque()
        self._size = 0
        self._lost = False
        self._held_up = False
        self._gone = False
        self._scheduled: Handle | None = None

    @property
    def backlog(self) -> int:
        """Number of writes that were offered to the terminal but not accepted yet."""
        return len(self._waiting) if self._held_up else 0

    def write(self, data: bytes) -> None:
        """Send data once the loop has finished its current work, together with whatever is added
        until then.
        """
        if self._gone or self._lost or not data:
            return
        if self._held_up and self._size - len(self._waiting[0]) + len(data) > _MOST:
            self.drop()
            self._lost = True
            return
        self._waiting.append(data)
        self._size += len(data)
        if not self._held_up and self._scheduled is None:
            self._scheduled = _loop().call_soon(self.flush)

    def begin(self, data: bytes) -> None:
        """Send as much as the terminal accepts, before there is a loop; the rest goes with the next write."""
        if data:  # with nothing pending, nothing would ever be sent
            self._waiting.append(data)
            self._size += len(data)
        self._send()

    def flush(self) -> None:
        """Send at once as much as the terminal accepts."""
        if self._scheduled is not None:
            self._scheduled.cancel()
            self._scheduled = None
        self._send()
        loop = _loop()
        if self._waiting and not self._held_up:
            self._held_up = True
            loop.add_writer(self._descriptor, self.flush)
        elif not self._waiting and self._held_up:
            self._held_up = False
            loop.remove_writer(self._descriptor)
            if self._lost:
                self._lost = False
                self.on_loss()

    def drop(self) -> None:
        """Discard pending data except the rest of a write in progress; half a sequence is worse than none."""
        begun = self._waiting[0] if self._waiting and self._held_up else None
        self._waiting.clear()
        if begun is not None:
            self._waiting.append(begun)
        self._size = sum(map(len, self._waiting))
        self._lost = False

    def finish(self, data: bytes, seconds: float) -> bool:
        """Send the last data, and wait at most this many seconds for the terminal to accept it; returns
        whether it has.
        """
        if self._scheduled is not None:
            self._scheduled.cancel()
            self._scheduled = None
        self.drop()
        self._waiting.append(data)
        end = time.monotonic() + seconds
        while True:
            self._send()
            left = end - time.monotonic()
            if not self._waiting or left <= 0:
                break
            select.select([], [self._descriptor], [], left)
        if self._held_up:
            self._held_up = False
            _loop().remove_writer(self._descriptor)
        sent = not self._waiting and not self._gone
        self._waiting.clear()
        self._size = 0
        return sent

    def _send(self) -> None:
        while self._waiting:
            together = b"".join(self._waiting) if len(self._waiting) > 1 else self._waiting[0]
            try:
                sent = os.write(self._descriptor, together)
            except BlockingIOError:
                return
            except OSError:
                # The terminal is gone, which the rest of the program learns when it reads from it.
                self._gone = True
                self._waiting.clear()
                self._size = 0
                return
            self._size -= sent
            while sent:
                first = self._waiting.popleft()
                if sent < len(first):
                    self._waiting.appendleft(first[sent:])
                    break
                sent -= len(first)


def _loop() -> "AbstractEventLoop":
    from asyncio import get_running_loop

    return get_running_loop()
