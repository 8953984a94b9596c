"""Machines that lack a program or a right: the reason is named before anything is run."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab import debian, kernel, probes
from tests.lab.lanes import machine

pytestmark = pytest.mark.unit

VERSION = "6.1.0-50-amd64"


class Bare:
    """A machine with only the programs that has() adds, which are shell scripts."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._folder, self._patch = folder, monkeypatch
        monkeypatch.setenv("PATH", str(folder))

    def has(self, *names: str, script: str = "exit 0") -> None:
        for name in names:
            (self._folder / name).write_text(f"#!/bin/sh\n{script}\n")
            (self._folder / name).chmod(0o755)

    def user(self, number: int) -> None:
        self._patch.setattr("os.geteuid", lambda: number)


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bare]:
    monkeypatch.setattr(debian, "CACHE", tmp_path / "debian")
    monkeypatch.setattr(kernel, "CACHE", tmp_path / "kernel")
    (tmp_path / "bin").mkdir()
    made = Bare(tmp_path / "bin", monkeypatch)
    made.user(0)
    probes.own_mounts.cache_clear()
    yield made
    probes.own_mounts.cache_clear()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A root directory to boot with."""
    (tmp_path / "root/lib").mkdir(parents=True)
    return tmp_path / "root"


def has_modules(root: Path) -> None:
    (root / "lib/modules" / VERSION).mkdir(parents=True)
    (root / "lib/modules" / VERSION / "modules.dep.bin").touch()


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


@pytest.mark.parametrize(
    ("script", "apart"),
    [
        ("exit 1", None),
        ("exit 0", ("unshare", "--mount")),
        ('[ "$1" = --user ]', ("unshare", "--user", "--map-root-user", "--mount")),
    ],
)
def test_mounts_without_sudo(script: str, apart: tuple[str, ...] | None, bare: Bare) -> None:
    bare.has("unshare", script=script)
    assert probes.own_mounts() == apart


def test_mounts_with_sudo(bare: Bare) -> None:
    """As on a machine that refuses user namespaces to users."""
    bare.user(1000)
    bare.has("unshare", script="exit 1")
    bare.has("sudo")
    assert probes.own_mounts() == ["sudo", "-n", "unshare", "--mount"]


def test_a_debian_cannot_be_made_without_the_right_to_mount(bare: Bare) -> None:
    bare.has("debootstrap", "wget", "mount", "pivot_root", "unshare")
    bare.has("setpriv", script="exit 1")
    assert debian.lacks("trixie") == "no right to mount"


def test_a_debian_cannot_be_made_without_apt(bare: Bare) -> None:
    bare.has("debootstrap", "wget", "setpriv", "unshare", "mount", "pivot_root")
    assert debian.lacks("trixie") == "no apt-get, apt-config to find a mirror with"
    debian._folder("trixie").mkdir(parents=True)
    assert debian.lacks("trixie") is None


def test_a_kernel_that_apt_does_not_know(bare: Bare) -> None:
    assert kernel.lacks() == "no apt-get, apt-cache, dpkg to fetch a kernel with"
    bare.has("apt-get", "dpkg")
    bare.has("apt-cache", script="echo 'E: No packages found' >&2; exit 100")
    assert kernel.lacks() == "apt knows no kernel"


@pytest.mark.parametrize("cached", [True, False])
def test_only_root_can_copy_the_modules(cached: bool, bare: Bare, root: Path) -> None:
    """Where the distribution has installed the same kernel, they are there already."""
    if cached:
        (kernel.CACHE / "boot").mkdir(parents=True)
        (kernel.CACHE / "boot" / f"vmlinuz-{VERSION}").touch()
    bare.has("apt-get", "dpkg")
    bare.has("apt-cache", script=f"echo linux-image-{VERSION}")
    bare.has("test")
    assert kernel.lacks() is None
    assert kernel.lacks_modules(root) is None
    bare.user(1000)
    expected = f"not root, and no sudo without a password, to copy a kernel's modules to {root}/lib/modules"
    assert kernel.lacks_modules(root) == expected
    has_modules(root)
    assert kernel.lacks_modules(root) is None


def test_modules_that_even_root_cannot_copy(bare: Bare, root: Path) -> None:
    """Such as in a container where the directory is another machine's, read-only."""
    bare.has("apt-get", "dpkg")
    bare.has("apt-cache", script=f"echo linux-image-{VERSION}")
    bare.has("test", script="exit 1")
    assert kernel.lacks_modules(root) == f"cannot write to {root}/lib/modules"
