"""Commands sent to an engine, which may die before it has executed them."""

import time
from collections.abc import Callable

from tuimixer.backend.outbox import Outbox
from tuimixer.model.command import Command, aspect
from tuimixer.model.control import Control, ControlId

_RECENT = 1.0
"""Seconds that an acknowledged command is remembered, in case the engine dies before executing it."""


class Pending:
    """Numbers commands, overlays them until they are acknowledged, and keeps them when an engine dies.

    Commands are absolute, so sending one again does no harm; but none is sent to a third engine, because it
    may be what killed the first two.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._outbox = Outbox()
        self._number = 0
        self._in_flight: dict[int, Command] = {}
        self._recent: list[tuple[float, Command]] = []
        self._again: set[Command] = set()

    def submit(self, command: Command) -> None:
        """Queue a command; an older unsent one of the same aspect is replaced."""
        self._outbox.submit(command)

    def take(self) -> tuple[int, Command] | None:
        """The oldest unsent command and the number to send it under; None if all are sent."""
        command = self._outbox.take()
        if command is None:
            return None
        self._number += 1
        self._in_flight[self._number] = command
        return self._number, command

    def acknowledge(self, number: int) -> None:
        """Note that the state shown from now on includes all commands up to this number."""
        now = self._clock()
        self._recent = [entry for entry in self._recent if now - entry[0] < _RECENT]
        for known in [known for known in self._in_flight if known <= number]:
            command = self._in_flight.pop(known)
            self._outbox.acked(command)
            self._recent.append((now, command))
        self._outbox.end_read(self._outbox.begin_read())

    def requeue(self) -> list[Command]:
        """Queue again what the engine, now gone, may not have executed; returns the commands given up."""
        now = self._clock()
        newest: dict[tuple[str, ...], Command] = {}
        recent = [command for at, command in self._recent if now - at < _RECENT]
        sent = [*recent, *self._in_flight.values()]
        unsent = []
        while (command := self._outbox.take()) is not None:
            unsent.append(command)
        given_up = [command for command in sent if command in self._again]
        for command in [*(command for command in sent if command not in self._again), *unsent]:
            newest.pop(aspect(command), None)
            newest[aspect(command)] = command
        self._again = set(newest.values()) - set(unsent)
        self._forget()
        for command in newest.values():
            self._outbox.submit(command)
        return [command for command in given_up if aspect(command) not in newest]

    def drop(self) -> list[Command]:
        """Give everything up; returns the commands that were still to be sent."""
        dropped = []
        while (command := self._outbox.take()) is not None:
            dropped.append(command)
        self._again.clear()
        self._forget()
        return dropped

    def over(self, truth: dict[ControlId, Control]) -> dict[ControlId, Control]:
        """`truth` with the unacknowledged commands applied; untouched controls keep their identity."""
        return self._outbox.over(truth)

    def _forget(self) -> None:
        self._in_flight.clear()
        self._recent.clear()
        self._outbox.clear()
