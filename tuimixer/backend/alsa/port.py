"""ALSA for one read or one write in this process: what the command line uses.

libasound is loaded by the first read or write, so that a box without it can say so in a sentence.
"""

from typing import TYPE_CHECKING

from tuimixer.backend.alsa.status import SOUND_FOLDER, closed_card, no_library, status_of
from tuimixer.backend.base import OutOfReach, Refused
from tuimixer.model.command import Command
from tuimixer.model.control import Control, ControlId
from tuimixer.model.snapshot import AlsaCard, Snapshot

if TYPE_CHECKING:
    from tuimixer.backend.alsa.card import Card


class AlsaPort:
    """All cards of the kernel, `default` where it is something else, and the devices asked for."""

    def __init__(self, devices: tuple[str, ...] | None = None) -> None:
        self._devices = devices or ()
        self._cards: list[Card] = []
        self._closed: list[AlsaCard] = []
        self._opened = False

    def read(self) -> Snapshot:
        """Read everything.

        Raises:
            OutOfReach: there is no card at all, or a device that was asked for cannot be opened.
        """
        self._open()
        controls: dict[ControlId, Control] = {}
        for card in self._cards:
            card.update()
            controls.update(card.controls)
        cards = tuple([card.summary() for card in self._cards] + self._closed)
        status = status_of(cards)
        if not self._cards:
            raise OutOfReach(f"{status.reason} {status.hint}".strip())
        return Snapshot(statuses=(status,), controls=controls, alsa_cards=cards)

    def apply(self, command: Command) -> None:
        """Carry out one command and return when the card has it.

        Raises:
            OutOfReach: the card or the control is gone.
            Refused: the driver kept the old value.
        """
        self._open()
        for card in self._cards:
            if command.id in card.controls:
                card.apply(command)
                return
        raise Refused(f"there is no ALSA control {command.id}")

    def close(self) -> None:
        """Let go of every handle; may be called twice."""
        while self._cards:
            self._cards.pop().close()
        self._opened = False

    def _open(self) -> None:
        if self._opened:
            return
        self._closed = []
        try:
            self._open_cards()
        except (ImportError, OSError) as error:
            self.close()
            status = no_library(error)
            raise OutOfReach(f"{status.reason} {status.hint}") from error
        except OutOfReach:
            self.close()
            raise
        self._opened = True

    def _open_cards(self) -> None:
        from tuimixer.backend.alsa.card import Card
        from tuimixer.backend.alsa.cards import hardware, numbers, open_default
        from tuimixer.backend.alsa.handle import IsCard

        for number in numbers(SOUND_FOLDER):
            try:
                self._cards.append(Card(hardware(number)))
            except OutOfReach as error:
                self._closed.append(closed_card(number, str(error)))
        if (default := open_default()) is not None:
            self._cards.append(default)
        for device in self._devices:
            try:
                self._cards.append(Card(device, plugin_only=True))
            except IsCard:
                continue
