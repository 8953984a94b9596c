"""`set`, `mute`, `unmute` and `toggle`: read, change and write under the lock."""

from tuimixer.cli.call import Call
from tuimixer.cli.change import change
from tuimixer.cli.failure import Usage
from tuimixer.cli.grammar import Option, Verb, shown
from tuimixer.cli.options import JSON, WHERE
from tuimixer.model.select import OUTPUT
from tuimixer.model.value import FORMS, Value, is_value, parse_value

_TARGETS = "Without TARGET: the default output."
_MOST = 1000
_MAX = Option("max", "let it go up to so many percent; without: 100, or as configured", value="PERCENT")

VERBS = (
    Verb(
        "set",
        "[TARGET] VALUE…",
        "set or change a volume, a switch, a choice",
        f"""{_TARGETS} VALUE is one or several of: {FORMS}, an enumerated control's item.
A sign makes a percentage relative; -12dB is the gain itself, +3dB is louder by 3 dB, 3dB- quieter by it.
+ and - alone are the configured step. The difference between left and right is kept.
A volume is never raised over the cap, nor lowered by it.""",
        (_MAX, JSON, *WHERE),
        (
            ("tuimixer set +5%", "the default output louder, at most to 100 %"),
            ("tuimixer set firefox 40%", "all that Firefox plays"),
            ("tuimixer set --max 130 +5%", "louder, beyond 100 % too"),
            ("tuimixer set Master 40%", "the card's own Master"),
            ("tuimixer set @input 80% unmute", "the microphone"),
            ("tuimixer set headphones -12dB", "a gain, as it is shown"),
            ("tuimixer set balance:-20", "a bit to the left"),
        ),
        least=1,
        complete=("target", "value"),
    ),
    Verb(
        "mute",
        "[TARGET]",
        "mute a control",
        f"{_TARGETS} An ALSA control that can only capture stops capturing.",
        (JSON, *WHERE),
        (("tuimixer mute", "the default output"), ("tuimixer mute @input", "the microphone")),
        most=1,
        complete=("target",),
    ),
    Verb(
        "unmute",
        "[TARGET]",
        "unmute a control",
        _TARGETS,
        (JSON, *WHERE),
        (("tuimixer unmute firefox", "all that Firefox plays"),),
        most=1,
        complete=("target",),
    ),
    Verb(
        "toggle",
        "[TARGET]",
        "mute what is not muted, unmute what is",
        _TARGETS,
        (JSON, *WHERE),
        (("tuimixer toggle", "the default output"), ("tuimixer toggle @input", "the microphone")),
        most=1,
        complete=("target",),
    ),
)
_SWITCH = {"mute": True, "unmute": False, "toggle": None}


def run(call: Call) -> int:
    """Carry out one of the verbs."""
    if call.verb == "set":
        target, words = _split(call.words, call.config.step.small)
        values = [_value(word) for word in words]
    else:
        target = call.words[0] if call.words else OUTPUT
        values = [Value(call.verb, "mute", on=_SWITCH[call.verb])]
    match = change(call, target, values, _cap(call))
    if call.json:
        from tuimixer.cli.output import as_json, print_json

        controls = [
            control for control in call.known.values() if control.id in {c.id for c in match.controls}
        ]
        print_json({"controls": [as_json(control, call.known) for control in controls]})
    return 0


def _split(words: list[str], small: float) -> tuple[str, list[str]]:
    """Target and values: the first word is a target unless it can only be a value."""
    words = [f"{word}{small:g}%" if word in ("+", "-") else word for word in words]
    first = words[0]
    if len(words) == 1 or (is_value(first) and not first.isdecimal()):
        if not is_value(first):
            raise Usage(f"{shown(first)} is no value, and no value follows it; give {FORMS}")
        return OUTPUT, words
    return first, words[1:]


def _value(word: str) -> Value:
    try:
        return parse_value(word)
    except ValueError as error:
        raise Usage(str(error)) from error


def _cap(call: Call) -> float | None:
    text = call.arguments.get("max")
    if text is None:
        return None
    number = text.removesuffix("%")
    if not number.isdecimal() or int(number) > _MOST:
        raise Usage(f"--max {shown(text)}: allowed is a number from 0 to {_MOST}")
    return float(number)
