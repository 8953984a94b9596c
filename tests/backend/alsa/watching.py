"""A running AlsaBackend and what it has emitted."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from tests.lab.waiting import DEADLINE
from tuimixer.backend.alsa.backend import AlsaBackend
from tuimixer.backend.alsa.card import Card
from tuimixer.backend.alsa.status import SOUND_FOLDER
from tuimixer.model.command import Command
from tuimixer.model.control import Control, ControlId
from tuimixer.model.snapshot import Notice, Snapshot, Update


class Watched:
    """The newest snapshot of a backend, and the notices so far."""

    def __init__(self, backend: AlsaBackend) -> None:
        self._backend = backend
        self._changed = asyncio.Event()
        self.snapshot = Snapshot()
        self.notices: list[Notice] = []
        self.snapshots = 0

    def take(self, update: Update) -> None:
        if isinstance(update, Snapshot):
            self.snapshot = update
            self.snapshots += 1
        elif isinstance(update, Notice):
            self.notices.append(update)
        self._changed.set()

    @property
    def cards(self) -> list[Card]:
        """The open cards."""
        return list(self._backend._cards.values())

    def control(self, name: ControlId) -> Control:
        return self.snapshot.controls[name]

    def submit(self, command: Command) -> None:
        self._backend.submit(command)

    async def until(self, condition: Callable[[Snapshot], object], what: str) -> None:
        """Wait for a snapshot that meets a condition."""
        try:
            async with asyncio.timeout(DEADLINE):
                while not condition(self.snapshot):
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            cards = [(card.id, card.controls, card.reason) for card in self.snapshot.alsa_cards]
            raise TimeoutError(f"still waiting for {what}; cards: {cards}, notices: {self.notices}") from None


@asynccontextmanager
async def watching(
    devices: tuple[str, ...] = (),
    cards: int = 0,
    folder: Path = Path(SOUND_FOLDER),
    backend: AlsaBackend | None = None,
) -> AsyncIterator[Watched]:
    """Run a backend until the end of the block, which starts when this many cards are open.

    By default, it is a new one with these `devices` and this `folder`.
    """
    backend = backend or AlsaBackend(devices, folder)
    watched = Watched(backend)
    task = asyncio.create_task(backend.run(watched.take))
    try:
        await watched.until(
            lambda snapshot: (
                sum(not card.reason for card in snapshot.alsa_cards) >= cards and snapshot.statuses
            ),
            f"{cards} cards",
        )
        yield watched
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
