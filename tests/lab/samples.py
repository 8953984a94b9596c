"""Sound as numbers: an endless sine for players, and what a recording measures."""

import math
from array import array
from dataclasses import dataclass

RATE = 48_000
"""Samples per second of all that is played and recorded; the null sinks have it too: nothing is resampled."""

CHANNELS = 2


def sine(frequency: int, amplitude: float) -> bytes:
    """One second of a stereo sine, signed 16 bit little endian; `amplitude` is 0…1 of full scale.

    Any whole `frequency` in Hz repeats without a click.
    """
    scale = amplitude * 32767
    samples = array("h")
    for n in range(RATE):
        samples.extend([round(scale * math.sin(2 * math.pi * frequency * n / RATE))] * CHANNELS)
    return samples.tobytes()


@dataclass(frozen=True)
class Recording:
    """Interleaved samples, 1.0 being full scale."""

    samples: "array[float]"
    channels: int = CHANNELS

    def channel(self, number: int) -> "array[float]":
        """The samples of one channel, counted from 0."""
        return self.samples[number :: self.channels]

    def rms(self, channel: int = 0) -> float:
        """Root mean square of one channel, 0…1; a full-scale sine has 0.707."""
        chosen = self.channel(channel)
        return math.sqrt(sum(sample * sample for sample in chosen) / len(chosen))

    def peak(self, channel: int = 0) -> float:
        """Largest absolute sample of one channel, 0…1."""
        return max(abs(sample) for sample in self.channel(channel))

    def db(self, channel: int = 0) -> float:
        """Root mean square of one channel in dB of full scale; minus infinity for silence."""
        rms = self.rms(channel)
        return 20 * math.log10(rms) if rms else -math.inf
