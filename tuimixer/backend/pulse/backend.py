"""The connection to a sound server for the lifetime of the screen, restored whenever it is lost."""

import asyncio
import os
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from tuimixer.backend.base import Unreachable
from tuimixer.backend.pulse import availability
from tuimixer.backend.pulse.find import Search, fault_of, search
from tuimixer.backend.pulse.store import Store
from tuimixer.backend.pulse.verification import OutOfDate
from tuimixer.backend.pulse.watch import until_something_appears
from tuimixer.model.command import Command, UseServer
from tuimixer.model.control import ControlId
from tuimixer.model.snapshot import Notice, Phase, Snapshot, Status, Update
from tuimixer.model.system import System

if TYPE_CHECKING:
    from tuimixer.backend.pulse.aio import AsyncClient
    from tuimixer.backend.pulse.connection import Connection
    from tuimixer.backend.pulse.meters import MeterStreams

_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 2.0
_LASTING = 1.0
"""Seconds after which a connection that libpulse gives up is reopened without a word."""


class _GivenUp(Unreachable):
    """libpulse did not understand the server, and ended the connection.

    The server may be well: PipeWire's answer to a new meter on a stream that is just being moved names no
    device, which libpulse takes for a protocol error. As each meter has a connection of its own there, no
    answer that ends this one is known.
    """


class PulseBackend:
    """PulseAudio or PipeWire's PulseAudio server. See `tuimixer.backend.base.Backend`.

    `server` is an address as in PULSE_SERVER; None to find one with `find.search` at each attempt to connect.
    """

    name = "pulse"

    def __init__(
        self,
        server: str | None = None,
        *,
        environment: Mapping[str, str] | None = None,
        root: str = "/",
        patience: float = 3.0,
    ) -> None:
        """`patience` is how many seconds the server may take to respond before it counts as gone."""
        self._server, self._root, self._patience = server, root, patience
        self._environment = os.environ if environment is None else environment
        self._emit: Callable[[Update], None] = lambda update: None
        self._session: Connection | None = None
        """The connection that has read what is shown; while it is being replaced, it has ended already."""
        self._meters: MeterStreams | None = None
        self._wanted: frozenset[ControlId] = frozenset()
        self._rate = 20.0
        self._status = Status("pulse", Phase.CONNECTING, "")
        self._shown = Snapshot()
        self._leave = asyncio.Event()

    async def run(self, emit: Callable[[Update], None]) -> None:
        """Serve until cancelled."""
        self._emit = emit
        self._show(Phase.CONNECTING)
        pause = _FIRST_PAUSE
        while True:
            self._leave.clear()
            found = self._search()
            try:
                await self._serve(found)
            except availability.NoLibrary as error:
                self._show(Phase.UNAVAILABLE, str(error), availability.INSTALL)
                await asyncio.Event().wait()
            except Unreachable as error:
                self._give_up_session()
                if self._leave.is_set():
                    pause = _FIRST_PAUSE
                    continue
                if self._status.phase is Phase.READY:
                    pause = _FIRST_PAUSE
                self._show(
                    Phase.UNAVAILABLE,
                    str(error),
                    f"{availability.looked_for(found)} Retrying automatically.",
                )
            if await until_something_appears(availability.socket_files(found), pause):
                pause = _FIRST_PAUSE
            pause = min(pause * 2, _LONGEST_PAUSE)

    def submit(self, command: Command) -> None:
        """Write a command; without a server, report that in a Notice."""
        if isinstance(command, UseServer):
            self._server = command.address or None
            self._leave.set()
            return
        if self._session is None:
            self._refuse(command)
            return
        self._session.submit(command)
        self._publish(self._session)

    def _refuse(self, command: Command) -> None:
        self._emit(Notice("Not connected to a sound server at the moment.", error=True, id=command.id))

    def _give_up_session(self) -> None:
        """Refuse what was submitted for the next connection, because there is none."""
        session, self._session = self._session, None
        if session is not None:
            for command in session.unwritten():
                self._refuse(command)

    def watch_levels(self, ids: frozenset[ControlId], rate: float) -> None:
        """Meter these controls; see `tuimixer.backend.base.Backend.watch_levels`."""
        self._wanted, self._rate = ids, rate
        if self._meters is not None:
            self._meters.want(ids, rate)

    async def inspect(self) -> System:
        """The servers on this machine, the one in use first."""
        found = self._search()
        others = (place.found for place in found.places if place.found != found.chosen.found)
        return System(servers=(found.chosen.found, *others))

    def _search(self) -> Search:
        return search(self._environment, self._root, address=self._server)

    async def _serve(self, found: Search) -> None:
        """Serve one server until it is lost; always raises Unreachable.

        A connection that is only to be reopened is replaced without a word: the server is well, so what is
        shown stays, and the next connection takes over what this one has not finished.
        """
        time = asyncio.get_running_loop().time
        while True:
            began = time()
            try:
                await self._serve_connection(found)
            except (OutOfDate, _GivenUp) as error:
                lasted = not isinstance(error, _GivenUp) or time() > began + _LASTING
                if self._leave.is_set() or not lasted:
                    raise

    async def _serve_connection(self, found: Search) -> None:
        """Serve one connection until it ends; always raises Unreachable."""
        aio, connection_module, meters = (
            availability.load("aio"),
            availability.load("connection"),
            availability.load("meters"),
        )
        place = found.chosen
        if fault := fault_of(place.found.address):
            raise Unreachable(availability.unreachable(found, Unreachable(fault)))
        connection = partial(aio.AsyncClient, place.found.address, place.cookie, self._patience)
        client = connection()
        session: Connection | None = None
        try:
            try:
                await client.connect()
            except Unreachable as error:
                raise Unreachable(availability.unreachable(found, error)) from error
            store = Store(place.found.address, place.found.why, availability.is_local(place.found.address))
            opened: Connection = connection_module.Connection(
                client,
                store,
                lambda: self._read_by(opened),
                self._emit,
                metered=self._meters_streams,
                previous=self._session,
            )
            session = opened
            self._meters = meters.MeterStreams(client, self._emit, connection, lambda: opened.is_pipewire)
            self._meters.want(self._wanted, self._rate)
            client.on_event = opened.on_event
            await self._until_lost(client, opened)
        finally:
            if self._meters is not None:
                self._meters.close()
                self._meters = None
            client.close()
            if session is not None:
                await session.written()

    async def _until_lost(self, client: "AsyncClient", session: "Connection") -> None:
        """Run until the session or the connection ends."""
        reading = asyncio.ensure_future(session.run())
        losing = asyncio.ensure_future(client.lost())
        leaving = asyncio.ensure_future(self._leave.wait())
        try:
            await asyncio.wait((reading, losing, leaving), return_when=asyncio.FIRST_COMPLETED)
            if leaving.done():
                raise Unreachable("A different server was requested.")
            if reason := client.loss:
                kind = _GivenUp if client.gave_up else Unreachable
                raise kind(f"The connection to the sound server was lost: {reason}.")
            reading.result()
        finally:
            losing.cancel()
            leaving.cancel()
            reading.cancel()
            await asyncio.wait((reading, losing, leaving))
            if not reading.cancelled():
                reading.exception()

    def _meters_streams(self) -> bool:
        return self._meters is not None and self._meters.on_streams

    def _read_by(self, session: "Connection") -> None:
        """Show what this session has read."""
        self._session = session
        self._publish(session)
        if self._meters is not None:
            self._meters.follow(session.store.controls)

    def _publish(self, session: "Connection") -> None:
        """Emit the server's state, as this session has read it, with the unconfirmed commands applied."""
        store = session.store
        server = store.server
        if server is None:
            return
        self._status = Status("pulse", Phase.READY, availability.label(server))
        snapshot = Snapshot(
            statuses=(self._status,),
            controls=session.outbox.over(store.controls),
            server_cards=store.server_cards,
            server=server,
        )
        if snapshot != self._shown:
            self._shown = snapshot
            self._emit(snapshot)

    def _show(self, phase: Phase, reason: str = "", hint: str = "") -> None:
        """Emit a snapshot without a server, with a status that says why."""
        status = Status("pulse", phase, "", reason, hint)
        if status != self._status or phase is Phase.CONNECTING:
            self._status = status
            self._shown = Snapshot(statuses=(status,))
            self._emit(self._shown)
