"""How much of a core this machine gives to a process that only computes: how far figures can be trusted."""

import time

_LOOPS = 400_000
ENOUGH = 0.9
"""The share of a core below which nothing should be judged by a run."""


class Noise:
    """Samples taken between the measurements of a run."""

    def __init__(self) -> None:
        self.shares: list[float] = []

    def sample(self) -> None:
        """Compute for some milliseconds, and compare the time that passed with the processor's."""
        began, spent = time.perf_counter(), time.process_time()
        total = 0
        for step in range(_LOOPS):
            total += step
        self.shares.append((time.process_time() - spent) / (time.perf_counter() - began))

    @property
    def verdict(self) -> str:
        """A sentence about the machine."""
        poor = sum(share < ENOUGH for share in self.shares)
        if poor * 5 <= len(self.shares):
            return f"The machine was quiet in {len(self.shares) - poor} of {len(self.shares)} samples."
        return (
            f"The machine is too noisy to judge: in {poor} of {len(self.shares)} samples a process got less"
            f" than {ENOUGH:.0%} of a core (at worst {min(self.shares):.0%})."
        )
