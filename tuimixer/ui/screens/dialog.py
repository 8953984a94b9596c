"""The base of all dialogs: a framed box over the main screen, and keys from the table of actions."""

from collections.abc import Callable, Mapping
from itertools import starmap
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar, cast

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.widget import Widget

from tuimixer.ui.mixer.status_line import labels_of
from tuimixer.ui.textual_internals import is_on_top

if TYPE_CHECKING:
    from tuimixer.ui.app import TuiMixerApp

Answer = TypeVar("Answer")
Hints = tuple[tuple[str, str], ...]
"""Pairs of actions, separated by spaces, and a label for them."""


class _PlainScrollBar(ScrollBarRender):
    """A scroll bar of whole cells, without special characters."""

    VERTICAL_BARS: ClassVar[list[str]] = [" "] * 8
    HORIZONTAL_BARS: ClassVar[list[str]] = [" "] * 8


class Dialog(ModalScreen[Answer | None], Generic[Answer]):
    """A framed box; a subclass yields its content from `content` and may return a result through `dismiss`.

    `ui/dialogs.py` defines which action opens which dialog.
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
    Dialog.-plain > .dialog--box { border: blank; }
    Dialog.-small > .dialog--box { width: 100%; max-height: 100%; padding: 0; }
    """
    SCOPE = "list"
    """The scope of the actions whose keys work here. A key without such an action keeps its action on the
    main screen, if this dialog has that action too.
    """
    TITLE = ""
    HINTS: ClassVar[Hints] = (("list.close", "close"),)

    @property
    def tuimixer(self) -> "TuiMixerApp":
        """The application, with its keys and its terminal's characters."""
        return cast("TuiMixerApp", self.app)

    def compose(self) -> ComposeResult:
        box = self._box = Vertical(*self.content(), classes="dialog--box")
        # As Content, because brackets in a name would otherwise be taken for markup.
        box.border_title = Content(self.shown(self.title or self.TITLE))
        yield box

    def shown(self, text: str) -> str:
        """A text in the characters that the terminal can show."""
        return self.tuimixer.terminal.charset.text(text)

    def content(self) -> list[Widget]:
        """The widgets in the box, from top to bottom."""
        raise NotImplementedError

    def actions(self) -> Mapping[str, Callable[[], object]]:
        """The actions that are available here, by id."""
        return {f"{self.SCOPE}.close": self.action_close}

    def action_of(self, key: str) -> str | None:
        """The action of a key here; None if it has none."""
        known, renderer = self.actions(), self.tuimixer.main.renderer
        found = (renderer.action_of(key, scope) for scope in (self.SCOPE, "mixer"))
        return next((action for action in found if action in known), None)

    def on_mount(self) -> None:
        if self.tuimixer.terminal.charset.encoding is not None:
            ScrollBar.renderer = _PlainScrollBar
        self.set_class(self.tuimixer.terminal.charset.encoding is not None, "-ascii")
        self.set_class(self.tuimixer.terminal.plain, "-plain")

    def on_resize(self) -> None:
        self.set_class(self.app.size.width < 60 or self.app.size.height < 16, "-small")
        self.call_after_refresh(self.hint)

    def on_key(self, event: events.Key) -> None:
        action = self.action_of(event.key)
        if action is not None:
            event.stop()
            event.prevent_default()
            self.actions()[action]()

    def retitle(self, title: str) -> None:
        """Show another title."""
        self._box.border_title = Content(self.shown(title))

    def hint(self) -> None:
        """Show the keys in the frame as buttons; if there is no room for all, only the last ones."""
        keys, charset = self.tuimixer.keys, self.tuimixer.terminal.charset
        parts = []
        for names, words in self.hints():
            if labels := labels_of(names.split(), keys, charset):
                labels[-1] = (f"{labels[-1][0]} {self.shown(words)}", labels[-1][1])
                parts.append(labels)
        width = self._box.outer_size.width - 4
        while len(parts) > 1 and sum(cell_len(text) + 2 for part in parts for text, _ in part) > width:
            parts.pop(0)
        buttons = [Content("").join(starmap(_button, part)) for part in parts]
        self._box.border_subtitle = Content("  ").join(buttons)

    def hints(self) -> Hints:
        """The keys to show in the frame."""
        return self.HINTS

    def action_hinted(self, action: str) -> None:
        """Carry out the action of a hint that was clicked."""
        if action in self.actions():
            self.actions()[action]()

    def dismiss(self, result: Answer | None = None) -> AwaitComplete:
        """Close with a result, unless the dialog has closed or is below another one, as this would close the
        wrong screen.

        A key and a click at once give two results, and a key may arrive when another dialog has just opened.
        """
        return super().dismiss(result) if is_on_top(self) else AwaitComplete()

    def action_close(self) -> None:
        """Close without a result."""
        self.dismiss(None)


def _button(text: str, action: str) -> Content:
    return Content.from_markup(f"[@click=screen.hinted('{action}')]$text[/]", text=text)
