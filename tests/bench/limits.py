"""The limits that tuimixer should keep to. Printed, never asserted: machines differ."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.bench.measure import Figures, median

OURS, PEER, FLOOR = "tuimixer", "pulsemixer", "bare Textual"


@dataclass(frozen=True, slots=True)
class Limit:
    """A figure of a run, the figure it is compared with in the same run, and the maximum of their ratio.

    Without anything to compare it with, `base` is 1 and the ratio is the figure itself.
    """

    what: str
    value: float
    base: float
    most: float

    @property
    def ratio(self) -> float:
        """The figure in terms of what it is measured by."""
        return self.value / self.base if self.base else 0.0


def limits(figures: dict[str, Figures], many: dict[str, Figures], cards: dict[str, Figures]) -> list[Limit]:
    """The limits for which this run has both the value and the base."""
    ours, peer, floor = (figures.get(name, Figures()) for name in (OURS, PEER, FLOOR))
    crowd = many.get(OURS, Figures())
    laptop, matrix = (cards.get(name, Figures()) for name in ("laptop", "matrix"))
    paint, step = median(ours.paint), median(ours.shown)
    candidates = [
        ("first useful paint (bare Textual)", paint, median(floor.paint), 0.6),
        ("first useful paint (pulsemixer)", paint, median(peer.paint), 2.0),
        ("first paint, 300 streams (5 streams)", median(crowd.paint), paint, 1.5),
        ("first paint, 900 elements (a laptop's card)", median(matrix.paint), median(laptop.paint), 1.5),
        ("key to applied (pulsemixer)", median(ours.applied), median(peer.applied), 0.8),
        ("key to shown (pulsemixer)", step, median(peer.shown), 0.8),
        ("key to shown, 300 streams (5 streams)", median(crowd.shown), step, 1.0),
        ("key to shown, 900 elements (a laptop's card)", median(matrix.shown), median(laptop.shown), 1.0),
        ("another's change shown (pulsemixer)", median(ours.external), median(peer.external), 0.8),
        ("held key shown after its last press, ms", ours.held_late, 1.0, 20.0),
        ("bytes a step", median(ours.step_bytes), 1.0, 150.0),
        ("CPU at rest (bare Textual)", ours.idle_cpu, floor.idle_cpu, 1.0),
        ("output at rest, bytes/s", ours.idle_bytes, 1.0, 0.0),
        ("CPU with moving meters, % of a core", ours.meter_cpu, 1.0, 2.0),
        ("output with moving meters, bytes/s", ours.meter_bytes, 1.0, 1000.0),
        ("memory of all processes, MiB PSS", ours.pss, 1.0, 60.0),
    ]
    return [
        Limit(what, value, base, most)
        for what, value, base, most in candidates
        if value is not None and base is not None
    ]


def summary(runs: Sequence[Sequence[Limit]]) -> Iterable[str]:
    """A table of the limits: figures of the last run, and the median ratio of all runs, by which to judge."""
    yield f"{'limit':46}{'measured':>10}{'of':>10}{'ratio':>9}{'at most':>9}"
    for limit in runs[-1]:
        ratios = [each.ratio for run in runs for each in run if each.what == limit.what]
        ratio = statistics.median(ratios)
        base = number(limit.base, 10) if limit.base != 1.0 else f"{'':>10}"
        met = "met" if ratio <= limit.most else "MISSED"
        spread = f"  ({min(ratios):.2f} to {max(ratios):.2f})" if len(ratios) > 1 else ""
        yield (
            f"{limit.what:46}{number(limit.value, 10)}{base}{number(ratio, 9)}{number(limit.most, 9)}"
            f"  {met}{spread}"
        )


def number(value: float | None, width: int) -> str:
    """Right-aligned, three significant digits, `-` for none."""
    if value is None:
        return f"{'-':>{width}}"
    return f"{value:>{width}.0f}" if abs(value) >= 100 else f"{value:>{width}.2f}"
