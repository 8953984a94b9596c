"""Whether KVM works on this machine.

That /dev/kvm can be opened proves nothing: a guest may still hang, for example in a virtual machine
whose host has no nested virtualization. So a guest is booted once, and the result is kept until the machine
reboots.
"""

import contextlib
import os
from collections.abc import Callable
from pathlib import Path

from tests.lab.locks import locked

DEVICE = Path("/dev/kvm")
ANSWER = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tuimixer" / "kvm"
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
PATIENCE = 20
"""Seconds for the guest to boot and shut down; with working KVM it takes three to five."""


def works(
    boots: Callable[[], bool], *, device: Path = DEVICE, answer: Path = ANSWER, boot_id: Path = BOOT_ID
) -> bool:
    """Whether a guest boots under KVM.

    boots: boots a guest under KVM and returns whether it shut down; called once per boot of this
        machine.
    """
    if not os.access(device, os.R_OK | os.W_OK):
        return False
    boot = boot_id.read_text().strip()
    with locked(answer.with_suffix(".lock")):
        with contextlib.suppress(OSError, ValueError):
            known, word = answer.read_text().split()
            if known == boot:
                return word == "works"
        found = boots()
        with contextlib.suppress(OSError):  # another user's
            answer.write_text(f"{boot} {'works' if found else 'hangs'}\n")
    return found
