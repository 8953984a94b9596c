"""A card's simple elements as numbers and words: as printed by amixer, and as the program reads them."""

import re
import subprocess
from collections.abc import Iterable
from typing import NamedTuple

from tests.lab.replay.cards import ReplayedCard, ReplayedCards
from tuimixer.model.control import Control
from tuimixer.model.scale import Scale, to_cdb, to_percent, to_position
from tuimixer.model.text import clean

_ELEMENT = re.compile(r"^Simple mixer control '(.*?)',(\d+)\n((?:  [^\n]*\n)*)", re.MULTILINE | re.DOTALL)
_CHANNEL = re.compile(r"^  (?:Mono|Front|Rear|Side|Woofer|\?)[^:\n]*:(.*)$", re.MULTILINE)
_PART = re.compile(r" (?:(Playback|Capture)(?= )|(-?\d+) \[(-?\d+)%\](?: \[(-?[\d.]+)dB\])?|\[(on|off)\])")
_ITEM = re.compile(r"^  Item0: '(.*)'$", re.MULTILINE)


class Channel(NamedTuple):
    """One channel of one side; None for what it does not have."""

    raw: int | None
    percent: int | None
    """As alsamixer shows it."""
    db: str | None
    on: bool | None
    """The switch."""
    halfway: bool = False
    """The percentage is exactly between two integers: there amixer and alsamixer round differently."""


_NOTHING = Channel(None, None, None, None)
NAMELESS = "(nameless)"
"""An item without a name; the program shows its number instead."""
Key = tuple[str, int, bool]
"""Name (cleaned), index, and whether it is the capture side."""
Simple = dict[Key, list[Channel] | str]
"""The channels in libasound's order; for an enumerated element, as playback, the selected item."""


def of_amixer(cards: ReplayedCards, card: ReplayedCard) -> Simple:
    """`amixer -M`'s output for a card."""
    command = ["amixer", "-M", "-D", card.device, "scontents"]
    printed = subprocess.run(command, env=cards.env, capture_output=True, check=True).stdout
    found: Simple = {}
    for name, number, body in _ELEMENT.findall(printed.decode(errors="surrogateescape")):
        key = (clean(name, fallback="(unnamed)"), int(number))
        if "  Items:\n" in body:
            found[*key, False] = "-"  # amixer prints some other control's item as the selected one
        elif item := _ITEM.search(body):
            found[*key, False] = clean(item[1], fallback=NAMELESS, keep_blanks=True)
        for side, capture in (("Playback", False), ("Capture", True)):
            channels = [_channel(text, side) for text in _CHANNEL.findall(body)]
            if channels := [channel for channel in channels if channel != _NOTHING]:
                found[*key, capture] = channels
    return found


def _channel(text: str, wanted: str) -> Channel:
    """One side of a line such as ` 16 [25%] [-18.00dB] Playback [off] Capture [on]`."""
    side, raw, percent, db, on = "", None, None, None, None
    for word, number, share, gain, switch in _PART.findall(text):
        side = word or side
        if side not in ("", wanted):
            continue
        if number:
            raw, percent, db = int(number), int(share), gain or None
        elif switch:
            on = switch == "on"
    return Channel(raw, percent, db, on)


def of_controls(controls: Iterable[Control]) -> Simple:
    """The program's view of a card."""
    found: Simple = {}
    for control in controls:
        assert control.element is not None
        key = (control.element.name, control.element.index)
        if control.choice is not None:
            found[*key, False] = control.choice.items[control.choice.value]
        else:
            found[*key, control.kind.capture] = _channels(control)
    return found


def _channels(control: Control) -> list[Channel]:
    on = [not muted for muted in control.mute] if control.mute is not None else list(control.capture or ())
    count = max(len(control.raws), len(on))
    volumes = [_volume(control.scale, raw) for raw in control.raws if control.scale is not None]
    # A joined switch applies to all channels, as printed by amixer.
    volumes = volumes * count if len(volumes) == 1 else volumes or [_NOTHING] * count
    switches: list[bool] | list[None] = on * count if len(on) == 1 else on or [None] * count
    return [volume._replace(on=switch) for volume, switch in zip(volumes, switches, strict=True)]


def _volume(scale: Scale, raw: int) -> Channel:
    cdb = to_cdb(scale, raw)
    halfway = abs(100 * to_position(scale, raw) % 1 - 0.5) < 1e-9
    return Channel(raw, to_percent(scale, raw), None if cdb is None else f"{cdb / 100:.2f}", None, halfway)


def differences(theirs: Simple, ours: Simple) -> list[str]:
    """Where amixer and the program differ, in words."""
    return [
        f"{key}: amixer {theirs.get(key)}, tuimixer {ours.get(key)}"
        for key in theirs.keys() | ours.keys()
        if not _same(theirs.get(key), ours.get(key))
    ]


def _same(theirs: list[Channel] | str | None, ours: list[Channel] | str | None) -> bool:
    if isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        return all(_same_channel(a, b) for a, b in zip(theirs, ours, strict=True))
    if theirs == NAMELESS and isinstance(ours, str):
        return ours.isdecimal()
    return theirs == ours


def _same_channel(theirs: Channel, ours: Channel) -> bool:
    if ours.halfway and theirs.percent is not None and ours.percent is not None:
        if abs(theirs.percent - ours.percent) > 1:
            return False
        theirs = theirs._replace(percent=ours.percent)
    return theirs == ours._replace(halfway=False)
