"""One volume change at a time: a lock over read, change and write, with what the ends of a scale would lose.

The lock is the kernel's, on a folder of the user's own: it goes with the process, however that ends.
"""

import fcntl
import os
import signal
import stat
from types import FrameType, TracebackType

from tuimixer.cli.failure import OUT_OF_REACH, Failure
from tuimixer.model.balance import Aim
from tuimixer.model.control import ControlId

PATIENCE = 10
"""Seconds to wait for another process's change."""
_MOST_AIMS = 64


class Busy(Failure):
    """Another process does not let go."""

    status = OUT_OF_REACH


class VolumeLock:
    """Held while a volume is read, changed and written; carries the aims of earlier changes."""

    def __init__(self) -> None:
        self._folder = _own_folder()
        self._fd = -1
        self._aims: dict[ControlId, Aim] = {}
        self._changed = False

    def __enter__(self) -> "VolumeLock":
        self._fd = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        before = signal.signal(signal.SIGALRM, _too_long)
        signal.alarm(PATIENCE)
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX)
        finally:
            signal.alarm(0)
            signal.signal(signal.SIGALRM, before)
        self._aims = _read_aims(self._file)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._changed:
            _write_aims(self._file, self._aims)
        os.close(self._fd)

    def aim(self, control: ControlId) -> Aim | None:
        """Where an earlier change meant to put the control, if that is remembered."""
        return self._aims.get(control)

    def remember(self, control: ControlId, aim: Aim | None) -> None:
        """Keep a change's aim for the next process; None forgets it."""
        if self._aims.pop(control, None) != aim:
            self._changed = True
        if aim is not None:
            self._aims[control] = aim

    @property
    def _file(self) -> str:
        return os.path.join(self._folder, "aims")


def _too_long(number: int, frame: FrameType | None) -> None:
    raise Busy(
        f"another tuimixer has been changing a volume for over {PATIENCE} seconds; end it and try again"
    )


def _own_folder() -> str:
    """A folder that only this user can write to: the runtime folder's, else one among temporary files."""
    user = os.getuid()
    for parent in (os.environ.get("XDG_RUNTIME_DIR", ""), f"/run/user/{user}"):
        if os.path.isabs(parent) and _is_own(parent, user):
            return _made(os.path.join(parent, "tuimixer"), user) or parent
    for parent in (os.environ.get("TMPDIR", ""), "/tmp", "/dev/shm", "/var/tmp"):
        if os.path.isabs(parent) and (folder := _made(os.path.join(parent, f"tuimixer-{user}"), user)):
            return folder
    raise Busy("there is no folder for a lock: neither XDG_RUNTIME_DIR nor /tmp can be written to")


def _made(folder: str, user: int) -> str:
    """The folder, made if need be; nothing where that cannot be or somebody else's stands there."""
    try:
        os.mkdir(folder, 0o700)
    except FileExistsError:
        pass
    except OSError:
        return ""
    return folder if _is_own(folder, user) else ""


def _is_own(folder: str, user: int) -> bool:
    try:
        found = os.lstat(folder)
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == user and not found.st_mode & 0o022


def _read_aims(path: str) -> dict[ControlId, Aim]:
    """What was remembered; a line that was cut or spoilt is left out."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            lines = file.read(1 << 16).splitlines()
    except OSError:
        return {}
    aims = {}
    for line in lines:
        try:
            control, raws, positions, shape = line.split("\t")
            aims[control] = Aim(
                tuple(int(raw) for raw in raws.split()),
                tuple(float(position) for position in positions.split()),
                tuple(float(part) for part in shape.split()),
            )
        except ValueError:
            continue
    return aims


def _write_aims(path: str, aims: dict[ControlId, Aim]) -> None:
    """Keep the newest; a full disk loses them, which costs no more than the difference at a scale's end."""
    newest = list(aims.items())[-_MOST_AIMS:]
    text = "".join(
        f"{control}\t{_row(aim.raws)}\t{_row(aim.positions)}\t{_row(aim.shape)}\n"
        for control, aim in newest
        if "\t" not in control
    )
    try:
        with open(path, "w", encoding="utf-8", errors="replace") as file:
            file.write(text)
    except OSError:
        return


def _row(numbers: tuple[float, ...]) -> str:
    return " ".join(map(repr, numbers))
