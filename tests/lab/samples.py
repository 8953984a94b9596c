"""Audio samples: an endless sine for players, and measurements of recordings."""

import math
import operator
import sys
import wave
from array import array
from dataclasses import dataclass
from pathlib import Path

RATE = 48_000
"""Sample rate of everything played and recorded, and of the null sinks, so that nothing is resampled."""

CHANNELS = 2


def sine(frequency: int, amplitude: float) -> bytes:
    """One second of a stereo sine, signed 16 bit little endian; `amplitude` is 0…1 of full scale.

    Any integer `frequency` in Hz repeats without a click.
    """
    scale = amplitude * 32767
    samples = array("h")
    for n in range(RATE):
        samples.extend([round(scale * math.sin(2 * math.pi * frequency * n / RATE))] * CHANNELS)
    return samples.tobytes()


def write_sine(path: Path, *, seconds: int, frequency: int = 440, amplitude: float = 0.5) -> None:
    """Write a WAV file with a stereo sine."""
    with wave.open(str(path), "wb") as file:
        file.setparams((CHANNELS, 2, RATE, 0, "NONE", ""))
        file.writeframes(sine(frequency, amplitude) * seconds)


@dataclass(frozen=True)
class Recording:
    """Interleaved samples, 1.0 being full scale."""

    samples: "array[float]"
    channels: int = CHANNELS

    def channel(self, number: int) -> "array[float]":
        """The samples of one channel, counted from 0."""
        return self.samples[number :: self.channels]

    def rms(self, channel: int = 0) -> float:
        """RMS of one channel, 0…1; 0.707 for a full-scale sine."""
        chosen = self.channel(channel)
        return math.sqrt(sum(sample * sample for sample in chosen) / len(chosen))

    def peak(self, channel: int = 0) -> float:
        """Largest absolute sample of one channel, 0…1."""
        return max(abs(sample) for sample in self.channel(channel))

    def db(self, channel: int = 0) -> float:
        """RMS of one channel in dBFS; minus infinity for silence."""
        rms = self.rms(channel)
        return 20 * math.log10(rms) if rms else -math.inf

    def strength(self, frequency: float, rate: int) -> float:
        """The largest amplitude of a tone (in Hz) in any tenth of a second of channel 0, 0…1.

        Computed by a windowed Fourier sum; silent blocks are skipped.
        """
        chosen, size = self.channel(0), rate // 10
        turns = [2 * math.pi * frequency / rate * n for n in range(size)]
        window = [(1 - math.cos(2 * math.pi * n / size)) / size for n in range(size)]
        real = [w * math.cos(turn) for w, turn in zip(window, turns, strict=True)]
        imaginary = [w * math.sin(turn) for w, turn in zip(window, turns, strict=True)]
        blocks = (chosen[start : start + size] for start in range(0, len(chosen) - size + 1, size))
        return max(
            (2 * math.hypot(_dot(block, real), _dot(block, imaginary)) for block in blocks if any(block)),
            default=0.0,
        )

    def steady_db(self) -> float:
        """Median RMS of channel 0 over tenths of a second, in dBFS.

        Short gaps or changes, which happen on a busy machine, do not count; a tone of a multiple of 10 Hz has
        whole periods in a tenth of a second.
        """
        chosen, window = self.channel(0), RATE // 10
        found = sorted(
            sum(sample * sample for sample in chosen[start : start + window]) / window
            for start in range(0, len(chosen) - window + 1, window)
        )
        return 10 * math.log10(found[len(found) // 2]) if found and found[len(found) // 2] else -math.inf

    def levels(self, window: int = 2048, length: int = 10, tolerance: float = 0.02) -> list[float]:
        """The RMS levels at which channel 0 stays, in order; 0.0 is silence.

        A level lasts for at least `length` windows of `window` samples, within `tolerance` of full scale;
        anything between two levels, such as a click, does not count.
        """
        chosen = self.channel(0)
        run: list[float] = []
        levels: list[float] = []
        for start in range(0, len(chosen) - window, window):
            level = math.sqrt(sum(sample * sample for sample in chosen[start : start + window]) / window)
            if run and abs(level - run[0]) > tolerance:
                run = []
            run.append(level)
            if len(run) == length and (not levels or abs(levels[-1] - level) > tolerance):
                levels.append(sorted(run)[length // 2])
        return levels


def _dot(one: "array[float]", other: list[float]) -> float:
    return float(sum(map(operator.mul, one, other)))


def read_wav(path: Path) -> Recording:
    """Read a WAV file of signed 16 bit samples."""
    with wave.open(str(path), "rb") as file:
        if file.getsampwidth() != 2:
            raise ValueError(f"{path} has {8 * file.getsampwidth()} bit samples; 16 bit are required")
        samples = array("h", file.readframes(file.getnframes()))
        channels = file.getnchannels()
    if sys.byteorder == "big":
        samples.byteswap()
    return Recording(array("f", (sample / 32768 for sample in samples)), channels)
