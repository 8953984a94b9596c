"""`man` and `help`, whose texts are generated from the tables of verbs and options."""

from collections.abc import Iterator

from tuimixer import __version__
from tuimixer.cli.failure import STATUSES
from tuimixer.cli.grammar import Option, Verb
from tuimixer.cli.help import TARGET_RULE, TARGETS, meaning, overview, verb_help, written
from tuimixer.cli.invocation import Invocation
from tuimixer.cli.options import PLAIN, SCREEN
from tuimixer.cli.output import write
from tuimixer.cli.verbs import every, no_verb

VERBS = (
    Verb(
        "man",
        "",
        "print the manual page",
        "`tuimixer man | man -l -` displays the page. To install the page, save it as man1/tuimixer.1 in one "
        "of the directories that `manpath` lists.",
        PLAIN,
        (("tuimixer man", "print the page in roff, man's own format"),),
        most=0,
    ),
    Verb(
        "help",
        "[VERB]",
        "explain a verb, or list all verbs",
        "",
        PLAIN,
        (("tuimixer help set", "do the same as `tuimixer set --help`"),),
        most=1,
        complete=("verb",),
    ),
)

_FILES = (
    ("$XDG_CONFIG_HOME/tuimixer/config.toml", "the configuration file, created by `tuimixer config --init`"),
    (
        "$XDG_STATE_HOME/tuimixer/state.json",
        "the screen's last layout, view, theme, meters and filters",
    ),
    ("$XDG_STATE_HOME/tuimixer/log", "details of internal errors"),
    ("$XDG_RUNTIME_DIR/tuimixer", "the lock that prevents concurrent volume changes"),
)
_ENVIRONMENT = (
    ("PULSE_SERVER", "the sound server's address"),
    ("NO_COLOR", "if set, disables colors"),
    ("TERM, LANG", "the terminal's type and character encoding"),
)


def run(call: Invocation) -> int:
    """Print the man page or the help."""
    if call.verb == "help":
        _help(call.words)
        return 0
    for line in page():
        write(line)
    return 0


def _help(words: list[str]) -> None:
    if not words:
        write(overview())
        return
    verb = next((verb for verb in every() if verb.name == words[0]), None)
    if verb is None:
        raise no_verb(words[0])
    write(verb_help(verb))


def page() -> Iterator[str]:
    """The lines of the man page, in roff."""
    verbs = [verb for verb in every() if not verb.hidden]
    yield f'.TH TUIMIXER 1 "" "tuimixer {_text(__version__)}" "User Commands"'
    yield from (".SH NAME", _text("tuimixer - terminal mixer for ALSA, PulseAudio and PipeWire"))
    yield from (
        ".SH SYNOPSIS",
        r".B tuimixer",
        r"[\fIOPTIONS\fR]",
        ".br",
        ".B tuimixer",
        r"\fIVERB\fR [\fIARGUMENTS\fR]",
    )
    yield ".SH DESCRIPTION"
    yield _text(
        "tuimixer shows the sound cards' hardware controls next to the sound server's outputs, inputs and "
        "applications. Their volumes can be changed with the keyboard, with the mouse or with verbs. "
        "F1 lists the keys."
    )
    yield ".SH OPTIONS"
    yield from _options(SCREEN)
    yield ".SH VERBS"
    for verb in verbs:
        yield from _verb(verb)
    yield from (".SH TARGETS", ".nf", *map(_text, TARGETS.splitlines()), ".fi", ".PP", _text(TARGET_RULE))
    yield ".SH EXIT STATUS"
    yield from _list([(str(status), meaning) for status, meaning in STATUSES])
    yield ".SH FILES"
    yield from _list(_FILES)
    yield ".SH ENVIRONMENT"
    yield from _list(_ENVIRONMENT)
    yield from (".SH SEE ALSO", ".BR alsamixer (1),", ".BR amixer (1),", ".BR pactl (1)")


def _verb(verb: Verb) -> Iterator[str]:
    yield f".SS {_text(f'{verb.name} {verb.usage}'.rstrip())}"
    yield _text(f"{verb.summary[:1].upper()}{verb.summary[1:]}.")
    for paragraph in verb.details.splitlines():
        yield _text(paragraph)
    yield from _options(tuple(option for option in verb.options if option not in SCREEN))
    for command, effect in verb.examples:
        yield from (".TP", f".B {_text(command)}", _text(effect))


def _options(options: tuple[Option, ...]) -> Iterator[str]:
    return _list([(written(option), meaning(option)) for option in options])


def _list(rows: "list[tuple[str, str]] | tuple[tuple[str, str], ...]") -> Iterator[str]:
    for left, right in rows:
        yield from (".TP", f".B {_text(left)}", _text(right))


def _text(text: str) -> str:
    """A text, escaped for roff."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-").replace("…", "...")
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped
