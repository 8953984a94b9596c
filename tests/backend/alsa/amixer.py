"""A card's controls according to alsa-utils' amixer, as numbers to compare with."""

import re
import subprocess
from dataclasses import dataclass

_NAME = re.compile(r"Simple mixer control '(.*)',(\d+)")
_CHANNEL = re.compile(r"  (Mono|Front Left|Front Right|Rear .*|Side .*|Woofer|Front Center): (.*)")
_VOLUME = re.compile(r"(?:(Playback|Capture) )?(-?\d+) \[(\d+)%\](?: \[(-?[\d.]+)dB\])?")


@dataclass(frozen=True, slots=True)
class Volume:
    """One channel's volume; percent as displayed by `amixer -M` and alsamixer."""

    raw: int
    percent: int
    db: str | None


def amixer(card: int, *arguments: str, text: str | None = None) -> str:
    """Run amixer on one of the kernel's cards and return its output."""
    command = ["amixer", "-M", "-c", str(card), *arguments]
    return subprocess.run(command, input=text, stdout=subprocess.PIPE, check=True, text=True).stdout


Table = dict[tuple[str, int, bool], dict[int, Volume]]
"""(name, index, capture) -> raw value -> what amixer shows at it."""


def table(card: int, ranges: dict[tuple[str, int, bool], range]) -> Table:
    """What amixer displays for volumes at each raw value; it sets them itself, in one go."""
    lines = [
        f"sset '{name}',{index} {'capture' if capture else 'playback'} {raw}"
        for (name, index, capture), raws in ranges.items()
        for raw in raws
    ]
    return _parsed(amixer(card, "-s", text="\n".join(lines) + "\n"))


def shown(card: int) -> Table:
    """What amixer displays for the current volumes."""
    return _parsed(amixer(card, "scontents"))


def _parsed(text: str) -> Table:
    found: Table = {}
    name, index = "", 0
    for line in text.splitlines():
        if match := _NAME.match(line):
            name, index = match[1], int(match[2])
        elif match := _CHANNEL.match(line):
            for side, raw, percent, db in _VOLUME.findall(match[2]):
                for capture in (False, True):
                    # A volume shared by both sides is on a line without a side.
                    if side in ("", "Capture" if capture else "Playback"):
                        volume = Volume(int(raw), int(percent), db or None)
                        found.setdefault((name, index, capture), {})[volume.raw] = volume
    return found


def sget(card: int, name: str, index: int = 0) -> str:
    """amixer's output for one control."""
    return amixer(card, "sget", f"'{name}',{index}")


def sset(card: int, name: str, *values: str, index: int = 0) -> None:
    """Set a control as another program would."""
    amixer(card, "-q", "sset", f"'{name}',{index}", *values)
