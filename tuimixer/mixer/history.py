"""Undo and redo of the changes that were made here."""

from collections.abc import Callable
from dataclasses import dataclass

from tuimixer.model.command import Command, SetLatencyOffset, SetVolume, aspect
from tuimixer.model.snapshot import Snapshot

DEPTH = 500
"""How many changes are kept."""
TOGETHER = 1.0
"""Steps of the same control that follow each other within so many seconds are one change."""


@dataclass(slots=True)
class UndoStep:
    """One change that was made here."""

    before: Command
    """Brings back what was."""
    after: Command
    """Makes the change again."""
    name: str
    """Of what was changed, to show."""
    at: float
    """When it was made; minus infinity where no further step may join it."""

    @property
    def words(self) -> str:
        """What was changed, to show: `volume of PCM`."""
        return f"{self.after.label} of {self.name}"


class History:
    """What was changed here, and what undoes it."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._done: list[UndoStep] = []
        self._undone: list[UndoStep] = []

    def record(self, command: Command, snapshot: Snapshot) -> None:
        """Remember a command that is about to be sent; one that nothing undoes (kill) is left out."""
        before = command.inverse(snapshot)
        if before is None or before == command:
            return
        self._undone.clear()
        now = self._clock()
        last = self._done[-1] if self._done else None
        if last and _joins(command, last.after) and now - last.at < TOGETHER:
            last.after, last.at = command, now
            if last.before == last.after:
                self._done.pop()
            return
        self._done.append(UndoStep(before, command, _name(command, snapshot), now))
        del self._done[:-DEPTH]

    def undo(self) -> UndoStep | None:
        """The newest change, of which `before` is to be sent now; None when there is none."""
        return self._shift(self._done, self._undone)

    def redo(self) -> UndoStep | None:
        """The change that was undone last, of which `after` is to be sent now; None when there is none."""
        return self._shift(self._undone, self._done)

    def _shift(self, source: list[UndoStep], target: list[UndoStep]) -> UndoStep | None:
        if not source:
            return None
        change = source.pop()
        target.append(change)
        for kept in self._done[-1:]:
            kept.at = float("-inf")
        return change


def _joins(command: Command, last: Command) -> bool:
    """Whether a command goes on with what the last one began, as steps of a volume do."""
    return isinstance(command, SetVolume | SetLatencyOffset) and aspect(command) == aspect(last)


def _name(command: Command, snapshot: Snapshot) -> str:
    if (control := snapshot.controls.get(command.id)) is not None:
        return control.name
    card = snapshot.server_card(command.id)
    return card.description if card is not None else command.id
