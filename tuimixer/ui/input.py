"""Textual's driver for terminals, without its looks at the clock; it lets go of a terminal that is gone."""

import os
import select
import signal
import termios
from codecs import getincrementaldecoder
from threading import Event
from typing import Any, TextIO

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


class _Line:
    """The way to the terminal, for Textual's thread that writes; what comes after its end is dropped.

    A thread that died of the error would leave everybody waiting who writes to its queue.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._held = bytearray()
        self._gone = False

    def fileno(self) -> int:
        """Where it is written to."""
        return self._file.fileno()

    def write(self, text: str) -> None:
        """Hold text for the next flush."""
        self._held += text.encode(self._file.encoding, self._file.errors or "strict")

    def flush(self) -> None:
        """Write what is held, for as long as the terminal takes for it."""
        # Not through the file: what its buffer cannot get rid of would spoil the exit status.
        descriptor = self._file.fileno()
        while self._held and not self._gone:
            try:
                del self._held[: os.write(descriptor, self._held)]
            except BlockingIOError:
                select.select([], [descriptor], [])  # another program has made the terminal so
            except OSError:
                self._gone = True
        self._held.clear()


class TerminalDriver(LinuxDriver):
    """Sleeps until there is input, so that an idle screen costs nothing."""

    exit_event: _Bell
    _file: Any

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self.exit_event = _Bell()
        self._file = _Line(self._file)

    @property
    def _writes(self) -> bool:
        """Whether there is somebody who takes what is written."""
        return self._writer_thread is not None and self._writer_thread.is_alive()

    def write(self, data: str) -> None:
        """Send text to the terminal; none goes there while the program is stopped."""
        if self._writes:
            super().write(data)

    def close(self) -> None:
        """Wait until all that was written is sent, or the terminal is gone."""
        if self._writes:
            super().close()

    def _sigcont_application(self, *_: object) -> None:
        if not self._auto_restart or not self._there():
            return  # with the terminal's end come SIGHUP and SIGCONT
        if self._writes:
            # Stopped by SIGSTOP, which nobody is told of: what has become of the terminal is not known.
            self.suspend_application_mode()
        self.resume_application_mode()

    def _there(self) -> bool:
        """Whether the terminal can still be used."""
        try:
            termios.tcgetattr(self.fileno)
        except termios.error:
            return False
        return True

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
                try:
                    data = os.read(keys, _CHUNK)
                except OSError:
                    data = b""
                if not data:
                    # The terminal is gone. The kernel may have told that to the shell only.
                    os.kill(os.getpid(), signal.SIGHUP)
                    return
                for message in parser.feed(decode(data)):
                    self.process_message(message)
            for message in parser.tick():
                self.process_message(message)
