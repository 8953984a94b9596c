"""What the terminal can do, and what is chosen accordingly: theme, characters, meters."""

import codecs
import os
from collections.abc import Mapping

from tuimixer.config.schema import Config
from tuimixer.model.record import dataclass, replace
from tuimixer.model.text import whole
from tuimixer.ui.terminal.charsets import ASCII, CP437, UNICODE, CharSet
from tuimixer.ui.terminal.palette import Palette
from tuimixer.ui.terminal.themes import theme


@dataclass(frozen=True, slots=True)
class Terminal:
    """The terminal's capabilities, and what was chosen for it."""

    palette: Palette
    charset: CharSet
    remote: bool
    """Whether the terminal is reached over ssh."""
    meters: bool
    depth: str = "256"
    """Color depth: `never`, `16`, `256` or `full`."""
    light: bool = False
    """Whether the terminal's own background is light."""
    plain: bool = False
    """Whether a screen reader is used, for which nothing is drawn."""

    @property
    def halves(self) -> bool:
        """Whether a fader and its meter can share cells, each in one half of them."""
        return self.charset.encoding is None and not self.palette.ansi

    def with_theme(self, name: str, colors: Mapping[str, str] | None = None) -> "Terminal":
        """The same terminal with another theme, as far as its colors allow."""
        if self.depth == "never":
            name = "mono"
        elif self.depth == "16":
            name = "ansi"
        elif name == "auto":
            name = "light" if self.light else "dark"
        return replace(self, palette=theme(name, self.depth == "full", colors))


def look_at(environment: Mapping[str, str], config: Config, encoding: str = "utf-8") -> Terminal:
    """The terminal that these variables describe; `encoding` is that of standard output."""
    term = environment.get("TERM", "")
    remote = any(environment.get(name) for name in ("SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"))
    meters = config.meters.show == "on" or (config.meters.show == "auto" and not remote)
    depth = config.color
    if depth == "auto":
        depth = "never" if environment.get("NO_COLOR") else _depth(environment, term)
    terminal = Terminal(
        theme("mono"),
        _charset(config, term, encoding),
        remote,
        meters and not config.plain,
        depth,
        _light_background(environment),
        config.plain,
    )
    return terminal.with_theme(config.theme, config.colors)


def encoding_of(environment: Mapping[str, str], output: str) -> str:
    """The encoding expected by a terminal with these variables; `output` is the one that Python uses.

    Python uses UTF-8 in the locales C and POSIX, and sets LC_CTYPE accordingly (PEP 538 and 540), but that
    says nothing about the terminal, so `environment` must be what the program was started with. If it names
    no locale, there is no reason not to use UTF-8.
    """
    names = (environment.get(name, "") for name in ("LC_ALL", "LC_CTYPE", "LANG"))
    return "ascii" if next(filter(None, names), "") in ("C", "POSIX") else output


def first_environment() -> dict[str, str]:
    """The variables that this process was started with, or the current ones if the kernel does not tell."""
    try:
        with open("/proc/self/environ", "rb") as file:
            entries = file.read().split(b"\0")
    except OSError:
        return dict(os.environ)
    pairs = (os.fsdecode(entry).partition("=") for entry in entries if entry)
    return {name: value for name, _, value in pairs}


def _depth(environment: Mapping[str, str], term: str) -> str:
    """A terminal's color depth according to the usual variables: `full`, `256`, `16`, or `never` for none."""
    if environment.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return "full"
    if (
        "256color" in term
        or "direct" in term
        or term.partition("-")[0] in ("kitty", "alacritty", "foot", "ghostty")
    ):
        return "256"
    if term.startswith(("vt1", "vt2", "vt3", "vt5", "dumb")) or term.endswith("-m"):
        return "never"
    return "16"


def _light_background(environment: Mapping[str, str]) -> bool:
    """Whether COLORFGBG, `fg;bg` or `fg;x;bg`, names a light background: 7 or 9 to 15."""
    return whole(environment.get("COLORFGBG", "").rpartition(";")[2]) in (7, *range(9, 16))


def _charset(config: Config, term: str, encoding: str) -> CharSet:
    if config.ascii == "on":
        return ASCII
    try:
        utf8 = codecs.lookup(encoding).name == "utf-8"
    except LookupError:
        utf8 = False
    if not utf8:
        return ASCII
    if config.ascii == "auto" and (term == "linux" or term.startswith("vt")):
        return CP437 if term == "linux" else ASCII
    return UNICODE
