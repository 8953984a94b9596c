"""The text filter: a field at the bottom; only strips that match the text typed there are shown."""

from dataclasses import replace
from typing import TYPE_CHECKING

from textual import events

from tuimixer.ui.mixer.renderer import Renderer

if TYPE_CHECKING:
    from textual.screen import Screen
    from textual.widgets import Input


class FilterBar:
    """Opens and closes the field, and passes its text to the renderer."""

    def __init__(self, screen: "Screen[None]", renderer: Renderer) -> None:
        self._screen = screen
        self._renderer = renderer
        self._field: Input | None = None

    @property
    def is_open(self) -> bool:
        """Whether the field receives the keys."""
        return self._field is not None

    def open(self) -> None:
        """Show the field with the current filter."""
        from tuimixer.ui.mixer.search_field import SearchField

        if self._field is not None:
            self._field.focus()
            return
        words = "part of a name; Enter keeps the search, Esc clears it"
        self._field = SearchField(self._renderer.filters.text, words, self._screen)
        self._screen.mount(self._field)
        self._field.focus()

    def close(self) -> None:
        """Remove the field; the filter stays in effect."""
        field, self._field = self._field, None
        if field is not None:
            self._screen.set_focus(None)
            field.remove()

    def key(self, event: events.Key) -> bool:
        """Close the field or move among the matches with a key that the field did not use; returns False if
        the key means nothing here.
        """
        renderer = self._renderer
        action = renderer.action_of(event.key, "list")
        if event.key == "escape" or renderer.action_of(event.key, "mixer") == "back":
            self._filter("")
            self.close()
        elif action in ("list.up", "list.down") or event.key == "tab":
            renderer.step(-1 if action == "list.up" else 1)
        else:
            return False
        event.stop()
        event.prevent_default()
        return True

    def changed(self, event: "Input.Changed") -> None:
        """Show what matches the text."""
        if event.input is self._field:
            self._filter(event.value)

    def _filter(self, text: str) -> None:
        if text != self._renderer.filters.text:
            self._renderer.filter(replace(self._renderer.filters, text=text))
