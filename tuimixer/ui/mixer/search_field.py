"""The text field of the filter."""

from textual.screen import Screen
from textual.widgets import Input


class SearchField(Input):
    """A text field on a screen that outlives it."""

    def __init__(self, text: str, placeholder: str, screen: Screen[None]) -> None:
        super().__init__(text, placeholder=placeholder, compact=True)
        self._started = screen.text_selection_started_signal

    def on_unmount(self) -> None:
        """Unsubscribe from the screen's signal, with which Textual would keep every closed field."""
        self._started.unsubscribe(self)
