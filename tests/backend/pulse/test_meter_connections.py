"""The connections of meters; that meters are served on them is shown in test_meters."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import pytest

from tests.lab.waiting import DEADLINE
from tuimixer.backend.pulse import meter_connections
from tuimixer.backend.pulse.aio import AsyncClient
from tuimixer.backend.pulse.meter_connections import ConnectedPeakStream, MeterConnections
from tuimixer.backend.pulse.peaks import PeakStream

pytestmark = pytest.mark.unit


@dataclass(eq=False)
class _Client:
    loss: str = ""
    closed: bool = False

    async def connect(self) -> None:
        await asyncio.sleep(0)

    async def lost(self) -> None:
        await asyncio.Event().wait()

    def close(self) -> None:
        self.closed = True


@dataclass(eq=False)
class _Stream:
    on_end: Callable[[], None]

    def close(self) -> None:
        self.on_end()

    def abandon(self) -> None:
        pass


class _Clients:
    """All that have been made."""

    def __init__(self) -> None:
        self.made: list[_Client] = []

    def __call__(self) -> AsyncClient:
        self.made.append(_Client())
        return cast("AsyncClient", self.made[-1])


def _open(_client: AsyncClient, on_end: Callable[[], None]) -> PeakStream:
    return cast("PeakStream", _Stream(on_end))


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


async def test_meters_beyond_the_limit_wait_for_a_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meter_connections, "_MOST", 2)
    clients = _Clients()
    connections = MeterConnections(clients)
    streams = [ConnectedPeakStream(connections, _open, 2, lambda: None) for _ in range(4)]
    await _until(lambda: all(stream._stream for stream in streams[:2]))
    streams[2].close()
    streams[0].close()
    await _until(lambda: streams[0].ended and streams[2].ended and streams[3]._stream)
    assert len(clients.made) == 2
    assert streams[2]._stream is None
    for stream in streams:
        stream.abandon()


async def test_connection_of_a_stream_that_does_not_end_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meter_connections, "_PATIENCE", 0.0)
    monkeypatch.setattr(_Stream, "close", lambda self: None)
    clients = _Clients()
    stream = ConnectedPeakStream(MeterConnections(clients), _open, 2, lambda: None)
    await _until(lambda: stream._stream)
    stream.close()
    await _until(lambda: stream.ended)
    assert clients.made[0].closed
