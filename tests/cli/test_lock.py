"""What one volume change stores for the next."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tuimixer.cli.lock import Busy, VolumeLock
from tuimixer.model.fader import UnclampedTarget

pytestmark = pytest.mark.unit

SINK = "pulse:sink/x"
AIM = UnclampedTarget((100, 50), (0.5, 0.25), (1.0, 0.5))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tmp_path.chmod(0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))


def change() -> None:
    """As another process would."""
    with VolumeLock() as lock:
        lock.remember(SINK, AIM)
        lock.changed()


def test_a_change_is_known_to_whoever_read_before_it() -> None:
    change()
    lock, other = VolumeLock(), VolumeLock()
    with lock:
        assert lock.undisturbed
        assert lock.unclamped(SINK) == AIM
        lock.changed()
    with other:
        assert not other.undisturbed


def test_a_spoilt_file_is_no_hindrance(tmp_path: Path) -> None:
    change()
    file = tmp_path / "tuimixer" / "aims"
    whole = file.read_text()
    for cut in range(len(whole)):
        file.write_text(whole[:cut])
        with VolumeLock() as lock:
            assert lock.unclamped(SINK) is None or cut > len(whole) // 2
    file.write_bytes(b"\xff\t\0\t\t\t\nturn\tx\npulse:sink/x\tnan\t\t1 2 3\t\n")
    with VolumeLock() as lock:
        assert lock.unclamped(SINK) is None


HOLDER = """
import fcntl, os, sys, time
fd = os.open(sys.argv[1], os.O_RDONLY)
fcntl.flock(fd, fcntl.LOCK_EX)
print(flush=True)
if sys.argv[2] == "works":
    end = time.monotonic() + 4
    while time.monotonic() < end:
        pass
else:
    time.sleep(60)
"""


@pytest.fixture
def holder(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[None]:
    """A process that holds the lock without a sign of life on the directory, and works or sleeps."""
    (tmp_path / "tuimixer").mkdir(mode=0o700)
    command = [sys.executable, "-c", HOLDER, str(tmp_path / "tuimixer"), request.param]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield
        process.kill()


@pytest.mark.parametrize("holder", ["works"], indirect=True)
@pytest.mark.usefixtures("holder")
def test_a_process_that_is_slow_but_works_is_waited_for() -> None:
    """On a busy machine, what is done with the lock may take longer than the patience."""
    with VolumeLock() as lock:
        assert lock.unclamped(SINK) is None


@pytest.mark.parametrize("holder", ["sleeps"], indirect=True)
@pytest.mark.usefixtures("holder")
def test_a_process_that_hangs_is_not_waited_for() -> None:
    with pytest.raises(Busy, match="for over 2 seconds"), VolumeLock():
        pass
