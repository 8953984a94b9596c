"""Reads files without hanging and without unlimited use of memory, whatever the path refers to."""

import errno
import os
import stat

_PATIENCE = 1.0
"""Seconds to wait for the next bytes of a pipe (`-f <(…)`)."""


def read_bounded(path: str, limit: int) -> bytes:
    """At most `limit` bytes of a file, a pipe or a device.

    Raises:
        OSError: the file cannot be read, or is a pipe or terminal that delivers nothing.
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
                    raise OSError(errno.ETIMEDOUT, "no data", path) from None
                continue
            if not more:
                break
            data += more
        return data
    finally:
        os.close(descriptor)


def open_own(path: str, flags: int) -> int:
    """Open a regular file, or create it for the user alone, and return its descriptor.

    Raises:
        OSError: the file cannot be opened, or is not regular (opening a FIFO would wait for its other end).
    """
    descriptor = os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY, 0o600)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "not a regular file", path)
    return descriptor
