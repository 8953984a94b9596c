"""Replaces the screen in tests of engines: runs a backend and waits for what it reports."""

import asyncio
import sys
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType

from tests.lab.waiting import DEADLINE
from tuimixer.backend.engine.child import LocalLink, engine_command
from tuimixer.backend.engine.client import EngineBackend
from tuimixer.model.control import Control
from tuimixer.model.snapshot import Levels, Notice, Phase, Snapshot, Status, Update


def python(script: str) -> list[str]:
    """Command line of a process that runs a Python script instead of an engine."""
    return [sys.executable, "-P", "-c", script]


def demo_link(patience: float = 4.0) -> LocalLink:
    """An engine with the demo's machine."""
    return LocalLink(engine_command(["--demo"]), name="box", patience=patience)


class Screen:
    """Runs a backend and records what it reports."""

    def __init__(self, backend: EngineBackend) -> None:
        self.backend = backend
        self.snapshot = Snapshot()
        self.snapshots = 0
        self.notices: list[Notice] = []
        self.levels: list[Levels] = []
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Screen":
        self._task = asyncio.create_task(self.backend.run(self._take))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """End the backend as a closed screen does."""
        assert self._task is not None
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def until(self, condition: Callable[[], object], what: str) -> None:
        """Wait until a condition holds after something the backend reported."""
        assert self._task is not None
        async with asyncio.timeout(DEADLINE):
            while not condition():
                self._news.clear()
                news = asyncio.ensure_future(self._news.wait())
                await asyncio.wait({news, self._task}, return_when=asyncio.FIRST_COMPLETED)
                assert not self._task.done(), f"the backend ended: {self._task}, while waiting for {what}"

    async def until_ready(self) -> None:
        """Wait for a snapshot with controls and without errors."""
        await self.until(lambda: self.snapshot.controls and not self.trouble, "a picture")

    @property
    def trouble(self) -> Status | None:
        """The status of the engine itself."""
        return next((status for status in self.snapshot.statuses if status.source == "engine"), None)

    async def until_failed(self) -> Status:
        """Wait until the engine is given up; before, a slow machine reports how long it has been starting."""
        await self.until(
            lambda: self.trouble and self.trouble.phase is Phase.UNAVAILABLE, "the failure to be reported"
        )
        assert self.trouble
        return self.trouble

    @property
    def pid(self) -> int:
        """The engine's process id."""
        session = self.backend._session
        assert session is not None
        return session._child.pid

    def control(self, layer: str = "pulse:sink_input/") -> Control:
        """The first control of a kind with two channels, as displayed."""
        return next(
            c for c in self.snapshot.controls.values() if c.id.startswith(layer) and len(c.channels) == 2
        )

    def _take(self, update: Update) -> None:
        if isinstance(update, Snapshot):
            self.snapshot = update
            self.snapshots += 1
        elif isinstance(update, Levels):
            self.levels.append(update)
        else:
            self.notices.append(update)
        self._news.set()
