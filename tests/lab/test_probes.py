"""Machines that lack a program or a right: the reason is named before anything is run."""

from pathlib import Path

import pytest

from tests.lab import debian, probes
from tests.lab.lanes import machine

pytestmark = pytest.mark.unit


class Bare:
    """A machine with only the programs that has() adds, which are shell scripts."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._folder, self._patch = folder, monkeypatch
        monkeypatch.setenv("PATH", str(folder))
        # The real ones in /usr/sbin would be found without this.
        monkeypatch.setattr("shutil.which", self._which)

    def _which(self, name: str, path: str = "") -> str | None:
        file = self._folder / name
        return str(file) if file.exists() else None

    def has(self, *names: str, script: str = "exit 0") -> None:
        for name in names:
            (self._folder / name).write_text(f"#!/bin/sh\n{script}\n")
            (self._folder / name).chmod(0o755)

    def user(self, number: int) -> None:
        self._patch.setattr("os.geteuid", lambda: number)


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bare:
    monkeypatch.setattr(debian, "CACHE", tmp_path / "debian")
    (tmp_path / "bin").mkdir()
    made = Bare(tmp_path / "bin", monkeypatch)
    made.user(0)
    return made


def test_no_right_to_become_root(bare: Bare) -> None:
    assert probes.lacks_root() is None
    bare.user(1000)
    assert probes.lacks_root() == "not root, and no sudo without a password"
    bare.has("sudo", script="exit 1")
    assert probes.lacks_root() == "not root, and no sudo without a password"
    bare.has("sudo")
    assert probes.lacks_root() is None


def test_root_without_the_right_to_mount(bare: Bare) -> None:
    bare.has("unshare", script="exit 1")
    assert machine.root() == "no right to mount"
    bare.has("unshare")
    assert machine.root() is None
    bare.user(1000)
    assert machine.root() == "needs root"


def test_a_debian_cannot_be_made_without_apt(bare: Bare) -> None:
    bare.has("debootstrap", "wget", "setpriv", "unshare", "mount", "pivot_root")
    assert debian.lacks("trixie") == "no apt-get, apt-config to find a mirror with"
    debian._folder("trixie").mkdir(parents=True)
    assert debian.lacks("trixie") is None
