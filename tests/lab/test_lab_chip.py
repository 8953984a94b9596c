"""The emulated chip's output can be recorded, and follows the card's controls."""

import subprocess
from pathlib import Path

import pytest

from tests.lab import chip
from tests.lab.cards import AC97
from tests.lab.samples import write_sine

pytestmark = pytest.mark.vm


def test_pcm_moves_what_leaves_the_chip_and_mute_is_silence(tmp_path: Path) -> None:
    tone = tmp_path / "tone.wav"
    write_sine(tone, seconds=2)
    start = chip.position()
    for moves in (("Master 100% unmute", "PCM 0dB unmute"), ("PCM 12dB-",), ("Master mute",)):
        for move in moves:
            subprocess.run(["amixer", "-q", "-c", AC97, "sset", *move.split()], check=True)
        subprocess.run(["aplay", "-q", "-D", f"plughw:{AC97},0", str(tone)], check=True)
    # QEMU's AC97 is linear in the register: 0 dB is step 23 of 31, -12 dB step 15.
    assert chip.since(start).levels() == pytest.approx([0.3536 * 23 / 31, 0.3536 * 15 / 31, 0.0], abs=0.005)
    subprocess.run(["amixer", "-q", "-c", AC97, "sset", "Master", "unmute"], check=True)
