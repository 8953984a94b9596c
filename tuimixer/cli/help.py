"""The texts of `--help`, made from the tables of verbs and options."""

import textwrap

from tuimixer.cli.failure import STATUSES
from tuimixer.cli.grammar import Option, Verb
from tuimixer.cli.options import SCREEN
from tuimixer.cli.verbs import every

TARGETS = """
@output, @input       the server's default devices; @output where no TARGET is given
firefox               an application: all that it plays (all that it records where it plays nothing)
a sink or a source    by name, index or description; sink/NAME, source/NAME, app/NAME tell the kind
Master, PCM,1         an ALSA control, on the card of --card, or else on the first one that has it
hw:0/Master, PCH/PCM  an ALSA control of a card; Mic/capture tells the side
an id                 as `tuimixer list --json` prints it
""".strip()
TARGET_RULE = "Case does not matter, and a unique part is enough. An ambiguous one changes nothing."
_WIDTH = 78


def overview() -> str:
    """What `tuimixer --help` prints."""
    rows = [(verb.name, verb.summary) for verb in every() if not verb.hidden]
    return "\n".join(
        [
            "tuimixer [OPTIONS]                the mixer in the terminal",
            "tuimixer VERB [ARGUMENTS]         one thing, from a key, a script or a status bar",
            "",
            "Verbs (each has --help with examples):",
            *_table(rows),
            "",
            "Options of the mixer:",
            *_table([(written(option), option.help) for option in SCREEN]),
            "",
            "TARGET:",
            *(f"  {line}" for line in TARGETS.splitlines()),
            *textwrap.wrap(TARGET_RULE, _WIDTH, initial_indent="  ", subsequent_indent="  "),
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
            lines += textwrap.wrap(paragraph, _WIDTH)
        lines.append("")
    if verb.options:
        lines += ["Options:", *_table([(written(option), option.help) for option in verb.options]), ""]
    if verb.examples:
        lines += ["Examples:", *(f"  {command:<38}  {meaning}" for command, meaning in verb.examples), ""]
    meanings = "; ".join(f"{status} {meaning}" for status, meaning in STATUSES)
    return "\n".join([*lines, *textwrap.wrap(f"Exit status: {meanings}.", _WIDTH), ""])


def written(option: Option) -> str:
    """An option as it is written: `-c, --card CARD`."""
    short = f"-{option.short}, " if option.short else ""
    return f"{short}--{option.name} {option.value}".rstrip()


def _table(rows: list[tuple[str, str]]) -> list[str]:
    width = min(max(len(left) for left, _ in rows), 28)
    lines = []
    for left, right in rows:
        wrapped = textwrap.wrap(right, _WIDTH - width - 4) or [""]
        lines.append(f"  {left:<{width}}  {wrapped[0]}".rstrip())
        lines += [" " * (width + 4) + line for line in wrapped[1:]]
    return lines
