"""Undo and redo of the changes made in this program."""

from collections.abc import Callable
from dataclasses import dataclass

from tuimixer.model.command import Command, SetLatencyOffset, SetVolume, aspect
from tuimixer.model.snapshot import Snapshot

DEPTH = 500
"""Number of changes remembered."""
JOIN_WITHIN = 1.0
"""Steps of the same control that are at most this many seconds apart count as one change."""


@dataclass(slots=True)
class UndoStep:
    """One change made in this program."""

    before: Command
    """The command that undoes the change."""
    after: Command
    """The command that redoes the change."""
    name: str
    """Name of what was changed, for display."""
    at: float
    """Time of the latest step by the history's clock; minus infinity if no further step may join it."""

    @property
    def words(self) -> str:
        """What was changed, for display: `volume (PCM)`."""
        return f"{self.after.label} ({self.name})"


@dataclass(frozen=True, slots=True)
class OtherStep:
    """A change that is not a single command for a backend."""

    words: str
    """What was changed, for display."""
    back: Callable[[], object]
    """Undoes the change."""
    again: Callable[[], object]


Step = UndoStep | OtherStep


class History:
    """The changes made since the start, for undo and redo."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._done: list[Step] = []
        self._undone: list[Step] = []

    def record(self, command: Command, snapshot: Snapshot) -> None:
        """Remember a command that is about to be sent, unless it cannot be undone (kill)."""
        before = command.inverse(snapshot)
        if before is None or before == command:
            return
        self._undone.clear()
        now = self._clock()
        last = self._done[-1] if self._done else None
        if isinstance(last, UndoStep) and _joins(command, last.after) and now - last.at < JOIN_WITHIN:
            last.after, last.at = command, now
            if last.before == last.after:
                self._done.pop()
            return
        self._done.append(UndoStep(before, command, _name(command, snapshot), now))
        del self._done[:-DEPTH]

    def add(self, step: OtherStep) -> None:
        """Remember a change that has been made."""
        self._undone.clear()
        self._done.append(step)
        del self._done[:-DEPTH]

    def undo(self) -> Step | None:
        """The newest change, whose `before` is to be sent now; None if there is none."""
        return self._shift(self._done, self._undone)

    def redo(self) -> Step | None:
        """The change undone last, whose `after` is to be sent now; None if there is none."""
        return self._shift(self._undone, self._done)

    def _shift(self, source: list[Step], target: list[Step]) -> Step | None:
        if not source:
            return None
        change = source.pop()
        target.append(change)
        for kept in self._done[-1:]:
            if isinstance(kept, UndoStep):
                kept.at = float("-inf")
        return change


def _joins(command: Command, last: Command) -> bool:
    """Whether a command continues the last change, as the steps of a volume do."""
    return isinstance(command, SetVolume | SetLatencyOffset) and aspect(command) == aspect(last)


def _name(command: Command, snapshot: Snapshot) -> str:
    if (control := snapshot.controls.get(command.id)) is not None:
        return control.name
    card = snapshot.server_card(command.id)
    return card.description if card is not None else command.id
