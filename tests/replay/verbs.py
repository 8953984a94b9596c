"""The command line run many times, each time in a process forked from one that has loaded it."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from types import TracebackType
from typing import Any, Self

from tests.cli.program import Outcome


class Verbs:
    """Runs verbs as `tuimixer WORDS` would, in some hundredths of a second each; use it with `with`."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.replay.verbs"],
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __call__(self, *words: str) -> Outcome:
        """Run one; returns its exit status and output."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(words) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, "the process that runs the verbs has ended"
        return Outcome(*json.loads(answer))

    def json(self, *words: str) -> Any:
        """Run one that prints JSON and succeeds."""
        outcome = self(*words, "--json")
        assert (outcome.status, outcome.err) == (0, ""), (words, outcome)
        return json.loads(outcome.out)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()


def _serve() -> None:
    """Run each line of standard input, a JSON list of words; answer with status, output and errors."""
    # A fork already has what verbs import. libpulse is not called: it refuses to work in a fork.
    import tuimixer.backend.pulse.blocking
    import tuimixer.backend.pulse.client  # noqa: F401
    from tuimixer.cli.main import main

    with open(os.devnull, "w") as nothing, redirect_stdout(nothing), redirect_stderr(nothing):
        for words in (["get", "-c", "0", "x"], ["set", "-c", "0", "x", "+0%"], ["toggle", "-c", "0", "x"]):
            main(words)
    for line in sys.stdin:
        out, err = os.memfd_create("out"), os.memfd_create("err")
        child = os.fork()
        if not child:
            _run(json.loads(line), out, err)
        _, ended = os.waitpid(child, 0)
        texts = []
        for output in (out, err):
            os.lseek(output, 0, os.SEEK_SET)
            with os.fdopen(output, encoding="utf-8", errors="surrogateescape") as file:
                texts.append(file.read())
        print(json.dumps((os.waitstatus_to_exitcode(ended), *texts)), flush=True)


def _run(words: list[str], out: int, err: int) -> None:
    from tuimixer.cli.main import program

    for output, standard in ((out, 1), (err, 2)):
        os.dup2(output, standard)
    with open(os.devnull) as nothing:
        os.dup2(nothing.fileno(), 0)
    sys.argv[1:] = words
    status = program()
    sys.stdout.flush()
    os._exit(status)


if __name__ == "__main__":
    _serve()
