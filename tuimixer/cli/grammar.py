"""The command-line grammar as data, from which help, completion and the man page are generated too.

argparse would take a tenth of the time that a volume key press takes, and it treats `-5%` and `-12dB` as
options.
"""

from tuimixer.cli.failure import Usage
from tuimixer.model.record import dataclass
from tuimixer.model.text import shown, suggest


@dataclass(frozen=True, slots=True)
class Option:
    """A word that starts with a dash."""

    name: str
    """The long name, without dashes; also the key for `Arguments`."""
    help: str
    short: str = ""
    value: str = ""
    """Placeholder for the value in the help; empty if the option takes none."""
    choices: tuple[str, ...] = ()
    repeat: bool = False
    """Whether several values may be given; otherwise only the last one counts."""
    complete: str = ""
    """What shells complete for the value: `file`, `card`."""
    excludes: str = ""
    """The long name of an option that this one cannot be combined with."""


@dataclass(frozen=True, slots=True)
class Verb:
    """A sub-command."""

    name: str
    usage: str
    """The arguments as shown in the help: `[TARGET] VALUE…`."""
    summary: str
    details: str = ""
    options: tuple[Option, ...] = ()
    examples: tuple[tuple[str, str], ...] = ()
    """Command lines and what they do. A test runs each of them."""
    least: int = 0
    most: int | None = None
    """Maximum number of arguments; None for any number."""
    complete: tuple[str, ...] = ()
    """What shells complete for each argument, by the names in `commands/completion.py`; the last name is also
    for all further arguments.
    """
    reaches: str = ""
    """When the verb connects to other hosts itself instead of being run there: `always`, or with this option.
    Empty for never.
    """
    hidden: bool = False
    statuses: tuple[tuple[int, str], ...] = ()
    """Exit statuses that have another meaning for this verb."""


class Arguments:
    """The parsed command line."""

    __slots__ = ("_values", "words")

    def __init__(self) -> None:
        self.words: list[str] = []
        self._values: dict[str, list[str]] = {}

    def add(self, option: Option, value: str) -> None:
        """Add an option's value; if the option may not be repeated, this replaces its previous value."""
        held = self._values.pop(option.name, [])
        self._values[option.name] = held  # at the end, so that the order shows which was given last
        if not option.repeat:
            held.clear()
        held.append(value)

    def has(self, name: str) -> bool:
        """Whether the option was given."""
        return name in self._values

    def get(self, name: str) -> str | None:
        """The option's value, or the last one if there are several; None if it was not given."""
        held = self._values.get(name)
        return held[-1] if held else None

    def last(self, *names: str) -> str | None:
        """The name of whichever of these options was given last; None if none was given."""
        return next((name for name in reversed(self._values) if name in names), None)

    def all(self, name: str) -> tuple[str, ...]:
        """All values of an option that may be repeated."""
        return tuple(self._values.get(name, ()))


def parse(
    words: list[str], options: tuple[Option, ...], command: str, stop_at_word: bool = False
) -> Arguments:
    """Separate options and arguments; `--` ends the options, and `-5%` or `-12dB` is an argument.

    With `stop_at_word`, the first argument and everything after it are not parsed.

    Raises:
        Usage: an option is unknown, its value is missing or not allowed, or two options exclude each other.
    """
    found = Arguments()
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word == "--":
            found.words += rest
            break
        if not word.startswith("-") or word == "-" or word[1] in "=.0123456789":
            found.words.append(word)
            if stop_at_word:
                found.words += rest
                break
        elif word.startswith("--"):
            _long(word, rest, options, command, found)
        else:
            _short(word, rest, options, command, found)
    for option in options:
        if option.excludes and found.has(option.name) and found.has(option.excludes):
            raise Usage(f"--{option.name} and --{option.excludes} cannot be combined")
    return found


def _long(word: str, rest: list[str], options: tuple[Option, ...], command: str, found: Arguments) -> None:
    name, given, value = word[2:].partition("=")
    option = next((option for option in options if option.name == name), None)
    if option is None:
        raise _unknown(f"--{name}", options, command)
    if not option.value:
        if given:
            raise Usage(f"--{name} takes no value")
        found.add(option, "")
        return
    if not given:
        if not rest:
            raise Usage(f"--{name} requires a value: {option.value}")
        value = rest.pop(0)
    found.add(option, _allowed(option, f"--{name}", value))


def _short(word: str, rest: list[str], options: tuple[Option, ...], command: str, found: Arguments) -> None:
    letters = word[1:]
    while letters:
        letter, letters = letters[0], letters[1:]
        option = next((option for option in options if option.short == letter), None)
        if option is None:
            raise _unknown(f"-{letter}", options, command)
        if not option.value:
            found.add(option, "")
            continue
        value = letters.removeprefix("=") if letters else rest.pop(0) if rest else None
        if value is None:
            raise Usage(f"-{letter} requires a value: {option.value}")
        found.add(option, _allowed(option, f"-{letter}", value))
        return


def _allowed(option: Option, written: str, value: str) -> str:
    # The beginning of a choice is enough, because alsamixer's -V looks only at the first letter.
    begun = [choice for choice in option.choices if value and choice.startswith(value.casefold())]
    value = begun[0] if len(begun) == 1 else value
    if option.choices and value not in option.choices:
        raise Usage(f"{written} must be one of {', '.join(option.choices)}, not {shown(value)}")
    if not value:
        raise Usage(f"{written} requires a value: {option.value}")
    if "\0" in value:
        raise Usage(f"{written}: the value contains a NUL byte")
    return value


def _unknown(written: str, options: tuple[Option, ...], command: str) -> Usage:
    names = (f"--{option.name}" for option in options)
    hint = suggest(written, names, f"`{command} --help` lists all options", cutoff=0.7)
    return Usage(f"unknown option {shown(written)}; {hint}")
