"""The program's own files: whatever stands in their place, nothing hangs and nothing grows without end."""

import errno
import os
import stat

_PATIENCE = 1.0
"""Seconds that a pipe (`-f <(…)`) may take for its next bytes."""


def read_bounded(path: str, limit: int) -> bytes:
    """At most `limit` bytes of a file, a pipe or a device.

    Raises:
        OSError: it cannot be read, or is a pipe or a terminal that gives nothing.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    try:
        data = b""
        while len(data) < limit:
            try:
                more = os.read(descriptor, limit - len(data))
            except BlockingIOError:
                import select

                if not select.select([descriptor], [], [], _PATIENCE)[0]:
                    raise OSError(errno.ETIMEDOUT, "it gives nothing", path) from None
                continue
            if not more:
                break
            data += more
        return data
    finally:
        os.close(descriptor)


def open_own(path: str, flags: int, mode: int = 0o600) -> int:
    """A descriptor of a regular file.

    Raises:
        OSError: it cannot be opened, or something else stands there (opening a FIFO would wait for its other
            end).
    """
    descriptor = os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY, mode)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "not a regular file", path)
    return descriptor
