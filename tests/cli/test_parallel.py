"""A held key: many simultaneous verbs lose no step, exceed no cap, and leave no lock behind when killed."""

import fcntl
import os
import random
import signal
import subprocess
import time

import pytest

from tests.cli.program import COMMAND, at_once, run
from tests.lab.plugins import Plugins
from tests.lab.pulse import PrivatePulse
from tests.lab.waiting import DEADLINE

pytestmark = pytest.mark.plugins


def test_on_a_sink(pulse: PrivatePulse) -> None:
    pulse.pactl("set-sink-volume", "speakers", "20%", "10%")
    assert at_once(["set", "+1%"], pulse.env) == {""}
    speakers = next(sink for sink in pulse.pactl_json("sinks") if sink["name"] == "speakers")
    assert [channel["value_percent"] for channel in speakers["volume"].values()] == ["70%", "35%"]


def test_a_hundred_more_than_the_server_takes_at_a_time(pulse: PrivatePulse) -> None:
    """PulseAudio drops connections above 64, and all of them wait for one lock."""
    pulse.pactl("set-sink-volume", "speakers", "0%")
    at_once(["set", "+1%"], pulse.env, 100)
    speakers = next(sink for sink in pulse.pactl_json("sinks") if sink["name"] == "speakers")
    assert {channel["value_percent"] for channel in speakers["volume"].values()} == {"100%"}


def test_on_a_stream(pulse: PrivatePulse) -> None:
    player = pulse.play("mpv", volume=90, silent=True)
    assert at_once(["set", "mpv", "-1%"], pulse.env) == {""}
    assert set(pulse.percents("sink-inputs", player.index)) == {40}


def test_on_an_alsa_control(plugins: Plugins) -> None:
    control = "equal/00. 31 Hz"
    assert run("set", "-D", "equal", control, "20%", env=plugins.env).status == 0
    assert at_once(["set", "-D", "equal", control, "+1%"], plugins.env) == {""}
    read = subprocess.run(
        ["amixer", "-D", "equal", "sget", "00. 31 Hz"],
        env=plugins.env,
        capture_output=True,
        text=True,
        check=True,
    )
    assert read.stdout.count("[70%]") == 2, read.stdout


def test_never_over_the_cap(pulse: PrivatePulse) -> None:
    pulse.pactl("set-sink-volume", "speakers", "98%")
    told = at_once(["set", "+1%"], pulse.env, 8)
    assert told == {"", "tuimixer: Speakers is limited by its cap of 100 %.\n"}
    assert " 100% " in pulse.pactl("get-sink-volume", "speakers")


def test_killed_at_random_moments(pulse: PrivatePulse) -> None:
    chance = random.Random(1)
    began = time.monotonic()
    assert run("set", "50%", env=pulse.env).status == 0
    whole = time.monotonic() - began
    for number in range(24):
        how = signal.SIGKILL if number % 2 else signal.SIGINT
        process = subprocess.Popen(
            [*COMMAND, "set", "+1%"],
            env=pulse.env,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        time.sleep(chance.uniform(0.0, whole))
        process.send_signal(how)
        _, errors = process.communicate(timeout=DEADLINE)
        assert "tuimixer:" not in errors
    folder = os.open(pulse.runtime / "tuimixer", os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(folder)
    assert run("set", "30%", env=pulse.env).status == 0
    assert " 30% " in pulse.pactl("get-sink-volume", "speakers")


def test_what_the_bottom_would_lose_comes_back(pulse: PrivatePulse) -> None:
    """Left and right keep their ratio through silence, from one process to the next."""
    pulse.pactl("set-sink-volume", "speakers", "40%", "20%")
    for value in ("0%", "+10%", "+10%", "+20%"):
        assert run("set", value, env=pulse.env).status == 0
    speakers = next(sink for sink in pulse.pactl_json("sinks") if sink["name"] == "speakers")
    assert [channel["value_percent"] for channel in speakers["volume"].values()] == ["40%", "20%"]
