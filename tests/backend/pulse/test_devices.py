"""Sinks, sources, defaults, formats and stored volumes on real servers, asserted with pactl."""

import asyncio
import subprocess
from typing import Any

import pytest

from tests.backend.pulse.table import Lacks
from tests.backend.pulse.watcher import Watcher, device
from tests.lab.pipewire import PrivatePipeWire
from tests.lab.sound import SoundServer
from tuimixer.backend.pulse import verification
from tuimixer.backend.pulse.aio import AsyncClient
from tuimixer.backend.pulse.backend import PulseBackend
from tuimixer.model.command import (
    Command,
    Kill,
    MoveStream,
    SetCodec,
    SetDefault,
    SetLatencyOffset,
    SetMute,
    SetPort,
    SetProfile,
    SetSuspended,
    SetVolume,
)
from tuimixer.model.control import Kind, Medium
from tuimixer.model.intent import Nudge
from tuimixer.model.resolve import resolve
from tuimixer.model.snapshot import Phase

EVENTS = "pulse:stored/sink-input-by-media-role:event"


@pytest.mark.feature("monitors told from inputs")
async def test_sinks_and_monitors_are_described(server: SoundServer) -> None:
    async with Watcher(PulseBackend(server.address)) as watcher:
        await watcher.until_ready()
        sink = watcher.get("pulse:sink/speakers")
        assert (sink.name, sink.kind, sink.default, sink.medium) == (
            "Speakers",
            Kind.SINK,
            True,
            Medium.SOFTWARE,
        )
        assert sink.device is not None
        assert sink.device.index == device(server, "sinks", "speakers")["index"]
        assert sink.device.monitor == "speakers.monitor"
        assert not sink.device.hardware
        assert sink.device.decibel
        assert not watcher.get("pulse:sink/headphones").default
        monitor = watcher.get("pulse:source/speakers.monitor")
        assert monitor.name == "Monitor of Speakers"
        assert monitor.device is not None
        assert monitor.device.monitor_of == "pulse:sink/speakers"
        assert watcher.snapshot.server is not None
        assert watcher.snapshot.server.name in ("PulseAudio", "PipeWire")
        assert watcher.snapshot.server.version[0].isdigit()
        assert watcher.snapshot.statuses[0].label == (
            f"{watcher.snapshot.server.name} {watcher.snapshot.server.version}"
        )


async def change_volume_and_mute(watcher: Watcher, server: SoundServer, kind: str, name: str) -> None:
    plural = f"{kind}s"
    index = device(server, plural, name)["index"]
    watcher.backend.submit(SetVolume(f"pulse:{kind}/{name}", (16384, 49152)))
    watcher.backend.submit(SetMute(f"pulse:{kind}/{name}", (True,)))
    await watcher.until_server(lambda: server.percents(plural, index) == [25, 75], "the volume")
    await watcher.until_server(lambda: device(server, plural, name)["mute"], "the mute")


async def refusal(watcher: Watcher, command: Command) -> str:
    """The message after a command that cannot be executed."""
    seen = len(watcher.notices)
    watcher.backend.submit(command)
    await watcher.until(lambda: len(watcher.notices) > seen, "the refusal")
    return watcher.notices[-1].text


@pytest.mark.feature("device volume and mute", "default output and input")
async def test_volume_mute_and_default_of_devices(server: SoundServer) -> None:
    async with Watcher(PulseBackend(server.address)) as watcher:
        await watcher.until_ready()
        await change_volume_and_mute(watcher, server, "sink", "headphones")
        await change_volume_and_mute(watcher, server, "source", "headphones.monitor")
        watcher.backend.submit(SetDefault("pulse:sink/headphones"))
        assert watcher.get("pulse:sink/headphones").default
        assert not watcher.get("pulse:sink/speakers").default
        await watcher.until_server(
            lambda: server.pactl("get-default-sink").strip() == "headphones", "the default"
        )
        await asyncio.to_thread(server.pactl, "set-default-sink", "speakers")
        await watcher.until(lambda: watcher.get("pulse:sink/speakers").default, "the default set by another")
        assert not watcher.get("pulse:sink/headphones").default
        watcher.backend.submit(SetDefault("pulse:source/headphones.monitor"))
        await watcher.until_server(
            lambda: server.pactl("get-default-source").strip() == "headphones.monitor", "the default source"
        )
        await watcher.until(lambda: watcher.get("pulse:source/headphones.monitor").default, "it to be shown")
        assert not watcher.notices


@pytest.mark.feature("device over 100 %", "device: base volume")
async def test_over_100_percent_and_base_volume(server: SoundServer) -> None:
    async with Watcher(PulseBackend(server.address)) as watcher:
        await watcher.until_ready()
        told = await asyncio.to_thread(device, server, "sinks", "speakers")
        control = watcher.get("pulse:sink/speakers")
        assert control.device is not None
        assert control.device.base == told["base_volume"]["value"]
        command = resolve(Nudge(control.id, 45, past_full=True), control).command
        assert command is not None
        watcher.backend.submit(command)
        await watcher.until_server(
            lambda: server.percents("sinks", told["index"]) == [145, 145], "a volume over 100 %"
        )
        # Not past the cap, however long the key is held.
        assert resolve(Nudge(control.id, 45, past_full=True), watcher.get(control.id)).command == SetVolume(
            control.id, (98304, 98304)
        )


@pytest.mark.feature("suspend and resume")
async def test_suspend_and_resume(server: SoundServer) -> None:
    async with Watcher(PulseBackend(server.address)) as watcher:
        await watcher.until_ready()
        watcher.backend.submit(SetSuspended("pulse:sink/headphones", True))
        await watcher.until(
            lambda: watcher.get("pulse:sink/headphones").device.state == "suspended",  # type: ignore[union-attr]
            "the suspension",
        )
        # The requested state is shown at once; the server follows.
        await watcher.until_server(
            lambda: device(server, "sinks", "headphones")["state"] == "SUSPENDED",
            "the server's own suspension",
        )
        watcher.backend.submit(SetSuspended("pulse:sink/headphones", False))
        if watcher.snapshot.server and watcher.snapshot.server.name == "PipeWire":
            # It resumes a device when something plays on it, and not before.
            await asyncio.to_thread(server.play, "music", device="headphones")
        await watcher.until(
            lambda: watcher.get("pulse:sink/headphones").device.state != "suspended",  # type: ignore[union-attr]
            "the resumption",
        )
        await watcher.until_server(
            lambda: device(server, "sinks", "headphones")["state"] != "SUSPENDED", "pactl to say so"
        )
        assert {notice.text for notice in watcher.notices} <= {
            "PipeWire only resumes Headphones when something is playing on it."
        }


async def test_what_the_server_refuses_is_told_in_one_sentence(server: SoundServer) -> None:
    async with Watcher(PulseBackend(server.address)) as watcher:
        await watcher.until_ready()
        for command in (
            SetPort("pulse:sink/speakers", "analog-output"),
            SetProfile("pulse:card/none", "off"),
            SetLatencyOffset("pulse:card/none", "port", 1000),
            SetVolume("pulse:sink/speakers", (1, 2, 3)),
            SetDefault(EVENTS),
        ):
            text = await refusal(watcher, command)
            assert text.endswith(".")
            assert "\n" not in text
        assert watcher.get("pulse:sink/speakers").raws == (65536, 65536)


@pytest.mark.feature("Bluetooth codec")
async def test_codec_where_there_is_no_bluetooth(server: SoundServer, lacks: Lacks) -> None:
    card = "bluez_card.00_11_22_33_44_55"
    asked = ["pactl", "send-message", f"/card/{card}/bluez", "list-codecs"]
    done = await asyncio.to_thread(subprocess.run, asked, env=server.env, capture_output=True, text=True)
    assert done.returncode
    async with Watcher(PulseBackend(server.address)) as watcher:
        await watcher.until_ready()
        assert await refusal(watcher, SetCodec(f"pulse:card/{card}", "aac")) == "The card is gone."
    lacks("Bluetooth codec", f"no Bluetooth card here; {' '.join(asked)}: {done.stderr.strip()}")


def load_as_many_channels_as_can_be(server: SoundServer) -> int:
    """Load the sink "many" and return how many channels the server reports for it.

    PulseAudio accepts 32. PipeWire accepts 64 and reports 32 of them, but 1.4 neither reports nor accepts the
    volumes of more than about 50 channels: all are 0.
    """
    for wanted in (64, 32):
        names = ",".join(f"aux{n}" for n in range(32))
        arguments = [f"channels={wanted}", *([f"channel_map={names}"] if wanted == 32 else [])]
        try:
            module = server.pactl("load-module", "module-null-sink", "sink_name=many", *arguments)
        except subprocess.CalledProcessError:
            continue
        server.wake("many")
        volumes = [channel["value"] for channel in device(server, "sinks", "many")["volume"].values()]
        if any(volumes):
            return len(volumes)
        server.pactl("unload-module", module.strip())
    raise AssertionError("no sink of 32 channels could be loaded")


@pytest.mark.feature("surround, and as many channels as there can be")
async def test_surround_and_64_channels(server: SoundServer) -> None:
    async with Watcher(PulseBackend(server.address)) as watcher:
        await watcher.until_ready()
        await asyncio.to_thread(
            server.pactl, "load-module", "module-null-sink", "sink_name=six", "channels=6"
        )
        await watcher.until(lambda: "pulse:sink/six" in watcher.snapshot.controls, "six channels")
        await asyncio.to_thread(server.wake, "six")
        raws = tuple(range(10000, 70000, 10000))
        assert len(watcher.get("pulse:sink/six").channels) == 6
        watcher.backend.submit(SetVolume("pulse:sink/six", raws))
        await watcher.until_server(
            lambda: (
                tuple(channel["value"] for channel in device(server, "sinks", "six")["volume"].values())
                == raws
            ),
            "six volumes",
        )
        most = await asyncio.to_thread(load_as_many_channels_as_can_be, server)
        index = device(server, "sinks", "many")["index"]

        def shown() -> bool:
            """Whether it is there, and not its predecessor."""
            control = watcher.snapshot.controls.get("pulse:sink/many")
            return control is not None and control.device is not None and control.device.index == index

        await watcher.until(shown, "many channels")
        many = watcher.get("pulse:sink/many")
        assert len(many.channels) == most
        watcher.backend.submit(SetVolume(many.id, (30000,) * len(many.channels)))
        await watcher.until_server(
            lambda: (
                {channel["value"] for channel in device(server, "sinks", "many")["volume"].values()}
                == {30000}
            ),
            "many volumes",
        )


@pytest.mark.feature("recording stream: volume, move, end")
async def test_recording_stream_and_microphone(server: SoundServer) -> None:
    async with Watcher(PulseBackend(server.address)) as watcher:
        await watcher.until_ready()
        record = await asyncio.create_subprocess_exec(
            "parec",
            "--client-name=recorder",
            "--device=speakers.monitor",
            env=server.env,
            stdout=asyncio.subprocess.DEVNULL,
        )
        try:
            control = await watcher.stream("recorder", Kind.SOURCE_OUTPUT)
            await watcher.until(
                lambda: watcher.get(control.id).target_id == "pulse:source/speakers.monitor", "its source"
            )
            control = watcher.get(control.id)
            assert control.stream is not None
            assert not control.stream.peak
            watcher.backend.submit(SetVolume(control.id, (32768,) * len(control.channels)))
            index = control.stream.index
            await watcher.until_server(
                lambda: set(server.percents("source-outputs", index)) == {50}, "its volume"
            )
            watcher.backend.submit(MoveStream(control.id, "pulse:source/headphones.monitor"))
            other = await asyncio.to_thread(device, server, "sources", "headphones.monitor")

            def records_there() -> bool:
                found = server.find("source-outputs", index)
                return found is not None and found["source"] == other["index"]

            await watcher.until_server(records_there, "the move")
            await watcher.until(
                lambda: watcher.get(control.id).target_id == "pulse:source/headphones.monitor",
                "it to be shown",
            )
            watcher.backend.submit(Kill(control.id))
            await watcher.until(lambda: control.id not in watcher.snapshot.controls, "its end")
            assert await asyncio.to_thread(server.find, "source-outputs", index) is None
        finally:
            if record.returncode is None:
                record.terminate()
            await record.wait()


@pytest.mark.pipewire
@pytest.mark.parametrize("every", [False, True], ids=["one connection", "the server"])
async def test_a_default_that_a_connection_does_not_show_is_read_through_another(
    pipewire: PrivatePipeWire, monkeypatch: pytest.MonkeyPatch, every: bool
) -> None:
    """Now and then, PipeWire shows a client that has set the default the old one from then on."""
    call = AsyncClient.call
    clients: list[AsyncClient] = []
    old: list[Any] = []

    async def call_with_old_default(self: AsyncClient, method: str, *arguments: Any) -> Any:
        if self not in clients:
            clients.append(self)
        result = await call(self, method, *arguments)
        if method != "read_server":
            return result
        old.append(result)
        return old[0] if every or self is clients[0] else result

    monkeypatch.setattr(AsyncClient, "call", call_with_old_default)
    monkeypatch.setattr(verification, "_SLOW", 0.5)
    async with Watcher(PulseBackend(pipewire.address)) as watcher:
        await watcher.until_ready()
        watcher.backend.submit(SetDefault("pulse:sink/headphones"))
        await watcher.until(lambda: len(clients) == 2, "another connection")
        if every:
            await watcher.until(lambda: watcher.notices, "the error message")
            assert watcher.notices[0].text == "PipeWire did not make Headphones the default output."
        else:
            await watcher.until(lambda: watcher.get("pulse:sink/headphones").default, "the default")
            await asyncio.to_thread(pipewire.pactl, "set-sink-volume", "headphones", "25%")
            await watcher.until(
                lambda: set(watcher.get("pulse:sink/headphones").raws) == {16384}, "the next change"
            )
            assert not watcher.notices
        assert [status.phase for status in watcher.statuses] == [Phase.CONNECTING, Phase.READY]
        assert len(clients) == 2
