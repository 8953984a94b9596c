"""`set`, `mute`, `unmute` and `toggle`: read, change and write volumes and switches under the lock."""

from itertools import combinations

from tuimixer.cli.change import change
from tuimixer.cli.failure import Usage
from tuimixer.cli.grammar import Option, Verb
from tuimixer.cli.invocation import Invocation
from tuimixer.cli.options import JSON, WHERE
from tuimixer.model.select import OUTPUT
from tuimixer.model.text import shown, whole
from tuimixer.model.value import FORMS, Value, is_switch, is_value, parse_value

_TARGETS = (
    "TARGET is a name, a title, a program, pid:NUMBER, an id, @input or @output. The default is @output, "
    "which is the card's main control if there is no server. To select several controls, use @outputs, "
    "@inputs, @streams or a pattern with *; if some of them cannot be set, they are skipped and reported, "
    "and the exit status is 1."
)
_MOST = 1000
_MAX = Option("max", "set the cap to PERCENT (default: 100 or as configured)", value="PERCENT")
_NOTIFY = Option("notify", "show the new state in a desktop notification")

VERBS = (
    Verb(
        "set",
        "[TARGET…] VALUE…",
        "set or change a volume, a switch or a list control",
        f"""{_TARGETS}
VALUE has one of the forms {FORMS}; for a list control, VALUE is one of its items.
If a percentage or dB value has a sign, it is relative: -3dB lowers the volume by 3 dB; =-12dB sets the gain.
A number without a unit is a percentage; + or - alone changes the volume by the configured step.
The left/right balance is preserved.
A volume is never raised above its cap, but a volume that already exceeds the cap is not lowered.""",
        (_MAX, _NOTIFY, JSON, *WHERE),
        (
            ("tuimixer set +5%", "raise the default output, up to 100 %"),
            ("tuimixer set firefox 40%", "set everything that Firefox plays to 40 %"),
            ("tuimixer set --max 130 +5%", "raise the default output, up to 130 %"),
            ("tuimixer set Master 40%", "set the card's own Master control"),
            ("tuimixer set @input 80% unmute", "set the microphone to 80 % and unmute it"),
            ("tuimixer set headphones '=-12dB'", "set the gain to -12 dB"),
            ("tuimixer set headphones -3dB", "lower the volume by 3 dB"),
            ("tuimixer set balance:-20", "shift the sound slightly to the left"),
        ),
        least=1,
        complete=("target", "value"),
    ),
    Verb(
        "mute",
        "[TARGET…]",
        "mute a control",
        f"{_TARGETS} On a capture-only ALSA control, `mute` turns recording off.",
        (_NOTIFY, JSON, *WHERE),
        (("tuimixer mute", "mute the default output"), ("tuimixer mute @input", "mute the microphone")),
        complete=("target",),
    ),
    Verb(
        "unmute",
        "[TARGET…]",
        "unmute a control",
        _TARGETS,
        (_NOTIFY, JSON, *WHERE),
        (("tuimixer unmute firefox", "unmute everything that Firefox plays"),),
        complete=("target",),
    ),
    Verb(
        "toggle",
        "[TARGET…]",
        "mute a control, or unmute it if it is muted",
        _TARGETS,
        (_NOTIFY, JSON, *WHERE),
        (
            ("tuimixer toggle", "mute or unmute the default output"),
            ("tuimixer toggle @input", "mute or unmute the microphone"),
        ),
        complete=("target",),
    ),
)
_SWITCH = {"mute": True, "unmute": False, "toggle": None}


def run(call: Invocation) -> int:
    """Carry out one of the verbs."""
    targets, values = _set(call) if call.verb == "set" else _switch(call)
    notifies = call.arguments.has("notify")
    matches, status = change(call, targets, values, _cap(call), reread=call.json or notifies)
    if notifies:
        from tuimixer.cli.notify import notify

        notify([match.controls[0] for match in matches], call.name_of)
    if call.json:
        from tuimixer.cli.output import as_json, print_json

        changed = {control.id for match in matches for control in match.controls}
        controls = [control for control in call.known.values() if control.id in changed]
        print_json({"controls": [as_json(control, call.known) for control in controls]})
    return status


def _set(call: Invocation) -> tuple[list[str], list[Value]]:
    """The targets and values of `set`."""
    targets, words = _split(call)
    values = [_value(word) for word in words]
    stray = next((value for value in values if value.choosing), None)
    if stray and len(values) > 1:
        raise Usage(f"{shown(stray.text)} is not a value, and targets must precede values; use {FORMS}")
    for one, other in combinations(values, 2):
        if one.contradicts(other):
            raise Usage(f"{shown(one.text)} and {shown(other.text)} contradict each other")
    return targets, values


def _switch(call: Invocation) -> tuple[list[str], list[Value]]:
    """The targets of `mute`, `unmute` or `toggle`, and the value that the verb stands for."""
    targets = call.words or [OUTPUT]
    for word in targets:
        if is_switch(word) and not call.names(word):
            raise Usage(f"{shown(word)} is not a target; mute, unmute and toggle take no values")
    return targets, [Value(call.verb, "mute", on=_SWITCH[call.verb])]


def _split(call: Invocation) -> tuple[list[str], list[str]]:
    """Separate targets from values. The targets end before the first value, or else after the first word; if
    there is none, the default output is meant.
    """
    small = call.config.step.small if {"+", "-"} & set(call.words) else 0
    words = [f"{word}{small:g}%" if word in ("+", "-") else word for word in call.words]
    first, rest = words[0], words[1:]
    if not rest:
        if not is_value(first):
            raise Usage(f"{shown(first)} is not a value, and no value follows it; use {FORMS}")
        return [OUTPUT], words
    if is_value(first) and not _is_target(call, first, rest):
        return [OUTPUT], words
    count = next((number for number, word in enumerate(rest, 1) if is_value(word)), 1)
    return words[:count], words[count:]


def _is_target(call: Invocation, word: str, rest: list[str]) -> bool:
    """Whether a word that may be a value names a control, such as a device's index, a switch called "Mute" or
    `mpv: 1917`.
    """
    if word.startswith(("+", "-", "=", "−")) or word.endswith("%"):
        return False
    # `43 mute` is a volume and a switch even if something has the index 43; `43 +5%` only makes sense with an
    # index.
    return not (word.isdecimal() and all(map(is_switch, rest))) and call.names(word)


def _value(word: str) -> Value:
    try:
        return parse_value(word)
    except ValueError as error:
        raise Usage(str(error)) from error


def _cap(call: Invocation) -> float | None:
    text = call.arguments.get("max")
    if text is None:
        return None
    number = whole(text.removesuffix("%"), _MOST)
    if number is None:
        raise Usage(f"--max must be a number from 0 to {_MOST}, not {shown(text)}")
    return float(number)
