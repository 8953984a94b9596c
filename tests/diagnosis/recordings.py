"""Machines recorded with the emulated cards: the input of path and doctor, and pactl and amixer's output.

`python -m tests.diagnosis.record` records all of them again. A file contains the machines of one server, one
per line, as JSON compressed with gzip. Each is stored as its difference from the first one in the file.
"""

import gzip
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from tuimixer.backend.engine.delta import Delta, apply_delta, make_delta
from tuimixer.model.snapshot import Snapshot
from tuimixer.model.system import System

FOLDER = Path(__file__).parent / "recorded"
SERVERS = ("PulseAudio", "PipeWire")


@dataclass(frozen=True)
class Box:
    """A machine at one moment."""

    kind: str
    """`path`, `fault`, `mended`, `healthy`, or `devices`."""
    name: str
    """What was done to it."""
    snapshot: Snapshot
    system: System
    told: Any = None
    """What pactl and amixer reported at that moment, as JSON; its contents depend on the kind."""


class _Line(msgspec.Struct):
    kind: str
    name: str
    delta: Delta
    system: dict[str, Any]
    """The fields that differ from the first machine's."""
    told: Any = None


def file_of(server: str) -> Path:
    """Where a server's machines are stored."""
    return FOLDER / f"{server}.jsonl.gz"


def write(server: str, texts: Iterable[str]) -> None:
    """Store the lines of a server's machines. The same lines produce the same file."""
    FOLDER.mkdir(exist_ok=True)
    data = "".join(f"{text}\n" for text in texts).encode()
    file_of(server).write_bytes(gzip.compress(data, mtime=0))


def lines(boxes: Iterable[Box]) -> Iterator[bytes]:
    """The lines of a file, without their ends."""
    snapshot, info = Snapshot(), msgspec.to_builtins(System())
    for number, box in enumerate(boxes):
        # The kernel's own files are shown by the screen, but do not affect findings.
        own = msgspec.to_builtins(replace(box.system, pages=()))
        changed = {key: value for key, value in own.items() if value != info[key]}
        yield msgspec.json.encode(
            _Line(box.kind, box.name, make_delta(snapshot, box.snapshot), changed, box.told)
        )
        if number == 0:
            snapshot, info = box.snapshot, own


@cache
def boxes(server: str) -> tuple[Box, ...]:
    """All machines of a server, in the order of their recording."""
    snapshot, info = Snapshot(), msgspec.to_builtins(System())
    found = []
    for text in gzip.decompress(file_of(server).read_bytes()).splitlines():
        line = msgspec.json.decode(text, type=_Line)
        there, own = apply_delta(snapshot, line.delta), info | line.system
        found.append(Box(line.kind, line.name, there, msgspec.convert(own, System), line.told))
        if len(found) == 1:
            snapshot, info = there, own
    return tuple(found)


def recorded(server: str, kind: str, name: str) -> Box:
    """One machine; a KeyError if it was not recorded."""
    return {(box.kind, box.name): box for box in boxes(server)}[kind, name]
