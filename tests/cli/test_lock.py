"""What one volume change stores for the next."""

from pathlib import Path

import pytest

from tuimixer.cli.lock import VolumeLock
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
