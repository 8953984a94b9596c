"""A lock around read, change and write, so that only one process changes volumes at a time. It also stores
unclamped targets.

The lock is the kernel's, on a directory owned by the user, so it is released however the process ends.
"""

import fcntl
import os
import stat
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType

from tuimixer.cli.failure import OUT_OF_REACH, Failure
from tuimixer.config.files import open_own
from tuimixer.model.control import Channel, Control, ControlId
from tuimixer.model.fader import UnclampedTarget
from tuimixer.model.record import replace
from tuimixer.model.text import whole

PATIENCE = 2
"""Seconds to wait while the process that holds the lock does nothing."""
_LONGEST = 60
"""Seconds to wait in total while other processes get the lock."""
_PAUSE = 0.003
_NO_TURN = 0
_MOST = 64
_FARTHEST = 100.0
"""Limit for stored positions; larger ones are invalid, as a fader's top is at 1."""
Raws = tuple[int, ...]


class Busy(Failure):
    """The lock cannot be obtained."""

    status = OUT_OF_REACH


class VolumeLock:
    """Held while a volume is read, changed and written; stores the unclamped targets of earlier changes.

    Create this before the first read of what is to be changed; once it is held, `undisturbed` tells whether
    that read is still valid.
    """

    def __init__(self, on_wait: Callable[[], None] = lambda: None) -> None:
        """Args: `on_wait` is called once, before waiting, if another process has the lock."""
        self._on_wait = on_wait
        self._folder = _own_folder()
        self._fd = -1
        self._memory = _read(self._file)
        self._before = self._memory.turn
        self._changed = False

    def __enter__(self) -> "VolumeLock":
        self._fd = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            _wait_for(self._fd, self._on_wait)
            self.live()
        except BaseException:
            os.close(self._fd)
            raise
        self._memory = _read(self._file)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._changed:
            self._memory.turn += 1
            _write(self._file, self._memory)
        os.close(self._fd)

    def live(self) -> None:
        """Show waiting processes that the lock is in use, through the directory's timestamp."""
        with suppress(OSError):
            os.utime(self._fd)

    @property
    def undisturbed(self) -> bool:
        """Whether no other process has changed anything since this object was created."""
        return self._before != _NO_TURN and self._memory.turn == self._before

    def changed(self) -> None:
        """Inform other processes that what they have read may be outdated."""
        self._changed = True

    def unclamped(self, control: ControlId) -> UnclampedTarget | None:
        """The unclamped target of an earlier change; None if none is stored."""
        return self._memory.unclamped.get(control)

    def remember(self, control: ControlId, unclamped: UnclampedTarget | None) -> None:
        """Store a change's unclamped target for the next process; None deletes the stored one."""
        self._memory.unclamped.pop(control, None)
        if unclamped is not None:
            self._memory.unclamped[control] = unclamped

    def as_written(self, control: Control) -> Control:
        """The control with the values last written to it, if it stored them more coarsely and has not changed
        since; else unchanged.
        """
        stored, written = self._memory.written.get(control.id, ((), ()))
        if not stored or stored != control.raws or len(written) != len(stored):
            return control
        channels = (
            Channel(channel.name, raw) for channel, raw in zip(control.channels, written, strict=True)
        )
        return replace(control, channels=tuple(channels))

    def remember_written(self, control: ControlId, stored: Raws, written: Raws) -> None:
        """Remember the values written to a control, if it has stored different ones."""
        self._memory.written.pop(control, None)
        if stored != written:
            self._memory.written[control] = (stored, written)

    @property
    def _file(self) -> str:
        return os.path.join(self._folder, "aims")


def _wait_for(folder: int, on_wait: Callable[[], None]) -> None:
    """Poll for the lock, because waiting for it in the kernel would have no timeout.

    The timeout is counted in polls: if the machine is too busy for the polls to be on time, the other process
    takes longer as well. A process that still works, but slowly, because it gets little of the processor, is
    waited for.
    """
    began, looks, seen = time.monotonic(), 0, os.fstat(folder).st_mtime_ns
    waiting, worked = False, ""
    while True:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if not waiting:
                waiting, worked = True, _work_of_holder(folder)
                on_wait()
            stamp = os.fstat(folder).st_mtime_ns
            looks, seen = (looks + 1, seen) if stamp == seen else (0, stamp)
            if looks * _PAUSE > PATIENCE:
                before, worked, looks = worked, _work_of_holder(folder), 0
                if worked == before:
                    raise Busy(
                        f"another tuimixer process has been changing a volume for over {PATIENCE} seconds"
                    ) from None
            if time.monotonic() - began > _LONGEST:
                raise Busy("too many other processes are changing volumes") from None
            time.sleep(_PAUSE)
        else:
            return


def _work_of_holder(folder: int) -> str:
    """The processor time that the process with the lock has used; empty if that cannot be found out."""
    status = os.fstat(folder)
    device, inode = status.st_dev, status.st_ino
    place = f"{os.major(device):02x}:{os.minor(device):02x}:{inode}"
    with suppress(OSError), open("/proc/locks", encoding="utf-8") as locks:
        for line in locks:
            _, kind, _, _, holder, where, *_ = line.split()
            if (kind, where) == ("FLOCK", place):
                with open(f"/proc/{holder}/schedstat", encoding="utf-8") as file:
                    return file.read()
    return ""


def _own_folder() -> str:
    """A directory that only this user can write to: in the runtime directory, or else in one such as /tmp."""
    user = os.getuid()
    for parent in (os.environ.get("XDG_RUNTIME_DIR", ""), f"/run/user/{user}"):
        if os.path.isabs(parent) and _is_own(parent, user):
            return _made(os.path.join(parent, "tuimixer"), user) or parent
    for parent in (os.environ.get("TMPDIR", ""), "/tmp", "/dev/shm", "/var/tmp"):
        if os.path.isabs(parent) and (folder := _made(os.path.join(parent, f"tuimixer-{user}"), user)):
            return folder
    raise Busy("there is no directory for the lock, because neither XDG_RUNTIME_DIR nor /tmp is writable")


def _made(folder: str, user: int) -> str:
    """The directory, created if necessary; empty if it cannot be created or belongs to another user."""
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


class _Memory:
    """What one process stores for the next one."""

    __slots__ = ("turn", "unclamped", "written")

    def __init__(self) -> None:
        self.turn = _NO_TURN
        self.unclamped: dict[ControlId, UnclampedTarget] = {}
        self.written: dict[ControlId, tuple[Raws, Raws]] = {}


def _read(path: str) -> _Memory:
    """What an earlier process has stored; incomplete or corrupt lines are ignored."""
    memory = _Memory()
    try:
        with open(open_own(path, os.O_RDONLY), encoding="utf-8", errors="replace") as file:
            lines = file.read(1 << 16).splitlines()
    except OSError:
        return memory
    for line in lines:
        with suppress(ValueError):
            control, *rows = line.split("\t")
            if len(rows) == 1:
                memory.turn = whole(rows[0]) or _NO_TURN
            elif len(rows) == 2:
                memory.written[control] = (_whole(rows[0]), _whole(rows[1]))
            elif len(rows) == 3:
                unclamped = UnclampedTarget(_whole(rows[0]), _numbers(rows[1]), _numbers(rows[2]))
                if len(unclamped.positions) == len(unclamped.raws) and len(unclamped.shape) in (
                    0,
                    len(unclamped.raws),
                ):
                    memory.unclamped[control] = unclamped
    return memory


def _write(path: str, memory: _Memory) -> None:
    """Store the newest entries. Errors are ignored: at worst, the difference between channels is lost at an
    end of the scale.
    """
    rows: list[tuple[ControlId, list[tuple[float, ...]]]] = [("turn", [(memory.turn,)])]
    for control, unclamped in list(memory.unclamped.items())[-_MOST:]:
        rows.append((control, [unclamped.raws, unclamped.positions, unclamped.shape]))
    for control, (stored, given) in list(memory.written.items())[-_MOST:]:
        rows.append((control, [stored, given]))
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    with suppress(OSError), open(open_own(path, flags), "w", encoding="utf-8", errors="replace") as file:
        for control, numbers in rows:
            if not {"\t", "\n"} & set(control):
                file.write("\t".join([control, *(" ".join(map(repr, row)) for row in numbers)]) + "\n")


def _whole(text: str) -> Raws:
    return tuple(int(number) for number in text.split())


def _numbers(text: str) -> tuple[float, ...]:
    """Parse positions on a fader, which are separated by spaces.

    Raises:
        ValueError: one of them is invalid.
    """
    numbers = tuple(float(number) for number in text.split())
    if not all(-_FARTHEST < number < _FARTHEST for number in numbers):
        raise ValueError(text)
    return numbers
