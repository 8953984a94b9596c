"""The attacks on the screen: each lasts for some seconds and counts what it does in its tally.

The seconds are those of an idle machine: they determine the number of actions, so that a seed leads to the
same actions on every machine.
"""

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random

from tests.chaos import hostile
from tests.chaos.monkey import Monkey
from tests.chaos.tally import Tally
from tests.chaos.victim import NASTY, Victim, end_somehow
from tests.lab.pipewire import PrivatePipeWire
from tests.lab.sound import SoundServer

_PACE = 0.012
"""Seconds between two actions: faster than any user, slow enough for each to be displayed."""
_ACTS = 60
"""Approximate number of actions per second."""
_CHECK = 400
"""Actions between two checks whether the program still paints."""
_REST = 5
"""Every how many of these checks it must also come to rest and take keys."""
_SAMPLE = 2.0
KEYS = '[keys]\nquit = ["ctrl+q"]\nback = []\n'
"""Escape and the like do not quit, so that a process lives long enough for its memory to be judged."""
_PLAYERS = 12


def _environment(folder: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "PULSE_"))}
    kept.pop("DISPLAY", None)
    (folder / "keys.toml").write_text(KEYS)
    return kept | {"HOME": str(folder), "LC_ALL": "C.UTF-8"} | more


class Run:
    """The remaining actions, restarting the program if it has exited."""

    def __init__(self, tally: Tally, seconds: float) -> None:
        self.random = Random(tally.seed)
        self.tally = tally
        self._left = round(seconds * _ACTS)

    @property
    def going(self) -> bool:
        return self._left > 0

    def spend(self, seconds: float) -> None:
        """Count something that takes as long as several actions."""
        self._left -= round(seconds * _ACTS)

    def live(
        self,
        env: Mapping[str, str],
        words: list[str],
        seconds: float,
        disturb: Callable[[Victim], None] = lambda _: None,
        lasting: bool = False,
    ) -> None:
        """One run of the program of at most this many seconds: actions, disturbances between them, and an
        end.
        """
        self.spend(1)  # to start
        keyed = "--config" in words  # otherwise, the keys with which it is checked would quit
        monkey = Monkey(self.random, self.tally, lasting)
        with Victim(self.tally, env, *words) as victim:
            if not victim.starts():
                if not victim.running:
                    self.tally.find(f"ended with status {victim.process.returncode} at its start")
                return
            self.tally.events["starts"] += 1
            if lasting:
                monkey.visit(victim)
            acts, sampled, well = 0, 0.0, True
            while well and self.going and victim.running and acts < seconds * _ACTS:
                monkey.act(victim)
                acts += 1
                self._left -= 1
                victim.resume()
                disturb(victim)
                if time.monotonic() - sampled > _SAMPLE:
                    victim.measure()
                    sampled = time.monotonic()
                if acts % _CHECK == 0:
                    well = victim.answers()
                if well and acts % (_CHECK * _REST) == 0:
                    well = victim.rests() and (not keyed or victim.listens())
                time.sleep(_PACE)
            if not victim.running:
                victim.ended_well(0)
                self.tally.events["quits by itself"] += 1
                return
            if well and victim.answers() and (not keyed or victim.listens()):
                end_somehow(victim, self.random.randrange(4), self.tally)


def demo(tally: Tally, seconds: float) -> None:
    """Random input on the simulated machine, whose streams come and go and whose meters move."""
    run = Run(tally, seconds)
    with tempfile.TemporaryDirectory(prefix="tuimixer-chaos-") as name:
        env = _environment(Path(name))
        while run.going:
            life = run.random.choice([3, 10, seconds])
            words = ["--demo", "--layout", run.random.choice(["columns", "rows", "auto"])]
            words += ["--config", f"{name}/keys.toml"] if run.random.random() < 0.8 else []
            run.live(env, words, life)


def starts(tally: Tally, seconds: float) -> None:
    """Exits in the first moments, while the terminal is being taken."""
    run = Run(tally, seconds)
    with tempfile.TemporaryDirectory(prefix="tuimixer-chaos-") as name:
        env = _environment(Path(name))
        while run.going:
            # Not SIGINT: Python prints its own traceback for that while it starts.
            number = run.random.choice([signal.SIGTERM, signal.SIGHUP])
            with Victim(tally, env, "--demo") as victim:
                # Not waiting for anything: any moment of the start will do.
                time.sleep(run.random.uniform(0, 1.2))
                if run.random.random() < 0.3:
                    victim.send(b"x" * 50)
                victim.signal(number)
                victim.ended_well(128 + number, -number)
                tally.events["early ends"] += 1
            run.spend(1)


def deaths(kind: type[SoundServer], tally: Tally, seconds: float) -> None:
    """Random input while streams with hostile names come and go, and server and engine are killed."""
    _live(kind, tally, seconds, deaths=True)


def churn(kind: type[SoundServer], tally: Tally, seconds: float) -> None:
    """The same without killing, in one process for as long as possible, whose memory must not grow."""
    _live(kind, tally, seconds, deaths=False)


def _live(kind: type[SoundServer], tally: Tally, seconds: float, deaths: bool) -> None:
    run = Run(tally, seconds)
    with kind() as box:
        weather = _Weather(box, run, deaths)
        (box.folder / "keys.toml").write_text(KEYS)
        words = ["--config", str(box.folder / "keys.toml")]
        try:
            while run.going:
                life = run.random.choice([10, 30, seconds]) if deaths else seconds
                run.live(box.env, words, life, weather.disturb, lasting=not deaths)
        finally:
            weather.clear()


class _Weather:
    """Streams that come and go, and killing."""

    def __init__(self, server: SoundServer, run: Run, deaths: bool) -> None:
        self._server, self._run, self._deaths = server, run, deaths
        self._players: list[subprocess.Popen[bytes]] = []
        self._stopped: list[tuple[float, int]] = []
        self._repair = 0.0
        """When to restart the server; 0 while nothing is wrong with it."""

    def disturb(self, victim: Victim) -> None:
        """Occasionally do something to the program's surroundings."""
        random, tally = self._run.random, self._run.tally
        for at, pid in list(self._stopped):
            if time.monotonic() > at:
                self._stopped.remove((at, pid))
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)
        chance = random.random()
        if chance < 0.06:
            self._churn()
        elif not self._deaths:
            return
        elif chance < 0.064:
            for engine in victim.engines():
                number = random.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGSTOP])
                with contextlib.suppress(ProcessLookupError):
                    os.kill(engine, number)
                if number is signal.SIGSTOP:
                    self._stopped.append((time.monotonic() + random.uniform(0.5, 8), engine))
                tally.survived["engine kills" if number is signal.SIGKILL else "engine stops"] += 1
        elif chance < 0.0655:
            self._kill_server()
        if self._repair and time.monotonic() > self._repair:
            self._repair = 0.0
            self._kill_players()
            self._restart()

    def _kill_server(self) -> None:
        """Kill the server, or a part of PipeWire; it is restarted after a while."""
        random, server = self._run.random, self._server
        kills: dict[str, Callable[[], None]] = {"server": server.kill}
        if isinstance(server, PrivatePipeWire) and not self._repair:
            kills["session manager"] = server.kill_session_manager
            kills["Pulse server"] = server.kill_pulse_server
        what = random.choice(list(kills))
        kills[what]()
        self._repair = time.monotonic() + random.choice([0, 0, 1, 5])
        self._run.tally.survived[f"{what} kills"] += 1

    def _restart(self) -> None:
        """Start the whole server; a loaded machine may be too slow for that, and then it is tried again
        later.
        """
        try:
            self._server.restart()
        except TimeoutError:
            self._run.tally.events["server starts that took too long"] += 1
            self._repair = time.monotonic()

    def clear(self) -> None:
        """End everything that was started."""
        for _, pid in self._stopped:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
        self._kill_players()

    def _churn(self) -> None:
        random = self._run.random
        if self._players and (len(self._players) >= _PLAYERS or random.random() < 0.4):
            gone = self._players.pop(random.randrange(len(self._players)))
            gone.kill()
            gone.wait()
        else:
            name = random.choice(NASTY).replace("\0", "")
            command = ["pacat", "--playback", f"--client-name={name}", f"--stream-name={name}", "/dev/zero"]
            command += [
                f"--device={random.choice(self._server.sinks).name}",
                f"--volume={random.randrange(70000)}",
            ]
            self._players.append(
                subprocess.Popen(
                    command, env=self._server.env, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL
                )
            )
        self._run.tally.events["streams"] += 1

    def _kill_players(self) -> None:
        for player in self._players:
            player.kill()
            player.wait()
        self._players.clear()


def far(tally: Tally, seconds: float) -> None:
    """A malicious far end behind `--host`."""
    run = Run(tally, seconds)
    with tempfile.TemporaryDirectory(prefix="tuimixer-chaos-") as name:
        folder = Path(name)
        while run.going:
            env = _environment(folder, **hostile.install(folder / "bin", run.random.randrange(1 << 30)))
            life = run.random.choice([10, 40])
            words = ["--host", "hostile", "--config", f"{name}/keys.toml"]
            run.live(env, words, life)
            tally.survived["hostile far ends"] += 1
