"""Compiles the plugin and the list of cards, once for each state of their sources."""

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
    """The folder with `replay.so` and `fakecards.so`.

    Raises:
        CalledProcessError: they do not compile; gcc has said why.
    """
    sources = sorted(_HERE.glob("*.[ch]"))
    key = hashlib.sha256("\0".join([*_FLAGS, *(path.read_text() for path in sources)]).encode()).hexdigest()
    folder = CACHE / key[:16]
    for name, parts in _LIBRARIES.items():
        if (folder / name).exists():
            continue
        folder.mkdir(parents=True, exist_ok=True)
        # Another process may compile at the same time: whoever is last replaces the file by its like.
        fresh = folder / f"{name}.{os.getpid()}"
        subprocess.run(
            ["gcc", *_FLAGS, "-o", fresh, *(_HERE / part for part in parts), "-lasound"], check=True
        )
        fresh.replace(folder / name)
    return folder
