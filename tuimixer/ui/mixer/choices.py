"""What the main screen shows at first, according to the configuration. Pure."""

from tuimixer.config.schema import Config
from tuimixer.model.snapshot import AlsaCard, Phase, Snapshot


def layout_of(config: Config) -> str:
    """`rows`, `columns`, or `auto` for columns if they fit."""
    return "rows" if config.layout == "auto" and config.keymap != "alsamixer" else config.layout


def named_card(cards: tuple[AlsaCard, ...], wanted: str) -> str | None:
    """The id of the card that `wanted` means: an id, a number, a name, or a device such as `hw:1` or
    `hw:CARD=PCH`; None if there is no such card.
    """
    name = wanted.removeprefix("hw:").removeprefix("CARD=").partition(",")[0]
    for card in cards:
        if card.id == wanted or (name and name in (card.id, str(card.number), card.name)):
            return card.id
    return None


def initial_card(snapshot: Snapshot, wanted: str) -> tuple[str | None, bool]:
    """The card to show first (the one `wanted`, else the first with controls), and whether this is final.

    A named card may be slow to open; until it is, no card is shown, so that keys do not move another card's
    controls.
    """
    cards = snapshot.alsa_cards
    card = named_card(cards, wanted)
    if card is not None:
        return card, True
    alsa = snapshot.status("alsa")
    if wanted and alsa is not None and alsa.phase is Phase.CONNECTING:
        return wanted, False
    return next((card.id for card in cards if card.controls), cards[0].id if cards else None), not wanted
