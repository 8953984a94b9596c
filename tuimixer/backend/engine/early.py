"""Reads what an engine sends before the screen has a loop, so that the first frame can be painted from it."""

import os
import select
import time
from contextlib import suppress

from tuimixer import __version__
from tuimixer.backend.engine.child import ROOM, Child
from tuimixer.backend.engine.delta import Delta, apply_delta
from tuimixer.backend.engine.protocol import HELLO_START, Number, ProtocolError, check_hello, decode, encode
from tuimixer.backend.engine.validation import check_controls, vetted
from tuimixer.model.snapshot import Snapshot

_MOST = 1 << 22
"""Maximum number of bytes to read early: several times what a machine with very many controls sends for its
first frame."""


class EarlyReader:
    """Reads a new engine's pipe. Everything read is kept in `Child.early` for the session that follows.

    Errors in the data or in the engine only end the reading here; the session finds and reports them.
    """

    def __init__(self, child: Child) -> None:
        self._child = child
        self._at = 0
        self._snapshot = Snapshot()
        self._greeted = False
        self._open = True

    def poll(self, seconds: float = 0.0) -> Snapshot | None:
        """The newest snapshot, if a new one has arrived or arrives within this many seconds; else None."""
        end = time.monotonic() + seconds
        newest = self._take()
        while newest is None and self._open:
            left = max(end - time.monotonic(), 0.0)
            if not select.select([self._child.stdout], [], [], left)[0]:
                break
            chunk = os.read(self._child.stdout, ROOM)
            self._child.early += chunk
            self._open = bool(chunk) and len(self._child.early) < _MOST
            newest = self._take()
            if not left:
                break
        return newest

    def _take(self) -> Snapshot | None:
        """The content of the lines that have arrived since the last call."""
        lines = self._child.early[self._at :].split(b"\n")
        self._at = len(self._child.early) - len(lines.pop())
        newest = None
        try:
            for line in lines:
                newest = self._hear(line) or newest
        except (ProtocolError, ValueError):
            self._open = False
        return newest

    def _hear(self, line: bytes) -> Snapshot | None:
        if not self._greeted:
            # A login shell may have printed something before the greeting.
            if line.startswith(HELLO_START):
                check_hello(*decode(line), __version__)
                self._greeted = True
            return None
        _, body = decode(line)
        if not isinstance(body, Delta):
            return None
        self._snapshot = apply_delta(self._snapshot, vetted(body))
        check_controls(self._snapshot, body.controls)
        # Confirm each line, because the engine stops sending when too much is unconfirmed, and the sound
        # server's half may exceed that limit.
        with suppress(OSError):
            os.write(self._child.stdin, encode("seen", Number(body.serial)))
        return None if body.more else self._snapshot
