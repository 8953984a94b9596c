"""Undo and redo of the changes that were made here."""

from collections.abc import Callable
from dataclasses import dataclass

from tuimixer.model.command import (
    Command,
    MoveStream,
    SetCapture,
    SetChoice,
    SetDefault,
    SetLatencyOffset,
    SetMute,
    SetPort,
    SetProfile,
    SetSuspended,
    SetVolume,
    aspect,
)
from tuimixer.model.control import Control
from tuimixer.model.snapshot import Snapshot

DEPTH = 500
"""How many changes are kept."""
TOGETHER = 1.0
"""Steps of the same control that follow each other within so many seconds are one change."""


@dataclass(slots=True)
class _Change:
    before: Command
    after: Command
    name: str
    at: float


class History:
    """What was changed here, and what undoes it."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._done: list[_Change] = []
        self._undone: list[_Change] = []

    def record(self, command: Command, control: Control | None, snapshot: Snapshot) -> None:
        """Remember a command that is about to be sent; one that cannot be undone (kill, codec, formats) is left out."""
        before = inverse(command, control, snapshot)
        if before is None or before == command:
            return
        self._undone.clear()
        now = self._clock()
        last = self._done[-1] if self._done else None
        if last and isinstance(command, SetVolume) and aspect(last.after) == aspect(command) and now - last.at < TOGETHER:
            last.after, last.at = command, now
            return
        self._done.append(_Change(before, command, control.name if control else command.id, now))
        del self._done[:-DEPTH]

    def undo(self) -> tuple[str, tuple[Command, ...]] | None:
        """What to say and to send to take back the newest change; None when there is none."""
        if not self._done:
            return None
        change = self._done.pop()
        self._undone.append(change)
        return f"Undone: {_words(change)}", (change.before,)

    def redo(self) -> tuple[str, tuple[Command, ...]] | None:
        """What to say and to send to do again what was undone last; None when there is none."""
        if not self._undone:
            return None
        change = self._undone.pop()
        change.at = float("-inf")
        self._done.append(change)
        return f"Done again: {_words(change)}", (change.after,)


def inverse(command: Command, control: Control | None, snapshot: Snapshot) -> Command | None:  # noqa: PLR0911
    """The command that brings back the state that `command` is about to change; None where there is no way back."""
    match command:
        case SetVolume() if control and control.channels:
            return SetVolume(command.id, control.raws)
        case SetMute() if control and control.mute is not None:
            return SetMute(command.id, control.mute)
        case SetCapture() if control and control.capture is not None:
            return SetCapture(command.id, control.capture)
        case SetChoice() if control and control.choice:
            return SetChoice(command.id, control.choice.value)
        case MoveStream() if control and control.device:
            return MoveStream(command.id, control.device)
        case SetPort() if control and control.sink_or_source and control.sink_or_source.port:
            return SetPort(command.id, control.sink_or_source.port)
        case SetSuspended(suspended=suspended):
            return SetSuspended(command.id, not suspended)
        case SetDefault() if control:
            for other in snapshot.controls.values():
                if other.kind is control.kind and other.default:
                    return SetDefault(other.id)
        case SetProfile():
            for card in snapshot.server_cards:
                if card.id == command.id and card.profile:
                    return SetProfile(card.id, card.profile)
        case SetLatencyOffset(port=port):
            for card in snapshot.server_cards:
                for known in card.ports:
                    if card.id == command.id and known.name == port and known.latency_offset is not None:
                        return SetLatencyOffset(card.id, port, known.latency_offset)
    return None


_WORDS = {
    "SetVolume": "volume",
    "SetMute": "mute",
    "SetCapture": "capture",
    "SetChoice": "choice",
    "MoveStream": "move",
    "SetPort": "port",
    "SetSuspended": "suspend",
    "SetDefault": "default",
    "SetProfile": "profile",
    "SetLatencyOffset": "latency offset",
}


def _words(change: _Change) -> str:
    return f"{_WORDS[type(change.after).__name__]} of {change.name}."


