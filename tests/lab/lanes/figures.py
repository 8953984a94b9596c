"""How long each lane took on this machine, kept from run to run."""

import contextlib
import json
import os
from collections.abc import Iterable
from pathlib import Path

from tests.lab.lanes.table import Lane

FOLDER = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tuimixer" / "lanes"
"""Also where the output of lanes in the background is written."""


def _file() -> Path:
    return FOLDER / "seconds.json"


def known() -> dict[str, float]:
    """Seconds by the lane's name, of the last runs in which all of its tests passed."""
    try:
        figures = json.loads(_file().read_text())
        return {str(name): float(seconds) for name, seconds in figures.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}  # an estimate is all that is lost


def estimate(lanes: Iterable[Lane]) -> float:
    """About how many seconds these lanes take, those in the background beside those in front."""
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
    """Keep a figure; a folder that cannot be written is no reason to fail."""
    with contextlib.suppress(OSError):
        FOLDER.mkdir(parents=True, exist_ok=True)
        _file().write_text(json.dumps(known() | {name: round(seconds, 1)}, indent=1) + "\n")


def duration(seconds: float) -> str:
    """For people: "40 s", "3 min 20 s"."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
