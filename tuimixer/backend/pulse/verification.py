"""What a server acknowledges but does not do: when to check, what to check, and what to report. Pure."""

from tuimixer.backend.base import Unreachable
from tuimixer.backend.pulse.calls import ServerState, device_for
from tuimixer.model.command import (
    CardCommand,
    ClearDefault,
    Command,
    Kill,
    MoveStream,
    OpenDevice,
    SetCapture,
    SetChoice,
    SetCodec,
    SetDefault,
    SetFormats,
    SetLatencyOffset,
    SetMute,
    SetPort,
    SetProfile,
    SetSuspended,
    SetVolume,
    UseServer,
)
from tuimixer.model.control import Control, ControlId, Kind
from tuimixer.model.record import dataclass

_QUICK, _USUAL, _MOVE, _SLOW = 1.0, 2.0, 4.0, 8.0
"""Seconds to wait: for volume and mute; for most other commands; for a move, which a session manager carries
out; and for the profile of a (Bluetooth) card and the default device, which it chooses late if it is busy.
"""


@dataclass(frozen=True, slots=True)
class Unverified:
    """A command that the server has acknowledged."""

    command: Command
    before: Control | None
    """The control before the command was written."""
    default: ControlId | None
    """The default output at that time, or the default input if the control is an input or records."""


def unverified(command: Command, known: ServerState) -> Unverified:
    """A command that is about to be written, with what it can be judged by afterwards."""
    before = known.controls.get(command.id)
    return Unverified(command, before, _default_for(before, known) if before is not None else None)


def _default_for(control: Control, known: ServerState) -> ControlId | None:
    """The default output, or the default input for an input or a recording stream."""
    kind = Kind.SOURCE if control.kind in (Kind.SOURCE, Kind.SOURCE_OUTPUT) else Kind.SINK
    defaults = (other.id for other in known.controls.values() if other.default and other.kind is kind)
    return next(defaults, None)


class OutOfDate(Unreachable):
    """The connection may show an old default device, so it is to be reopened.

    Now and then, PipeWire's PulseAudio server shows a client that has set the default device the old one from
    then on.
    """


def patience(command: Command) -> float:
    """Seconds within which an acknowledged command takes effect, if ever; 0 if that is not in doubt."""
    match command:
        case SetVolume() | SetMute():
            return _QUICK
        case SetPort() | SetSuspended() | SetFormats() | Kill():
            return _USUAL
        case MoveStream():
            return _MOVE
        case SetDefault() | SetProfile():
            return _SLOW
        case SetCapture() | SetChoice() | OpenDevice() | UseServer():
            return 0.0  # these do not go to the server
        case ClearDefault() | SetLatencyOffset() | SetCodec():
            return 0.0  # these have never been seen to be ignored


def ignored(doubt: Unverified, known: ServerState, server: str) -> str:
    """What the server did not do, in one sentence; empty if the command took effect, or if its target is gone
    or was changed by something else.
    """
    command = doubt.command
    if isinstance(command, SetProfile):
        card = next((card for card in known.server_cards if card.id == command.id), None)
        profiles = {profile.name: profile.description for profile in card.profiles} if card else {}
        if card is None or card.profile == command.profile:
            return ""
        wanted = profiles.get(command.profile, command.profile)
        return f"{server} did not switch {card.description} to {wanted}."
    control = known.controls.get(command.id)
    return _about_control(doubt, control, known, server) if control is not None else ""


def _about_control(doubt: Unverified, control: Control, known: ServerState, server: str) -> str:
    device = control.device
    match doubt.command:
        case SetVolume(raws=wanted) if control.raws != wanted and _is_unchanged(doubt, control):
            return f"{server} did not change the volume of {control.name}{_asleep(control)}."
        case SetMute(mute=mute) if control.mute != mute and _is_unchanged(doubt, control):
            done = "mute" if all(mute) else "unmute"
            return f"{server} did not {done} {control.name}{_asleep(control)}."
        case SetDefault() if device and doubt.default == _default_for(control, known) != control.id:
            role = "input" if control.kind is Kind.SOURCE else "output"
            return f"{server} did not make {control.name} the default {role}."
        case SetPort(port=port) if device and device.port != port:
            names = {port.name: port.description for port in device.ports}
            return f"{server} did not switch {control.name} to {names.get(port, port)}."
        case SetSuspended(suspended=True) if device and device.state != "suspended":
            cause = f"because something is {_use(control)} it"
            return f"{server} did not suspend {control.name}, or resumed it, {cause}."
        case SetSuspended(suspended=False) if device and device.state == "suspended":
            return f"{server} only resumes {control.name} when something is {_use(control)} it."
        case SetFormats(formats=formats) if device and {*formats, "pcm"} != {*device.formats, "pcm"}:
            return f"{server} did not accept the formats for {control.name}."
        case MoveStream(target=target):
            goal = device_for(control, target, known)
            # A stream that was moved to the default device, or follows it, moves along when that changes.
            moved = doubt.before is not None and doubt.before.target_id != control.target_id
            followed = doubt.default != _default_for(control, known)
            if goal is not None and control.target_id != goal.id and not moved and not followed:
                return f"{server} did not move {control.name} to {goal.name}."
        case Kill():
            return f"{server} did not kill {control.name}."
    return ""


def _is_unchanged(doubt: Unverified, control: Control) -> bool:
    """Whether volume and mute are as before. If not, others changed them, or the server rounded the
    values.
    """
    before = doubt.before
    return before is not None and (before.raws, before.mute) == (control.raws, control.mute)


def _asleep(control: Control) -> str:
    """Says that the volume may change later: PipeWire 1.4 defers it until the node first runs; else empty."""
    device = control.device
    asleep = device is not None and device.state != "running"
    return f", but may do so once something is {_use(control)} it" if asleep else ""


def _use(control: Control) -> str:
    return "recording from" if control.kind is Kind.SOURCE else "playing on"


def affected(command: Command, known: ServerState) -> list[tuple[str, int | None]]:
    """What to read to see whether a command took effect: facilities, each with an index, or None for all."""
    control = known.controls.get(command.id)
    if isinstance(command, CardCommand):
        return [("card", None)]
    if control is None:
        return []
    if control.kind is Kind.STORED:
        return [("stored", None)]
    if isinstance(command, SetFormats):
        return [("formats", None)]
    part = control.device or control.stream
    read: list[tuple[str, int | None]] = [(control.kind.value, part.index)] if part is not None else []
    # The command changes the default device, or may be a move to the default device.
    return [("server", None), *read] if isinstance(command, SetDefault | MoveStream) else read
