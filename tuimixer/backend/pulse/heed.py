"""Tells when a server has acknowledged a command and has not done it all the same. Pure."""

from tuimixer.backend.pulse.calls import Known
from tuimixer.model.command import Command, MoveStream, SetFormats, SetSuspended
from tuimixer.model.control import Control, Kind


def may_be_unheeded(command: Command) -> bool:
    """Whether a server has been seen to acknowledge the like of it and to do nothing."""
    return isinstance(command, SetSuspended | SetFormats) or (
        isinstance(command, MoveStream) and command.target is not None
    )


def unheeded(command: Command, known: Known, server: str) -> str:
    """One sentence for a person; empty where what was asked for has come true, or its control has gone."""
    control = known.controls.get(command.id)
    if control is None:
        return ""
    device = control.sink_or_source
    match command:
        case SetSuspended(suspended=wanted) if device and (device.state == "suspended") != wanted:
            return _still_awake(control, server) if wanted else _still_asleep(control, server)
        case SetFormats(formats=wanted) if device and {*wanted, "pcm"} != {*device.formats, "pcm"}:
            return f"{server} has not taken the formats for {control.name}."
        case MoveStream(target=str(target)) if target in known.controls and control.device != target:
            return f"{server} has not moved {control.name} to {known.controls[target].name}."
    return ""


def _still_awake(control: Control, server: str) -> str:
    use = "records from" if control.kind is Kind.SOURCE else "plays on"
    return f"{server} has not suspended {control.name}, or has woken it again: something {use} it."


def _still_asleep(control: Control, server: str) -> str:
    use = "records from" if control.kind is Kind.SOURCE else "plays on"
    return f"{server} wakes {control.name} when something {use} it, and not before."
