"""The distribution's kernel for the virtual machine, cached."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.lab.container import as_root
from tests.lab.locks import locked
from tests.lab.probes import lacks_programs, lacks_root

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tuimixer" / "kernel"

_IMAGE = "linux-image-"
"""Precedes the kernel's version in the name of its package."""


def lacks() -> str | None:
    """Why there is no kernel to boot; None if there is one or it can be fetched."""
    if _cached():
        return None
    if reason := lacks_programs("apt-get", "apt-cache", "dpkg"):
        return f"{reason} to fetch a kernel with"
    return None if _versions() else "apt knows no kernel"


def lacks_modules(root: Path) -> str | None:
    """Why image() cannot give a guest with this root its modules; None if it can or has no kernel."""
    versions = _cached() or _versions()
    if not versions or _has_modules(root, versions[-1]):
        return None
    modules = root / "lib/modules"
    if reason := lacks_root():
        return f"{reason}, to copy a kernel's modules to {modules}"
    writable = as_root(["test", "-w", str(modules if modules.exists() else modules.parent)])
    return f"cannot write to {modules}" if subprocess.run(writable).returncode else None


def _cached() -> list[str]:
    """The versions of the kernels in the cache, the newest last."""
    return sorted(image.name.removeprefix("vmlinuz-") for image in CACHE.glob("boot/vmlinuz-*"))


def _versions() -> list[str]:
    """The versions of the kernels that _fetch() would put into the cache, the newest last."""
    return [name.removeprefix(_IMAGE) for name in _packages() if name.startswith(_IMAGE)]


def _has_modules(root: Path, version: str) -> bool:
    """Whether a guest with this root finds the modules of a kernel."""
    return (root / "lib/modules" / version / "modules.dep.bin").exists()


def _packages() -> list[str]:
    """The distribution's packages of its kernel; none if apt has no lists of packages yet."""
    meta = "linux-image-amd64" if not Path("/etc/lsb-release").exists() else "linux-image-generic"
    listing = subprocess.run(
        ["apt-cache", "depends", "--recurse", "--no-recommends", "--no-suggests", meta],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ).stdout
    pattern = r"^(linux-(?:image|modules|modules-extra)-[0-9][^\s:]*)(?<!-unsigned)$"
    return sorted(set(re.findall(pattern, listing, re.MULTILINE)))


def _fetch() -> None:
    """Unpack the distribution's kernel into the cache; if that fails, the cache is unchanged."""
    packages = _packages()
    assert packages, "apt knows no kernel"
    with tempfile.TemporaryDirectory(dir=CACHE.parent) as folder:
        print(f"vm: fetching {' '.join(packages)}", flush=True)
        subprocess.run(
            ["apt-get", "download", "-qq", "-o", "APT::Sandbox::User=root", *packages], cwd=folder, check=True
        )
        unpacked = Path(folder) / "unpacked"
        for package in Path(folder).glob("*.deb"):
            subprocess.run(["dpkg", "-x", str(package), str(unpacked)], check=True)
        shutil.rmtree(CACHE, ignore_errors=True)
        unpacked.rename(CACHE)


def image(root: Path) -> Path:
    """The image to boot, fetched if necessary, with its modules where a guest with this root expects them."""
    with locked(CACHE.with_name("kernel.lock")):
        if not _cached():
            _fetch()
        version = _cached()[-1]
        if not _has_modules(root, version):
            _copy_modules(root, version)
    return CACHE / "boot" / f"vmlinuz-{version}"


def _copy_modules(root: Path, version: str) -> None:
    unpacked = next(folder for folder in (CACHE / "lib", CACHE / "usr/lib") if (folder / "modules").exists())
    modules = root / "lib/modules"
    subprocess.run(as_root(["mkdir", "-p", str(modules)]), check=True)
    subprocess.run(as_root(["cp", "-a", str(unpacked / "modules" / version), str(modules)]), check=True)
    subprocess.run(as_root(["/sbin/depmod", "-b", str(root), version]), check=True)
