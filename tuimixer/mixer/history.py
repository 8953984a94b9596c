"""Undo and redo of the changes that were made here."""

from collections.abc import Callable
from dataclasses import dataclass

from tuimixer.model.command import (
    Command,
    MoveStream,
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
    aspect,
)
from tuimixer.model.control import Control
from tuimixer.model.snapshot import ServerCard, Snapshot

DEPTH = 500
"""How many changes are kept."""
TOGETHER = 1.0
"""Steps of the same control that follow each other within so many seconds are one change."""


@dataclass(slots=True)
class Change:
    """One change that was made here."""

    before: Command
    """Brings back what was."""
    after: Command
    """Makes the change again."""
    name: str
    """Of what was changed, to show."""
    at: float
    """When it was made; minus infinity where no further step may join it."""

    @property
    def words(self) -> str:
        """What was changed, to show: `volume of PCM`."""
        return f"{_WORDS[type(self.after).__name__]} of {self.name}"


class History:
    """What was changed here, and what undoes it."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._done: list[Change] = []
        self._undone: list[Change] = []

    def record(self, command: Command, control: Control | None, snapshot: Snapshot) -> None:
        """Remember a command that is about to be sent; one that has no way back (kill) is left out."""
        before = inverse(command, control, snapshot)
        if before is None or before == command:
            return
        self._undone.clear()
        now = self._clock()
        last = self._done[-1] if self._done else None
        if last and _joins(command, last.after) and now - last.at < TOGETHER:
            last.after, last.at = command, now
            if last.before == last.after:
                self._done.pop()
            return
        self._done.append(Change(before, command, _name(command, control, snapshot), now))
        del self._done[:-DEPTH]

    def undo(self) -> Change | None:
        """The newest change, of which `before` is to be sent now; None when there is none."""
        return self._shift(self._done, self._undone)

    def redo(self) -> Change | None:
        """The change that was undone last, of which `after` is to be sent now; None when there is none."""
        return self._shift(self._undone, self._done)

    def _shift(self, source: list[Change], target: list[Change]) -> Change | None:
        if not source:
            return None
        change = source.pop()
        target.append(change)
        for kept in self._done[-1:]:
            kept.at = float("-inf")
        return change


def inverse(command: Command, control: Control | None, snapshot: Snapshot) -> Command | None:
    """The command that brings back what `command` is about to change; None where there is no way back."""
    if isinstance(command, SetProfile | SetLatencyOffset | SetCodec):
        card = next((card for card in snapshot.server_cards if card.id == command.id), None)
        return _inverse_on_card(command, card) if card else None
    if control is None:
        return None
    device = control.sink_or_source
    match command:
        case SetVolume() if control.channels:
            return SetVolume(command.id, control.raws)
        case SetMute() if control.mute is not None:
            return SetMute(command.id, control.mute)
        case SetCapture(capture=on) if control.capture is not None:
            # In an exclusive group none goes off by itself: the one that recorded has to be chosen again.
            instead = _recording_instead(control, snapshot) if any(on) else None
            return instead or SetCapture(command.id, control.capture)
        case SetChoice() if control.choice:
            return SetChoice(command.id, control.choice.value)
        case MoveStream() if control.device:
            return MoveStream(command.id, control.device)
        case SetPort() if device and device.port:
            return SetPort(command.id, device.port)
        case SetSuspended() if device and device.state:
            return SetSuspended(command.id, device.state == "suspended")
        case SetFormats() if device and device.formats:
            return SetFormats(command.id, device.formats)
        case SetDefault():
            kin = (other for other in snapshot.controls.values() if other.kind is control.kind)
            return next((SetDefault(other.id) for other in kin if other.default), None)
    return None


def _recording_instead(control: Control, snapshot: Snapshot) -> SetCapture | None:
    """Chooses the other control that records of a control's exclusive group; None where there is none."""
    group = snapshot.exclusive_with(control)
    other = next((one for one in group if one.id != control.id and one.capturing), None)
    return SetCapture(other.id, other.capture) if other is not None and other.capture else None


def _inverse_on_card(command: SetProfile | SetLatencyOffset | SetCodec, card: ServerCard) -> Command | None:
    match command:
        case SetProfile() if card.profile:
            return SetProfile(card.id, card.profile)
        case SetCodec() if card.codec:
            return SetCodec(card.id, card.codec)
        case SetLatencyOffset(port=name):
            offset = next((port.latency_offset for port in card.ports if port.name == name), None)
            return None if offset is None else SetLatencyOffset(card.id, name, offset)
    return None


def _joins(command: Command, last: Command) -> bool:
    """Whether a command goes on with what the last one began, as steps of a volume do."""
    return isinstance(command, SetVolume | SetLatencyOffset) and aspect(command) == aspect(last)


def _name(command: Command, control: Control | None, snapshot: Snapshot) -> str:
    if control is not None:
        return control.name
    return next((card.description for card in snapshot.server_cards if card.id == command.id), command.id)


_WORDS = {
    "SetVolume": "volume",
    "SetMute": "mute",
    "SetCapture": "capture",
    "SetChoice": "choice",
    "MoveStream": "move",
    "SetPort": "port",
    "SetSuspended": "suspend",
    "SetFormats": "formats",
    "SetDefault": "default",
    "SetProfile": "profile",
    "SetLatencyOffset": "latency offset",
    "SetCodec": "codec",
}
