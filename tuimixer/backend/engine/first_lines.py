"""An engine's first lines, written without msgspec, whose import would delay the first picture by 20 ms.

They say what the lines of `protocol` would; a test compares them.
"""

import json

from tuimixer.backend.engine.changes import changed_fields, changed_surroundings
from tuimixer.model.control import Control
from tuimixer.model.snapshot import Snapshot

TYPE_CHECKING = False  # importing typing would delay the first picture
if TYPE_CHECKING:
    from typing import Any

PROTOCOL = 1
"""Incremented with every change that an older reader would not understand."""
LINE_AIM = 1 << 18
"""Bytes above which a delta is divided into several lines."""


def hello(version: str, host: str, user: str) -> bytes:
    """The greeting."""
    return _line("hello", {"protocol": PROTOCOL, "version": version, "host": host, "user": user})


def first_delta(old: Snapshot, new: Snapshot, serial: int) -> bytes | None:
    """The line that leads from one of the first snapshots to the next, which has more controls at its end.

    None if it is too long for one line.
    """
    added = [control for key, control in new.controls.items() if key not in old.controls]
    line = _line(
        "delta", {"serial": serial, "controls": list(map(_patch, added)), **changed_surroundings(old, new)}
    )
    return line if len(line) <= LINE_AIM else None


def _patch(control: Control) -> "dict[str, Any]":
    name = {"id": control.id, "kind": control.kind, "name": control.name}
    return name | changed_fields(Control(control.id, control.kind, control.name), control)


def _line(kind: str, body: "dict[str, Any]") -> bytes:
    text = json.dumps((kind, body), default=_fields, ensure_ascii=False, separators=(",", ":"))
    # A lone surrogate (an undecodable byte in a name) cannot be encoded as UTF-8.
    return text.encode("utf-8", "replace") + b"\n"


def _fields(record: object) -> "dict[str, Any]":
    return {name: getattr(record, name) for name in type(record).__match_args__}  # type: ignore[attr-defined]
