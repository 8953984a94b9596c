"""What level meters show of the peaks that come in: scale, fall, peak hold and the clip mark. Pure."""

import math
from dataclasses import replace

from tuimixer.model.record import dataclass

FLOOR = -60.0
"""dBFS at the bottom of a meter; its top is 0 dBFS."""
WARM = 1 + -18.0 / 60
HOT = 1 + -6.0 / 60
FALL = 26.0
"""dB a second by which a meter falls."""
HOLD = 1.5
"""Seconds for which the highest peak is marked."""
CLIP = 0.9999
"""Amplitude from which a peak counts as clipped."""


def share_of(amplitude: float) -> float:
    """Place on the meter from 0 to 1 of a linear amplitude (1 = 0 dBFS)."""
    if amplitude <= 0.001:
        return 0.0
    return min(1.0, 1 - 20 * math.log10(min(amplitude, 1.0)) / FLOOR)


@dataclass(frozen=True, slots=True)
class Level:
    """One meter as it stands: places from 0 to 1."""

    shares: tuple[float, ...] = ()
    targets: tuple[float, ...] = ()
    """Where the channels' peaks are; a meter that is above falls to it."""
    hold: float = 0.0
    held_until: float = 0.0
    clipped: bool = False
    at: float = 0.0
    """When this was, in seconds."""

    @property
    def moving(self) -> bool:
        """Whether it will look different a little later without new peaks."""
        return self.shares != self.targets or self.hold > max(self.shares, default=0.0)


def seen(level: Level) -> Level:
    """The meter without its clip mark, which has been looked at."""
    return replace(level, clipped=False)


def follow(level: Level | None, peaks: tuple[float, ...], now: float) -> Level:
    """The meter at a time in seconds with the newest peaks (linear amplitudes): up at once, down evenly."""
    targets = tuple(share_of(peak) for peak in peaks)
    clipped = any(peak >= CLIP for peak in peaks)
    if level is None:
        return Level(targets, targets, max(targets, default=0.0), now + HOLD, clipped, now)
    fall = max(0.0, now - level.at) * FALL / -FLOOR
    old = level.shares if len(level.shares) == len(targets) else targets
    shares = tuple(max(target, before - fall) for target, before in zip(targets, old, strict=True))
    top, clipped = max(shares, default=0.0), clipped or level.clipped
    if top >= level.hold or now > level.held_until:
        return Level(shares, targets, top, now + HOLD, clipped, now)
    return Level(shares, targets, level.hold, level.held_until, clipped, now)
