"""The options that several commands share, and those of the screen."""

from tuimixer.cli.grammar import Option

HELP = Option("help", "print this and stop", short="h")
JSON = Option("json", "print JSON")
_SERVER = Option("server", "sound server, as in PULSE_SERVER", value="ADDRESS")
_HOST = Option("host", "another box, reached by ssh", value="[USER@]BOX[:PORT]", repeat=True)
_CARD = Option("card", "ALSA card by number or id", short="c", value="CARD", complete="card")
_DEVICE = Option("device", "ALSA control device, such as equal or hw:1", short="D", value="DEVICE")
_DEMO = Option("demo", "a simulated box instead of this one")
_FILE = Option("config", "configuration file", short="f", value="FILE", complete="file")
_NO_FILE = Option("no-config", "no configuration file: the defaults", short="F")

WHERE = (_SERVER, _HOST, _CARD, _DEVICE, _DEMO, _FILE, _NO_FILE, HELP)
"""Options of every verb that is about a box."""

PLAIN = (_FILE, _NO_FILE, HELP)
"""Options of the other verbs."""

SCREEN = (
    _CARD,
    _DEVICE,
    Option("view", "what is shown at first", short="V", value="VIEW", choices=("playback", "capture", "all")),
    Option("layout", "how faders stand", value="LAYOUT", choices=("auto", "columns", "rows")),
    Option("keymap", "which keys do what", value="NAME", choices=("default", "alsamixer")),
    Option("mouse", "use the mouse", short="m"),
    Option("no-mouse", "leave the mouse to the terminal", short="M"),
    Option("no-meters", "no level meters"),
    Option("no-color", "no colours", short="g"),
    Option("color", "colours", value="COLORS", choices=("auto", "never", "16", "256", "full")),
    Option("black-background", "white on black, with strong contrast", short="B"),
    Option("ascii", "only ASCII characters"),
    Option("plain", "for screen readers: no meters, no drawn lines, one control a line"),
    Option("abstraction", "kept for alsamixer's sake", short="a", value="none", choices=("none", "basic")),
    _SERVER,
    _HOST,
    _DEMO,
    _FILE,
    _NO_FILE,
    Option("version", "print the version and stop"),
    HELP,
)
"""Options of the screen, with alsamixer's letters."""
