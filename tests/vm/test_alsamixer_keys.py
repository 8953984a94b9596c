"""The same keys leave the same state, in alsamixer and here."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.lab.cards import AC97
from tests.lab.terminal import Terminal
from tests.lab.waiting import wait_until
from tests.pty.person import Person

pytestmark = pytest.mark.vm

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
HAND = 5
"""Keys after which the state is compared; here they are typed in one go."""
CLEARED = b"\x1b[H\x1b[2J"
STATE = {
    "Master": "40,40 unmute",
    "3D Control Sigmatel - Depth": "0",
    "PCM": "20,20 unmute",
    "Capture": "8,8 cap",
    "Mic": "cap",
}


def contents() -> str:
    command = ["amixer", "-c", AC97, "scontents"]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


def begin() -> str:
    """Bring the card to the state that both begin with; the contents then."""
    for name, values in STATE.items():
        subprocess.run(["amixer", "-q", "-c", AC97, "sset", name, *values.split()], check=True)
    return contents()


def hands() -> list[tuple[str, ...]]:
    """The script in the portions in which it is typed."""
    return [tuple(SCRIPT[at : at + HAND]) for at in range(0, len(SCRIPT), HAND)]


def sent(keys: tuple[str, ...]) -> str:
    """What a terminal sends for keys."""
    return "".join(KEYS.get(key, key) for key in keys)


def theirs(env: Mapping[str, str]) -> list[str]:
    """The contents after each portion of keys in alsamixer."""
    after = []
    with Terminal(["alsamixer", "-c", AC97], env=env) as terminal:
        terminal.wait_for("Master")
        for keys in hands():
            for key in keys:
                received = terminal.received
                # One at a time: only once no more keys wait does it take in what a key did to other controls.
                # When the screen is painted anew, the key before has been done.
                terminal.send(sent((key,)) + "l")
                terminal.wait_for(lambda _, since=received: CLEARED in terminal.output[since:])  # type: ignore[misc]
            after.append(contents())
        terminal.send("\x1b")
        assert terminal.wait() == 0
    return after


def test_a_script_of_keys(tmp_path: Path) -> None:
    env = {
        "HOME": str(tmp_path),
        "PATH": "/usr/bin:/bin",
        "LC_ALL": "C.UTF-8",
        "PULSE_SERVER": "unix:/nowhere",
    }
    first = begin()
    expected = theirs(env)
    changes = sum(before != after for before, after in zip([first, *expected], expected, strict=False))
    assert changes > len(expected) // 2
    assert begin() == first
    with Person(env, "-c", AC97, "-V", "playback", "--no-config", "--no-meters") as person:
        # Until a card that was named is open, another one may be shown.
        person.sees("Intel 82801AA-ICH", "Master", "PCM")
        for keys, wanted in zip(hands(), expected, strict=True):
            person.terminal.send(sent(keys))
            try:
                wait_until(lambda wanted=wanted: contents() == wanted, f"{keys}")  # type: ignore[misc]
            except TimeoutError as error:
                error.add_note(_difference(wanted, contents()))
                error.add_note(person.terminal.screen())
                raise
        # Nothing may come after the last key.
        person.terminal.wait_quiet(1.0)
        assert contents() == expected[-1]
        person.press("F10")
        assert person.terminal.wait() == 0
    print(f"{len(SCRIPT)} keys, the same state after every {HAND} in both; {changes} times another one")


def _difference(theirs: str, ours: str) -> str:
    pairs = zip(theirs.splitlines(), ours.splitlines(), strict=True)
    return "; ".join(f"{a.strip()} / {b.strip()}" for a, b in pairs if a != b)
