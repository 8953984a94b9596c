"""Passes what ssh and the remote end print on standard error on to the terminal, cleaned and bounded."""

import os
from contextlib import suppress

from tuimixer.model.text import clean

_KEPT = 4096
_MOST_LINES = 200
_LONGEST = 500


class TerminalFilter:
    """Passes bytes on to a descriptor, line by line, without anything that controls a terminal."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._rest = b""
        self._lines = 0
        self._kept = b""

    @property
    def last(self) -> str:
        """The last part of the input (at most 4 KiB), unchanged."""
        return self._kept.decode("utf-8", "replace")

    def say(self, chunk: bytes) -> None:
        """Process a chunk of input."""
        self._kept = (self._kept + chunk)[-_KEPT:]
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        self._rest = self._rest[-_KEPT:]
        for line in lines:
            self._write(line)

    def end(self) -> None:
        """Pass on an unfinished last line."""
        if self._rest:
            self._write(self._rest)
            self._rest = b""

    def _write(self, line: bytes) -> None:
        text = clean(line.decode("utf-8", "replace"), _LONGEST, "")
        if self._lines >= _MOST_LINES:
            return
        self._lines += 1
        with suppress(OSError):  # nobody is reading standard error
            os.write(self._descriptor, f"{text}\n".encode("utf-8", "replace"))
