"""A slow line for ssh's ProxyCommand: HOST PORT BYTES_PER_SECOND DELAY, the delay in seconds per
direction.
"""

import os
import select
import socket
import sys
import time
from collections import deque


class Way:
    """One direction: bytes are sent no faster than the rate, and arrive after the delay."""

    def __init__(self, read_fd: int, write_fd: int, rate: float, delay: float) -> None:
        self.read_fd, self.write_fd = read_fd, write_fd
        self.rate, self.delay = rate, delay
        self.under_way: deque[tuple[float, bytes]] = deque()
        self.free_at = 0.0

    def take(self, now: float) -> bool:
        """Read what is to be sent; returns False at the end."""
        chunk = os.read(self.read_fd, 512)
        self.free_at = max(self.free_at, now) + len(chunk) / self.rate
        self.under_way.append((self.free_at + self.delay, chunk))
        return bool(chunk)

    def deliver(self, now: float) -> None:
        """Write what has arrived."""
        while self.under_way and self.under_way[0][0] <= now:
            os.write(self.write_fd, self.under_way.popleft()[1])


def main(host: str, port: int, rate: float, delay: float) -> None:
    with socket.create_connection((host, port)) as line:
        ways = [Way(0, line.fileno(), rate, delay), Way(line.fileno(), 1, rate, delay)]
        while True:
            now = time.monotonic()
            for way in ways:
                way.deliver(now)
            # A line accepts nothing more while it is busy: waiting data is in the sender's buffers.
            ready = [way for way in ways if way.free_at <= now]
            moments = [way.under_way[0][0] for way in ways if way.under_way] + [
                way.free_at for way in ways if way.free_at > now
            ]
            wait = max(0.0, min(moments) - now) if moments else None
            readable = select.select([way.read_fd for way in ready], [], [], wait)[0]
            for way in ready:
                if way.read_fd in readable and not way.take(time.monotonic()):
                    return


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4]))
