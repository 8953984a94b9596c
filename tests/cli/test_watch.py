"""`watch` and `status --follow`: a line for each change, through a server's restart, and a quiet end."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.cli.follower import Follower
from tests.cli.program import COMMAND
from tests.lab.pulse import PrivatePulse
from tests.lab.waiting import DEADLINE, wait_until

pytestmark = pytest.mark.pulse


@pytest.fixture
def follow(pulse: PrivatePulse) -> Iterator[Callable[..., Follower]]:
    started: list[Follower] = []

    def start(*words: str) -> Follower:
        started.append(Follower(pulse.env, *words))
        return started[-1]

    yield start
    for follower in started:
        follower.process.kill()
        follower.process.wait()


def test_changes_with_old_and_new(pulse: PrivatePulse, follow: Callable[..., Follower]) -> None:
    watch = follow("watch", "speakers", "--json")
    watch.provoke(partial(pulse.pactl, "set-sink-volume", "speakers"))
    pulse.pactl("set-sink-volume", "headphones", "17%")
    pulse.pactl("set-sink-mute", "speakers", "1")
    change: dict[str, Any] = json.loads(watch.until(lambda line: '"muted"' in line))
    assert abs(datetime.fromisoformat(change.pop("time")).timestamp() - time.time()) < DEADLINE
    assert change == {
        "layer": "pulse",
        "id": "pulse:sink/speakers",
        "kind": "sink",
        "name": "Speakers",
        "what": "muted",
        "old": False,
        "new": True,
    }
    assert watch.end(signal.SIGINT) == (0, "")


def test_text_and_restart(pulse: PrivatePulse, follow: Callable[..., Follower]) -> None:
    watch = follow("watch")
    watch.provoke(partial(pulse.pactl, "set-sink-volume", "speakers"))
    pulse.play("mpv", silent=True, volume=55)
    watch.until(lambda line: "added - -> " in line and line.endswith(" mpv"))
    pulse.stop_players()
    watch.until(lambda line: "removed" in line)
    pulse.restart()
    watch.until(lambda line: " pulse ready -> unavailable" in line)
    watch.until(lambda line: " pulse unavailable -> ready" in line)
    pulse.pactl("set-sink-volume", "speakers", "33%")
    assert "-> 33% Speakers" in watch.until(
        lambda line: "pulse:sink/speakers volume" in line and "33%" in line
    )
    assert watch.end(signal.SIGTERM) == (0, "")


def test_a_closed_pipe_ends_it_at_once(pulse: PrivatePulse) -> None:
    read, write = os.pipe()
    watch = subprocess.Popen(
        [*COMMAND, "watch"], env=pulse.env, stdout=write, stderr=subprocess.PIPE, text=True
    )
    os.close(write)
    os.close(read)
    assert watch.communicate(timeout=DEADLINE)[1] == ""
    assert watch.returncode == 0


def test_status_follows(pulse: PrivatePulse, follow: Callable[..., Follower]) -> None:
    pulse.pactl("set-sink-volume", "speakers", "21%")
    status = follow("status", "--follow")
    status.until(lambda line: line == "21%")
    pulse.pactl("set-sink-volume", "speakers", "22%")
    status.until(lambda line: line == "22%")
    pulse.pactl("set-sink-mute", "speakers", "1")
    status.until(lambda line: line == "muted")
    pulse.kill()
    status.until(lambda line: line == "-")
    pulse.start()
    status.until(lambda line: line.endswith("%") or line == "muted")
    assert status.end(signal.SIGTERM) == (0, "")


def test_nothing_is_left_running(pulse: PrivatePulse, follow: Callable[..., Follower]) -> None:
    watch = follow("watch")
    watch.provoke(partial(pulse.pactl, "set-sink-volume", "speakers"))
    children = Path(f"/proc/{watch.process.pid}/task/{watch.process.pid}/children")
    engines = children.read_text().split()
    assert engines
    watch.end(signal.SIGTERM)
    wait_until(lambda: not any(os.path.exists(f"/proc/{pid}") for pid in engines), "the engine to end")
