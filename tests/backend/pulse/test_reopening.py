"""A connection that is replaced while the server is well: nothing that is shown or submitted is lost."""

import asyncio
import contextlib
import struct
from collections.abc import AsyncIterator, Coroutine
from typing import Any

import pytest

from tests.backend.pulse.watcher import Watcher
from tests.lab.moving import sink_of
from tests.lab.pipewire import PrivatePipeWire
from tests.lab.sound import SoundServer
from tests.lab.waiting import DEADLINE
from tuimixer.backend.pulse import backend as backend_module
from tuimixer.backend.pulse import meters as meters_module
from tuimixer.backend.pulse.aio import AsyncClient
from tuimixer.backend.pulse.backend import PulseBackend
from tuimixer.model.command import MoveStream, SetDefault, SetMute, SetVolume
from tuimixer.model.control import ControlId, Kind
from tuimixer.model.record import replace
from tuimixer.model.snapshot import Phase

SPEAKERS, HEADPHONES = "pulse:sink/speakers", "pulse:sink/headphones"
EVENTS = "pulse:stored/sink-input-by-media-role:event"
pytestmark = pytest.mark.pipewire


class _Relay:
    """Forwards a server's socket, and can send a client what libpulse does not understand."""

    def __init__(self, server: SoundServer) -> None:
        self.socket = server.runtime / "relay"
        self.address = f"unix:{self.socket}"
        self._server = server.address.removeprefix("unix:")
        self._clients: list[asyncio.StreamWriter] = []
        self._relaying: set[asyncio.Task[None]] = set()
        self.lets_in = asyncio.Event()
        """Whether new clients reach the server."""
        self.lets_in.set()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._clients.append(writer)
        self._start(self._connect(reader, writer))

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self.lets_in.wait()
        from_server, to_server = await asyncio.open_unix_connection(self._server)
        self._start(self._forward(reader, to_server))
        self._start(self._forward(from_server, writer))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._relaying.add(task)
        task.add_done_callback(self._relaying.discard)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()

    @property
    def connections(self) -> int:
        """How many there have been."""
        return len(self._clients)

    def confuse(self, client: int = -1) -> None:
        """Send a packet without content to a client, the newest one unless told."""
        length, channel, offset, flags = 4, 0xFFFFFFFF, 0, 0
        self._clients[client].write(struct.pack(">IIQII", length, channel, offset, flags, 0))

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Accept clients."""
        async with await asyncio.start_unix_server(self._accept, self.socket):
            yield
            for client in self._clients:
                client.close()
            for task in self._relaying:
                task.cancel()


async def test_a_connection_that_libpulse_gives_up_is_reopened_without_a_word(
    pipewire: PrivatePipeWire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PipeWire's answer to a new meter on a stream that is being moved is a protocol error to libpulse."""
    player = pipewire.play("music", silent=True)
    relay = _Relay(pipewire)
    async with relay.listening(), Watcher(PulseBackend(relay.address)) as watcher:
        control = await watcher.stream("music")
        await watcher.until(lambda: EVENTS in watcher.snapshot.controls, "the stored volumes")
        known = len(watcher.snapshots)
        monkeypatch.setattr(backend_module, "_LASTING", 0.0)
        relay.confuse()
        # Reads that begin when the connection is already lost replace libpulse's error.
        assert watcher.backend._session is not None
        for index in range(8):
            watcher.backend._session.on_event("sink", index, False)
        await watcher.until_server(lambda: relay.connections == 2, "another connection")
        await asyncio.to_thread(pipewire.pactl, "set-sink-input-volume", str(player.index), "25%")
        await watcher.until(lambda: watcher.get(control.id).raws == (16384, 16384), "the new volume")
        assert [status.phase for status in watcher.statuses] == [Phase.CONNECTING, Phase.READY], (
            watcher.statuses
        )
        assert all({control.id, EVENTS} <= snapshot.controls.keys() for snapshot in watcher.snapshots[known:])
        # Not again and again: what keeps failing is reported.
        monkeypatch.setattr(backend_module, "_LASTING", DEADLINE)
        relay.confuse()
        await watcher.until(lambda: watcher.phase is Phase.UNAVAILABLE, "the loss")
        assert "was lost: Protocol error" in watcher.snapshot.statuses[0].reason


async def test_what_is_set_while_a_connection_is_replaced_is_shown_at_once_and_done(
    pipewire: PrivatePipeWire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backend_module, "_LASTING", 0.0)
    relay = _Relay(pipewire)
    async with relay.listening(), Watcher(PulseBackend(relay.address)) as watcher:
        await watcher.until_ready()
        relay.lets_in.clear()
        relay.confuse()
        await watcher.until_server(lambda: relay.connections == 2, "another connection")
        submit = watcher.backend.submit
        for volume in (30000, 40000):
            submit(SetVolume(SPEAKERS, (volume, volume)))
            assert watcher.get(SPEAKERS).raws == (volume, volume)
        submit(SetMute(HEADPHONES, (True,)))
        relay.lets_in.set()

        def told() -> tuple[set[int], bool]:
            sinks = {sink["name"]: sink for sink in pipewire.pactl_json("sinks")}
            volume = sinks["speakers"]["volume"].values()
            return {channel["value"] for channel in volume}, sinks["headphones"]["mute"]

        await watcher.until_server(lambda: told() == ({40000}, True), "both to be set")
        assert not watcher.notices
        assert {snapshot.controls[SPEAKERS].raws for snapshot in watcher.snapshots if snapshot.controls} == {
            *((volume, volume) for volume in (30000, 40000, 65536))
        }


async def test_a_write_that_is_cut_off_is_repeated(
    pipewire: PrivatePipeWire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PipeWire drops what a client has sent if it disconnects before that is read."""
    monkeypatch.setattr(backend_module, "_LASTING", 0.0)
    relay = _Relay(pipewire)
    async with relay.listening(), Watcher(PulseBackend(relay.address)) as watcher:
        await watcher.until_ready()
        await asyncio.to_thread(pipewire.pause)
        try:
            watcher.backend.submit(SetVolume(SPEAKERS, (30000, 30000)))
            watcher.backend.submit(SetVolume(SPEAKERS, (40000, 40000)))
            relay.lets_in.clear()
            relay.confuse()
            await watcher.until_server(lambda: relay.connections == 2, "another connection")
            assert watcher.get(SPEAKERS).raws == (40000, 40000)
        finally:
            await asyncio.to_thread(pipewire.resume)
            relay.lets_in.set()
        await watcher.until_server(lambda: volumes(pipewire, "speakers") == {40000}, "the volume")
        assert not watcher.notices


async def test_what_was_submitted_for_a_connection_that_never_came_is_refused(
    pipewire: PrivatePipeWire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backend_module, "_LASTING", 0.0)
    relay = _Relay(pipewire)
    backend = PulseBackend(relay.address)
    async with relay.listening(), Watcher(backend) as watcher:
        await watcher.until_ready()
        monkeypatch.setattr(backend, "_patience", 0.5)
        relay.lets_in.clear()
        relay.confuse()
        await watcher.until_server(lambda: relay.connections == 2, "another connection")
        backend.submit(SetMute(HEADPHONES, (True,)))
        await watcher.until(lambda: watcher.phase is Phase.UNAVAILABLE, "the loss")
        [notice] = watcher.notices
        assert (notice.text, notice.id) == ("Not connected to a sound server at the moment.", HEADPHONES)


async def test_what_was_not_verified_is_verified_by_the_next_connection(
    pipewire: PrivatePipeWire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backend_module, "_LASTING", 0.0)
    call = AsyncClient.call

    async def ignoring(self: AsyncClient, method: str, *arguments: Any) -> Any:
        return None if method == "sink_mute" else await call(self, method, *arguments)

    monkeypatch.setattr(AsyncClient, "call", ignoring)
    relay = _Relay(pipewire)
    async with relay.listening(), Watcher(PulseBackend(relay.address)) as watcher:
        await watcher.until_ready()
        session = watcher.backend._session
        assert session is not None
        watcher.backend.submit(SetMute(HEADPHONES, (True,)))
        await watcher.until_server(lambda: session._doubted, "the response")
        relay.confuse()
        await watcher.until(lambda: watcher.notices, "the error message")
        assert relay.connections == 2
        assert watcher.notices[0].text.startswith("PipeWire did not mute Headphones")


async def test_a_connection_is_not_replaced_while_a_stream_is_moving(
    pipewire: PrivatePipeWire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PipeWire forgets the move if the client that requested it disconnects too early."""
    player = pipewire.play("music", silent=True, device="speakers")
    call, close = AsyncClient.call, AsyncClient.close
    clients: list[AsyncClient] = []
    old: list[Any] = []
    moving: list[bool] = []

    async def call_with_old_default(self: AsyncClient, method: str, *arguments: Any) -> Any:
        if self not in clients:
            clients.append(self)
        result = await call(self, method, *arguments)
        if method != "read_server" or self is not clients[0]:
            return result
        old.append(result)
        return old[0]

    def noted_close(self: AsyncClient) -> None:
        assert session is not None
        moving.append(any(isinstance(doubt.command, MoveStream) for doubt, _ in session._doubted.values()))
        close(self)

    monkeypatch.setattr(AsyncClient, "call", call_with_old_default)
    async with Watcher(PulseBackend(pipewire.address)) as watcher:
        control = await watcher.stream("music")
        session = watcher.backend._session
        monkeypatch.setattr(AsyncClient, "close", noted_close)
        watcher.backend.submit(SetDefault(HEADPHONES))
        watcher.backend.submit(MoveStream(control.id, HEADPHONES))
        await watcher.until_server(lambda: moving, "the connection to be replaced")
        assert moving == [False]
        await watcher.until(lambda: watcher.get(HEADPHONES).default, "the default")
        await watcher.until_server(
            lambda: sink_of(pipewire, player.index) == "headphones", "the stream to have moved"
        )
        assert not watcher.notices


async def test_a_default_set_twice_may_be_out_of_date_twice(
    pipewire: PrivatePipeWire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each connection that makes the headphones the default is shown the old one from then on."""
    call = AsyncClient.call
    newest: dict[AsyncClient, Any] = {}
    frozen: dict[AsyncClient, Any] = {}

    async def call_with_old_default(self: AsyncClient, method: str, *arguments: Any) -> Any:
        if arguments == ("headphones",):
            frozen[self] = newest[self]
        result = await call(self, method, *arguments)
        if method == "read_server":
            newest[self] = result
            return frozen.get(self, result)
        return result

    monkeypatch.setattr(AsyncClient, "call", call_with_old_default)
    async with Watcher(PulseBackend(pipewire.address)) as watcher:
        await watcher.until_ready()
        for sink, connections in ((HEADPHONES, 2), (SPEAKERS, 2), (HEADPHONES, 3)):
            watcher.backend.submit(SetDefault(sink))
            await watcher.until_server(lambda count=connections: len(newest) == count, "the connection")  # type: ignore[misc]
            await watcher.until_server(lambda sink=sink: default_sinks(watcher) == [sink], "the default")  # type: ignore[misc]
        assert not watcher.notices


async def test_of_two_defaults_set_quickly_the_last_one_is_verified(
    pipewire: PrivatePipeWire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection is shown the first one, which was not yet read when the second one was written."""
    call = AsyncClient.call
    clients: list[AsyncClient] = []
    first: list[Any] = []

    async def call_with_old_default(self: AsyncClient, method: str, *arguments: Any) -> Any:
        if self not in clients:
            clients.append(self)
        result = await call(self, method, *arguments)
        if method == "read_server" and result.default_sink == "headphones":
            first.append(result)
        return first[0] if method == "read_server" and first and self is clients[0] else result

    monkeypatch.setattr(AsyncClient, "call", call_with_old_default)
    async with Watcher(PulseBackend(pipewire.address)) as watcher:
        await watcher.until_ready()
        await asyncio.to_thread(pipewire.pactl, "set-default-sink", "headphones")
        await watcher.until(lambda: watcher.get(HEADPHONES).default, "the first one")
        session = watcher.backend._session
        assert session is not None
        # As if it had been written before the first one was read.
        watcher.backend.submit(SetDefault(SPEAKERS))
        await watcher.until_server(lambda: session._doubted, "the response")
        key, (doubt, timer) = next(iter(session._doubted.items()))
        session._doubted[key] = (replace(doubt, default="pulse:sink/third"), timer)
        await watcher.until_server(lambda: len(clients) == 2, "another connection")
        await watcher.until(lambda: watcher.get(SPEAKERS).default, "the last one")
        assert not watcher.notices


async def test_a_meters_connection_that_libpulse_gives_up_concerns_no_other(
    pipewire: PrivatePipeWire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meters_module, "_UNHEARD", 600.0)  # none is reopened for another reason
    players = [pipewire.play(name) for name in ("music", "film")]
    relay = _Relay(pipewire)
    async with relay.listening(), Watcher(PulseBackend(relay.address)) as watcher:
        await watcher.stream("film")
        session = watcher.backend._session
        ids = frozenset(f"pulse:sink_input/{player.index}" for player in players)
        watcher.backend.watch_levels(ids, 20.0)
        meters = watcher.backend._meters
        assert meters is not None
        await watcher.until_server(lambda: ids <= meters._heard.keys(), "the levels")
        assert relay.connections == 3, "one for all, and one for each meter"
        relay.confuse()
        await watcher.until_server(lambda: relay.connections == 4, "another connection")
        await watcher.until_server(lambda: ids <= meters._heard.keys(), "the level again")
        assert watcher.backend._meters is meters
        assert watcher.backend._session is session
        assert [status.phase for status in watcher.statuses] == [Phase.CONNECTING, Phase.READY]
        assert not watcher.notices


async def test_no_meter_is_opened_before_a_connection_has_read(
    pipewire: PrivatePipeWire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old connection's streams may have moved, and may be moving."""
    monkeypatch.setattr(backend_module, "_LASTING", 0.0)
    pipewire.play("music")
    subscribe, open_peaks = AsyncClient.subscribe, AsyncClient.open_peaks
    may_subscribe = asyncio.Event()
    may_subscribe.set()
    opened: list[bool] = []

    async def held_subscribe(self: AsyncClient) -> None:
        await may_subscribe.wait()
        await subscribe(self)

    def noted_open(self: AsyncClient, *arguments: Any) -> Any:
        opened.append(may_subscribe.is_set())
        return open_peaks(self, *arguments)

    monkeypatch.setattr(AsyncClient, "subscribe", held_subscribe)
    monkeypatch.setattr(AsyncClient, "open_peaks", noted_open)
    relay = _Relay(pipewire)
    async with relay.listening(), Watcher(PulseBackend(relay.address)) as watcher:
        control = await watcher.playing("music")
        watcher.backend.watch_levels(frozenset({control.id}), 20.0)
        await watcher.until(lambda: watcher.levels, "a level")
        before, meters = len(opened), watcher.backend._meters
        may_subscribe.clear()
        relay.confuse(0)
        await watcher.until_server(
            lambda: watcher.backend._meters not in (None, meters), "another connection"
        )
        watcher.backend.submit(SetMute(HEADPHONES, (True,)))
        watcher.backend.watch_levels(frozenset({control.id, SPEAKERS}), 20.0)
        assert len(opened) == before
        may_subscribe.set()
        await watcher.until_server(lambda: len(opened) >= before + 2, "the meters to be opened again")
        assert all(opened)


def default_sinks(watcher: Watcher) -> list[ControlId]:
    """The default as the server has reported it, without unconfirmed commands."""
    session = watcher.backend._session
    controls = session.store.controls if session is not None else {}
    return [key for key, control in controls.items() if control.default and control.kind is Kind.SINK]


def volumes(server: SoundServer, sink: str) -> set[int]:
    """The volumes of a sink's channels, as pactl reports them."""
    found = next(found for found in server.pactl_json("sinks") if found["name"] == sink)
    return {channel["value"] for channel in found["volume"].values()}
