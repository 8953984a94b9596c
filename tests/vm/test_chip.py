"""What leaves the emulated chip follows tuimixer."""

from pathlib import Path

import pytest

from tests.lab.cards import AC97
from tests.lab.samples import read_wav, write_sine
from tests.lab.vm import boot

pytestmark = [pytest.mark.vm, pytest.mark.vm_host]


def test_pcm_moves_what_leaves_the_chip_and_mute_is_silence(tmp_path: Path) -> None:
    tone = tmp_path / "tone.wav"
    write_sine(tone, seconds=2)
    play = f"aplay -q -D plughw:{AC97},0 {tone}"
    change = f"python -m tuimixer set -c {AC97}"
    script = [
        f"{change} Master 100% unmute",
        f"{change} PCM 0dB unmute",
        play,
        f"{change} PCM -- -12dB",
        play,
        f"{change} Master mute",
        play,
    ]
    recorded = tmp_path / "chip.wav"
    done = boot(" && ".join(script), wav=recorded)
    assert done.returncode == 0, done.stdout
    levels = read_wav(recorded).levels()
    print("RMS at 0 dB, at -12 dB, muted:", ", ".join(f"{level:.4f}" for level in levels))
    # QEMU's AC97 is linear in the register: 0 dB is step 23 of 31, -12 dB step 15.
    assert levels == pytest.approx([0.3536 * 23 / 31, 0.3536 * 15 / 31, 0.0], abs=0.005)
