"""A browser window reduced to its socket: what textual-serve's page sends and receives, without a page."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from tests.lab.waiting import DEADLINE
from tests.web.serving import Serving


class Window:
    """An open socket to a screen, read all the time as a browser does, so that the server's pings are
    answered.
    """

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.painted = bytearray()
        self.reading = asyncio.ensure_future(self._read())
        self._news = asyncio.Event()

    async def send(self, *message: Any) -> None:
        await self.socket.send_json(list(message))

    async def paints(self) -> None:
        """Wait until something has been painted since the last call."""
        await self.sees("")

    async def sees(self, text: str) -> None:
        """Wait until the text has been painted since the last call."""
        async with asyncio.timeout(DEADLINE):
            while not self.painted or text.encode() not in self.painted:
                assert not self.reading.done(), f"closed after {bytes(self.painted)!r}"
                self._news.clear()
                await self._news.wait()
        self.painted.clear()

    async def closed(self) -> None:
        """Wait until the server closes it."""
        async with asyncio.timeout(DEADLINE):
            await self.reading

    async def _read(self) -> None:
        async for message in self.socket:
            assert message.type is aiohttp.WSMsgType.BINARY
            self.painted += message.data
            self._news.set()
        self._news.set()


@asynccontextmanager
async def window(
    served: Serving, query: str = "?width=80&height=24", **headers: str
) -> AsyncIterator[Window]:
    async with aiohttp.ClientSession() as session:
        address = f"http://127.0.0.1:{served.port}/{served.secret}/ws{query}"
        async with session.ws_connect(address, headers=headers, max_msg_size=0) as socket:
            opened = Window(socket)
            try:
                yield opened
            finally:
                opened.reading.cancel()
                await asyncio.wait({opened.reading})
