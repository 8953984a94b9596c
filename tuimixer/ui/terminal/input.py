"""Turns a terminal's bytes into Textual's events, whatever the bytes are and however they are split."""

from codecs import getincrementaldecoder
from collections.abc import Iterable

from textual import events
from textual.message import Message
from textual.messages import InBandWindowResize

from tuimixer.ui.textual_internals import new_parser

_PASTE_START, _PASTE_END = "\x1b[200~", "\x1b[201~"
_UNASKED = (events.Resize, InBandWindowResize)
"""Reports of the window's size to ignore: they are never requested, because the kernel knows the size."""


class InputParser:
    """Decodes and parses input; invalid input does not affect what follows it."""

    def __init__(self) -> None:
        self._decode = getincrementaldecoder("utf-8")("replace").decode
        self._parser = new_parser()
        self._tail = ""
        self.pasting = False
        """Whether a paste has begun and not ended, so that all input belongs to it."""

    def feed(self, data: bytes) -> list[Message]:
        """The events that these bytes complete."""
        found: list[Message] = []
        for sign in self._decode(data):
            self._tail = (self._tail + sign)[-len(_PASTE_START) :]
            if self._tail in (_PASTE_START, _PASTE_END):
                self.pasting = self._tail == _PASTE_START
            # One character at a time, so that a sequence that makes the parser fail affects nothing else.
            self._gather(self._parser.feed(sign), found)
        return found

    def pause(self) -> list[Message]:
        """The events that are complete because nothing has arrived for a while, such as the Escape key."""
        found: list[Message] = []
        self._gather(self._parser.tick(), found)
        return found

    def end_paste(self) -> list[Message]:
        """The paste in progress, if any. If its end was lost, it would otherwise swallow every later key."""
        return self.feed(_PASTE_END.encode()) if self.pasting else []

    def _gather(self, messages: Iterable[Message], found: list[Message]) -> None:
        try:
            for message in messages:
                if not isinstance(message, _UNASKED):
                    found.append(message)
        except Exception:
            # No input may end the program, so exceptions of any kind are caught; the parser raises some for a
            # number that is not a character or for a size of zero, and cannot be used again afterwards.
            self._parser = new_parser()
            self._tail, self.pasting = "", False
        # A report of the size in pixels makes the parser divide all later mouse positions by it.
        self._parser.mouse_pixels = False
