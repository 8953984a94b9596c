"""Options shared by several commands, and those of the screen."""

from tuimixer.cli.grammar import Option
from tuimixer.config.theme_names import THEMES

HELP = Option("help", "show this help and exit", short="h")
JSON = Option("json", "print JSON")
_SERVER = Option("server", "use the sound server at ADDRESS, as in PULSE_SERVER", value="ADDRESS")
_HOST = Option(
    "host", "connect to another machine over ssh (may be repeated)", value="[USER@]HOST[:PORT]", repeat=True
)
_CARD = Option("card", "use this ALSA card (a number or an id)", short="c", value="CARD", complete="card")
_DEVICE = Option("device", "use this ALSA control device (equal, hw:1, …)", short="D", value="DEVICE")
_DEMO = Option("demo", "use a simulated machine")
_FILE = Option("config", "use this configuration file", short="f", value="FILE", complete="file")
_NO_FILE = Option(
    "no-config", "ignore the configuration file and use the defaults", short="F", excludes="config"
)

WHERE = (_SERVER, _HOST, _CARD, _DEVICE, _DEMO, _FILE, _NO_FILE, HELP)
"""The options that every verb that acts on a machine has."""

PLAIN = (_FILE, _NO_FILE, HELP)
"""The options that all other verbs have."""

SCREEN = (
    _CARD,
    _DEVICE,
    Option("view", "start with this view", short="V", value="VIEW", choices=("playback", "capture", "all")),
    Option("layout", "use this layout", value="LAYOUT", choices=("auto", "columns", "rows")),
    Option("keymap", "use these key bindings", value="NAME", choices=("default", "alsamixer")),
    Option("mouse", "use the mouse", short="m"),
    Option("no-mouse", "do not use the mouse", short="M"),
    Option("no-meters", "do not show level meters"),
    Option("no-color", "do not use colors", short="g"),
    Option(
        "color", "set the number of colors", value="COLORS", choices=("auto", "never", "16", "256", "full")
    ),
    Option("theme", "use this theme", value="THEME", choices=THEMES),
    Option("black-background", "use the high-contrast theme, white on black", short="B"),
    Option("ascii", "use only ASCII characters"),
    Option("plain", "adapt to screen readers: no meters or drawn lines, one control per line"),
    Option(
        "abstraction",
        "do nothing; accepted for compatibility with alsamixer",
        short="a",
        value="none",
        choices=("none", "basic"),
    ),
    _SERVER,
    _HOST,
    _DEMO,
    _FILE,
    _NO_FILE,
    Option("version", "print the version and exit"),
    HELP,
)
"""The options of the screen, with alsamixer's letters."""
