"""The main screen: implements the actions of the table and passes the mixers' events to the view."""

import time
from asyncio import TimerHandle
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events
from textual.app import ComposeResult
from textual.reactive import Reactive

from tuimixer.config.schema import Config, Rule
from tuimixer.mixer.mixer import Changed, Event, Mixer
from tuimixer.mixer.solo import Solo
from tuimixer.mixer.views import View, changed, match_of
from tuimixer.model.command import Command
from tuimixer.model.control import Control, ControlId
from tuimixer.model.intent import (
    Intent,
)
from tuimixer.model.snapshot import Levels
from tuimixer.model.system import System
from tuimixer.model.text import clean
from tuimixer.ui.dialogs import DIALOGS, open_dialog
from tuimixer.ui.later import after
from tuimixer.ui.mixer.choices import layout_of
from tuimixer.ui.mixer.control_actions import control_actions
from tuimixer.ui.mixer.filter_bar import FilterBar
from tuimixer.ui.mixer.mouse import Mouse
from tuimixer.ui.mixer.renderer import Renderer
from tuimixer.ui.mixer.steps import KeySteps
from tuimixer.ui.mixer.view import MixerView
from tuimixer.ui.textual_internals import DirectScreen, forget_sizes

if TYPE_CHECKING:
    from textual.widgets import Input

    from tuimixer.ui.app import TuiMixerApp

_NOTICE_SECONDS = 6.0
_LEARN_SECONDS = 0.4
_LEARN_AGAIN = 5.0
"""Seconds until system information is requested again if it could not be read."""
_PAGE = 10
_QUIT_SECONDS = 1.0
"""Seconds within which pressing the back key a second time quits."""
_VIEWS = tuple(View)


class MixerScreen(DirectScreen):
    """The main screen: status, faders, info and hints. The cursor is the id of a control, and no strip ever
    has Textual's focus.
    """

    DEFAULT_CSS = (
        "MixerScreen { overflow: hidden; layers: base; } MixerScreen Input { dock: bottom; height: 1; }"
    )
    AUTO_FOCUS: ClassVar[str | None] = ""
    # Textual repaints the whole screen when the focus moves; nothing here depends on it.
    focused: Reactive[object] = Reactive(None, repaint=False)  # type: ignore[assignment]

    def __init__(
        self,
        mixers: Sequence[Mixer],
        config: Config,
        renderer: Renderer,
        clock: Callable[[], float] = time.monotonic,
        config_file: str | None = None,
    ) -> None:
        super().__init__()
        self.mixers = tuple(mixers)
        self.mixer = self.mixers[0]
        self.config = config
        self.config_file = config_file
        """Where hidden and renamed controls are saved; None: they last until the program exits."""
        self.renderer = renderer
        renderer.box_name = self.mixer.name
        self.view = MixerView(renderer, clock)
        self.mouse = Mouse(self.view, self.send, self.do, self.say, config.step.wheel)
        self.filter_bar = FilterBar(self, renderer)
        self._clock = clock
        self.steps = KeySteps(clock)
        self._actions = self._table()
        self._unsubscribe: list[Callable[[], None]] = []
        self._notice_timer: TimerHandle | None = None
        self._covered = False
        self._chosen: dict[Mixer, tuple[str | None, bool]] = {}
        """For each machine not on the screen now, the card that was shown, and whether it was decided on."""
        self._learning: TimerHandle | None = None
        self._quits_until = float("-inf")
        self.soloed: Solo | None = None
        self._systems: dict[Mixer, System] = {}
        self._outdated: set[Mixer] = set()
        """The machines whose cards or server have changed since their information was read."""

    def compose(self) -> ComposeResult:
        yield self.view

    def on_mount(self) -> None:
        for mixer in self.mixers:
            self._unsubscribe.append(mixer.subscribe(partial(self._take, mixer)))
        if self.renderer.snapshot is not self.mixer.snapshot:
            self.renderer.show(self.mixer.snapshot)
        # The first frame did not announce which controls are visible.
        self.renderer.on_visible = self._watch
        self._watch(self.renderer.metered)
        self.renderer.report_server()
        self._learn_soon()

    def on_unmount(self) -> None:
        for end in self._unsubscribe:
            end()
        self._unsubscribe.clear()

    def on_screen_suspend(self) -> None:
        self._covered = True
        self.mouse.up()
        self._watch(frozenset())

    def on_screen_resume(self) -> None:
        if self._covered:
            self._covered = False
            forget_sizes()
            self.forget()
            self._watch(self.renderer.metered)

    def paints_alone(self) -> bool:
        return not self.filter_bar.is_open and self.view.paint_alone()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        self.mouse.down(event)

    def on_click(self, event: events.Click) -> None:
        if event.chain == 2:
            self.mouse.double(event)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        self.mouse.move(event)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        self.mouse.up()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self.mouse.wheel(event, 1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self.mouse.wheel(event, -1)

    # ---- from the mixer ----

    def _take(self, mixer: Mixer, event: Event) -> None:
        if mixer is not self.mixer:
            return
        if isinstance(event, Changed):
            self.renderer.show(event.snapshot, event.diff)
            if event.diff.surroundings:
                self._outdated.add(mixer)
                self.renderer.report_server()
            if event.diff.added or event.diff.removed or event.diff.surroundings:
                self._learn_soon()
        elif isinstance(event, Levels):
            self.view.take_levels(event)
        else:
            self.say(event.text, event.error)

    def _learn_soon(self, seconds: float | None = None) -> None:
        """Determine which controls the server drives, after a delay, so that the first frame is not late."""
        if self._learning is None:
            self._learning = after(self, seconds or _LEARN_SECONDS, self._learn)

    def _learn(self) -> None:
        # In the background, because keys would otherwise have to wait for a slow machine.
        self._learning = None
        self.run_worker(self._find_driven(), group="driven", exclusive=True)

    async def _find_driven(self) -> None:
        from tuimixer.ui.mixer.driving import driven_controls

        mixer = self.mixer
        if mixer not in self._systems or mixer in self._outdated:
            self._outdated.discard(mixer)
            system = await mixer.inspect()
            if system == System():  # the engine is unavailable
                self._outdated.add(mixer)
                self._learn_soon(_LEARN_AGAIN)
                return
            self._systems[mixer] = system
        if mixer is self.mixer:
            self.renderer.tell_driven(driven_controls(mixer.snapshot, self._systems[mixer]))

    def say(self, text: str, error: bool = False) -> None:
        """Show a message for a while."""
        self.renderer.say(text, error)
        if self._notice_timer is not None:
            self._notice_timer.cancel()
        self._notice_timer = after(self, _NOTICE_SECONDS, self._hush)

    def _hush(self) -> None:
        if self._notice_timer is not None:
            self._notice_timer.cancel()
            self._notice_timer = None
        self.renderer.say(None)

    def _watch(self, ids: frozenset[ControlId]) -> None:
        self.mixer.watch_levels(frozenset() if self._covered else ids, self.config.meters.rate)

    # ---- to the mixer ----

    def send(self, request: Intent | Command) -> None:
        """Carry out an intent; its effect is on the screen when this returns."""
        self.renderer.touch()
        self.renderer.at_value = True
        self.mixer.send(request)

    @property
    def system(self) -> System | None:
        """The system information, if it has been read."""
        return self._systems.get(self.mixer)

    @property
    def actions(self) -> frozenset[str]:
        """Ids of the actions that can be carried out here."""
        return frozenset(self._actions)

    def do(self, action: str) -> None:
        """Carry out an action by its id; any but `back` also removes the previous message."""
        if cast("TuiMixerApp", self.app).ending:
            return  # the key was in the queue when the program was told to exit
        if action != "back":
            self._quits_until = float("-inf")
            self._hush()
        self._actions[action]()

    def on_key(self, event: events.Key) -> None:
        action = self.renderer.action_of(event.key, "mixer")
        if self.filter_bar.is_open and (self.filter_bar.key(event) or event.is_printable or action != "quit"):
            return
        if action is not None:
            event.stop()
            event.prevent_default()
            self.do(action)

    def _table(self) -> dict[str, Callable[[], None]]:
        renderer = self.renderer
        table: dict[str, Callable[[], None]] = {
            "select.previous": lambda: renderer.step(-1),
            "select.next": lambda: renderer.step(1),
            "select.page_up": lambda: renderer.step(-_PAGE),
            "select.page_down": lambda: renderer.step(_PAGE),
            "select.first": lambda: renderer.step(-len(renderer.listed)),
            "select.last": lambda: renderer.step(len(renderer.listed)),
            "select.previous_group": lambda: renderer.step_group(-1),
            "select.next_group": lambda: renderer.step_group(1),
            "filter": self.filter_bar.open,
            **control_actions(self, self.config.step),
            "hide": self._hide,
            "undo": lambda: self._replay(self.mixer.undo, "Nothing to undo."),
            "redo": lambda: self._replay(self.mixer.redo, "Nothing to redo."),
            "view.next": lambda: self._turn(1),
            "view.previous": lambda: self._turn(-1),
            "layout": renderer.switch_layout,
            "meters": self._switch_meters,
            "redraw": self._redraw,
            "back": self._back,
            "quit": lambda: self.app.exit(0),
            "palette": self.app_palette,
            "suspend": self._suspend,
        }
        for dialog in DIALOGS:
            table[dialog] = partial(self._open, dialog)
        for view in View:
            table[f"view.{view.value}"] = partial(self._show, view)
        return table

    def _back(self) -> None:
        """Leave a filter, a message or a single channel; if there is none, pressing the key twice quits."""
        renderer, now = self.renderer, self._clock()
        if now < self._quits_until:
            self.app.exit(0)
        elif renderer.filters.text:
            renderer.filter(replace(renderer.filters, text=""))
        elif renderer.notice is not None:
            self._hush()
        elif renderer.channel is not None:
            renderer.choose_channel(None)
        else:
            self._quits_until = now + _QUIT_SECONDS
            self.say(f"Press {renderer.label('back')} again to quit.")

    def _hide(self) -> None:
        control = self.renderer.control
        if control is None:
            return
        rule = self._rule_of(control)
        if self.change_rule(replace(rule, hide=True), f"hide ({control.name})"):
            self.say(f"{control.name} is hidden. Press {self.renderer.label('undo')} to show it again.")

    def rename(self, control: Control, name: str) -> None:
        """Show a control under another name from now on; empty for its original name."""
        rule = self._rule_of(control)
        self.change_rule(replace(rule, name=name if name != control.name else ""), f"rename ({control.name})")

    def settings(self) -> Config:
        """The configuration with the screen's current layout, view, meters and filters."""
        renderer, config = self.renderer, self.config
        return replace(
            config,
            layout=config.layout if renderer.layout_wanted == layout_of(config) else renderer.layout_wanted,
            view=renderer.view.value,
            meters=config.meters
            if renderer.meters_on == renderer.terminal.meters
            else replace(config.meters, show="on" if renderer.meters_on else "off"),
            filter=renderer.filters,
        )

    def _rule_of(self, control: Control) -> Rule:
        match = match_of(control)
        return next((rule for rule in self.renderer.filters.rules if rule.match == match), Rule(match))

    def change_rule(self, rule: Rule, words: str) -> bool:
        """Apply a rule here and in the configuration so that it can be undone; returns False if it cannot be
        written.
        """
        before = next((r for r in self.renderer.filters.rules if r.match == rule.match), Rule(rule.match))
        done = self._apply_rule(rule)
        if done:
            back, again = (partial(self._apply_rule, one) for one in (before, rule))
            self.mixer.remember(words, back, again)
        return done

    def _apply_rule(self, rule: Rule) -> bool:
        if self.config_file is not None:
            from tuimixer.config.edit import put_rule

            try:
                put_rule(self.config_file, rule)
            except (OSError, ValueError) as error:
                reason = getattr(error, "strerror", None) or error
                self.say(
                    f"The configuration could not be written to {clean(self.config_file)}: {reason}.", True
                )
                return False
        filters = self.renderer.filters
        self.renderer.filter(replace(filters, rules=changed(filters.rules, rule)))
        return True

    def _replay(self, again: Callable[[], bool], nothing: str) -> None:
        if not again():
            self.say(nothing)

    # ---- what is shown ----

    def _turn(self, by: int) -> None:
        self._show(_VIEWS[(_VIEWS.index(self.renderer.view) + by) % len(_VIEWS)])

    def _show(self, view: View) -> None:
        self.renderer.show_view(view)

    def show_card(self, card: str | None) -> None:
        """Show one ALSA card's controls, or all cards' (None)."""
        self.renderer.card_decided = True
        self.renderer.filter(replace(self.renderer.filters, card=card))

    def show_box(self, mixer: Mixer) -> None:
        """Show another machine's mixer."""
        self._watch(frozenset())
        renderer = self.renderer
        self._chosen[self.mixer] = renderer.filters.card, renderer.card_decided
        self.mixer = mixer
        card, renderer.card_decided = self._chosen.get(mixer, (None, False))
        self.renderer.filters = replace(self.renderer.filters, card=card)
        self.renderer.box_name = mixer.name
        self.renderer.leave()
        self.soloed = None
        self.renderer.tell_driven({})
        self.renderer.show(mixer.snapshot)
        self.renderer.report_server()
        self._watch(self.renderer.metered)
        self._learn_soon()

    def forget(self) -> None:
        """Send everything with the next change, because something else has written to the terminal."""
        self.view.forget()

    def answered(self) -> None:
        """Take note that the terminal has responded to the query that followed a frame of meters."""
        self.view.pace.answered(self._clock())

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
        self.renderer.set_meters(not self.renderer.meters_on)
        self.say("Meters on." if self.renderer.meters_on else "Meters off.")

    def on_input_changed(self, event: "Input.Changed") -> None:
        self.filter_bar.changed(event)

    def on_input_submitted(self, event: "Input.Submitted") -> None:
        self.filter_bar.close()
