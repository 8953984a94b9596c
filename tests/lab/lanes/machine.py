"""Checks for what the lanes need, each returning a short reason if it is missing."""

import os
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

from tests.lab.probes import lacks_mounts, lacks_programs

Lacks = Callable[[], str | None]
"""Returns why a lane cannot run here; None if it can."""


def nothing() -> str | None:
    """A lane that runs everywhere."""
    return None


@cache
def bindings() -> str | None:
    """A lane that imports the program, whose libasound and libpulse bindings may be missing."""
    try:
        import alsaaudio  # noqa: F401
    except ImportError:
        return "no pyalsaaudio (to build it: gcc, python3-dev, libasound2-dev)"
    try:
        import pulsectl  # noqa: F401
    except (ImportError, OSError) as error:
        return f"no pulsectl: {error}"
    return None


def programs(*names: str) -> Lacks:
    """A lane that runs these programs."""
    return lambda: lacks_programs(*names)


def alsa_plugin(name: str) -> Lacks:
    """A lane that opens the ALSA control plugin of this name."""

    def lacks() -> str | None:
        folders = [folder for folder in (Path("/usr/lib"), Path("/usr/lib64")) if folder.exists()]
        pattern = f"**/alsa-lib/libasound_module_ctl_{name}.so"
        found = any(next(folder.glob(pattern), None) for folder in folders)
        return None if found else f'no ALSA plugin "{name}"'

    return lacks


def header(name: str) -> Lacks:
    """A lane that compiles C with this header."""

    def lacks() -> str | None:
        command = ["gcc", "-E", "-xc", "-o", os.devnull, "-"]
        tried = subprocess.run(command, input=f"#include <{name}>", stderr=subprocess.DEVNULL, text=True)
        return f"no header {name}" if tried.returncode else None

    return lacks


def root() -> str | None:
    """A lane that creates users and mounts file systems."""
    return "needs root" if os.geteuid() != 0 else lacks_mounts(["unshare", "--mount"])


def virtual_machine() -> str | None:
    """A lane that boots a kernel in QEMU."""
    from tests.lab import vm

    return vm.lacks()


def modules() -> str | None:
    """A lane that boots a kernel with this machine's root directory."""
    from tests.lab import kernel

    return kernel.lacks_modules(Path("/"))


def debian(suite: str) -> Lacks:
    """A lane in a Debian system of its own."""

    def lacks() -> str | None:
        from tests.lab import debian

        return debian.lacks(suite)

    return lacks


def first(*answers: Lacks) -> Lacks:
    """The first reason of several."""
    return lambda: next((reason for lacks in answers if (reason := lacks())), None)


def script(name: str) -> str:
    """The path of a program in this virtual environment."""
    return str(Path(sys.executable).parent / name)


def workers(waiting: bool) -> int:
    """Processes per lane: one per core, but two to four; three times as many if its tests mostly wait."""
    cores = len(os.sched_getaffinity(0))
    return max(2, min(4, cores)) * (3 if waiting else 1)
