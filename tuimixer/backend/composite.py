"""Several backends as one: the sound systems of a machine behind a single Backend."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from tuimixer.backend.base import Backend, BackendError
from tuimixer.model.command import Command
from tuimixer.model.control import ControlId
from tuimixer.model.snapshot import Notice, Phase, Snapshot, Status, Update, merge
from tuimixer.model.system import System
from tuimixer.model.text import clean

_LOG = logging.getLogger(__name__)
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0
"""First and longest delay in seconds before an ended part is restarted; the delay doubles each time."""
_STEADY = 10.0
"""Seconds after which a part counts as running normally."""


class CompositeBackend:
    """Merges the snapshots of its parts and routes commands by the layer at the start of their id.

    Parts are keyed by that layer (`alsa`, `pulse`). If a part hangs, fails or ends, the others are
    unaffected: its half of the snapshot becomes empty, its status says why, and it is restarted.
    """

    def __init__(
        self, name: str, parts: dict[str, Backend], inspect: Callable[[], System] | None = None
    ) -> None:
        self.name = name
        self._parts = parts
        self._inspect = inspect
        # Limited to one thread, because each thread has memory of its own, and `inspect` is called whenever
        # the devices change.
        self._inspector = ThreadPoolExecutor(1)
        self._emit: Callable[[Update], None] | None = None
        self._ended: set[str] = set()
        """Parts that are not running."""
        self._watched: tuple[frozenset[ControlId], float] = frozenset(), 1.0
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
            # Without any parts there is nothing to wait for, but a backend runs until it is cancelled.
            await asyncio.Event().wait()
        finally:
            self._emit = None

    def submit(self, command: Command) -> None:
        """Pass a command to the part that its id belongs to."""
        layer = command.id.partition(":")[0]
        part = self._parts.get(layer)
        if part is not None and layer not in self._ended:
            part.submit(command)
        elif self._emit is not None:
            self._emit(Notice(f"{command.id} cannot be changed at the moment.", error=True, id=command.id))

    def watch_levels(self, ids: frozenset[ControlId], rate: float) -> None:
        """Pass each part its own ids; a part that is not running gets them when it is restarted."""
        self._watched = ids, rate
        for layer in self._parts:
            if layer not in self._ended:
                self._watch_part(layer)

    def _watch_part(self, layer: str) -> None:
        ids, rate = self._watched
        self._parts[layer].watch_levels(frozenset(key for key in ids if key.startswith(f"{layer}:")), rate)

    async def inspect(self) -> System:
        """Information about this machine, read outside the loop."""
        if self._inspect is None:
            return System()
        return await asyncio.get_running_loop().run_in_executor(self._inspector, self._inspect)

    async def _run_part(self, layer: str, part: Backend) -> None:
        """Run a part until cancelled, restarting it if it ends."""
        clock, pause = asyncio.get_running_loop().time, _FIRST_PAUSE
        while True:
            started = clock()
            reason = await self._reason_for_end(layer, part)
            if clock() - started > _STEADY:
                pause = _FIRST_PAUSE
            self._ended.add(layer)
            status = Status(layer, Phase.UNAVAILABLE, "", reason, "Restarting…")
            self._take(layer, Snapshot(statuses=(status,)))
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
            self._ended.discard(layer)
            self._watch_part(layer)

    async def _reason_for_end(self, layer: str, part: Backend) -> str:
        """Run a part until it ends, which it should not do; returns the reason in one sentence."""
        try:
            await part.run(partial(self._take, layer))
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            return f"The {layer} backend was canceled internally."
        except BackendError as error:
            return f"{str(error).rstrip('.')}."
        except Exception as error:
            _LOG.exception("the backend %s failed", layer)
            failure = f"The {layer} backend failed: {clean(repr(_innermost(error)))}."
            if self._emit is not None:
                self._emit(Notice(f"{failure} Restarting…", error=True))
            return failure
        return f"The {layer} backend exited unexpectedly."

    def _take(self, layer: str, update: Update) -> None:
        if isinstance(update, Snapshot):
            self._snapshots[layer] = update
            update = merge(*(self._snapshots[layer] for layer in self._parts))
        if self._emit is not None:
            self._emit(update)


def _innermost(error: BaseException) -> BaseException:
    """The first real error inside nested exception groups."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
