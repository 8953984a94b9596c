"""`./dev bench`: tuimixer beside its peers and a bare Textual app, interleaved in one run.

Compare the rows of one table only: machines differ, and a noisy one differs from itself.
"""

import argparse
import importlib.util
import os
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from tests.bench import endings, memory
from tests.bench.limits import Limit, limits
from tests.bench.measure import Driver, Figures, Observer, median
from tests.bench.programs import Program, programs
from tests.lab.plugins import Plugins
from tests.lab.pulse import PrivatePulse
from tests.lab.sound import Sink

STREAMS, MANY = 5, 300


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer samples")
    parser.add_argument("--only", metavar="NAME", action="append", help="only programs of this name")
    parser.add_argument("--verbs", action="store_true", help="only the command lines")
    parser.add_argument("--no-many", action="store_true", help="leave out the run with 300 streams")
    parser.add_argument("--memory", metavar="SECONDS", type=float, help="only whether memory stays flat")
    parser.add_argument("--endings", action="store_true", help="only how long ends take")
    options = parser.parse_args()
    if options.memory:
        return memory.main(options.memory)
    if options.endings:
        return endings.main()
    if options.verbs:
        verbs(30)
        return 0
    rounds, presses = (1, 10) if options.quick else (3, 20)
    chosen = [program for program in programs() if not options.only or program.name in options.only]
    figures = {program.name: Figures() for program in chosen}
    with bench_server(STREAMS) as server:
        for _ in range(rounds):
            for program in chosen:
                one_round(program, server.env, figures[program.name], presses)
        for program in chosen:
            at_rest(program, server, figures[program.name], 3.0 if options.quick else 8.0)
    print(f"\n{STREAMS} streams on 2 sinks, 80x24; medians in ms, least paint beside it\n")
    print_table(figures)
    many = {}
    if not options.no_many:
        many = many_streams([p for p in chosen if p.name in ("tuimixer", "pulsemixer")], figures, presses)
    verbs(10 if options.quick else 30)
    print_limits(limits(figures, many))
    return 0


class bench_server:  # noqa: N801  (a context manager, used as a function)
    """A private PulseAudio with players of silence, and a second command to make their loudness move."""

    def __init__(self, streams: int) -> None:
        self._streams = streams
        self._stack = ExitStack()

    def __enter__(self) -> "bench_server":
        sinks = 2 if self._streams < 50 else 4
        names = [f"bench_sink_{n}" for n in range(sinks)]
        self.pulse = self._stack.enter_context(PrivatePulse([Sink(name, name) for name in names]))
        plugins = Plugins(self.pulse.folder, self.pulse)
        (self.pulse.folder / ".asoundrc").write_text("ctl.!default { type pulse }\n")
        env = plugins.env | {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
        self.env = {key: value for key, value in env.items() if key not in ("NO_COLOR", "SSH_CONNECTION")}
        self.feeder = self._stack.enter_context(
            subprocess.Popen(
                [sys.executable, "-m", "tests.bench.feeder", str(self._streams), str(sinks)],
                env=self.pulse.env | {"PYTHONPATH": str(Path(__file__).parents[2])},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        )
        self._stack.callback(self.feeder.terminate)
        assert self.feeder.stdout is not None
        if self.feeder.stdout.readline().strip() != "ready":
            raise RuntimeError("the players did not start")
        return self

    def sound(self, on: bool) -> None:
        """A tone of moving loudness, or silence."""
        assert self.feeder.stdin is not None
        assert self.feeder.stdout is not None
        self.feeder.stdin.write("tone\n" if on else "silence\n")
        self.feeder.stdin.flush()
        self.feeder.stdout.readline()

    def __exit__(self, *_: object) -> None:
        self._stack.close()


def one_round(program: Program, env: dict[str, str], figures: Figures, presses: int) -> None:
    """Start, steps, outside changes, a held key."""
    observer = Observer(env["PULSE_SERVER"])
    try:
        observer.reset()
        driver = Driver(program, env, observer)
        try:
            figures.paint.append(driver.paint)
            driver.calibrate()
            for index in range(presses):
                driver.press(program.up if index % 2 == 0 else program.down, figures)
            for index in range(presses // 2):
                driver.outside(0.30 if index % 2 else 0.60, figures)
            if program.audio and not figures.held:
                driver.hold(figures)
        finally:
            driver.close()
    finally:
        observer.close()


def at_rest(program: Program, server: bench_server, figures: Figures, seconds: float) -> None:
    """CPU and output with silence and with moving meters; memory."""
    observer = Observer(server.env["PULSE_SERVER"])
    try:
        driver = Driver(program, server.env, observer)
        try:
            driver.session.drain(4)  # until what rests in silence does so
            figures.pss = driver.session.pss_mib()
            figures.idle_cpu, figures.idle_bytes = driver.rest(seconds)
            if program.meters:
                server.sound(on=True)
                driver.session.drain(1)
                figures.meter_cpu, figures.meter_bytes = driver.rest(seconds)
                server.sound(on=False)
        finally:
            driver.close()
    finally:
        observer.close()


def many_streams(chosen: list[Program], few: dict[str, Figures], presses: int) -> dict[str, Figures]:
    """Paint and step with 300 streams, beside the figures with 5."""
    found = {}
    print(f"\n{MANY} streams on 4 sinks; medians in ms\n")
    print(f"{'':14}{'paint':>9}{'applied':>9}{'shown':>9}   (with {STREAMS}: paint, applied, shown)")
    with bench_server(MANY) as server:
        for program in chosen:
            figures = Figures()
            for _ in range(3):
                one_round(program, server.env, figures, presses)
            now = [figures.paint, figures.applied, figures.shown]
            then = [few[program.name].paint, few[program.name].applied, few[program.name].shown]
            cells = "".join(number(median(values), 9) for values in now)
            print(f"{program.name:14}{cells}   ({', '.join(number(median(v), 0) for v in then)})")
            found[program.name] = figures
    return found


def verbs(rounds: int) -> None:
    """The verbs of keys and status bars beside other command lines, interleaved."""
    tuimixer = str(Path(sys.executable).with_name("tuimixer"))
    band = "00. 31 Hz"
    pairs = {
        "set @output +5%": ("pulsemixer", "--change-volume", "+5"),
        "get": ("pulsemixer", "--get-volume"),
        "toggle": ("pulsemixer", "--toggle-mute"),
        "status": ("pulsemixer", "--get-volume"),
        f"set -D equal {band} 50%": ("amixer", "-D", "equal", "sset", band, "50%"),
    }
    print(f"\none command, median of {rounds}, ms\n")
    with PrivatePulse([Sink("bench_sink", "Bench")]) as pulse:
        # As an installed program, which is compiled.
        plugins = Plugins(pulse.folder, pulse)
        env = {name: value for name, value in plugins.env.items() if name != "PYTHONDONTWRITEBYTECODE"}

        def took(*argv: str) -> float:
            begin = time.perf_counter()
            subprocess.run(argv, env=env, check=True, capture_output=True)
            return (time.perf_counter() - begin) * 1000

        for ours, theirs in pairs.items():
            words = ours.replace(band, "{}").split()
            times = []
            for _ in range(rounds):
                pulse.pactl("set-sink-volume", "bench_sink", "30%")
                times.append((took(tuimixer, *(word.format(band) for word in words)), took(*theirs)))
            here, there = median([own for own, _ in times]), median([other for _, other in times])
            ratio = median([own / other for own, other in times])
            most = 3 if theirs[0] == "amixer" else 0.6
            print(
                f"tuimixer {ours:28}{number(here, 8)}   {' '.join(theirs[:2]):30}{number(there, 8)}"
                f"{number(ratio, 8)}  (at most {most})"
            )


def print_table(figures: dict[str, Figures]) -> None:
    """One row a program."""
    heads = (
        "paint",
        "least",
        "applied",
        "shown",
        "external",
        "B/step",
        "idle %",
        "B/s",
        "meter %",
        "B/s",
        "PSS MiB",
    )
    print(f"{'':14}" + "".join(f"{head:>9}" for head in heads) + "  held key (200 at 100/s)")
    for name, row in figures.items():
        values = (
            median(row.paint),
            min(row.paint, default=None),
            median(row.applied),
            median(row.shown),
            median(row.external),
            median(row.step_bytes),
            row.idle_cpu,
            row.idle_bytes,
            row.meter_cpu,
            row.meter_bytes,
            row.pss,
        )
        print(f"{name:14}" + "".join(number(value, 9) for value in values) + f"  {row.held}")


def print_limits(found: list[Limit]) -> None:
    """What tuimixer is held to, and whether this run has met it."""
    print(f"\n{'limit':48}{'measured':>10}{'at most':>10}\n")
    for limit in found:
        met = "met" if limit.value <= limit.most else "MISSED"
        print(f"{limit.what:48}{number(limit.value, 10)}{number(limit.most, 10)}  {met}")


def number(value: float | None, width: int) -> str:
    """Right-aligned, three digits that matter, `-` for none."""
    if value is None:
        return f"{'-':>{width}}"
    return f"{value:>{width}.0f}" if abs(value) >= 100 else f"{value:>{width}.2f}"


if __name__ == "__main__":
    if importlib.util.find_spec("psutil") is None or not os.environ.get("PATH"):
        sys.exit("bench: psutil is missing; run ./dev setup")
    sys.exit(main())
