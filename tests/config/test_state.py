"""What the screen remembers between starts, and when the configuration takes precedence."""

from dataclasses import replace
from pathlib import Path

import pytest

from tuimixer.config.schema import Config, Filters, MeterOptions
from tuimixer.config.state import State

pytestmark = pytest.mark.unit

LEFT = Config(
    layout="columns",
    view="all",
    theme="light",
    meters=MeterOptions(show="off"),
    filter=Filters("applications", "hardware", True, True),
)


@pytest.fixture
def file(tmp_path: Path) -> str:
    return str(tmp_path / "state" / "tuimixer" / "state.json")


def test_how_the_screen_was_left_is_there_again(file: str) -> None:
    State(file, Config()).save(LEFT)
    assert State(file, Config()).over(Config()) == LEFT


def test_what_was_never_chosen_leaves_no_file(file: str) -> None:
    State(file, Config()).save(Config())
    assert not Path(file).exists()


def test_a_newer_configuration_counts(file: str) -> None:
    State(file, Config()).save(LEFT)
    config = Config(layout="rows")
    assert State(file, config).over(config) == replace(LEFT, layout="rows")


def test_what_the_command_line_decides_is_neither_taken_nor_lost(file: str) -> None:
    State(file, Config()).save(LEFT)
    config, fixed = Config(view="capture"), frozenset({"view"})
    state = State(file, config, fixed)
    assert state.over(config) == replace(LEFT, view="capture")
    state.save(replace(LEFT, view="capture"))
    assert State(file, Config()).over(Config()) == LEFT


@pytest.mark.parametrize(
    "damaged", [b"", b"{", b"[1]", b'{"layout": 3}', b'{"layout": ["auto", "x"]}', b"[" * 9999, b"\xff"]
)
def test_a_damaged_file_is_as_none(file: str, damaged: bytes) -> None:
    Path(file).parent.mkdir(parents=True)
    Path(file).write_bytes(damaged)
    state = State(file, Config())
    assert state.over(Config()) == Config()
    state.save(LEFT)
    assert State(file, Config()).over(Config()) == LEFT
