"""Running one lane: its commands in turn, with their output passed on and their tests counted."""

import contextlib
import os
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from tests.lab.lanes.result import NO_TESTS, Counts, counts, not_passed
from tests.lab.lanes.table import Arguments, Lane

Output = Callable[[bytes], object]
"""Takes what a command prints."""


@dataclass(frozen=True)
class Outcome:
    """How a lane ended."""

    lane: str
    counts: Counts
    """pytest's counts; a command that failed without reporting a failed test counts as one."""
    seconds: float
    failed_steps: tuple[str, ...] = ()
    """Titles of the commands that failed."""
    not_passed: frozenset[str] = frozenset()
    """Node ids of the tests that did not pass, as reported by pytest."""
    empty: bool = False
    """Whether pytest's arguments selected none of its tests."""

    @property
    def good(self) -> bool:
        return not self.failed_steps

    @property
    def text(self) -> str:
        """The result in a few words."""
        if self.empty:
            return "no test selected"
        if not any((self.counts.passed, self.counts.skipped, self.not_passed)):
            return f"failed: {', '.join(self.failed_steps)}" if self.failed_steps else "passed"
        skipped = f", {self.counts.skipped} skipped" if self.counts.skipped else ""
        return f"{self.counts.passed} passed, {self.counts.failed} failed{skipped}"


class Processes:
    """The running commands, to be ended with this program."""

    def __init__(self) -> None:
        self._running: set[subprocess.Popen[bytes]] = set()
        self._ended = False
        self._lock = threading.Lock()

    def run(self, command: tuple[str, ...], output: Output) -> int:
        """Run to the end and return the exit status; stdout and stderr go to `output` as one.

        A command that is still running at an exception is left to end(): `with` would wait for it. After
        end(), raises SystemExit, which in the background ends only the thread.
        """
        with self._lock:
            if self._ended:
                raise SystemExit
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
            )
            self._running.add(process)
        assert process.stdout is not None
        while data := os.read(process.stdout.fileno(), 65536):
            output(data)
        status = process.wait()
        process.stdout.close()
        with self._lock:
            self._running.discard(process)
        return status

    def end(self) -> None:
        """Start no more; end what is running with SIGTERM, so that servers end, and after 20 s SIGKILL."""
        with self._lock:
            self._ended = True
            running = list(self._running)
        for process in running:
            process.terminate()
        deadline = time.monotonic() + 20
        for process in running:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, deadline - time.monotonic()))
            process.kill()


def run_lane(
    lane: Lane, arguments: Arguments, processes: Processes, output: Output, *, niceness: int = 0
) -> Outcome:
    """Run all commands of a lane, even after one has failed."""
    start = time.monotonic()
    total = Counts()
    failed: list[str] = []
    names: set[str] = set()
    nothing_selected = False
    for step in lane.steps(arguments):
        log = bytearray()

        def keep(data: bytes, log: bytearray = log) -> None:
            log.extend(data)
            output(data)

        command = ("nice", "-n", str(niceness), *step.command) if niceness else step.command
        status = processes.run(command, keep)
        text = log.decode(errors="replace")
        counted = counts(text)
        names |= not_passed(text)
        nothing_selected |= status == NO_TESTS
        bad = status not in (0, NO_TESTS)
        if bad:
            failed.append(step.title)
        total += replace(counted, failed=max(counted.failed, int(bad)))
    empty = nothing_selected and total == Counts()
    return Outcome(lane.name, total, time.monotonic() - start, tuple(failed), frozenset(names), empty)
