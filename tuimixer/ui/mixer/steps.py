"""Fader steps by keys and by the wheel, and which of them may go past 100 %.

A key, or a click on its hint, may do so if it was pressed after a pause, but not if it is held or quickly
repeated. The wheel never may, because it has no new press after a pause.
"""

import time
from collections.abc import Callable

from tuimixer.model.control import Control, ControlId
from tuimixer.model.fader import positions
from tuimixer.model.intent import Channels, Nudge

NEW_PRESS = 0.3
"""Seconds after which a key event counts as a new press instead of a repeat."""


def wheel_step(control: ControlId, percent: float) -> Nudge:
    """A step of this many percent for a notch of the wheel."""
    return Nudge(control, percent)


class KeySteps:
    """Creates the steps for keys, which may pass 100 % only if the key was pressed after a pause."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last: tuple[ControlId | None, float] = (None, float("-inf"))

    def nudge(self, control: Control, percent: float, channels: Channels = None) -> Nudge:
        """A step of this many percent for a key that is pressed now."""
        now = self._clock()
        last, at = self._last
        self._last = (control.id, now)
        loudest = max(positions(control), default=0.0)
        pressed = last != control.id or now - at >= NEW_PRESS
        # A step from below 100 % stops at 100 %. A single channel never goes past that, because that
        # would be a mistake: to make something louder, users raise both sides.
        past_full = channels is None and (loudest > 1 or (loudest == 1 and pressed))
        return Nudge(control.id, percent, channels, past_full)
