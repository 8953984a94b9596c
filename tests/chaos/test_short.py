"""A short run of each attack with a fixed seed, and that the attacks find what they look for."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.chaos.__main__ import ATTACKS
from tests.chaos.attacks import KEYS, Run
from tests.chaos.tally import Memory, Tally
from tests.chaos.victim import MARK, Victim, end_somehow
from tests.lab.waiting import DEADLINE

SECONDS = {
    "deaths": 5.0,
    "deaths-pipewire": 8.0,
    "churn": 3.0,
    "churn-pipewire": 3.0,
    "demo": 4.0,
    "far": 4.0,
    "starts": 4.0,
}
SEED = 20261128


@pytest.mark.pty
@pytest.mark.parametrize("attack", SECONDS)
def test_a_short_attack_finds_nothing(attack: str) -> None:
    tally = Tally(attack, SEED)
    ATTACKS[attack][1](tally, SECONDS[attack])
    assert tally.events.total() > 0, tally.lines()
    assert tally.findings == []


@pytest.mark.unit
def test_random_command_lines_end_as_documented() -> None:
    command = [sys.executable, "-m", "tests.chaos.command_lines", "6", str(SEED)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    result = json.loads(done.stdout.splitlines()[-1])
    assert sum(result["statuses"].values()) > 0
    assert result["found"] == []


_START = "import sys, tty, time, os, termios; "
_TAKEN = "tty.setraw(0); sys.stdout.write('\\x1b[?1049h\\x1b[?25l' + 'x' * 2000); sys.stdout.flush(); "
FAULTS = {
    "a traceback": (_START + _TAKEN + "os.read(0, 1); raise RuntimeError", "traceback"),
    "a status": (_START + _TAKEN + "os.read(0, 1); os._exit(3)", "ended with status 3"),
    "the other screen": (_START + _TAKEN + "os.read(0, 1); os._exit(0)", "leaves the terminal in disorder"),
    "raw mode": (
        _START + _TAKEN + "os.read(0, 1); os.write(1, b'\\x1b[?1049l\\x1b[?25h'); os._exit(0)",
        "leaves the terminal in disorder",
    ),
    "an escape sequence": (
        _START + _TAKEN + f"os.write(1, b'name\\x1b]0;{MARK}\\x07'); os.read(0, 1); os._exit(0)",
        "painted",
    ),
    "a split sequence": (
        _START
        + _TAKEN
        + f"os.write(1, b'\\x1b]0;ow'); time.sleep(.2); os.write(1, b'{MARK[2:]}'); os.read(0, 1)",
        "painted",
    ),
}


@pytest.mark.pty
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found(fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script, complaint = FAULTS[fault]
    tally = Tally("test", 0)
    env = os.environ | {"HOME": str(tmp_path)}
    with Victim(tally, env, program=[sys.executable, "-c", script]) as victim:
        assert victim.starts()
        victim.send(b"\x11")
        victim.process.wait(DEADLINE)
        monkeypatch.setattr("tests.chaos.victim.DEADLINE", 0.5)
        victim.ended_well(0)
    assert any(complaint in finding for finding in tally.findings), tally.findings


@pytest.mark.pty
def test_a_program_that_stands_still_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tally = Tally("test", 0)
    script = f"{_START}{_TAKEN}time.sleep(1000)"
    with Victim(
        tally, os.environ | {"HOME": str(tmp_path)}, program=[sys.executable, "-c", script]
    ) as victim:
        assert victim.starts()
        monkeypatch.setattr("tests.chaos.victim.DEADLINE", 1.0)
        assert not victim.answers()
        end_somehow(victim, 3, tally)
    assert [finding.splitlines()[0] for finding in tally.findings] == [
        "test (seed 0): does not paint any more",
        "test (seed 0): does not end",
    ]


@pytest.mark.pty
def test_a_program_that_does_not_come_to_rest_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tally = Tally("test", 0)
    command = [sys.executable, "-c", f"{_START}{_TAKEN}\nwhile True: pass"]
    with Victim(tally, os.environ | {"HOME": str(tmp_path)}, program=command) as victim:
        assert victim.starts()
        monkeypatch.setattr("tests.chaos.victim.DEADLINE", 1.0)
        assert not victim.rests()
    assert [finding.splitlines()[0] for finding in tally.findings] == ["test (seed 0): does not come to rest"]


@pytest.mark.pty
@pytest.mark.parametrize(
    "before", [b"", b"\x1bOP", b"\x1a", b"\x1bOQ", b"/x", b"\x1b[200~pasted", b"\x1b]0;title"]
)
def test_keys_lead_to_the_list_of_keys_from_anywhere(before: bytes, tmp_path: Path) -> None:
    tally = Tally("test", 0)
    (tmp_path / "keys.toml").write_text(KEYS)
    words = ["--demo", "--config", str(tmp_path / "keys.toml")]
    with Victim(tally, os.environ | {"HOME": str(tmp_path)}, *words) as victim:
        assert victim.starts()
        victim.send(before)
        assert victim.listens()
        end_somehow(victim, 3, tally)
    assert tally.findings == []


@pytest.mark.pty
@pytest.mark.parametrize("shown", ["other", "Previous control"])
def test_a_program_that_takes_no_keys_is_found(
    shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tally = Tally("test", 0)
    command = [
        sys.executable,
        "-c",
        f"{_START}{_TAKEN}\nwhile True: print('{shown}', flush=True); time.sleep(.05)",
    ]
    with Victim(tally, os.environ | {"HOME": str(tmp_path)}, program=command) as victim:
        assert victim.starts()
        monkeypatch.setattr("tests.chaos.victim.DEADLINE", 1.0)
        assert not victim.listens()
    assert [finding.splitlines()[0] for finding in tally.findings] == [
        "test (seed 0): does not take keys any more"
    ]


@pytest.mark.pty
def test_what_a_check_finds_is_reported_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tally = Tally("test", 0)

    def find_something(victim: Victim) -> bool:
        tally.find("something")
        return False

    monkeypatch.setattr("tests.chaos.attacks._CHECK", 1)
    monkeypatch.setattr(Victim, "answers", find_something)
    Run(tally, 10.0).live(os.environ | {"HOME": str(tmp_path)}, ["--demo"], 10.0)
    assert tally.findings == ["test (seed 0): something"]


@pytest.mark.unit
def test_memory_that_keeps_growing_is_found() -> None:
    tally = Tally("test", 0)
    for kib_per_second in (10, 100):
        samples = [(float(second), 40_000 + kib_per_second * second) for second in range(0, 602, 2)]
        tally.memories.append(Memory(f"process {kib_per_second}", samples=samples))
    tally.lines()
    assert tally.findings == ["test (seed 0): the memory of process 100 keeps growing"]


@pytest.mark.unit
def test_the_slope_is_that_of_the_second_half_of_a_long_life() -> None:
    memory = Memory("x", samples=[(float(second), 40_000 + 100 * second) for second in range(0, 300, 2)])
    assert memory.slope is None
    memory.samples += [(float(second), 70_000 + 3 * second) for second in range(300, 602, 2)]
    assert memory.slope == pytest.approx(3.0)
    assert memory.sizes == (40_000, 70_900, 71_800)
