"""Which jack concerns which control, told by their names ("Front Mic Jack", "Front Mic Boost"). Pure."""

from collections.abc import Iterable

from tuimixer.model.snapshot import Jack

_SUFFIX = " Jack"
_PHANTOM = " Phantom"
_STAGES = frozenset({"Boost", "Playback", "Capture", "Volume", "Switch"})
"""Words that a control's name may have after the jack's."""
_PLACES = frozenset({"Front", "Surround", "CLFE", "Side"})
"""Words that a jack's name may have after the control's."""


def jack_name(element: str) -> str | None:
    """The jack's own name in the name of a card's element (`Headphone Jack`), None where it is not a jack."""
    return element.removesuffix(_SUFFIX) or None if element.endswith(_SUFFIX) else None


def state_for(control: str, jacks: Iterable[Jack]) -> str:
    """`plugged`, `unplugged`, or nothing where no jack belongs to the control.

    A phantom jack (one that has no sensor and always says plugged) tells nothing.
    """
    belonging = [jack for jack in jacks if _belongs(control, jack.name)]
    if not belonging:
        return ""
    return "plugged" if any(jack.plugged for jack in belonging) else "unplugged"


def _belongs(control: str, jack: str) -> bool:
    if jack.endswith(_PHANTOM):
        return False
    connector = jack.partition(",")[0]
    for part in control.split("+"):
        if part == connector:
            return True
        rest = part.removeprefix(connector + " ")
        if rest != part and set(rest.split()) <= _STAGES:
            return True
        rest = connector.removeprefix(part + " ")
        if rest != connector and set(rest.split()) <= _PLACES:
            return True
    return False
