"""The mouse on the board: faders, wheel, marks, names; it makes the same wishes as the keys."""

from collections.abc import Callable

from textual import events

from tuimixer.model.control import ControlId
from tuimixer.model.intent import Channels, Intent, Mute, Nudge, SetLevel
from tuimixer.ui.mixer import columns
from tuimixer.ui.mixer.layout import Box, Slot
from tuimixer.ui.mixer.status_line import key_in
from tuimixer.ui.mixer.strip_state import Face
from tuimixer.ui.mixer.view import Board

_RIGHT = 3


class Pointer:
    """What the mouse does; positions are cells of the board."""

    def __init__(
        self,
        board: Board,
        send: Callable[[Intent], None],
        do: Callable[[str], None],
        say: Callable[[str, bool], None],
        wheel: float,
    ) -> None:
        self._board = board
        self._send = send
        self._do = do
        self._say = say
        self._wheel = wheel
        self._drag: tuple[ControlId, Channels, Box] | None = None

    def down(self, event: events.MouseDown) -> None:
        """A press: on a fader it sets it and begins a drag, elsewhere it does what stands there."""
        action = self._board.spot_at(event.x, event.y)
        if action is not None:
            self._do(action)
            return
        slot = self._board.slot_at(event.x, event.y)
        face = self._board.face_of(slot.row) if slot is not None else None
        if slot is None or face is None:
            return
        self._board.choose(slot.row.id)
        bar = self._bar(slot, face)
        if bar is not None and (event.x, event.y) in bar:
            self._begin(event, slot, face, bar)
        elif self._on_marks(slot, event) and face.mute is not None:
            self._send(Mute(face.id))

    def move(self, event: events.MouseMove) -> None:
        """A move: drags the fader that was pressed."""
        if not event.button:
            self.up()  # somebody else was told of the release, or nobody
        if self._drag is not None:
            self._set(event.x, event.y)

    def up(self) -> None:
        """The end of a drag."""
        if self._drag is not None:
            self._drag = None
            self._board.release_mouse()

    def wheel(self, event: events.MouseEvent, direction: int) -> None:
        """The wheel moves the fader under the pointer."""
        slot = self._board.slot_at(event.x, event.y)
        if slot is None:
            self._board.step(-direction)
            return
        self._board.choose(slot.row.id)
        face = self._board.face_of(slot.row)
        if face is not None and face.positions:
            self._send(Nudge(face.id, direction * self._wheel))
        elif face is not None and face.choice is not None:
            self._do("volume.up" if direction > 0 else "volume.down")

    def _begin(self, event: events.MouseDown, slot: Slot, face: Face, bar: Box) -> None:
        channels: Channels = None
        if event.button == _RIGHT and len(face.positions) > 1:
            channel = self._channel(slot, face, event)
            if channel is None:
                self._say(
                    f"Choose a channel first{self._key()}: the right button moves that one alone.", True
                )
                return
            channels = (channel,)
        self._drag = (face.id, channels, bar)
        self._board.capture_mouse()
        self._set(event.x, event.y)

    def _key(self) -> str:
        keys = self._board.keys.get("channels.lock", ())
        return f" ({key_in(keys[0], self._board.terminal.charset)})" if keys else ""

    def _set(self, x: int, y: int) -> None:
        assert self._drag is not None
        key, channels, bar = self._drag
        if self._board.columns:
            position = (bar.y + bar.height - 1 - y) / max(1, bar.height - 1)
        else:
            position = (x - bar.x) / max(1, bar.width - 1)
        self._send(SetLevel(key, min(max(position, 0.0), 1.0), channels))

    def _bar(self, slot: Slot, face: Face) -> Box | None:
        """Where a strip's fader lies."""
        if not face.positions:
            return None
        box = self._board.box_of(slot)
        if self._board.columns:
            left, each, shown = columns.fader_box(box, face)
            return Box(left, box.y, each * shown, columns.bar_height(box))
        first, width = self._board.fields().bar
        return Box(first, box.y, width, 1) if width else None

    def _channel(self, slot: Slot, face: Face, event: events.MouseDown) -> int | None:
        """The one channel that the right button moves: where it points, or in a row, whose bar is all
        channels', the one that keys move.
        """
        if not self._board.columns:
            return self._board.channel
        left, each, shown = columns.fader_box(self._board.box_of(slot), face)
        return min(max((event.x - left) // each, 0), shown - 1)

    def _on_marks(self, slot: Slot, event: events.MouseDown) -> bool:
        box = self._board.box_of(slot)
        if self._board.columns:
            height = columns.bar_height(box)
            return bool(box.y + height < event.y < box.y + box.height - 1)
        first, width = self._board.fields().marks
        return bool(first <= event.x < first + width)
