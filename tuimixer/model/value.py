"""How volumes and switches are written: `45%`, `+5%`, `=-12dB`, `left:50%`, `mute`.

The command line and the screen's value prompt accept the same syntax.
"""

from tuimixer.model.control import Control
from tuimixer.model.fader import sides
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
from tuimixer.model.text import shown

FORMS = "40%, +5%, -5%, +3dB, =-12dB, raw:17, left:50%, balance:-20, mute, unmute, toggle, on, off or capture"

_SWITCHES = {
    "on": ("switch", True),
    "off": ("switch", False),
    "mute": ("mute", True),
    "unmute": ("mute", False),
    "toggle": ("mute", None),
    "capture": ("capture", True),
    "cap": ("capture", True),
    "nocapture": ("capture", False),
    "nocap": ("capture", False),
    "togglecapture": ("capture", None),
}
_SWITCHING_ITEMS = {"on": "enabled", "off": "disabled"}
"""Items that `on` and `off` select in a choice that has no items of these names."""
_NAMING = ("alsa", "hw", "pid", "pulse")
"""Prefixes that mark a word as a name, if followed by a colon."""
_WOOFERS = ("lfe", "woofer")
"""Pulse's and ALSA's names for the same channel."""
_ABSOLUTE = ("level", "gain", "raw")
_MOST_ITEMS = 12
_HUGE = 10_000
_LONGEST_OFFSET = 5000
"""Maximum latency offset in milliseconds, in either direction."""
_SIGNS = {"=-": "=-", "=+": "=", "-=": "-", "+=": "+", "=": "=", "+": "+", "-": "-"}
"""The signs that a number may start with, longest first, and what they mean."""


@dataclass(frozen=True, slots=True)
class Value:
    """What a word asks for, independent of the control."""

    text: str
    form: str
    """The kind of value: `level`, `nudge`, `gain`, `gain_by`, `raw`, `balance`, `balance_by`, `mute`,
    `capture`, `switch` or `item`.
    """
    number: float = 0.0
    """Percent, dB, a raw value, or a balance from -100 to 100."""
    on: bool | None = None
    """For a switch, the new state; None toggles it. `switch` means the opposite of mute, or capture if there
    is no mute.
    """
    part: str = ""
    """The channels to change: `left`, `right`, or a channel's name or number; empty for all."""

    @property
    def capturing(self) -> bool:
        """Whether the value sets the capture switch."""
        return self.form == "capture"

    @property
    def choosing(self) -> bool:
        """Whether the value can only be an item of an enumerated control."""
        return self.form == "item"

    def contradicts(self, other: "Value") -> bool:
        """Whether two values cannot both apply: two volumes, or the same switch on and off (`mute`, `on`)."""
        if self.part == other.part and self.form in _ABSOLUTE and other.form in _ABSOLUTE:
            return True
        switches = [
            value for value in (self, other) if value.form in ("mute", "switch") and value.on is not None
        ]
        if len(switches) < 2 or self.part != other.part:
            return False
        return (self.on is (self.form == "mute")) != (other.on is (other.form == "mute"))

    def intent(self, control: Control) -> Intent:
        """The intent that applies the value to a control.

        Raises:
            Impossible: the control has no such channel or item, or no switch of its own for that channel.
        """
        if control.choice is not None:
            return self._choice(control)
        key, number, channels = control.id, self.number, self._channels(control)
        match self.form:
            case "level":
                return SetLevel(key, number / 100, channels)
            case "nudge":
                return Nudge(key, number, channels, past_full=True)
            case "gain" | "gain_by":
                return SetGain(key, round(number * 100), self.form == "gain_by", channels)
            case "raw":
                return SetRaw(key, round(number), channels)
            case "balance" | "balance_by":
                return SetBalance(key, number / 100, self.form == "balance_by")
            case "switch" if control.mute is not None or control.capture is None:
                return Mute(key, not self.on, self._switches(control, control.mute, channels))
            case "mute":
                if not control.channels and self.on is not None and "mute" in control.name.casefold():
                    raise Impossible(f"{control.name} is a switch; use on or off")
                return Mute(key, self.on, self._switches(control, control.mute, channels))
            case "capture" | "switch":
                return Capture(key, self.on, self._switches(control, control.capture, channels))
        raise Impossible(f"{shown(self.text)} is not a value; use {FORMS}")

    def _switches(
        self, control: Control, switches: tuple[bool, ...] | None, channels: tuple[int, ...] | None
    ) -> tuple[int, ...] | None:
        """The channels to switch; a switch shared by several channels cannot be set for one of them."""
        if channels is not None and switches is not None and len(switches) < len(control.channels):
            raise Impossible(
                f"{control.name} has one switch for all channels, so {shown(self.text)} cannot be applied"
            )
        return channels

    def _choice(self, control: Control) -> Intent:
        assert control.choice is not None
        wanted = _folded(self.text)
        items = [_folded(item) for item in control.choice.items]
        if wanted in items:
            return Choose(control.id, items.index(wanted))
        bare = wanted[-1:] != "%"
        if self.form == "raw" or (self.form == "level" and bare):
            return Choose(control.id, round(self.number))
        if self.form == "nudge" and bare:
            return Choose(control.id, round(self.number), relative=True)
        wanted = wanted.removeprefix("=")
        if (item := _SWITCHING_ITEMS.get(wanted)) in items:
            wanted = item or wanted
        parts = [index for index, item in enumerate(items) if item == wanted] or [
            index for index, item in enumerate(items) if wanted in item
        ]
        if len(parts) == 1:
            return Choose(control.id, parts[0])
        more = len(items) - _MOST_ITEMS
        listed = ", ".join(control.choice.items[:_MOST_ITEMS]) + (f" and {more} more" if more > 0 else "")
        raise Impossible(f"{control.name} has no item {shown(self.text)}; its items are {listed}")

    def _channels(self, control: Control) -> tuple[int, ...] | None:
        if not self.part:
            return None
        if not control.channels:
            count = max(len(control.mute or ()), len(control.capture or ()))
            side = {"left": 0, "right": 1}.get(self.part)
            if side is not None and side < count:
                return (side,)
            raise Impossible(f"{control.name} has no channel {shown(self.part)}")
        if self.part in ("left", "right"):
            found = sides(control)[self.part == "right"]
        else:
            names = [channel.name for channel in control.channels]
            part = next((name for name in _WOOFERS if self.part in _WOOFERS and name in names), self.part)
            found = tuple(i for i, name in enumerate(names) if part in (name, str(i)))
        if not found:
            present = ", ".join(channel.name for channel in control.channels)
            raise Impossible(f"{control.name} has no channel {shown(self.part)}; its channels are {present}")
        return found


def parse_value(text: str) -> Value:
    """Parse a word; anything not recognized is taken as an item of an enumerated control.

    A sign makes percentages and dB relative, `=` makes them absolute: `-3dB` lowers by 3 dB, `=-12dB` sets
    the gain. A number without a unit is a percentage.

    Raises:
        ValueError: the word is empty, a number is out of range, negative, lacks its unit or has two signs,
            or what follows a prefix is not a value; the message says which.
    """
    word = text.strip()
    head, colon, tail = word.partition(":")
    if colon:
        return _prefixed(word, head.removeprefix("=").casefold(), tail)
    lower = word.removeprefix("=").casefold()
    if lower in _SWITCHES:
        form, on = _SWITCHES[lower]
        return Value(word, form, on=on)
    number = _number(word)
    if number is not None:
        return number
    if not lower:
        raise ValueError(f"the value is empty; use {FORMS}")
    return Value(word, "item")


def parse_latency(text: str) -> int:
    """A latency offset in microseconds, given in milliseconds (`120`, `-40 ms`), at most ±5 s.

    Raises:
        ValueError: the text is not a number, or the number is out of range.
    """
    number = text.strip().casefold().removesuffix("ms").strip().replace("−", "-")
    size = _positive(number.removeprefix("-").removeprefix("+"))
    if size is None:
        raise ValueError(f"{shown(text)} is not a number of milliseconds")
    if size > _LONGEST_OFFSET:
        raise ValueError(f"the offset cannot exceed {_LONGEST_OFFSET} ms")
    return round(-size * 1000 if number.startswith("-") else size * 1000)


def is_switch(text: str) -> bool:
    """Whether a word is a value that switches something: `on`, `mute`, `togglecapture`."""
    return text.strip().casefold() in _SWITCHES


def is_value(text: str) -> bool:
    """Whether a word is meant as a value where a name is also possible: `+5%`, `left:50%`, `mute`."""
    word = text.strip()
    head, colon, _ = word.partition(":")
    if colon and head.casefold() in _NAMING:
        return False
    try:
        value = parse_value(word)
    except ValueError:
        return not colon or head.casefold() in ("balance", "left", "right", "raw")
    return not value.choosing and (not colon or "/" not in word)


def _folded(text: str) -> str:
    """A text in a form for comparing items, as drivers may use two spaces where the user types one."""
    return " ".join(text.casefold().split())


def _number(word: str, part: str = "") -> Value | None:
    # Accept the minus sign (U+2212) that the program displays.
    before, digits, unit, after = _pieces(word.replace("−", "-"))
    size = _positive(digits)
    if size is None:
        return None
    if before and after:
        raise ValueError(f"{shown(word)} has two signs")
    if size > (_HUGE if unit else 2**31):
        raise ValueError(f"{shown(word)} is out of range")
    if not unit and not digits.isdecimal():
        percent = f"{size * 100 if size <= 2 else size:g}%"
        raise ValueError(f"{shown(word)} has no unit; write {percent} or {digits}dB")
    sign = after or before.removeprefix("=")
    size = -size if sign.startswith("-") else size
    relative = bool(sign) and not before.startswith("=")
    if unit == "db":
        return Value(word, "gain_by" if relative else "gain", size, part=part)
    if size < 0 and not relative:
        raise ValueError(f"{shown(word)} is negative; the minimum is 0 %")
    return Value(word, "nudge" if relative else "level", size, part=part)


def _pieces(word: str) -> tuple[str, str, str, str]:
    """Sign before (including `=-`), digits, unit (`%`, `db` or empty) and sign after."""
    rest = word.casefold()
    before = next((sign for sign in _SIGNS if rest.startswith(sign)), "")
    rest = rest[len(before) :].lstrip()
    after = rest[-1:] if rest[-1:] in ("+", "-") else ""
    rest = rest[: len(rest) - len(after)]
    unit = next((unit for unit in ("%", "db") if rest.endswith(unit)), "")
    digits = rest[: len(rest) - len(unit)].rstrip() if unit else rest
    return _SIGNS[before] if before else "", digits, unit, after


def _positive(digits: str) -> float | None:
    """A number without sign or exponent; None if the text is not one, infinity if it is too long.

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
            raise ValueError(f"{shown(word)} is not a balance; use balance:-100 to balance:100")
        size = -size if "-" in (sign, by[:1]) else size
        return Value(word, "balance_by" if by else "balance", size)
    part = "" if head == "raw" else head
    tail = tail.strip()
    inner, colon, digits = tail.partition(":")
    if head == "raw" or (colon and inner.casefold() == "raw"):
        return _raw(word, digits.strip() if colon else tail, part)
    lower = tail.casefold()
    if lower in _SWITCHES:
        form, on = _SWITCHES[lower]
        return Value(word, form, on=on, part=part)
    # `=left:-3dB`, typed into the screen's field, which starts with `=`, means `left:=-3dB`.
    number = _number(f"={tail}" if word.startswith("=") and not tail.startswith("=") else tail, part)
    if number is None:
        raise ValueError(f"{shown(word)} is not a value; use {FORMS}")
    return number


def _raw(word: str, text: str, part: str) -> Value:
    """A raw value, which may be negative with some drivers."""
    digits = text.replace("−", "-").removeprefix("-")
    if not digits.isascii() or not digits.isdecimal() or len(digits) > 10:
        raise ValueError(f"{shown(word)} is not a raw value; use a whole number, such as raw:17")
    return Value(word, "raw", -int(digits) if digits != text else int(digits), part=part)
