"""A backend whose sound systems run in an engine: a child process, or one on another machine behind ssh.

The screen survives an engine that dies or hangs: it keeps the last snapshot, another engine is started, and
commands given meanwhile are executed or reported as lost.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import count

from tuimixer.backend.base import BackendError
from tuimixer.backend.engine.child import Child, cannot_start
from tuimixer.backend.engine.pending import Pending
from tuimixer.backend.engine.protocol import Watch
from tuimixer.backend.engine.session import EngineSession, Link
from tuimixer.model.command import Command, OpenDevice, UseServer, aspect
from tuimixer.model.control import ControlId
from tuimixer.model.snapshot import Notice, Phase, Snapshot, Status, Update, settled
from tuimixer.model.system import System
from tuimixer.model.text import clean

_KEEP = 5.0
"""Seconds that commands wait for the next engine."""
_SETTLE = 1.5
"""Seconds allowed for a new engine to catch up with the previous one; its snapshot is then shown anyway."""
_STEADY = 10.0
"""Seconds after which an engine counts as running normally."""


class EngineBackend:
    """The backends of a machine, in a process of their own."""

    def __init__(self, link: Link, child: Child | None = None, shown: Snapshot | None = None) -> None:
        """Args: `child` is an engine that the link has already started; `shown` is the snapshot that the
        screen already shows.
        """
        self.name = link.name
        self._link = link
        self._child = child
        self._session: EngineSession | None = None
        self._ready = False
        self._emit: Callable[[Update], None] = lambda update: None
        self._pending = Pending()
        self._lasting: dict[tuple[str, ...], Command] = {}
        """Commands that every later engine must be given too: devices opened by name, the server in use."""
        self._truth = shown or Snapshot()
        self._fresh: Snapshot | None = None
        self._trouble: Status | None = None
        self._expiry: asyncio.TimerHandle | None = None
        self._settling: asyncio.TimerHandle | None = None
        self._expired = False
        self._watch = Watch(0, (), 0.0)
        self._questions: dict[int, asyncio.Future[System]] = {}
        self._numbers = count(1)

    async def run(self, emit: Callable[[Update], None]) -> None:
        """Keep an engine running and emit what it sends, until cancelled."""
        self._emit = emit
        delay = 0.0
        while True:
            started = time.monotonic()
            reason, hint = await self._reason_for_end()
            steady = time.monotonic() - started > _STEADY
            delay = 0.0 if steady else delay
            if delay:
                # A second engine has exited early, so one of these commands may be the cause.
                self._lasting.clear()
            self._lost(reason, hint, delay)
            await asyncio.sleep(delay)
            delay = min(max(2 * delay, self._link.delays[0]), self._link.delays[1])

    def submit(self, command: Command) -> None:
        """Send a command, or keep it for the next engine if that starts soon."""
        if self._expired:
            self._emit(Notice(self._not_done([command]), error=True, id=command.id))
            return
        if isinstance(command, OpenDevice | UseServer):
            self._lasting[aspect(command)] = command
        self._pending.submit(command)
        self.room()
        self._show()

    def watch_levels(self, ids: frozenset[ControlId], rate: float) -> None:
        """Ask the engine, and every later one, for peak levels."""
        self._watch = Watch(self._watch.number + 1, tuple(sorted(ids)), rate)
        if self._session and self._ready:
            self._session.watch(self._watch)

    async def inspect(self) -> System:
        """Ask the engine for information about its machine; empty if it is or becomes unavailable."""
        if self._session is None:
            return System()
        number = next(self._numbers)
        answer: asyncio.Future[System] = asyncio.get_running_loop().create_future()
        self._questions[number] = answer
        self._session.inspect(number)
        try:
            return await answer
        finally:
            del self._questions[number]

    def changed(self, snapshot: Snapshot, ack: int) -> None:
        """Show a newer snapshot; a new engine's first ones are held back until they are complete."""
        if ack:
            self._pending.acknowledge(ack)
        if self._ready:
            self._truth = snapshot
            self._show()
            return
        self._fresh = snapshot
        if self._is_whole(snapshot):
            self._adopt()
        elif self._settling is None:
            self._settling = asyncio.get_running_loop().call_later(_SETTLE, self._adopt)

    def received(self, update: Update) -> None:
        """Pass on levels and notices."""
        self._emit(update)

    def answered(self, number: int, system: System) -> None:
        """Pass on the result of an inspection."""
        question = self._questions.get(number)
        if question and not question.done():
            question.set_result(system)

    def silent(self, seconds: float) -> None:
        """Report that the engine has not responded for some seconds, or, if 0, that it responds again."""
        if seconds and self._ready:
            text = f"The engine on {self.name} has not responded for {seconds:.0f} seconds."
            self._trouble = Status("engine", Phase.UNAVAILABLE, "engine", text, "Still waiting.")
        elif seconds:
            text = f"The engine on {self.name} has been starting for {seconds:.0f} seconds."
            self._trouble = Status("engine", Phase.CONNECTING, "engine", text)
        elif self._ready:
            self._trouble = None
        self._show()

    def room(self) -> None:
        """Send what is waiting, as long as the engine accepts it."""
        while self._session and self._ready and not self._session.full and (next_one := self._pending.take()):
            self._session.send(*next_one)

    async def _reason_for_end(self) -> tuple[str, str]:
        """Serve one engine until it ends, without raising, because the screen continues with another one."""
        try:
            return await self._attend()
        except BackendError as error:
            return str(error), ""
        except Exception as error:
            return f"Internal error: {clean(repr(error))}.", ""

    async def _attend(self) -> tuple[str, str]:
        """Serve one engine to its end; returns why it ended, and what to do about it."""
        child, self._child = self._child, None
        try:
            child = child or self._link.open(first=False)
        except OSError as error:
            return f"{cannot_start(error)}.", ""
        self._session = EngineSession(child, self._link, self)
        for command in self._lasting.values():
            self._session.send(0, command)
        try:
            return await self._session.run()
        finally:
            self._session = None
            self._ready = False
            self._cancel_settling()
            for question in self._questions.values():
                if not question.done():
                    question.set_result(System())

    def _is_whole(self, snapshot: Snapshot) -> bool:
        opened = {command.id.removeprefix("alsa:") for command in self._lasting.values()}
        opened &= {card.id for card in self._truth.alsa_cards}
        return settled(self._truth) <= settled(snapshot) and opened <= {
            card.id for card in snapshot.alsa_cards
        }

    def _adopt(self) -> None:
        """Switch to the new engine's snapshot, and send it what is waiting."""
        self._cancel_settling()
        if self._expiry:
            self._expiry.cancel()
            self._expiry = None
        if self._fresh is None or self._session is None:
            return
        self._truth, self._fresh = self._fresh, None
        self._trouble, self._expired, self._ready = None, False, True
        if self._watch.ids:
            self._session.watch(self._watch)
        self.room()
        self._show()

    def _cancel_settling(self) -> None:
        if self._settling:
            self._settling.cancel()
            self._settling = None

    def _lost(self, reason: str, hint: str, delay: float) -> None:
        """Report that the engine is gone; commands that it possibly did not execute wait for the next one."""
        again = f"Trying again in {delay:.0f} s." if delay >= 1 else ""
        what_next = " ".join(filter(None, (hint, again)))
        self._trouble = Status("engine", Phase.UNAVAILABLE, "engine", reason, what_next)
        given_up = self._pending.requeue()
        if self._expiry is None and not self._expired:
            self._expiry = asyncio.get_running_loop().call_later(_KEEP, self._expire)
        self._show()
        if given_up:
            self._emit(Notice(self._not_done(given_up), error=True, id=given_up[0].id))

    def _expire(self) -> None:
        """Drop the waiting commands, because no engine was ready in time, and report it."""
        self._expiry = None
        self._expired = True
        dropped = self._pending.drop()
        self._show()
        if dropped:
            self._emit(Notice(self._not_done(dropped), error=True, id=dropped[0].id))

    def _not_done(self, commands: list[Command]) -> str:
        control = self._truth.controls.get(commands[0].id)
        name = control.name if control else commands[0].id
        reason = self._trouble.reason if self._trouble else "the engine is unavailable."
        if len(commands) == 1:
            return f"The change to {name} was not applied: {reason}"
        return f"{len(commands)} changes, the first to {name}, were not applied: {reason}"

    def _show(self) -> None:
        statuses = self._truth.statuses
        if self._trouble:
            away = tuple(replace(status, phase=Phase.CONNECTING) for status in statuses)
            statuses = (self._trouble, *away)
        controls = self._pending.over(self._truth.controls)
        self._emit(replace(self._truth, statuses=statuses, controls=controls))
