"""What an attack counts and finds, and how memory grew meanwhile."""

import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

WARM_UP = 30.0
"""Seconds of a process's life that do not count for the slope: in them all is loaded and shown once."""
_LEAST = 60.0
"""Seconds of samples below which a slope says nothing."""


@dataclass
class Memory:
    """Resident memory of one process over its life, in KiB."""

    name: str
    started: float = field(default_factory=time.monotonic)
    samples: list[tuple[float, int]] = field(default_factory=list)

    def sample(self, pid: int) -> None:
        """Take a sample; nothing when the process is gone."""
        try:
            pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        except (OSError, IndexError):
            return
        self.samples.append((time.monotonic() - self.started, pages * 4))

    @property
    def slope(self) -> float | None:
        """KiB a second by least squares after the warm-up; None for too short a life."""
        points = [point for point in self.samples if point[0] >= WARM_UP]
        if len(points) < 3 or points[-1][0] - points[0][0] < _LEAST:
            return None
        mean_x = sum(x for x, _ in points) / len(points)
        mean_y = sum(y for _, y in points) / len(points)
        spread = sum((x - mean_x) ** 2 for x, _ in points)
        return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread


@dataclass
class Tally:
    """Counts of one attack."""

    attack: str
    seed: int
    events: Counter[str] = field(default_factory=Counter)
    """What was done to the program."""
    survived: Counter[str] = field(default_factory=Counter)
    """Faults after which it went on, or ended as it should."""
    findings: list[str] = field(default_factory=list)
    memories: list[Memory] = field(default_factory=list)

    def find(self, what: str) -> None:
        """Note that something is wrong."""
        self.findings.append(f"{self.attack} (seed {self.seed}): {what}")

    def lines(self) -> list[str]:
        """The figures."""
        lines = [f"{self.attack}, seed {self.seed}: {_counts(self.events) or 'nothing'}"]
        if self.survived:
            lines.append(f"  survived: {_counts(self.survived)}")
        for name in sorted({memory.name for memory in self.memories}):
            lines += self._memory(name)
        lines += [f"  FOUND {finding}" for finding in self.findings]
        return lines

    def _memory(self, name: str) -> list[str]:
        lives = [memory for memory in self.memories if memory.name == name and memory.samples]
        if not lives:
            return []
        longest = max(lives, key=lambda memory: memory.samples[-1][0])
        peak = max(size for memory in lives for _, size in memory.samples)
        slope = longest.slope
        rising = "too short for a slope" if slope is None else f"{slope:+.2f} KiB/s"
        first, last = longest.samples[0][1], longest.samples[-1][1]
        seconds = longest.samples[-1][0]
        return [
            f"  memory of {name}: {rising}; the longest of {len(lives)} lives {seconds:.0f} s, "
            f"{first / 1024:.0f} to {last / 1024:.0f} MiB, peak {peak / 1024:.0f} MiB"
        ]


def _counts(counter: Counter[str]) -> str:
    return ", ".join(f"{number} {what}" for what, number in sorted(counter.items()))
