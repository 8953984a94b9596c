"""Finds, reads and checks the configuration file, and reports errors with their line."""

import sys
from typing import Any

from tuimixer.config import schema
from tuimixer.config.files import read_bounded
from tuimixer.config.paths import config_path
from tuimixer.config.schema import Config, Loaded
from tuimixer.config.theme_names import THEME_COLORS, THEMES
from tuimixer.config.toml_lines import line_of
from tuimixer.config.toml_reader import MOST_PROBLEMS, TomlReader, printable
from tuimixer.model.text import clean

LARGEST = 1 << 20
"""Maximum size of a configuration file in bytes."""
TOO_LARGE = f"larger than the limit of {LARGEST >> 20} MiB"
_LONGEST_CAP = 200
"""Maximum length of the lines that are read if only the caps are read, from a text that is not TOML."""
_MOST_DOTS = 200
"""Maximum number of dots in a line. The time that TOML's readers take is quadratic in the parts of a key:
minutes for 200 KB of `a.a.a…`.
"""


def load(path: str | None = None) -> Loaded:
    """Read the file at `path`, or the one in the XDG configuration directory if it exists."""
    file = config_path() if path is None else path
    where = clean(file)
    try:
        data = read_bounded(file, LARGEST + 1)
    except FileNotFoundError:
        return Loaded(Config()) if path is None else Loaded(Config(), (f"{where}: there is no such file.",))
    except OSError as error:
        unread = (f"{where} cannot be read: {error.strerror}.",)
        return Loaded(Config(), unread, where) if path is None else Loaded(Config(), unread)
    if len(data) > LARGEST:
        return Loaded(Config(), (f"{where} is {TOO_LARGE}.",), where)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        config = _caps_only(data.decode(errors="replace"))
        return Loaded(config, (f"{where}:{line}: the text is not UTF-8.",), where)
    config, problems = parse(text)
    return Loaded(config, tuple(f"{where}:{problem}" for problem in problems), where)


def parse(text: str) -> tuple[Config, list[str]]:
    """The configuration in a file's text, or, if it has errors, the defaults and the errors as `LINE:
    message`.

    Even then, the caps that can be read apply, because a typing mistake must not make anything louder.
    """
    import tomllib

    if line := line_of_long_key(text):
        return _caps_only(text), [f"{line}: the key has too many parts."]
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return _caps_only(text), [_syntax(str(error), text)]
    except RecursionError:
        return _caps_only(text), ["1: the values are nested too deeply."]
    except ValueError:  # Python refuses decimal numbers of more than 4300 digits
        return _caps_only(text), ["1: the file contains a number with too many digits."]
    reader = _Reader(document, text)
    config = reader.config()
    if reader.omitted:
        problems = "problem" if reader.omitted == 1 else "problems"
        reader.problems.append(f"1: the file has {reader.omitted} more {problems}.")
    return (Config(max=config.max), reader.problems) if reader.problems else (config, [])


def line_of_long_key(text: str) -> int:
    """Number of the first line with a key that has too many parts to be read; 0 if there is none."""
    for number, line in enumerate(text.splitlines(), 1):
        if line.count(".") > _MOST_DOTS and not line.lstrip().startswith("#"):
            return number
    return 0


def _caps_only(text: str) -> Config:
    """The defaults, with the caps in a text that is not valid TOML; each line that sets one is read on its
    own.
    """
    import tomllib

    header, caps = "", dict[str, Any]()
    for line in text.splitlines():
        if line.lstrip().startswith("["):
            header = line.strip()
        elif (header or line.lstrip()).startswith(("[max", "max")) and len(line) < _LONGEST_CAP:
            try:
                found = tomllib.loads(f"{header}\n{line}").get("max")
            except (ValueError, RecursionError):
                continue
            if isinstance(found, dict):
                devices = {**_dict(caps.get("devices")), **_dict(found.get("devices"))}
                caps |= found | {"devices": devices}
    return Config(max=_caps(TomlReader(lambda _path, _problem: None, caps), schema.Caps()))


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _syntax(message: str, text: str) -> str:
    what, _, where = message.rpartition(" (at ")
    line = where.split()[1].rstrip(",") if where.startswith("line ") else str(text.count("\n") + 1)
    return f"{line}: the file is not valid TOML: {what[:1].lower()}{what[1:]}."


class _Reader:
    """Turns a document into a `Config`, collecting errors."""

    def __init__(self, document: dict[str, Any], text: str) -> None:
        self.problems: list[str] = []
        self.omitted = 0
        """Number of errors beyond `MOST_PROBLEMS`; they are only counted, because finding the line of each
        would take too long.
        """
        self._document = document
        self._text = text

    def _report(self, path: tuple[str | int, ...], sentence: str) -> None:
        if len(self.problems) >= MOST_PROBLEMS:
            self.omitted += 1
            return
        name = ".".join(str(part) for part in path if isinstance(part, str))
        problem = f"{line_of(self._text, path)}: {printable(name)} {sentence}".replace(" : ", ": ")
        self.problems.append(problem if problem.endswith("?") else f"{problem}.")

    def config(self) -> Config:
        top, default = TomlReader(self._report, self._document), Config()
        theme, colors = _theme(top, default.theme)
        config = Config(
            keymap=top.choice("keymap", schema.KEYMAPS, default.keymap),
            layout=top.choice("layout", schema.LAYOUTS, default.layout),
            view=top.choice("view", schema.VIEWS, default.view),
            theme=theme,
            colors=colors,
            color=top.choice("color", schema.COLORS, default.color),
            ascii=top.choice("ascii", schema.AUTO, default.ascii),
            plain=top.flag("plain", default.plain),
            mouse=top.flag("mouse", default.mouse),
            card=top.text("card"),
            server=top.text("server"),
            step=_steps(top.table("step"), default.step),
            meters=_meters(top.table("meters"), default.meters),
            max=_caps(top.table("max"), default.max),
            filter=_filters(top.table("filter"), top.tables("rule"), default.filter),
            keys=top.table("keys").keys(),
        )
        top.finish()
        if config.keys:
            self._check_keys(config)
        return config

    def _check_keys(self, config: Config) -> None:
        from tuimixer.config.actions import compile_keymap

        for action, sentence in compile_keymap(config.keymap, config.keys)[1]:
            self._report(("keys", action), f": {sentence}")


def _theme(top: TomlReader, default: str) -> tuple[str, dict[str, str]]:
    """The theme's name and own colors: a name alone, or the base and the colors in `[theme]`."""
    if not top.has_table("theme"):
        return top.choice("theme", THEMES, default), {}
    table = top.table("theme")
    theme = table.choice("base", THEMES, default), table.colors(THEME_COLORS)
    table.finish()
    return theme


def _steps(table: TomlReader, default: schema.Steps) -> schema.Steps:
    steps = schema.Steps(
        *(table.number(key, 0.1, 100, getattr(default, key)) for key in ("small", "big", "wheel"))
    )
    table.finish()
    return steps


def _meters(table: TomlReader, default: schema.MeterOptions) -> schema.MeterOptions:
    meters = schema.MeterOptions(
        table.choice("show", schema.AUTO, default.show), table.number("rate", 1, 60, default.rate)
    )
    table.finish()
    return meters


def _caps(table: TomlReader, default: schema.Caps) -> schema.Caps:
    screen, verbs = (
        table.number("screen", 0, 1000, default.screen),
        table.number("verbs", 0, 1000, default.verbs),
    )
    caps = schema.Caps(screen, verbs, table.table("devices").numbers(0, 1000))
    table.finish()
    return caps


def _filters(table: TomlReader, rules: list[TomlReader], default: schema.Filters) -> schema.Filters:
    filters = schema.Filters(
        table.choice("streams", schema.STREAMS, default.streams),
        table.choice("devices", schema.DEVICES, default.devices),
        table.flag("monitors", default.monitors),
        table.flag("stopped", default.stopped),
        tuple(_rule(rule) for rule in rules),
    )
    table.finish()
    return filters


def _rule(table: TomlReader) -> schema.Rule:
    reported = "match" in table and not table.has_table("match")
    match = table.table("match").patterns()
    rule = schema.Rule(match, table.flag("hide", False), clean(table.text("name"), fallback=""))
    if not match and not reported:
        table.wrong("match", 'is missing; use a table of patterns such as { name = "*HDMI*" }')
    elif match and not rule.hide and not rule.name:
        table.wrong("match", "has no effect; add hide = true, or a name to display")
    table.finish()
    return rule


def notices(loaded: Loaded) -> list[str]:
    """What is wrong with the file, and what is used instead; empty if nothing is wrong."""
    if not loaded.problems:
        return []
    caps = "" if loaded.config.max == schema.Caps() else ", and the caps that could be read,"
    return [*loaded.problems, f"Using the defaults{caps} until the file is fixed."]


def warn(loaded: Loaded) -> None:
    """Report the notices on stderr."""
    for notice in notices(loaded):
        sys.stderr.write(f"tuimixer: {notice}\n")
