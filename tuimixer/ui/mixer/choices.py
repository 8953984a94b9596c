"""What the main screen shows at first, according to the configuration. Pure."""

from tuimixer.config.schema import Config
from tuimixer.model.snapshot import AlsaCard


def layout_of(config: Config) -> str:
    """`rows` or `columns`; `auto` means columns if they fit."""
    return "rows" if config.layout == "auto" and config.keymap != "alsamixer" else config.layout


def named_card(cards: tuple[AlsaCard, ...], wanted: str) -> str | None:
    """The card meant by an id, a number, a name, or a device such as `hw:1` or `hw:CARD=PCH`."""
    name = wanted.removeprefix("hw:").removeprefix("CARD=").partition(",")[0]
    for card in cards:
        if card.id == wanted or (name and name in (card.id, str(card.number), card.name)):
            return card.id
    return None


def first_card(cards: tuple[AlsaCard, ...]) -> str | None:
    """The card to start with: the first one with controls."""
    return next((card.id for card in cards if card.controls), cards[0].id if cards else None)
