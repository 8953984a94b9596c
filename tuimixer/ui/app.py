"""The Textual application: theme, main screen, the mixers' tasks, and a terminal left in order."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import App
from textual.filter import NoColor
from textual.screen import Screen
from textual.theme import Theme

from tuimixer.config.actions import compile_keymap
from tuimixer.config.schema import Config
from tuimixer.mixer.mixer import Mixer
from tuimixer.mixer.views import Filters, View
from tuimixer.ui.choices import filters_of
from tuimixer.ui.keyboard import Keyboard, Typed
from tuimixer.ui.palette import Palette
from tuimixer.ui.screens.mixer import MixerScreen
from tuimixer.ui.terminal import Terminal, encoding_of, first_environment, look_at

if TYPE_CHECKING:
    from textual.command import Provider
    from textual.driver import Driver


def _commands() -> "type[Provider]":
    from tuimixer.ui.palette_commands import ActionCommands

    return ActionCommands


def _driver_class() -> "type[Driver]":
    """Textual's driver for terminals with this house's changes."""
    from tuimixer.ui.input import TerminalDriver

    return TerminalDriver


class TuiMixerApp(App[int], inherit_bindings=False):
    """One screen for one or several boxes' mixers."""

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
        terminal: Terminal | None = None,
        view: View | None = None,
        filters: Filters | None = None,
        notices: Sequence[str] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        encoding = encoding_of(first_environment(), sys.stdout.encoding or "ascii")
        self.terminal = terminal or look_at(os.environ, config, encoding)
        palette = self.terminal.palette
        # Textual chooses its colour filter here, so what is said later comes too late (NO_COLOR).
        super().__init__(driver_class=_driver_class(), ansi_color=True if palette.ansi else None)
        if palette.name == "mono" and not self.no_color:
            self.no_color = True
            self._filters.append(NoColor())
        if palette.ansi:
            self.theme = "ansi-dark" if palette.dark else "ansi-light"
        else:
            self.register_theme(theme_of(palette))
            self.theme = f"tuimixer-{palette.name}"
        keys, problems = compile_keymap(config.keymap, config.keys)
        self.keys = keys
        self.mixers = tuple(mixers)
        self._notices = (*notices, *problems)
        self._main = MixerScreen(
            self.mixers,
            config,
            self.terminal,
            keys,
            view or View(config.view),
            filters or filters_of(config),
            clock,
        )
        self.failure: Exception | None = None
        """What ended the program, if it was not a person."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._leaving = frozenset(key for key in keys.get("quit", ()) if key.startswith("ctrl+"))
        """The keys that quit from dialogs and lines of text too; Escape and F10 leave those alone first."""
        self._keyboard = Keyboard(self, self._give)

    @property
    def main(self) -> MixerScreen:
        """The main screen."""
        return self._main

    def get_default_screen(self) -> Screen[None]:
        return self._main

    def on_mount(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP):
            try:
                loop.add_signal_handler(number, self._end, 128 + number)
            except (RuntimeError, ValueError):
                break  # not the main thread: whoever started us there handles signals
        for mixer in self.mixers:
            task = loop.create_task(mixer.run(), name=f"mixer {mixer.name}")
            self._tasks.add(task)
            task.add_done_callback(self._mixer_ended)
        if self._notices:
            # In one: each would take the place of the one before.
            self._main.say(" ".join(self._notices), error=True)

    async def on_unmount(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            await self._keyboard.take(event)
        else:
            await super().on_event(event)

    async def _give(self, typed: Typed) -> None:
        if isinstance(typed, events.Key) and typed.key in self._leaving:
            self.exit(0)
        else:
            await super().on_event(typed)

    def on_resize(self) -> None:
        # Comes also when the program goes on after Ctrl-Z, with an empty screen.
        self._main.board.forget()

    def on_cursor_position(self, event: events.CursorPosition) -> None:
        self._main.answered()

    def _handle_exception(self, error: Exception) -> None:
        """Leave the screen in order; `run` raises the error where it can be told in one sentence."""
        if self.is_headless:
            super()._handle_exception(error)
            return
        self.failure = self.failure or error
        self._exception, self._return_code = error, 1
        self._close_messages_no_wait()

    def _end(self, status: int) -> None:
        self.exit(status)

    def _mixer_ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._handle_exception(error if isinstance(error, Exception) else RuntimeError(str(error)))


def theme_of(palette: Palette) -> Theme:
    """Textual's theme with the colours of a palette, for dialogs."""
    return Theme(name=f"tuimixer-{palette.name}", dark=palette.dark, **palette.textual)  # type: ignore[arg-type]


def run(
    mixers: Sequence[Mixer], config: Config, *, view: View | None = None, notices: Sequence[str] = ()
) -> int:
    """Show the screen until it is left; the answer is the exit status.

    Raises:
        Exception: a fault of this program, after the terminal was put in order.
    """
    app = TuiMixerApp(mixers, config, view=view, notices=notices)
    status = app.run(mouse=config.mouse)
    if app.failure is not None:
        raise app.failure
    return status or app.return_code or 0
