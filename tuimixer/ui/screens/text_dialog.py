"""A dialog with a page of text, and keys to scroll it."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import ClassVar

from textual.widget import Widget

from tuimixer.ui.screens.dialog import Dialog, Hints

_SIDEWAYS = 8
"""Number of cells by which a key scrolls the page sideways."""


class TextDialog(Dialog[None]):
    """A subclass sets `page`, the widget that scrolls."""

    SCOPE = "text"
    HINTS: ClassVar[Hints] = (("text.up text.down", "scroll"), ("text.close", "close"))
    page: Widget

    def actions(self) -> Mapping[str, Callable[[], object]]:
        page = self.page
        height = max(1, page.size.height - 1)
        by, to = partial(page.scroll_relative, animate=False), partial(page.scroll_to, animate=False)
        return {
            **super().actions(),
            "text.down": partial(by, y=1),
            "text.up": partial(by, y=-1),
            "text.left": partial(by, x=-_SIDEWAYS),
            "text.right": partial(by, x=_SIDEWAYS),
            "text.page_down": partial(by, y=height),
            "text.page_up": partial(by, y=-height),
            "text.first": partial(to, 0, 0),
            "text.last": partial(to, y=page.virtual_size.height),
        }
