"""A card's main control, which replaces `@output` or `@input` if there is no sound server. Pure."""

from tuimixer.model.control import Control, Kind
from tuimixer.model.select import INPUT, OUTPUT, Match
from tuimixer.model.snapshot import Snapshot

_MAIN = {
    OUTPUT: (
        "master",
        "pcm",
        "playback",
        "speaker",
        "headphone",
        "headset",
        "digital",
        "line out",
        "front",
        "dac",
    ),
    INPUT: ("capture", "mic", "headset", "digital capture", "adc", "line"),
}
"""Names of a card's main control, likeliest first."""


def main_control(target: str, snapshot: Snapshot, card: str = "") -> Match | None:
    """The card's control that replaces `@output` or `@input` if there is no sound server; None if none
    qualifies.

    The card is `card` (an id), or the first one with a volume of that kind. A control qualifies by its name,
    or by being the card's only one.
    """
    kind = Kind.ALSA_PLAYBACK if target == OUTPUT else Kind.ALSA_CAPTURE
    able = [c for c in snapshot.controls.values() if c.kind is kind and c.channels and _can_be_set(c)]
    able = [control for control in able if card in ("", control.card)]
    first = [control for control in able if control.card == able[0].card]
    names = _MAIN[target]
    named = [control for control in first if control.name.casefold() in names]
    if not named:
        return Match((first[0],), True) if len(first) == 1 else None

    def rank(control: Control) -> tuple[bool, int, int]:
        inactive = control.element is not None and not control.element.active
        return inactive, names.index(control.name.casefold()), control.index

    return Match((min(named, key=rank),), True)


def _can_be_set(control: Control) -> bool:
    return control.element is None or "volume" not in " ".join(control.element.read_only)
