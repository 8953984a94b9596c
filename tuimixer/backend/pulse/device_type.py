"""Decides what kind of device a sink or source is, which nothing else does. Pure.

PulseAudio's flag HARDWARE is reliable. PipeWire's is not: up to 0.3, it means that `device.api` is set; from
1.0 on, that `node.virtual` is not set, so that null sinks have the flag too. With PipeWire, the properties
decide.
"""

from tuimixer.backend.pulse.records import DeviceRecord
from tuimixer.model.control import DeviceType, Kind

# pa_sink_flags_t and pa_source_flags_t.
_HARDWARE, _NETWORK = 0x4, 0x8
_DUMMY = "auto_null"
"""The null sink that a server creates while it has no other."""
_HARDWARE_FACTORIES = ("api.alsa.", "api.bluez5.", "api.v4l2.", "api.libcamera.")
_HARDWARE_KEYS = ("device.api", "alsa.card", "api.alsa.path", "api.alsa.pcm.card", "api.bluez5.address")


def device_type(record: DeviceRecord, kind: Kind) -> DeviceType:
    """The type of a sink (`kind` is SINK) or source."""
    if record.monitor_of is not None:
        return DeviceType.MONITOR
    if kind is Kind.SINK and _is_null(record):
        return DeviceType.NULL
    if _is_network(record):
        return DeviceType.NETWORK
    pipewire = record.driver == "PipeWire"
    real = _is_real_node(record) if pipewire else bool(record.flags & _HARDWARE)
    return DeviceType.HARDWARE if real else DeviceType.VIRTUAL


def _is_null(record: DeviceRecord) -> bool:
    factory = record.properties.get("factory.name", "")
    return "null-sink" in record.driver or "null-audio-sink" in factory or record.name == _DUMMY


def _is_network(record: DeviceRecord) -> bool:
    return (
        bool(record.flags & _NETWORK)
        or record.properties.get("node.network") == "true"
        or "tunnel" in record.driver
        or record.name.startswith("tunnel")
    )


def _is_real_node(record: DeviceRecord) -> bool:
    """Whether a PipeWire node belongs to a card.

    The card's properties are checked first, because the session manager puts a loopback, which is virtual, in
    front of a Bluetooth microphone and of each half of a split device.
    """
    properties = record.properties
    if record.card is not None:
        return True
    if properties.get("node.virtual") == "true":
        return False
    return properties.get("factory.name", "").startswith(_HARDWARE_FACTORIES) or any(
        properties.get(key) for key in _HARDWARE_KEYS
    )
