"""What a server stores: volumes of what is not running, system sounds, passthrough formats."""

import asyncio
import subprocess
from collections.abc import Iterator

import pytest

from tests.backend.pulse.table import Lacks
from tests.backend.pulse.watcher import Watcher, device
from tests.lab.pipewire import PrivatePipeWire
from tests.lab.pulse import PrivatePulse
from tests.lab.sound import SoundServer
from tuimixer.backend.pulse.backend import PulseBackend
from tuimixer.model.command import Kill, SetFormats, SetVolume
from tuimixer.model.control import Kind

EVENTS = "pulse:stored/sink-input-by-media-role:event"

RESTORING = ("module-stream-restore restore_device=false", "module-device-restore")


@pytest.fixture
def restoring() -> Iterator[PrivatePulse]:
    """A PulseAudio that stores volumes and formats."""
    with PrivatePulse(modules=RESTORING) as server:
        yield server


@pytest.mark.feature("passthrough formats")
@pytest.mark.pulse
async def test_passthrough_formats(restoring: PrivatePulse) -> None:
    async with Watcher(PulseBackend(restoring.address)) as watcher:
        await watcher.until_ready()

        def formats() -> tuple[str, ...]:
            part = watcher.get("pulse:sink/speakers").device
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


@pytest.mark.feature("volumes of what is not running", "system sounds")
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
        ding = await asyncio.to_thread(restoring.play, "ding", properties=("media.role=event",))
        await watcher.until_server(
            lambda: restoring.percents("sink-inputs", ding.index) == [31, 31], "a system sound to have it"
        )
        again = await asyncio.to_thread(restoring.play, "music")
        await watcher.until_server(
            lambda: restoring.percents("sink-inputs", again.index) == [70, 70], "the stored volume to be used"
        )
        again.kill()
        await watcher.until(lambda: stored in watcher.snapshot.controls, "it to be back")
        watcher.backend.submit(Kill(stored))
        await watcher.until(lambda: stored not in watcher.snapshot.controls, "it to be forgotten")
        assert not watcher.notices


def metadata(server: SoundServer, name: str) -> str:
    """Output of pw-metadata for one of PipeWire's tables."""
    return subprocess.run(
        ["pw-metadata", "-n", name], env=server.env, stdout=subprocess.PIPE, text=True, check=True
    ).stdout


@pytest.mark.feature("system sounds", "volumes of what is not running")
@pytest.mark.pipewire
async def test_system_sounds_on_pipewire(pipewire: PrivatePipeWire, lacks: Lacks) -> None:
    pipewire.play("music", volume=30).kill()
    async with Watcher(PulseBackend(pipewire.address)) as watcher:
        await watcher.until_ready()
        await watcher.until(lambda: EVENTS in watcher.snapshot.controls, "the system sounds")
        watcher.backend.submit(SetVolume(EVENTS, (20000,)))
        await watcher.until(lambda: watcher.get(EVENTS).raws == (20000,), "their volume")
        # The server reports no more than this to clients about what has played.
        lines: list[str] = []

        def told() -> bool:
            """Now and then, pw-metadata exits before it has listed anything."""
            lines[:] = [line for line in metadata(pipewire, "route-settings").splitlines() if "key:" in line]
            return "volume" in "".join(lines)

        await watcher.until_server(told, "the metadata")
        assert [line for line in lines if "media.role:Notification" not in line] == []
        lacks("volumes of what is not running", f"pw-metadata -n route-settings tells only of {lines[0]}")
        ding = await asyncio.to_thread(pipewire.play, "ding", properties=("media.role=event",))
        await watcher.until_server(
            lambda: pipewire.percents("sink-inputs", ding.index) == [31, 31], "a system sound to have it"
        )
        assert not watcher.notices


@pytest.mark.feature("passthrough formats")
@pytest.mark.pipewire
async def test_passthrough_formats_of_a_null_sink_on_pipewire(
    pipewire: PrivatePipeWire, lacks: Lacks
) -> None:
    async with Watcher(PulseBackend(pipewire.address)) as watcher:
        await watcher.until_ready()
        watcher.backend.submit(SetFormats("pulse:sink/speakers", ("ac3-iec61937",)))
        await watcher.until(lambda: watcher.get("pulse:sink/speakers").device.formats, "the formats")  # type: ignore[union-attr]
        index = str((await asyncio.to_thread(device, pipewire, "sinks", "speakers"))["index"])
        await asyncio.to_thread(pipewire.pactl, "set-sink-formats", index, "pcm; ac3-iec61937")
        told = await asyncio.to_thread(pipewire.pactl, "list", "sinks")
        assert "ac3" not in told
        await watcher.until(lambda: watcher.notices, "the sentence about it")
        assert watcher.get("pulse:sink/speakers").device.formats == ("pcm",)  # type: ignore[union-attr]
        assert [notice.text for notice in watcher.notices] == [
            "PipeWire did not accept the formats for Speakers."
        ]
        lacks(
            "passthrough formats",
            "pactl set-sink-formats changes nothing, pactl lists pcm alone after it",
        )


@pytest.mark.pulse
async def test_server_that_keeps_no_volumes_shows_none(pulse: SoundServer) -> None:
    async with Watcher(PulseBackend(pulse.address)) as watcher:
        await watcher.until_ready()
        await asyncio.to_thread(pulse.pactl, "set-sink-volume", "speakers", "6554")
        await watcher.until(lambda: watcher.get("pulse:sink/speakers").raws == (6554, 6554), "a change")
        assert not [control for control in watcher.snapshot.controls.values() if control.kind is Kind.STORED]
