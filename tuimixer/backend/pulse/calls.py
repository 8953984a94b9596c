"""Translates commands into client calls; pure, one table for the blocking and the asyncio client."""

from collections.abc import Mapping

from tuimixer.backend.base import Refused
from tuimixer.backend.pulse.records import StoredRecord
from tuimixer.model.command import (
    CardCommand,
    ClearDefault,
    Command,
    Kill,
    MoveStream,
    SetCodec,
    SetDefault,
    SetFormats,
    SetLatencyOffset,
    SetMute,
    SetPort,
    SetProfile,
    SetSuspended,
    SetVolume,
)
from tuimixer.model.control import Control, ControlId, Device, Kind
from tuimixer.model.record import dataclass, replace
from tuimixer.model.snapshot import ServerCard

TYPE_CHECKING = False  # importing typing would slow down every volume key press
if TYPE_CHECKING:
    from typing import Protocol
else:
    Protocol = object


@dataclass(frozen=True, slots=True)
class Call:
    """A method of the client and its arguments."""

    method: str
    arguments: tuple[object, ...]


class ServerState(Protocol):
    """What has been read from the server."""

    @property
    def controls(self) -> Mapping[ControlId, Control]:
        """All controls."""
        ...

    @property
    def server_cards(self) -> tuple[ServerCard, ...]:
        """All cards."""
        ...

    @property
    def stored(self) -> Mapping[str, StoredRecord]:
        """The stored volumes by key."""
        ...


_STREAM_DEVICES = {Kind.SINK_INPUT: Kind.SINK, Kind.SOURCE_OUTPUT: Kind.SOURCE}


def call_for(command: Command, known: ServerState) -> Call:
    """The call that executes a command.

    Raises:
        Refused: its target does not exist, or is of a kind that does not support it.
    """
    if isinstance(command, CardCommand):
        return _card_call(command, known)
    match command:
        case ClearDefault():
            return Call(f"{command.kind}_default_set", ("@NONE@",))
        case _ if (control := known.controls.get(command.id)) is None:
            raise Refused("The control is gone.")
    match command:
        case SetVolume() | SetMute() | Kill() if control.kind is Kind.STORED:
            return _stored_call(command, control, known.stored)
        case SetVolume(raws=raws):
            if len(raws) != len(control.channels):
                raise Refused(f"{control.name} has {len(control.channels)} channels, not {len(raws)}.")
            return Call(f"set_{control.kind}_volume", (_index(control), raws))
        case SetMute(mute=mute):
            return Call(f"{control.kind}_mute", (_index(control), all(mute)))
        case MoveStream(target=target):
            return _move(control, target, known)
        case Kill() if control.kind in _STREAM_DEVICES:
            return Call(f"kill_{control.kind}", (_index(control),))
    return _device_call(command, control)


def _device_call(command: Command, control: Control) -> Call:
    device, index = control.device, _index(control)
    match command:
        case SetDefault() if device:
            return Call(f"{control.kind}_default_set", (device.server_name,))
        case SetPort(port=port) if device:
            return Call(f"{control.kind}_port_set", (index, port))
        case SetSuspended(suspended=suspended) if device:
            return Call(f"{control.kind}_suspend", (index, suspended))
        case SetFormats(formats=formats) if device and control.kind is Kind.SINK:
            return Call("save_formats", (index, ("pcm", *(name for name in formats if name != "pcm"))))
    raise Refused(f"{control.name} does not support this.")


def _move(control: Control, target: ControlId | None, known: ServerState) -> Call:
    """The call that moves a stream to a device, or to the default device if `target` is None.

    Both servers take a move to the default device as a request to follow the default from then on.
    """
    kind = _STREAM_DEVICES.get(control.kind)
    if kind is None:
        raise Refused(f"{control.name} is not a stream, so it cannot be moved.")
    goal = device_for(control, target, known)
    if goal is None and target is None:
        raise Refused(f"There is no default {kind} to follow.")
    if goal is None or goal.device is None:
        raise Refused("The target device is gone.")
    if goal.kind is not kind:
        raise Refused(f"{control.name} can only be moved to a {kind}.")
    return Call(f"{control.kind}_move", (_index(control), goal.device.index))


def device_for(stream: Control, target: ControlId | None, known: ServerState) -> Control | None:
    """The device for a stream to play on or record from: the target or, if that is None, the default
    device.
    """
    if target is not None:
        return known.controls.get(target)
    kind = _STREAM_DEVICES.get(stream.kind)
    return next((other for other in known.controls.values() if other.kind is kind and other.default), None)


def _stored_call(command: Command, control: Control, stored: Mapping[str, StoredRecord]) -> Call:
    entry = stored.get(control.stream.stored_name) if control.stream else None
    if entry is None:
        raise Refused("The server no longer stores that volume.")
    match command:
        case SetVolume(raws=raws) if len(raws) == len(entry.volume):
            return Call("write_stored", (replace(entry, volume=raws),))
        case SetMute(mute=mute):
            return Call("write_stored", (replace(entry, mute=all(mute)),))
        case Kill():
            return Call("delete_stored", (entry.key,))
    raise Refused(f"The stored volume of {control.name} has {len(entry.volume)} channels.")


def _card_call(command: CardCommand, known: ServerState) -> Call:
    card = next((card for card in known.server_cards if card.id == command.id), None)
    if card is None:
        raise Refused("The card is gone.")
    match command:
        case SetProfile(profile=profile):
            return Call("card_profile_set_by_index", (card.index, profile))
        case SetLatencyOffset(port=port, microseconds=microseconds):
            return Call("set_latency_offset", (card.server_name, port, microseconds))
        case SetCodec(codec=codec):
            return Call("send_message", (codec_message(card.server_name, "switch-codec", codec),))


def codec_message(card: str, name: str, codec: str | None = None) -> tuple[str, str, str | None]:
    """Object path, message and parameters that both servers use for a Bluetooth card's codec."""
    import json  # only needed for Bluetooth

    return f"/card/{card}/bluez", name, None if codec is None else json.dumps(codec)


def _index(control: Control) -> int:
    part: Device | None = control.device
    if part is not None:
        return part.index
    if control.stream is None:
        raise Refused(f"{control.name} does not support this.")
    return control.stream.index
