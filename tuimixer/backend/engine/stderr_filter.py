"""What ssh and the other end say on standard error, passed on to the terminal: cleaned and bounded."""

import os
from contextlib import suppress

from tuimixer.model.text import clean

_KEPT = 4096
_MOST_LINES = 200
_LONGEST = 500


class TerminalFilter:
    """Passes bytes on to a descriptor, line by line, without what steers a terminal."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._rest = b""
        self._lines = 0
        self._kept = b""

    @property
    def last(self) -> str:
        """The last of what was said, as it was."""
        return self._kept.decode("utf-8", "replace")

    def say(self, chunk: bytes) -> None:
        """Take what was read."""
        self._kept = (self._kept + chunk)[-_KEPT:]
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        self._rest = self._rest[-_KEPT:]
        for line in lines:
            self._write(line)

    def end(self) -> None:
        """Pass on a last line that was not ended."""
        if self._rest:
            self._write(self._rest)
            self._rest = b""

    def _write(self, line: bytes) -> None:
        text = clean(line.decode("utf-8", "replace"), _LONGEST, "")
        if self._lines >= _MOST_LINES:
            return
        self._lines += 1
        with suppress(OSError):  # nobody reads it, as with any program's complaints
            os.write(self._descriptor, f"{text}\n".encode("utf-8", "replace"))
