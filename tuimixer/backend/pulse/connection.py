"""One connection's lifetime: an event marks an object as changed, so that it is read once; commands are
written at once.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from tuimixer.backend.base import BackendError, Refused, Unreachable
from tuimixer.backend.outbox import Outbox
from tuimixer.backend.pulse import translate
from tuimixer.backend.pulse.aio import AsyncClient
from tuimixer.backend.pulse.calls import call_for, codec_message
from tuimixer.backend.pulse.client import ObjectGone
from tuimixer.backend.pulse.store import Store
from tuimixer.backend.pulse.verification import OutOfDate, Unverified, affected, ignored, patience, unverified
from tuimixer.model.command import Command, Kill, MoveStream, SetDefault, SetSuspended, aspect
from tuimixer.model.control import ControlId, Kind
from tuimixer.model.snapshot import Notice
from tuimixer.model.text import clean

_LOG = logging.getLogger(__name__)

_KINDS = {kind.value: kind for kind in (Kind.SINK, Kind.SOURCE, Kind.SINK_INPUT, Kind.SOURCE_OUTPUT)}
_STREAMS_OF = {"sink": "sink_input", "source": "source_output"}
_ONE_BY_ONE = 12
"""If more objects of a kind than this have changed, reading all objects of that kind is cheaper."""
_BREATH = 0.004
"""Seconds between two reads during a storm of events."""
_LINKS_PAUSE = 0.1
"""Seconds before PipeWire's streams are read again because one of their devices seems to be relinked."""
_UNTOLD, _LONGEST_UNTOLD = 2.0, 16.0
"""Seconds between two reads of PipeWire's streams while a meter is attached to one, or one has no device; for
the latter, the time doubles with each read until the server reports something.

PipeWire's PulseAudio server does not report a move as such, only that the stream's node has changed its
state. Since 1.0, a meter's link keeps the node's state from changing, so nothing is reported. Nor is it when
the node was running before it got its device, as the recording half of a loopback does.
"""
_OUT_OF_DATE = 1.0
"""Seconds after which a default device that was set, but is not shown by PipeWire, is read through a new
connection.
"""
_STORED_PAUSE = 0.5
"""Seconds before stored volumes are read again, as each step of a stream's volume changes one of them."""


class Connection:
    """Reads and writes over one connection until it is lost.

    `publish` is called when the store or the outbox has changed, `say` with what to report to the user.
    """

    def __init__(
        self,
        client: AsyncClient,
        store: Store,
        publish: Callable[[], None],
        say: Callable[[Notice], None],
        metered: Callable[[], bool] = lambda: False,
        previous: "Connection | None" = None,
    ) -> None:
        """`metered` returns whether a meter is attached to a stream; `previous` is an ended connection to the
        same server, whose unfinished work this one takes over after its first read.
        """
        self.outbox = Outbox()
        self.store = store
        self._client, self._publish, self._say, self._metered = client, publish, say, metered
        self._dirty: dict[str, set[int]] = {}
        """Indexes of the objects to read, by facility."""
        self._whole: set[str] = {"server", "card", *_KINDS}
        """Facilities to read completely."""
        self._removed: list[tuple[str, int]] = []
        self._wake = asyncio.Event()
        self._wake.set()
        self._writing: set[tuple[str, ...]] = set()
        self._waiting: dict[tuple[str, ...], Command] = {}
        self._writers: set[asyncio.Task[None]] = set()
        self._timers: dict[str, asyncio.TimerHandle] = {}
        """Pending timers by facility, which is read completely when its timer fires."""
        self._untold: dict[str, float] = {}
        """Seconds until the next read of streams without a device, by facility; `_UNTOLD` at first."""
        self._stored = False
        """Whether the server stores volumes of streams that do not exist at the moment."""
        self._doubted: dict[tuple[str, ...], tuple[Unverified, asyncio.TimerHandle]] = {}
        """Acknowledged commands that have not taken effect yet, with the timer for their deadline."""
        self._judged: dict[tuple[str, ...], Unverified] = {}
        """Commands past this deadline, to be judged after the next read."""
        self._taken_over: dict[tuple[str, ...], Unverified] = {}
        """Commands that an earlier connection wrote."""
        self._broken: Unreachable | None = None
        self._previous = previous
        self._writes = True
        """Whether commands are written; once this connection has ended, they are left to the next one."""

    # ---- reading ---------------------------------------------------------------------------------

    def on_event(self, facility: str, index: int, removed: bool) -> None:
        """Note an event from the server."""
        self._untold.clear()
        if facility == "stored":
            self._read_later(facility, _STORED_PAUSE)
            return
        if removed:
            # Keep the order of events, because PipeWire reuses a removed object's index for the next one.
            self._removed.append((facility, index))
            self._dirty.get(facility, set()).discard(index)
        elif facility in ("server", "formats"):
            self._whole.add(facility)
        else:
            self._dirty.setdefault(facility, set()).add(index)
        self._wake.set()

    def _read_untold_later(self) -> None:
        """Read again those streams whose next device PipeWire may not report."""
        for kind in self.store.without_device():
            self._read_later(kind.value, self._untold.get(kind.value, _UNTOLD), backs_off=True)
        if self._metered() and self.store.several_sinks:
            # The start of a meter causes an event, which wakes the loop too.
            self._read_later(Kind.SINK_INPUT.value, _UNTOLD)

    def _read_later(self, facility: str, seconds: float, backs_off: bool = False) -> None:
        """Read a facility completely in at most this many seconds.

        Args: `backs_off` is whether the time doubles until the next read of the same kind.
        """
        loop = asyncio.get_running_loop()
        due, timer = loop.time() + seconds, self._timers.get(facility)
        if timer is not None and timer.when() <= due:
            return
        if timer is not None:
            timer.cancel()
        self._timers[facility] = loop.call_at(due, self._due, facility, backs_off)

    def _due(self, facility: str, backs_off: bool) -> None:
        del self._timers[facility]
        if backs_off:
            self._untold[facility] = min(self._untold.get(facility, _UNTOLD) * 2, _LONGEST_UNTOLD)
        self._whole.add(facility)
        self._wake.set()

    async def run(self) -> None:
        """Read whatever changes, forever.

        Raises:
            OutOfDate: the connection is to be reopened.
            Unreachable: the connection is lost; the message is the reason.
        """
        await self._client.subscribe()
        self._stored = await self._client.call("stream_restore_test") is not None
        later = {"formats", "stored"} if self._stored else {"formats"}
        if self._previous is not None:
            self._whole |= later  # they are shown already, and must not vanish for a moment
            later = set()
        first = True
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                if self._broken is not None:
                    raise self._broken
                new = await self._read()
                if self._previous is not None:
                    self._take_over(self._previous)
                if new or first:
                    self._publish()
                if self.is_pipewire:
                    self._read_untold_later()
                if later:
                    # The first frame must not wait for information that few users look at.
                    self._whole |= later
                    later = set()
                    self._wake.set()
                first = False
                await asyncio.sleep(_BREATH if self._wake.is_set() else 0)
        except OutOfDate:
            self._writes = False
            await self.written()
            raise
        finally:
            self._writes = False
            for timer in (*self._timers.values(), *(timer for _, timer in self._doubted.values())):
                timer.cancel()

    async def _read(self) -> bool:
        """Read everything that is dirty once; returns whether there is anything new to show."""
        number = self.outbox.begin_read()
        judged = dict(self._judged)
        dirty, self._dirty = self._dirty, {}
        whole, self._whole = self._whole, set()
        removed, self._removed = self._removed, []
        for facility, index in removed:
            if facility == "card":
                self.store.remove_card(index)
            elif (gone := self.store.remove(_KINDS[facility], index)) is not None:
                self._forget(gone)
        whole |= {facility for facility, indexes in dirty.items() if len(indexes) > _ONE_BY_ONE}
        reads = [self._read_whole(facility) for facility in whole]
        reads += [
            self._read_one(facility, index)
            for facility, indexes in dirty.items()
            if facility not in whole
            for index in indexes
        ]
        await _all(reads)
        await _all([self._read_client(index) for index in self.store.unknown_clients()])
        if "card" in whole or "card" in dirty:
            await _all([self._read_codecs(card.index, card.name) for card in self.store.bluetooth_cards()])
        confirming = self.outbox.awaiting_read
        self.outbox.end_read(number)
        new = self.store.settle() or confirming
        for key, doubt in judged.items():
            if self._judged.get(key) is doubt:
                self._judge(key, doubt)
                del self._judged[key]
        self._drop_doubts()
        return new

    def _forget(self, gone: ControlId) -> None:
        """Make sure that no command for a removed control reaches the next one with its id."""
        self.outbox.forget(gone)
        self._waiting = {key: command for key, command in self._waiting.items() if command.id != gone}

    async def _read_whole(self, facility: str) -> None:
        call, store = self._client.call, self.store
        match facility:
            case "server":
                store.put_server(await call("read_server"))
            case "card":
                store.keep_cards(await call("read_cards"))
            case "stored":
                if self._stored:
                    store.put_stored(await call("read_stored"))
            case "formats":
                with contextlib.suppress(Refused):  # not every server has this extension
                    store.put_formats(await call("read_all_formats"))
            case _:
                store.keep(_KINDS[facility], await call(f"read_{facility}s"))

    async def _read_one(self, facility: str, index: int) -> None:
        try:
            record = await self._client.call(f"read_{facility}", index)
        except ObjectGone:
            return  # the event for its removal is on its way
        if facility == "card":
            self.store.put_card(record)
        elif not self.store.put(_KINDS[facility], record) and facility in _STREAMS_OF and self.is_pipewire:
            # While a meter is attached to a stream, a move may show only in the devices' states.
            self._read_later(_STREAMS_OF[facility], _LINKS_PAUSE)

    @property
    def is_pipewire(self) -> bool:
        """Whether the server is PipeWire's; False before the first read."""
        return self.store.server is not None and self.store.server.name == "PipeWire"

    async def _read_client(self, index: int) -> None:
        with contextlib.suppress(ObjectGone):
            self.store.put_client(await self._client.call("read_client", index))

    async def _read_codecs(self, index: int, name: str) -> None:
        with contextlib.suppress(Refused):
            listing = await self._client.call("send_message", codec_message(name, "list-codecs"))
            current = await self._client.call("send_message", codec_message(name, "get-codec"))
            self.store.put_codecs(index, translate.codecs(listing, current))

    # ---- writing ---------------------------------------------------------------------------------

    def submit(self, command: Command) -> None:
        """Write a command now, or right after a write with the same aspect that is in progress; once this
        connection has ended, leave it to the next one.
        """
        key = aspect(command)
        self.outbox.submit(command)
        if (doubted := self._doubted.pop(key, None)) is not None:
            doubted[1].cancel()
        self._judged.pop(key, None)
        while self._writes and (next_one := self.outbox.take()) is not None:
            key = aspect(next_one)
            if key in self._writing:
                self._waiting[key] = next_one
            else:
                self._writing.add(key)
                task = asyncio.get_running_loop().create_task(self._write(key, next_one))
                self._writers.add(task)
                task.add_done_callback(self._writers.discard)

    def _take_over(self, previous: "Connection") -> None:
        """Make the checks and write the commands that the previous connection left."""
        self._previous = None
        for key, doubt in previous.unverified().items():
            if not self._is_another(doubt.command, previous):
                self._taken_over[key] = doubt
                self._doubt(key, doubt)
        for command in previous.unwritten():
            killed = isinstance(command, Kill) and command.id not in self.store.controls
            if not killed and not self._is_another(command, previous):
                self.submit(command)

    def _is_another(self, command: Command, previous: "Connection") -> bool:
        """Whether the command's stream has ended and another one has its index, which PipeWire reuses."""
        before, now = (store.controls.get(command.id) for store in (previous.store, self.store))
        if before is None or now is None or before.stream is None or now.stream is None:
            return False
        return (before.stream.client, before.stream.pid) != (now.stream.client, now.stream.pid)

    def unverified(self) -> dict[tuple[str, ...], Unverified]:
        """The acknowledged commands whose effect is still to be checked, by aspect."""
        return self._judged | {key: doubt for key, (doubt, _) in self._doubted.items()}

    def unwritten(self) -> list[Command]:
        """Take out the commands that this connection did not write, oldest first."""
        return list(iter(self.outbox.take, None))

    async def written(self) -> None:
        """Wait for the writes in progress."""
        if self._writers:
            await asyncio.wait(self._writers)

    async def _write(self, key: tuple[str, ...], command: Command | None) -> None:
        try:
            while command is not None:
                await self._write_one(key, command)
                command = self._waiting.pop(key, None)
        finally:
            # This must be done even after an error, because a value whose write never ended could not be set
            # again.
            self._writing.discard(key)
            self._waiting.pop(key, None)

    async def _write_one(self, key: tuple[str, ...], command: Command) -> None:
        try:
            call = call_for(command, self.store)
            doubt = unverified(command, self.store)
            await self._client.call(call.method, *call.arguments)
        except Unreachable as error:
            self._broken = error
            self._wake.set()
            if self._client.gave_up:
                self.outbox.put_back(command)
            else:
                self._failed(command, str(error))
        except BackendError as error:
            self._failed(command, str(error))
        except Exception as error:
            _LOG.exception("%s could not be written", command)
            self._failed(command, f"Internal error: {clean(repr(error))}.")
        else:
            self.outbox.acked(command)
            self._read_back(command)
            if key not in self._waiting:
                self._doubt(key, doubt)

    def _failed(self, command: Command, reason: str) -> None:
        self.outbox.failed(command)
        self._say(Notice(reason, error=True, id=command.id))
        self._publish()

    def _doubt(self, key: tuple[str, ...], doubt: Unverified) -> None:
        seconds = _OUT_OF_DATE if self._may_be_out_of_date(key, doubt) else patience(doubt.command)
        if seconds:
            timer = asyncio.get_running_loop().call_later(seconds, self._look_again, key)
            self._doubted[key] = (doubt, timer)

    def _drop_doubts(self) -> None:
        """Stop checking commands that have taken effect.

        Exceptions are suspending a device, which something may resume later, and moves, which PipeWire shows
        as done for a second to the client that requested them.
        """
        late = (MoveStream, SetSuspended)
        for key, (doubt, timer) in list(self._doubted.items()):
            if isinstance(doubt.command, late) or self._may_be_out_of_date(key, doubt):
                continue
            if not ignored(doubt, self.store, ""):
                timer.cancel()
                del self._doubted[key]

    def _look_again(self, key: tuple[str, ...]) -> None:
        doubt, _ = self._doubted.pop(key)
        self._judged[key] = doubt
        self._read_back(doubt.command)

    def _judge(self, key: tuple[str, ...], doubt: Unverified) -> None:
        """Report a command that the server ignored.

        Raises:
            OutOfDate: only a new connection can tell whether the server ignored it.
        """
        if self._may_be_out_of_date(key, doubt):
            # PipeWire's PulseAudio server acknowledges a move before it requests it, and forgets it when the
            # client disconnects.
            if not self._is_moving_streams():
                raise OutOfDate
            self._doubt(key, doubt)
            return
        server = self.store.server.name if self.store.server else "The server"
        if text := ignored(doubt, self.store, server):
            self._say(Notice(text, error=True, id=doubt.command.id))

    def _may_be_out_of_date(self, key: tuple[str, ...], doubt: Unverified) -> bool:
        """Whether a device that this connection has made the default is not shown as such."""
        if not self.is_pipewire or not isinstance(doubt.command, SetDefault):
            return False
        control = self.store.controls.get(doubt.command.id)
        return control is not None and not control.default and self._taken_over.get(key) is not doubt

    def _is_moving_streams(self) -> bool:
        doubted = (doubt.command for doubt, _ in self._doubted.values())
        return any(isinstance(command, MoveStream) for command in doubted) or any(
            name == MoveStream.__name__ for name, *_ in self._writing
        )

    def _read_back(self, command: Command) -> None:
        """Read what an acknowledged command changed, before the command leaves the outbox."""
        for facility, index in affected(command, self.store):
            if index is None:
                self._whole.add(facility)
            else:
                self._dirty.setdefault(facility, set()).add(index)
        self._wake.set()


async def _all(reads: list[Coroutine[Any, Any, None]]) -> None:
    """Run reads concurrently; the first failure is raised once all of them have ended."""
    if not reads:
        return
    if len(reads) == 1:
        await reads[0]
        return
    results = await asyncio.gather(*reads, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
