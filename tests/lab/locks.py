"""Locks between processes, for what several lanes create in the same cache."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the exclusive lock of a file, which is created if necessary; others wait for it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Not for writing: the file may be root's, from a lane that needs root.
    lock = os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
