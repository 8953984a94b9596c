"""Finds which jack belongs to which control by their names ("Front Mic Jack", "Front Mic Boost"). Pure."""

from collections.abc import Iterable

from tuimixer.model.snapshot import Jack

_SUFFIX = " Jack"
_PHANTOM = " Phantom"
_STAGES = frozenset({"Boost", "Playback", "Capture", "Volume", "Switch"})
"""Words that may follow the jack's name in a control's name."""
_PLACES = frozenset({"Front", "Surround", "CLFE", "Side"})
"""Words that may follow the control's name in a jack's name."""


def jack_name(element: str) -> str | None:
    """The jack's name in an element's name (`Headphone Jack`); None if the element is not a jack."""
    return element.removesuffix(_SUFFIX) or None if element.endswith(_SUFFIX) else None


def state_for(control: str, jacks: Iterable[Jack]) -> str:
    """Whether a control's jack is `plugged` or `unplugged` (plugged if any is); empty if it has none.

    Phantom jacks, which have no sensor and always report plugged, are ignored.
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
