"""`python -m tests.lab.lanes`: `./dev test` once everything is set up."""

import argparse
import signal
import sys
from collections import Counter
from collections.abc import Sequence
from itertools import takewhile

from tests.lab.lanes import quick
from tests.lab.lanes.run import Run, announce_lacking, say
from tests.lab.lanes.table import LANES, Arguments, Lane


def _choose(names: Sequence[str], parser: argparse.ArgumentParser) -> list[Lane]:
    """The named lanes in table order; by default, all that run by default."""
    if names == ["quick"]:
        return quick.lanes()
    if unknown := [name for name in names if name not in {lane.name for lane in LANES}]:
        parser.error(f'no lane "{unknown[0]}"; there are: {", ".join(lane.name for lane in LANES)}')
    return [lane for lane in LANES if (lane.name in names if names else lane.default)]


def _repeat(lanes: Sequence[Lane], arguments: Arguments, times: int) -> bool:
    """Run the lanes several times, and print each test that did not always pass."""
    failures: Counter[str] = Counter()
    good = True
    for number in range(1, times + 1):
        say(f"\n==== round {number} of {times}")
        run = Run(lanes, arguments)
        if number == 1:
            run.announce()
        run.go()
        good &= run.conclude()
        for outcome in run.outcomes:
            unnamed = {f"lane {outcome.lane}"} if not (outcome.good or outcome.not_passed) else set()
            failures.update(outcome.not_passed | unnamed)
        if run.in_vain:
            say("not repeated, because there is no test to run")
            return False
    say()
    for name, count in failures.most_common():
        say(f"failed {count} of {times} times: {name}")
    announce_lacking(run.lacking)
    good = good and not failures
    if good:
        say(f"nothing failed in {times} rounds")
    return good


def _list() -> None:
    for lane in LANES:
        notes = "" if lane.default else " (only if named)"
        say(f"  {lane.name:10} {lane.about}{notes}")


def main(words: Sequence[str]) -> int:
    """Exit status: 0 all passed, 1 something failed, 2 wrong usage."""
    own = list(takewhile(lambda word: word != "--", words))
    rest = words[len(own) + 1 :]
    parser = argparse.ArgumentParser(prog="./dev test")
    parser.add_argument("lanes", nargs="*", metavar="LANE", help="a lane's name, or quick alone")
    parser.add_argument("--repeat", type=int, metavar="N", help="run the lanes N times")
    parser.add_argument("--list", action="store_true", help="only list the lanes")
    options = parser.parse_args(own)
    if options.list:
        _list()
        return 0
    lanes = _choose(options.lanes, parser)
    if options.repeat is not None:
        if options.repeat < 1:
            parser.error("--repeat needs a number of at least 1")
        return 0 if _repeat(lanes, rest, options.repeat) else 1
    run = Run(lanes, rest)
    run.announce()
    run.go()
    return 0 if run.conclude() else 1


if __name__ == "__main__":
    # Exit normally, so that servers and machines are ended too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("dev: ended by a signal"))
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("dev: interrupted")
