"""How level meters display incoming peaks: scale, fall, peak hold and clip mark. Pure."""

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from operator import le

from tuimixer.model.control import ControlId
from tuimixer.model.record import dataclass

FLOOR = -60.0
"""dBFS at the bottom of a meter; its top is 0 dBFS."""
FALL = 26.0
"""dB per second by which a meter falls."""
HOLD = 1.5
"""Seconds for which the highest peak is marked."""
CLIP = 0.9999
"""Minimum amplitude of a peak that counts as clipped."""
CLIP_HOLD = 10.0
"""Seconds for which the clip mark is shown."""


def share_of(amplitude: float) -> float:
    """Position on the meter, 0 to 1, of a linear amplitude (1 = 0 dBFS)."""
    if amplitude <= 0.001:
        return 0.0
    return min(1.0, 1 - 20 * math.log10(min(amplitude, 1.0)) / FLOOR)


@dataclass(frozen=True, slots=True)
class Level:
    """The current state of one meter; positions are from 0 to 1, times in seconds."""

    shares: tuple[float, ...] = ()
    targets: tuple[float, ...] = ()
    """The channels' current peaks, towards which `shares` fall."""
    hold: float = 0.0
    held_until: float = 0.0
    clipped_until: float = 0.0
    at: float = 0.0
    """The time of this state."""

    @property
    def clipped(self) -> bool:
        """Whether a peak reached full scale within the last `CLIP_HOLD` seconds."""
        return self.at < self.clipped_until

    @property
    def moving(self) -> bool:
        """Whether the meter will look different a little later even without new peaks."""
        return self.clipped or self.shares != self.targets or self.hold > max(self.shares, default=0.0)


def follow(level: Level | None, peaks: tuple[float, ...], now: float, hold_back: bool = False) -> Level:
    """The meter at the time `now` (seconds), given the newest peaks (linear amplitudes); it rises at once and
    falls steadily.

    Args: `hold_back` is whether a meter that does not rise stays as it is for now.
    """
    targets = tuple(share_of(peak) for peak in peaks)
    clipped = level.clipped_until if level is not None else 0.0
    if any(peak >= CLIP for peak in peaks):
        clipped = now + CLIP_HOLD
    if level is None:
        return Level(targets, targets, max(targets, default=0.0), now + HOLD, clipped, now)
    if hold_back and len(level.shares) == len(targets) and all(map(le, targets, level.shares)):
        return Level(level.shares, targets, level.hold, level.held_until, clipped, level.at)
    fall = max(0.0, now - level.at) * FALL / -FLOOR
    old = level.shares if len(level.shares) == len(targets) else targets
    shares = tuple(max(target, before - fall) for target, before in zip(targets, old, strict=True))
    top = max(shares, default=0.0)
    if top >= level.hold or now > level.held_until:
        return Level(shares, targets, top, now + HOLD, clipped, now)
    return Level(shares, targets, level.hold, level.held_until, clipped, now)


class LevelMeters:
    """The meters of all controls with known levels; that of the selected control shows both sides."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.levels: dict[ControlId, Level] = {}
        """The current meters."""
        self._peaks: dict[ControlId, tuple[float, ...]] = {}
        """Each control's last reported peaks, one linear amplitude per channel."""
        self._clock = clock
        self._hold_back = self._held_back = False
        """Whether falls are not shown now, and whether they were not shown last time."""

    def hear(self, peaks: Mapping[ControlId, tuple[float, ...]]) -> None:
        """Take new peaks (linear amplitudes); those of other controls have not changed."""
        self._peaks.update(peaks)
        self._hold_back = not self._held_back

    def keep(self, ids: Collection[ControlId]) -> None:
        """Drop the meters of all other controls."""
        self._peaks = {key: peaks for key, peaks in self._peaks.items() if key in ids}
        self.levels = {key: level for key, level in self.levels.items() if key in ids}

    def clear(self) -> None:
        """Drop all meters."""
        self._peaks.clear()
        self.levels.clear()

    def follow(self, ids: Iterable[ControlId], chosen: ControlId | None) -> bool:
        """Advance the meters of these controls to this moment; returns whether some are still falling.

        Of new peaks, every second set shows only what rises: the eye cannot tell, and the cells that fall
        together take fewer bytes.
        """
        now = self._clock()
        self._held_back, self._hold_back = self._hold_back, False
        moving = [self._bring_on(key, key == chosen, now).moving for key in ids if key in self._peaks]
        return any(moving)

    def choose(self, chosen: ControlId, before: ControlId | None) -> None:
        """Show both sides of the newly selected control, and one for the previous one, without delay."""
        self.follow([key for key in (before, chosen) if key is not None], chosen)

    def _bring_on(self, key: ControlId, chosen: bool, now: float) -> Level:
        """Update a meter and return it: both sides if its control is selected, else the loudest one."""
        peaks = self._peaks[key]
        if not chosen and len(peaks) > 1:
            peaks = (max(peaks),)
        level = self.levels[key] = follow(self.levels.get(key), peaks, now, self._held_back)
        return level
