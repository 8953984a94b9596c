"""Ends ssh first if a signal ends this process while it waits for ssh, so that no prompt is left behind."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

_SIGNALS = (signal.SIGTERM, signal.SIGHUP)
_PATIENCE = 1.0
"""Seconds for ssh to restore the terminal (it hides passwords) and exit."""


@contextmanager
def ending_with(pid: int) -> Iterator[None]:
    """While active, SIGTERM, SIGHUP and SIGINT first end the child process `pid`, then this one as usual."""

    def end(number: int, _: FrameType | None) -> None:
        _end(pid)
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    # Signals that are ignored from the start (nohup) stay ignored.
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
