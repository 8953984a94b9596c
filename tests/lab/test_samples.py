"""Measurements of recordings with known contents."""

from array import array

import pytest

from tests.lab.samples import CHANNELS, RATE, Recording, sine

pytestmark = pytest.mark.unit


def recording(frequency: int, amplitude: float) -> Recording:
    samples = array("h", sine(frequency, amplitude)[: RATE * CHANNELS])
    return Recording(array("f", (sample / 32768 for sample in samples)))


@pytest.mark.parametrize("amplitude", [0.5, 0.03])
def test_the_strength_of_a_tone_is_its_amplitude(amplitude: float) -> None:
    assert recording(440, amplitude).strength(440, RATE) == pytest.approx(amplitude, rel=0.02)


def test_another_tone_has_no_strength() -> None:
    assert recording(1000, 0.5).strength(440, RATE) < 0.001


def test_silence_has_no_strength() -> None:
    assert recording(440, 0.0).strength(440, RATE) == 0.0
