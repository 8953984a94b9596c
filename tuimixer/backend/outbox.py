"""Commands that the sound system has not confirmed yet, shown on top of its own state.

An entry is dropped by the first read that *began* after its write was acknowledged. An earlier read may still
have the old value, and dropping the entry then would make the fader jump back or lose a step of a held key.
"""

from tuimixer.model.command import CardCommand, Command, apply, aspect
from tuimixer.model.control import Control, ControlId

_Aspect = tuple[str, ...]


class Outbox:
    """Coalesces commands by aspect and overlays the unconfirmed ones on the server's state."""

    def __init__(self) -> None:
        self._overlay: dict[_Aspect, Command] = {}
        self._unsent: dict[_Aspect, Command] = {}
        self._acked: dict[_Aspect, int] = {}
        self._reads = 0

    def submit(self, command: Command) -> None:
        """Queue a command; an older unsent one of the same aspect is replaced."""
        key = aspect(command)
        self._acked.pop(key, None)
        self._unsent.pop(key, None)
        self._overlay[key] = self._unsent[key] = command

    def take(self) -> Command | None:
        """The oldest unsent command, which the caller must write now; None if all are sent."""
        if not self._unsent:
            return None
        return self._unsent.pop(next(iter(self._unsent)))

    def acked(self, command: Command) -> None:
        """Note that a command was acknowledged; any read that begins from now on includes its effect."""
        key = aspect(command)
        if self._overlay.get(key) is command and key not in self._unsent:
            self._acked[key] = self._reads

    def failed(self, command: Command) -> None:
        """Drop a command whose write failed, so that the real state is shown again."""
        key = aspect(command)
        if self._overlay.get(key) is command and key not in self._unsent:
            del self._overlay[key]
            self._acked.pop(key, None)

    def put_back(self, command: Command) -> None:
        """Queue a command again whose write was cut off, unless a later one replaces it."""
        key = aspect(command)
        if self._overlay.get(key) is command:
            self._unsent[key] = command

    def begin_read(self) -> int:
        """Note that a read begins now, and return its number for `end_read`."""
        self._reads += 1
        return self._reads

    def end_read(self, number: int) -> None:
        """Drop the commands acknowledged before this read began, because it includes their effects."""
        for key in [key for key, at in self._acked.items() if at < number]:
            del self._acked[key]
            self._overlay.pop(key, None)

    def forget(self, control: ControlId) -> None:
        """Drop a removed control's commands, which must not reach another control that is given its id."""
        for key in [key for key in self._overlay if key[1] == control]:
            del self._overlay[key]
            self._unsent.pop(key, None)
            self._acked.pop(key, None)

    def clear(self) -> None:
        """Drop all commands, because the connection is gone."""
        self._overlay.clear()
        self._unsent.clear()
        self._acked.clear()

    @property
    def awaiting_read(self) -> bool:
        """Whether an acknowledged command still has to be confirmed by a read."""
        return bool(self._acked)

    def over(self, truth: dict[ControlId, Control]) -> dict[ControlId, Control]:
        """`truth` with the unconfirmed commands applied; untouched controls keep their identity."""
        if not self._overlay:
            return truth
        shown = dict(truth)
        for command in self._overlay.values():
            if not isinstance(command, CardCommand):
                shown.update(apply(command, shown))
        return shown
