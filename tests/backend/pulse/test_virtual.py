"""Devices created by modules, and the streams behind them, checked with pactl on both servers."""

import asyncio
import subprocess

import pytest

from tests.backend.pulse.watcher import Watcher, device
from tests.lab.moving import sink_of
from tests.lab.pipewire import PrivatePipeWire
from tests.lab.sound import SoundServer
from tuimixer.backend.pulse import connection
from tuimixer.backend.pulse.backend import PulseBackend
from tuimixer.backend.pulse.connection import Connection
from tuimixer.config.schema import Filters
from tuimixer.mixer.views import View, arrange
from tuimixer.model.command import MoveStream, SetVolume
from tuimixer.model.control import Control, Kind

STREAMS = {Kind.SINK_INPUT: "sink-inputs", Kind.SOURCE_OUTPUT: "source-outputs"}
MODULES = {
    "null": ("module-null-sink sink_name=made", set()),
    "combined": (
        "module-combine-sink sink_name=made slaves=speakers,headphones",
        {"speakers", "headphones"},
    ),
    "remapped": ("module-remap-sink sink_name=made master=headphones", {"headphones"}),
    "loopback": ("module-loopback source=speakers.monitor sink=headphones", {"headphones"}),
}
"""What to load, and the sinks that the module itself plays on."""


def streams_of(watcher: Watcher) -> list[Control]:
    """Everything that plays or records."""
    return [control for control in watcher.snapshot.controls.values() if control.kind in STREAMS]


@pytest.mark.parametrize(
    "made",
    [
        pytest.param("null", marks=pytest.mark.feature("null sink")),
        pytest.param("combined", marks=pytest.mark.feature("combined sink")),
        pytest.param("remapped", marks=pytest.mark.feature("remapped sink")),
        pytest.param("loopback", marks=pytest.mark.feature("loopback")),
    ],
)
async def test_what_modules_make(server: SoundServer, made: str) -> None:
    module, plays_on = MODULES[made]
    async with Watcher(PulseBackend(server.address)) as watcher:
        await watcher.until_ready()
        number = (await asyncio.to_thread(server.pactl, "load-module", *module.split())).strip()
        wanted = {f"pulse:sink/{name}" for name in plays_on}

        def own() -> list[Control]:
            return [control for control in streams_of(watcher) if control.kind is Kind.SINK_INPUT]

        await watcher.until(lambda: {control.target_id for control in own()} == wanted, "what it plays")
        told = await asyncio.to_thread(server.pactl_json, "sink-inputs")
        assert {control.stream.index for control in own() if control.stream} == {
            found["index"] for found in told
        }
        for control in streams_of(watcher):
            assert control.name
            assert control.stream is not None
            assert control.stream.virtual
            assert not control.stream.peak
        if made == "loopback":
            await change_and_move(watcher, server, own()[0])
        else:
            await watcher.until(lambda: "pulse:sink/made" in watcher.snapshot.controls, "the sink")
            sink = watcher.get("pulse:sink/made")
            assert sink.device is not None
            assert not sink.device.hardware
            await asyncio.to_thread(server.wake, "made")
            watcher.backend.submit(SetVolume(sink.id, (20000,) * len(sink.channels)))
            index = device(server, "sinks", "made")["index"]
            await watcher.until_server(lambda: set(server.percents("sinks", index)) == {31}, "its volume")
        await asyncio.to_thread(server.pactl, "unload-module", number)
        await watcher.until(
            lambda: not own() and "pulse:sink/made" not in watcher.snapshot.controls, "its end"
        )
        assert not watcher.notices


async def change_and_move(watcher: Watcher, server: SoundServer, control: Control) -> None:
    """A loopback's stream can be changed and moved like an application's."""
    assert control.stream is not None
    index = control.stream.index
    watcher.backend.submit(SetVolume(control.id, (20000,) * len(control.channels)))
    await watcher.until_server(lambda: set(server.percents("sink-inputs", index)) == {31}, "its volume")
    await asyncio.to_thread(server.pactl, "load-module", "module-null-sink", "sink_name=third")
    await watcher.until(lambda: "pulse:sink/third" in watcher.snapshot.controls, "a third sink")
    watcher.backend.submit(MoveStream(control.id, "pulse:sink/third"))
    await watcher.until_server(lambda: sink_of(server, index) == "third", "the move")
    await watcher.until(lambda: watcher.get(control.id).target_id == "pulse:sink/third", "it to be shown")


@pytest.mark.feature("virtual streams told from applications")
async def test_filters(server: SoundServer) -> None:
    player = server.play("music")
    await asyncio.to_thread(server.pactl, "load-module", "module-loopback", "source=speakers.monitor")
    async with Watcher(PulseBackend(server.address)) as watcher:
        await watcher.until(lambda: len(streams_of(watcher)) == 3, "player and loopback")

        def shown(filters: Filters) -> set[str]:
            groups = arrange(watcher.snapshot, View.PLAYBACK, filters)
            return {row.id for group in groups for row in group.rows}

        application = f"pulse:sink_input/{player.index}"
        told = await asyncio.to_thread(server.pactl_json, "sink-inputs")
        streams = {f"pulse:sink_input/{found['index']}" for found in told}
        every = shown(Filters())
        assert streams | {"pulse:sink/speakers", "pulse:sink/headphones"} <= every
        assert shown(Filters(streams="applications")) & streams == {application}
        assert shown(Filters(streams="virtual")) & streams == streams - {application}
        assert not any("sink/" in each for each in shown(Filters(devices="hardware")))
        assert not any("monitor" in row for row in shown(Filters()))


@pytest.mark.pipewire
async def test_a_running_stream_that_gets_its_device_later(pipewire: PrivatePipeWire) -> None:
    """PipeWire 1.4 reports nothing then, as the stream's node was running before."""
    module = ("module-loopback", "sink=speakers", 'source_output_properties="node.autoconnect=false"')
    await asyncio.to_thread(pipewire.pactl, "load-module", *module)

    def recording() -> list[Control]:
        return [c for c in watcher.snapshot.controls.values() if c.kind is Kind.SOURCE_OUTPUT]

    async with Watcher(PulseBackend(pipewire.address)) as watcher:
        await watcher.until(recording, "the recording half")
        assert [each.target_id for each in recording()] == [None]
        await watcher.until_server(lambda: len(_ports(pipewire, "-i", "loopback")) == 2, "its ports")
        outputs, inputs = _ports(pipewire, "-o", "headphones:monitor"), _ports(pipewire, "-i", "loopback")
        for output, each in zip(outputs, inputs, strict=True):
            _pw_link(pipewire, output, each)
        source = "pulse:source/headphones.monitor"
        await watcher.until(lambda: [each.target_id for each in recording()] == [source], "its device")


@pytest.mark.pipewire
async def test_a_stream_that_stays_without_device_is_read_ever_more_rarely(
    pipewire: PrivatePipeWire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "_UNTOLD", 0.01)
    monkeypatch.setattr(connection, "_LONGEST_UNTOLD", 0.04)
    pauses: list[float] = []
    later = Connection._read_later

    def note(self: Connection, facility: str, seconds: float, **options: bool) -> None:
        if facility == Kind.SOURCE_OUTPUT.value:
            pauses.append(seconds)
        later(self, facility, seconds, **options)

    monkeypatch.setattr(Connection, "_read_later", note)
    module = ("module-loopback", "sink=speakers", 'source_output_properties="node.autoconnect=false"')
    await asyncio.to_thread(pipewire.pactl, "load-module", *module)
    async with Watcher(PulseBackend(pipewire.address)) as watcher:
        await watcher.until_server(lambda: pauses[-2:] == [0.04, 0.04], "the longest pause")
        pauses.clear()
        await asyncio.to_thread(pipewire.pactl, "set-sink-volume", "speakers", "50%")
        # Twice the shortest one, if the stream was due between the event and the scheduling.
        await watcher.until_server(lambda: {0.01, 0.02} & {*pauses}, "a short pause")


@pytest.mark.pipewire
async def test_other_reads_do_not_make_those_of_streams_without_device_rarer(
    pipewire: PrivatePipeWire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "_UNTOLD", 0.3)
    first: dict[float, float] = {}
    later = Connection._read_later

    def note(self: Connection, facility: str, seconds: float, **options: bool) -> None:
        new = seconds not in first
        if facility == Kind.SOURCE_OUTPUT.value:
            first.setdefault(seconds, asyncio.get_running_loop().time())
        later(self, facility, seconds, **options)
        if facility == Kind.SOURCE_OUTPUT.value and seconds == 0.3 and new:
            later(self, facility, connection._LINKS_PAUSE)  # as when a device changes its state

    monkeypatch.setattr(Connection, "_read_later", note)
    module = ("module-loopback", "sink=speakers", 'source_output_properties="node.autoconnect=false"')
    async with Watcher(PulseBackend(pipewire.address)) as watcher:
        await asyncio.to_thread(pipewire.pactl, "load-module", *module)
        await watcher.until_server(lambda: 0.6 in first, "the second pause")
    assert first[0.6] - first[0.3] >= 0.3


@pytest.mark.pipewire
async def test_a_meter_on_a_stream_does_not_count_as_a_recording_without_device(
    pipewire: PrivatePipeWire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "_UNTOLD", 0.01)
    pauses: set[tuple[str, float]] = set()
    later = Connection._read_later

    def note(self: Connection, facility: str, seconds: float, **options: bool) -> None:
        pauses.add((facility, seconds))
        later(self, facility, seconds, **options)

    monkeypatch.setattr(Connection, "_read_later", note)
    player = pipewire.play("music", silent=True)
    async with Watcher(PulseBackend(pipewire.address)) as watcher:
        watcher.backend.watch_levels(frozenset({f"pulse:sink_input/{player.index}"}), 20.0)
        await watcher.until_server(lambda: pipewire.pactl_json("source-outputs"), "the meter")
        pauses.clear()
        kind = Kind.SINK_INPUT.value
        await watcher.until_server(lambda: (kind, 0.01) in pauses, "the streams to be read")
        # When a device starts or stops, its streams are read anyway.
        pauses.discard((Kind.SOURCE_OUTPUT.value, connection._LINKS_PAUSE))
        assert Kind.SOURCE_OUTPUT.value not in {facility for facility, _ in pauses}


def _pw_link(server: PrivatePipeWire, *words: str) -> str:
    return subprocess.run(
        ["pw-link", *words], env=server.env, check=True, capture_output=True, text=True
    ).stdout


def _ports(server: PrivatePipeWire, direction: str, part: str) -> list[str]:
    return [line.strip() for line in _pw_link(server, direction).splitlines() if part in line]
