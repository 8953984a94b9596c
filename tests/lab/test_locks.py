"""What two lanes create in the same cache is created once."""

import contextlib
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.lab import kernel, kvm

pytestmark = pytest.mark.unit


class Meeting:
    """Counts visits; each one waits a moment for another at the same time."""

    def __init__(self) -> None:
        self.visits = 0
        self._both = threading.Barrier(2)

    def visit(self) -> None:
        self.visits += 1
        with contextlib.suppress(threading.BrokenBarrierError):
            self._both.wait(timeout=0.3)


def twice(call: Callable[[], object]) -> list[object]:
    """Call in two threads that start together; returns both results."""
    start, results = threading.Barrier(2), []

    def run() -> None:
        start.wait()
        results.append(call())

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_a_kernel_is_fetched_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    meeting = Meeting()
    image = tmp_path / "kernel/boot/vmlinuz-6.1"

    def fetch() -> None:
        meeting.visit()
        image.parent.mkdir(parents=True)
        image.touch()

    modules = tmp_path / "root/lib/modules/6.1/modules.dep.bin"
    modules.parent.mkdir(parents=True)
    modules.touch()
    monkeypatch.setattr(kernel, "CACHE", tmp_path / "kernel")
    monkeypatch.setattr(kernel, "_fetch", fetch)
    assert twice(lambda: kernel.image(tmp_path / "root")) == [image, image]
    assert meeting.visits == 1


def test_kvm_is_tried_once(tmp_path: Path) -> None:
    meeting = Meeting()
    device, boot_id = tmp_path / "kvm", tmp_path / "boot_id"
    device.touch()
    boot_id.write_text("1\n")

    def boots() -> bool:
        meeting.visit()
        return True

    answer = tmp_path / "cache/kvm"
    assert twice(lambda: kvm.works(boots, device=device, answer=answer, boot_id=boot_id)) == [True, True]
    assert meeting.visits == 1
