"""How many peaks of a meter the server is to send together."""

from collections.abc import Callable

_PIPEWIRE_RATE = 80
"""Peaks per second at which about one is ready in each cycle of PipeWire's graph (512 samples at 48 kHz)."""
_LONGEST_STRETCH = 4


class Fragments:
    """The peaks' rate and their number per message, with which all meters get their turn.

    In each cycle of the graph, PipeWire's PulseAudio server lets every stream with new data send what is due,
    but passes over a stream if a message to the same client is still waiting to be written. The order is
    always the same, so among meters that are due in the same cycle, as those opened together are, the last
    ones may never get a turn. Therefore each message collects several peaks, one for each meter: then every
    meter has a cycle of its own, and one that was passed over is due again in the next.
    """

    def __init__(self, is_pipewire: Callable[[], bool]) -> None:
        self._is_pipewire = is_pipewire
        self._shown = 20.0
        self._stretch = 1
        self.size = 1
        """Peaks per message, as last returned by `divide`."""

    def begin(self, shown: float) -> None:
        """Start again, for levels that are shown this many times a second."""
        self._shown, self._stretch = shown, 1

    @property
    def rate(self) -> int:
        """Peaks per second to request."""
        return max(round(self._shown), _PIPEWIRE_RATE if self._is_pipewire() else 1)

    @property
    def seconds(self) -> float:
        """How long it takes to collect a message."""
        return self.size / self.rate

    def divide(self, meters: int) -> int:
        """Peaks per message if this many meters send some."""
        if self._is_pipewire():
            self.size = max(round(self.rate / self._shown), meters) * self._stretch
        else:
            self.size = 1
        return self.size

    def lengthen(self) -> None:
        """Make messages longer, because a meter gets no turn: the graph's cycle must be longer, too."""
        if self._is_pipewire():
            self._stretch = min(self._stretch * 2, _LONGEST_STRETCH)
