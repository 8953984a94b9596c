"""Commands that the sound system has not confirmed yet, shown on top of what it says.

An entry leaves with the first read that *began* after its write was acknowledged: an earlier read may still
carry the old value, and dropping the entry then would make the fader jump back or lose a step of a held key.
"""

from dataclasses import replace

from tuimixer.model.command import (
    Command,
    MoveStream,
    SetCapture,
    SetChoice,
    SetDefault,
    SetMute,
    SetPort,
    SetVolume,
    aspect,
)
from tuimixer.model.control import Control, ControlId, Kind

_Aspect = tuple[str, ...]


class Outbox:
    """Coalesces commands by aspect and lays the unconfirmed ones over the truth."""

    def __init__(self) -> None:
        self._overlay: dict[_Aspect, Command] = {}
        self._unsent: dict[_Aspect, Command] = {}
        self._acked: dict[_Aspect, int] = {}
        self._reads = 0

    def submit(self, command: Command) -> None:
        """Queue a command; an unsent older one of the same aspect is replaced."""
        key = aspect(command)
        self._acked.pop(key, None)
        self._unsent.pop(key, None)
        self._overlay[key] = self._unsent[key] = command

    def take(self) -> Command | None:
        """The oldest unsent command, which the caller is to write now; None when all is sent."""
        if not self._unsent:
            return None
        return self._unsent.pop(next(iter(self._unsent)))

    def acked(self, command: Command) -> None:
        """The write of a command was acknowledged; any read that begins from now on carries it."""
        key = aspect(command)
        if self._overlay.get(key) is command and key not in self._unsent:
            self._acked[key] = self._reads

    def failed(self, command: Command) -> None:
        """The write of a command failed: the truth shows through again."""
        key = aspect(command)
        if self._overlay.get(key) is command and key not in self._unsent:
            del self._overlay[key]
            self._acked.pop(key, None)

    def begin_read(self) -> int:
        """Number of a read that begins now, to be given to `end_read`."""
        self._reads += 1
        return self._reads

    def end_read(self, number: int) -> None:
        """A read has ended: what was acknowledged before it began is in the truth now."""
        for key in [key for key, at in self._acked.items() if at < number]:
            del self._acked[key]
            self._overlay.pop(key, None)

    def clear(self) -> None:
        """Forget everything: the connection is gone."""
        self._overlay.clear()
        self._unsent.clear()
        self._acked.clear()

    @property
    def awaiting_read(self) -> bool:
        """Whether an acknowledged command waits for a read to confirm it."""
        return bool(self._acked)

    def over(self, truth: dict[ControlId, Control]) -> dict[ControlId, Control]:
        """The truth with the unconfirmed commands on top; untouched controls keep their identity."""
        if not self._overlay:
            return truth
        shown = dict(truth)
        for command in self._overlay.values():
            if isinstance(command, SetDefault):
                _overlay_default(shown, command.id)
            elif (control := shown.get(command.id)) is not None:
                shown[command.id] = _overlay(control, command)
        return shown


def _overlay(control: Control, command: Command) -> Control:
    match command:
        case SetVolume(raws=raws) if len(raws) == len(control.channels):
            channels = tuple(
                replace(channel, raw=raw) for channel, raw in zip(control.channels, raws, strict=True)
            )
            return replace(control, channels=channels)
        case SetMute(mute=mute) if control.mute is not None and len(mute) == len(control.mute):
            return replace(control, mute=mute)
        case SetCapture(capture=capture) if control.capture is not None and len(capture) == len(
            control.capture
        ):
            return replace(control, capture=capture)
        case SetChoice(item=item) if control.choice is not None and 0 <= item < len(control.choice.items):
            return replace(control, choice=replace(control.choice, value=item))
        case MoveStream(target=target) if target is not None:
            return replace(control, device=target)
        case SetPort(port=port) if control.sink_or_source is not None:
            return replace(control, sink_or_source=replace(control.sink_or_source, port=port))
    return control


def _overlay_default(shown: dict[ControlId, Control], wanted: ControlId) -> None:
    chosen = shown.get(wanted)
    if chosen is None or chosen.kind not in (Kind.SINK, Kind.SOURCE):
        return
    for key, other in shown.items():
        if other.kind is chosen.kind and other.default != (key == wanted):
            shown[key] = replace(other, default=key == wanted)
