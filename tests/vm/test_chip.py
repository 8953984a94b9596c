"""The emulated chip's output follows tuimixer."""

import subprocess
from pathlib import Path

import pytest

from tests.lab import chip
from tests.lab.cards import AC97
from tests.lab.samples import write_sine
from tuimixer.cli.main import main

pytestmark = pytest.mark.vm


def test_pcm_moves_what_leaves_the_chip_and_mute_is_silence(tmp_path: Path) -> None:
    tone = tmp_path / "tone.wav"
    write_sine(tone, seconds=2)
    start = chip.position()
    for moves in (
        (("Master", "100%", "unmute"), ("PCM", "0dB", "unmute")),
        (("PCM", "=-12dB"),),
        (("Master", "mute"),),
    ):
        for move in moves:
            assert main(["set", "-c", AC97, "--no-config", *move]) == 0
        subprocess.run(["aplay", "-q", "-D", f"plughw:{AC97},0", str(tone)], check=True)
    levels = chip.since(start).levels()
    print("RMS at 0 dB, at -12 dB, muted:", ", ".join(f"{level:.4f}" for level in levels))
    # QEMU's AC97 is linear in the register: 0 dB is step 23 of 31, -12 dB step 15.
    assert levels == pytest.approx([0.3536 * 23 / 31, 0.3536 * 15 / 31, 0.0], abs=0.005)
    assert main(["set", "-c", AC97, "--no-config", "Master", "unmute"]) == 0
