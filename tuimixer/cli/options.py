"""Options shared by several commands, and those of the screen."""

from tuimixer.cli.grammar import Option
from tuimixer.config.theme_names import THEMES

HELP = Option("help", "show this help and exit", short="h")
JSON = Option("json", "print JSON")
_SERVER = Option("server", "sound server, as in PULSE_SERVER", value="ADDRESS")
_HOST = Option("host", "connect to another machine over ssh", value="[USER@]HOST[:PORT]", repeat=True)
_CARD = Option("card", "ALSA card by number or id", short="c", value="CARD", complete="card")
_DEVICE = Option("device", "ALSA control device, such as equal or hw:1", short="D", value="DEVICE")
_DEMO = Option("demo", "use a simulated machine")
_FILE = Option("config", "configuration file", short="f", value="FILE", complete="file")
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
    Option("view", "what to show first", short="V", value="VIEW", choices=("playback", "capture", "all")),
    Option("layout", "fader layout", value="LAYOUT", choices=("auto", "columns", "rows")),
    Option("keymap", "key bindings", value="NAME", choices=("default", "alsamixer")),
    Option("mouse", "use the mouse", short="m"),
    Option("no-mouse", "do not use the mouse", short="M"),
    Option("no-meters", "do not show level meters"),
    Option("no-color", "do not use colors", short="g"),
    Option("color", "number of colors", value="COLORS", choices=("auto", "never", "16", "256", "full")),
    Option("theme", "color theme", value="THEME", choices=THEMES),
    Option("black-background", "high-contrast theme, white on black", short="B"),
    Option("ascii", "use only ASCII characters"),
    Option("plain", "for screen readers: no meters, no drawn lines, one control per line"),
    Option(
        "abstraction",
        "accepted for alsamixer compatibility",
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
