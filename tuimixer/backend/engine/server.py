"""Serves a backend through a pair of pipes: the engine's half of the protocol, in a process of its own.

Changes and acknowledgements are never dropped, only merged while the reader is slow; levels are dropped. The
amount in flight is limited by what the reader has confirmed, because the buffers along an ssh connection
would otherwise hold seconds of levels.
"""

import asyncio
from collections import deque
from collections.abc import Callable

from tuimixer.backend.base import Backend
from tuimixer.backend.engine.delta import is_empty, make_delta
from tuimixer.backend.engine.pipe import LinePipe
from tuimixer.backend.engine.protocol import (
    LINE_LIMIT,
    Body,
    CommandLine,
    Number,
    ProtocolError,
    SystemLine,
    Watch,
    decode,
    delta_lines,
    encode,
    pack_levels,
    unpack_command,
)
from tuimixer.model.command import Command, aspect
from tuimixer.model.snapshot import Levels, Notice, Snapshot, Update, settled
from tuimixer.model.system import System

_WINDOW = 2000
"""Bytes in flight above which nothing more is sent until some are confirmed (0.2 s at 9600 bytes/s)."""
_LEVELS_WINDOW = 600
"""The same limit for levels, lower in order to leave room for more important messages."""
_MOST_NOTICES = 100
_CATCH_UP = 1.5
"""Seconds allowed for the backend to catch up with what the blocking backends have read."""
_FAREWELL = 1.0
"""Seconds allowed for the backend to shut down."""


class Engine:
    """Serves one backend to one reader."""

    def __init__(
        self,
        backend: Backend,
        on_word: Callable[[], object] = lambda: None,
        early: Snapshot | None = None,
        serial: int = 0,
    ) -> None:
        """Args:
        on_word: called for every message from the reader, which sends one every few seconds.
        early: what the reader has already been sent; the backend's snapshots and the reader's commands wait
        until the backend has caught up with it.
        serial: number of deltas in which that was sent.
        """
        self._backend = backend
        self._on_word = on_word
        self._ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._pipe: LinePipe | None = None
        self._sent = early or Snapshot()
        self._behind = settled(self._sent)
        """Sources from which the reader has received more than the backend has read."""
        self._commands: dict[tuple[str, ...], Command] = {}
        """Commands waiting to be passed on, by aspect; `_newest` is the number of the last that arrived."""
        self._newest = 0
        self._latest: Snapshot | None = None
        self._ack = self._acked = 0
        self._serial = serial
        self._levels: Levels | None = None
        self._watch = Watch(0, (), 0.0)
        self._notices: deque[Notice] = deque(maxlen=_MOST_NOTICES)
        self._under_way: deque[tuple[int, int]] = deque()
        self._bytes = 0
        self._scheduled = False
        self._inspections: set[asyncio.Task[None]] = set()

    async def run(self, read_fd: int, write_fd: int) -> None:
        """Serve through two descriptors until the reader is gone; the greeting has been sent already.

        Raises:
            ProtocolError: the reader does not follow the protocol.
        """
        self._pipe = LinePipe(read_fd, write_fd, LINE_LIMIT, self._take, self._end, self._schedule)
        asyncio.get_running_loop().call_later(_CATCH_UP, self._caught_up)
        backend = asyncio.ensure_future(self._backend.run(self._emit))
        try:
            await asyncio.wait({backend, self._ended}, return_when=asyncio.FIRST_COMPLETED)
            if backend.done():
                backend.result()
            await self._ended
        finally:
            self._pipe.close()
            backend.cancel()
            for inspection in self._inspections:
                inspection.cancel()
            await asyncio.wait({backend}, timeout=_FAREWELL)

    def _emit(self, update: Update) -> None:
        if isinstance(update, Snapshot):
            self._latest = update
            if self._behind and self._behind <= settled(update):
                self._caught_up()
        elif isinstance(update, Levels):
            pending = self._levels.peaks if self._levels else {}
            self._levels = Levels({**pending, **update.peaks})
        else:
            self._notices.append(update)
        self._schedule()

    def _caught_up(self) -> None:
        """From now on, send the backend's snapshots and pass commands on to it."""
        self._behind = frozenset()
        self._schedule()

    def _submit(self) -> None:
        """Pass on the commands that have arrived; of two with the same aspect, only the newer one."""
        commands, self._commands = self._commands, {}
        try:
            for command in commands.values():
                self._backend.submit(command)
        except Exception as error:
            self._fail(error)
        else:
            self._ack = self._newest

    def _schedule(self) -> None:
        """Pass commands on and send changes at the end of this turn of the loop, so that they stay
        together.
        """
        if not self._scheduled:
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._flush)

    def _flush(self) -> None:
        if self._commands and not self._behind:
            self._submit()
        self._scheduled = False
        pipe = self._pipe
        assert pipe is not None
        while self._notices and not pipe.full:
            pipe.write(encode("notice", self._notices.popleft()))
        if not pipe.full and self._bytes < _WINDOW:
            self._send_changes(pipe)
        if self._levels is not None:
            if not pipe.full and self._bytes < _LEVELS_WINDOW and self._watch.ids:
                self._serial += 1
                self._send(pipe, pack_levels(self._serial, self._watch, self._levels))
            self._levels = None

    def _send_changes(self, pipe: LinePipe) -> None:
        if self._behind or self._latest is None or (self._latest is self._sent and self._ack == self._acked):
            return
        ack = self._ack if self._ack != self._acked else 0
        delta = make_delta(self._sent, self._latest, self._serial + 1, ack)
        first = self._serial == 0
        self._sent, self._acked = self._latest, self._ack
        if is_empty(delta) and not first:
            return
        self._serial += 1
        for line in delta_lines(delta):
            self._send(pipe, line)

    def _send(self, pipe: LinePipe, line: bytes) -> None:
        self._under_way.append((self._serial, len(line)))
        self._bytes += len(line)
        pipe.write(line)

    def _take(self, lines: list[bytes]) -> None:
        self._on_word()
        try:
            for line in lines:
                self._answer(*decode(line))
        except Exception as error:
            # Raised again in `run`, because an engine with a broken part must exit.
            self._fail(error)

    def _answer(self, kind: str, body: Body) -> None:
        match body:
            case CommandLine():
                command = unpack_command(body)
                self._commands.pop(aspect(command), None)
                self._commands[aspect(command)] = command
                self._newest = body.number
                self._schedule()
            case Watch():
                self._watch = body
                self._backend.watch_levels(frozenset(body.ids), body.rate)
            case Number():
                self._answer_number(kind, body)
            case _:
                raise ProtocolError(f"sent a {type(body).__name__}, which only an engine sends")

    def _answer_number(self, kind: str, body: Number) -> None:
        assert self._pipe is not None
        if kind == "seen":
            while self._under_way and self._under_way[0][0] <= body.value:
                self._bytes -= self._under_way.popleft()[1]
            self._schedule()
        elif kind == "ping":
            self._pipe.write(encode("pong", body))
        elif kind == "inspect":
            task = asyncio.ensure_future(self._inspect(body.value))
            self._inspections.add(task)
            task.add_done_callback(self._inspections.discard)

    async def _inspect(self, number: int) -> None:
        assert self._pipe is not None
        try:
            system = await self._backend.inspect()
        except Exception as error:
            # Reply even so, because the caller is waiting, and nothing else in the engine is affected.
            system = System()
            self._emit(Notice(f"The system information cannot be read: {error}.", error=True))
        try:
            line = encode("system", SystemLine(number, system))
        except ProtocolError as error:
            line = encode("system", SystemLine(number, System(system.host, system.user)))
            self._emit(Notice(f"The system information was omitted: {error}.", error=True))
        self._pipe.write(line)

    def _end(self, reason: str) -> None:
        self._fail(ProtocolError(reason) if reason else None)

    def _fail(self, error: Exception | None) -> None:
        if self._ended.done():
            return
        if error:
            self._ended.set_exception(error)
        else:
            self._ended.set_result(None)
