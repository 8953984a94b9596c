"""The measurements: one program, one server, everything seen from outside."""

import math
import re
import statistics
import threading
import time
from dataclasses import dataclass, field

import pulsectl

from tests.bench.programs import Program
from tests.bench.session import Session

START = 0.40
_NUMBER = re.compile(r"\d{1,3}")


class Observer:
    """Another client of the server: records when a volume changes, and changes one as another
    program would.
    """

    def __init__(self, server: str) -> None:
        self.times: list[float] = []
        self.pulse = pulsectl.Pulse("bench-actor", server=server)
        self._listener = pulsectl.Pulse("bench-observer", server=server)
        self._listener.event_mask_set("sink", "sink_input")
        self._listener.event_callback_set(self._note)
        self._thread = threading.Thread(target=self._listener.event_listen, daemon=True)
        self._thread.start()

    def _note(self, event: object) -> None:
        if getattr(event, "t", None) == "change":
            self.times.append(time.perf_counter())

    def volumes(self) -> dict[tuple[str, int], float]:
        """Volume of every sink and sink input."""
        found = {("sink", sink.index): sink.volume.values[0] for sink in self.pulse.sink_list()}
        return found | {("sink_input", s.index): s.volume.values[0] for s in self.pulse.sink_input_list()}

    def set(self, target: tuple[str, int], volume: float) -> float:
        """Change a volume; returns the time just before."""
        kind, index = target
        put = self.pulse.sink_volume_set if kind == "sink" else self.pulse.sink_input_volume_set
        now = time.perf_counter()
        put(index, pulsectl.PulseVolumeInfo([volume, volume]))
        return now

    def reset(self) -> None:
        """Reset every volume."""
        for target in self.volumes():
            self.set(target, START)

    def close(self) -> None:
        """Disconnect from the server."""
        self._listener.event_listen_stop()
        self._thread.join(2)
        self._listener.close()
        self.pulse.close()


@dataclass(slots=True)
class Figures:
    """The measurements of one program; times in milliseconds."""

    paint: list[float] = field(default_factory=list)
    applied: list[float] = field(default_factory=list)
    shown: list[float] = field(default_factory=list)
    external: list[float] = field(default_factory=list)
    step_bytes: list[float] = field(default_factory=list)
    held: str = ""
    held_late: float | None = None
    """Milliseconds from the last press of a held key to the right number; infinite if it never appeared."""
    idle_cpu: float | None = None
    idle_bytes: float | None = None
    meter_cpu: float | None = None
    meter_bytes: float | None = None
    pss: float | None = None


class Driver:
    """One running program and the volume it controls."""

    def __init__(
        self, program: Program, env: dict[str, str], observer: Observer | None, lines: int = 24
    ) -> None:
        self.program = program
        self.observer = observer if program.audio else None
        self.session = Session(list(program.argv), env, 80, lines)
        ready = re.compile(program.ready)
        seen = self.session.until(lambda: bool(ready.search("\n".join(self.session.text()))), 30)
        if seen is None:
            text = "\n".join(line.rstrip() for line in self.session.text() if line.strip())
            self.session.close()
            raise RuntimeError(f"{program.name} never showed /{program.ready}/:\n{text}")
        self.paint = (seen - self.session.started) * 1000
        self.target: tuple[str, int] | None = None
        self._spot: tuple[int, int] | None = None

    def calibrate(self) -> None:
        """Press up once: find out which volume moves and where its number is."""
        session = self.session
        session.quiet(0.3)
        for key in self.program.init:
            session.send(key)
            session.quiet()
        before, volumes = session.text(), self.observer.volumes() if self.observer else {}
        session.send(self.program.up)
        # The first number that changes: others, which show the same volume, may follow.
        session.until(lambda: self._find(before), 2)
        session.quiet(0.2)
        if self.observer:
            moved = [
                t
                for t, volume in self.observer.volumes().items()
                if abs(volume - volumes.get(t, volume)) > 1e-4
            ]
            self.target = moved[0] if moved else None
        session.send(self.program.down)
        session.quiet(0.2)

    def _find(self, before: list[str]) -> bool:
        """Find a number that is a little higher or lower than before."""
        for row, (old, new) in enumerate(zip(before, self.session.text(), strict=True)):
            for number in _NUMBER.finditer(new):
                was = _NUMBER.match(old, number.start())
                if (
                    was
                    and was.group() != number.group()
                    and abs(int(was.group()) - int(number.group())) <= 10
                ):
                    self._spot = (row, number.end())
                    return True
        return False

    def number(self) -> int | None:
        """The number on the screen that follows the volume."""
        if self._spot is None:
            return None
        row, end = self._spot
        line = self.session.text()[row]
        for number in _NUMBER.finditer(line):
            if abs(number.end() - end) <= 1:
                return int(number.group())
        return None

    def press(self, key: bytes, figures: Figures) -> None:
        """One step: when it was applied and displayed, and its bytes."""
        session = self.session
        session.quiet(0.05)
        before, bytes_before = self.number(), session.bytes
        noted = len(self.observer.times) if self.observer else 0
        at = session.send(key)
        shown = session.until(lambda: self.number() != before, 2)
        if shown is not None:
            figures.shown.append((shown - at) * 1000)
        session.quiet(0.08)
        if self.observer and len(self.observer.times) > noted:
            figures.applied.append((self.observer.times[noted] - at) * 1000)
        figures.step_bytes.append(session.bytes - bytes_before)

    def outside(self, volume: float, figures: Figures) -> None:
        """Measure how soon another client's change is displayed."""
        if self.observer is None or self.target is None:
            return
        self.session.quiet(0.05)
        at = self.observer.set(self.target, volume)
        shown = self.session.until(lambda: self.number() == round(volume * 100), 2)
        if shown is not None:
            figures.external.append((shown - at) * 1000)

    def hold(self, figures: Figures, presses: int = 200, rate: float = 100.0) -> None:
        """A held key: up and down within the range; whether it ends right, and how late it is displayed."""
        if self.observer is None or self.target is None:
            return
        self.observer.set(self.target, START)
        self.session.quiet(0.2)
        moves = [1 if index % 60 < 30 else -1 for index in range(presses)]
        begin = time.perf_counter()
        wanted = round(START * 100) + sum(moves)
        last = begin
        for index, move in enumerate(moves):
            while (left := begin + index / rate - time.perf_counter()) > 0:
                self.session.pump(left)
            last = self.session.send(self.program.up if move > 0 else self.program.down)
        shown = self.session.until(lambda: self.number() == wanted, 5)
        self.session.quiet(0.3)
        volume = round(self.observer.volumes()[self.target] * 100)
        figures.held_late = math.inf if shown is None else max(0.0, (shown - last) * 1000)
        late = "never" if shown is None else f"{figures.held_late:.0f} ms"
        right = (
            "right"
            if volume == wanted == self.number()
            else f"wrong ({volume}, {self.number()} for {wanted})"
        )
        figures.held = f"{right}, {late}"

    def rest(self, seconds: float) -> tuple[float, float]:
        """CPU (percent of a core) and bytes per second while no key is pressed."""
        self.session.parse = False
        cpu, written, begin = self.session.cpu_seconds(), self.session.bytes, time.perf_counter()
        self.session.drain(seconds)
        spent = time.perf_counter() - begin
        self.session.parse = True
        return (self.session.cpu_seconds() - cpu) / spent * 100, (self.session.bytes - written) / spent

    def close(self) -> None:
        """End the program."""
        self.session.close()


def median(values: list[float]) -> float | None:
    """The median; None for no values."""
    return statistics.median(values) if values else None
