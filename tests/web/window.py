"""A browser window reduced to its socket: what textual-serve's page sends and gets, without a page."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from tests.lab.waiting import DEADLINE
from tests.web.serving import Serving


class Window:
    """An open socket to a screen."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.painted = bytearray()

    async def send(self, *message: Any) -> None:
        await self.socket.send_json(list(message))

    async def sees(self, text: str) -> None:
        """Wait until the text has been painted since the last call."""
        async with asyncio.timeout(DEADLINE):
            while text.encode() not in self.painted:
                message = await self.socket.receive()
                assert message.type is aiohttp.WSMsgType.BINARY, (
                    f"{message.type} after {bytes(self.painted)!r}"
                )
                self.painted += message.data
        self.painted.clear()

    async def closed(self) -> None:
        """Wait until the server closes it."""
        async with asyncio.timeout(DEADLINE):
            while (await self.socket.receive()).type is aiohttp.WSMsgType.BINARY:
                pass


@asynccontextmanager
async def window(
    served: Serving, query: str = "?width=80&height=24", **headers: str
) -> AsyncIterator[Window]:
    async with aiohttp.ClientSession() as session:
        address = f"http://127.0.0.1:{served.port}/{served.secret}/ws{query}"
        async with session.ws_connect(address, headers=headers, max_msg_size=0) as socket:
            yield Window(socket)
