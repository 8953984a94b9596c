"""Textual's driver for terminals, without its looks at the clock ten times a second."""

import os
import select
from codecs import getincrementaldecoder
from threading import Event
from typing import Any

from textual._xterm_parser import XTermParser
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver

_TICK = 0.02
"""Seconds between looks at whether an escape stands for itself, while that is open."""
_CHUNK = 4096


class _Bell(Event):
    """An event for which a thread can wait together with input."""

    def __init__(self) -> None:
        super().__init__()
        self._read_fd, self._write_fd = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)

    def fileno(self) -> int:
        """Readable while the event is set."""
        return self._read_fd

    def set(self) -> None:
        if not self.is_set():
            super().set()
            os.write(self._write_fd, b"!")

    def clear(self) -> None:
        if self.is_set():
            os.read(self._read_fd, 1)
            super().clear()


class TerminalDriver(LinuxDriver):
    """Sleeps until there is input, so that an idle screen costs nothing."""

    exit_event: _Bell

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self.exit_event = _Bell()

    def stop_application_mode(self) -> None:
        # A terminal without a second screen, as the Linux console, would keep the picture under the prompt.
        self.write("\x1b[m\x1b[H\x1b[2J")
        super().stop_application_mode()

    def run_input_thread(self) -> None:
        """Turn input into events until the application mode ends."""
        keys, ended = self.fileno, self.exit_event.fileno()
        parser = XTermParser(self._debug)
        decode = getincrementaldecoder("utf-8")("replace").decode
        while True:
            # After an escape only time tells whether more of a sequence comes.
            patience = None if parser._timeout_time is None else _TICK
            ready, _, _ = select.select([keys, ended], [], [], patience)
            if ended in ready:
                return
            if ready:
                data = os.read(keys, _CHUNK)
                if not data:
                    return  # the terminal is gone; SIGHUP says what that means
                for message in parser.feed(decode(data)):
                    self.process_message(message)
            for message in parser.tick():
                self.process_message(message)
