"""Servers that disappear, hang, start late or never existed, and very short streams."""

import asyncio
import subprocess
from collections.abc import Iterator

import pytest

from tests.backend.pulse.table import Lacks
from tests.backend.pulse.watcher import Watcher
from tests.lab.pipewire import PrivatePipeWire
from tests.lab.pulse import PrivatePulse
from tests.lab.sound import SoundServer
from tests.lab.waiting import DEADLINE
from tuimixer.backend.base import Unreachable
from tuimixer.backend.pulse.aio import AsyncClient
from tuimixer.backend.pulse.backend import PulseBackend
from tuimixer.model.command import SetMute, SetVolume
from tuimixer.model.control import Kind
from tuimixer.model.snapshot import Phase
from tuimixer.model.system import NO_PIPEWIRE_PULSE


@pytest.mark.feature("server gone and back")
async def test_killed_server_is_told_and_its_return_noticed_by_itself(server: SoundServer) -> None:
    server.play("music")
    async with Watcher(PulseBackend(server.address)) as watcher:
        await watcher.stream("music")
        await asyncio.to_thread(server.kill)
        await watcher.until(lambda: watcher.phase is Phase.UNAVAILABLE, "the loss")
        assert not watcher.snapshot.controls
        # The first one reported; by now it may have been retried in vain.
        status = next(status for status in watcher.statuses if status.phase is Phase.UNAVAILABLE)
        assert "The connection to the sound server was lost" in status.reason
        assert "Retrying automatically" in status.hint
        watcher.backend.submit(SetVolume("pulse:sink/speakers", (1, 1)))
        assert watcher.notices[-1].text == "Not connected to a sound server at the moment."
        await asyncio.to_thread(server.start)
        await watcher.until(lambda: watcher.named("Headphones", Kind.SINK), "the sinks to come back")
        watcher.backend.submit(SetMute("pulse:sink/headphones", (True,)))
        await watcher.until_server(
            lambda: {sink["name"]: sink["mute"] for sink in server.pactl_json("sinks")}["headphones"],
            "the mute on the new server",
        )


async def test_volumes_are_the_servers_after_each_of_its_deaths(server: SoundServer) -> None:
    """Two clients write while the server goes and comes back: what is shown in the end is what it has."""

    def told() -> dict[str, list[int]]:
        sinks = server.pactl_json("sinks")
        return {s["name"]: [channel["value"] for channel in s["volume"].values()] for s in sinks}

    def shown() -> dict[str, list[int]]:
        controls = watcher.snapshot.controls.values()
        sinks = [control for control in controls if control.kind is Kind.SINK]
        return {s.id.removeprefix("pulse:sink/"): [channel.raw for channel in s.channels] for s in sinks}

    async with Watcher(PulseBackend(server.address)) as watcher:
        for percent in range(20, 70, 10):
            await watcher.until(lambda: watcher.named("Speakers", Kind.SINK), "the sinks")
            watcher.backend.submit(SetVolume("pulse:sink/speakers", (655 * percent, 655 * percent)))
            await asyncio.to_thread(server.pactl, "set-sink-volume", "headphones", f"{percent}%")
            await asyncio.to_thread(server.restart)
            await asyncio.to_thread(server.pactl, "set-sink-volume", "speakers", f"{percent + 3}%")
            await watcher.until_server(lambda: shown() == told() != {}, "the server's volumes to be shown")


async def test_server_that_comes_late(server: SoundServer) -> None:
    server.kill()
    (server.runtime / "pulse" / "native").unlink(missing_ok=True)
    environment = {"XDG_RUNTIME_DIR": str(server.runtime), "HOME": str(server.folder)}
    async with Watcher(PulseBackend(environment=environment)) as watcher:
        await watcher.until(lambda: watcher.phase is Phase.UNAVAILABLE, "the first answer")
        status = watcher.snapshot.statuses[0]
        assert status.reason == (
            f"No sound server is running (unix:{server.runtime}/pulse/native is not responding)."
        )
        assert f"Looked for PulseAudio or PipeWire at {server.runtime}/pulse/native" in status.hint
        await asyncio.to_thread(server.start)
        await watcher.until(lambda: watcher.named("Speakers", Kind.SINK), "the sinks")
        assert watcher.snapshot.server is not None
        assert watcher.snapshot.server.why == "session"


async def test_hung_server_is_told_and_taken_up_again(server: SoundServer) -> None:
    server.play("music")
    async with Watcher(PulseBackend(server.address)) as watcher:
        control = await watcher.stream("music")
        assert watcher.backend._session is not None
        # Not earlier: a busy machine takes longer for what succeeds.
        watcher.backend._session._client._patience = 0.3
        await asyncio.to_thread(server.pause)
        try:
            watcher.backend.submit(SetVolume(control.id, (20000, 20000)))
            await watcher.until(lambda: watcher.notices, "the failure of the command")
            assert watcher.notices[0].text == "The sound server did not respond within 0.3 s."
            await watcher.until(lambda: watcher.phase is Phase.UNAVAILABLE, "the loss")
        finally:
            await asyncio.to_thread(server.resume)
        await watcher.until(lambda: watcher.named("Speakers", Kind.SINK), "the server to answer again")


async def test_calls_that_end_with_their_connection_are_told_why(server: SoundServer) -> None:
    """Otherwise, which of a screen's calls ends first would decide what it says about a hung server."""
    hung, closed, lost = clients = [AsyncClient(server.address, patience=DEADLINE) for _ in range(3)]
    for client in clients:
        await client.connect()
    await asyncio.to_thread(server.pause)
    cut_off = [asyncio.ensure_future(client.call("read_server")) for client in clients]
    await asyncio.sleep(0)  # until they have been sent
    hung._patience = 0.3
    with pytest.raises(Unreachable, match=r"^The sound server did not respond within 0\.3 s\.$"):
        await hung.call("read_sinks")
    assert not any(call.done() for call in cut_off)
    hung.close()
    with pytest.raises(Unreachable, match="did not respond"):
        await hung.call("read_sinks")  # as when another change waits for the one that was cut off
    closed.close()
    await asyncio.to_thread(server.kill)
    async with asyncio.timeout(DEADLINE):
        await lost.lost()
    lost.close()
    reasons = [str(error) for error in await asyncio.gather(*cut_off, return_exceptions=True)]
    assert reasons == [
        "The sound server did not respond within 0.3 s.",
        "The connection is closed.",
        "The sound server closed the connection.",
    ]


async def test_backend_ends_while_calls_are_in_flight(server: SoundServer) -> None:
    server.play("music")
    for pause in (0.0, 0.001, 0.003, 0.01):
        async with Watcher(PulseBackend(server.address)) as watcher:
            control = await watcher.stream("music")
            for step in range(50):
                watcher.backend.submit(SetVolume(control.id, (step, step)))
                watcher.backend.submit(SetMute(control.id, (bool(step % 2),)))
            await asyncio.sleep(pause)


@pytest.mark.feature("streams of 50 ms")
async def test_streams_of_50_ms(server: SoundServer) -> None:
    sound = server.folder / "short.raw"
    sound.write_bytes(bytes(44100 * 4 // 20))
    async with Watcher(PulseBackend(server.address)) as watcher:
        await watcher.until_ready()

        def seen() -> bool:
            controls = (control for shot in watcher.snapshots for control in shot.controls.values())
            return any(control.name == "blip" for control in controls)

        async with asyncio.timeout(DEADLINE):
            count = 0
            # On a busy machine, some may have ended before they could be read.
            while count < 10 or not seen():
                played = ["pacat", "--raw", "--client-name=blip", "--latency-msec=20", str(sound)]
                await asyncio.to_thread(subprocess.run, played, env=server.env, check=True)
                count += 1
        await watcher.until(lambda: not watcher.named("blip"), "the last to go")
        assert watcher.phase is Phase.READY


@pytest.mark.unit
async def test_no_server_at_all() -> None:
    async with Watcher(PulseBackend("unix:/nowhere/native")) as watcher:
        await watcher.until(lambda: watcher.phase is Phase.UNAVAILABLE, "the first answer")
        assert watcher.snapshot.statuses[0].reason == (
            "No sound server at unix:/nowhere/native (as specified): Connection refused."
        )


@pytest.mark.pulse
async def test_a_full_queue_is_no_refusal(pulse: PrivatePulse) -> None:
    """The kernel refuses connections to a hung server as soon as a few wait in its queue."""
    pulse.pause()
    pulse.fill_queue()
    async with Watcher(PulseBackend(pulse.address)) as watcher:
        await watcher.until(lambda: watcher.phase is Phase.UNAVAILABLE, "the first answer")
        assert watcher.snapshot.statuses[0].reason == (
            f"No sound server at {pulse.address} (as specified): no response."
        )


@pytest.fixture
def bare() -> Iterator[PrivatePulse]:
    """A PulseAudio without any sink, and so without a default."""
    with PrivatePulse(sinks=()) as server:
        yield server


@pytest.mark.feature("no device and no default")
@pytest.mark.pulse
async def test_server_without_sinks_and_default(bare: PrivatePulse) -> None:
    async with Watcher(PulseBackend(bare.address)) as watcher:
        await watcher.until_ready()
        assert not watcher.snapshot.controls
        assert watcher.snapshot.server is not None
        assert watcher.snapshot.server.default_sink is None
        await asyncio.to_thread(bare.pactl, "load-module", "module-null-sink", "sink_name=late")
        await watcher.until(lambda: "pulse:sink/late" in watcher.snapshot.controls, "the sink")
        await watcher.until(lambda: watcher.get("pulse:sink/late").default, "the default")


@pytest.mark.feature("no device and no default")
@pytest.mark.pipewire
async def test_pipewire_without_sinks_makes_one(lacks: Lacks) -> None:
    with PrivatePipeWire(sinks=()) as server:
        async with Watcher(PulseBackend(server.address)) as watcher:
            await watcher.until(lambda: "pulse:sink/auto_null" in watcher.snapshot.controls, "the dummy")
            [told] = await asyncio.to_thread(server.pactl_json, "sinks")
            assert told["name"] == "auto_null"
            assert watcher.get("pulse:sink/auto_null").name == told["description"]
    lacks(
        "no device and no default", f"without any it makes one itself, {told['name']}: {told['description']}"
    )


@pytest.mark.pipewire
async def test_pipewire_without_its_pulse_server_is_told(pipewire: PrivatePipeWire) -> None:
    async with Watcher(PulseBackend(environment=pipewire.env)) as watcher:
        await watcher.until_ready()
        pipewire.kill_pulse_server()
        await watcher.until(lambda: NO_PIPEWIRE_PULSE in watcher.statuses[-1].reason, "the reason")
        assert "pipewire-pulse.service" in watcher.statuses[-1].hint
