"""The single file built by `./dev zipapp`, on a machine with only Python and the two libraries."""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.backend.engine.sshd import Box
from tests.lab.pulse import PrivatePulse
from tests.pty.person import Person
from tuimixer import __version__

pytestmark = pytest.mark.ssh

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The file, built from this checkout by the first of the processes that share the lane and need it."""
    folder = tmp_path_factory.getbasetemp()
    shared = folder if worker_id == "master" else folder.parent
    copy = shared / "tuimixer.pyz"
    with (ROOT / "dev").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not copy.exists():
            subprocess.run([str(ROOT / "dev"), "zipapp"], check=True, stdin=subprocess.DEVNULL)
            shutil.copy(ROOT / "dist" / "tuimixer.pyz", copy)
    return copy


@pytest.fixture
def bare(pulse: PrivatePulse) -> tuple[Path, dict[str, str]]:
    """A fresh Python without any package, and an environment in which it is the first one."""
    folder = pulse.folder / "fresh"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    env = {name: value for name, value in pulse.env.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    return folder / "bin" / "python", env | {"PATH": f"{folder}/bin:/usr/bin:/bin"}


def test_it_runs_without_our_packages(
    built: Path, bare: tuple[Path, dict[str, str]], pulse: PrivatePulse
) -> None:
    python, env = bare
    for name in ("tuimixer", "textual", "alsaaudio", "pulsectl", "msgspec"):
        missing = subprocess.run(
            [python, "-c", f"import {name}"], env=env, cwd=pulse.folder, capture_output=True
        )
        assert b"No module named" in missing.stderr

    def run(*words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [built, *words], env=env, cwd=pulse.folder, capture_output=True, text=True, check=False
        )

    assert run("--version").stdout == f"tuimixer {__version__}\n"
    assert run("set", "speakers", "40%").returncode == 0
    assert pulse.percents("sinks", 0) == [40, 40]
    # Files next to the code were included.
    assert run("config", "--init").returncode == 0
    assert run("config", "--check").returncode == 0


def test_its_screen_and_its_engine(
    built: Path, bare: tuple[Path, dict[str, str]], pulse: PrivatePulse
) -> None:
    with Person(bare[1], "--layout", "rows", program=[str(built)]) as person:
        person.sees("Speakers", "PulseAudio")
        assert person.engines()
        person.choose("Speakers")
        person.press("Left")
        person.waits_for(lambda: set(pulse.percents("sinks", 0)) == {99}, "the volume")
        person.press("F1")
        person.sees("Selection")
        person.press("Escape")
        person.sees_no_more("Selection")
        person.press("F10")
        assert person.terminal.wait() == 0


def test_it_is_enough_on_a_box(
    built: Path, bare: tuple[Path, dict[str, str]], box: Box, pulse: PrivatePulse
) -> None:
    python, env = bare
    settings = " ".join(f"{name}={env[name]}" for name in ("HOME", "PULSE_SERVER", "PATH"))
    box.replace_program(f'exec env -i {settings} {python} {built} "$@"')
    with Person(os.environ, "--layout", "rows", "--host", box.target) as person:
        person.sees("Speakers", "Headphones")
        person.choose("Speakers")
        person.press("Left")
        person.waits_for(lambda: set(pulse.percents("sinks", 0)) == {99}, "the volume")
