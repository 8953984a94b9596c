"""F6: which card's controls to show, which sound server to use, and which machine to look at."""

from collections.abc import Sequence

from tuimixer.mixer.mixer import Changed, Event, Mixer
from tuimixer.model.command import OpenDevice, UseServer
from tuimixer.model.snapshot import AlsaCard, Phase
from tuimixer.model.system import FoundServer, origin
from tuimixer.model.text import clean
from tuimixer.ui.screens.control_lines import joined
from tuimixer.ui.screens.list_dialog import ListDialog
from tuimixer.ui.screens.listing import Line, Prompt

_LONGEST_NAME = 200


class CardScreen(ListDialog):
    """Cards, servers and machines; Enter switches to the one under the cursor."""

    TITLE = "Card, server, host"

    def __init__(self, mixers: Sequence[Mixer], mixer: Mixer, card: str | None) -> None:
        super().__init__(mixer)
        self._mixers = tuple(mixers)
        self._card = card
        self._servers: tuple[FoundServer, ...] = ()
        self._opening = ""

    def on_mount(self) -> None:
        self.listing.choose(f"card {self._card}" if self._card is not None else "cards")
        self.run_worker(self._find_servers())

    async def _find_servers(self) -> None:
        self._servers = (await self.mixer.inspect()).servers
        self.rebuild()

    def lines(self) -> Sequence[Line]:
        return [*self._card_lines(), *self._server_lines(), *self._box_lines()]

    def take(self, event: Event) -> None:
        super().take(event)
        if isinstance(event, Changed) and self._opening:
            opened = {card.id for card in event.snapshot.alsa_cards if not card.reason}
            if self._opening in opened:
                # Not at once, because the prompt for the name may still be on top.
                self.call_later(self._show, self._opening)
                self._opening = ""

    def _card_lines(self) -> list[Line]:
        cards = self.mixer.snapshot.alsa_cards
        lines = [Line("ALSA controls", heading=True)]
        lines += [
            Line(
                card.name,
                about_card(card),
                f"card {card.id}",
                chosen=card.id == self._card,
                dim=bool(card.reason),
                enter=lambda card=card: self._show(card.id),  # type: ignore[misc]
            )
            for card in cards
        ]
        if len(cards) != 1:
            words = "shown one above the other" if cards else "no cards yet"
            lines.append(
                Line("All cards", words, "cards", chosen=self._card is None, enter=lambda: self._show(None))
            )
        ask = Prompt(
            "Enter device name",
            "The name of an ALSA control device, as in alsamixer -D.",
            "equal, oss, hw:1",
            self._device,
        )
        lines.append(Line("Enter device name…", id="device", enter=ask))
        return lines

    def _server_lines(self) -> list[Line]:
        server = self.mixer.snapshot.server
        address = server.address if server else ""
        lines = [Line("Sound server", heading=True)]
        for found in self._servers:
            chosen = found.address == address
            named = f"{server.name} {server.version}" if server and chosen else ""
            silent = found.alive is False
            lines.append(
                Line(
                    found.address.removeprefix("unix:"),
                    joined(named, f"user {found.user}" if found.user else "", origin(found.why))
                    + ("; not responding" if silent else "" if found.alive else "; access denied"),
                    f"server {found.address}",
                    chosen=chosen,
                    dim=silent,
                    enter=lambda found=found: self._use(found.address),  # type: ignore[misc]
                )
            )
        if server is not None and all(found.address != address for found in self._servers):
            words = joined(f"{server.name} {server.version}", origin(server.why))
            lines.append(Line(address, words, f"server {address}", chosen=True))
        if server is None and not self._servers:
            status = self.mixer.snapshot.status("pulse")
            lines.append(Line(status.reason if status and status.reason else "None found.", dim=True))
        elif len(self._servers) > 1:
            lines.append(
                Line(
                    "Automatic",
                    "the server that programs use",
                    "find",
                    enter=lambda: self._use(""),
                )
            )
        return lines

    def _box_lines(self) -> list[Line]:
        if len(self._mixers) < 2:
            return []
        lines = [Line("Host", heading=True)]
        for number, mixer in enumerate(self._mixers):
            words = "; ".join(
                status.label or status.reason
                for status in mixer.snapshot.statuses
                if status.label or status.reason
            )
            here = mixer is self.mixer
            away = any(status.phase is not Phase.READY for status in mixer.snapshot.statuses)
            lines.append(
                Line(
                    mixer.name,
                    words or "connecting…",
                    f"box {number}",
                    chosen=here,
                    dim=away,
                    enter=lambda mixer=mixer: self._look_at(mixer),  # type: ignore[misc]
                )
            )
        return lines

    def _show(self, card: str | None) -> None:
        self.tuimixer.main.show_card(card)
        self.dismiss(None)

    def _look_at(self, mixer: Mixer) -> None:
        if mixer is not self.mixer:
            self.tuimixer.main.show_box(mixer)
        self.dismiss(None)

    def _use(self, address: str) -> None:
        server = self.mixer.snapshot.server
        if server is None or address != server.address:
            self.mixer.send(UseServer("pulse:server", address))
        self.dismiss(None)

    def _device(self, text: str) -> OpenDevice:
        if len(text) > _LONGEST_NAME or not text.isprintable():
            raise ValueError("that is not a device name")
        self._opening = clean(text)
        return OpenDevice(f"alsa:{text}")


def about_card(card: AlsaCard) -> str:
    """A description of a card in one line."""
    if card.reason:
        return card.reason
    if card.loopback:
        return "loopback card: no hardware and no controls; programs can record what others play into it"
    where = "" if card.number is None else f"hw:{card.number}"
    count = "1 control" if card.controls == 1 else f"{card.controls} controls"
    return joined(where, card.mixer if card.mixer != card.name else "", count)
