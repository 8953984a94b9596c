"""What kind of device a sink or source is, judged by what real servers report."""

from dataclasses import replace
from typing import Any

import pytest

from tests.backend.pulse.watcher import Watcher
from tests.lab.pipewire import PrivatePipeWire
from tuimixer.backend.pulse.backend import PulseBackend
from tuimixer.backend.pulse.device_type import device_type
from tuimixer.backend.pulse.records import DeviceRecord
from tuimixer.model.control import DeviceType, Kind

HARDWARE, NETWORK = 0x4, 0x8
PLAIN = DeviceRecord(
    *(1, "one", "One", ("mono",), (65536,), False, 65536, 0, "running"),
    *(None, None, None, (), None, 0, None, "PipeWire", {}),
)
NULL_NODE = {"factory.name": "support.null-audio-sink"}
ACP = {"device.api": "alsa", "api.alsa.path": "front:0", "factory.name": "api.alsa.pcm.sink"}


@pytest.mark.unit
@pytest.mark.parametrize(
    ("kind", "facts", "type_"),
    [
        # PipeWire 1.4 gives a null sink the flag HARDWARE; 0.3 denies it to a node without device.api.
        (Kind.SINK, {"flags": HARDWARE, "properties": NULL_NODE}, DeviceType.NULL),
        (Kind.SINK, {"flags": HARDWARE, "name": "auto_null"}, DeviceType.NULL),
        (Kind.SOURCE, {"flags": HARDWARE, "properties": NULL_NODE}, DeviceType.VIRTUAL),
        (Kind.SINK, {"flags": HARDWARE}, DeviceType.VIRTUAL),
        (Kind.SINK, {"flags": 0, "properties": ACP}, DeviceType.HARDWARE),
        (Kind.SINK, {"properties": {"factory.name": "api.alsa.pcm.sink"}}, DeviceType.HARDWARE),
        (Kind.SINK, {"properties": {"device.api": "bluez5"}, "card": 3}, DeviceType.HARDWARE),
        (Kind.SOURCE, {"properties": {"node.virtual": "true"}, "card": 3}, DeviceType.HARDWARE),
        (Kind.SINK, {"properties": {"node.virtual": "true", "device.api": "alsa"}}, DeviceType.VIRTUAL),
        (Kind.SINK, {"flags": HARDWARE | NETWORK}, DeviceType.NETWORK),
        (Kind.SINK, {"properties": {"node.network": "true"}}, DeviceType.NETWORK),
        (Kind.SOURCE, {"flags": HARDWARE, "monitor_of": 2, "properties": ACP}, DeviceType.MONITOR),
        # PulseAudio's flag means what it says.
        (Kind.SINK, {"driver": "module-alsa-card.c", "flags": HARDWARE}, DeviceType.HARDWARE),
        (Kind.SINK, {"driver": "module-bluez5-device.c", "flags": HARDWARE}, DeviceType.HARDWARE),
        (Kind.SINK, {"driver": "module-null-sink.c"}, DeviceType.NULL),
        (Kind.SINK, {"driver": "module-combine-sink.c"}, DeviceType.VIRTUAL),
        (Kind.SOURCE, {"driver": "module-null-source.c"}, DeviceType.VIRTUAL),
        (Kind.SINK, {"driver": "module-tunnel-sink-new.c", "flags": NETWORK}, DeviceType.NETWORK),
    ],
)
def test_type(kind: Kind, facts: dict[str, Any], type_: DeviceType) -> None:
    assert device_type(replace(PLAIN, **facts), kind) is type_


@pytest.mark.pipewire
async def test_what_pipewire_has_without_a_card_is_not_hardware(pipewire: PrivatePipeWire) -> None:
    pipewire.pactl("load-module", "module-remap-sink", "sink_name=narrow", "master=speakers")
    pipewire.pactl("load-module", "module-remap-source", "source_name=ear", "master=speakers.monitor")
    types = {
        "pulse:sink/speakers": DeviceType.NULL,
        "pulse:sink/headphones": DeviceType.NULL,
        "pulse:sink/narrow": DeviceType.VIRTUAL,
        "pulse:source/ear": DeviceType.VIRTUAL,
        "pulse:source/speakers.monitor": DeviceType.MONITOR,
    }
    async with Watcher(PulseBackend(pipewire.address)) as watcher:
        await watcher.until(lambda: types.keys() <= watcher.snapshot.controls.keys(), "the devices")
        devices = {name: watcher.get(name).device for name in types}
        assert {name: device.type for name, device in devices.items() if device} == types
