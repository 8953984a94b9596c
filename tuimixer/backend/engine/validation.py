"""What the screen accepts from an engine: text is cleaned, and what no genuine engine sends is refused.

An engine on another machine cannot be trusted. The limits are what the screen can show without stalling,
which is far above what sound systems have.
"""

from dataclasses import replace
from functools import cache
from operator import is_not
from types import NoneType
from typing import Any, TypeVar

from msgspec import Struct, UnsetType, structs

from tuimixer.backend.engine.protocol import ProtocolError
from tuimixer.model.control import Control
from tuimixer.model.snapshot import Snapshot
from tuimixer.model.text import clean

MOST_CONTROLS = 4096
MOST_CHANNELS = 64
"""PipeWire's maximum; PulseAudio and ALSA have 32."""
_MOST = {
    "channels": MOST_CHANNELS,
    "raws": MOST_CHANNELS,
    "mute": MOST_CHANNELS,
    "capture": MOST_CHANNELS,
    "removed": MOST_CONTROLS,
    "controls": MOST_CONTROLS,
    "order": MOST_CONTROLS,
    "statuses": 16,
    "alsa_cards": 64,
    "server_cards": 256,
}
"""Maximum length of a list, by its name."""
_MOST_ENTRIES = 2048
"""Maximum length of any other list."""
_TEXT = 256
_MOST_VERBATIM = 1 << 16
_PROPERTIES = 1 << 16
"""Maximum size of a control's property list in characters; a longer one is omitted."""
_LARGEST = 1 << 53
"""Largest absolute value of a number, up to which floats are exact."""
_VERBATIM = frozenset(
    {
        # These identify something to the engine; they are not displayed, or cleaned where they are.
        "id",
        "after",
        "removed",
        "order",
        "card",
        "target_id",
        "monitor",
        "monitor_of",
        "server_name",
        "stored_name",
        "default_sink",
        "default_source",
        "port",
        "profile",
        "profiles",
        "codec",
        "codecs",
        "alsa_card",
        "element",
        # This contains files of several lines.
        "pages",
    }
)
"""Fields whose text is not cleaned; within `element` and `profiles`, only names."""

_PLAIN = frozenset({NoneType, bool, float, UnsetType})
Value = TypeVar("Value")


def vetted(body: Value) -> Value:
    """A message with its text cleaned; the same object if nothing had to be.

    Raises:
        ProtocolError: the message exceeds a limit.
    """
    checked: Value = _vetted(body, "")
    return checked


def check_controls(snapshot: Snapshot, changed: "tuple[Any, ...]") -> None:
    """Check the controls that a delta has changed.

    Raises:
        ProtocolError: there are too many controls, or one is inconsistent.
    """
    if len(snapshot.controls) > MOST_CONTROLS:
        raise ProtocolError(f"has more than {MOST_CONTROLS} controls")
    for patch in changed:
        control = snapshot.controls[patch.id]
        if not _is_whole(control):
            raise ProtocolError(f"describes an inconsistent control: {control.name}")


def _is_whole(control: Control) -> bool:
    """Whether all parts of a control are consistent."""
    scale, choice = control.scale, control.choice
    return (
        bool(control.channels) == (scale is not None)
        and (scale is None or scale.minimum <= scale.maximum)
        and control.mute != ()
        and control.capture != ()
        and (choice is None or 0 <= choice.value < len(choice.items))
    )


def _vetted(value: Any, name: str) -> Any:
    kind = value.__class__
    if kind is str:
        return _text(value, name)
    if kind is int:
        if not -_LARGEST < value < _LARGEST:
            raise ProtocolError(f"sent a number that is too large ({name})")
        return value
    if kind is tuple:
        return _entries(value, name)
    if kind is dict:
        return _properties(value)
    fields = _fields_of(kind)
    if not fields:
        return value
    changes = {
        field: new
        for field in fields
        if (old := getattr(value, field)).__class__ not in _PLAIN and (new := _vetted(old, field)) is not old
    }
    if not changes:
        return value
    return structs.replace(value, **changes) if isinstance(value, Struct) else replace(value, **changes)


@cache
def _fields_of(kind: type) -> tuple[str, ...]:
    """The fields of a message or a model record; empty for anything else."""
    if issubclass(kind, Struct):
        return kind.__struct_fields__
    return tuple(kind.__dataclass_fields__) if hasattr(kind, "__dataclass_fields__") else ()


def _text(text: str, name: str) -> str:
    if name in _VERBATIM:
        if len(text) > _MOST_VERBATIM and name != "pages":
            raise ProtocolError(f"sent a text that is too long ({name})")
        return text
    if len(text) <= _TEXT and text.isascii() and text.isprintable():
        return text
    cleaned = clean(text, _TEXT, fallback="?" if name == "name" else "")
    return text if cleaned == text else cleaned


def _entries(entries: tuple[Any, ...], name: str) -> tuple[Any, ...]:
    most = _MOST.get(name, _MOST_ENTRIES)
    if len(entries) > most:
        raise ProtocolError(f"sent {len(entries)} {name.replace('_', ' ')}; at most {most} are allowed")
    new = tuple([_vetted(entry, name) for entry in entries])
    return new if any(map(is_not, new, entries)) else entries


def _properties(properties: dict[str, str]) -> dict[str, str]:
    if len(properties) > _MOST_ENTRIES or sum(map(len, properties.values())) > _PROPERTIES:
        return {}
    return properties
