"""The engine's process from the screen's point of view; it imports little, so that engines start early."""

import contextlib
import fcntl
import os
import signal
import stat
import sys
import time

from tuimixer.backend.base import Unreachable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

    from tuimixer.backend.engine.session import Link

_LOG_LIMIT = 1 << 18
_MOST_OPEN = 64
"""A number above that of any descriptor that is open when the first child is forked."""
LINGERED = "closed its output but did not exit"
"""What to report of an engine that had to be killed after the end of its output."""
ROOM = 1 << 20
"""Number of bytes that the first engine can write before they are read, if the kernel allows it. The largest
first snapshots have 400 kB; in a smaller pipe, they would wait for the screen, which at first reads only
between two imports.
"""


class Child:
    """A running engine and its pipes; `stderr` is None if standard error goes to the log."""

    def __init__(self, pid: int, stdin: int, stdout: int, stderr: int | None) -> None:
        self.pid = pid
        self.stdin, self.stdout, self.stderr = stdin, stdout, stderr
        self.early = b""
        """What was read from `stdout` before the loop took over."""
        self.status: int | None = None
        """The engine's exit status once it has ended; negative if a signal ended it."""
        self.killed = False
        """Whether `kill` or `reap` had to end it, so that its status says nothing."""

    def poll(self) -> int | None:
        """The exit status if the engine has ended, else None."""
        if self.status is None:
            with contextlib.suppress(ChildProcessError):
                pid, status = os.waitpid(self.pid, os.WNOHANG)
                if not pid:
                    return None
                self.status = os.waitstatus_to_exitcode(status)
                return self.status
            self.status = 0
        return self.status

    def kill(self) -> None:
        """Kill the engine, even if it is stopped."""
        if self.poll() is None:
            self.killed = True
            os.kill(self.pid, signal.SIGKILL)

    def reap(self, patience: float = 0.0) -> None:
        """Wait up to `patience` seconds for the engine to end, then kill it."""
        deadline = time.monotonic() + patience
        while self.poll() is None and time.monotonic() < deadline:
            time.sleep(0.002)
        self.kill()
        if self.status is None:
            with contextlib.suppress(ChildProcessError):
                self.status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


class LocalLink:
    """A child process on this machine."""

    noisy = False
    delays = (0.25, 15.0)

    def __init__(
        self,
        command: list[str],
        name: str = "",
        patience: float = 4.0,
        serve: "Callable[[], int] | None" = None,
    ) -> None:
        """Args: `serve` does what `command` does, and is called in a forked process the first time; None to
        spawn that one too.
        """
        self.command = command
        self.name = name or os.uname().nodename
        self.patience = patience
        self._serve = serve
        self._log = ""

    def open(self, first: bool) -> Child:
        """Start the child, with its errors going to the log."""
        log, self._log = open_log()
        try:
            if first and self._serve is not None:
                return fork(self._serve, log)
            return spawn(self.command, log, own_session=True)
        finally:
            os.close(log)

    def explain(self, status: int | None, stderr: str) -> tuple[str, str]:
        """Why the engine ended, and where its output is."""
        hint = f"Its last output is in {self._log}." if self._log else ""
        if status is not None and status < 0:
            return f"The engine was killed by {_signal_name(-status)}.", hint
        return f"The engine exited (status {status}).", hint


def open_first(link: "Link") -> Child:
    """Start the first engine of a link, while the user can be prompted for a password on the terminal.

    Raises:
        Unreachable: the engine cannot be started or reached.
    """
    try:
        return link.open(first=True)
    except OSError as error:
        raise Unreachable(cannot_start(error)) from error


def cannot_start(error: OSError) -> str:
    """Why a program could not be started, without a full stop."""
    file = f"{error.filename}: " if error.filename else ""
    return f"The engine cannot be started: {file}{error.strerror}"


def engine_command(arguments: list[str]) -> list[str]:
    """The command line of an engine on this machine."""
    # -P: do not run modules from the current directory.
    return [sys.executable, "-P", "-m", "tuimixer", "engine", *arguments]


def spawn(command: list[str], stderr: int | None, own_session: bool) -> Child:
    """Start a program with pipes on its file descriptors 0 and 1, and on 2 unless `stderr` is given.

    Raises:
        OSError: the child cannot be started.
    """
    theirs_in, ours_in = os.pipe()
    ours_out, theirs_out = os.pipe()
    ours_err, theirs_err = (None, stderr) if stderr is not None else os.pipe()
    actions = [(os.POSIX_SPAWN_DUP2, theirs_in, 0), (os.POSIX_SPAWN_DUP2, theirs_out, 1)]
    actions.append((os.POSIX_SPAWN_DUP2, theirs_err, 2))
    closing = [theirs_in, theirs_out] + ([theirs_err] if ours_err is not None else [])
    try:
        pid = os.posix_spawnp(
            command[0],
            command,
            os.environ,
            file_actions=actions,
            setsid=own_session,
            setsigmask=[],
            setsigdef=[signal.SIGPIPE],
        )
    except OSError:
        closing += [ours_in, ours_out] + ([ours_err] if ours_err is not None else [])
        raise
    finally:
        for descriptor in closing:
            os.close(descriptor)
    return Child(pid, ours_in, ours_out, ours_err)


def fork(serve: "Callable[[], int]", stderr: int) -> Child:
    """Start a child that calls `serve` with pipes at descriptors 0 and 1, and exits with its result.

    Starting another interpreter would delay the first frame by 25 ms. May only be used in a process without
    threads that has not loaded a sound library yet.

    Raises:
        OSError: the child cannot be started.
    """
    theirs_in, ours_in = os.pipe()
    ours_out, theirs_out = os.pipe()
    with contextlib.suppress(OSError):
        fcntl.fcntl(theirs_out, fcntl.F_SETPIPE_SZ, ROOM)
    try:
        pid = os.fork()
    except OSError:
        os.close(ours_in)
        os.close(ours_out)
        raise
    else:
        if not pid:
            _serve(serve, (theirs_in, theirs_out, stderr))
    finally:
        os.close(theirs_in)
        os.close(theirs_out)
    return Child(pid, ours_in, ours_out, None)


def _serve(serve: "Callable[[], int]", descriptors: tuple[int, int, int]) -> "NoReturn":
    """The code that a forked child runs."""
    status = 1
    try:
        os.setsid()
        for number, descriptor in enumerate(descriptors):
            os.dup2(descriptor, number)
        os.closerange(3, _MOST_OPEN)
        status = serve()
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        # Not `sys.exit`: exit handlers and unwritten data belong to the screen, not to the child.
        os._exit(status)


def open_log() -> tuple[int, str]:
    """Descriptor and path of the engine's log; /dev/null and no path if no directory is writable.

    The log is restarted once it exceeds 256 KiB.
    """
    state = os.environ.get("XDG_STATE_HOME", "")
    home = os.environ.get("HOME", "")
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    folders = [state, os.path.join(home, ".local/state") if home else "", runtime]
    for folder in folders:
        if not os.path.isabs(folder):
            continue
        path = os.path.join(folder, "tuimixer", "engine.log")
        try:
            os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
            # Without O_NONBLOCK, opening a FIFO of that name would block.
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
            log = os.open(path, flags, 0o600)
            if not stat.S_ISREG(os.fstat(log).st_mode):
                os.close(log)
                continue
            trim_log(log)
        except OSError:
            continue
        return log, path
    return os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC), ""


def trim_log(log: int) -> None:
    """Restart the log if it has grown too long."""
    if os.fstat(log).st_size > _LOG_LIMIT:
        os.ftruncate(log, 0)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
