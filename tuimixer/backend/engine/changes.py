"""Finds what has changed in a newer control or snapshot; imports nothing that would delay the first lines."""

from operator import attrgetter

from tuimixer.model.control import Control
from tuimixer.model.snapshot import Snapshot

TYPE_CHECKING = False  # importing typing would delay the first frame
if TYPE_CHECKING:
    from typing import Any

SURROUNDINGS = ("statuses", "alsa_cards", "server_cards", "server")
"""The fields of a snapshot other than its controls."""
_WHOLE = tuple(name for name in Control.__annotations__ if name not in ("id", "channels"))
_whole = attrgetter(*_WHOLE)


def changed_surroundings(old: Snapshot, new: Snapshot) -> "dict[str, Any]":
    """The fields of `SURROUNDINGS` that differ, by name."""
    return {name: getattr(new, name) for name in SURROUNDINGS if _differs(old, new, name)}


def changed_fields(old: Control, new: Control) -> "dict[str, Any]":
    """The fields that differ, by name; `raws` in place of `channels` if only raw values do."""
    pairs = zip(_WHOLE, _whole(old), _whole(new), strict=True)
    changes = {name: after for name, before, after in pairs if before is not after and before != after}
    if _differs(old, new, "channels"):
        if [channel.name for channel in old.channels] == [channel.name for channel in new.channels]:
            changes["raws"] = new.raws
        else:
            changes["channels"] = new.channels
    return changes


def _differs(old: object, new: object, name: str) -> bool:
    before, after = getattr(old, name), getattr(new, name)
    return before is not after and before != after
