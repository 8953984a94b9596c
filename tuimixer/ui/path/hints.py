"""The keys shown in the last line of the map and the staircase."""

from collections.abc import Mapping, Sequence

from tuimixer.ui.mixer.status_line import labels_of
from tuimixer.ui.screens.dialog import Hints
from tuimixer.ui.terminal.charsets import CharSet

_MAP: Hints = (
    ("path.left path.up path.down path.right", "move"),
    ("volume.up volume.down", "volume"),
    ("mute.toggle", "mute"),
    ("path.enter", "staircase"),
    ("path.switch", "recording"),
    ("path.close", "back"),
    ("path.explain", "explain"),
)
_STAIRS: Hints = (
    ("path.up path.down", "stage"),
    ("path.left path.right", "volume"),
    ("mute.toggle", "mute"),
    ("path.switch", "next sound"),
    ("path.close", "map"),
    ("path.explain", "explain"),
)


def hints_of(
    keys: Mapping[str, Sequence[str]], charset: CharSet, on_stairs: bool, capture: bool
) -> list[tuple[list[tuple[str, str]], str]]:
    """Keys and what they do. Args: `capture`: whether recordings are shown."""
    # A key that moves the cursor here does not do what it does on the main screen.
    taken = {key for action, own in keys.items() if action.startswith("path.") for key in own}
    keys = {
        action: [key for key in own if action.startswith("path.") or key not in taken]
        for action, own in keys.items()
    }
    other = {"recording": "playback"} if capture else {}
    return [
        (labels_of(names.split(), keys, charset), other.get(words, words))
        for names, words in (_STAIRS if on_stairs else _MAP)
    ]
