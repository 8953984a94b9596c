"""A connection that is replaced while the server is well: nothing that is shown or submitted is lost."""

import asyncio
import contextlib
import struct
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.backend.pulse.watcher import Watcher
from tests.lab.moving import sink_of
from tests.lab.pipewire import PrivatePipeWire
from tests.lab.sound import SoundServer
from tests.lab.waiting import DEADLINE
from tuimixer.backend.pulse import backend as backend_module
from tuimixer.backend.pulse.aio import AsyncClient
from tuimixer.backend.pulse.backend import PulseBackend
from tuimixer.model.command import MoveStream, SetDefault, SetMute, SetVolume
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

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._clients.append(writer)
        await self.lets_in.wait()
        from_server, to_server = await asyncio.open_unix_connection(self._server)
        for one, other in ((reader, to_server), (from_server, writer)):
            task = asyncio.ensure_future(self._forward(one, other))
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

    def confuse(self) -> None:
        """Send a packet without content to the newest client."""
        length, channel, offset, flags = 4, 0xFFFFFFFF, 0, 0
        self._clients[-1].write(struct.pack(">IIQII", length, channel, offset, flags, 0))

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Accept clients."""
        async with await asyncio.start_unix_server(self._accept, self.socket):
            yield
            for client in self._clients:
                client.close()


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
    async with relay.listening(), Watcher(PulseBackend(relay.address, patience=0.5)) as watcher:
        await watcher.until_ready()
        relay.lets_in.clear()
        relay.confuse()
        await watcher.until_server(lambda: relay.connections == 2, "another connection")
        watcher.backend.submit(SetMute(HEADPHONES, (True,)))
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

    async def noted_close(self: AsyncClient) -> None:
        assert session is not None
        moving.append(any(isinstance(doubt.command, MoveStream) for doubt, _ in session._doubted.values()))
        await close(self)

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


def volumes(server: SoundServer, sink: str) -> set[int]:
    """The volumes of a sink's channels, as pactl reports them."""
    found = next(found for found in server.pactl_json("sinks") if found["name"] == sink)
    return {channel["value"] for channel in found["volume"].values()}
