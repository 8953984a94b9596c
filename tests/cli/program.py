"""Runs the command line: in its own process, or in this one for long tables of cases."""

import fcntl
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.lab.waiting import DEADLINE
from tuimixer.cli.main import main

COMMAND = [sys.executable, "-m", "tuimixer"]


@dataclass(frozen=True)
class Outcome:
    """How a command line exited."""

    status: int
    out: str
    err: str


def run(*words: str, env: Mapping[str, str], cwd: Path | None = None) -> Outcome:
    """Run `tuimixer WORDS` in its own process, without a terminal."""
    done = subprocess.run(
        [*COMMAND, *words],
        env=env,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


def run_here(words: Sequence[str], capsys: pytest.CaptureFixture[str]) -> Outcome:
    """Run the same in this process and environment."""
    status = main(list(words))
    captured = capsys.readouterr()
    return Outcome(status, captured.out, captured.err)


def at_once(words: list[str], env: Mapping[str, str], times: int = 50) -> set[str]:
    """Run a verb several times at once, each of which must succeed; returns what they wrote to stderr.

    Only one such group runs at a time on this machine, at a low priority: the program, the server and other
    tests must respond within seconds.
    """
    command = ["nice", "-n", "5", *COMMAND, *words]
    with (Path(tempfile.gettempdir()) / "tuimixer-crowd.lock").open("w") as alone:
        fcntl.flock(alone, fcntl.LOCK_EX)
        started = [
            subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            for _ in range(times)
        ]
        outcomes = [(process.communicate(timeout=300)[1], process.returncode) for process in started]
    assert {status for _, status in outcomes} == {0}, outcomes
    return {errors for errors, _ in outcomes}
