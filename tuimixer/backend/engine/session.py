"""The life of one engine from the screen's point of view: greeting, changes, keep-alive, end."""

import asyncio
import os
import time
from collections import deque
from typing import Protocol

from tuimixer import __version__
from tuimixer.backend.engine.child import LINGERED, Child
from tuimixer.backend.engine.delta import Delta, apply_delta
from tuimixer.backend.engine.pipe import LinePipe
from tuimixer.backend.engine.protocol import (
    HELLO_START,
    LINE_LIMIT,
    Body,
    LevelsLine,
    Number,
    ProtocolError,
    SystemLine,
    Watch,
    check_hello,
    decode,
    encode,
    pack_command,
    unpack_levels,
)
from tuimixer.backend.engine.validation import check_controls, vetted
from tuimixer.model.command import Command
from tuimixer.model.snapshot import Notice, Snapshot, Update
from tuimixer.model.system import System

_TICK = 1.0
"""Seconds between checks of whether the engine is alive."""
SILENCE = 2.0
"""Seconds without a response after which the silence is reported."""
_START_PATIENCE = 30.0
"""Seconds after which a starting engine without a first snapshot is given up."""
_MOST_NOISE = 64
"""Lines that a login shell may print before the greeting."""
_STDERR_KEPT = 4096
_UNSEEN = 200
"""Bytes of levels to receive before confirming them, a third of what the engine may have in flight."""
_MOST_NOTICES = 10
"""Maximum number of notices reported of those that arrive together; the screen shows one at a time."""
_FAREWELL = 1.5
"""Seconds allowed for an engine to exit on its own."""
_LEAVING = 0.4
"""Seconds allowed for an engine to exit while the screen is being closed and the user waits."""
_POLL = 0.002


class Link(Protocol):
    """How to reach an engine."""

    name: str
    """The host's name."""
    noisy: bool
    """Whether to skip lines before the greeting, which a login shell may print."""
    patience: float
    """Seconds without a response after which the engine is given up."""
    delays: tuple[float, float]
    """First and longest delay in seconds before another engine is started; the delay doubles each time."""

    def open(self, first: bool) -> Child:
        """Start an engine; only the `first` time is the terminal still available for prompts.

        Raises:
            OSError: the program cannot be started.
            Unreachable: there is no engine at the other end.
        """
        ...

    def explain(self, status: int | None, stderr: str) -> tuple[str, str]:
        """Why the engine ended, in one sentence, and what to do about it (may be empty)."""
        ...


class SessionListener(Protocol):
    """Is notified of what an engine sends."""

    def changed(self, snapshot: Snapshot, ack: int) -> None:
        """A newer snapshot has arrived, which includes the effects of commands up to number `ack` (0: no more
        than before).
        """
        ...

    def received(self, update: Update) -> None:
        """Levels or a notice have arrived."""
        ...

    def answered(self, number: int, system: System) -> None:
        """The result of an inspection has arrived."""
        ...

    def silent(self, seconds: float) -> None:
        """The engine has not responded for this many seconds; 0 if it responds again."""
        ...

    def room(self) -> None:
        """The engine accepts more commands again."""
        ...


def _applied(snapshot: Snapshot, delta: Delta) -> Snapshot:
    """The newer snapshot.

    Raises:
        ProtocolError: the delta does not apply, or describes something impossible.
    """
    try:
        newer = apply_delta(snapshot, delta)
    except ValueError as error:
        raise ProtocolError(f"sent a change that cannot be applied: {error}") from None
    check_controls(newer, delta.controls)
    return newer


class EngineSession:
    """Talks to one engine until it ends. Create and use it on the running loop."""

    def __init__(self, child: Child, link: Link, listener: SessionListener) -> None:
        self._child, self._link, self._listener = child, link, listener
        self._ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._pipe = LinePipe(child.stdout, child.stdin, LINE_LIMIT, self._take, self._end, listener.room)
        self._greeted = False
        self._noise = 0
        self._snapshot = Snapshot()
        self._pictured = False
        self._changed = False
        """A newer snapshot is complete but not reported yet; `_ack` belongs to it."""
        self._ack = 0
        self._notices: deque[Notice] = deque(maxlen=_MOST_NOTICES)
        self._watch = Watch(0, (), 0.0)
        self._stderr = b""
        self._heard = time.monotonic()
        self._asked: float | None = self._heard
        self._told_silence = False
        self._serial = 0
        """Serial of the newest line to confirm."""
        self._unseen = 0
        """Bytes received since the last confirmation; a change counts as `_UNSEEN` more, so that it is
        confirmed at once.
        """

    @property
    def full(self) -> bool:
        """Whether the engine is not accepting more commands at the moment."""
        return self._pipe.full

    async def run(self) -> tuple[str, str]:
        """Serve the engine to its end; returns why it ended, and what to do about it (may be empty)."""
        loop = asyncio.get_running_loop()
        stderr, farewell = self._child.stderr, _FAREWELL
        if stderr is not None:
            os.set_blocking(stderr, False)
            loop.add_reader(stderr, self._read_stderr, stderr)
        try:
            if self._child.early:
                self._pipe.feed(self._child.early)
            while not self._ended.done():
                expected = time.monotonic() + _TICK
                await asyncio.wait({self._ended}, timeout=_TICK)
                self._look(time.monotonic(), expected)
            reason = self._ended.result()
            if reason:
                self._child.kill()
        except asyncio.CancelledError:
            farewell = _LEAVING
            raise
        finally:
            self._pipe.close()
            await self._reap(farewell)
            if stderr is not None:
                self._read_stderr(stderr)
                loop.remove_reader(stderr)
                os.close(stderr)
        if not reason and self._child.killed:
            reason = LINGERED
        if reason:
            return f"The engine on {self._link.name} {reason}.", ""
        return self._link.explain(self._child.status, self._stderr.decode("utf-8", "replace"))

    def send(self, number: int, command: Command) -> None:
        """Send a command, at once if the pipe accepts it."""
        self._pipe.write(pack_command(number, command))

    def watch(self, watch: Watch) -> None:
        """Request levels."""
        self._watch = watch
        self._pipe.write(encode("watch", watch))

    def inspect(self, number: int) -> None:
        """Request system information."""
        self._pipe.write(encode("inspect", Number(number)))

    def _take(self, lines: list[bytes]) -> None:
        self._heard, self._asked = time.monotonic(), None
        if self._told_silence:
            self._told_silence = False
            self._listener.silent(0.0)
        try:
            for line in lines:
                if self._greeted:
                    self._hear(vetted(decode(line)[1]), len(line))
                else:
                    self._greet(line)
        except ProtocolError as error:
            self._end(str(error))
        self._tell()
        if self._unseen > _UNSEEN:
            self._unseen = 0
            self._pipe.write(encode("seen", Number(self._serial)))

    def _greet(self, line: bytes) -> None:
        if self._link.noisy and not line.startswith(HELLO_START) and self._noise < _MOST_NOISE:
            self._noise += 1
            return
        check_hello(*decode(line), __version__)
        self._greeted = True
        # Wait for the first snapshot: until then, the engine connects to the sound systems.
        self._asked = self._heard

    def _hear(self, body: Body, size: int) -> None:
        """Process a message that arrived in a line of `size` bytes."""
        match body:
            case Delta(serial=serial, ack=ack, more=more):
                self._snapshot = _applied(self._snapshot, body)
                self._ack = max(self._ack, ack)
                self._changed = not more
                self._serial = serial
                self._unseen += _UNSEEN + size
            case LevelsLine(serial=serial):
                levels = unpack_levels(body, self._watch)
                if levels.peaks:
                    self._listener.received(levels)
                self._serial = serial
                self._unseen += size
            case Notice():
                self._notices.append(body)
            case SystemLine(number=number, system=system):
                self._listener.answered(number, system)
            case Number():
                pass
            case _:
                raise ProtocolError(f"sent a {type(body).__name__}, which only a screen sends")

    def _tell(self) -> None:
        """Report everything that came in at once, so that a flood costs the screen one update."""
        if self._changed:
            self._pictured, self._changed = True, False
            ack, self._ack = self._ack, 0
            self._listener.changed(self._snapshot, ack)
        while self._notices:
            self._listener.received(self._notices.popleft())

    def _look(self, now: float, expected: float) -> None:
        """Ping a silent engine, report a longer silence, and give the engine up after an even longer one."""
        if self._ended.done():
            return
        if now - expected > _TICK:
            # This process was stopped or starved, so the response may be in the pipe, unread.
            self._asked = None if self._pictured else now
        if self._asked is None:
            if now - self._heard >= _TICK:
                self._asked = now
                self._pipe.write(encode("ping", Number(1)))
            return
        silence = now - self._asked
        if silence > (self._link.patience if self._pictured else _START_PATIENCE):
            self._end(f"has not responded for {silence:.0f} seconds")
        elif silence >= SILENCE:
            self._told_silence = True
            self._listener.silent(silence)

    def _read_stderr(self, stderr: int) -> None:
        try:
            chunk = os.read(stderr, _STDERR_KEPT)
        except BlockingIOError:
            return
        if not chunk:
            asyncio.get_running_loop().remove_reader(stderr)
        self._stderr = (self._stderr + chunk)[-_STDERR_KEPT:]

    def _end(self, reason: str) -> None:
        if not self._ended.done():
            self._ended.set_result(reason)

    async def _reap(self, seconds: float) -> None:
        """Give the process, whose pipe is closed, `seconds` to exit; then kill it."""
        deadline = time.monotonic() + seconds
        while self._child.poll() is None and time.monotonic() < deadline:
            await asyncio.sleep(_POLL)
        self._child.reap()
