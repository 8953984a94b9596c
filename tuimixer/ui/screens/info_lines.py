"""Information about one control: what it is, its range, and its properties. Pure."""

from collections.abc import Iterator, Mapping

from tuimixer.model.control import Control, ControlId, Medium
from tuimixer.model.scale import MUTE_CDB, Scale, decibels, to_cdb
from tuimixer.model.snapshot import Snapshot
from tuimixer.model.text import clean
from tuimixer.ui.screens.control_lines import plug
from tuimixer.ui.screens.listing import Line

_NAME_LIMIT = 80
_VALUE_LIMIT = 1000
"""Maximum length of a property's value, as any application may set any text."""


def info_lines(control: Control, snapshot: Snapshot, driven: Mapping[ControlId, ControlId]) -> Iterator[Line]:
    """All information under one heading, then the properties under another."""
    info = [
        *_of_alsa(control, snapshot, driven),
        *_of_device(control, snapshot),
        *_of_stream(control, snapshot),
    ]
    yield Line("Information", heading=True)
    yield from (Line(name, value, f"fact {name}") for name, value in info if value)
    if control.scale is not None:
        yield Line("Range", _range(control.scale), "fact Range")
    yield Line("Command-line name", control.id, "fact id")
    if control.properties:
        yield Line("Properties", heading=True)
        for name, value in sorted(control.properties.items()):
            if shown := clean(value, _VALUE_LIMIT, ""):
                yield Line(clean(name, _NAME_LIMIT), shown, f"property {name}")


def _of_alsa(
    control: Control, snapshot: Snapshot, driven: Mapping[ControlId, ControlId]
) -> Iterator[tuple[str, str]]:
    element = control.element
    if element is None:
        return
    card = snapshot.alsa_card(control.card)
    yield "Card", f"{card.name} ({card.mixer or card.driver})" if card else control.card or ""
    yield "Element", f"{element.name},{element.index}" if element.index else element.name
    if element.user:
        yield (
            "Kind",
            "softvol: created by a program, applied by ALSA in software, with no hardware behind it",
        )
    elif control.medium is Medium.UNKNOWN:
        yield "Kind", "ALSA plugin: no hardware of its own; changes whatever the plugin controls"
    else:
        yield "Kind", "hardware: applied by the card itself"
    device = snapshot.controls.get(driven.get(control.id, ""))
    if device is not None:
        server = snapshot.server.name if snapshot.server else "the sound server"
        yield "Driven by", f"{server}: this control and {device.name} move together"
    if not element.active:
        yield "Inactive", "the driver reports that this control currently has no effect"
    yield "Read-only", ", ".join(element.read_only)
    yield "Jack", element.jack
    if element.common:
        yield "Shared", "by playback and capture"
    if element.exclusive is not None:
        yield "Exclusive", "only one control of the group can record at a time"


def _of_device(control: Control, snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    device = control.device
    if device is None:
        return
    yield "Internal name", device.server_name
    yield "Index", str(device.index)
    if device.hardware_volume:
        yield "Volume", "applied by the card's own controls"
    else:
        yield "Volume", "applied in software by the server"
    yield "Mute", "applied by the card" if device.hardware_mute else "applied in software"
    if device.base != 65536 and control.scale is not None:
        base = to_cdb(control.scale, device.base)
        yield (
            "Base volume",
            "" if base is None else f"{round(device.base / 655.36)} %, which is 0 dB on the hardware",
        )
    if device.flat:
        yield "Flat volumes", "on; the volume follows the loudest stream"
    sink = snapshot.controls.get(device.monitor_of or "")
    if device.monitor_of is not None:
        yield "Monitor of", sink.name if sink else device.monitor_of
    yield "Monitor", device.monitor or ""
    card = snapshot.card_of(control)
    yield "Card", card.description if card else ""
    port = device.active_port
    if port is not None:
        yield "Active port", ", ".join(part for part in (port.description, plug(port)) if part)
    yield "Latency", f"{device.latency_us / 1000:g} ms" if device.latency_us else ""
    yield "Driver", device.driver
    yield "Created by module", "" if device.owner_module is None else str(device.owner_module)


def _of_stream(control: Control, snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    stream = control.stream
    if stream is None:
        return
    device = snapshot.controls.get(control.target_id or "")
    if stream.stored_name:
        yield "Stored as", stream.stored_name
        yield "Device", device.name if device else ""
        return
    yield "Application", stream.application
    yield "Title", stream.media
    yield "Role", stream.role
    process = f"{stream.binary} {stream.pid or ''}".strip()
    yield "Process", process
    yield "State", "paused (corked)" if stream.corked else "running"
    yield "Device", device.name if device else "none"
    if stream.virtual:
        yield "Created by", "a server module, not an application"
    if not stream.writable:
        yield "Volume", "cannot be changed (passthrough)"
    yield "Index", str(stream.index)


def _range(scale: Scale) -> str:
    if scale.cubic:
        return "0 % is silence and 100 % is 0 dB; at 100 %, press again to go beyond"
    raw = f"{scale.minimum} to {scale.maximum}"
    low, high = to_cdb(scale, scale.minimum), to_cdb(scale, scale.maximum)
    if low is None or high is None:
        return f"{raw}; the driver reports no dB values"
    bottom = "silence" if low <= MUTE_CDB else decibels(low, plus=False)
    return f"{raw}; {bottom} to {decibels(high, plus=False)} dB"
