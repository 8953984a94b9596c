"""The programs that are measured, and how each is driven."""

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

UP, DOWN, RIGHT = b"\x1b[A", b"\x1b[B", b"\x1b[C"
STREAM = r"bench-player-\d"


@dataclass(frozen=True, slots=True)
class Program:
    """A terminal mixer and its keys."""

    name: str
    argv: tuple[str, ...]
    ready: str
    """Regular expression of the first useful paint."""
    init: tuple[bytes, ...] = ()
    """Keys that move the cursor to what is changed."""
    up: bytes = UP
    down: bytes = DOWN
    meters: bool = False
    audio: bool = True


def programs() -> list[Program]:
    """Those installed on this machine; tuimixer first, the bare Textual app last."""
    python = sys.executable
    tuimixer = str(Path(python).with_name("tuimixer"))
    found = [
        # The first control is ALSA's, which reaches the sink that the peers move through libasound's plugin.
        Program("tuimixer", (tuimixer,), STREAM, init=(DOWN,), up=b"l", down=b"h", meters=True),
        Program("alsamixer", ("alsamixer",), "Item: Master", up=b"k", down=b"j"),
        Program("pulsemixer", ("pulsemixer",), STREAM, init=(b"j",), up=b"l", down=b"h"),
        Program("pamix", ("pamix",), STREAM, up=b"l", down=b"h", meters=True),
        Program("pipemixer", ("pipemixer",), STREAM, up=b"l", down=b"h", meters=True),
        Program(
            "bare Textual", (python, str(Path(__file__).with_name("floor.py"))), r"Volume +\d", audio=False
        ),
    ]
    return [
        program for program in found if shutil.which(program.argv[0]) or os.access(program.argv[0], os.X_OK)
    ]


def replayed() -> Program:
    """tuimixer on replayed cards, where there is no server."""
    tuimixer = str(Path(sys.executable).with_name("tuimixer"))
    return Program("tuimixer", (tuimixer,), r"\d%", audio=False)
