"""The only mutable state: holds a backend's snapshot, turns intents into commands, and undoes them."""

import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial

from tuimixer.backend.base import Backend
from tuimixer.mixer.history import History, OtherStep, UndoStep
from tuimixer.model.command import Command, SetVolume
from tuimixer.model.control import Control, ControlId
from tuimixer.model.fader import UnclampedTarget
from tuimixer.model.intent import Intent
from tuimixer.model.record import dataclass
from tuimixer.model.resolve import DEFAULT_CAP, Impossible, capped, resolve
from tuimixer.model.snapshot import Diff, Levels, Notice, Snapshot, Update, diff
from tuimixer.model.system import System


@dataclass(frozen=True, slots=True)
class Changed:
    """The new snapshot, and what has changed in it."""

    snapshot: Snapshot
    diff: Diff


Event = Changed | Levels | Notice
Listener = Callable[[Event], None]


class Mixer:
    """The mixer of one machine: everything a screen needs, without Textual.

    All methods must be called on the loop that runs `run`.
    """

    def __init__(
        self,
        backend: Backend,
        cap_of: Callable[[Control], float] = lambda control: DEFAULT_CAP,
        clock: Callable[[], float] = time.monotonic,
        shown: Snapshot | None = None,
    ) -> None:
        """Args: `cap_of` returns a control's `cap` for `resolve`; `shown` is what the screen already
        shows.
        """
        self.name = backend.name
        self.snapshot = shown or Snapshot()
        self._backend = backend
        self._cap_of = cap_of
        self._unclamped: dict[ControlId, UnclampedTarget] = {}
        self._listeners: list[Listener] = []
        self._silent = False
        self._history = History(clock)

    async def run(self) -> None:
        """Run the backend until cancelled."""
        await self._backend.run(self._take)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with every event from now on; the function returned unsubscribes it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def fall_silent(self) -> None:
        """Stop notifying listeners, because they are being torn down."""
        self._silent = True

    def send(self, request: Intent | Command) -> bool:
        """Apply an intent or a command; False if it changes nothing or is impossible.

        An impossible request is reported in a Notice.
        """
        if isinstance(request, Command):
            self._submit(request)
            return True
        control = self.snapshot.controls.get(request.id)
        if control is None:
            return False
        try:
            resolution = resolve(request, control, self._cap_of(control), self._unclamped.get(request.id))
        except Impossible as impossible:
            self._tell(Notice(f"{impossible}.", error=True, id=request.id))
            return False
        if resolution.unclamped is not None:
            self._unclamped[request.id] = resolution.unclamped
        if resolution.command is None:
            return False
        if resolution.unclamped is None and isinstance(resolution.command, SetVolume):
            self._unclamped.pop(request.id, None)
        self._submit(resolution.command)
        return True

    def undo(self) -> bool:
        """Undo the newest change made in this program; False if there is none."""
        change = self._history.undo()
        if isinstance(change, OtherStep):
            return self._repeat(change.back, change.words, "Undone")
        return change is not None and self._replay(change.before, change, "Undone")

    def redo(self) -> bool:
        """Redo the change undone last; False if there is none."""
        change = self._history.redo()
        if isinstance(change, OtherStep):
            return self._repeat(change.again, change.words, "Redone")
        return change is not None and self._replay(change.after, change, "Redone")

    def send_all(self, commands: Sequence[Command], words: str) -> None:
        """Carry out several commands as one change, described by `words` when it is undone."""
        inverses = [command.inverse(self.snapshot) for command in commands]

        def submit(batch: Iterable[Command | None]) -> None:
            for command in batch:
                if command is not None and command.id in self.snapshot.controls:
                    self._backend.submit(command)

        submit(commands)
        self.remember(words, partial(submit, inverses), partial(submit, commands))

    def remember(self, words: str, back: Callable[[], object], again: Callable[[], object]) -> None:
        """Remember a change made elsewhere, which `back` undoes and `again` redoes."""
        self._history.add(OtherStep(words, back, again))

    def watch_levels(self, ids: frozenset[ControlId], rate: float) -> None:
        """Request peak levels of these controls `rate` times a second; an empty set stops them."""
        self._backend.watch_levels(ids, rate)

    async def inspect(self) -> System:
        """System information that the backend only sends on request."""
        return await self._backend.inspect()

    def _submit(self, command: Command) -> None:
        self._history.record(command, self.snapshot)
        self._backend.submit(command)

    def _replay(self, command: Command, change: UndoStep, done: str) -> bool:
        """Send the command that undoes or redoes a change, and report it."""
        if command.id not in self.snapshot.controls and self.snapshot.server_card(command.id) is None:
            self._tell(Notice(f"The change cannot be {done.lower()}: {change.name} is gone.", error=True))
            return True
        limit = ""
        if isinstance(command, SetVolume) and (control := self.snapshot.controls.get(command.id)) is not None:
            cap = self._cap_of(control)
            within = capped(command, control, cap)
            if within != command:
                command, limit = within, f", limited by the cap of {cap * 100:g} %"
        self._backend.submit(command)
        self._tell(Notice(f"{done}: {change.words}{limit}."))
        return True

    def _repeat(self, change: Callable[[], object], words: str, done: str) -> bool:
        change()
        self._tell(Notice(f"{done}: {words}."))
        return True

    def _take(self, update: Update) -> None:
        if isinstance(update, Snapshot):
            difference = diff(self.snapshot, update)
            self.snapshot = update
            for gone in difference.removed:
                self._unclamped.pop(gone, None)
            if difference:
                self._tell(Changed(update, difference))
        else:
            self._tell(update)

    def _tell(self, event: Event) -> None:
        for listener in () if self._silent else tuple(self._listeners):
            listener(event)
