"""What leaves the emulated chip: silence at whichever stage is off, the sound again after `doctor --fix`."""

import json
import math
import operator
import wave
from array import array
from pathlib import Path

import pytest

from tests.diagnosis.at_the_chip import LINE, STAGES, Act
from tests.lab.samples import read_wav
from tests.lab.vm import boot

pytestmark = [pytest.mark.vm, pytest.mark.vm_host]


def strength(blocks: "list[array[float]]", cycles: float) -> float:
    """The largest amplitude of a tone in any of the blocks, by a windowed Fourier sum.

    cycles: the tone's frequency as a part of the sampling rate.
    """
    length = len(blocks[0])
    window = [(1 - math.cos(2 * math.pi * n / length)) / length for n in range(length)]
    real = [w * math.cos(2 * math.pi * cycles * n) for n, w in enumerate(window)]
    imaginary = [w * math.sin(2 * math.pi * cycles * n) for n, w in enumerate(window)]
    return max(2 * math.hypot(dot(block, real), dot(block, imaginary)) for block in blocks)


def dot(one: "array[float]", other: list[float]) -> float:
    return float(sum(map(operator.mul, one, other)))


def test_each_stage_silences_the_chip_and_the_doctor_brings_the_sine_back(tmp_path: Path) -> None:
    recorded = tmp_path / "chip.wav"
    cards = ["-device AC97,audiodev=a0"]
    done = boot("python -m tests.diagnosis.at_the_chip", wav=recorded, cards=cards, timeout=1800)
    assert done.returncode == 0, done.stdout
    acts = [
        Act(**json.loads(line.removeprefix(LINE)))
        for line in done.stdout.splitlines()
        if line.startswith(LINE)
    ]
    assert [act.stage for act in acts] == list(STAGES)
    with wave.open(str(recorded), "rb") as file:
        rate = file.getframerate()
    samples = read_wav(recorded).channel(0)
    size = rate // 10
    blocks = [samples[start : start + size] for start in range(0, len(samples) - size, size)]
    sounding = [block for block in blocks if max(block) > 0 or min(block) < 0]
    for act in acts:
        silent, mended = strength(sounding, act.silent / rate), strength(sounding, act.mended / rate)
        print(f"{act.stage}: {act.reason} {silent:.4f} before, {mended:.4f} after")
        assert silent < 0.003, act
        assert mended > 0.03, act
