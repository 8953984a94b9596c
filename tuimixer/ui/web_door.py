"""Who may stay connected to the web server: only so many, and nobody who does not say the secret soon.

aiohttp alone keeps a connection that never sends a whole request, and any number of them.
"""

import asyncio
import logging

from aiohttp import web

MOST_CONNECTIONS = 64
PATIENCE = 10.0
"""Seconds in which a connection must ask for something below the secret."""
_KEEPALIVE = 15.0
"""Seconds for which a connection may wait between two requests."""
# What a stranger sends wrong is not worth a line in the terminal.
_SILENT = logging.Logger("tuimixer.web", logging.CRITICAL + 1)


class Door:
    """Makes the protocol for each new connection, and ends those that must not stay."""

    def __init__(self, server: web.Server) -> None:
        self._server = server
        self._strangers: dict[Guest, asyncio.TimerHandle] = {}
        """Connections that have not asked for anything below the secret yet, the oldest first."""
        self._known: set[Guest] = set()

    def __call__(self) -> asyncio.Protocol:
        """Called by the loop for a connection that it has accepted."""
        return Guest(self, self._server)

    def admit(self, guest: asyncio.Protocol) -> None:
        """This connection knows the secret."""
        assert isinstance(guest, Guest)
        if timer := self._strangers.pop(guest, None):
            timer.cancel()
            self._known.add(guest)

    def connected(self, guest: "Guest") -> None:
        """Make room for a new connection, among the strangers if possible."""
        if len(self._strangers) + len(self._known) >= MOST_CONNECTIONS:
            if not self._strangers:
                guest.abort()
                return
            self._turn_away(next(iter(self._strangers)))
        loop = asyncio.get_running_loop()
        self._strangers[guest] = loop.call_later(PATIENCE, self._turn_away, guest)

    def left(self, guest: "Guest") -> None:
        """A connection has ended."""
        self._known.discard(guest)
        if timer := self._strangers.pop(guest, None):
            timer.cancel()

    def _turn_away(self, guest: "Guest") -> None:
        self.left(guest)
        guest.abort()


class Guest(web.RequestHandler):
    """aiohttp's protocol for one connection, which reports to the door."""

    __slots__ = ("_door",)

    def __init__(self, door: Door, server: web.Server) -> None:
        loop = asyncio.get_running_loop()
        super().__init__(server, loop=loop, keepalive_timeout=_KEEPALIVE, access_log=None, logger=_SILENT)  # type: ignore[arg-type]
        self._door = door

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._door.connected(self)

    def connection_lost(self, exc: BaseException | None) -> None:
        self._door.left(self)
        super().connection_lost(exc)

    def abort(self) -> None:
        """End the connection at once, whatever waits in it."""
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()
