"""The connections of meters; that meters are served on them is shown in test_meters."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

import pytest

from tests.lab.waiting import DEADLINE
from tuimixer.backend.base import Unreachable
from tuimixer.backend.pulse import meter_connections
from tuimixer.backend.pulse.aio import AsyncClient
from tuimixer.backend.pulse.meter_connections import ConnectedPeakStream, MeterConnections
from tuimixer.backend.pulse.peaks import PeakStream

pytestmark = pytest.mark.unit


@dataclass(eq=False)
class _Client:
    loss: str = ""
    closed: bool = False
    refused: bool = False
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def connect(self) -> None:
        await asyncio.sleep(0)
        if self.refused:
            raise Unreachable("Connection refused")

    async def lost(self) -> None:
        await self.ended.wait()

    def close(self) -> None:
        self.closed = True


@dataclass(eq=False)
class _Stream:
    on_end: Callable[[], None]
    abandoned: bool = False

    def close(self) -> None:
        self.on_end()

    def abandon(self) -> None:
        self.abandoned = True


class _Clients:
    """All that have been made."""

    def __init__(self, refused: bool = False) -> None:
        self.made: list[_Client] = []
        self._refused = refused

    def __call__(self) -> AsyncClient:
        self.made.append(_Client(refused=self._refused))
        return cast("AsyncClient", self.made[-1])


class _Streams:
    """All that have been opened."""

    def __init__(self) -> None:
        self.opened: list[_Stream] = []

    def __call__(self, _client: AsyncClient, on_end: Callable[[], None]) -> PeakStream:
        self.opened.append(_Stream(on_end))
        return cast("PeakStream", self.opened[-1])


async def _until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(DEADLINE):
        while not condition():
            await asyncio.sleep(0)


async def test_connection_is_kept_for_the_next_meter() -> None:
    clients = _Clients()
    connections = MeterConnections(clients)
    first = await connections.take()
    second = await connections.take()
    assert first is not second
    connections.give_back(first)
    assert await connections.take() is first
    connections.give_back(first)
    connections.give_back(second)
    connections.close()
    assert all(client.closed for client in clients.made)


async def test_connection_that_was_lost_meanwhile_is_not_used_again() -> None:
    clients = _Clients()
    connections = MeterConnections(clients)
    first = await connections.take()
    connections.give_back(first)
    clients.made[0].loss = "Connection terminated"
    assert await connections.take() is not first
    assert clients.made[0].closed


async def test_connection_is_not_kept_forever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meter_connections, "_KEPT", 0.0)
    clients = _Clients()
    connections = MeterConnections(clients)
    connections.give_back(await connections.take())
    await _until(lambda: clients.made[0].closed)
    await connections.take()
    assert len(clients.made) == 2


async def test_stream_that_has_ended_leaves_its_connection_to_the_next_one() -> None:
    clients, streams, ends = _Clients(), _Streams(), list[str]()
    connections = MeterConnections(clients)
    stream = ConnectedPeakStream(connections, streams, 2, lambda: ends.append("end"))
    await _until(lambda: streams.opened)
    stream.close()
    await _until(lambda: ends)
    assert stream.ended
    assert streams.opened[0].abandoned
    assert cast("_Client", await connections.take()) is clients.made[0]


async def test_stream_that_is_closed_at_once_opens_no_connection() -> None:
    clients, streams, ends = _Clients(), _Streams(), list[str]()
    stream = ConnectedPeakStream(MeterConnections(clients), streams, 2, lambda: ends.append("end"))
    stream.close()
    await _until(lambda: ends)
    assert clients.made == []


async def test_stream_that_is_closed_while_it_connects_is_not_opened() -> None:
    clients, streams, ends = _Clients(), _Streams(), list[str]()
    stream = ConnectedPeakStream(MeterConnections(clients), streams, 2, lambda: ends.append("end"))
    await _until(lambda: clients.made)
    stream.close()
    await _until(lambda: ends)
    assert streams.opened == []
    assert not clients.made[0].closed


async def test_stream_ends_if_the_server_refuses_the_connection() -> None:
    clients, streams, ends = _Clients(refused=True), _Streams(), list[str]()
    stream = ConnectedPeakStream(MeterConnections(clients), streams, 2, lambda: ends.append("end"))
    await _until(lambda: ends)
    assert stream.ended
    assert stream.take() is None
    assert clients.made[0].closed


async def test_stream_ends_with_its_connection() -> None:
    clients, streams, ends = _Clients(), _Streams(), list[str]()
    stream = ConnectedPeakStream(MeterConnections(clients), streams, 2, lambda: ends.append("end"))
    await _until(lambda: streams.opened)
    clients.made[0].ended.set()
    await _until(lambda: ends)
    assert stream.ended
    assert streams.opened[0].abandoned
    assert clients.made[0].closed


async def test_connection_that_is_lost_while_a_stream_is_closed_is_not_kept() -> None:
    clients, streams, ends = _Clients(), _Streams(), list[str]()
    connections = MeterConnections(clients)
    stream = ConnectedPeakStream(connections, streams, 2, lambda: ends.append("end"))
    await _until(lambda: streams.opened)
    clients.made[0].loss = "Connection terminated"
    stream.close()
    await _until(lambda: ends)
    assert clients.made[0].closed


async def test_abandoned_stream_closes_its_connection_and_says_nothing() -> None:
    clients, streams, ends = _Clients(), _Streams(), list[str]()
    stream = ConnectedPeakStream(MeterConnections(clients), streams, 2, lambda: ends.append("end"))
    await _until(lambda: streams.opened)
    stream.abandon()
    await _until(lambda: stream.ended)
    assert streams.opened[0].abandoned
    assert clients.made[0].closed
    assert ends == []


async def test_connection_of_a_stream_that_does_not_end_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meter_connections, "_PATIENCE", 0.0)
    monkeypatch.setattr(_Stream, "close", lambda self: None)
    clients = _Clients()
    streams = _Streams()
    stream = ConnectedPeakStream(MeterConnections(clients), streams, 2, lambda: None)
    await _until(lambda: streams.opened)
    stream.close()
    await _until(lambda: stream.ended)
    assert clients.made[0].closed
