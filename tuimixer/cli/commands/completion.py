"""`completion` prints a shell's completion script; the script calls `complete` for the candidates."""

from collections.abc import Iterable, Iterator

from tuimixer.backend.base import BackendError
from tuimixer.cli.failure import Failure, Usage
from tuimixer.cli.grammar import Arguments, Option, Verb, parse
from tuimixer.cli.invocation import Invocation
from tuimixer.cli.options import HELP, PLAIN, SCREEN
from tuimixer.cli.verbs import MODULES, every, load
from tuimixer.model.control import ENCODINGS, Kind
from tuimixer.model.snapshot import ServerCard, Snapshot
from tuimixer.model.text import shown

Candidate = tuple[str, str]
"""A word and its meaning."""

_BASH = """# bash completion for tuimixer
_tuimixer() {
    local line=${COMP_LINE:0:COMP_POINT} current=${COMP_WORDS[COMP_CWORD]} word strip
    # bash splits words at : and =, and completes only the part that follows
    [[ $current == [:=] ]] && current=
    strip=${line##*[[:blank:]]}
    [[ $strip == *"$current" ]] && strip=${strip%"$current"} || strip=
    COMPREPLY=()
    while IFS=$'\\t' read -r word _; do
        word=${word#"$strip"}
        [[ $current == [\\"\\']* ]] || printf -v word %q "$word"
        COMPREPLY+=("$word")
        [[ $word == */ ]] && compopt -o nospace
    done < <(command tuimixer complete --line "$line" 2>/dev/null)
}
complete -F _tuimixer tuimixer
"""
_ZSH = """#compdef tuimixer
_tuimixer() {
    local -a items
    local line
    local last=${${(Q)words[CURRENT]}#[\\"\\']}
    for line in "${(@f)$(command tuimixer complete -- "${(@Q)words[2,CURRENT-1]}" "$last" 2>/dev/null)}"; do
        [[ -n $line ]] && items+=("${${line%%$'\\t'*}//:/\\\\:}:${line#*$'\\t'}")
    done
    # -U: the items match already, but not by zsh's own rules
    _describe -V tuimixer items -U
}
if [[ ${funcstack[1]} == _tuimixer ]]; then _tuimixer "$@"; else compdef _tuimixer tuimixer; fi
"""
_FISH = """# fish completion for tuimixer
function __tuimixer
    set -l words (commandline -opc)
    set -l last (commandline -ct)
    test -n "$last"
    and set last (string unescape -- $last; or string trim --left --chars '\\'"' -- $last)
    command tuimixer complete -- $words[2..-1] "$last" 2>/dev/null
end
complete -c tuimixer -f -a '(__tuimixer)'
"""
SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}

VERBS = (
    Verb(
        "completion",
        "bash | zsh | fish",
        "print the completion script for a shell",
        """bash: put `source <(tuimixer completion bash)` in ~/.bashrc.
zsh: save the script as _tuimixer in a directory on $fpath.
fish: save the script as ~/.config/fish/completions/tuimixer.fish.""",
        PLAIN,
        (("tuimixer completion bash", "print the script for bash"),),
        least=1,
        most=1,
        complete=("shell",),
    ),
    Verb(
        "complete",
        "[--line LINE] | -- WORD…",
        "print the completions for a command line",
        "",
        (Option("line", "the line up to the cursor, as passed by bash", value="LINE"), HELP),
        hidden=True,
    ),
)

_VALUES: tuple[Candidate, ...] = (
    ("+5%", "raise by 5 %"),
    ("-5%", "lower by 5 %"),
    ("50%", "set to 50 %"),
    ("100%", "set to 100 %"),
    ("=-12dB", "set the gain to -12 dB"),
    ("balance:0", "center the balance"),
    ("mute", "mute the control"),
    ("unmute", "unmute the control"),
    ("toggle", "mute or unmute"),
    ("capture", "turn recording on"),
    ("nocapture", "turn recording off"),
)

_FIXED: dict[str, tuple[Candidate, ...]] = {
    "value": _VALUES,
    "shell": tuple((shell, "shell") for shell in SCRIPTS),
    "switch": (("on", "suspend the device"), ("off", "resume the device")),
    "format": tuple((name.removesuffix("-iec61937"), meaning) for name, meaning in ENCODINGS.items()),
}


def run(call: Invocation) -> int:
    """Print the script, or the candidates, one per line as WORD, tab, meaning."""
    from tuimixer.cli.output import write

    if call.verb == "completion":
        script = SCRIPTS.get(call.words[0])
        if script is None:
            raise Usage(f"no completion script for {shown(call.words[0])}; use one of {', '.join(SCRIPTS)}")
        write(script.rstrip("\n"))
        return 0
    line = call.arguments.get("line")
    words = call.words if line is None else _split(line)
    for word, meaning in candidates(words or [""]):
        write(f"{word}\t{meaning}")
    return 0


def _split(line: str) -> list[str]:
    """Split the part of a line before the cursor into words; the last one may be incomplete."""
    import shlex

    for closing in ("", '"', "'"):
        try:
            words = shlex.split(line + closing)
        except ValueError:
            continue
        return words[1:] + ([""] if line[-1:].isspace() and not closing else [])
    return []


def candidates(words: list[str]) -> list[Candidate]:
    """Completions of the last word; the words before it are complete."""
    *before, last = words
    wanted = last.casefold()
    return [found for found in _all(before, last) if found[0].casefold().startswith(wanted)]


def _all(before: list[str], last: str) -> Iterator[Candidate]:
    top = _parsed(before, SCREEN, stop_at_word=True)
    name = top.words[0] if top.words else ""
    if not name:
        options: tuple[Option, ...] = SCREEN
    elif name in MODULES:
        options = load(name)[0].options
    else:
        return
    previous = before[-1] if before else ""
    name_part, equals, begun = last.partition("=")
    if option := _awaiting(previous, options):
        yield from _for_option(option, last)
    elif equals and (option := _awaiting(name_part, options)):
        for word, meaning in _for_option(option, begun):
            yield f"{name_part}={word}", meaning
    elif last.startswith("--") or last == "-":
        yield from ((f"--{option.name}", option.help) for option in options)
    elif not name:
        yield from ((verb.name, verb.summary) for verb in every() if not verb.hidden)
    else:
        arguments = _parsed(top.words[1:], options)
        verb = load(name)[0]
        if verb.complete and (verb.most is None or len(arguments.words) < verb.most):
            what = verb.complete[min(len(arguments.words), len(verb.complete) - 1)]
            yield from _for_argument(what, arguments)


def _parsed(words: list[str], options: tuple[Option, ...], stop_at_word: bool = False) -> Arguments:
    try:
        return parse(words, options, "tuimixer", stop_at_word)
    except Usage:
        return Arguments()


def _awaiting(word: str, options: tuple[Option, ...]) -> Option | None:
    """The option that `word` names, if its value has to follow; None if not."""
    for option in options:
        if option.value and word in (f"--{option.name}", f"-{option.short}"):
            return option
    return None


def _for_option(option: Option, begun: str) -> Iterator[Candidate]:
    if option.choices:
        yield from ((choice, option.help) for choice in option.choices)
    elif option.complete == "card":
        yield from _for_argument("card", Arguments())
    elif option.complete == "file":
        yield from _files(begun)
    elif option.name == "format":
        from tuimixer.cli.commands.status import BARS

        yield from ((bar, "status bar") for bar in BARS)


def _files(begun: str) -> Iterator[Candidate]:
    """The files in the directory of the incomplete name."""
    import os

    folder, name = os.path.split(begun)
    try:
        with os.scandir(os.path.expanduser(folder) or ".") as entries:
            found = sorted((entry.name, entry.is_dir()) for entry in entries)
    except OSError:
        return
    for entry, is_folder in found:
        if entry.isprintable() and (not entry.startswith(".") or name.startswith(".")):
            yield os.path.join(folder, entry) + "/" * is_folder, "directory" if is_folder else "file"


def _for_argument(what: str, arguments: Arguments) -> Iterator[Candidate]:
    if what in _FIXED:
        yield from _FIXED[what]
        return
    if what == "verb":
        yield from ((verb.name, verb.summary) for verb in every() if not verb.hidden)
        return
    call = Invocation("complete", arguments)
    try:
        snapshot, _ = call.read_all()
        yield from _live(what, snapshot, call)
    except (BackendError, Failure):
        return
    finally:
        call.close()


def _live(what: str, snapshot: Snapshot, call: Invocation) -> Iterable[Candidate]:
    match what:
        case "target":
            defaults = (("@output", "the default output"), ("@input", "the default input"))
            return (*defaults, *_applications(snapshot), *_devices(snapshot), *_elements(snapshot))
        case "stream":
            return _applications(snapshot)
        case "device":
            return _devices(snapshot)
        case "card":
            return [(card.id, card.name) for card in snapshot.alsa_cards]
        case "server_card":
            return [(card.server_name, card.description) for card in snapshot.server_cards]
        case "port" if call.words:
            device = call.select(call.words[0], frozenset({Kind.SINK, Kind.SOURCE})).controls[0].device
            return [(port.name, port.description) for port in (device.ports if device else ())]
        case "codec":
            return [codec for card in _named_cards(snapshot, call) for codec in card.codecs]
        case "profile":
            cards = _named_cards(snapshot, call)
            return [(profile.name, profile.description) for card in cards for profile in card.profiles]
        case "port":
            return ()
    raise ValueError(f"nothing completes {what!r}")


def _named_cards(snapshot: Snapshot, call: Invocation) -> list[ServerCard]:
    """The sound server's cards that the first argument names."""
    wanted = call.words[0].casefold() if call.words else None
    return [
        card
        for card in snapshot.server_cards
        if wanted in (card.server_name.casefold(), card.description.casefold())
    ]


def _devices(snapshot: Snapshot) -> Iterator[Candidate]:
    for control in snapshot.controls.values():
        if control.device and not control.is_monitor:
            yield control.device.server_name, control.name


def _applications(snapshot: Snapshot) -> Iterator[Candidate]:
    seen: set[str] = set()
    for control in snapshot.controls.values():
        stream = control.stream
        if stream and stream.application and not stream.peak and control.kind is not Kind.STORED:
            name = stream.application
            if name not in seen:
                seen.add(name)
                yield name, "playing" if control.kind is Kind.SINK_INPUT else "recording"


def _elements(snapshot: Snapshot) -> Iterator[Candidate]:
    seen: set[str] = set()
    several = len({c.card for c in snapshot.controls.values() if c.element}) > 1
    for control in snapshot.controls.values():
        element = control.element
        if element is None:
            continue
        name = f"{element.name},{element.index}" if element.index else element.name
        full = f"{control.card}/{name}" if several else name
        if full not in seen:
            seen.add(full)
            yield full, f"ALSA control on {control.card}"
