"""KVM is used if a guest has booted under it, which is tried once per boot of the machine."""

from pathlib import Path

import pytest

from tests.lab import kvm

pytestmark = pytest.mark.unit


class Machine:
    """A machine with /dev/kvm, under which guests boot or not."""

    def __init__(self, folder: Path, boots: bool = True) -> None:
        self.device, self.answer, self.boot_id = folder / "kvm", folder / "cache" / "kvm", folder / "boot_id"
        self.device.touch()
        self.boot_id.write_text("1\n")
        self.boots = boots
        self.tries = 0

    def works(self) -> bool:
        return kvm.works(self._try, device=self.device, answer=self.answer, boot_id=self.boot_id)

    def _try(self) -> bool:
        self.tries += 1
        return self.boots


@pytest.mark.parametrize("boots", [True, False])
def test_a_guest_is_booted_once(tmp_path: Path, boots: bool) -> None:
    machine = Machine(tmp_path, boots)
    assert [machine.works(), machine.works()] == [boots, boots]
    assert machine.tries == 1


def test_after_a_reboot_it_is_tried_again(tmp_path: Path) -> None:
    machine = Machine(tmp_path, boots=False)
    machine.works()
    machine.boots = True
    machine.boot_id.write_text("2\n")
    assert machine.works()
    assert machine.tries == 2


def test_an_answer_that_cannot_be_read_is_asked_for_again(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.works()
    machine.answer.write_text("")
    assert machine.works()
    assert machine.tries == 2


def test_without_the_device_nothing_is_tried(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.device.unlink()
    assert not machine.works()
    assert machine.tries == 0
