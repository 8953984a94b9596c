"""`./dev bench`: tuimixer beside its peers and a bare Textual app, interleaved in one run.

Compare the rows of one table only: machines differ, and a noisy one differs from itself.
"""

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from tests.bench import endings, memory
from tests.bench.limits import Limit, limits, number, summary
from tests.bench.measure import Driver, Figures, Observer, median
from tests.bench.noise import Noise
from tests.bench.programs import Program, programs, replayed
from tests.lab.pipewire import PrivatePipeWire
from tests.lab.plugins import Plugins
from tests.lab.pulse import PrivatePulse
from tests.lab.replay.cards import ReplayedCards
from tests.lab.sound import Sink, SoundServer

STREAMS, MANY = 5, 300
CARDS = {"laptop": "hda-laptop", "matrix": "matrix"}


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument(
        "--runs", metavar="N", type=int, default=1, help="judge by the median ratios of N runs"
    )
    parser.add_argument("--quick", action="store_true", help="fewer samples")
    parser.add_argument("--pipewire", action="store_true", help="on PipeWire instead of PulseAudio")
    parser.add_argument("--only", metavar="NAME", action="append", help="only programs of this name")
    parser.add_argument("--json", action="store_true", help="print figures and limits of all runs as JSON")
    parser.add_argument("--verbs", action="store_true", help="only the command lines")
    parser.add_argument("--no-many", action="store_true", help="leave out 300 streams and 900 elements")
    parser.add_argument("--memory", metavar="SECONDS", type=float, help="only whether memory stays flat")
    parser.add_argument("--endings", action="store_true", help="only how long ends take")
    options = parser.parse_args()
    if options.memory:
        return memory.main(options.memory)
    if options.endings:
        return endings.main()
    # As installed programs, which are compiled.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    noise = Noise()
    runs = [measure(options, noise) for _ in range(options.runs)]
    if options.json:
        found = {
            "runs": [
                {
                    "figures": {name: asdict(row) for name, row in figures.items()},
                    "limits": [asdict(limit) | {"ratio": limit.ratio} for limit in held],
                }
                for figures, held in runs
            ],
            "noise": noise.verdict,
        }
        print(json.dumps(found, indent=1))
        return 0
    print()
    print("\n".join(summary([held for _, held in runs])))
    print(f"\n{noise.verdict}")
    return 0


def measure(options: argparse.Namespace, noise: Noise) -> tuple[dict[str, Figures], list[Limit]]:
    """One run: what was measured of each program, and what tuimixer is held to."""
    figures: dict[str, Figures] = {}
    many: dict[str, Figures] = {}
    cards: dict[str, Figures] = {}
    if not options.verbs:
        rounds, presses = (1, 10) if options.quick else (3, 20)
        chosen = [program for program in programs() if not options.only or program.name in options.only]
        figures = {program.name: Figures() for program in chosen}
        with bench_server(STREAMS, options.pipewire) as server:
            for _ in range(rounds):
                for program in chosen:
                    noise.sample()
                    one_round(program, server.env, figures[program.name], presses)
            for program in chosen:
                noise.sample()
                at_rest(program, server, figures[program.name], 3.0 if options.quick else 8.0)
            label = server.label
        if not options.json:
            print(f"\n{label}: {STREAMS} streams on 2 sinks, 80x24; medians in ms\n")
            print_table(figures)
        if not options.no_many:
            ours = [program for program in chosen if program.name == "tuimixer"]
            with bench_server(MANY, options.pipewire) as server:
                many = {program.name: Figures() for program in ours}
                for program in ours * 3:
                    noise.sample()
                    one_round(program, server.env, many[program.name], presses)
            cards = on_cards(presses, noise)
    return figures, [*limits(figures, many, cards), *verbs(10 if options.quick else 30, noise)]


def on_cards(presses: int, noise: Noise) -> dict[str, Figures]:
    """Paint and step on a small and on a large card, without a server."""
    found = {name: Figures() for name in CARDS}
    for _ in range(3):
        for name, table in CARDS.items():
            noise.sample()
            with tempfile.TemporaryDirectory() as folder:
                env = ReplayedCards(Path(folder), table).env | {"TERM": "xterm-256color"}
                driver = Driver(replayed(), env, None)
                try:
                    found[name].paint.append(driver.paint)
                    driver.calibrate()
                    for index in range(presses):
                        driver.press(b"h" if index % 2 == 0 else b"l", found[name])
                finally:
                    driver.close()
    return found


class bench_server:  # noqa: N801  (a context manager, used as a function)
    """A private server with players of silence, and a second command to make their loudness move."""

    def __init__(self, streams: int, pipewire: bool = False) -> None:
        self._streams = streams
        self._kind = PrivatePipeWire if pipewire else PrivatePulse
        self._stack = ExitStack()

    def __enter__(self) -> "bench_server":
        sinks = 2 if self._streams < 50 else 4
        names = [f"bench_sink_{n}" for n in range(sinks)]
        self.pulse: SoundServer = self._stack.enter_context(self._kind([Sink(name, name) for name in names]))
        info = self.pulse.pactl("info")
        self.label = next(line for line in info.splitlines() if line.startswith("Server Name")).split(": ")[1]
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
        """A tone of varying loudness, or silence."""
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
            driver.session.drain(4)  # until meters of silence have come to rest
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


def verbs(rounds: int, noise: Noise) -> list[Limit]:
    """The verbs for keys and status bars compared with other command lines, interleaved."""
    tuimixer = str(Path(sys.executable).with_name("tuimixer"))
    band = "00. 31 Hz"
    pairs = {
        "set @output +5%": ("pulsemixer", "--change-volume", "+5"),
        "get": ("pulsemixer", "--get-volume"),
        "toggle": ("pulsemixer", "--toggle-mute"),
        "status": ("pulsemixer", "--get-volume"),
        f"set -D equal {band} 50%": ("amixer", "-D", "equal", "sset", band, "50%"),
    }
    found = []
    with PrivatePulse([Sink("bench_sink", "Bench")]) as pulse:
        env = Plugins(pulse.folder, pulse).env

        def took(*argv: str) -> float:
            begin = time.perf_counter()
            subprocess.run(argv, env=env, check=True, capture_output=True)
            return (time.perf_counter() - begin) * 1000

        for ours, theirs in pairs.items():
            noise.sample()
            words = ours.replace(band, "{}").split()
            times = []
            for _ in range(rounds):
                pulse.pactl("set-sink-volume", "bench_sink", "30%")
                times.append((took(tuimixer, *(word.format(band) for word in words)), took(*theirs)))
            here, there = median([own for own, _ in times]), median([other for _, other in times])
            assert here is not None
            assert there is not None
            found.append(Limit(f"{ours} ({theirs[0]})", here, there, 3.0 if theirs[0] == "amixer" else 0.6))
    return found


def print_table(figures: dict[str, Figures]) -> None:
    """One row per program."""
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


if __name__ == "__main__":
    if importlib.util.find_spec("psutil") is None or not os.environ.get("PATH"):
        sys.exit("bench: psutil is missing; run ./dev setup")
    sys.exit(main())
