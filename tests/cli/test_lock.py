"""What one volume change leaves to the next, for the moment in which a server may tell of it late."""

import time
from pathlib import Path

import pytest

from tuimixer.cli.lock import VolumeLock
from tuimixer.model.command import SetMute, SetVolume
from tuimixer.model.control import Channel, Control, Kind
from tuimixer.model.scale import PULSE_SCALE

pytestmark = pytest.mark.unit


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tmp_path.chmod(0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))


def sink(raw: int, mute: bool = False) -> Control:
    channels = (Channel("front-left", raw), Channel("front-right", raw))
    return Control("pulse:sink/x", Kind.SINK, "X", channels=channels, mute=(mute,), scale=PULSE_SCALE)


def change(before: Control, command: SetVolume | SetMute) -> None:
    """As another process does it."""
    with VolumeLock() as lock:
        lock.remember_state(before, command)
        lock.changed()


def outdated(control: Control) -> bool:
    with VolumeLock() as lock:
        return lock.is_outdated(control)


def test_what_stood_there_before_is_outdated_for_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not outdated(sink(100))
    change(sink(100), SetVolume("pulse:sink/x", (110, 110)))
    change(sink(110), SetVolume("pulse:sink/x", (120, 120)))
    assert [raw for raw in (100, 110, 120, 130) if outdated(sink(raw))] == [100, 110]
    later = time.monotonic() + 1
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert not outdated(sink(100))


def test_a_value_that_came_back_is_not_outdated() -> None:
    change(sink(100), SetVolume("pulse:sink/x", (110, 110)))
    change(sink(110), SetVolume("pulse:sink/x", (100, 100)))
    assert not outdated(sink(100))
    assert outdated(sink(110))


def test_another_program_ends_the_row() -> None:
    change(sink(100), SetVolume("pulse:sink/x", (110, 110)))
    change(sink(50), SetVolume("pulse:sink/x", (60, 60)))
    assert not outdated(sink(100))
    assert outdated(sink(50))


def test_mute_is_a_part_of_it() -> None:
    change(sink(100), SetMute("pulse:sink/x", (True,)))
    assert outdated(sink(100))
    assert not outdated(sink(100, mute=True))


def test_a_spoilt_file_is_no_hindrance(tmp_path: Path) -> None:
    change(sink(100), SetVolume("pulse:sink/x", (110, 110)))
    file = tmp_path / "tuimixer" / "aims"
    whole = file.read_text()
    for cut in range(len(whole)):
        file.write_text(whole[:cut])
        outdated(sink(100))
    file.write_bytes(b"\xff\t\0\t\t\t\nturn\tx\npulse:sink/x\tnan\t\t1 2 3\t\n")
    assert not outdated(sink(100))
