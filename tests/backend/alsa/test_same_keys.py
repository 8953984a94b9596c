"""The same keys lead to the same values in alsamixer and in tuimixer."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lab.terminal import APPLICATION_KEYS, Terminal
from tests.lab.waiting import wait_until

pytestmark = pytest.mark.plugins

_SCRIPT = """
end up up up w W + k K right
5 q q e e Q z y Z c C right
9 pageup pageup down down x X - j J n
0 up pageup e e e b p N
pagedown up up up up up up up up m < > , . space insert delete ; ' right
1 2 8 c c c c B e left P n n
end pageup pageup pageup pageup pageup q q q q q q q
right right right right right right right right right 0
"""


def run(folder: Path, *command: str) -> str:
    """Press the script's keys in a program on its own equalizer; returns the result according to amixer."""
    keys = _SCRIPT.split()
    folder.mkdir()
    config = folder / "asound.conf"
    config.write_text(f'ctl.equal {{ type equal controls "{folder}/equal.bin" }}\n')
    env = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "PULSE_"))}
    env |= {
        "ALSA_CONFIG_PATH": f"/usr/share/alsa/alsa.conf:{config}",
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        "PULSE_SERVER": f"unix:{folder}/none",
        "XDG_RUNTIME_DIR": str(folder),
    }
    with Terminal(command, env=env, columns=120, lines=30) as terminal:
        terminal.wait_for(lambda screen: "00. 31" in screen and "09. 16" in screen)
        for key in keys:
            terminal.send(APPLICATION_KEYS.get(key, key))
        # The last key moves the last band, at 66 % like all of them at first, down to 0.
        wait_until(lambda: "Playback 0 [0%]" in contents(env, "09. 16 kHz"), "the last key to arrive")
        terminal.send("\x1b[21~")
        assert terminal.wait() == 0
    return contents(env)


def contents(env: dict[str, str], control: str = "") -> str:
    """The equalizer's state according to amixer."""
    verb = ["sget", control] if control else ["scontents"]
    return subprocess.run(
        ["amixer", "-D", "equal", *verb], env=env, stdout=subprocess.PIPE, check=True, text=True
    ).stdout


@pytest.mark.skipif(shutil.which("alsamixer") is None, reason="no alsamixer to compare with")
def test_the_same_keys_leave_the_same_values(tmp_path: Path) -> None:
    theirs = run(tmp_path / "alsamixer", "alsamixer", "-D", "equal")
    ours = run(
        tmp_path / "tuimixer", sys.executable, "-m", "tuimixer", "--keymap", "alsamixer", "-D", "equal"
    )
    print(f"{len(_SCRIPT.split())} keys in alsamixer and in tuimixer")
    assert ours == theirs
