"""The words in which a person gives a volume or a switch: `45%`, `+5%`, `-12dB`, `left:50%`, `mute`.

The command line's verbs and the screen's line for a typed value read the same words.
"""

from tuimixer.model.balance import sides
from tuimixer.model.control import Control
from tuimixer.model.intent import (
    Capture,
    Choose,
    Intent,
    Mute,
    Nudge,
    SetBalance,
    SetGain,
    SetLevel,
    SetRaw,
)
from tuimixer.model.record import dataclass
from tuimixer.model.resolve import Impossible

FORMS = "40%, +5%, -5%, -12dB, +3dB, 3dB-, a raw 17, left:50%, balance:-20, mute, unmute, toggle or capture"

_SWITCHES = {
    "mute": ("mute", True),
    "unmute": ("mute", False),
    "toggle": ("mute", None),
    "capture": ("capture", True),
    "cap": ("capture", True),
    "nocapture": ("capture", False),
    "nocap": ("capture", False),
    "togglecapture": ("capture", None),
}
_HUGE = 10_000


@dataclass(frozen=True, slots=True)
class Value:
    """What a word asks for, of whatever control."""

    text: str
    form: str
    """`level`, `nudge`, `gain`, `gain_by`, `raw`, `balance`, `balance_by`, `mute`, `capture`, or `item`."""
    number: float = 0.0
    """Percent, dB, a raw value, or a balance from -100 to 100."""
    on: bool | None = None
    """For a switch; None: over."""
    part: str = ""
    """`left`, `right`, or a channel's name or number; empty: all channels."""

    @property
    def capturing(self) -> bool:
        """Whether it is about the capture switch."""
        return self.form == "capture"

    @property
    def choosing(self) -> bool:
        """Whether it can only be an item of an enumerated control."""
        return self.form == "item"

    def intent(self, control: Control, past_full: bool = True) -> Intent:
        """The intent that carries it out on a control.

        Raises:
            Impossible: the control has no such channel or item.
        """
        if control.choice is not None:
            return self._choice(control)
        key, number, channels = control.id, self.number, self._channels(control)
        match self.form:
            case "level":
                return SetLevel(key, number / 100, channels)
            case "nudge":
                return Nudge(key, number, channels, past_full)
            case "gain" | "gain_by":
                return SetGain(key, round(number * 100), self.form == "gain_by", channels)
            case "raw" if control.scale is not None and control.scale.cubic:
                # Pulse's own numbers (65536 is 100 %) are nothing that a person gives.
                return SetLevel(key, number / 100, channels)
            case "raw":
                return SetRaw(key, round(number), channels)
            case "balance" | "balance_by":
                return SetBalance(key, number / 100, self.form == "balance_by")
            case "mute":
                return Mute(key, self.on, channels)
            case "capture":
                return Capture(key, self.on, channels)
        raise Impossible(f"{self.text!r} is no value; give {FORMS}")

    def _choice(self, control: Control) -> Intent:
        assert control.choice is not None
        wanted = self.text.casefold()
        items = [item.casefold() for item in control.choice.items]
        if wanted in items:
            return Choose(control.id, items.index(wanted))
        parts = [index for index, item in enumerate(items) if wanted in item]
        if len(parts) == 1:
            return Choose(control.id, parts[0])
        if self.form == "raw":
            return Choose(control.id, round(self.number))
        if self.form == "nudge" and self.text[-1:] != "%":
            return Choose(control.id, round(self.number), relative=True)
        there = ", ".join(control.choice.items)
        raise Impossible(f"{control.name} has no item {self.text!r}; there are {there}")

    def _channels(self, control: Control) -> tuple[int, ...] | None:
        if not self.part:
            return None
        if not control.channels:
            count = max(len(control.mute or ()), len(control.capture or ()))
            side = {"left": 0, "right": 1}.get(self.part)
            if side is not None and side < count:
                return (side,)
            raise Impossible(f"{control.name} has no channel {self.part!r}")
        if self.part in ("left", "right"):
            found = sides(control)[self.part == "right"]
        else:
            names = [channel.name for channel in control.channels]
            found = tuple(i for i, name in enumerate(names) if self.part in (name, str(i)))
        if not found:
            there = ", ".join(channel.name for channel in control.channels)
            raise Impossible(f"{control.name} has no channel {self.part!r}; there are {there}")
        return found


def parse_value(text: str) -> Value:
    """What a word asks for; a word that is nothing else is taken for an enumerated control's item.

    A sign makes percent relative. `-12dB` is a gain, as it is shown; `+3dB` is louder by 3 dB, and `3dB-`
    or `-=3dB` quieter by it.

    Raises:
        ValueError: a number that is out of all bounds, or an unknown prefix; the text says so.
    """
    word = text.strip()
    head, colon, tail = word.partition(":")
    if colon:
        return _prefixed(word, head.casefold(), tail)
    lower = word.casefold()
    if lower in _SWITCHES:
        form, on = _SWITCHES[lower]
        return Value(word, form, on=on)
    number = _number(word)
    if number is not None:
        return number
    if not word:
        raise ValueError(f"an empty value; give {FORMS}")
    return Value(word, "item")


def is_value(text: str) -> bool:
    """Whether a word, where a name may stand as well, is meant as a value: `+5%`, `left:50%`, `mute`."""
    word = text.strip()
    head, colon, _ = word.partition(":")
    try:
        value = parse_value(word)
    except ValueError:
        return not colon or head.casefold() in ("balance", "left", "right")
    return not value.choosing and (not colon or "/" not in word)


def _number(word: str, part: str = "") -> Value | None:
    # As numbers are shown here, and as they are written in much of the world.
    before, digits, unit, after = _pieces(word.replace("−", "-"))
    size = _positive(digits)
    if size is None:
        return None
    if before and after:
        raise ValueError(f"{word!r} has two signs")
    if size > (_HUGE if unit else 2**31):
        raise ValueError(f"{word!r} is out of all bounds")
    if unit == "db":
        if after or before in ("+", "-="):
            return Value(word, "gain_by", -size if "-" in (before[:1], after) else size, part=part)
        return Value(word, "gain", -size if before == "-" else size, part=part)
    sign = after or before
    if sign in ("", "="):
        return Value(word, "level" if unit else "raw", size, part=part)
    size = -size if sign.startswith("-") else size
    return Value(word, "nudge", size, part=part)


def _pieces(word: str) -> tuple[str, str, str, str]:
    """Sign before, digits, unit (`%`, `db` or nothing) and sign after."""
    rest = word.casefold()
    before = next((sign for sign in ("-=", "=", "+", "-") if rest.startswith(sign)), "")
    rest = rest[len(before) :]
    after = rest[-1:] if rest[-1:] in ("+", "-") else ""
    rest = rest[: len(rest) - len(after)]
    unit = next((unit for unit in ("%", "db") if rest.endswith(unit)), "")
    return before, rest[: len(rest) - len(unit)].rstrip() if unit else rest, unit, after


def _positive(digits: str) -> float | None:
    """A number without sign or exponent, None where it is none; too long a one is infinite.

    A comma before one or two digits is a decimal point.
    """
    if digits[-2:-1] == "," or digits[-3:-2] == ",":
        digits = digits.replace(",", ".")
    whole, _, part = digits.partition(".")
    if not (whole + part).isascii() or not (whole + part).isdecimal():
        return None
    return float(digits) if len(digits) < 20 else float("inf")


def _prefixed(word: str, head: str, tail: str) -> Value:
    if head == "balance":
        text = tail.strip().removesuffix("%")
        by = next((sign for sign in ("+=", "-=") if text.startswith(sign)), "")
        text = text.removeprefix(by or "=")
        sign = text[:1] if text[:1] in ("+", "-") else ""
        size = _positive(text.removeprefix(sign))
        if size is None or size > 100:
            raise ValueError(f"{word!r} is no balance; it goes from balance:-100 to balance:100")
        size = -size if "-" in (sign, by[:1]) else size
        return Value(word, "balance_by" if by else "balance", size)
    lower = tail.strip().casefold()
    if lower in _SWITCHES:
        form, on = _SWITCHES[lower]
        return Value(word, form, on=on, part=head)
    number = _number(tail.strip(), head)
    if number is None:
        raise ValueError(f"{word!r} is no value; give {FORMS}")
    return number
