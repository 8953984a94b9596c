"""What can be configured, with its defaults; `default.toml` documents the same keys for people."""

from tuimixer.model.record import dataclass, field

KEYMAPS = ("alsamixer", "vim")
LAYOUTS = ("auto", "columns", "rows")
VIEWS = ("playback", "capture", "all")
THEMES = ("auto", "dark", "light", "high-contrast", "ansi")
COLORS = ("auto", "never", "16", "256", "full")
AUTO = ("auto", "on", "off")
STREAMS = ("all", "applications", "virtual")
OUTPUTS = ("all", "hardware", "virtual")
INPUTS = ("all", "all-except-monitors", "hardware", "virtual", "monitors")
KINDS = ("alsa_playback", "alsa_capture", "sink", "source", "sink_input", "source_output", "stored")


@dataclass(frozen=True, slots=True)
class Steps:
    """How far a press moves a fader, in percent of its way."""

    small: float = 1
    big: float = 5
    wheel: float = 1


@dataclass(frozen=True, slots=True)
class Meters:
    """Level meters."""

    show: str = "auto"
    """One of `AUTO`; auto: off over ssh."""
    rate: float = 12
    """Times a second."""


@dataclass(frozen=True, slots=True)
class Caps:
    """How loud a fader may be made, in percent. Making quieter is never capped."""

    screen: float = 150
    verbs: float = 100
    devices: dict[str, float] = field(default_factory=dict)
    """By a part of a name: of the control, of a sink or source, or of its active port."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What the groups of the screen show."""

    streams: str = "all"
    outputs: str = "all"
    inputs: str = "all-except-monitors"


@dataclass(frozen=True, slots=True)
class Rule:
    """Names controls by a pattern: one to hide, or one to show under another name."""

    match: str
    """Shell pattern (`*`, `?`), compared without case."""
    property: str = ""
    """The server's property to compare; empty: the name, or the server's own name of it."""
    kind: str = ""
    """One of `KINDS`; empty: all."""
    name: str = ""
    """For a rename: what to show."""


@dataclass(frozen=True, slots=True)
class Config:
    """The whole configuration."""

    keymap: str = "alsamixer"
    layout: str = "auto"
    view: str = "all"
    theme: str = "auto"
    color: str = "auto"
    ascii: str = "auto"
    mouse: bool = True
    card: str = ""
    """ALSA card that is shown first; empty: the first one."""
    server: str = ""
    """Sound server; empty: the one that is found."""
    step: Steps = field(default_factory=Steps)
    meters: Meters = field(default_factory=Meters)
    max: Caps = field(default_factory=Caps)
    filter: Filters = field(default_factory=Filters)
    hide: tuple[Rule, ...] = ()
    rename: tuple[Rule, ...] = ()
    keys: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Keys by action id, over those of the keymap."""
