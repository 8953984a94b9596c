"""A signal that ends this process while it waits for ssh ends ssh first, whose prompt would stay behind."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

_SIGNALS = (signal.SIGTERM, signal.SIGHUP)
_PATIENCE = 1.0
"""Seconds for ssh to put the terminal in order (it hides a password) and to end."""


@contextmanager
def ending_with(pid: int) -> Iterator[None]:
    """Within, SIGTERM, SIGHUP and SIGINT end the child process, and then this one as they would have."""

    def end(number: int, _: FrameType | None) -> None:
        _end(pid)
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    # A signal that whoever started this process wants ignored (nohup) stays so.
    taken = [number for number in _SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, end) for number in taken}
    try:
        yield
    except KeyboardInterrupt:
        _end(pid)
        raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(pid: int) -> None:
    with suppress(ProcessLookupError, ChildProcessError):
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + _PATIENCE
        while os.waitpid(pid, os.WNOHANG) == (0, 0):
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGKILL)
                return
            time.sleep(0.01)
