"""Whatever a configuration file contains is a configuration or is reported line by line, never an
exception.
"""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuimixer.config.load import load, parse
from tuimixer.config.schema import Config

pytestmark = pytest.mark.unit

_LINES = [
    line
    for line in Path("tuimixer/config/default.toml").read_text().splitlines()
    if line and line[:2] != "# "
]
_KEYS = [line.partition("=")[0].strip() for line in _LINES if "=" in line]
_VALUES = st.recursive(
    st.one_of(
        st.sampled_from(
            [
                "inf",
                "-inf",
                "nan",
                "true",
                "0",
                "-1",
                "99999999999999999999",
                "1e400",
                "0x10",
                "1979-05-27",
                "''",
                '"\\u001b]0;x"',
            ]
        ),
        st.integers().map(str),
        st.floats().map(str),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(lambda values: f"[{', '.join(values)}]"),
        st.lists(inner, max_size=3).map(
            lambda values: (
                "{" + ", ".join(f"k{number} = {value}" for number, value in enumerate(values)) + "}"
            )
        ),
    ),
    max_leaves=6,
)
_SETTING = st.tuples(st.sampled_from(_KEYS), _VALUES).map(" = ".join)
_TABLE = st.sampled_from(
    ["[step]", "[meters]", "[max]", "[max.devices]", "[filter]", "[[rule]]", "[keys]", "[rule]", "[max.x.y]"]
)


def check(text: str) -> None:
    config, problems = parse(text)
    assert isinstance(config, Config)
    for problem in problems:
        line, _, sentence = problem.partition(": ")
        assert line.isdecimal()
        assert 1 <= int(line) <= text.count("\n") + 1
        assert sentence.endswith((".", "?"))
        assert problem.isprintable()
    if problems:
        assert config == Config(max=config.max)


@given(st.lists(st.one_of(_SETTING, _SETTING, _TABLE, st.sampled_from(_LINES)), max_size=8).map("\n".join))
def test_settings_with_any_values(text: str) -> None:
    check(text)


@given(st.text(max_size=60))
def test_any_text(text: str) -> None:
    check(text)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "a = " + "[" * 100_000,
        "a." * 100_000 + "b = 1",
        "x = {" * 50_000,
        "a={a." + "a." * 99_999,
    ],
)
def test_deep_text(text: str) -> None:
    check(text)


@given(st.binary(max_size=60))
def test_any_bytes_in_the_file(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_bytes(data)
    loaded = load(str(path))
    assert loaded.config == Config(max=loaded.config.max) or not loaded.problems
    assert all(problem.isprintable() for problem in loaded.problems)
