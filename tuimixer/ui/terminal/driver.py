"""A driver for Textual that runs on the event loop, without threads; a terminal that does not read or is gone
blocks nothing.
"""

import asyncio
import os
import signal
import termios
from typing import TYPE_CHECKING

from textual import constants, events
from textual.driver import Driver
from textual.geometry import Size
from textual.message import Message

from tuimixer.ui.terminal.input import InputParser
from tuimixer.ui.terminal.tty import hold_signals

if TYPE_CHECKING:
    from tuimixer.ui.app import TuiMixerApp

_CHUNK = 4096
_PASTE_PAUSE = 2.0
"""Seconds without input after which a paste whose end was lost is considered complete."""


class TerminalDriver(Driver):
    """Waits for input on the event loop, so that an idle screen costs nothing."""

    def __init__(
        self,
        app: "TuiMixerApp",
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size or app.tty.size)
        self._mixer_app = app
        self._tty = app.tty
        self._tty.outlet.on_loss = app.repaint
        self._parser = InputParser()
        self._pause: asyncio.TimerHandle | None = None
        self._suspended = False

    @property
    def can_suspend(self) -> bool:
        return True

    # ---- out ----

    def write(self, data: str) -> None:
        """Send text to the terminal; nothing is sent while the terminal is not taken."""
        self._tty.write(data)

    def flush(self) -> None:
        if self._tty.taken:
            self._tty.outlet.flush()

    # ---- taking and releasing the terminal ----

    def start_application_mode(self) -> None:
        """Take the terminal; if the first frame is on it already, that stays.

        Signals are handled on the loop, so none can interrupt this method.
        """
        loop = asyncio.get_running_loop()
        for number, handle in (
            (signal.SIGWINCH, self._resized),
            (signal.SIGTSTP, self._stop),
            (signal.SIGCONT, self._continued),
        ):
            loop.add_signal_handler(number, handle)
        hold_signals(False)
        try:
            self._tty.take()
        except termios.error:
            self._hung_up()
            return
        if not self._tty.entered:
            self._tty.paint()
            self._mixer_app.forget()
        self.flush()
        loop.add_reader(self._tty.reads, self._read)
        self._send_size()

    def disable_input(self) -> None:
        """Stop reading keys, and stop waiting for the rest of a sequence."""
        asyncio.get_running_loop().remove_reader(self._tty.reads)
        if self._pause is not None:
            self._pause.cancel()
            self._pause = None

    def stop_application_mode(self) -> None:
        """Restore the terminal."""
        if self._tty.taken:
            self.disable_input()
            self._tty.give_back()

    def close(self) -> None:
        """Do nothing: whatever was written has been sent already, or the terminal does not read."""

    def suspend_application_mode(self) -> None:
        super().suspend_application_mode()
        self._suspended = True

    def resume_application_mode(self) -> None:
        self._suspended = False
        super().resume_application_mode()

    # ---- signals ----

    def _resized(self) -> None:
        # Even if the size is the same as before, what the terminal has kept of the picture is unknown.
        self._mixer_app.forget()
        self._send_size()

    def _send_size(self) -> None:
        size = Size(*self._tty.size)
        self.send_message(events.Resize(size, size))

    def _stop(self) -> None:
        """Stop the process, after Ctrl-Z or SIGTSTP, but restore the terminal first."""
        if self._tty.taken:
            self.suspend_application_mode()
        os.kill(os.getpid(), signal.SIGSTOP)

    def _continued(self) -> None:
        """Take the terminal again, unless it is gone: then SIGCONT arrives together with SIGHUP."""
        try:
            termios.tcgetattr(self._tty.reads)
        except termios.error:
            return
        if self._tty.taken:
            # The process was stopped by SIGSTOP, which cannot be caught, so the terminal's state is unknown.
            self.suspend_application_mode()
        if self._suspended:
            self.resume_application_mode()
            self.send_message(self.SignalResume())

    def _hung_up(self) -> None:
        """Exit, because the terminal is gone; the kernel may have sent SIGHUP only to the shell."""
        asyncio.get_running_loop().remove_reader(self._tty.reads)
        signal.raise_signal(signal.SIGHUP)

    # ---- in ----

    def _read(self) -> None:
        try:
            data = os.read(self._tty.reads, _CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._hung_up()
            return
        self._take(self._parser.feed(data))
        self._wait()

    def _wait(self) -> None:
        """Wait a while for the rest of an escape sequence or a paste, which may not follow at all."""
        if self._pause is not None:
            self._pause.cancel()
        seconds = _PASTE_PAUSE if self._parser.pasting else constants.ESCAPE_DELAY
        self._pause = asyncio.get_running_loop().call_later(seconds, self._paused)

    def _paused(self) -> None:
        self._pause = None
        if self._parser.pasting:
            self._take(self._parser.end_paste())
        self._take(self._parser.pause())

    def _take(self, messages: list[Message]) -> None:
        for message in messages:
            if isinstance(message, events.Key):
                self._mixer_app.key_came(message.key)
            self.process_message(message)

    def send_message(self, message: Message) -> None:
        """Pass a message to the application; the driver already runs on its loop."""
        self._mixer_app.post_message(message)
