"""How often meters may be painted: no frame is sent before the terminal has taken the last one. Pure.

A terminal responds to a query only after it has shown what came before the query. On a fast line, one query
every few seconds is enough to notice if it becomes slow; on a slow line, each frame is followed by a query,
so that at most one frame of meters is between a key and its effect.
"""

QUESTION = "\x1b[6n"
"""DSR, which requests the cursor's position; every terminal since the VT100 responds to it."""
_EVERY = 3.0
"""Seconds between queries on a fast line."""
_SLOW = 0.06
"""Maximum response time, in seconds, of a line that is not slow."""
_DEAF = 3.0
"""Seconds after a query until no response is expected any more."""
_BLIND_INTERVAL = 0.5
"""Seconds between frames on a slow line that does not respond."""


class Pace:
    """Decides when frames may be sent; times are in seconds, all of the same clock."""

    def __init__(self, slow: bool) -> None:
        self.slow = slow
        self._asked: float | None = None
        self._last_asked = float("-inf")
        self._not_before = float("-inf")

    def may_paint(self, now: float) -> bool:
        """Whether a frame may be sent."""
        if self._asked is not None:
            waited = now - self._asked
            if waited > _DEAF:
                self._asked, self._last_asked = None, now
                self._not_before = now + _BLIND_INTERVAL if self.slow else now
            elif waited > _SLOW:
                self.slow = True
        if self.slow and self._asked is not None:
            return False
        return now >= self._not_before

    def painted(self, now: float) -> bool:
        """Take note that a frame was sent; returns whether a query must follow it."""
        if self._asked is not None or not (self.slow or now - self._last_asked >= _EVERY):
            return False
        self._asked = self._last_asked = now
        return True

    def answered(self, now: float) -> None:
        """Take note of the terminal's response. On a slow line, no frame may be sent for as long as the
        response took.
        """
        if self._asked is None:
            return
        took, self._asked = now - self._asked, None
        self.slow = took > _SLOW
        self._not_before = now + took if self.slow else now
