"""ALSA for one read or write in this process, as the command line needs it.

libasound is loaded on the first read or write, so that a missing library is reported like other errors.
"""

from _thread import allocate_lock, start_new_thread
from contextlib import suppress
from functools import partial

from tuimixer.backend.alsa.status import SOUND_FOLDER, closed_card, no_library, status_of
from tuimixer.backend.base import NoAnswer, Refused, Unreachable
from tuimixer.backend.library_environment import quietly
from tuimixer.model.command import Command
from tuimixer.model.control import Control, ControlId
from tuimixer.model.snapshot import AlsaCard, Snapshot
from tuimixer.model.text import clean

TYPE_CHECKING = False  # importing typing would slow down every volume key press
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from tuimixer.backend.alsa.card import Card
    from tuimixer.model.control import Kind

    Opened = TypeVar("Opened", bound=Card | None)
_PATIENCE = 1.0
"""Seconds that a requested device or `default` may take to open; not longer, because a verb may have to wait
for a server as well.
"""
_LOOK = 0.01
"""Seconds between two checks of a device that is slow to open."""


class BlockingAlsa:
    """All sound cards, the device `default` if it is not just one of them, and the requested devices."""

    def __init__(self, devices: tuple[str, ...] | None = None, only: str | None = None) -> None:
        """`only` is the one card or device to open, if it exists; None opens all."""
        self._devices = devices or ()
        self._only = only
        self._cards: list[Card] = []
        self._closed: list[AlsaCard] = []
        self._opened = False

    def read(self, kinds: "frozenset[Kind] | None" = None) -> Snapshot:
        """Read everything, regardless of `kinds`.

        Raises:
            Unreachable: there is no card at all, or a requested device cannot be opened.
        """
        self._open()
        controls: dict[ControlId, Control] = {}
        for card in self._cards:
            card.update()
            controls.update(card.controls)
        cards = tuple([card.summary() for card in self._cards] + self._closed)
        status = status_of(cards)
        if not self._cards:
            error = Unreachable(f"{status.reason} {status.hint}".strip())
            error.closed = cards
            raise error
        return Snapshot(statuses=(status,), controls=controls, alsa_cards=cards)

    def apply(self, command: Command) -> None:
        """Execute one command, and return when the card has accepted it.

        Raises:
            Unreachable: the card or the control is gone.
            Refused: the driver kept the old value.
        """
        self._open()
        for card in self._cards:
            if command.id in card.controls:
                card.apply(command)
                return
        raise Refused(f"no such ALSA control: {command.id}")

    def close(self) -> None:
        """Close every handle; may be called twice."""
        while self._cards:
            self._cards.pop().close()
        self._opened = False

    def _open(self) -> None:
        if self._opened:
            return
        self._closed = []
        try:
            with quietly():
                self._open_cards()
        except (ImportError, OSError) as error:
            self.close()
            status = no_library(error)
            raise Unreachable(f"{status.reason} {status.hint}") from error
        except Unreachable:
            self.close()
            raise
        self._opened = True

    def _open_cards(self) -> None:
        if self._only is not None and self._open_one(self._only):
            return
        from tuimixer.backend.alsa.cards import DEFAULT, numbers, open_default

        for number in numbers(SOUND_FOLDER):
            self._open_kernels(number)
        kernels = len(self._cards)
        for device in self._devices:
            self._open_device(device)
        # `default` is opened last, as it may depend on a server that does not respond, but listed before the
        # requested devices.
        with suppress(NoAnswer):
            if (default := _in_time(open_default, DEFAULT, _PATIENCE)) is not None:
                self._cards.insert(kernels, default)

    def _open_one(self, name: str) -> bool:
        """Open the device or card with this name; False if it can only be found by opening them all."""
        from tuimixer.backend.alsa.cards import number_of, numbers

        if name in self._devices and self._open_device(name):
            return True
        number = number_of(name)
        if number is None or number not in numbers(SOUND_FOLDER):
            return False
        self._open_kernels(number)
        return True

    def _open_kernels(self, number: int) -> None:
        from tuimixer.backend.alsa.card import Card
        from tuimixer.backend.alsa.cards import hardware

        try:
            self._cards.append(Card(hardware(number)))
        except Unreachable as error:
            self._closed.append(closed_card(number, str(error)))

    def _open_device(self, device: str) -> bool:
        """Open a requested device; False if it is a sound card."""
        from tuimixer.backend.alsa.card import Card
        from tuimixer.backend.alsa.handle import IsCard

        try:
            self._cards.append(_in_time(partial(Card, device, plugin_only=True), device, _PATIENCE))
        except IsCard:
            return False
        return True


def _in_time(open_it: "Callable[[], Opened]", device: str, patience: float) -> "Opened":
    """Call `open_it` in another thread, and wait at most `patience` seconds for its result.

    A libasound plugin waits half a minute for a server that does not respond, and this cannot be changed.
    What is opened too late is closed again. The wait is measured in checks and not by a clock, since on a
    machine too busy to check in time, opening a device takes longer as well.

    Raises:
        NoAnswer: opening took too long.
    """
    outcome: list[Opened | BaseException] = []
    done, decided = allocate_lock(), allocate_lock()
    done.acquire()

    def opening() -> None:
        try:
            opened = open_it()
        except BaseException as error:
            outcome.append(error)
        else:
            outcome.append(opened)
            if not decided.acquire(blocking=False) and opened is not None:
                opened.close()
        done.release()

    start_new_thread(opening, ())
    in_time = any(done.acquire(timeout=_LOOK) for _ in range(round(patience / _LOOK)))
    if not in_time and decided.acquire(blocking=False):
        raise NoAnswer(f"the ALSA device {clean(device)} is not responding")
    if not in_time:
        done.acquire()  # it has just been opened
    if isinstance(outcome[0], BaseException):
        raise outcome[0]
    return outcome[0]
