"""How long each lane took on this machine, stored between runs."""

import contextlib
import json
import os
from collections.abc import Iterable
from pathlib import Path

from tests.lab.lanes.table import Lane

FOLDER = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tuimixer" / "lanes"
"""The output of background lanes is stored here too."""


def _file() -> Path:
    return FOLDER / "seconds.json"


def known() -> dict[str, float]:
    """Seconds by lane, of the last run in which all of its tests passed."""
    try:
        figures = json.loads(_file().read_text())
        return {str(name): float(seconds) for name, seconds in figures.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}  # only an estimate is lost


def estimate(lanes: Iterable[Lane]) -> float:
    """Estimated seconds for these lanes, with those in the background running in parallel."""
    figures = known()
    front = back = 0.0
    for lane in lanes:
        seconds = figures.get(lane.name, lane.seconds)
        if lane.background:
            back += seconds
        else:
            front += seconds
    return max(front, back)


def remember(name: str, seconds: float) -> None:
    """Store a time; not being able to write it is not an error."""
    with contextlib.suppress(OSError):
        FOLDER.mkdir(parents=True, exist_ok=True)
        _file().write_text(json.dumps(known() | {name: round(seconds, 1)}, indent=1) + "\n")


def duration(seconds: float) -> str:
    """For display: "40 s", "3 min 20 s"."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
