"""A connection of its own for each meter on PipeWire."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from tuimixer.backend.base import BackendError
from tuimixer.backend.pulse.aio import AsyncClient
from tuimixer.backend.pulse.peaks import PeakStream

_PATIENCE = 2.0
"""Seconds within which a closed stream is to end; if it does not, its connection is closed."""
_KEPT = 10.0
"""Seconds for which a connection is kept for the next meter."""


class MeterConnections:
    """Connections to one server, for a meter each.

    PipeWire's PulseAudio server passes over a stream's data while another message to the same client is still
    waiting to be written. If several meters shared a connection, only the first of those that are due at the
    same moment would be served, and as a rule that would be the same one each time.

    When a meter has ended, its connection is kept for the next one: if a client disconnects while the server
    is still reading all devices for it, PipeWire may lose a card's profiles.
    """

    def __init__(self, connection: Callable[[], AsyncClient]) -> None:
        """`connection` makes a new one, not connected yet."""
        self._connection = connection
        self._kept: dict[AsyncClient, asyncio.TimerHandle] = {}

    async def take(self) -> AsyncClient:
        """A connection that no meter uses.

        Raises:
            Unreachable: the server cannot be reached or did not respond in time.
        """
        while self._kept:
            client, timer = self._kept.popitem()
            timer.cancel()
            if not client.loss:
                return client
            client.close()
        client = self._connection()
        try:
            await client.connect()
        except BaseException:
            client.close()
            raise
        return client

    def give_back(self, client: AsyncClient) -> None:
        """Keep a connection for the next meter."""
        self._kept[client] = asyncio.get_running_loop().call_later(_KEPT, self._drop, client)

    def close(self) -> None:
        """Close the connections that no meter uses."""
        for client in list(self._kept):
            self._drop(client)

    def _drop(self, client: AsyncClient) -> None:
        self._kept.pop(client).cancel()
        client.close()


class ConnectedPeakStream:
    """A peak stream on a connection of its own; for its methods, see `PeakStream`."""

    def __init__(
        self,
        connections: MeterConnections,
        open_stream: Callable[[AsyncClient, Callable[[], None]], PeakStream],
        channels: int,
        on_end: Callable[[], None],
    ) -> None:
        """`open_stream` opens the stream on a connection; its second argument is called once it has ended."""
        self.channels = channels
        self.ended = False
        self._connections, self._open_stream, self._on_end = connections, open_stream, on_end
        self._stream: PeakStream | None = None
        self._closed, self._stream_ended = asyncio.Event(), asyncio.Event()
        self._task = asyncio.get_running_loop().create_task(self._run())

    def take(self) -> tuple[float, ...] | None:
        """As `PeakStream.take`."""
        return self._stream.take() if self._stream is not None else None

    def close(self) -> None:
        """As `PeakStream.close`."""
        self._closed.set()

    def abandon(self) -> None:
        """As `PeakStream.abandon`."""
        self._on_end = _nothing
        self._task.cancel()

    async def _run(self) -> None:
        try:
            if not self._closed.is_set():
                await self._connect()
        except BackendError:
            pass  # the meter is reopened
        finally:
            self.ended = True
            self._on_end()

    async def _connect(self) -> None:
        client = await self._connections.take()
        usable = False
        try:
            usable = await self._meter(client)
        finally:
            if self._stream is not None:
                self._stream.abandon()
            if usable:
                self._connections.give_back(client)
            else:
                client.close()

    async def _meter(self, client: AsyncClient) -> bool:
        """Meter until closed; returns whether nothing of the stream is left on the server.

        libpulse cannot cancel a stream that is still being created. PipeWire creates one when its session
        manager has linked it, which may be never; only the end of the connection removes it then.
        """
        if self._closed.is_set():
            return True
        self._stream = self._open_stream(client, self._stream_ended.set)
        await _first(self._closed.wait(), self._stream_ended.wait(), client.lost())
        if not self._closed.is_set():
            return False
        self._stream.close()
        await _first(self._stream_ended.wait(), asyncio.sleep(_PATIENCE))
        return self._stream_ended.is_set() and not client.loss


async def _first(*awaited: Coroutine[Any, Any, object]) -> None:
    """Wait until one of these has ended."""
    tasks = [asyncio.ensure_future(each) for each in awaited]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()


def _nothing() -> None:
    pass
