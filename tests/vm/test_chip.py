"""What leaves the emulated chip follows tuimixer."""

from pathlib import Path

import pytest

from tests.lab.cards import AC97
from tests.lab.samples import read_wav, write_sine
from tests.lab.vm import boot

pytestmark = [pytest.mark.vm_long, pytest.mark.vm_host]


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
    loud, quiet, silent = read_wav(recorded).levels()
    print(f"RMS {loud:.4f} at 0 dB, {quiet:.4f} at -12 dB, {silent:.4f} muted")
    assert quiet < 0.75 * loud
    assert silent == 0.0
