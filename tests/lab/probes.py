"""What this machine has and permits; a right is asked for by using it once."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from subprocess import DEVNULL

from tests.lab.container import as_root


def lacks_programs(*names: str) -> str | None:
    """Which of these programs are missing; None if none is."""
    missing = [name for name in dict.fromkeys(names) if not shutil.which(name)]
    return f"no {', '.join(missing)}" if missing else None


def lacks_root() -> str | None:
    """Why as_root() cannot run a command; None if it can."""
    if os.geteuid() == 0:
        return None
    if shutil.which("sudo") and not subprocess.run(as_root(["true"]), stderr=DEVNULL).returncode:
        return None
    return "not root, and no sudo without a password"


def lacks_mounts(apart: Sequence[str]) -> str | None:
    """Why a command preceded by `apart`, which gives it mounts of its own, cannot mount; None if it can."""
    probe = [*apart, "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return "no right to mount" if subprocess.run(probe, stderr=DEVNULL).returncode else None


@cache
def own_mounts() -> Sequence[str] | None:
    """What precedes a command so that it can mount; None if nothing does.

    Some machines refuse user namespaces even to root, others to everybody else.
    """
    ways: list[Sequence[str]] = [("unshare", "--mount"), ("unshare", "--user", "--map-root-user", "--mount")]
    if not lacks_root():
        ways.append(as_root(("unshare", "--mount")))
    return next((apart for apart in ways if not lacks_mounts(apart)), None)
