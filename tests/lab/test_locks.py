"""What several lanes create in the same cache is created by one of them at a time."""

import fcntl
import os
import tempfile
from pathlib import Path

import pytest

from tests.lab import kernel, kvm
from tests.lab.locks import locked

pytestmark = pytest.mark.unit

NOBODY = 65534


def is_held(path: Path) -> bool:
    """Whether others would have to wait for a lock."""
    with path.open() as other:
        try:
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def test_a_lock_is_held_to_the_end(tmp_path: Path) -> None:
    path = tmp_path / "cache/lock"
    with locked(path):
        assert is_held(path)
    assert not is_held(path)


def test_a_lock_may_be_another_users() -> None:
    """A lane that needs root leaves files of root's in the user's cache."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        os.chmod(folder, 0o755)
        path = Path(folder) / "lock"
        with locked(path):
            pass
        path.chmod(0o444)
        user = os.geteuid()
        if user == 0:
            os.seteuid(NOBODY)
        try:
            with locked(path):
                assert is_held(path)
        finally:
            os.seteuid(user)


def test_a_kernel_is_fetched_by_one_lane_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    image = tmp_path / "kernel/boot/vmlinuz-6.1"
    found: list[bool] = []

    def fetch() -> None:
        found.append(is_held(tmp_path / "kernel.lock"))
        image.parent.mkdir(parents=True)
        image.touch()

    modules = tmp_path / "root/lib/modules/6.1/modules.dep.bin"
    modules.parent.mkdir(parents=True)
    modules.touch()
    monkeypatch.setattr(kernel, "CACHE", tmp_path / "kernel")
    monkeypatch.setattr(kernel, "_fetch", fetch)
    assert kernel.image(tmp_path / "root") == kernel.image(tmp_path / "root") == image
    assert found == [True]


def test_kvm_is_tried_by_one_lane_at_a_time(tmp_path: Path) -> None:
    device, boot_id, answer = tmp_path / "kvm", tmp_path / "boot_id", tmp_path / "cache/kvm"
    device.touch()
    boot_id.write_text("1\n")

    def boots() -> bool:
        return is_held(answer.with_suffix(".lock"))

    assert kvm.works(boots, device=device, answer=answer, boot_id=boot_id)
