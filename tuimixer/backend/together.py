"""Several backends as one: the sound systems of a box behind a single Backend."""

import asyncio
from collections.abc import Callable
from functools import partial

from tuimixer.backend.base import Backend
from tuimixer.model.command import Command
from tuimixer.model.control import ControlId
from tuimixer.model.snapshot import Snapshot, Update, merge
from tuimixer.model.system import System


class Together:
    """Merges the snapshots of its parts and routes commands by the layer that an id begins with.

    A part is keyed by that layer (`alsa`, `pulse`). One part's silence or failure leaves the others untouched.
    """

    def __init__(self, name: str, parts: dict[str, Backend], inspect: Callable[[], System] | None = None) -> None:
        self.name = name
        self._parts = parts
        self._inspect = inspect
        self._snapshots: dict[str, Snapshot] = {}

    async def run(self, emit: Callable[[Update], None]) -> None:
        """Run all parts until cancelled."""
        async with asyncio.TaskGroup() as group:
            for layer, part in self._parts.items():
                group.create_task(part.run(partial(self._take, layer, emit)))

    def submit(self, command: Command) -> None:
        """Hand a command to the part that its id belongs to."""
        part = self._parts.get(command.id.partition(":")[0])
        if part is not None:
            part.submit(command)

    def watch_levels(self, ids: frozenset[ControlId], rate: float) -> None:
        """Hand each part the ids that are its own."""
        for layer, part in self._parts.items():
            part.watch_levels(frozenset(id for id in ids if id.startswith(f"{layer}:")), rate)

    async def inspect(self) -> System:
        """The facts of this box, read outside the loop."""
        return await asyncio.to_thread(self._inspect) if self._inspect else System()

    def _take(self, layer: str, emit: Callable[[Update], None], update: Update) -> None:
        if not isinstance(update, Snapshot):
            emit(update)
            return
        self._snapshots[layer] = update
        emit(merge(*(self._snapshots[layer] for layer in self._parts if layer in self._snapshots)))
