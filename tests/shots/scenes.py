"""What is shown in the pictures: size, terminal, command line, and the keys that lead there."""

from collections.abc import Sequence
from dataclasses import dataclass, field

COLOURS = {"COLORTERM": "truecolor"}


@dataclass(frozen=True)
class Scene:
    """One picture."""

    name: str
    title: str
    words: Sequence[str] = ()
    keys: Sequence[str] = ()
    chosen: str = ""
    """The control to go to first."""
    wanted: str = ""
    """Text to wait for at the end."""
    columns: int = 80
    lines: int = 24
    term: str = "xterm-256color"
    env: dict[str, str] = field(default_factory=lambda: dict(COLOURS))


@dataclass(frozen=True)
class Recording:
    """A recording."""

    name: str
    title: str
    words: Sequence[str]
    first: str
    """Text to wait for at the beginning."""
    script: Sequence[tuple[str, float]]
    """Keys, each with the seconds until the next one; an empty key is a pause."""
    columns: int
    lines: int


DEMO = ("--demo",)
THEMES = ("dark", "light")
"""Each picture exists in both: NAME.svg and NAME-light.svg."""
SIMULATED = (
    Scene("rows", "rows", (*DEMO, "--layout", "rows"), chosen="mpv", columns=100, lines=30),
    Scene("columns", "columns", (*DEMO, "--layout", "columns"), chosen="mpv", columns=120, lines=40),
    Scene("map", "F8: the map of the host", DEMO, ("F8",), "mpv", "Esc back", columns=120, lines=40),
    Scene(
        "staircase", "Enter in F8: the staircase of a sound", DEMO, ("F8", "Enter"), "mpv", "Esc map", 100, 30
    ),
)
CARD = (
    Scene(
        "ac97",
        "an AC97 card, columns",
        ("--layout", "columns", "--view", "all"),
        ("Right", "Right"),
        columns=120,
        lines=40,
    ),
    Scene(
        "ac97-rows",
        "an AC97 card, rows",
        ("--layout", "rows", "--view", "all"),
        ("Down", "Down"),
        columns=100,
    ),
)
"""On the replayed card, without a sound server."""


def _again(key: str, times: int) -> list[tuple[str, float]]:
    return [(key, 0.25)] * times


DEMONSTRATION = Recording(
    "demo",
    "selecting, volume, mute, search, moving a stream, the map and the staircase",
    DEMO,
    "Spotify",
    (
        ("", 1.0),
        *_again("Down", 7),
        ("", 0.5),
        *_again("Right", 6),
        ("", 0.5),
        *_again("Down", 4),
        ("m", 1.0),
        ("m", 0.75),
        ("/", 0.5),
        *[(letter, 0.25) for letter in "spot"],
        ("Enter", 1.0),
        ("r", 1.25),
        ("Up", 0.25),
        ("Up", 0.75),
        ("Enter", 1.25),
        ("Escape", 0.75),
        ("F8", 3.0),
        ("Enter", 3.0),
    ),
    100,
    28,
)
