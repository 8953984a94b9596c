"""Random command lines by hypothesis, each in a process forked from one that has loaded the program.

Run as a program of its own, because it forks: `python -m tests.chaos.command_lines SECONDS SEED` prints a
JSON object with the number of command lines by status and with what was found.
"""

import json
import os
import resource
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tuimixer.cli import options, verbs
from tuimixer.cli.grammar import Option, Verb
from tuimixer.cli.main import main as tuimixer

_PATIENCE = 90
"""Seconds after which a command line that does not exit counts as hung."""
_LINES = 30
"""Approximate number of command lines per second."""
_ROUND = 200
"""Number of command lines per seed."""
_ENDLESS = frozenset({"serve", "watch", "--follow"})
"""Verbs, and an option, that go on until they are told to exit."""
_SURROGATES = "\udcff\udc80"
_WORDS = st.one_of(
    st.sampled_from(
        [
            "Master",
            "Firefox",
            "mpv",
            "@DEFAULT_SINK@",
            "speakers",
            "50%",
            "+5%",
            "-3dB",
            "on",
            "off",
            "0",
            "",
            "-",
            "--",
        ]
    ),
    st.text(max_size=12),
    st.text(alphabet=_SURROGATES + "\x1b[]0;owned\x07\n%+-.0123456789", max_size=12),
    st.integers(-(10**30), 10**30).map(str),
    st.floats().map(lambda value: f"{value}%"),
    st.sampled_from(
        ["9" * 5000, "\udcff", "a" * 20_000, "/dev/zero", "/dev/full", "/", "{", "{0.__class__}", "%s%n"]
    ),
)


def _option(option: Option) -> st.SearchStrategy[str]:
    """An option as described in the help, with a value that mostly fits."""
    if not option.value:
        return st.just(f"--{option.name}")
    values = st.sampled_from(option.choices) | _WORDS if option.choices else _WORDS
    return values.map(lambda value: f"--{option.name}={value}")


_STRAY = st.one_of(
    st.sampled_from(options.SCREEN).flatmap(_option),
    st.sampled_from("hcDfFVmMgBa").map(lambda letter: f"-{letter}"),
)


def _line(verb: Verb) -> st.SearchStrategy[list[str]]:
    """A verb with its options, words, and occasionally something invalid."""
    own = st.sampled_from(verb.options).flatmap(_option) if verb.options else _STRAY
    rest = st.lists(st.one_of(own, _WORDS, _WORDS, _STRAY), max_size=5)
    demo = st.sampled_from([["--demo"], ["--demo"], []])
    return st.tuples(rest, demo).map(lambda parts: [verb.name, *parts[0], *parts[1]])


LINES = st.one_of(
    st.sampled_from(verbs.every()).flatmap(_line),
    st.sampled_from(verbs.every()).flatmap(_line),
    st.lists(st.one_of(_STRAY, _WORDS), min_size=1, max_size=5),
)


class Wrong(AssertionError):
    """A command line exited in a way that none may."""


class Runner:
    """Forks and checks how it exited."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.statuses: Counter[int] = Counter()

    def run(self, words: list[str]) -> None:
        """Run one command line.

        Raises:
            Wrong: a status that is not documented, a traceback, an escape sequence, or no end.
        """
        words = [word.replace("\0", "") for word in words]  # which no command line can contain
        out, err = self._folder / "out", self._folder / "err"
        pid = os.fork()
        if not pid:
            self._become(words, out, err)
        status = self._wait(pid, words)
        self.statuses[status] += 1
        said = out.read_bytes() + err.read_bytes()
        if status not in (0, 1, 2, 3, 4) and not (status in (130, 143, -15) and _ENDLESS & set(words)):
            raise Wrong(f"status {status} of {words!r}: {said[-500:]!r}")
        if b"Traceback" in said:
            raise Wrong(f"traceback of {words!r}: {said[-900:]!r}")
        if b"\x1b]0;owned" in said or b"\x1b[2J" in said:
            raise Wrong(f"escape sequence of {words!r}: {said[-500:]!r}")

    def _become(self, words: list[str], out: Path, err: Path) -> None:
        status = 99
        try:
            os.chdir(self._folder)
            for descriptor, name in ((0, os.devnull), (1, str(out)), (2, str(err))):
                flags = os.O_RDONLY if descriptor == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC
                os.dup2(os.open(name, flags, 0o600), descriptor)
            resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 24, 1 << 24))
            resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_DFL)
            sys.argv = ["tuimixer", *words]
            status = tuimixer(list(words))
            sys.stdout.flush()
        except SystemExit as error:
            status = error.code if isinstance(error.code, int) else 98
        except BaseException:
            import traceback

            traceback.print_exc()
            status = 97
        finally:
            sys.stderr.flush()
            os._exit(status)

    def _wait(self, pid: int, words: list[str]) -> int:
        started = time.monotonic()
        told = False
        while True:
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                return os.waitstatus_to_exitcode(status)
            took = time.monotonic() - started
            if took > 0.7 and not told and _ENDLESS & set(words):
                os.kill(pid, signal.SIGTERM)
                told = True
            if took > _PATIENCE:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
                raise Wrong(f"no end of {words!r} within {_PATIENCE} s")
            time.sleep(0.001)


def attack(seconds: float, number: int) -> dict[str, object]:
    """Run as many random command lines as an idle machine runs in this many seconds."""
    left = round(seconds * _LINES)
    found: list[str] = []
    with tempfile.TemporaryDirectory(prefix="tuimixer-chaos-") as name:
        for variable in [known for known in os.environ if known.startswith(("XDG_", "PULSE_"))]:
            del os.environ[variable]
        os.environ.pop("DISPLAY", None)
        runner = Runner(Path(name))
        os.environ.update(HOME=name, PULSE_SERVER=f"unix:{name}/native", PATH=name)  # no ssh is run
        while left > 0:

            @seed(number)
            @settings(
                max_examples=min(left, _ROUND),
                database=None,
                deadline=None,
                phases=(Phase.generate, Phase.shrink),
                suppress_health_check=list(HealthCheck),
            )
            @given(LINES)
            def once(words: list[str]) -> None:
                runner.run(words)

            try:
                once()
            except Wrong as wrong:
                found.append(str(wrong))
            number += 1
            left -= _ROUND
    return {"statuses": dict(runner.statuses), "found": found}


if __name__ == "__main__":
    print(json.dumps(attack(float(sys.argv[1]), int(sys.argv[2]))))
