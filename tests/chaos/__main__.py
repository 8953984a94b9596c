"""`./dev chaos [SECONDS] [--seed N] [--only ATTACK]`: attack the program and print figures.

The exit status is 1 when something was found.
"""

import argparse
import json
import random
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial

from tests.chaos import attacks
from tests.chaos.tally import Tally
from tests.lab.pipewire import PrivatePipeWire
from tests.lab.pulse import PrivatePulse


def _commands(tally: Tally, seconds: float) -> None:
    command = [sys.executable, "-m", "tests.chaos.command_lines", str(seconds), str(tally.seed)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    result = json.loads(done.stdout.splitlines()[-1])
    for status, number in result["statuses"].items():
        tally.events[f"command lines with status {status}"] += number
    for found in result["found"]:
        tally.find(found)


ATTACKS: dict[str, tuple[float, Callable[[Tally, float], None]]] = {
    "churn": (0.25, partial(attacks.churn, PrivatePulse)),
    "churn-pipewire": (0.2, partial(attacks.churn, PrivatePipeWire)),
    "deaths": (0.1, partial(attacks.deaths, PrivatePulse)),
    "deaths-pipewire": (0.12, partial(attacks.deaths, PrivatePipeWire)),
    "demo": (0.1, attacks.demo),
    "far": (0.09, attacks.far),
    "commands": (0.08, _commands),
    "starts": (0.06, attacks.starts),
}
"""By name: its share of the time, and what it does.

In an hour both kinds of churn last long enough for the growth of memory to be judged.
"""


def run(seconds: float, seed: int, only: str | None = None) -> list[Tally]:
    """Run the attacks one after another; returns their counts and findings."""
    tallies = []
    for number, (name, (share, attack)) in enumerate(ATTACKS.items()):
        if only in (None, name):
            tally = Tally(name, seed + number if only is None else seed)
            attack(tally, seconds if only else seconds * share)
            print("\n".join(tally.lines()), flush=True)
            tallies.append(tally)
    return tallies


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="./dev chaos", description="attack the program and print figures")
    parser.add_argument("seconds", type=float, nargs="?", default=300, help="default: 300")
    parser.add_argument("--seed", type=int, default=None, help="default: another one each time")
    parser.add_argument("--only", choices=ATTACKS, help="this attack alone, with the seed as it is printed")
    given = parser.parse_args()
    seed = random.randrange(1 << 30) if given.seed is None else given.seed
    started = time.monotonic()
    print(f"seed {seed}, {given.seconds:.0f} seconds", flush=True)
    tallies = run(given.seconds, seed, given.only)
    findings = [finding for tally in tallies for finding in tally.findings]
    events = sum(sum(tally.events.values()) for tally in tallies)
    survived = sum(sum(tally.survived.values()) for tally in tallies)
    took = time.monotonic() - started
    print(f"{events} events, {survived} faults survived, {len(findings)} findings in {took:.0f} s")
    for tally in tallies:
        if tally.findings:
            print(f"again: ./dev chaos {given.seconds:.0f} --only {tally.attack} --seed {tally.seed}")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
