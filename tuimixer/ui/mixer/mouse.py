"""The mouse on the main screen: clicks, drags and the wheel, which create the same intents as the keys."""

from collections.abc import Callable

from textual import events

from tuimixer.model.control import ControlId
from tuimixer.model.intent import Channels, Intent, Mute, SetLevel
from tuimixer.ui.mixer import columns
from tuimixer.ui.mixer.bars import Ruler
from tuimixer.ui.mixer.layout import Slot, name_lines
from tuimixer.ui.mixer.status_line import key_in
from tuimixer.ui.mixer.steps import wheel_step
from tuimixer.ui.mixer.strip_state import StripState
from tuimixer.ui.mixer.view import MixerView
from tuimixer.ui.terminal.cells import Area

_RIGHT = 3


class Mouse:
    """Handles the mouse; positions are cells of the view."""

    def __init__(
        self,
        view: MixerView,
        send: Callable[[Intent], None],
        do: Callable[[str], None],
        say: Callable[[str, bool], None],
        wheel: float,
    ) -> None:
        self._view = view
        self._renderer = view.renderer
        self._send = send
        self._do = do
        self._say = say
        self._wheel = wheel
        self._drag: tuple[ControlId, Channels, Area] | None = None

    def down(self, event: events.MouseDown) -> None:
        """Handle a button press: set a fader and start a drag, or act on whatever else was clicked."""
        action = self._renderer.spot_at(event.x, event.y)
        if action is not None:
            self._do(action)
            return
        slot = self._renderer.slot_at(event.x, event.y)
        state = self._renderer.state_of(slot.row) if slot is not None else None
        if slot is None or state is None:
            return
        self._renderer.choose(slot.row.id)
        bar = self._bar(slot, state)
        if bar is not None and (event.x, event.y) in bar:
            self._begin(event, slot, state, bar)
        elif self._on_marks(slot, event) and state.mute is not None:
            self._send(Mute(state.id))

    def double(self, event: events.Click) -> None:
        """Open the details after a double click, except where a single click already does something."""
        slot = self._renderer.slot_at(event.x, event.y)
        state = self._renderer.state_of(slot.row) if slot is not None else None
        if slot is None or state is None or self._on_marks(slot, event):
            return
        bar = self._bar(slot, state)
        if bar is None or (event.x, event.y) not in bar:
            self._do("details")

    def move(self, event: events.MouseMove) -> None:
        """Drag the fader that was pressed."""
        if not event.button:
            self.up()  # The release went to another widget, or was not reported.
        if self._drag is not None:
            self._set(event.x, event.y)

    def up(self) -> None:
        """End a drag."""
        if self._drag is not None:
            self._drag = None
            self._view.release_mouse()

    def wheel(self, event: events.MouseEvent, direction: int) -> None:
        """Move the fader under the pointer by a step of the wheel; outside of strips, move the cursor."""
        slot = self._renderer.slot_at(event.x, event.y)
        if slot is None:
            self._renderer.step(-direction)
            return
        self._renderer.choose(slot.row.id)
        state = self._renderer.state_of(slot.row)
        if state is not None and state.positions:
            self._send(wheel_step(state.id, direction * self._wheel))
        elif state is not None and state.choice is not None:
            self._do("volume.up" if direction > 0 else "volume.down")

    def _begin(self, event: events.MouseDown, slot: Slot, state: StripState, bar: Area) -> None:
        channels: Channels = None
        if event.button == _RIGHT and len(state.positions) > 1:
            channel = self._channel(slot, state, event)
            if channel is None:
                self._say(f"To move one channel with the right button, select it first{self._key()}.", True)
                return
            channels = (channel,)
        self._drag = (state.id, channels, bar)
        self._view.capture_mouse()
        self._set(event.x, event.y)

    def _key(self) -> str:
        keys = self._renderer.keys.get("channels.lock", ())
        return f" ({key_in(keys[0], self._renderer.terminal.charset)})" if keys else ""

    def _set(self, x: int, y: int) -> None:
        assert self._drag is not None
        key, channels, bar = self._drag
        if self._renderer.columns:
            position = (bar.y + bar.height - 1 - y) / max(1, bar.height - 1)
        else:
            position = (x - bar.x) / max(1, bar.width - 1)
        self._send(SetLevel(key, min(max(position, 0.0), 1.0), channels))

    def _bar(self, slot: Slot, state: StripState) -> Area | None:
        """Where a strip's fader is, up to 100 %; None if it has none."""
        if not state.positions:
            return None
        box = self._renderer.box_of(slot)
        if self._renderer.columns:
            return columns.fader_box(box, self._renderer.plan.beyond(slot))
        first, width = self._renderer.fields().bar
        return Area(first, box.y + box.height - 1, Ruler.of(width, state.beyond).normal, 1) if width else None

    def _channel(self, slot: Slot, state: StripState, event: events.MouseDown) -> int | None:
        """The channel that the right button moves: in a column, the one whose half of the fader was clicked;
        in a row, whose bar is for all channels, the one that keys move.
        """
        if not self._renderer.columns or len(state.positions) != 2:
            return self._renderer.channel
        fader = columns.fader_box(self._renderer.box_of(slot), self._renderer.plan.beyond(slot))
        return int(event.x >= fader.x + fader.width // 2)

    def _on_marks(self, slot: Slot, event: events.MouseEvent) -> bool:
        box = self._renderer.box_of(slot)
        if self._renderer.columns:
            height = columns.bar_height(box)
            return bool(box.y + height < event.y < box.y + box.height - name_lines(box.height))
        first, width = self._renderer.fields().marks
        return bool(first <= event.x < first + width) and event.y == box.y
