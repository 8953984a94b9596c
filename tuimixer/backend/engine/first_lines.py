"""An engine's first lines, written without msgspec, whose import would delay the first frame by 20 ms.

They are equivalent to the lines of `protocol`; a test compares them.
"""

import json

from tuimixer.backend.engine.changes import changed_fields, changed_surroundings
from tuimixer.model.control import Control
from tuimixer.model.snapshot import Snapshot

TYPE_CHECKING = False  # importing typing would delay the first frame
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

PROTOCOL = 1
"""Version of the protocol, incremented with every change that an older reader would not understand."""
LINE_AIM = 1 << 18
"""Approximate maximum length of a delta in bytes; a longer one is divided into several lines."""


def hello(version: str, host: str, user: str) -> bytes:
    """The greeting."""
    return _line("hello", {"protocol": PROTOCOL, "version": version, "host": host, "user": user})


def first_deltas(old: Snapshot, new: Snapshot, serial: int) -> "Iterator[bytes]":
    """Lines that lead from one of the first snapshots to the next, which only appends controls."""
    body: dict[str, Any] = {"serial": serial}
    controls: list[str] = []
    size = 0
    for key, control in new.controls.items():
        if key not in old.controls:
            patch = _patch(control)
            text = _json(patch)
            if len(text) > LINE_AIM:
                del patch["properties"]  # properties are only details
                text = _json(patch)
            if size + len(text) > LINE_AIM and controls:
                yield _delta(body | {"more": True}, controls)
                controls, size = [], 0
            controls.append(text)
            size += len(text)
    yield _delta(body | changed_surroundings(old, new), controls)


def _delta(body: "dict[str, Any]", controls: list[str]) -> bytes:
    """A line with controls that have been encoded already."""
    before, _, after = _json(("delta", {"controls": []} | body)).partition("[]")
    return _encoded(f"{before}[{','.join(controls)}]{after}")


def _patch(control: Control) -> "dict[str, Any]":
    name = {"id": control.id, "kind": control.kind, "name": control.name}
    return name | changed_fields(Control(control.id, control.kind, control.name), control)


def _line(kind: str, body: "dict[str, Any]") -> bytes:
    return _encoded(_json((kind, body)))


def _encoded(line: str) -> bytes:
    # A lone surrogate (an undecodable byte in a name) cannot be encoded as UTF-8.
    return line.encode("utf-8", "replace") + b"\n"


def _json(value: object) -> str:
    return json.dumps(value, default=_fields, ensure_ascii=False, separators=(",", ":"))


def _fields(record: object) -> "dict[str, Any]":
    return {name: getattr(record, name) for name in type(record).__match_args__}  # type: ignore[attr-defined]
