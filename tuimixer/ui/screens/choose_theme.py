"""The themes. Each is previewed while the cursor is on it; Enter keeps it, and Escape restores the previous
theme.
"""

from collections.abc import Sequence

from textual import on
from textual.widget import Widget

from tuimixer.ui.screens.list_dialog import ListDialog
from tuimixer.ui.screens.listing import Line, Listing


class ThemeScreen(ListDialog):
    """Lists all themes by name."""

    TITLE = "Theme"
    DEFAULT_CSS = """
    ThemeScreen { align: right middle; background: transparent; }
    ThemeScreen > .dialog--box { width: 30; }
    """

    def content(self) -> list[Widget]:
        self._before = self.tuimixer.theme_name
        return super().content()

    def on_mount(self) -> None:
        self.listing.choose(self._before)

    def lines(self) -> Sequence[Line]:
        return [
            Line(name, id=name, chosen=name == self._before, enter=lambda name=name: self._keep(name))  # type: ignore[misc]
            for name in self.tuimixer.themes
        ]

    @on(Listing.Moved)
    def _moved(self, message: Listing.Moved) -> None:
        message.stop()
        self.tuimixer.use_theme(message.line.id)
        self.listing.restyle(self.tuimixer.terminal.palette)

    def _keep(self, name: str) -> None:
        self.tuimixer.use_theme(name)
        self.dismiss(None)

    def action_close(self) -> None:
        self.tuimixer.use_theme(self._before)
        super().action_close()
