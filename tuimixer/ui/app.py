"""The Textual application: applies the theme, shows the main screen, runs the mixers, and exits cleanly."""

import asyncio
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.filter import NoColor
from textual.screen import Screen
from textual.theme import Theme

from tuimixer.config.schema import Config
from tuimixer.config.state import State
from tuimixer.config.theme_names import THEMES
from tuimixer.mixer.mixer import Mixer
from tuimixer.ui.first_picture import new_renderer
from tuimixer.ui.keyboard import Keyboard, Typed
from tuimixer.ui.mixer.renderer import Renderer
from tuimixer.ui.mixer.screen import MixerScreen
from tuimixer.ui.terminal.palette import Palette
from tuimixer.ui.terminal.tty import Tty
from tuimixer.ui.textual_internals import (
    OrderlyApp,
    add_filter,
    forget_old_sizes,
    forget_sizes,
    forget_widgets,
    make_palette_safe,
)

if TYPE_CHECKING:
    from textual.command import Provider
    from textual.driver import Driver


def _commands() -> "type[Provider]":
    from tuimixer.ui.palette_commands import ActionCommands

    return ActionCommands


def _driver_class() -> "type[Driver]":
    """The driver that Textual uses for the terminal."""
    from tuimixer.ui.terminal.driver import TerminalDriver

    return TerminalDriver


_PATIENCE = 0.2
"""Maximum time in seconds for which a key that quits waits for the keys before it to take effect."""
_SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT)


class TuiMixerApp(OrderlyApp, inherit_bindings=False):
    """One screen for the mixers of one or several machines."""

    TITLE = "tuimixer"
    ALLOW_SELECT = False
    AUTO_FOCUS = None
    ENABLE_COMMAND_PALETTE = True
    COMMANDS: ClassVar = {_commands}

    def __init__(
        self,
        mixers: Sequence[Mixer],
        config: Config,
        *,
        renderer: Renderer | None = None,
        tty: Tty | None = None,
        notices: Sequence[str] = (),
        state: State | None = None,
        config_file: str | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Args:
        renderer: may have painted the first frame already, which `tty` then shows.
        state: where the screen's settings are saved; None: they are not saved.
        config_file: where hidden and renamed controls are saved; None: they last until the program exits.
        """
        forget_widgets()
        forget_old_sizes()
        problems: list[str] = []
        if renderer is None:
            renderer, problems = new_renderer(config, clock=clock)
        self._tty = tty
        self.terminal = renderer.terminal
        palette = self.terminal.palette
        # Textual chooses its filter for NO_COLOR here, so setting `ansi_color` later would not change it.
        super().__init__(driver_class=_driver_class(), ansi_color=True if palette.ansi else None)
        if palette.name == "mono" and not self.no_color:
            self.no_color = True
            add_filter(self, NoColor())
        self._take_colours(palette)
        self._config = config
        self.theme_name = "own" if config.colors else config.theme
        self.mixers = tuple(mixers)
        self._state = state
        self._notices = (*notices, *problems)
        self._main = MixerScreen(self.mixers, config, renderer, clock, config_file)
        self._tasks: set[asyncio.Task[None]] = set()
        self._leaving = frozenset(key for key in renderer.keys["quit"] if key.startswith("ctrl+"))
        """The keys that quit even from dialogs and text fields, which Escape and F10 only close."""
        self._keyboard = Keyboard(self, self._give)

    @property
    def keys(self) -> Mapping[str, Sequence[str]]:
        """The keys of each action in the current layout."""
        return self._main.renderer.keys

    @property
    def themes(self) -> tuple[str, ...]:
        """The names that `use_theme` accepts; `own` comes first if the configuration sets colors."""
        return ("own", *THEMES) if self._config.colors else THEMES

    def use_theme(self, name: str) -> None:
        """Switch to another theme."""
        config = self._config
        own = name == "own"
        terminal = self.terminal.with_theme(config.theme if own else name, config.colors if own else None)
        self.theme_name = name
        self.terminal = self._main.renderer.terminal = terminal
        self._take_colours(terminal.palette)
        self._main.view.restyle()
        self._main.renderer.repaint()
        self.repaint()

    def _take_colours(self, palette: Palette) -> None:
        if palette.ansi:
            self.theme = "ansi-dark"
            return
        theme = theme_of(palette)
        self.register_theme(theme)
        self.theme = theme.name

    @property
    def main(self) -> MixerScreen:
        """The main screen."""
        return self._main

    def get_default_screen(self) -> Screen[None]:
        return self._main

    def on_mount(self) -> None:
        for mixer in self.mixers:
            task = asyncio.create_task(mixer.run(), name=f"mixer {mixer.name}")
            self._tasks.add(task)
            task.add_done_callback(self._mixer_ended)
        if self._notices:
            # In one message, because each message replaces the one before.
            self._main.say(" ".join(self._notices), error=True)

    async def on_unmount(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def on_event(self, event: events.Event) -> None:
        if self.ending and isinstance(event, events.InputEvent | events.Paste):
            return
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            await self._keyboard.take(event)
        else:
            await super().on_event(event)

    def key_came(self, key: str) -> None:
        """Exit after a moment if this key quits, even if many other keys are queued before it."""
        if key in self._leaving and not self.ending:
            asyncio.get_running_loop().call_later(_PATIENCE, self.exit, 0)

    async def _give(self, typed: Typed) -> None:
        if isinstance(typed, events.Key) and typed.key in self._leaving:
            self.exit(0)
        else:
            await super().on_event(typed)

    @property
    def tty(self) -> Tty:
        """The terminal; only for an application that was created with one."""
        assert self._tty is not None
        return self._tty

    @property
    def backlog(self) -> int:
        """Number of writes that the terminal has not accepted yet."""
        return self._tty.outlet.backlog if self._tty is not None else 0

    def forget(self) -> None:
        """Treat nothing as shown, because the terminal has lost its contents."""
        if self._tty is not None:
            self._tty.reset()
        self._main.forget()

    def on_resize(self) -> None:
        forget_sizes()

    def on_cursor_position(self, event: events.CursorPosition) -> None:
        self._main.answered()

    def action_command_palette(self) -> None:
        from textual.command import CommandPalette

        make_palette_safe()
        if not isinstance(self.screen, CommandPalette):
            # No id is given, as Textual's would clash with that of a palette that is still closing.
            self.push_screen(CommandPalette())

    def repaint(self) -> None:
        """Send everything again, whatever the terminal shows."""
        self.forget()
        self.refresh(repaint=True, layout=True)

    def exit(self, result: int | None = None, return_code: int = 0, message: object = None) -> None:
        """Exit with a status; calls made after exiting has begun change nothing."""
        if not self.ending:
            self._end()
            super().exit(result, return_code)

    def fail(self, error: Exception) -> None:
        self._end()
        super().fail(error)

    def _end(self) -> None:
        self.ending = True
        if self._state is not None:
            theme = self._config.theme if self.theme_name == "own" else self.theme_name
            self._state.save(replace(self._main.settings(), theme=theme))
        for mixer in self.mixers:
            # From here on, screens are torn down and must not be notified.
            mixer.fall_silent()

    def listen_for_signals(self) -> None:
        """Exit cleanly on a signal, even if it arrives before the terminal is taken."""
        loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            loop.add_signal_handler(number, self.exit, 128 + number)

    def _mixer_ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.fail(error if isinstance(error, Exception) else RuntimeError(str(error)))


def theme_of(palette: Palette) -> Theme:
    """Textual's theme with the colors of a palette, for dialogs."""
    return Theme(name=f"tuimixer-{palette.name}", dark=palette.dark, **palette.textual)  # type: ignore[arg-type]


def run(app: TuiMixerApp, mouse: bool) -> int:
    """Show the screen until it is closed; returns the exit status.

    Raises:
        Exception: an internal error; the terminal has been restored.
    """

    async def show() -> int | None:
        app.listen_for_signals()
        try:
            return await app.run_async(mouse=mouse)
        finally:
            # asyncio closes the wakeup descriptor before it removes its handlers, so a signal in between
            # would print a traceback.
            signal.set_wakeup_fd(-1)

    status = asyncio.run(show())
    if app.failure is not None:
        raise app.failure
    return status or app.return_code or 0
