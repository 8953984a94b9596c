"""Textual's driver for terminals, on the loop: no thread reads or writes, and a terminal that does not read,
or is gone, holds nobody up.
"""

import asyncio
import os
import signal
import sys
import termios
import tty
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from textual import constants, events
from textual.driver import Driver
from textual.geometry import Size
from textual.message import Message

from tuimixer.ui.terminal.input import InputParser
from tuimixer.ui.terminal.outlet import Outlet

if TYPE_CHECKING:
    from tuimixer.ui.app import TuiMixerApp

_CHUNK = 4096
_PASTE_PAUSE = 2.0
"""Seconds without input after which a paste whose end was lost is over."""
_GOODBYE = 0.2
"""Seconds that the terminal has for taking what puts it in order."""
_MOUSE = (1000, 1003, 1015, 1006)
"""Private modes: buttons, all moves, and two ways of telling places beyond column 223."""
_KITTY = 1 | 8 | 16
"""Kitty's keyboard protocol: unambiguous escapes, all keys as sequences, with their text."""
_CANCEL = b"\x18"
"""CAN ends an escape sequence that was cut off."""


def own_descriptor(standard: int) -> int:
    """A descriptor that does not block for the terminal at a standard one.

    Not blocking is a property of what was opened, which the shell and its other programs share: so it is
    opened again. Where that is not allowed, as after `su`, the shared one has to do.
    """
    try:
        return os.open(f"/proc/self/fd/{standard}", os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return os.dup(standard)


class TerminalDriver(Driver):
    """Sleeps until there is input, so that an idle screen costs nothing."""

    def __init__(
        self,
        app: "TuiMixerApp",
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        self._reads, self._writes = own_descriptor(0), own_descriptor(1)
        super().__init__(app, debug=debug, mouse=mouse, size=size or self._window())
        self._mixer_app = app
        self._with_mouse = mouse
        self._outlet = Outlet(self._writes, app.repaint)
        self._parser = InputParser()
        self._pause: asyncio.TimerHandle | None = None
        self._modes: list[Any] | None = None
        """The terminal's modes as they were; None while it is not ours."""
        self._suspended = False
        out = sys.__stdout__
        self._encoding = (out.encoding if out is not None else None) or "utf-8"

    @property
    def backlog(self) -> int:
        """Writes that the terminal has not taken yet."""
        return self._outlet.backlog

    @property
    def can_suspend(self) -> bool:
        return True

    # ---- out ----

    def write(self, data: str) -> None:
        """Send text to the terminal; none goes there while it is not ours."""
        if self._modes is not None:
            self._outlet.write(data.encode(self._encoding, "replace"))

    def flush(self) -> None:
        if self._modes is not None:
            self._outlet.flush()

    # ---- taking the terminal, and giving it back ----

    def start_application_mode(self) -> None:
        """Take the terminal. Signals are handled on the loop, so none comes between."""
        loop = asyncio.get_running_loop()
        for number, handle in (
            (signal.SIGWINCH, self._resized),
            (signal.SIGTSTP, self._stop),
            (signal.SIGCONT, self._continued),
        ):
            loop.add_signal_handler(number, handle)
        try:
            modes = termios.tcgetattr(self._reads)
            # In the background, after `bg`, the kernel stops the program here until `fg`.
            termios.tcsetattr(self._reads, termios.TCSANOW, _raw(modes))
        except termios.error:
            self._hung_up()
            return
        self._modes = modes
        for descriptor in (self._reads, self._writes):
            os.set_blocking(descriptor, False)
        self.write("\x1b[?1049h\x1b[?25l\x1b[?1004h")
        if not constants.DISABLE_KITTY_KEY:
            self.write(f"\x1b[>{_KITTY}u")
        # Are synchronised updates supported? Then the program hears so, and uses them.
        self.write("\x1b[?2026$p\x1b[?2004h\x1b[?7l")
        if self._with_mouse:
            self.write("".join(f"\x1b[?{mode}h" for mode in _MOUSE))
        self.flush()
        loop.add_reader(self._reads, self._read)
        self._resized()

    def disable_input(self) -> None:
        """Read no more keys, and forget those that wait: they were meant for this program."""
        asyncio.get_running_loop().remove_reader(self._reads)
        if self._pause is not None:
            self._pause.cancel()
            self._pause = None

    def stop_application_mode(self) -> None:
        """Give the terminal back as it was."""
        if self._modes is None:
            return
        self.disable_input()
        order = self._order().encode()
        if not self._outlet.finish(order, _GOODBYE):
            # It does not read. What it has not read yet is dropped, so that this at least gets through.
            with suppress(termios.error):
                termios.tcflush(self._writes, termios.TCOFLUSH)
            self._outlet.finish(_CANCEL + order, 0.0)
        with suppress(termios.error):
            termios.tcflush(self._reads, termios.TCIFLUSH)
            termios.tcsetattr(self._reads, termios.TCSANOW, self._modes)
        self._modes = None
        for descriptor, standard in ((self._reads, 0), (self._writes, 1)):
            with suppress(OSError):
                if not os.get_blocking(standard):
                    os.set_blocking(descriptor, True)

    def close(self) -> None:
        """Nothing is left to do: what was written has been sent, or the terminal does not read."""

    def suspend_application_mode(self) -> None:
        super().suspend_application_mode()
        self._suspended = True

    def resume_application_mode(self) -> None:
        self._suspended = False
        super().resume_application_mode()

    def _order(self) -> str:
        """What puts the terminal in order."""
        mouse = "".join(f"\x1b[?{mode}l" for mode in _MOUSE) if self._with_mouse else ""
        kitty = "" if constants.DISABLE_KITTY_KEY else "\x1b[<u"
        # A terminal without a second screen, as the Linux console, would keep the picture under the prompt.
        return f"\x1b[m\x1b[?2004l\x1b[?7h{mouse}\x1b[H\x1b[2J{kitty}\x1b[?1049l\x1b[?25h\x1b[?1004l"

    # ---- signals ----

    def _window(self) -> tuple[int, int]:
        try:
            columns, lines = os.get_terminal_size(self._writes)
        except OSError:
            columns = lines = 0
        return columns or 80, lines or 24

    def _resized(self) -> None:
        size = Size(*self._window())
        self.send_message(events.Resize(size, size))

    def _stop(self) -> None:
        """Ctrl-Z or SIGTSTP: as a program that does nothing about it, but with the terminal in order."""
        if self._modes is not None:
            self.suspend_application_mode()
        os.kill(os.getpid(), signal.SIGSTOP)

    def _continued(self) -> None:
        """Go on; with the terminal's end come SIGHUP and SIGCONT."""
        try:
            termios.tcgetattr(self._reads)
        except termios.error:
            return
        if self._modes is not None:
            # Stopped by SIGSTOP, which nobody is told of: what has become of the terminal is not known.
            self.suspend_application_mode()
        if self._suspended:
            self.resume_application_mode()
            self.send_message(self.SignalResume())

    def _hung_up(self) -> None:
        """The terminal is gone. The kernel may have told that to the shell only."""
        asyncio.get_running_loop().remove_reader(self._reads)
        signal.raise_signal(signal.SIGHUP)

    # ---- in ----

    def _read(self) -> None:
        try:
            data = os.read(self._reads, _CHUNK)
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
        """After an escape only time tells whether more of a sequence comes; likewise for a paste's end."""
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
        """Hand a message to the application, on whose loop this is already."""
        self._mixer_app.post_message(message)


def _raw(modes: list[Any]) -> list[Any]:
    """Modes in which each key comes as it is, at once and unseen."""
    raw = [*modes[:6], list(modes[6])]
    raw[tty.LFLAG] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN | termios.ISIG)
    raw[tty.IFLAG] &= ~(termios.IXON | termios.IXOFF | termios.ICRNL | termios.INLCR | termios.IGNCR)
    raw[tty.CC][termios.VMIN] = 1
    return raw
