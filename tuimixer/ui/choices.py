"""From the configuration to what the main screen shows at first. Pure."""

from tuimixer.config.schema import Config
from tuimixer.mixer.views import Devices, Filters, Rule, Streams
from tuimixer.model.snapshot import AlsaCard


def filters_of(config: Config) -> Filters:
    """What the configuration leaves out or renames."""
    return Filters(
        streams=Streams(config.filter.streams),
        devices=Devices(config.filter.devices),
        monitors=config.filter.monitors,
        rules=tuple(Rule(rule.match, rule.hide, rule.name or None) for rule in config.rule),
    )


def first_card(cards: tuple[AlsaCard, ...], wanted: str) -> str | None:
    """The card to begin with: the one that is wanted by id, number or name, else the first with controls."""
    name = wanted.removeprefix("hw:")
    for card in cards:
        if name and name in (card.id, str(card.number), card.name):
            return card.id
    return next((card.id for card in cards if card.controls), cards[0].id if cards else None)
