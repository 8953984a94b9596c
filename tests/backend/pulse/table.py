"""The table of what a mixer shows and does × the servers, filled by the tests that carry a row's name.

A test names its rows with `@pytest.mark.feature("stream volume", …)`; what a server does not support is
reported by the fixture `lacks`, with the server's own response. The table is printed at the end of a run.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

ANYWHERE = (
    "stream volume",
    "stream: one channel, and all with their ratio",
    "stream balance",
    "stream mute",
    "stream: move, its level kept",
    "stream: follow the default",
    "stream: end it",
    "stream: corked",
    "stream: where it plays",
    "stream: application and title",
    "recording stream: volume, move, end",
    "system sounds",
    "volumes of what is not running",
    "device volume and mute",
    "device over 100 %",
    "device: base volume",
    "default output and input",
    "monitors told from inputs",
    "suspend and resume",
    "passthrough formats",
    "null sink",
    "combined sink",
    "remapped sink",
    "loopback",
    "surround, and as many channels as there can be",
    "Bluetooth codec",
    "meters of stream, output and input",
    "meters: rate",
    "meters off are no load",
    "meter streams of ours and of others hidden",
    "virtual streams told from applications",
    "names of devices, streams and the nameless",
    "streams of 50 ms",
    "300 streams",
    "no device and no default",
    "server gone and back",
)
"""Rows that need no card."""

ON_CARDS = (
    "card profile, with what is available",
    "card off",
    "port, plugged or not",
    "latency offset",
    "hardware volume",
    "move between cards and back",
    "default card",
    "card pulled while a stream plays on it",
    "hardware devices told from virtual",
)
"""Rows that need real cards."""

Lacks = Callable[[str, str], None]
"""Called with a row and the server's own response; see the fixture `lacks`."""

SERVERS = ("PulseAudio", "PipeWire")
WORKS, LACKS, FAILED = "works", "lacks", "FAILED"
_WORSE = (WORKS, LACKS, FAILED)


@dataclass
class Table:
    """What each server was shown to support."""

    cells: dict[tuple[str, str], str] = field(default_factory=dict)
    """By row and server."""
    answers: dict[tuple[str, str], str] = field(default_factory=dict)
    """What a server responded if it does not support something."""

    def add(self, rows: Iterable[str], server: str, passed: bool, answers: Sequence[tuple[str, str]]) -> None:
        """A test has ended; `answers` are the rows that the server lacks, each with what it said."""
        lacking = dict(answers)
        for row in rows:
            outcome = FAILED if not passed else LACKS if row in lacking else WORKS
            key = (row, server)
            self.cells[key] = max(self.cells.get(key, WORKS), outcome, key=_WORSE.index)
            if outcome == LACKS:
                self.answers[key] = lacking[row]

    def lines(self) -> list[str]:
        """The rows that were run, what the servers lack, and the counts."""
        ran = [
            row for row in (*ANYWHERE, *ON_CARDS) if any((row, server) in self.cells for server in SERVERS)
        ]
        servers = [server for server in SERVERS if any(key[1] == server for key in self.cells)]
        lines = [f"{'':<46}" + "".join(f"  {server:<10}" for server in servers)]
        for row in ran:
            cells = (self.cells.get((row, server), "not run") for server in servers)
            lines.append((f"{row:<46}" + "".join(f"  {cell:<10}" for cell in cells)).rstrip())
        lines += [f"{server} lacks {row!r}: {answer}" for (row, server), answer in self.answers.items()]
        for server in servers:
            outcomes = [outcome for key, outcome in self.cells.items() if key[1] == server]
            counts = ", ".join(f"{outcomes.count(outcome)} {outcome}" for outcome in _WORSE)
            lines.append(f"{server}: {counts}, of {len(outcomes)} rows")
        return lines
