"""A running PulseBackend and everything it reports, to wait for conditions."""

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from tests.lab.sound import SoundServer
from tests.lab.waiting import DEADLINE
from tuimixer.backend.pulse.backend import PulseBackend
from tuimixer.model.control import Control, ControlId, Kind
from tuimixer.model.snapshot import Levels, Notice, Phase, Snapshot, Status, Update


class Watcher:
    """Use it with `async with`; the backend runs inside."""

    def __init__(self, backend: PulseBackend) -> None:
        self.backend = backend
        self.snapshot = Snapshot()
        self.snapshots: list[Snapshot] = []
        self.statuses: list[Status] = []
        self.levels: list[Levels] = []
        self.notices: list[Notice] = []
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def _take(self, update: Update) -> None:
        if isinstance(update, Snapshot):
            self.snapshot = update
            self.snapshots.append(update)
            if self.statuses[-1:] != list(update.statuses):
                self.statuses += update.statuses
        elif isinstance(update, Levels):
            self.levels.append(update)
        else:
            self.notices.append(update)
        self._news.set()

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self.backend.run(self._take))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._task is not None
        self._task.cancel()
        done, _ = await asyncio.wait((self._task,), timeout=DEADLINE)
        assert done, "the backend did not end"
        if not self._task.cancelled():
            self._task.result()

    async def until(self, condition: Callable[[], object], what: str) -> None:
        """Wait until the updates have made the condition true."""
        try:
            async with asyncio.timeout(DEADLINE):
                while not condition():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            known = [
                (each.id, each.name, each.raws, each.target_id) for each in self.snapshot.controls.values()
            ]
            raise AssertionError(f"still waiting for {what}; {self.statuses[-1]}, {known}") from None

    async def until_ready(self) -> None:
        """Wait for a snapshot of a connected server, including the stored volumes."""
        await self.until(lambda: self.phase is Phase.READY, "the connection")

    async def until_server(self, condition: Callable[[], object], what: str) -> None:
        """Wait until the server itself says so, asked in a thread: the backend runs on meanwhile."""
        async with asyncio.timeout(DEADLINE):
            while not await asyncio.to_thread(condition):
                await asyncio.sleep(0.01)

    @property
    def phase(self) -> Phase:
        """In the newest snapshot."""
        return self.snapshot.statuses[0].phase if self.snapshot.statuses else Phase.CONNECTING

    def named(self, name: str, kind: Kind = Kind.SINK_INPUT) -> Control | None:
        """The control with this name, None while there is none."""
        controls = self.snapshot.controls.values()
        return next((control for control in controls if control.name == name and control.kind is kind), None)

    def get(self, control_id: ControlId) -> Control:
        """The control with this id."""
        return self.snapshot.controls[control_id]

    def level(self, control_id: ControlId) -> tuple[float, ...] | None:
        """The current level of a control that is metered, None before the first."""
        for levels in reversed(self.levels):
            if control_id in levels.peaks:
                return levels.peaks[control_id]
        return None

    async def stream(self, name: str, kind: Kind = Kind.SINK_INPUT) -> Control:
        """Wait for a stream of this name."""
        await self.until(lambda: self.named(name, kind), f"the stream {name}")
        found = self.named(name, kind)
        assert found is not None
        return found

    async def playing(self, name: str) -> Control:
        """Wait until a stream of this name runs on a sink; PipeWire reports it earlier."""
        control = await self.stream(name)
        await self.until(lambda: plays(self.get(control.id)), f"{name} to play")
        return self.get(control.id)


def plays(control: Control) -> bool:
    """Whether a stream runs on a sink."""
    return control.target_id is not None and control.stream is not None and not control.stream.corked


def device(server: SoundServer, kind: str, name: str) -> dict[str, Any]:
    """What pactl reports about a sink or source; `kind` is `sinks` or `sources`."""
    return next(found for found in server.pactl_json(kind) if found["name"] == name)


def recorders(server: SoundServer) -> int:
    """How many recording streams the server has, which include meters."""
    return len(server.pactl_json("source-outputs"))
