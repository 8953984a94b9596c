"""Several backends as one: the sound systems of a box behind a single Backend."""

import asyncio
import logging
from collections.abc import Callable
from functools import partial

from tuimixer.backend.base import Backend, BackendError
from tuimixer.model.command import Command
from tuimixer.model.control import ControlId
from tuimixer.model.snapshot import Notice, Phase, Snapshot, Status, Update, merge
from tuimixer.model.system import System

_LOG = logging.getLogger(__name__)


class Together:
    """Merges the snapshots of its parts and routes commands by the layer that an id begins with.

    A part is keyed by that layer (`alsa`, `pulse`). One part's silence, failure or end leaves the others
    untouched: its half of the picture is empty then, and its status says why.
    """

    def __init__(
        self, name: str, parts: dict[str, Backend], inspect: Callable[[], System] | None = None
    ) -> None:
        self.name = name
        self._parts = parts
        self._inspect = inspect
        self._emit: Callable[[Update], None] | None = None
        self._ended: set[str] = set()
        self._snapshots: dict[str, Snapshot] = {}

    async def run(self, emit: Callable[[Update], None]) -> None:
        """Run all parts until cancelled."""
        self._emit = emit
        self._ended.clear()
        self._snapshots = {
            layer: Snapshot(statuses=(Status(layer, Phase.CONNECTING, ""),)) for layer in self._parts
        }
        try:
            async with asyncio.TaskGroup() as group:
                for layer, part in self._parts.items():
                    group.create_task(self._run_part(layer, part))
            # Without a part that runs there is nothing to wait for, but a backend runs until it is cancelled.
            await asyncio.Event().wait()
        finally:
            self._emit = None

    def submit(self, command: Command) -> None:
        """Hand a command to the part that its id belongs to."""
        layer = command.id.partition(":")[0]
        part = self._parts.get(layer)
        if part is not None and layer not in self._ended:
            part.submit(command)
        elif self._emit is not None:
            self._emit(
                Notice(f"Nothing runs here that could change {command.id}.", error=True, id=command.id)
            )

    def watch_levels(self, ids: frozenset[ControlId], rate: float) -> None:
        """Hand each part the ids that are its own."""
        for layer, part in self._parts.items():
            if layer not in self._ended:
                part.watch_levels(frozenset(key for key in ids if key.startswith(f"{layer}:")), rate)

    async def inspect(self) -> System:
        """The facts of this box, read outside the loop."""
        return await asyncio.to_thread(self._inspect) if self._inspect else System()

    async def _run_part(self, layer: str, part: Backend) -> None:
        reason = "It ended by itself."
        try:
            await part.run(partial(self._take, layer))
        except BackendError as error:
            reason = f"{str(error).rstrip('.')}."
        except Exception as error:  # whatever it is, the other parts go on
            _LOG.exception("the backend %s failed", layer)
            reason = f"It failed: {_innermost(error)!r}."
        self._ended.add(layer)
        status = Status(layer, Phase.UNAVAILABLE, "", reason, "Start tuimixer again to have it back.")
        self._take(layer, Snapshot(statuses=(status,)))

    def _take(self, layer: str, update: Update) -> None:
        if isinstance(update, Snapshot):
            self._snapshots[layer] = update
            update = merge(*(self._snapshots[layer] for layer in self._parts))
        if self._emit is not None:
            self._emit(update)


def _innermost(error: BaseException) -> BaseException:
    """The first real error within task groups' wrappings."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
