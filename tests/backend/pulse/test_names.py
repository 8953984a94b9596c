"""Display names: a description before a name, an application before a title, never nothing."""

import asyncio

import pytest

from tests.backend.pulse.watcher import Watcher, device
from tests.lab.pulse import PrivatePulse
from tests.lab.sound import SoundServer
from tuimixer.backend.pulse.backend import PulseBackend
from tuimixer.model.control import Control, Kind


@pytest.mark.feature("names of devices, streams and the nameless")
async def test_names(server: SoundServer) -> None:
    player = server.play("Fire fox", media="A song")
    nameless = server.play(" ", media=" ", silent=True)
    async with Watcher(PulseBackend(server.address)) as watcher:
        control = await watcher.stream("Fire fox")
        told = await asyncio.to_thread(server.find, "sink-inputs", player.index)
        assert told is not None
        assert told["properties"]["application.name"] == control.name
        assert control.stream is not None
        assert told["properties"]["media.name"] == control.stream.media
        await watcher.until(
            lambda: watcher.named(f"pacat ({nameless.pid})"), "the program and its number instead of no name"
        )
        assert watcher.get("pulse:sink/headphones").name == "Headphones"
        found = await asyncio.to_thread(device, server, "sinks", "headphones")
        assert found["description"] == "Headphones"


@pytest.mark.pulse
async def test_stream_without_name_and_of_a_bare_socket(pulse: PrivatePulse) -> None:
    path = pulse.folder / "simple"
    async with Watcher(PulseBackend(pulse.address)) as watcher:
        await watcher.until_ready()
        await asyncio.to_thread(
            pulse.pactl, "load-module", "module-simple-protocol-unix", f"socket={path}", "playback=1"
        )
        _, writer = await asyncio.open_unix_connection(path)
        nameless = await asyncio.to_thread(pulse.play, " ", media=" ", silent=True)
        try:
            writer.write(bytes(200_000))

            def streams() -> list[Control]:
                controls = watcher.snapshot.controls.values()
                return [control for control in controls if control.kind is Kind.SINK_INPUT]

            await watcher.until(lambda: len(streams()) == 2, "both streams")
            assert all(control.name.strip() for control in streams())
            found = watcher.get(f"pulse:sink_input/{nameless.index}")
            assert found.name == f"pacat ({nameless.pid})"
        finally:
            writer.close()
        await watcher.until(lambda: len(streams()) == 1, "the socket's stream to go")
