"""F7: the sound server's cards, how each card is used, and what is plugged in."""

from collections.abc import Callable, Mapping, Sequence

from tuimixer.mixer.mixer import Mixer
from tuimixer.model.command import SetCodec, SetProfile
from tuimixer.model.control import ControlId
from tuimixer.model.snapshot import Profile, ServerCard
from tuimixer.ui.screens.control_lines import joined, plug
from tuimixer.ui.screens.dialog import Hints
from tuimixer.ui.screens.list_dialog import ListDialog
from tuimixer.ui.screens.listing import Line
from tuimixer.ui.screens.prompts import latency_prompt


class ProfilesScreen(ListDialog):
    """Profiles, ports and codecs of all cards; Enter switches to the one under the cursor."""

    TITLE = "Cards"

    def __init__(self, mixer: Mixer, chosen: ControlId | None) -> None:
        """Args: `chosen` is the control on whose card the cursor starts."""
        super().__init__(mixer)
        self._hidden = False
        self._chosen = chosen

    def on_mount(self) -> None:
        control = self.mixer.snapshot.controls.get(self._chosen or "")
        card = self.mixer.snapshot.card_of(control) if control is not None else None
        if card is not None:
            self.listing.choose(f"profile {card.id} {card.profile}")

    def introduction(self) -> str:
        snapshot = self.mixer.snapshot
        if snapshot.server_cards:
            return ""
        if snapshot.server is None:
            return "There is no sound server. Profiles are a feature of the server; ALSA itself has none."
        return f"{snapshot.server.name} is not using any card."

    def lines(self) -> Sequence[Line]:
        return [line for card in self.mixer.snapshot.server_cards for line in self._card_lines(card)]

    def actions(self) -> Mapping[str, Callable[[], object]]:
        return {**super().actions(), "list.unavailable": self._toggle}

    def hints(self) -> Hints:
        words = "show unavailable" if self._hidden else "hide unavailable"
        return (("undo", "undo"), ("list.unavailable", words), ("list.enter", "use"), ("list.close", "close"))

    def _toggle(self) -> None:
        """Hide what is currently unavailable, or show it again."""
        self._hidden = not self._hidden
        self.hint()
        self.rebuild()

    def _card_lines(self, card: ServerCard) -> list[Line]:
        about = f"  (ALSA card {card.alsa_card})" if card.alsa_card else ""
        lines = [Line(f"{card.description}{about}", heading=True)]
        for profile in card.profiles:
            chosen = profile.name == card.profile
            if self._hidden and profile.available is False and not chosen:
                continue
            lines.append(
                Line(
                    profile.description or profile.name,
                    _about(profile),
                    f"profile {card.id} {profile.name}",
                    chosen=chosen,
                    dim=profile.available is False,
                    enter=SetProfile(card.id, profile.name),
                )
            )
        ports = [port for port in card.ports if not (self._hidden and port.available is False)]
        if ports:
            lines.append(Line(f"Ports of {card.description}", heading=True))
        for port in ports:
            used = card.profile in port.profiles
            offset = f"latency offset {port.latency_offset / 1000:g} ms" if port.latency_offset else ""
            words = joined(
                port.direction, plug(port), "" if used else "not part of the current profile", offset
            )
            lines.append(
                Line(
                    port.description or port.name,
                    words or "no further information",
                    f"port {card.id} {port.name}",
                    dim=port.available is False or not used,
                    enter=latency_prompt(card, port),
                )
            )
        if card.codecs:
            lines.append(Line(f"Codec of {card.description}", heading=True))
        for name, description in card.codecs:
            lines.append(
                Line(
                    description or name,
                    id=f"codec {card.id} {name}",
                    chosen=name == card.codec,
                    enter=SetCodec(card.id, name),
                )
            )
        return lines


def _about(profile: Profile) -> str:
    """What a profile provides, and whether it is available."""
    if profile.name == "off":
        return "the server does not use the card"
    outputs = "1 output" if profile.sinks == 1 else f"{profile.sinks} outputs" if profile.sinks else ""
    inputs = "1 input" if profile.sources == 1 else f"{profile.sources} inputs" if profile.sources else ""
    return joined(outputs, inputs, "unavailable" if profile.available is False else "") or profile.name
