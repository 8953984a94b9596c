"""Compiles the plugin and the card list, once for each version of their sources."""

import hashlib
import os
import subprocess
from functools import lru_cache
from pathlib import Path

_HERE = Path(__file__).parent
_FLAGS = ("-shared", "-fPIC", "-DPIC", "-O1", "-Wall", "-Wextra", "-Wshadow", "-Wconversion", "-Werror")
_LIBRARIES = {"replay.so": ("ctl_replay.c", "description.c"), "fakecards.so": ("fakecards.c",)}
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tuimixer" / "replay"


@lru_cache(maxsize=1)
def libraries() -> Path:
    """The directory with `replay.so` and `fakecards.so`.

    Raises:
        CalledProcessError: they do not compile; gcc has printed why.
    """
    sources = sorted(_HERE.glob("*.[ch]"))
    key = hashlib.sha256("\0".join([*_FLAGS, *(path.read_text() for path in sources)]).encode()).hexdigest()
    folder = CACHE / key[:16]
    for name, parts in _LIBRARIES.items():
        if (folder / name).exists():
            continue
        folder.mkdir(parents=True, exist_ok=True)
        # Another process may compile at the same time: the last one replaces the file with an identical one.
        fresh = folder / f"{name}.{os.getpid()}"
        subprocess.run(
            ["gcc", *_FLAGS, "-o", fresh, *(_HERE / part for part in parts), "-lasound"], check=True
        )
        fresh.replace(folder / name)
    return folder
