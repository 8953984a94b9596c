"""The engine's process: hides its pipes from children, sends the greeting, and never outlives its reader."""

import ctypes
import faulthandler
import gc
import getpass
import os
import signal
import stat
import sys
from collections.abc import Callable, Iterator
from functools import partial

from tuimixer import __version__

TYPE_CHECKING = False  # importing typing would delay the first frame
if TYPE_CHECKING:
    from tuimixer.backend.base import Backend
    from tuimixer.model.snapshot import Snapshot

_SILENCE = 30
"""Seconds without a message from a remote screen after which the engine exits."""
_STARTED = 1.0
"""Seconds after which the engine has loaded what it needs, and garbage collection starts."""
_PR_SET_PDEATHSIG, _PR_SET_NAME = 1, 15


def serve_process(
    make_backend: "Callable[[], Backend]",
    remote: bool,
    read_early: "Callable[[], Iterator[Snapshot]] | None" = None,
) -> int:
    """Serve on descriptors 0 and 1 until the reader is gone; returns the exit status.

    Args: `remote` is whether the reader is on another machine, which may disappear without a trace;
    `read_early` yields snapshots before there is an event loop.
    """
    if not _is_pipe(0) or not _is_pipe(1):
        print("tuimixer: `engine` is for internal use only; run `tuimixer` instead", file=sys.stderr)
        return 2
    read_fd, write_fd = _own_pipes()
    _never_outlive(remote)
    from tuimixer.backend.engine.first_lines import first_deltas, hello
    from tuimixer.model.snapshot import Snapshot

    os.write(write_fd, hello(__version__, os.uname().nodename, _user()))
    # Read only after the greeting, which the user may be waiting for.
    early, serial = Snapshot(), 0
    for snapshot in read_early() if read_early is not None else ():
        serial += 1
        for line in first_deltas(early, snapshot, serial):
            os.write(write_fd, line)
        early = snapshot
    _import_little()
    import asyncio

    from tuimixer.backend.engine.child import trim_log
    from tuimixer.backend.engine.protocol import ProtocolError
    from tuimixer.backend.engine.server import Engine

    async def serve() -> None:
        asyncio.get_running_loop().call_later(_STARTED, _collect)
        on_word = partial(signal.alarm, _SILENCE) if remote else partial(trim_log, 2)
        await Engine(make_backend(), on_word, early, serial).run(read_fd, write_fd)

    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(serve())
    except ProtocolError as error:
        print(f"tuimixer: the screen {error}", file=sys.stderr)
        return 2
    return 0


def _collect() -> None:
    """Collect garbage from now on; the screen started with it off (see `tuimixer.__main__`)."""
    gc.freeze()
    gc.enable()


def _is_pipe(descriptor: int) -> bool:
    try:
        mode = os.fstat(descriptor).st_mode
    except OSError:
        return False
    # sshd uses sockets in place of pipes.
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


def _own_pipes() -> tuple[int, int]:
    """The protocol's descriptors, hidden from libraries: what these print to 1 goes to 2, and 0 is empty."""
    read_fd, write_fd = os.dup(0), os.dup(1)
    empty = os.open(os.devnull, os.O_RDONLY)
    os.dup2(empty, 0)
    os.close(empty)
    os.dup2(2, 1)
    return read_fd, write_fd


def _never_outlive(remote: bool) -> None:
    """Make sure that the process ends even if it hangs in a sound library, where no Python code runs."""
    faulthandler.enable()
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
    # Let the kernel kill this process when its parent dies; without prctl, only the end of the pipe is
    # noticed.
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl is not None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        prctl(_PR_SET_NAME, b"tuimixer-engine")
    if remote:
        signal.alarm(_SILENCE)


def _import_little() -> None:
    """Block imports that nothing needs: ssl in asyncio (20 ms, 4 MB), typing_extensions in msgspec (9 ms)."""
    sys.modules["ssl"] = None  # type: ignore[assignment]
    sys.modules["typing_extensions"] = None  # type: ignore[assignment]
    import msgspec.json  # noqa: F401

    del sys.modules["typing_extensions"]


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
