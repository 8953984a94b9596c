"""The filter by text: a line at the bottom in which words are typed, while the board shows what they find."""

from dataclasses import replace
from typing import TYPE_CHECKING

from textual import events

from tuimixer.ui.mixer.view import Board

if TYPE_CHECKING:
    from textual.screen import Screen
    from textual.widgets import Input


class Finder:
    """Opens and closes the line, and hands what is typed to the board."""

    def __init__(self, screen: "Screen[None]", board: Board) -> None:
        self._screen = screen
        self._board = board
        self._field: Input | None = None

    @property
    def is_open(self) -> bool:
        """Whether keys go to the line."""
        return self._field is not None

    def open(self) -> None:
        """Show the line with the words that are in force."""
        from textual.widgets import Input

        if self._field is not None:
            self._field.focus()
            return
        words = "words in a name; Enter keeps, Esc clears"
        self._field = Input(self._board.filters.text, placeholder=words, compact=True)
        self._screen.mount(self._field)
        self._field.focus()

    def close(self) -> None:
        """Take the line away; the filter stays as it is."""
        field, self._field = self._field, None
        if field is not None:
            self._screen.set_focus(None)
            field.remove()

    def key(self, event: events.Key) -> bool:
        """Take a key that the line left over: leaving it, moving on among what it found; false if none."""
        if event.key == "escape":
            self._filter("")
            self.close()
        elif event.key in ("up", "down", "tab"):
            self._board.step(-1 if event.key == "up" else 1)
        else:
            return False
        event.stop()
        event.prevent_default()
        return True

    def changed(self, event: "Input.Changed") -> None:
        """Show what the words find."""
        if event.input is self._field:
            self._filter(event.value)

    def _filter(self, text: str) -> None:
        if text != self._board.filters.text:
            self._board.filters = replace(self._board.filters, text=text)
            self._board.rearrange()
