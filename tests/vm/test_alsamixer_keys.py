"""The same keys leave the same state, in alsamixer and here."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.lab.cards import AC97
from tests.lab.terminal import Terminal
from tests.lab.waiting import DEADLINE
from tests.pty.person import PROGRAM

pytestmark = pytest.mark.vm_long

# What a terminal sends in the keypad's application mode, which ncurses switches on.
KEYS = {
    "Up": "\x1bOA",
    "Down": "\x1bOB",
    "Right": "\x1bOC",
    "Left": "\x1bOD",
    "End": "\x1bOF",
    "PgUp": "\x1b[5~",
    "PgDn": "\x1b[6~",
    "Ins": "\x1b[2~",
    "Del": "\x1b[3~",
    "F3": "\x1bOR",
    "F4": "\x1bOS",
    "F5": "\x1b[15~",
    "Tab": "\t",
    "Space": " ",
}
TYPED = """
Up Up PgDn m Right Down Down q e z c w x PgUp < > m Right 5 q b Right m , . Right 7 Up
Right Space c e b Right Right Up 3 m Left PgDn n n p Up End k j
F4 Up Right Space ; ' Right Space PgUp Right Space Right Ins Del Left Left 8 z
Tab Right Right Space m 2 Right Right Right Down F3 Right 9 y C
"""
SCRIPT = TYPED.split()
STATE = {"Master": "40,40 unmute", "PCM": "20,20 unmute", "Capture": "8,8 cap", "Mic": "cap"}


def contents() -> str:
    command = ["amixer", "-c", AC97, "scontents"]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


def alsactl(what: str, state: Path) -> None:
    subprocess.run(["alsactl", "-f", str(state), what, AC97], check=True, stderr=subprocess.DEVNULL)


def typed(command: Sequence[str], ready: str, env: Mapping[str, str], leave: str) -> list[str]:
    """The contents after each key."""
    after = []
    with Terminal(command, env=env) as terminal:
        terminal.wait_for(ready)
        terminal.wait_quiet(1.0)
        for key in SCRIPT:
            terminal.send(KEYS.get(key, key))
            terminal.wait_quiet(0.25, timeout=DEADLINE)
            after.append(contents())
        terminal.send(leave)
        assert terminal.wait() == 0
    return after


def test_a_script_of_keys(tmp_path: Path) -> None:
    env = {
        "HOME": str(tmp_path),
        "PATH": "/usr/bin:/bin",
        "LC_ALL": "C.UTF-8",
        "PULSE_SERVER": "unix:/nowhere",
    }
    for name, values in STATE.items():
        subprocess.run(["amixer", "-q", "-c", AC97, "sset", name, *values.split()], check=True)
    state = tmp_path / "state"
    alsactl("store", state)
    first = contents()
    theirs = typed(["alsamixer", "-c", AC97], "Master", env, "\x1b")
    alsactl("restore", state)
    assert contents() == first
    ours = typed(
        [*PROGRAM, "-c", AC97, "-V", "playback", "--no-config"], "Master", env, KEYS.get("F10", "\x1b[21~")
    )
    different = [
        f"{number} {key}: {_difference(a, b)}"
        for number, (key, a, b) in enumerate(zip(SCRIPT, theirs, ours, strict=True))
        if a != b
    ]
    print(f"{len(SCRIPT)} keys, {len({*theirs})} states, {len(different)} of them different")
    assert not different, "\n".join(different[:8])
    assert len({*theirs}) > len(SCRIPT) // 3


def _difference(theirs: str, ours: str) -> str:
    pairs = zip(theirs.splitlines(), ours.splitlines(), strict=True)
    return "; ".join(f"{a.strip()} / {b.strip()}" for a, b in pairs if a != b)
