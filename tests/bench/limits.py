"""What tuimixer is held to, from the figures of one run. Printed, never asserted: machines differ."""

from dataclasses import dataclass

from tests.bench.measure import Figures, median

OURS, PEER, FLOOR = "tuimixer", "pulsemixer", "bare Textual"


@dataclass(frozen=True, slots=True)
class Limit:
    """A figure and the most that it should be, in the same unit."""

    what: str
    value: float
    most: float


def limits(figures: dict[str, Figures], many: dict[str, Figures]) -> list[Limit]:
    """The limits of which this run has both sides."""
    ours, peer, floor = (figures.get(name, Figures()) for name in (OURS, PEER, FLOOR))
    crowd = many.get(OURS, Figures())
    candidates = [
        (
            "first useful paint, ms (1.25 x bare Textual)",
            median(ours.paint),
            _times(1.25, median(floor.paint)),
        ),
        ("key to applied, ms (pulsemixer)", median(ours.applied), median(peer.applied)),
        ("key to shown, ms (pulsemixer)", median(ours.shown), median(peer.shown)),
        (
            "another's change shown, ms (1.5 x pulsemixer)",
            median(ours.external),
            _times(1.5, median(peer.external)),
        ),
        ("bytes a step", median(ours.step_bytes), 150.0),
        ("held key shown after the last press, ms", ours.held_late, 20.0),
        ("CPU in silence, % of a core (bare Textual)", ours.idle_cpu, floor.idle_cpu),
        ("output in silence, bytes/s", ours.idle_bytes, 0.0),
        ("CPU with moving meters, % of a core", ours.meter_cpu, 3.0),
        ("output with moving meters, bytes/s", ours.meter_bytes, 4000.0),
        (
            "first paint with 300 streams, ms (1.5 x with 5)",
            median(crowd.paint),
            _times(1.5, median(ours.paint)),
        ),
        ("step with 300 streams shown, ms (with 5)", median(crowd.shown), median(ours.shown)),
        ("memory of all processes, MiB PSS", ours.pss, 60.0),
    ]
    return [
        Limit(what, value, most) for what, value, most in candidates if value is not None and most is not None
    ]


def _times(factor: float, value: float | None) -> float | None:
    return None if value is None else factor * value
