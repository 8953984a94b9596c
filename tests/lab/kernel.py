"""The distribution's kernel for the virtual machine, cached."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.lab.container import as_root

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tuimixer" / "kernel"


def lacks() -> str | None:
    """Why there is no kernel to boot; None if there is one or it can be fetched."""
    if not any(CACHE.glob("boot/vmlinuz-*")) and not shutil.which("apt-get"):
        return "no apt-get to fetch a kernel with"
    return None


def _fetch() -> None:
    """Unpack the distribution's kernel into the cache; if that fails, the cache is unchanged."""
    meta = "linux-image-amd64" if not Path("/etc/lsb-release").exists() else "linux-image-generic"
    listing = subprocess.run(
        ["apt-cache", "depends", "--recurse", "--no-recommends", "--no-suggests", meta],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout
    pattern = r"^(linux-(?:image|modules|modules-extra)-[0-9][^\s:]*)(?<!-unsigned)$"
    packages = sorted(set(re.findall(pattern, listing, re.MULTILINE)))
    CACHE.parent.mkdir(parents=True, exist_ok=True)
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
    if not any(CACHE.glob("boot/vmlinuz-*")):
        _fetch()
    newest = sorted(CACHE.glob("boot/vmlinuz-*"))[-1]
    version = newest.name.removeprefix("vmlinuz-")
    modules = root / "lib/modules"
    if not (modules / version / "modules.dep.bin").exists():
        unpacked = next(
            folder for folder in (CACHE / "lib", CACHE / "usr/lib") if (folder / "modules").exists()
        )
        subprocess.run(as_root(["mkdir", "-p", str(modules)]), check=True)
        subprocess.run(as_root(["cp", "-a", str(unpacked / "modules" / version), str(modules)]), check=True)
        subprocess.run(as_root(["/sbin/depmod", "-b", str(root), version]), check=True)
    return newest
