"""What alsa-utils' amixer says of a card's controls, as numbers to compare with."""

import re
import subprocess
from dataclasses import dataclass

_NAME = re.compile(r"Simple mixer control '(.*)',(\d+)")
_CHANNEL = re.compile(r"  (Mono|Front Left|Front Right|Rear .*|Side .*|Woofer|Front Center): (.*)")
_VOLUME = re.compile(r"(?:(Playback|Capture) )?(-?\d+) \[(\d+)%\](?: \[(-?[\d.]+)dB\])?")


@dataclass(frozen=True, slots=True)
class Volume:
    """One channel's volume; percent as `amixer -M` and alsamixer have it."""

    raw: int
    percent: int
    db: str | None


def amixer(card: int, *arguments: str, text: str | None = None) -> str:
    """Run amixer on a card of the kernel and return what it prints."""
    command = ["amixer", "-M", "-c", str(card), *arguments]
    return subprocess.run(command, input=text, stdout=subprocess.PIPE, check=True, text=True).stdout


def volumes(card: int) -> dict[tuple[str, int, bool], tuple[Volume, ...]]:
    """(name, index, capture) -> volumes of the channels; a common volume stands on both sides."""
    found: dict[tuple[str, int, bool], list[Volume]] = {}
    name, index = "", 0
    for line in amixer(card, "scontents").splitlines():
        if match := _NAME.match(line):
            name, index = match[1], int(match[2])
        elif match := _CHANNEL.match(line):
            for side, raw, percent, db in _VOLUME.findall(match[2]):
                for capture in (False, True):
                    if side in ("", "Capture" if capture else "Playback"):
                        found.setdefault((name, index, capture), []).append(
                            Volume(int(raw), int(percent), db or None)
                        )
    return {key: tuple(channels) for key, channels in found.items()}


def sget(card: int, name: str, index: int = 0) -> str:
    """What amixer prints of one control."""
    return amixer(card, "sget", f"{name},{index}")


def sset(card: int, name: str, *values: str, index: int = 0) -> None:
    """Set a control as another program would."""
    amixer(card, "-q", "sset", f"{name},{index}", *values)
