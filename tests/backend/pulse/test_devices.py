"""Sinks, sources, defaults, formats and stored volumes on real servers, asserted with pactl."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from tests.backend.pulse.watcher import Watcher
from tests.lab.pulse import PrivatePulse
from tests.lab.sound import SoundServer
from tuimixer.backend.pulse.backend import PulseBackend
from tuimixer.model.command import (
    Command,
    Kill,
    SetDefault,
    SetFormats,
    SetLatencyOffset,
    SetMute,
    SetPort,
    SetProfile,
    SetSuspended,
    SetVolume,
)
from tuimixer.model.control import Control, Kind, Medium

EVENTS = "pulse:stored/sink-input-by-media-role:event"


def device(server: SoundServer, kind: str, name: str) -> dict[str, Any]:
    """What pactl says about a sink or source."""
    return next(found for found in server.pactl_json(kind) if found["name"] == name)


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
        assert sink.sink_or_source is not None
        assert sink.sink_or_source.index == device(server, "sinks", "speakers")["index"]
        assert sink.sink_or_source.monitor == "speakers.monitor"
        assert not sink.sink_or_source.hardware
        assert sink.sink_or_source.decibel
        assert not watcher.get("pulse:sink/headphones").default
        monitor = watcher.get("pulse:source/speakers.monitor")
        assert monitor.name == "Monitor of Speakers"
        assert monitor.sink_or_source is not None
        assert monitor.sink_or_source.monitor_of == "pulse:sink/speakers"
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
    """What a person is told after a command that cannot be done."""
    seen = len(watcher.notices)
    watcher.backend.submit(command)
    await watcher.until(lambda: len(watcher.notices) > seen, "the refusal")
    return watcher.notices[-1].text


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
        assert not watcher.notices


async def test_suspend_and_resume(server: SoundServer) -> None:
    async with Watcher(PulseBackend(server.address)) as watcher:
        await watcher.until_ready()
        watcher.backend.submit(SetSuspended("pulse:sink/headphones", True))
        await watcher.until(
            lambda: watcher.get("pulse:sink/headphones").sink_or_source.state == "suspended",  # type: ignore[union-attr]
            "the suspension",
        )
        assert device(server, "sinks", "headphones")["state"] == "SUSPENDED"
        watcher.backend.submit(SetSuspended("pulse:sink/headphones", False))
        if watcher.snapshot.server and watcher.snapshot.server.name == "PulseAudio":
            # PipeWire resumes a device when something plays on it, and not before.
            await watcher.until(
                lambda: watcher.get("pulse:sink/headphones").sink_or_source.state != "suspended",  # type: ignore[union-attr]
                "the resumption",
            )
        assert not watcher.notices


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


async def test_surround_and_64_channels(server: SoundServer) -> None:
    async with Watcher(PulseBackend(server.address)) as watcher:
        await watcher.until_ready()
        await asyncio.to_thread(
            server.pactl, "load-module", "module-null-sink", "sink_name=six", "channels=6"
        )
        await watcher.until(lambda: "pulse:sink/six" in watcher.snapshot.controls, "six channels")
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
        most = 64 if watcher.snapshot.server and watcher.snapshot.server.name == "PipeWire" else 32
        loaded = await asyncio.to_thread(
            server.pactl,
            "load-module",
            "module-null-sink",
            "sink_name=many",
            f"channels={most}",
            "channel_map=" + ",".join(f"aux{n}" for n in range(32)) if most == 32 else "",
        )
        assert loaded.strip().isdigit()
        await watcher.until(lambda: "pulse:sink/many" in watcher.snapshot.controls, "many channels")
        many = watcher.get("pulse:sink/many")
        assert len(many.channels) >= 32
        watcher.backend.submit(SetVolume(many.id, (30000,) * len(many.channels)))
        await watcher.until_server(
            lambda: (
                {channel["value"] for channel in device(server, "sinks", "many")["volume"].values()}
                == {30000}
            ),
            "many volumes",
        )


async def test_odd_streams_and_devices(server: SoundServer) -> None:
    modules = [
        "module-combine-sink sink_name=both slaves=speakers,headphones",
        "module-loopback source=speakers.monitor sink=headphones",
        "module-remap-sink sink_name=mapped master=speakers",
    ]
    async with Watcher(PulseBackend(server.address)) as watcher:
        await watcher.until_ready()
        for module in modules:
            await asyncio.to_thread(server.pactl, "load-module", *module.split())
        wanted = {"pulse:sink/both", "pulse:sink/mapped"}
        await watcher.until(lambda: wanted <= watcher.snapshot.controls.keys(), "the virtual sinks")

        def streams() -> list[Any]:
            return [
                control
                for control in watcher.snapshot.controls.values()
                if control.kind in (Kind.SINK_INPUT, Kind.SOURCE_OUTPUT)
            ]

        await watcher.until(lambda: len(streams()) >= 4, "the modules' streams")
        for control in streams():
            assert control.name
            assert control.stream.virtual, control
        assert not any(control.stream.peak for control in streams())
        await watcher.until(
            lambda: all(control.device for control in streams() if control.kind is Kind.SINK_INPUT),
            "their sinks",
        )


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
                lambda: watcher.get(control.id).device == "pulse:source/speakers.monitor", "its source"
            )
            control = watcher.get(control.id)
            assert control.stream is not None
            assert not control.stream.peak
            watcher.backend.submit(SetVolume(control.id, (32768,) * len(control.channels)))
            index = control.stream.index
            await watcher.until_server(
                lambda: set(server.percents("source-outputs", index)) == {50}, "its volume"
            )
            watcher.backend.submit(Kill(control.id))
            await watcher.until(lambda: control.id not in watcher.snapshot.controls, "its end")
        finally:
            if record.returncode is None:
                record.terminate()
            await record.wait()


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


RESTORING = ("module-stream-restore restore_device=false", "module-device-restore")


@pytest.fixture
def restoring() -> Iterator[PrivatePulse]:
    """A PulseAudio that keeps volumes and formats."""
    with PrivatePulse(modules=RESTORING) as server:
        yield server


@pytest.mark.pulse
async def test_passthrough_formats(restoring: PrivatePulse) -> None:
    async with Watcher(PulseBackend(restoring.address)) as watcher:
        await watcher.until_ready()

        def formats() -> tuple[str, ...]:
            part = watcher.get("pulse:sink/speakers").sink_or_source
            assert part is not None
            return part.formats

        await watcher.until(lambda: formats() == ("pcm",), "the formats")
        watcher.backend.submit(SetFormats("pulse:sink/speakers", ("ac3-iec61937", "dts-iec61937")))
        await watcher.until(lambda: formats() == ("pcm", "ac3-iec61937", "dts-iec61937"), "the new formats")
        await watcher.until_server(
            lambda: "ac3-iec61937" in restoring.pactl("list", "sinks"), "pactl to show them"
        )
        await asyncio.to_thread(
            restoring.pactl,
            "set-sink-formats",
            str(device(restoring, "sinks", "speakers")["index"]),
            "pcm; eac3-iec61937",
        )
        await watcher.until(lambda: formats() == ("pcm", "eac3-iec61937"), "formats set by another")


@pytest.mark.pulse
async def test_stored_volumes(restoring: PrivatePulse) -> None:
    player = restoring.play("music", volume=30)
    stored = "pulse:stored/sink-input-by-application-name:music"
    async with Watcher(PulseBackend(restoring.address)) as watcher:
        await watcher.until_ready()
        await watcher.until(lambda: EVENTS in watcher.snapshot.controls, "the system sounds")
        assert watcher.get(EVENTS).name == "System sounds"
        assert stored not in watcher.snapshot.controls
        player.kill()
        await watcher.until(lambda: stored in watcher.snapshot.controls, "the volume of what has ended")
        control = watcher.get(stored)
        assert (control.name, control.kind) == ("music", Kind.STORED)
        assert [round(raw / 655.36) for raw in control.raws] == [30, 30]
        watcher.backend.submit(SetVolume(stored, (45875, 45875)))
        watcher.backend.submit(SetVolume(EVENTS, (20000,)))
        await watcher.until(lambda: watcher.get(EVENTS).raws == (20000,), "the system sounds' volume")
        again = await asyncio.to_thread(restoring.play, "music")
        await watcher.until_server(
            lambda: restoring.percents("sink-inputs", again.index) == [70, 70], "the stored volume to be used"
        )
        again.kill()
        await watcher.until(lambda: stored in watcher.snapshot.controls, "it to be back")
        watcher.backend.submit(Kill(stored))
        await watcher.until(lambda: stored not in watcher.snapshot.controls, "it to be forgotten")
        assert not watcher.notices


@pytest.mark.pipewire
async def test_system_sounds_on_pipewire(pipewire: SoundServer) -> None:
    async with Watcher(PulseBackend(pipewire.address)) as watcher:
        await watcher.until_ready()
        await watcher.until(lambda: EVENTS in watcher.snapshot.controls, "the system sounds")
        watcher.backend.submit(SetVolume(EVENTS, (20000,)))
        await watcher.until(lambda: watcher.get(EVENTS).raws == (20000,), "their volume")
        assert not watcher.notices


@pytest.mark.pulse
async def test_server_that_keeps_no_volumes_shows_none(pulse: SoundServer) -> None:
    async with Watcher(PulseBackend(pulse.address)) as watcher:
        await watcher.until_ready()
        await asyncio.to_thread(pulse.pactl, "set-sink-volume", "speakers", "6554")
        await watcher.until(lambda: watcher.get("pulse:sink/speakers").raws == (6554, 6554), "a change")
        assert not [control for control in watcher.snapshot.controls.values() if control.kind is Kind.STORED]
