"""The main screen: gives each action of the table its meaning and hands what the mixers say to the board."""

import time
from asyncio import TimerHandle
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events
from textual.app import ComposeResult
from textual.reactive import Reactive

from tuimixer.config.schema import Config
from tuimixer.mixer.mixer import Changed, Event, Mixer
from tuimixer.mixer.views import Filters, View
from tuimixer.model.balance import sides
from tuimixer.model.command import Command, SetDefault
from tuimixer.model.control import Control, ControlId, Kind
from tuimixer.model.intent import (
    Capture,
    Channels,
    Choose,
    Equalize,
    Intent,
    Mute,
    SetBalance,
    SetLevel,
)
from tuimixer.model.snapshot import Levels, Phase, Snapshot
from tuimixer.model.system import System
from tuimixer.ui.dialogs import DIALOGS, open_dialog
from tuimixer.ui.later import after
from tuimixer.ui.mixer.choices import first_card, named_card
from tuimixer.ui.mixer.filter_bar import Finder
from tuimixer.ui.mixer.key_repeat import Presses
from tuimixer.ui.mixer.mouse import Pointer
from tuimixer.ui.mixer.view import Board
from tuimixer.ui.terminal.capabilities import Terminal
from tuimixer.ui.textual_internals import DirectScreen

if TYPE_CHECKING:
    from textual.widgets import Input

    from tuimixer.ui.app import TuiMixerApp

_NOTICE_SECONDS = 6.0
_LEARN_SECONDS = 0.4
_LEARN_AGAIN = 5.0
"""Seconds until the facts of a box are asked for again that could not be read."""
_BALANCE_STEP = 0.05
_VIEWS = tuple(View)


class MixerScreen(DirectScreen):
    """Status, faders, info and hints; the cursor is a control's id, and no strip ever has the focus."""

    DEFAULT_CSS = (
        "MixerScreen { overflow: hidden; layers: base; } MixerScreen Input { dock: bottom; height: 1; }"
    )
    AUTO_FOCUS: ClassVar[str | None] = ""
    # Textual repaints the whole screen when the focus moves; here nothing depends on it.
    focused: Reactive[object] = Reactive(None, repaint=False)  # type: ignore[assignment]

    def __init__(
        self,
        mixers: Sequence[Mixer],
        config: Config,
        terminal: Terminal,
        keys: dict[str, tuple[str, ...]],
        view: View,
        filters: Filters,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self.mixers = tuple(mixers)
        self.mixer = self.mixers[0]
        self.config = config
        self.board = Board(terminal, keys, view, filters, config.layout, clock)
        self.board.on_visible = self._watch
        self.pointer = Pointer(self.board, self.send, self.do, self.say, config.step.wheel)
        self.finder = Finder(self, self.board)
        self._actions = self._table()
        self._by_key = {
            key: action for action, names in keys.items() for key in names if action in self._actions
        }
        self._clock = clock
        self._presses = Presses(clock)
        self._unsubscribe: list[Callable[[], None]] = []
        self._notice_timer: TimerHandle | None = None
        self._covered = False
        self._card_chosen = filters.card is not None
        self._chosen: dict[Mixer, tuple[str | None, bool]] = {}
        """The card shown of a box that is not on the screen now, and whether that was decided."""
        self._learning: TimerHandle | None = None
        self._systems: dict[Mixer, System] = {}
        self._outdated: set[Mixer] = set()
        """Those whose cards or server have changed since their facts were read."""

    def compose(self) -> ComposeResult:
        yield self.board

    def on_mount(self) -> None:
        for mixer in self.mixers:
            self._unsubscribe.append(mixer.subscribe(partial(self._take, mixer)))
        self.board.box_name = self.mixer.name
        self._begin_with_card(self.mixer.snapshot)
        self.board.show(self.mixer.snapshot)
        self._learn_soon()

    def on_unmount(self) -> None:
        for end in self._unsubscribe:
            end()
        self._unsubscribe.clear()

    def on_screen_suspend(self) -> None:
        self._covered = True
        self.pointer.up()
        self._watch(frozenset())

    def on_screen_resume(self) -> None:
        self.board.forget()
        if self._covered:
            self._covered = False
            self._watch(self.board.metered)

    def paints_alone(self) -> bool:
        return not self.finder.is_open and self.board.paint_alone()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        self.pointer.down(event)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        self.pointer.move(event)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        self.pointer.up()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self.pointer.wheel(event, 1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self.pointer.wheel(event, -1)

    # ---- from the mixer ----

    def _take(self, mixer: Mixer, event: Event) -> None:
        if mixer is not self.mixer:
            return
        if isinstance(event, Changed):
            self._begin_with_card(event.snapshot)
            self.board.show(event.snapshot, event.diff)
            if event.diff.surroundings:
                self._outdated.add(mixer)
            if event.diff.added or event.diff.removed or event.diff.surroundings:
                self._learn_soon()
        elif isinstance(event, Levels):
            self.board.take_levels(event)
        else:
            self.say(event.text, event.error)

    def _begin_with_card(self, snapshot: Snapshot) -> None:
        """Show one card at first, as alsamixer does; F6 has the others and all of them."""
        if not self._card_chosen and snapshot.alsa_cards:
            wanted = self.config.card
            card = named_card(snapshot.alsa_cards, wanted)
            # A named card may be slow to open: until then there is none, so that no key moves another.
            self._card_chosen = card is not None or not wanted
            opening = any(
                status.source == "alsa" and status.phase is Phase.CONNECTING for status in snapshot.statuses
            )
            if card is None:
                card = wanted if wanted and opening else first_card(snapshot.alsa_cards)
            self.board.filters = replace(self.board.filters, card=card)

    def _learn_soon(self, seconds: float | None = None) -> None:
        """Find out after a while which controls the server drives; not while the first picture is painted."""
        if self._learning is None:
            self._learning = after(self, seconds or _LEARN_SECONDS, self._learn)

    def _learn(self) -> None:
        # Beside the keys, which would wait for a slow box otherwise.
        self._learning = None
        self.run_worker(self._find_driven(), group="driven", exclusive=True)

    async def _find_driven(self) -> None:
        from tuimixer.ui.mixer.driving import driven_controls

        mixer = self.mixer
        if mixer not in self._systems or mixer in self._outdated:
            self._outdated.discard(mixer)
            system = await mixer.inspect()
            if system == System():  # the engine is away
                self._outdated.add(mixer)
                self._learn_soon(_LEARN_AGAIN)
                return
            self._systems[mixer] = system
        if mixer is self.mixer:
            self.board.tell_driven(driven_controls(mixer.snapshot, self._systems[mixer]))

    def say(self, text: str, error: bool = False) -> None:
        """Show a sentence for a while."""
        self.board.say(text, error)
        if self._notice_timer is not None:
            self._notice_timer.cancel()
        self._notice_timer = after(self, _NOTICE_SECONDS, self._hush)

    def _hush(self) -> None:
        if self._notice_timer is not None:
            self._notice_timer.cancel()
            self._notice_timer = None
        self.board.say(None)

    def _watch(self, ids: frozenset[ControlId]) -> None:
        self.mixer.watch_levels(frozenset() if self._covered else ids, self.config.meters.rate)

    # ---- to the mixer ----

    def send(self, wish: Intent | Command) -> None:
        """Carry out a wish; what it changes is on the screen when this returns."""
        self.board.touch()
        self.mixer.send(wish)

    @property
    def system(self) -> System | None:
        """The facts of the box, where they were read already."""
        return self._systems.get(self.mixer)

    @property
    def actions(self) -> frozenset[str]:
        """Ids of the actions that can be carried out here."""
        return frozenset(self._actions)

    def do(self, action: str) -> None:
        """Carry out an action of the table by its id; what was said before is not about it."""
        self._hush()
        self._actions[action]()

    def on_key(self, event: events.Key) -> None:
        action = self._by_key.get(event.key)
        if self.finder.is_open and (self.finder.key(event) or event.is_printable or action != "quit"):
            return
        if action is not None:
            event.stop()
            event.prevent_default()
            self.do(action)

    def _table(self) -> dict[str, Callable[[], None]]:
        step = self.config.step
        board = self.board
        table: dict[str, Callable[[], None]] = {
            "select.previous": lambda: board.step(-1),
            "select.next": lambda: board.step(1),
            "select.first": lambda: board.step(-len(board.listed)),
            "select.last": lambda: board.step(len(board.listed)),
            "select.previous_group": lambda: board.step_group(-1),
            "select.next_group": lambda: board.step_group(1),
            "filter": self.finder.open,
            "volume.up": lambda: self._move(step.small, 1),
            "volume.down": lambda: self._move(-step.small, -1),
            "volume.up_coarse": lambda: self._move(step.big, 5),
            "volume.down_coarse": lambda: self._move(-step.big, -5),
            "mute.toggle": lambda: self._with(lambda control: Mute(control.id)),
            "mute.left": lambda: self._with(lambda control: Mute(control.id, channels=_side(control, 0))),
            "mute.right": lambda: self._with(lambda control: Mute(control.id, channels=_side(control, 1))),
            "capture.toggle": lambda: self._capture(None),
            "capture.left": lambda: self._capture(0),
            "capture.right": lambda: self._capture(1),
            "left.up": lambda: self._move_side(step.small, 0),
            "right.up": lambda: self._move_side(step.small, 1),
            "left.down": lambda: self._move_side(-step.small, 0),
            "right.down": lambda: self._move_side(-step.small, 1),
            "balance.left": lambda: self._with(lambda control: SetBalance(control.id, -_BALANCE_STEP, True)),
            "balance.right": lambda: self._with(lambda control: SetBalance(control.id, _BALANCE_STEP, True)),
            "balance.equal": self._equalize,
            "channels.lock": self._next_channel,
            "default": self._make_default,
            "undo": lambda: self._replay(self.mixer.undo, "Nothing to undo."),
            "redo": lambda: self._replay(self.mixer.redo, "Nothing to do again."),
            "view.next": lambda: self._turn(1),
            "view.previous": lambda: self._turn(-1),
            "layout": board.switch_layout,
            "meters": self._switch_meters,
            "redraw": self._redraw,
            "quit": lambda: self.app.exit(0),
            "palette": self.app_palette,
            "suspend": self._suspend,
        }
        for dialog in DIALOGS:
            table[dialog] = partial(self._open, dialog)
        for number in range(11):
            table[f"volume.{number}0" if number else "volume.0"] = partial(self._digit, number)
        for view in View:
            table[f"view.{view.value}"] = partial(self._show, view)
        return table

    def _with(self, make: Callable[[Control], Intent]) -> None:
        control = self.board.control
        if control is not None:
            self.send(make(control))

    def _channels(self) -> Channels:
        return None if self.board.channel is None else (self.board.channel,)

    def _move(self, percent: float, items: int) -> None:
        control = self.board.control
        if control is None:
            return
        if control.choice is not None:
            self.send(Choose(control.id, items, relative=True))
        else:
            self._nudge(control, percent, self._channels())

    def _move_side(self, percent: float, side: int) -> None:
        control = self.board.control
        if control is not None:
            self._nudge(control, percent, _side(control, side))

    def _nudge(self, control: Control, percent: float, channels: Channels) -> None:
        """A step; beyond 100 % only by a press of its own, not by a key that is held."""
        self.send(self._presses.nudge(control, percent, channels))

    def _digit(self, tenths: int) -> None:
        control = self.board.control
        if control is None:
            return
        if control.choice is not None:
            if tenths in (0, 10):
                self.send(Choose(control.id, 0 if tenths == 0 else len(control.choice.items) - 1))
            else:
                self.say(f"{control.name} is a choice: 0 takes the first item, the arrows the next.", True)
        else:
            self.send(SetLevel(control.id, tenths / 10, self._channels()))

    def _capture(self, side: int | None) -> None:
        row, control = self.board.row, self.board.control
        if row is None or control is None:
            return
        target = self.mixer.snapshot.controls.get(row.capture_id or row.id, control)
        self.send(Capture(target.id, channels=None if side is None else _side(target, side)))

    def _equalize(self) -> None:
        control = self.board.control
        if control is not None and self._has_sides(control):
            self.send(Equalize(control.id))

    def _has_sides(self, control: Control) -> bool:
        if len(control.channels) > 1:
            return True
        self.say(f"{control.name} has {'one channel only' if control.channels else 'no volume'}.", True)
        return False

    def _next_channel(self) -> None:
        control, board = self.board.control, self.board
        if control is None or not self._has_sides(control):
            return
        following = 0 if board.channel is None else board.channel + 1
        board.channel = following if following < len(control.channels) else None
        board.repaint()
        board.flush()

    def _make_default(self) -> None:
        control = self.board.control
        if control is not None and control.kind in (Kind.SINK, Kind.SOURCE):
            self.send(SetDefault(control.id))
        elif control is not None:
            self.say(f"{control.name} is not a device that can be the default.", True)

    def _replay(self, again: Callable[[], bool], nothing: str) -> None:
        if not again():
            self.say(nothing)

    # ---- what is shown ----

    def _turn(self, by: int) -> None:
        self._show(_VIEWS[(_VIEWS.index(self.board.view) + by) % len(_VIEWS)])

    def _show(self, view: View) -> None:
        self.board.show_view(view)

    def filter(self, filters: Filters) -> None:
        """Show what these filters leave."""
        self.board.filters = filters
        self.board.rearrange()

    def show_card(self, card: str | None) -> None:
        """Show one ALSA card's controls, or all cards' (None)."""
        self._card_chosen = True
        self.filter(replace(self.board.filters, card=card))

    def show_box(self, mixer: Mixer) -> None:
        """Show another box's mixer."""
        self._watch(frozenset())
        self._chosen[self.mixer] = self.board.filters.card, self._card_chosen
        self.mixer = mixer
        card, self._card_chosen = self._chosen.get(mixer, (None, False))
        self.board.filters = replace(self.board.filters, card=card)
        self.board.box_name = mixer.name
        self.board.leave()
        self.board.tell_driven({})
        self._begin_with_card(mixer.snapshot)
        self.board.show(mixer.snapshot)
        self._watch(self.board.metered)
        self._learn_soon()

    def answered(self) -> None:
        """The terminal has answered the question that followed a frame of meters."""
        self.board.pace.answered(self._clock())

    def _redraw(self) -> None:
        cast("TuiMixerApp", self.app).repaint()

    def app_palette(self) -> None:
        """Open Textual's palette with all actions."""
        self.app.action_command_palette()

    def _suspend(self) -> None:
        self.app.action_suspend_process()

    def _open(self, dialog: str) -> None:
        open_dialog(self, dialog)

    def _switch_meters(self) -> None:
        self.board.set_meters(not self.board.meters)
        self.say("Meters on." if self.board.meters else "Meters off.")

    def on_input_changed(self, event: "Input.Changed") -> None:
        self.finder.changed(event)

    def on_input_submitted(self, event: "Input.Submitted") -> None:
        self.finder.close()


def _side(control: Control, side: int) -> tuple[int, ...]:
    """Indices of the left (0) or right (1) channels, of switches where there is no volume; one is both."""
    switches = len(control.capture or control.mute or ())
    return sides(control)[side] or (min(side, max((len(control.channels) or switches) - 1, 0)),)
