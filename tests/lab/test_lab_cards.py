"""The virtual machine has the cards that its tests rely on."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.lab import cards as lab
from tests.lab.cards import UsbCard, card_numbers

pytestmark = pytest.mark.vm


def controls(card: str) -> list[str]:
    done = subprocess.run(["amixer", "-c", card, "scontrols"], stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.splitlines()


def test_cards_have_their_controls(cards: dict[str, int]) -> None:
    assert set(cards) == {lab.HDA, lab.AC97, lab.ENS1370, lab.USB, lab.DUMMY, lab.LOOPBACK}
    assert "Simple mixer control 'Master',0" in controls(lab.HDA)
    assert len(controls(lab.AC97)) == 12
    assert {"Simple mixer control 'PCM',0", "Simple mixer control 'PCM',1"} < set(controls(lab.ENS1370))
    assert controls(lab.USB)
    assert "Simple mixer control 'External I/O Box',0" in controls(lab.DUMMY)
    assert controls(lab.LOOPBACK) == []


def test_both_processors_run() -> None:
    assert Path("/sys/devices/system/cpu/online").read_text() == "0-1\n"


def test_an_emulated_second_processor_starts_after_the_devices_are_in_memory() -> None:
    emulated = "maxcpus=1" in Path("/proc/cmdline").read_text().split()
    log = subprocess.run(["dmesg"], stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
    devices = [number for number, line in enumerate(log) if re.search(r"pci .*BAR", line)]
    starts = [number for number, line in enumerate(log) if "Booting Node 0 Processor 1 " in line]
    assert devices
    assert bool(starts) == emulated
    assert not emulated or max(devices) < starts[0]


def test_oss_mixers_are_there() -> None:
    assert Path("/dev/mixer").exists()


def test_usb_card_goes_and_comes(usb_card: UsbCard) -> None:
    usb_card.unplug()
    assert lab.USB not in card_numbers()
    assert usb_card.plug() == card_numbers()[lab.USB]
    assert controls(lab.USB)
