"""ALSA on an event loop: opens cards when they appear, and reads them when they report a change."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tuimixer.backend.alsa.hotplug import card_changes
from tuimixer.backend.alsa.status import SOUND_FOLDER, closed_card, closed_device, no_library, status_of
from tuimixer.backend.base import BackendError, Unreachable
from tuimixer.model.command import Command, OpenDevice
from tuimixer.model.control import Control, ControlId
from tuimixer.model.snapshot import AlsaCard, Notice, Phase, Snapshot, Status, Update
from tuimixer.model.system import System
from tuimixer.model.text import clean, whole

if TYPE_CHECKING:
    from tuimixer.backend.alsa.card import Card

_LOG = logging.getLogger(__name__)
_FIRST_SNAPSHOT, _FIRST_WITHOUT_CARDS = 0.3, 3.0
"""Seconds that the first snapshot waits for what is slow to open: if there are sound cards, and if there are
none, so that the other devices are all there is.
"""
_RETRY_FIRST, _RETRY_LAST = 1.0, 15.0
"""First and longest delay in seconds between attempts to open a device that is not a card; the server that it
depends on may still be starting.
"""
_PLUGIN_PAUSE = 0.005
"""Seconds before a change that a plugin reports is read, which may block for several requests to the sound
server; the server has reported the change too, and that is shown first.
"""


class AlsaBackend:
    """All sound cards, the device `default` if it is not just one of them, and the requested devices."""

    name = "alsa"

    def __init__(self, devices: tuple[str, ...] | None = None, folder: Path = Path(SOUND_FOLDER)) -> None:
        self._devices = devices or ()
        self._folder = folder
        self._emit: Callable[[Update], None] = lambda update: None
        self._cards: dict[str, Card] = {}
        self._closed: dict[str, AlsaCard] = {}
        self._descriptors: dict[str, list[int]] = {}
        self._later: dict[str, asyncio.TimerHandle] = {}
        """Timers of plugins that are about to be read."""
        self._gone: dict[str, asyncio.Event] = {}
        self._kept_open: set[str] = set()
        """Devices that are not cards, each opened by its own task."""
        self._named_early: list[str] = []
        """Devices that the user named before `run` can open any."""
        self._opening: dict[str, asyncio.Task[None]] = {}
        self._awaited: set[str] = set()
        """Cards present at the start that are not open yet."""
        self._group: asyncio.TaskGroup | None = None
        self._status: Status | None = None
        self._started = False

    async def run(self, emit: Callable[[Update], None]) -> None:
        """Open all devices and emit a snapshot for every change, until cancelled."""
        self._emit = emit
        try:
            # Loaded here and not on import, so that a missing libasound can be reported.
            await asyncio.to_thread(_load_library)
        except (ImportError, OSError) as error:
            self._status = no_library(error)
            self._publish()
            await asyncio.Event().wait()
        try:
            async with asyncio.TaskGroup() as group:
                self._group = group
                tried = {device: asyncio.Event() for device in ("default", *self._devices)}
                self._kept_open = set(tried)
                group.create_task(self._start(list(tried.values())))
                group.create_task(self._watch_folder())
                for device, event in tried.items():
                    group.create_task(self._keep_open(device, device in self._devices, event))
                while self._named_early:
                    group.create_task(self._open_by_name(self._named_early.pop(0)))
        finally:
            self._group, self._started = None, False
            self._opening.clear()
            self._closed.clear()
            for device in list(self._cards):
                self._close(device)

    def submit(self, command: Command) -> None:
        """Execute a command, and emit its result or a Notice."""
        if isinstance(command, OpenDevice):
            device = command.id.removeprefix("alsa:")
            if self._group is None:
                self._named_early.append(device)
            else:
                self._group.create_task(self._open_by_name(device))
            return
        card = next((card for card in self._cards.values() if command.id in card.controls), None)
        try:
            if card is None:
                raise Unreachable("the control no longer exists")
            card.apply(command)
        except BackendError as error:
            self._emit(Notice(_sentence(str(error)), error=True, id=command.id))
        except Exception as error:
            _LOG.exception("%s could not be written", command)
            self._emit(Notice(f"Internal error: {clean(repr(error))}.", error=True, id=command.id))
        if card is not None:
            self._read(card)
        self._publish()

    def watch_levels(self, ids: frozenset[ControlId], rate: float) -> None:
        """Do nothing, because ALSA controls have no levels."""

    async def inspect(self) -> System:
        """Return empty information, because the snapshots contain everything."""
        return System()

    def _read(self, card: "Card") -> None:
        """Read a card's changes; close the card if it is gone."""
        try:
            card.update()
        except BackendError:
            self._removed(card)
        except Exception as error:
            # The card's descriptor stays readable, so the loop would spin if the card were not closed.
            _LOG.exception("%s could not be read", card.device)
            self._removed(card, f"could not be read and is being reopened: {clean(repr(error))}")

    def _on_readable(self, card: "Card") -> None:
        if card.number is not None:
            self._read_changes(card)
            return
        loop = asyncio.get_running_loop()
        for fd in self._descriptors[card.device]:
            loop.remove_reader(fd)
        self._later[card.device] = loop.call_later(_PLUGIN_PAUSE, self._read_plugin, card)

    def _read_plugin(self, card: "Card") -> None:
        del self._later[card.device]
        self._listen(card)
        self._read_changes(card)

    def _listen(self, card: "Card") -> None:
        for fd in self._descriptors[card.device]:
            asyncio.get_running_loop().add_reader(fd, self._on_readable, card)

    def _read_changes(self, card: "Card") -> None:
        before, jacks = card.controls, card.jacks
        self._read(card)
        if card.controls is not before or card.jacks != jacks:
            self._publish()

    async def _start(self, tried: list[asyncio.Event]) -> None:
        """Emit the first snapshot when all devices have been opened or tried, or soon if one is slow.

        Nothing is emitted earlier, because the screen picks its initial card from the first snapshot.
        """
        await self._look()
        self._awaited.update(self._opening)
        with suppress(TimeoutError):
            async with asyncio.timeout(_FIRST_SNAPSHOT if self._opening else _FIRST_WITHOUT_CARDS):
                if self._opening:
                    await asyncio.wait(self._opening.values())
                for event in tried:
                    await event.wait()
        self._started = True
        self._publish()

    async def _watch_folder(self) -> None:
        try:
            async for _ in card_changes(self._folder):
                await self._look()
        except OSError as error:
            self._emit(
                Notice(
                    f"Cards that are plugged in or removed will not be detected: {error.strerror}.",
                    error=True,
                )
            )

    async def _look(self) -> None:
        """Compare the kernel's cards with the open ones: open new ones, drop those that are gone."""
        from tuimixer.backend.alsa.cards import hardware, numbers

        present = {hardware(number): number for number in await asyncio.to_thread(numbers, str(self._folder))}
        for device, card in list(self._cards.items()):
            if card.number is not None and device not in present:
                self._removed(card)
        for device, summary in list(self._closed.items()):
            if summary.number is not None and device not in present:
                del self._closed[device]
                self._tell()
        for device, number in present.items():
            if device not in self._cards and device not in self._opening and self._group is not None:
                task = self._group.create_task(self._open_hardware(device, number))
                self._opening[device] = task

    async def _open_hardware(self, device: str, number: int) -> None:
        try:
            self._add(device, await _opened(device, plugin_only=False))
        except Unreachable as error:
            self._closed[device] = closed_card(number, str(error))
        finally:
            del self._opening[device]
            self._awaited.discard(device)
        self._tell()

    async def _keep_open(self, device: str, wanted: bool, tried: asyncio.Event) -> None:
        """Keep trying to open a device that is not a card, because what it depends on may appear later."""
        pause = _RETRY_FIRST
        while True:
            try:
                card = await _opened(device, plugin_only=True)
            except Unreachable as error:
                if _is_card(error):
                    self._kept_open.discard(device)
                    # The card is already open under its number, or will be opened when it appears.
                    if self._closed.pop(device, None) is not None:
                        self._tell()
                    tried.set()
                    return
                if wanted and device not in self._closed:
                    self._closed[device] = closed_device(device, str(error))
                    self._tell()
                tried.set()
            else:
                pause = _RETRY_FIRST
                self._add(device, card)
                self._tell()
                tried.set()
                await self._gone[device].wait()
            await asyncio.sleep(pause)
            pause = min(2 * pause, _RETRY_LAST)

    async def _open_by_name(self, device: str) -> None:
        """Open a device named by the user; a wrong name is reported and dropped."""
        if device in self._kept_open:
            return
        self._kept_open.add(device)
        try:
            card = await _opened(device, plugin_only=True)
        except Unreachable as error:
            self._kept_open.discard(device)
            known = f"{clean(device)} is a card that is already open"
            self._emit(Notice(_sentence(known if _is_card(error) else str(error)), error=True))
            return
        card.close()
        self._devices += (device,)
        await self._keep_open(device, True, asyncio.Event())

    def _add(self, device: str, card: "Card") -> None:
        self._closed.pop(device, None)
        self._cards[device] = card
        self._gone[device] = asyncio.Event()
        self._descriptors[device] = card.fds()
        self._listen(card)

    def _close(self, device: str) -> None:
        if (timer := self._later.pop(device, None)) is not None:
            timer.cancel()
        for fd in self._descriptors.pop(device):
            asyncio.get_running_loop().remove_reader(fd)
        self._cards.pop(device).close()

    def _removed(self, card: "Card", why: str = "was removed") -> None:
        self._close(card.device)
        self._gone[card.device].set()
        # A plugin's device may have the name of the server that it connects to, so say that it is an ALSA
        # device.
        what = card.name if card.number is not None else f"The ALSA device {card.name}"
        self._emit(Notice(f"{what} {why}."))
        self._publish()
        if card.number is not None and self._group is not None:
            # A card that was quickly unplugged and plugged in again may already be back under the same name.
            self._group.create_task(self._look())

    def _publish(self) -> None:
        self._emit(self._snapshot())

    def _tell(self) -> None:
        """Emit a snapshot with what was opened or given up, unless the first one has yet to be sent."""
        if self._started:
            self._publish()

    def _snapshot(self) -> Snapshot:
        controls: dict[ControlId, Control] = {}
        summaries = []
        for device in sorted(self._cards, key=_order):
            card = self._cards[device]
            controls.update(card.controls)
            summaries.append((device, card.summary()))
        summaries += self._closed.items()
        cards = tuple(summary for _, summary in sorted(summaries, key=lambda entry: _order(entry[0])))
        status = self._status or status_of(cards)
        if self._status is None and (self._awaited or not self._started):
            status = Status("alsa", Phase.CONNECTING, "ALSA")
        return Snapshot(statuses=(status,), controls=controls, alsa_cards=cards)


def _load_library() -> None:
    import tuimixer.backend.alsa.element_writer  # noqa: F401  (checks that pyalsaaudio is there)
    from tuimixer.backend.alsa.libasound import library

    library()


async def _opened(device: str, plugin_only: bool) -> "Card":
    """Open a device in a thread.

    Raises:
        Unreachable: opening failed in any way; an error of another kind would affect the other cards too.
    """
    from tuimixer.backend.alsa.card import Card

    opening = asyncio.get_running_loop().run_in_executor(None, Card, device, plugin_only)
    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:
        opening.add_done_callback(_close_late)  # the thread cannot be cancelled
        raise
    except Unreachable:
        raise
    except Exception as error:
        _LOG.exception("%s could not be opened", device)
        raise Unreachable(f"{clean(device)} could not be opened: {clean(repr(error))}") from error


def _close_late(opening: "asyncio.Future[Card]") -> None:
    if not opening.cancelled() and opening.exception() is None:
        opening.result().close()


def _is_card(error: Unreachable) -> bool:
    from tuimixer.backend.alsa.handle import IsCard

    return isinstance(error, IsCard)


def _order(device: str) -> tuple[int, int, str]:
    """Sort key: cards by number, then `default`, then the others."""
    number = whole(device.removeprefix("hw:")) if device.startswith("hw:") else None
    if number is not None:
        return (0, number, device)
    return (1 if device == "default" else 2, 0, device)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
