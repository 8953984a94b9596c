"""What an attack counts and finds, and how memory grew meanwhile."""

import time
from collections import Counter
from dataclasses import dataclass, field

from tests.bench.memory import held

LEAST = 600.0
"""Length of a run in seconds below which growth means nothing: dialogs are loaded, and caches fill up."""
_MOST_GROWTH = 6 * 1024
"""KiB by which memory may grow in the second half of a long run: caches are not full by then."""


@dataclass
class Memory:
    """Private memory of one process over its life, in KiB.

    A forked engine shares pages with the screen, and how many of them count as resident varies.
    """

    name: str
    started: float = field(default_factory=time.monotonic)
    samples: list[tuple[float, int]] = field(default_factory=list)

    def sample(self, pid: int) -> None:
        """Take a sample; none if the process is gone."""
        try:
            private = round(held(pid) * 1024)
        except (OSError, KeyError):
            return
        self.samples.append((time.monotonic() - self.started, private))

    @property
    def slope(self) -> float | None:
        """KiB per second by least squares over the second half of the run; None for too short a run."""
        if not self.samples or self.samples[-1][0] < LEAST:
            return None
        points = self.samples[self._half :]
        mean_x = sum(x for x, _ in points) / len(points)
        mean_y = sum(y for _, y in points) / len(points)
        spread = sum((x - mean_x) ** 2 for x, _ in points)
        return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread

    @property
    def sizes(self) -> tuple[int, int, int]:
        """KiB at the start, in the middle and at the end."""
        return self.samples[0][1], self.samples[self._half][1], self.samples[-1][1]

    @property
    def _half(self) -> int:
        """The first sample of the second half."""
        half = self.samples[-1][0] / 2
        return next(number for number, (at, _) in enumerate(self.samples) if at >= half)


@dataclass
class Tally:
    """Counts of one attack."""

    attack: str
    seed: int
    events: Counter[str] = field(default_factory=Counter)
    """What was done to the program."""
    survived: Counter[str] = field(default_factory=Counter)
    """Errors after which it continued, or exited properly."""
    findings: list[str] = field(default_factory=list)
    memories: list[Memory] = field(default_factory=list)

    def find(self, what: str) -> None:
        """Note that something is wrong."""
        self.findings.append(f"{self.attack} (seed {self.seed}): {what}")

    def lines(self) -> list[str]:
        """The figures, and a finding for each memory that keeps growing."""
        lines = [f"{self.attack}, seed {self.seed}: {_counts(self.events) or 'nothing'}"]
        if self.survived:
            lines.append(f"  survived: {_counts(self.survived)}")
        for name in sorted({memory.name for memory in self.memories}):
            lines += self._memory(name)
        for memory in self.memories:
            if memory.slope is not None and memory.sizes[2] - memory.sizes[1] > _MOST_GROWTH:
                self.find(f"the memory of {memory.name} keeps growing")
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
        sizes = " to ".join(f"{size / 1024:.1f}" for size in longest.sizes)
        seconds = longest.samples[-1][0]
        return [
            f"  memory of {name}: {rising}; the longest of {len(lives)} lives {seconds:.0f} s, "
            f"start to half to end {sizes} MiB, peak {peak / 1024:.1f} MiB"
        ]


def _counts(counter: Counter[str]) -> str:
    return ", ".join(f"{number} {what}" for what, number in sorted(counter.items()))
