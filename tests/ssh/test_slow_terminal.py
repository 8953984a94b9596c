"""tuimixer on the far side of a line with 200 ms round trip and 9600 bytes a second."""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab import slow_terminal
from tests.lab.terminal import Terminal
from tests.pty.person import Person

pytestmark = pytest.mark.ssh

RATE = 9600
DELAY = 0.1
LINE = (sys.executable, str(Path(slow_terminal.__file__)), str(RATE), str(DELAY))
PROGRAM = """
import sys
from tuimixer.backend.demo import simulated
from tuimixer.cli.main import main
simulated.SCRIPT = ((3600.0, (), ()),)
sys.exit(main())
"""
"""The simulated machine, whose meters move all the time; no stream comes or goes meanwhile."""
MOST_QUEUED = 1000
"""Bytes between a key and its effect: what such a line holds for 0.1 s."""


@pytest.fixture(params=["over ssh", "not known to be slow"])
def person(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Person]:
    """A user at the near end of the line; the program learns about ssh from its variables, or on its own."""
    config = tmp_path / "config.toml"
    config.write_text('[meters]\nshow = "on"\nrate = 60\n')
    ssh = {"SSH_CONNECTION": "192.0.2.1 1 192.0.2.2 22"} if request.param == "over ssh" else {}
    env = {name: value for name, value in os.environ.items() if not name.startswith("SSH_")} | ssh
    words = ("--demo", "--layout", "rows", "--config", str(config))
    program = (*LINE, sys.executable, "-c", PROGRAM)
    with Person(env, *words, columns=160, lines=40, program=program) as person:
        person.sees("Firefox", "Master")
        choose(person, "Firefox")
        print(f"until it can be used: {person.terminal.received} bytes")
        yield person


def choose(person: Person, name: str) -> None:
    """Go to a control; its mark is visible some time after the key."""
    while (marked := _marked(person)) != name:
        person.press("Down")
        before = {"", marked}
        person.waits_for(lambda before=before: {_marked(person)} - before, "the mark to move")  # type: ignore[misc]


def _marked(person: Person) -> str:
    """The name at the cursor; the mark of the fader below a name may remain for a moment."""
    lines = person.terminal.lines()
    line = next((line for line in lines if line.startswith("▌") and line[1:2] not in tuple("▀▄╱· ")), "")
    return line[1:].partition("  ")[0]


def rate_of(terminal: Terminal, seconds: float) -> float:
    """Bytes per second that arrive."""
    before, start = terminal.received, time.monotonic()
    time.sleep(seconds)  # nothing is waited for: this is the length of the measurement
    return (terminal.received - before) / (time.monotonic() - start)


def test_keys_are_not_queued_behind_meters(person: Person) -> None:
    terminal = person.terminal
    meters = rate_of(terminal, 4.0)
    first = person.percent("Firefox")
    assert first
    queued, delays = [], []
    for percent in range(first - 1, first - 21, -1):
        before, start = terminal.received, time.monotonic()
        person.press("Left")
        person.sees_percent("Firefox", percent)
        queued.append(terminal.received - before)
        delays.append(1000 * (time.monotonic() - start))
    print(f"meters: {meters:.0f} of {RATE} bytes/s; bytes between key and change: {sorted(queued)}")
    print(f"delays in ms: median {sorted(delays)[10]:.0f}, most {max(delays):.0f}")
    # The meters are live, and leave bandwidth for keys.
    assert 0 < meters < RATE / 2
    assert max(queued) < MOST_QUEUED


def test_a_held_key_ends_on_the_right_value(person: Person) -> None:
    person.press("0")
    person.sees_percent("Firefox", 0)
    before, start = person.terminal.received, time.monotonic()
    for _ in range(60):
        person.press("Right")
        time.sleep(1 / 30)  # as a held key repeats
    held = time.monotonic() - start
    person.sees_percent("Firefox", 60)
    after = 1000 * (time.monotonic() - start - held)
    sent = person.terminal.received - before
    print(f"60 steps in {held:.1f} s: {sent} bytes; the last one was seen {after:.0f} ms after the key")
    # Nothing follows that would change it.
    assert rate_of(person.terminal, 1.0) < RATE
    assert person.percent("Firefox") == 60
    assert sent < RATE * (held + 1)
