"""Commands that the sound system has not confirmed yet, shown on top of what it says.

An entry leaves with the first read that *began* after its write was acknowledged: an earlier read may still
carry the old value, and dropping the entry then would make the fader jump back or lose a step of a held key.
"""

from tuimixer.model.command import CardCommand, Command, apply, aspect
from tuimixer.model.control import Control, ControlId

_Aspect = tuple[str, ...]


class Outbox:
    """Coalesces commands by aspect and lays the unconfirmed ones over the truth."""

    def __init__(self) -> None:
        self._overlay: dict[_Aspect, Command] = {}
        self._unsent: dict[_Aspect, Command] = {}
        self._acked: dict[_Aspect, int] = {}
        self._reads = 0

    def submit(self, command: Command) -> None:
        """Queue a command; an unsent older one of the same aspect is replaced."""
        key = aspect(command)
        self._acked.pop(key, None)
        self._unsent.pop(key, None)
        self._overlay[key] = self._unsent[key] = command

    def take(self) -> Command | None:
        """The oldest unsent command, which the caller is to write now; None when all is sent."""
        if not self._unsent:
            return None
        return self._unsent.pop(next(iter(self._unsent)))

    def acked(self, command: Command) -> None:
        """The write of a command was acknowledged; any read that begins from now on carries it."""
        key = aspect(command)
        if self._overlay.get(key) is command and key not in self._unsent:
            self._acked[key] = self._reads

    def failed(self, command: Command) -> None:
        """The write of a command failed: the truth shows through again."""
        key = aspect(command)
        if self._overlay.get(key) is command and key not in self._unsent:
            del self._overlay[key]
            self._acked.pop(key, None)

    def begin_read(self) -> int:
        """Number of a read that begins now, to be given to `end_read`."""
        self._reads += 1
        return self._reads

    def end_read(self, number: int) -> None:
        """A read has ended: what was acknowledged before it began is in the truth now."""
        for key in [key for key, at in self._acked.items() if at < number]:
            del self._acked[key]
            self._overlay.pop(key, None)

    def forget(self, control: ControlId) -> None:
        """A control is gone: what was meant for it must not reach another that gets its id."""
        for key in [key for key in self._overlay if key[1] == control]:
            del self._overlay[key]
            self._unsent.pop(key, None)
            self._acked.pop(key, None)

    def clear(self) -> None:
        """Forget everything: the connection is gone."""
        self._overlay.clear()
        self._unsent.clear()
        self._acked.clear()

    @property
    def awaiting_read(self) -> bool:
        """Whether an acknowledged command waits for a read to confirm it."""
        return bool(self._acked)

    def over(self, truth: dict[ControlId, Control]) -> dict[ControlId, Control]:
        """The truth with the unconfirmed commands on top; untouched controls keep their identity."""
        if not self._overlay:
            return truth
        shown = dict(truth)
        for command in self._overlay.values():
            if not isinstance(command, CardCommand):
                shown.update(apply(command, shown))
        return shown
