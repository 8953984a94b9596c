"""The scenes of the pictures: size, terminal, command line, and the keys that lead there."""

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
    meters: int = 0
    """How many meters to wait for."""


DEMO = ("--demo",)
ROWS = ("-D", "pulse", "--layout", "rows")
SIMULATED = (
    Scene("rows", "rows, 80x24", (*DEMO, "--layout", "rows"), chosen="Firefox"),
    Scene("columns", "columns, 120x40", (*DEMO, "--layout", "columns"), chosen="PCM", columns=120, lines=40),
    Scene("columns-small", "columns, 80x24", (*DEMO, "--layout", "columns"), chosen="Speaker"),
    Scene("rows-wide", "rows, 120x40", (*DEMO, "--layout", "rows"), chosen="mpv", columns=120, lines=40),
    Scene("help", "F1: the keys", DEMO, ("F1",), wanted="Selection", columns=120, lines=40),
    Scene("details", "Enter: everything about a stream", DEMO, ("Enter",), "mpv", "Esc close"),
    Scene("map", "F8: the map of the host", DEMO, ("F8",), "mpv", "Esc back", columns=120, lines=40),
    Scene(
        "staircase", "Enter in F8: the staircase of a sound", DEMO, ("F8", "Enter"), "mpv", "Esc map", 100, 30
    ),
    Scene("system", "F2: system information", DEMO, ("F2",), "", "Esc close", columns=100, lines=36),
    Scene("profiles", "F7: cards and their profiles", DEMO, ("F7",), "", "Esc close"),
    Scene("choose-card", "F6: card, server or host", DEMO, ("F6",), "", "Esc cancel"),
    Scene("console", "Linux console, 16 colours", DEMO, chosen="Firefox", term="linux", env={}),
    Scene("ascii", "no colour, ASCII", (*DEMO, "--ascii"), chosen="Firefox", env={"NO_COLOR": "1"}),
    Scene("small", "40x12", DEMO, chosen="Headphone", columns=40, lines=12),
    Scene("tiny", "20x5", DEMO, columns=20, lines=5),
    Scene(
        "high-contrast", "high contrast", (*DEMO, "--black-background", "--layout", "rows"), chosen="Firefox"
    ),
)
REAL = (
    Scene("pulse", "a real PulseAudio, rows", ROWS, chosen="Firefox", meters=6),
    Scene(
        "pulse-columns",
        "a real PulseAudio, columns",
        ("-D", "pulse", "--layout", "columns"),
        chosen="mpv",
        columns=120,
        lines=40,
        meters=6,
    ),
    Scene("pulse-map", "F8 on a real PulseAudio", ("-D", "pulse"), ("F8",), "mpv", "Esc back", 120, 40),
    Scene(
        "meters",
        "level meters: stereo on the chosen strip, peak hold, a clip mark",
        ROWS,
        ("[",) * 6,
        "Firefox",
        "!",
        110,
        meters=6,
    ),
    Scene("move", "moving a stream: where to", ROWS, ("r", "Down"), "Firefox", "Esc cancel", 120, meters=2),
    Scene(
        "moved",
        "a stream that was moved",
        ROWS,
        ("r", "Down", "Enter"),
        "Firefox",
        "on Headphones",
        120,
        meters=6,
    ),
    Scene("equalizer", "an ALSA equalizer", ("-D", "equal", "--layout", "columns"), columns=110),
)
CARDS = (
    Scene(
        "ac97",
        "an AC97 card, columns",
        ("-c", "I82801AAICH", "--layout", "columns", "--view", "all"),
        chosen="PCM",
        columns=120,
        lines=40,
    ),
    Scene(
        "ac97-rows",
        "an AC97 card, rows",
        ("-c", "I82801AAICH", "--layout", "rows", "--view", "all"),
        chosen="PCM",
        columns=100,
    ),
    Scene(
        "ac97-system", "F2 on real cards", ("-c", "I82801AAICH"), ("F2",), "PCM", "aplay: process", 110, 48
    ),
)
"""Taken in the virtual machine."""
