"""The terminal's modes: taking it before Textual is loaded, and restoring it."""

import os
import signal
import sys
import termios
import tty
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from tuimixer.ui.terminal.outlet import Outlet

if TYPE_CHECKING:
    from tuimixer.ui.terminal.palette import Look

_GOODBYE = 0.2
"""Seconds that the terminal has to accept the sequences that restore it."""
_MOUSE = (1000, 1003, 1015, 1006)
"""Private modes: button presses, all mouse motion, and two encodings for positions beyond column 223."""
_KITTY = 1 | 8 | 16
"""Flags of kitty's keyboard protocol: unambiguous escapes, and all keys as sequences, with their text."""
RESET = "\x1b[m"
"""Makes the terminal write in its default look."""
_CANCEL = b"\x18"
"""CAN, which ends an escape sequence that was cut off."""


def own_descriptor(standard: int) -> int:
    """A non-blocking descriptor for the terminal behind a standard descriptor.

    Being non-blocking is a property of the open file, which the shell and its other programs share, so the
    terminal is opened again. If that is not permitted, as after `su`, the shared one is used.
    """
    try:
        return os.open(f"/proc/self/fd/{standard}", os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return os.dup(standard)


def hold_signals(held: bool) -> None:
    """Block or unblock the signals that end or stop the program, which are blocked until a loop can make sure
    that the terminal is restored.
    """
    numbers = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP)
    signal.pthread_sigmask(signal.SIG_BLOCK if held else signal.SIG_UNBLOCK, numbers)


class Tty:
    """The terminal on file descriptors 0 and 1; it may be taken again after it was released."""

    def __init__(self, mouse: bool = True, cursor: bool = False) -> None:
        """Args: `cursor`: whether the terminal's cursor is visible."""
        self.reads, self._writes = own_descriptor(0), own_descriptor(1)
        self.outlet = Outlet(self._writes)
        self.entered = False
        """Whether the alternate screen has been opened."""
        self.look: Look | None = None
        """The look in which the terminal writes now; None for its default."""
        self._mouse, self._cursor = mouse, cursor
        self._kitty = os.environ.get("TEXTUAL_DISABLE_KITTY_KEY") != "1"
        self._modes: list[Any] | None = None
        """The terminal's original modes; None while it is not taken."""
        out = sys.__stdout__
        self._encoding = (out.encoding if out is not None else None) or "utf-8"

    @property
    def taken(self) -> bool:
        """Whether the terminal has been taken, so that keys are read one by one, without echo."""
        return self._modes is not None

    @property
    def size(self) -> tuple[int, int]:
        """Columns and lines of the terminal; 80 and 24 if unknown."""
        try:
            columns, lines = os.get_terminal_size(self._writes)
        except OSError:
            columns = lines = 0
        return columns or 80, lines or 24

    def take(self) -> None:
        """Read keys one by one, without echo; keys typed before are kept. May be called twice.

        Raises:
            termios.error: the terminal is gone.
        """
        if self.taken:
            return
        modes = termios.tcgetattr(self.reads)
        # If the program is in the background, after `bg`, the kernel stops it here until `fg`.
        termios.tcsetattr(self.reads, termios.TCSANOW, _raw(modes))
        self._modes = modes
        for descriptor in (self.reads, self._writes):
            os.set_blocking(descriptor, False)

    def paint(self, text: str = "") -> None:
        """Send text before there is a loop; the first call also opens the alternate screen."""
        if not self.entered:
            self.entered = True
            kitty = f"\x1b[>{_KITTY}u" if self._kitty else ""
            mouse = "".join(f"\x1b[?{mode}h" for mode in _MOUSE) if self._mouse else ""
            # Query whether the terminal supports synchronized updates (2026), which are used if it does.
            hidden = "" if self._cursor else "\x1b[?25l"
            modes = f"\x1b[?1049h{hidden}\x1b[?1004h{kitty}\x1b[?2026$p\x1b[?2004h\x1b[?7l{mouse}"
            text = modes + text
        self.outlet.begin(self._encoded(text))

    def write(self, text: str, look: "Look | None" = None) -> None:
        """Send text once the loop has finished its current work; nothing is sent while the terminal is not
        taken.

        Args: `look` is the look that the text ends in if it begins in `self.look`; None if it begins and ends
        in the terminal's default.
        """
        if self.taken:
            reset = RESET if look is None and self.look is not None else ""
            self.look = look
            self.outlet.write(self._encoded(reset + text))

    def reset(self) -> None:
        """Make the terminal write in its default look, whatever look it has now."""
        self.look = None
        self.write(RESET)

    def give_back(self) -> None:
        """Restore the terminal. May be called twice."""
        if self._modes is None:
            return
        order, self.look = self._order().encode(), None
        if self.entered and not self.outlet.finish(order, _GOODBYE):
            # The terminal is not reading. Drop what it has not read yet, so that it gets at least this
            # sequence.
            with suppress(termios.error):
                termios.tcflush(self._writes, termios.TCOFLUSH)
            self.outlet.finish(_CANCEL + order, 0.0)
        with suppress(termios.error):
            # Pending keys were meant for this program.
            termios.tcflush(self.reads, termios.TCIFLUSH)
            termios.tcsetattr(self.reads, termios.TCSANOW, self._modes)
        self._modes = None
        self.entered = False
        for descriptor, standard in ((self.reads, 0), (self._writes, 1)):
            with suppress(OSError):
                if not os.get_blocking(standard):
                    os.set_blocking(descriptor, True)

    def _order(self) -> str:
        """The sequences that restore the terminal."""
        mouse = "".join(f"\x1b[?{mode}l" for mode in _MOUSE) if self._mouse else ""
        kitty = "\x1b[<u" if self._kitty else ""
        # A terminal without an alternate screen, such as the Linux console, would keep the picture below the
        # prompt.
        return f"{RESET}\x1b[?2004l\x1b[?7h{mouse}\x1b[H\x1b[2J{kitty}\x1b[?1049l\x1b[?25h\x1b[?1004l"

    def _encoded(self, text: str) -> bytes:
        return text.encode(self._encoding, "replace")


def _raw(modes: list[Any]) -> list[Any]:
    """Modes in which each key is read unchanged, at once and without echo."""
    raw = [*modes[:6], list(modes[6])]
    raw[tty.LFLAG] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN | termios.ISIG)
    raw[tty.IFLAG] &= ~(termios.IXON | termios.IXOFF | termios.ICRNL | termios.INLCR | termios.IGNCR)
    raw[tty.CC][termios.VMIN] = 1
    return raw
