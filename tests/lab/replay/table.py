"""The tables of `cards/*.toml`: a card's control elements, one per line.

    id = "PCH"
    name = "HDA Intel PCH"

    [elements]
    "Master Playback Volume" = "0..87, dB -65.25 by 0.75, at 60"
    "Headphone Playback Switch" = "2 x switch, on"
    "Auto-Mute Mode" = ["Disabled", "Enabled"]
    "Input Source" = { items = ["Mic", "Line"], is = "2 x, at 1 0" }
    "CARD:Headphone Jack" = "switch, off, read"

The key is the element's name, preceded by the interface if not MIXER (`PCM.3:` with the device) and followed
by the index if not 0 (`Mic Boost Volume,1`). `{1..16}`, `{01..18}`, `{A..F}` and
`{Left,Right}` expand to several elements, and in an item to several items. `%FF` is a byte.

The value is a list of clauses: number and kind of values, and then in any order
`dB LOWEST by STEP [mute]`, `dB LOWEST to HIGHEST [mute]`, `dB linear LOWEST to HIGHEST`,
`dB FIRST: LOWEST by STEP; FIRST: …` (runs of raw values), `dB words HEX HEX …` (raw TLV data),
`step N`, `at VALUE …` (a single value applies to all), `on`, `off`, and access
(`read`, `write`, `inactive`, `volatile`, `locked`, `user`; without `read` or `write`: both).
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote_to_bytes

FOLDER = Path(__file__).parent / "cards"

INTERFACES = ("CARD", "HWDEP", "MIXER", "PCM", "RAWMIDI", "TIMER", "SEQUENCER")
TYPES = ("NONE", "BOOLEAN", "INTEGER", "ENUMERATED", "BYTES", "IEC958", "INTEGER64")
"""Both in ALSA's order."""
ACCESS = {
    "read": 1 << 0,
    "write": 1 << 1,
    "volatile": 1 << 2,
    "inactive": 1 << 8,
    "locked": 1 << 9,
    "user": 1 << 29,
}
"""SNDRV_CTL_ELEM_ACCESS_…"""
_TLV_READ = 1 << 4 | 1 << 28
"""The element has TLV data, which is read from the plugin."""
_SCALE, _LINEAR, _RANGE, _MINMAX, _MINMAX_MUTE = 1, 2, 3, 4, 5
"""Kinds of dB data (SNDRV_CTL_TLVT_DB_…)."""
_MUTE_BOTTOM = 0x10000
_NAME_LENGTH = 43
_STATUS_BYTES = 24
"""Channel status bytes of an IEC958 element."""

_KEY = re.compile(r"(?:([A-Z]+)(?:\.(\d+))?:)?(.*?)(?:,(\d+))?", re.DOTALL)
_KIND = re.compile(
    r"(?:(\d+) x ?)?(?:(switch)|(-?\d+)\.\.(-?\d+)|int64 (-?\d+)\.\.(-?\d+)|(bytes)|(iec958))?"
)
_PATTERN = re.compile(r"\{([^{}]*)\}")


@dataclass
class Element:
    """An element of the control interface."""

    name: bytes
    interface: str = "MIXER"
    device: int = 0
    index: int = 0
    kind: str = "INTEGER"
    count: int = 1
    minimum: int = 0
    maximum: int = 0
    step: int = 0
    access: int = 0
    tlv: tuple[int, ...] = ()
    """Words of TLV data."""
    items: tuple[str, ...] = ()
    values: list[int] = field(default_factory=list)
    """Its initial values, `width` of them."""

    @property
    def width(self) -> int:
        """Number of its values."""
        return _STATUS_BYTES if self.kind == "IEC958" else self.count


@dataclass
class Table:
    """A card's table."""

    id: str
    name: str
    driver: str
    mixer: str
    elements: list[Element]


def read_table(name: str) -> Table:
    """The table `cards/NAME.toml`.

    Raises:
        ValueError: it is invalid; the text names the element.
    """
    content = tomllib.loads((FOLDER / f"{name}.toml").read_text())
    elements = []
    for key, value in content["elements"].items():
        for spelled in expand(key):
            try:
                elements.append(_element(spelled, value))
            except ValueError as error:
                raise ValueError(f"{name}.toml: {spelled!r}: {error}") from error
    return Table(content["id"], content["name"], content["driver"], content.get("mixer", ""), elements)


def expand(text: str) -> Iterator[str]:
    """Expand the patterns in a text, the first pattern varying slowest."""
    pattern = _PATTERN.search(text)
    if pattern is None:
        yield text
        return
    for choice in _choices(pattern[1]):
        yield from expand(text[: pattern.start()] + choice + text[pattern.end() :])


def _choices(pattern: str) -> list[str]:
    first, dots, last = pattern.partition("..")
    if not dots:
        return pattern.split(",")
    if first.isdecimal():
        return [f"{number:0{len(first)}d}" for number in range(int(first), int(last) + 1)]
    return [chr(letter) for letter in range(ord(first), ord(last) + 1)]


def _element(key: str, value: object) -> Element:
    match = _KEY.fullmatch(key)
    assert match
    interface, device, name, index = match.groups()
    if interface is not None and interface not in INTERFACES:
        interface, name = None, key
    element = Element(unquote_to_bytes(name), interface or "MIXER", int(device or 0), int(index or 0))
    if not 0 < len(element.name) <= _NAME_LENGTH:
        raise ValueError(f"a name has 1 to {_NAME_LENGTH} bytes")
    match value:
        case str(clauses):
            _describe(element, clauses)
        case list(items):
            _enumerate(element, items, "1 x")
        case {"items": list(items), "is": str(clauses)}:
            _enumerate(element, items, clauses)
        case _:
            raise ValueError("neither clauses nor items")
    if element.tlv:
        element.access |= _TLV_READ
    return element


def _enumerate(element: Element, items: list[str], clauses: str) -> None:
    element.kind = "ENUMERATED"
    element.items = tuple(item for text in items for item in expand(text))
    element.maximum = len(element.items) - 1
    _describe(element, clauses)


def _describe(element: Element, text: str) -> None:
    kind, *clauses = (clause.strip() for clause in text.split(","))
    match = _KIND.fullmatch(kind)
    if match is None:
        raise ValueError(f"unknown kind {kind!r}")
    count, switch, low, high, low64, high64, octets, iec958 = match.groups()
    element.count = int(count or 1)
    if switch:
        element.kind, element.maximum = "BOOLEAN", 1
    elif low is not None:
        element.minimum, element.maximum = int(low), int(high)
    elif low64 is not None:
        element.kind, element.minimum, element.maximum = "INTEGER64", int(low64), int(high64)
    elif octets or iec958:
        element.kind, element.maximum = "BYTES" if octets else "IEC958", 255
    element.values = [element.minimum] * element.width
    for clause in clauses:
        _clause(element, clause)
    if not element.access & (ACCESS["read"] | ACCESS["write"]):
        element.access |= ACCESS["read"] | ACCESS["write"]


def _clause(element: Element, clause: str) -> None:
    word, _, rest = clause.partition(" ")
    if word == "dB":
        element.tlv = tuple(number & 0xFFFF_FFFF for number in _tlv(element, rest))
    elif word == "step":
        element.step = int(rest)
    elif word == "at":
        values = [int(number) for number in rest.split()]
        element.values = values * element.width if len(values) == 1 else values
        if len(element.values) != element.width:
            raise ValueError(f"{element.width} values are required: {clause!r}")
    elif word in ("on", "off"):
        element.values = [int(word == "on")] * element.width
    elif set(clause.split()) <= ACCESS.keys():
        element.access |= sum(ACCESS[name] for name in clause.split())
    else:
        raise ValueError(f"unknown clause {clause!r}")


def _tlv(element: Element, text: str) -> list[int]:
    """TLV words for a dB clause."""
    words = text.split()
    match words:
        case ["words", *numbers]:
            return [int(number, 16) for number in numbers]
        case ["linear", low, "to", high]:
            return [_LINEAR, 8, _cdb(low), _cdb(high)]
        case [low, "by", step, *mute]:
            return [_SCALE, 8, _cdb(low), _cdb(step) | (_MUTE_BOTTOM if mute == ["mute"] else 0)]
        case [low, "to", high, *mute]:
            return [_MINMAX_MUTE if mute == ["mute"] else _MINMAX, 8, _cdb(low), _cdb(high)]
    runs = [run.partition(":") for run in text.split(";")]
    ends = [int(first) - 1 for first, _, _ in runs[1:]] + [element.maximum]
    content = []
    for (first, colon, gain), end in zip(runs, ends, strict=True):
        if not colon:
            raise ValueError(f"unknown dB clause {text!r}")
        content += [int(first), end, *_tlv(element, gain)]
    return [_RANGE, 4 * len(content), *content]


def _cdb(text: str) -> int:
    return round(float(text) * 100)
