"""The Debian system of the lane: commands in it leave nothing behind on this machine."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lab import container, debian
from tests.lab.waiting import wait_until

pytestmark = pytest.mark.modern

RUN = [sys.executable, "-m", "tests.lab.debian", "run", "trixie"]


def in_debian(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*RUN, *command], cwd=container.ROOT, stdout=subprocess.PIPE, text=True)


def mounts() -> list[str]:
    return [line for line in Path("/proc/self/mounts").read_text().splitlines() if str(debian.CACHE) in line]


def with_argument(text: str) -> list[int]:
    """The processes of this machine with `text` as an argument."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            arguments = path.read_bytes().split(b"\0")
        except OSError:  # it has exited meanwhile
            continue
        if arguments[:1] == [b"sleep"] and text.encode() in arguments:
            found.append(int(path.parent.name))
    return found


def test_it_is_another_system_on_this_checkout() -> None:
    done = in_debian("sh", "-c", ". /etc/os-release; echo $VERSION_CODENAME; pwd; ls pyproject.toml; exit 7")
    assert (done.returncode, done.stdout) == (7, f"trixie\n{container.CHECKOUT}\npyproject.toml\n")


def test_what_it_writes_and_mounts_and_starts_ends_with_it() -> None:
    seconds = "86401.25"
    script = f"touch written; mount -t tmpfs none /srv; setsid sleep {seconds} & sleep 0"
    assert in_debian("sh", "-c", script).returncode == 0
    assert not (container.ROOT / "written").exists()
    assert not mounts()
    wait_until(lambda: not with_argument(seconds), "the process to end")


def test_it_ends_when_its_starter_is_killed() -> None:
    seconds = f"86402.{os.getpid()}"
    with subprocess.Popen([*RUN, "sh", "-c", f"setsid sleep {seconds}"], cwd=container.ROOT) as starter:
        wait_until(lambda: with_argument(seconds), "the process to start")
        starter.send_signal(signal.SIGKILL)
    wait_until(lambda: not with_argument(seconds), "the process to end")
    assert not mounts()


def test_pip_in_there_is_configured_as_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index, wheels = tmp_path / "index" / "simple", tmp_path / "wheels"
    index.mkdir(parents=True)
    wheels.mkdir()
    (tmp_path / "pip.conf").write_text(f"[global]\nextra-index-url = file://{index}\nfind-links = {wheels}\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    monkeypatch.setenv("PIP_TIMEOUT", "77")
    variables, paths = debian.pip_settings()
    assert variables["PIP_EXTRA_INDEX_URL"] == f"file://{index}"
    assert variables["PIP_TIMEOUT"] == "77"
    assert {str(index.parent), str(wheels)} <= paths.keys()
