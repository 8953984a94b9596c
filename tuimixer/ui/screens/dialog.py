"""What all dialogs have in common: a framed box over the main screen that closes with the keys for it."""

from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar, cast

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.widget import Widget

if TYPE_CHECKING:
    from tuimixer.ui.app import TuiMixerApp

Answer = TypeVar("Answer")


class _PlainScrollBar(ScrollBarRender):
    """A scroll bar of whole cells, without characters of its own."""

    VERTICAL_BARS: ClassVar[list[str]] = [" "] * 8
    HORIZONTAL_BARS: ClassVar[list[str]] = [" "] * 8


class Dialog(ModalScreen[Answer | None], Generic[Answer]):
    """A framed box; a subclass yields what is in it from `content` and may answer through `dismiss`.

    `ui/dialogs.py` says which action opens it; its module is imported when it is needed.
    """

    DEFAULT_CSS = """
    Dialog { align: center middle; background: $background 60%; }
    Dialog:ansi { background: transparent; }
    Dialog > .dialog--box {
        width: 80%; max-width: 100; height: auto; max-height: 90%;
        padding: 0 1; background: $surface; border: solid $primary; border-title-color: $primary;
        border-title-style: bold; border-subtitle-color: $foreground;
    }
    Dialog.-ascii > .dialog--box { border: ascii $primary; }
    Dialog.-small > .dialog--box { width: 100%; max-height: 100%; padding: 0; }
    """
    BINDINGS: ClassVar = [Binding("escape,f10", "close", "Close", show=False)]
    TITLE = ""
    HINT = "Esc close"

    @property
    def tuimixer(self) -> "TuiMixerApp":
        """The application, with its keys and its terminal's characters."""
        return cast("TuiMixerApp", self.app)

    def compose(self) -> ComposeResult:
        box = self._box = Vertical(*self.content(), classes="dialog--box")
        # As content, because a name in brackets would be taken for markup.
        box.border_title = Content(self.shown(self.title or self.TITLE))
        yield box

    def shown(self, text: str) -> str:
        """A text with what the terminal's characters can show of it."""
        return self.tuimixer.terminal.charset.text(text)

    def content(self) -> list[Widget]:
        """The widgets in the box, from top to bottom."""
        raise NotImplementedError

    def on_mount(self) -> None:
        if self.tuimixer.terminal.charset.encoding is not None:
            ScrollBar.renderer = _PlainScrollBar
        self.set_class(self.tuimixer.terminal.charset.encoding is not None, "-ascii")

    def on_resize(self) -> None:
        self.set_class(self.app.size.width < 60 or self.app.size.height < 16, "-small")
        self.call_after_refresh(self.hint, self.HINT)

    def retitle(self, title: str) -> None:
        """Show another title."""
        self._box.border_title = Content(self.shown(title))

    def hint(self, keys: str) -> None:
        """Show the keys in the frame, the last ones where there is not room for all."""
        box = self._box
        parts = self.shown(keys).split("  ")
        while len(parts) > 1 and cell_len("  ".join(parts)) > box.outer_size.width - 6:
            parts.pop(0)
        box.border_subtitle = Content("  ".join(parts))

    def action_close(self) -> None:
        """Close without an answer."""
        self.dismiss(None)
