"""Reads libpulse's structures into plain records, and never fails on text that is not UTF-8."""

from __future__ import annotations

import ctypes

from tuimixer.backend.pulse import libpulse
from tuimixer.backend.pulse.records import (
    CardRecord,
    ClientRecord,
    DeviceRecord,
    FormatsRecord,
    PortRecord,
    ProfileRecord,
    ServerRecord,
    StoredRecord,
    StreamRecord,
)

TYPE_CHECKING = False  # importing typing would slow down every volume key press
if TYPE_CHECKING:
    from typing import Any

_INVALID = 0xFFFFFFFF
_AVAILABLE = {0: None, 1: False, 2: True}
_DIRECTION = {0: "", 1: "output", 2: "input"}
_STATE = {0: "running", 1: "idle", 2: "suspended"}
_PROPERTY = r'(?ms)^([^ =\n]+) = (?:"((?:[^"\\]|\\.)*)"|hex:([0-9a-f]*))$'
_ESCAPED = r"(?s)\\(.)"


def _text(raw: bytes | None) -> str:
    return raw.decode("utf-8", "replace") if raw else ""


def _index(raw: int) -> int | None:
    return None if raw == _INVALID else raw


def _properties(proplist: Any) -> dict[str, str]:
    """A whole property list, read in one call, because two per property would dominate the reading time."""
    address = libpulse.proplist_to_string(proplist)
    if not address:
        return {}
    try:
        text = _text(ctypes.string_at(address))
    finally:
        libpulse.xfree(address)
    if "\\" not in text and " = hex:" not in text:
        # Without escapes, each quote starts or ends a value, with the keys in between: `\nkey = `.
        parts = text.split('"')
        return {key.lstrip("\n")[:-3]: value for key, value in zip(parts[::2], parts[1::2], strict=False)}
    import re  # only here, as importing it would slow down every volume key press

    return {key: re.sub(_ESCAPED, r"\1", value) for key, value, _hex in re.findall(_PROPERTY, text)}


class _Positions(dict[int, str]):
    """Names of channel positions, as libpulse reports them, by libpulse's numbers."""

    def __missing__(self, number: int) -> str:
        name = self[number] = _text(libpulse.channel_position_to_string(number)) or f"channel-{number}"
        return name


_positions = _Positions()


def _names(channel_map: Any) -> tuple[str, ...]:
    return tuple(_positions[number] for number in channel_map.map[: channel_map.channels])


def _volume(volume: Any) -> tuple[int, ...]:
    return tuple(volume.values[: volume.channels])


def _port(struct: Any) -> PortRecord:
    return PortRecord(
        _text(struct.name), _text(struct.description), struct.priority, _AVAILABLE.get(struct.available)
    )


def _card_port(struct: Any) -> PortRecord:
    return PortRecord(
        _text(struct.name),
        _text(struct.description),
        struct.priority,
        _AVAILABLE.get(struct.available),
        _DIRECTION.get(struct.direction, ""),
        struct.latency_offset,
        tuple(_text(struct.profiles2[n].contents.name) for n in range(struct.n_profiles)),
    )


def _device(struct: Any, monitor_of: int | None, monitor: str | None) -> DeviceRecord:
    return DeviceRecord(
        index=struct.index,
        name=_text(struct.name),
        description=_text(struct.description),
        positions=_names(struct.channel_map),
        volume=_volume(struct.volume),
        mute=bool(struct.mute),
        base=struct.base_volume,
        flags=struct.flags,
        state=_STATE.get(struct.state, ""),
        monitor_of=monitor_of,
        monitor=monitor,
        card=_index(struct.card),
        ports=tuple(_port(struct.ports[n].contents) for n in range(struct.n_ports)),
        port=_text(struct.active_port.contents.name) if struct.active_port else None,
        latency=struct.configured_latency,
        owner_module=_index(struct.owner_module),
        driver=_text(struct.driver),
        properties=_properties(struct.proplist),
    )


def sink(struct: Any) -> DeviceRecord:
    """Read a pa_sink_info."""
    return _device(struct, None, _text(struct.monitor_source_name) or None)


def source(struct: Any) -> DeviceRecord:
    """Read a pa_source_info."""
    return _device(struct, _index(struct.monitor_of_sink), None)


def _stream(struct: Any, device: int) -> StreamRecord:
    has_volume = bool(struct.has_volume)
    return StreamRecord(
        index=struct.index,
        name=_text(struct.name),
        device=_index(device),
        client=_index(struct.client),
        owner_module=_index(struct.owner_module),
        positions=_names(struct.channel_map) if has_volume else (),
        volume=_volume(struct.volume) if has_volume else (),
        mute=bool(struct.mute),
        corked=bool(struct.corked),
        writable=bool(struct.volume_writable),
        resampler=_text(struct.resample_method),
        properties=_properties(struct.proplist),
    )


def sink_input(struct: Any) -> StreamRecord:
    """Read a pa_sink_input_info."""
    return _stream(struct, struct.sink)


def source_output(struct: Any) -> StreamRecord:
    """Read a pa_source_output_info."""
    return _stream(struct, struct.source)


def _profile(struct: Any) -> ProfileRecord:
    return ProfileRecord(
        _text(struct.name),
        _text(struct.description),
        struct.n_sinks,
        struct.n_sources,
        struct.priority,
        bool(struct.available),
    )


def card(struct: Any) -> CardRecord:
    """Read a pa_card_info."""
    return CardRecord(
        index=struct.index,
        name=_text(struct.name),
        profiles=tuple(_profile(struct.profiles2[n].contents) for n in range(struct.n_profiles)),
        profile=_text(struct.active_profile2.contents.name) if struct.active_profile2 else None,
        ports=tuple(_card_port(struct.ports[n].contents) for n in range(struct.n_ports)),
        properties=_properties(struct.proplist),
    )


def client(struct: Any) -> ClientRecord:
    """Read a pa_client_info."""
    return ClientRecord(struct.index, _text(struct.name), _properties(struct.proplist))


def server(struct: Any) -> ServerRecord:
    """Read a pa_server_info."""
    return ServerRecord(
        _text(struct.server_name),
        _text(struct.server_version),
        _text(struct.user_name),
        _text(struct.host_name),
        _text(struct.default_sink_name),
        _text(struct.default_source_name),
    )


def stored(struct: Any) -> StoredRecord:
    """Read a pa_ext_stream_restore_info."""
    count = min(struct.channel_map.channels, struct.volume.channels)
    return StoredRecord(
        _text(struct.name),
        tuple(struct.channel_map.map[:count]),
        _names(struct.channel_map)[:count],
        _volume(struct.volume)[:count],
        bool(struct.mute),
        _text(struct.device),
    )


def formats(struct: Any) -> FormatsRecord:
    """Read a pa_ext_device_restore_info."""
    encodings = (struct.formats[n].contents.encoding for n in range(struct.n_formats))
    return FormatsRecord(
        struct.index, tuple(libpulse.ENCODINGS[n] for n in encodings if 0 <= n < len(libpulse.ENCODINGS))
    )
