"""Limits the number of connections to the web server, and how long each may take to send the secret.

aiohttp itself accepts any number of connections, and keeps those that never send a whole request.
"""

import asyncio
import logging

from aiohttp import web

MOST_CONNECTIONS = 64
PATIENCE = 10.0
"""Seconds within which a connection must request a path below the secret."""
_KEEPALIVE = 15.0
"""Seconds that a connection may be idle between two requests."""
# Malformed requests from strangers are not worth a line in the terminal.
_SILENT = logging.Logger("tuimixer.web", logging.CRITICAL + 1)


class Door:
    """Creates the protocol for each new connection, and ends those that are not allowed to stay."""

    def __init__(self, server: web.Server) -> None:
        self._server = server
        self._strangers: dict[Guest, asyncio.TimerHandle] = {}
        """Connections that have not requested a path below the secret yet, oldest first."""
        self._known: set[Guest] = set()

    def __call__(self) -> asyncio.Protocol:
        """Create the protocol for a connection that the loop has accepted."""
        return Guest(self, self._server)

    def admit(self, guest: asyncio.Protocol) -> None:
        """Keep a connection that has sent the secret."""
        assert isinstance(guest, Guest)
        if timer := self._strangers.pop(guest, None):
            timer.cancel()
            self._known.add(guest)

    def connected(self, guest: "Guest") -> None:
        """Make room for a new connection, preferably by closing one that has not sent the secret."""
        if len(self._strangers) + len(self._known) >= MOST_CONNECTIONS:
            if not self._strangers:
                guest.abort()
                return
            self._turn_away(next(iter(self._strangers)))
        loop = asyncio.get_running_loop()
        self._strangers[guest] = loop.call_later(PATIENCE, self._turn_away, guest)

    def left(self, guest: "Guest") -> None:
        """Forget a connection that has ended."""
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
        """End the connection at once, discarding pending data."""
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()
