"""What can be configured, with its defaults; `default.toml` documents the same keys for people."""

from tuimixer.model.record import dataclass, field

KEYMAPS = ("default", "alsamixer", "vim")
"""`vim` is an older name of `default`."""
LAYOUTS = ("auto", "columns", "rows")
VIEWS = ("playback", "capture", "all")
THEMES = ("auto", "dark", "light", "high-contrast", "ansi")
COLORS = ("auto", "never", "16", "256", "full")
AUTO = ("auto", "on", "off")
STREAMS = ("all", "applications", "virtual")
DEVICES = ("all", "hardware", "virtual")


@dataclass(frozen=True, slots=True)
class Steps:
    """How far a press moves a fader, in percent of its way."""

    small: float = 1
    big: float = 5
    wheel: float = 1


@dataclass(frozen=True, slots=True)
class MeterOptions:
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
class FilterOptions:
    """What the groups of the screen show."""

    streams: str = "all"
    devices: str = "all"
    monitors: bool = False


@dataclass(frozen=True, slots=True)
class RuleOptions:
    """Hides or renames the controls of which everything in `match` matches."""

    match: dict[str, str]
    """Field or server property → shell pattern, or a regular expression between slashes; without case."""
    hide: bool = False
    name: str = ""
    """What to show instead of the control's own name; empty: that one."""


@dataclass(frozen=True, slots=True)
class Config:
    """The whole configuration."""

    keymap: str = "default"
    layout: str = "auto"
    view: str = "playback"
    theme: str = "auto"
    color: str = "auto"
    ascii: str = "auto"
    mouse: bool = True
    card: str = ""
    """ALSA card that is shown first; empty: the first one."""
    server: str = ""
    """Sound server; empty: the one that is found."""
    step: Steps = field(default_factory=Steps)
    meters: MeterOptions = field(default_factory=MeterOptions)
    max: Caps = field(default_factory=Caps)
    filter: FilterOptions = field(default_factory=FilterOptions)
    rule: tuple[RuleOptions, ...] = ()
    keys: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Keys by action id, over those of the keymap."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A configuration, and what was wrong with the file: then it is the default one."""

    config: Config
    problems: tuple[str, ...] = ()
    """Sentences with file and line."""
    path: str = ""
    """The file that was read; nothing where there is none."""
