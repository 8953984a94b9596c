"""Absurd command lines and environments: a documented status and one clean sentence."""

from collections.abc import Iterator
from pathlib import Path
from unicodedata import category

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.cli.program import run_here
from tests.lab.pulse import PrivatePulse
from tests.lab.sound import Sink
from tuimixer.cli.failure import STATUSES
from tuimixer.cli.grammar import Option
from tuimixer.cli.verbs import every

pytestmark = pytest.mark.pulse

_ENDLESS = {"serve", "watch"}
_ELSEWHERE = {"host", "follow", "init"}
"""Options that reach other machines, run forever, or write files."""
_STEERING = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Categories of characters that a terminal may not treat as text."""
_DOCUMENTED = {status for status, _ in STATUSES}
_EXAMPLES = 300

_HUGE = ("9" * 5000, "-" + "9" * 5000, "x" * 20_000, "0x" + "f" * 5000)
_ODD = (
    *("", "\udcff", "\udcff\udcfe/x", "\x1b]0;x\a", "\x1b[31mred", "\x9b31m", "\n", "\u202e", "\x7f"),
    *("0", "-1", "nan", "inf", "1e999", "٣", "²", "1_0", "..", "/", "//", "~", "*", "%s", "{"),
    *("{}", "{0}", "-", "--"),
    *("@output", "@input", "speakers", "Master", "hw:0/Master", "alsa:", "pulse:", "pulse:sink/"),
    *("sink/", "PCM,1"),
    *("100%", "+5%", "left:5%", "balance:", "balance:nan", "-12dB", "infdB", "mute", "toggle"),
    *("tcp:", "tcp:[::1"),
    *("unix:", "/run/user", "unix:/run/user", "/dev/null", "tcp:127.0.0.1:99999", "{x}unix:/y"),
)  # fmt: skip
_WORDS = st.one_of(
    st.sampled_from([*_ODD, *_HUGE]),
    st.tuples(st.sampled_from(_ODD), st.sampled_from([*_ODD, *_HUGE])).map("".join),
    st.text(
        st.one_of(
            st.characters(exclude_characters="\0", exclude_categories=["Cs"]),
            st.characters(min_codepoint=0xDC80, max_codepoint=0xDCFF, categories=["Cs"]),
        ),
        max_size=12,
    ),
)
_FILES = st.sampled_from(["/dev/null", "/", "/dev/zero", "\udcff", "nosuch", "x" * 300, "\x1b[31m", ""])
_VARIABLES = (
    *("HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "LANG", "LC_ALL", "TERM", "COLUMNS"),
    *("PULSE_SERVER", "PULSE_RUNTIME_PATH", "PULSE_COOKIE", "PULSE_CLIENTCONFIG", "DISPLAY", "TMPDIR"),
)  # fmt: skip


def _option(option: Option) -> st.SearchStrategy[list[str]]:
    if not option.value:
        return st.just([f"--{option.name}"])
    values = _FILES if option.name == "config" else _WORDS
    return st.one_of(
        values.map(lambda value: [f"--{option.name}={value}"]),
        values.map(lambda value: [f"--{option.name}", value]),
    )


@st.composite
def _lines(draw: st.DrawFn) -> list[str]:
    verb = draw(st.sampled_from([verb for verb in every() if verb.name not in _ENDLESS]))
    options = [option for option in verb.options if option.name not in _ELSEWHERE]
    given_options = draw(st.lists(st.sampled_from(options).flatmap(_option), max_size=3)) if options else []
    words = draw(st.lists(_WORDS, max_size=verb.least + 2))
    return [verb.name, *(word for option in given_options for word in option), *words]


_ENVIRONMENTS = st.dictionaries(st.sampled_from(_VARIABLES), _WORDS.map(lambda word: word[:4000]), max_size=2)


@pytest.fixture(scope="module")
def box() -> Iterator[PrivatePulse]:
    modules = [f"module-null-sink {Sink('mono', 'Mono box', 'mono').arguments}"]
    with PrivatePulse(modules=modules) as server:
        yield server


def _check(words: list[str], status: int, err: str) -> None:
    assert status in _DOCUMENTED, (status, err)
    assert not {category(character) for character in err.replace("\n", "")} & _STEERING, err
    assert all(line.startswith("tuimixer: ") for line in err.splitlines()), err
    assert len(err) < 2000
    *_, said = err.rpartition("tuimixer: Using the defaults")
    said = said.partition("\n")[2] if said != err else err  # errors in the configuration come first
    if status and words[0] not in ("doctor", "complete"):
        assert said.count("\n") == 1, err


@settings(
    max_examples=_EXAMPLES,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)
@given(words=_lines(), changes=_ENVIRONMENTS)
@example(words=["get"], changes={"PULSE_SERVER": "/run/user"})
@example(words=["get"], changes={"PULSE_SERVER": "x" * 20_000})
@example(words=["get"], changes={"HOME": "\x1b]0;x\a", "XDG_RUNTIME_DIR": ""})
@example(words=["get", "--server=\udcff"], changes={})
@example(words=["status", "--format", "\udcff"], changes={})
@example(words=["doctor", "--fix", "9" * 5000], changes={})
@example(words=["doctor", "--fix", "\x1b]0;x\a"], changes={})
@example(words=["set", "--max", "9" * 5000, "+5%"], changes={})
def test_any_command_line(
    words: list[str],
    changes: dict[str, str],
    home: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in changes.items():
            patch.setenv(name, value)
        outcome = run_here(words, capfd)
    _check(words, outcome.status, outcome.err)
    assert not (home / ".local").exists(), "an error in tuimixer itself"
