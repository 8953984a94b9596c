"""Status of the ALSA half, and of cards that cannot be opened. Does not need libasound."""

from tuimixer.model.snapshot import AlsaCard, Phase, Status
from tuimixer.model.text import clean

SOUND_FOLDER = "/dev/snd"


def closed_card(number: int, reason: str) -> AlsaCard:
    """A sound card that could not be opened."""
    try:
        with open(f"/proc/asound/card{number}/id") as file:
            name = file.read().strip()
    except OSError:
        name = ""
    name = clean(name, fallback=f"card{number}")
    return AlsaCard(id=name, number=number, name=name, reason=reason)


def closed_device(device: str, reason: str) -> AlsaCard:
    """A requested device that could not be opened."""
    return AlsaCard(id=clean(device), number=None, name=clean(device), reason=reason)


def status_of(cards: tuple[AlsaCard, ...]) -> Status:
    """The status of the ALSA half with these cards."""
    usable = [card for card in cards if not card.reason]
    if usable:
        label = usable[0].name if len(usable) == 1 else f"{len(usable)} cards"
        return Status("alsa", Phase.READY, label)
    if cards:
        hint = "Add your user to the audio group and log in again." if "permission" in cards[0].reason else ""
        return Status("alsa", Phase.UNAVAILABLE, "no ALSA", reason=_sentence(cards[0].reason), hint=hint)
    return Status(
        "alsa",
        Phase.UNAVAILABLE,
        "no ALSA card",
        reason="There is no sound card.",
        hint=f"No file matches {SOUND_FOLDER}/controlC*. A card appears here as soon as it is plugged in.",
    )


def no_library(error: Exception) -> Status:
    """The status if libasound, or pyalsaaudio, which needs it, cannot be loaded."""
    return Status(
        "alsa",
        Phase.UNAVAILABLE,
        "no ALSA",
        reason=f"The ALSA library cannot be loaded: {clean(str(error))}.",
        hint="Install libasound2 (called alsa-lib on some systems).",
    )


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
