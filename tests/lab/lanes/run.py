"""A run of several lanes: announcement, parallel execution, and the table at the end."""

import os
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.lab.lanes import figures
from tests.lab.lanes.figures import duration
from tests.lab.lanes.result import Counts
from tests.lab.lanes.running import Outcome, Processes, run_lane
from tests.lab.lanes.table import Arguments, Lane

_NICENESS = 5
"""Of lanes in the foreground while others are in the background, which are the ones that take longest."""


def say(text: str = "") -> None:
    """Print a line at once, in order with the commands' output."""
    print(text, flush=True)


def announce_lacking(lacking: Mapping[str, str]) -> None:
    """Print which lanes cannot run and why."""
    if lacking:
        say("Not run on this machine:")
    for name, reason in lacking.items():
        say(f"  {name:12} {reason}")


class Run:
    """Lanes to run once, with the reasons why others are not run.

    Lanes in the foreground run one after another, with their output shown immediately. Those in the
    background run at the same time, also one after another, each writing to a file that is shown when
    complete, and the foreground gives way to them. When no foreground lane is left, it helps with the
    background.
    """

    def __init__(self, lanes: Sequence[Lane], arguments: Arguments = ()) -> None:
        self.lacking = {lane.name: reason for lane in lanes if (reason := lane.missing())}
        self.lanes = [lane for lane in lanes if lane.name not in self.lacking]
        self.outcomes: list[Outcome] = []
        """In the order in which the lanes ended."""
        self._arguments = arguments
        self._processes = Processes()
        self._waiting = deque(lane for lane in self.lanes if lane.background)
        self._ended: deque[tuple[Outcome, Path]] = deque()
        self._start = time.monotonic()

    def announce(self) -> None:
        """Print which lanes will run and for about how long, and which will not and why."""
        if self.lanes:
            say(f"Lanes to run, about {duration(figures.estimate(self.lanes))} in all:")
        known = figures.known()
        for lane in self.lanes:
            beside = f"; in the background, see {_log_of(lane)}" if lane.background else ""
            took = duration(known.get(lane.name, lane.seconds))
            say(f"  {lane.name:12} {took:>12}  {lane.about}{beside}")
        announce_lacking(self.lacking)

    def go(self) -> None:
        """Run everything; on an exception, end whatever is still running."""
        background = threading.Thread(target=self._work_through_background, daemon=True)
        try:
            background.start()
            front = [lane for lane in self.lanes if not lane.background]
            for number, lane in enumerate(front, 1):
                self._say_where(lane, number, len(front), front[number - 1 :])
                niceness = _NICENESS if any(other.background for other in self.lanes) else 0
                self._done(run_lane(lane, self._arguments, self._processes, _show, niceness=niceness))
                self._show_ended()
            self._work_through_background()
            if unfinished := self._unfinished():
                say(f"\n== waiting for the background: {', '.join(unfinished)}")
            background.join()
            self._show_ended()
        finally:
            self._processes.end()

    def _unfinished(self) -> list[str]:
        ended = {outcome.lane for outcome in self.outcomes} | {outcome.lane for outcome, _ in self._ended}
        return [lane.name for lane in self.lanes if lane.name not in ended]

    def _say_where(self, lane: Lane, number: int, of: int, left: Sequence[Lane]) -> None:
        beside = [name for name in self._unfinished() if name in {x.name for x in self.lanes if x.background}]
        so_far = duration(time.monotonic() - self._start)
        text = f"lane {number} of {of}; {so_far} so far, about {duration(figures.estimate(left))} to go"
        say(f"\n== {lane.name} ({text}{'; beside it ' + ', '.join(beside) if beside else ''})")

    def _work_through_background(self) -> None:
        while self._waiting:
            try:
                lane = self._waiting.popleft()
            except IndexError:
                return  # the other thread was faster
            path = _log_of(lane)
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb", buffering=0) as log:
                outcome = run_lane(lane, self._arguments, self._processes, log.write)
            self._ended.append((outcome, path))

    def _show_ended(self) -> None:
        while self._ended:
            outcome, path = self._ended.popleft()
            say(f"\n== {outcome.lane}, which ran in the background")
            _show(path.read_bytes())
            self._done(outcome)

    def _done(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        if outcome.good and not self._arguments:
            figures.remember(outcome.lane, outcome.seconds)

    @property
    def _counts(self) -> Counts:
        return sum((outcome.counts for outcome in self.outcomes), Counts())

    @property
    def _empty(self) -> bool:
        """Whether there was no test in any lane that has tests; the lane lint has none."""
        return self._counts == Counts() and any(outcome.empty for outcome in self.outcomes)

    @property
    def in_vain(self) -> bool:
        """Whether nothing was tested, and nothing would be if it were repeated."""
        return not self.lanes or self._empty

    def conclude(self) -> bool:
        """Print the table and the total; returns whether all is well.

        A lane that cannot run is a failure if CI=true, which means that everything must run, and if no lane
        could run at all. A lane without a test for pytest's arguments is a failure if no other had one.
        """
        say()
        for outcome in self.outcomes:
            for name in sorted(outcome.not_passed):
                say(f"did not pass: {name}")
            say(f"{outcome.lane:12}  {outcome.text:30} {duration(outcome.seconds):>12}")
        for name, reason in self.lacking.items():
            say(f"{name:12}  not run: {reason}")
        say(f"{'in all':12}  {'':30} {duration(time.monotonic() - self._start):>12}")
        missing = len(self.lacking) if in_ci() or not self.lanes else 0
        for name in (unfinished := self._unfinished()):
            say(f"{name:12}  not finished")
        missing += len(unfinished)
        total = self._counts + Counts(failed=missing)
        if total != Counts():
            say(f"{total.passed} passed, {total.failed} failed")
        if self._empty:
            say("failed, because no test of these lanes matches pytest's arguments")
        return not missing and not self._empty and all(outcome.good for outcome in self.outcomes)


def _log_of(lane: Lane) -> Path:
    """The file for a background lane's output."""
    return figures.FOLDER / f"{lane.name}.log"


def in_ci() -> bool:
    """Whether every lane must run on this machine."""
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}


def _show(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
