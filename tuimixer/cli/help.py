"""The texts of `--help`, generated from the tables of verbs and options."""

import shutil
import textwrap
from collections.abc import Iterable

from tuimixer.cli.failure import STATUSES
from tuimixer.cli.grammar import Option, Verb
from tuimixer.cli.options import SCREEN
from tuimixer.cli.verbs import every

TARGETS = """
@output, @input       the server's default output or input; without a server, the card's main control
firefox               an application: everything it plays or, if it plays nothing, everything it records
'Song two', pid:1234  only the streams with that title or process id; a program or a role also works
headphones, 43        an output or an input, by name, index or description
sink/headphones       an output only; source/NAME is an input, and app/NAME is an application
Master, PCM,1         an ALSA control, on the card given with --card or else on the first card that has it
hw:0/Master, PCH/PCM  an ALSA control on the card with that number or id
Mic/capture           one direction of an ALSA control: capture or playback
'Firefox: Song two'   a name as shown on the screen
@outputs, 'Mix *'     a group (@outputs, @inputs or @streams), or all names that match a pattern
an id                 as printed by `tuimixer list --json`
""".strip()
TARGET_RULE = (
    "Without TARGET, most verbs act on @output. Case is ignored, and a unique part of a name "
    "is enough. If TARGET is ambiguous, nothing is changed."
)
_TARGET = 22
"""Column at which the meanings in `TARGETS` begin."""
_LEFT = 36
"""Maximum width of the left column of a table."""
_WIDEST = 80
_NARROWEST = 40


def overview() -> str:
    """What `tuimixer --help` prints."""
    rows = [(verb.name, verb.summary) for verb in every() if not verb.hidden]
    targets = [(line[:_TARGET].rstrip(), line[_TARGET:]) for line in TARGETS.splitlines()]
    return "\n".join(
        [
            "tuimixer [OPTIONS]         run the mixer in the terminal",
            "tuimixer VERB [ARGUMENTS]  perform one action, for keys, scripts or status bars",
            "",
            "Verbs (`tuimixer VERB --help` gives details and examples):",
            *_table(rows),
            "",
            "Mixer options:",
            *_options(SCREEN),
            "",
            "TARGET:",
            *_table(targets),
            *(f"  {line}" for line in _wrapped(TARGET_RULE)),
            "",
            "Exit status:",
            *_table([(str(status), meaning) for status, meaning in STATUSES]),
            "",
        ]
    )


def verb_help(verb: Verb) -> str:
    """What `tuimixer VERB --help` prints."""
    lines = [
        f"tuimixer {verb.name} {verb.usage}".rstrip(),
        f"  {verb.summary[:1].upper()}{verb.summary[1:]}.",
        "",
    ]
    if verb.details:
        for paragraph in verb.details.splitlines():
            lines += _wrapped(paragraph)
        lines.append("")
    if verb.options:
        lines += ["Options:", *_options(verb.options), ""]
    if verb.examples:
        lines += ["Examples:", *_table(verb.examples), ""]
    # Keep each status on the same line as its meaning.
    told = dict(STATUSES) | dict(verb.statuses)
    meanings = "; ".join(f"{status}\N{NO-BREAK SPACE}{meaning}" for status, meaning in told.items())
    return "\n".join([*lines, *_wrapped(f"Exit status: {meanings}."), ""])


def written(option: Option) -> str:
    """An option as shown in the help, such as `-c, --card CARD`."""
    short = f"-{option.short}, " if option.short else ""
    return f"{short}--{option.name} {option.value}".rstrip()


def meaning(option: Option) -> str:
    """What an option does, and its possible values."""
    if not option.choices or option.value in option.choices:
        return option.help
    return f"{option.help}: {', '.join(option.choices[:-1])} or {option.choices[-1]}"


def _options(options: tuple[Option, ...]) -> list[str]:
    return _table([(written(option), meaning(option)) for option in options])


def _wrapped(text: str, taken: int = 0) -> list[str]:
    """Wrap a text to the terminal's width less `taken` columns, but not to lines too long to read."""
    width = max(min(shutil.get_terminal_size().columns, _WIDEST), _NARROWEST) - 2 - taken
    lines = textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines]


def _table(rows: Iterable[tuple[str, str]]) -> list[str]:
    """Lines with two columns; if the left cell is too long, the right one starts on a new line."""
    rows = list(rows)
    width = max((len(left) for left, _ in rows if len(left) <= _LEFT), default=_LEFT)
    lines = []
    for left, right in rows:
        wrapped = _wrapped(right, width + 4)
        if len(left) > width or not wrapped:
            lines.append(f"  {left}")
        else:
            lines.append(f"  {left:<{width}}  {wrapped.pop(0)}")
        lines += [" " * (width + 4) + line for line in wrapped]
    return lines
