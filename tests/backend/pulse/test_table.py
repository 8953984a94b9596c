"""The table of features by server is complete: each row has a test on each server."""

import inspect
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.backend.pulse.table import ANYWHERE, ON_CARDS, SERVERS, Table

pytestmark = pytest.mark.unit

LANES = {"pulse": "PulseAudio", "pipewire": "PipeWire"}


def modules() -> Iterator[ModuleType]:
    """The test modules in this directory."""
    for path in sorted(Path(__file__).parent.glob("test_*.py")):
        if path.stem != "test_table":
            yield import_module(f"tests.backend.pulse.{path.stem}")


def marks(thing: Any) -> list[pytest.Mark]:
    """The marks of a test, or of all its parametrizations."""
    found = getattr(thing, "pytestmark", [])
    decorators: list[Any] = found if isinstance(found, list) else [found]
    own: list[pytest.Mark] = [getattr(each, "mark", each) for each in decorators]
    sets = [values for mark in own if mark.name == "parametrize" for values in mark.args[1]]
    return own + [inner.mark for values in sets for inner in getattr(values, "marks", ())]


def filled() -> set[tuple[str, str]]:
    """Rows and servers that a test is about."""
    pairs = set()
    for module in modules():
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if not name.startswith("test_"):
                continue
            every = [*marks(function), *marks(module)]
            lanes = {mark.name for mark in every} & LANES.keys()
            servers = {LANES[lane] for lane in lanes} or set(SERVERS)
            rows = {row for mark in every if mark.name == "feature" for row in mark.args}
            pairs |= {(row, server) for row in rows for server in servers}
    return pairs


def test_every_row_has_a_test_on_every_server() -> None:
    wanted = {(row, server) for row in (*ANYWHERE, *ON_CARDS) for server in SERVERS}
    assert wanted - filled() == set()


def test_what_is_printed() -> None:
    table = Table()
    table.add(["stream volume", "stream mute"], "PulseAudio", passed=True, answers=())
    table.add(["stream volume"], "PulseAudio", passed=False, answers=())
    table.add(["stream mute"], "PipeWire", passed=True, answers=[("stream mute", "not supported")])
    assert [line.split("  ")[0] for line in table.lines()] == [
        "",
        "stream volume",
        "stream mute",
        "PipeWire lacks 'stream mute': not supported",
        "PulseAudio: 1 works, 0 lacks, 1 FAILED, of 2 rows",
        "PipeWire: 0 works, 1 lacks, 0 FAILED, of 1 rows",
    ]
    assert [line.split()[-2:] for line in table.lines()[1:3]] == [["not", "run"], ["works", "lacks"]]
