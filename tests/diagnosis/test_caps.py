"""`doctor --fix` observes the configured caps and the lock for changes."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lab.pulse import PrivatePulse

pytestmark = pytest.mark.pulse


def doctor(pulse: PrivatePulse, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tuimixer", "doctor", *arguments],
        env=pulse.env,
        capture_output=True,
        text=True,
        timeout=60,
    )


def percent(pulse: PrivatePulse) -> int:
    return pulse.percents(
        "sinks", next(s["index"] for s in pulse.pactl_json("sinks") if s["name"] == "speakers")
    )[0]


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ("", 50),
        ("max.verbs = 30", 30),
        ("max.devices.speakers = 30", 30),
        ("max.devices.headphones = 30", 50),
    ],
)
def test_a_silent_output_is_raised_up_to_the_cap(
    config: str, expected: int, pulse: PrivatePulse, tmp_path: Path
) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f"{config}\n")
    pulse.pactl("set-sink-volume", "speakers", "0%")
    done = doctor(pulse, "--fix", "1", "-f", str(file))
    assert done.returncode == 0, done
    assert percent(pulse) == expected
    assert f"Done: Set Speakers to {expected} %.\n" in done.stdout
    assert done.stderr == ("" if expected == 50 else "tuimixer: Speakers is limited by its cap of 30 %.\n")


def test_what_the_cap_prevents_is_not_done(pulse: PrivatePulse, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("max.verbs = 1\n")
    pulse.pactl("set-sink-volume", "speakers", "1%")
    done = doctor(pulse, "--fix", "all", "-f", str(file))
    assert done.returncode == 1
    assert done.stdout.endswith("Not done: Set Speakers to 50 %.\n")
    assert done.stderr == "tuimixer: Speakers is limited by its cap of 1 %.\n"
    assert percent(pulse) == 1


def test_it_waits_for_its_turn(pulse: PrivatePulse) -> None:
    pulse.pactl("set-sink-volume", "speakers", "0%")
    subprocess.run(
        [sys.executable, "-m", "tuimixer", "set", "headphones", "50%"], env=pulse.env, check=True, timeout=60
    )
    folder = os.open(pulse.runtime / "tuimixer", os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        done = doctor(pulse, "--fix", "1")
    finally:
        os.close(folder)
    assert done.returncode == 3
    assert (
        done.stderr == "tuimixer: another tuimixer process has been changing a volume for over 2 seconds.\n"
    )
    assert percent(pulse) == 0
    assert doctor(pulse, "--fix", "1").returncode == 0
    assert percent(pulse) == 50
