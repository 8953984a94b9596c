"""All settings and their defaults; `default.toml` documents the same keys for the user."""

from tuimixer.model.record import dataclass, field

KEYMAPS = ("default", "alsamixer", "vim")
"""Names of the keymaps; `vim` is an older name for `default`."""
LAYOUTS = ("auto", "columns", "rows")
VIEWS = ("playback", "capture", "all")
COLORS = ("auto", "never", "16", "256", "full")
AUTO = ("auto", "on", "off")
STREAMS = ("all", "applications", "virtual")
DEVICES = ("all", "hardware", "virtual")


@dataclass(frozen=True, slots=True)
class Steps:
    """How far a key press moves a fader, in percent of its range."""

    small: float = 1
    big: float = 5
    wheel: float = 1


@dataclass(frozen=True, slots=True)
class MeterOptions:
    """Settings of the level meters."""

    show: str = "auto"
    """One of `AUTO`; auto means off over ssh."""
    rate: float = 12
    """Updates per second."""


@dataclass(frozen=True, slots=True)
class Caps:
    """Highest volume a fader may be raised to, in percent. Lowering is never limited."""

    screen: float = 150
    verbs: float = 100
    devices: dict[str, float] = field(default_factory=dict)
    """Caps by part of the name of a control, sink or source, its active port, or a stream's application."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Hides or renames the controls that match everything in `match`."""

    match: dict[str, str]
    """Maps a field or server property to a glob, or a regular expression between slashes; case is ignored."""
    hide: bool = False
    name: str = ""
    """Name to display; empty for the control's own."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What to hide, besides level meters' own streams, which are never shown."""

    streams: str = "all"
    """One of `STREAMS`, as in pavucontrol."""
    devices: str = "all"
    """One of `DEVICES`, as in pavucontrol; monitors have a setting of their own."""
    monitors: bool = False
    stopped: bool = False
    """Whether to show the stored volumes of what is not playing; that of system sounds is always shown."""
    rules: tuple[Rule, ...] = ()
    text: str = ""
    """Words that must all occur in a control's names and properties; typed on the screen."""
    card: str | None = None
    """Id of the only ALSA card (or control device) to show; None for all. Chosen on the screen."""


@dataclass(frozen=True, slots=True)
class Config:
    """The whole configuration."""

    keymap: str = "default"
    layout: str = "auto"
    view: str = "playback"
    theme: str = "auto"
    colors: dict[str, str] = field(default_factory=dict)
    """Colors by name, `#rrggbb` each, overriding those of the theme."""
    color: str = "auto"
    ascii: str = "auto"
    plain: bool = False
    """For screen readers: no meters, no drawn lines, one control per line, the cursor visible."""
    mouse: bool = True
    card: str = ""
    """ALSA card to show first; empty for the first card."""
    server: str = ""
    """Address of the sound server; empty to find one automatically."""
    step: Steps = field(default_factory=Steps)
    meters: MeterOptions = field(default_factory=MeterOptions)
    max: Caps = field(default_factory=Caps)
    filter: Filters = field(default_factory=Filters)
    keys: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Keys by action id, overriding the keymap's."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A configuration and the errors in its file; if there are any, the default one with the file's caps."""

    config: Config
    problems: tuple[str, ...] = ()
    """Messages, each with file and line."""
    path: str = ""
    """The file that was read; empty if there is none."""
