"""A dialog with a list, which is built from the mixer's state and rebuilt when that changes."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import ClassVar

from textual import events, on
from textual.widget import Widget
from textual.widgets import Static

from tuimixer.mixer.mixer import Changed, Event, Mixer
from tuimixer.model.command import Command
from tuimixer.model.intent import Intent
from tuimixer.model.snapshot import Levels
from tuimixer.ui.screens.dialog import Dialog, Hints
from tuimixer.ui.screens.listing import Act, Confirmation, Line, Listing, Prompt
from tuimixer.ui.terminal.cells import fit

_MOST_LINES = 3
"""Approximate maximum height of the text above a list, in lines."""


class ListDialog(Dialog[None]):
    """A subclass provides the lines; this class carries out what a line does."""

    DEFAULT_CSS = """
    ListDialog > .dialog--box { width: 90%; }
    ListDialog .listing--intro { height: auto; margin-bottom: 1; }
    ListDialog .listing--notice { height: auto; color: $error; display: none; }
    ListDialog .listing--notice.-said { display: block; }
    ListDialog.-small .listing--intro { margin-bottom: 0; }
    """
    HINTS: ClassVar[Hints] = (("list.enter", "select"), ("list.close", "cancel"))
    closing = False
    """Whether to close after carrying out what a line does."""

    def __init__(self, mixer: Mixer) -> None:
        super().__init__()
        self.mixer = mixer
        self._introduction = Static("", markup=False, classes="listing--intro")
        self._notice = Static("", markup=False, classes="listing--notice")
        self._unsubscribe: Callable[[], None] | None = None
        self._words: str | None = None
        """The search text; None if there is no search."""

    @property
    def listing(self) -> Listing:
        """The list in the dialog."""
        return self._listing

    def lines(self) -> Sequence[Line]:
        """The lines to show now."""
        raise NotImplementedError

    def introduction(self) -> str:
        """The text above the list; may be empty."""
        return ""

    def content(self) -> list[Widget]:
        self._listing = Listing(self.tuimixer.terminal)
        return [self._introduction, self._listing, self._notice]

    def actions(self) -> Mapping[str, Callable[[], object]]:
        listing = self.listing
        return {
            **super().actions(),
            "list.up": partial(listing.step, -1),
            "list.down": partial(listing.step, 1),
            "list.page_up": partial(listing.page, -1),
            "list.page_down": partial(listing.page, 1),
            "list.first": partial(listing.end, -1),
            "list.last": partial(listing.end, 1),
            "list.enter": partial(listing.do, "enter"),
            "list.less": partial(listing.do, "less"),
            "list.more": partial(listing.do, "more"),
            "list.search": partial(self._search, ""),
            "undo": partial(self._replay, self.mixer.undo, "Nothing to undo."),
            "redo": partial(self._replay, self.mixer.redo, "Nothing to redo."),
        }

    def on_key(self, event: events.Key) -> None:
        """Take letters to search for; a search starts with a letter that has no other meaning here."""
        words, typed = self._words, event.character or ""
        if words is None and (self.action_of(event.key) is not None or not typed.isalnum()):
            return
        if event.key == "backspace" and words:
            self._search(words[:-1])
        elif event.is_printable:
            self._search((words or "") + typed)
        elif self.action_of(event.key) == "list.close" or event.key == "backspace":
            self._search(None)
        else:
            return
        event.stop()
        event.prevent_default()

    def _search(self, words: str | None) -> None:
        """Show only the lines that contain these words; all lines if None."""
        self._words = words
        title = self.title or self.TITLE
        self.retitle(title if words is None else f"{title}  /{words}")
        self.rebuild()

    def on_mount(self) -> None:
        self._unsubscribe = self.mixer.subscribe(self.take)
        self.set_focus(self.listing)
        self.rebuild()

    def on_unmount(self) -> None:
        if self._unsubscribe is not None:
            self._unsubscribe()

    def on_resize(self) -> None:
        self.call_after_refresh(self.rebuild)

    def take(self, event: Event) -> None:
        """Handle an event of the mixer."""
        if isinstance(event, Changed):
            self.rebuild()
        elif not isinstance(event, Levels):
            self.say(event.text)

    def rebuild(self) -> None:
        """Rebuild the list."""
        # An event may arrive after the list was removed but before the dialog around it was.
        if not self.listing.is_attached:
            return
        # The text above the list may contain a long title, so it is cut to a few lines.
        room = _MOST_LINES * (self._introduction.size.width or self.app.size.width)
        text = fit(self.shown(self.introduction()), room, self.tuimixer.terminal.charset.ellipsis)
        self._introduction.update(text)
        self._introduction.display = bool(text)
        size = self.app.size
        share = 1.0 if self.has_class("-small") else 0.9
        taken = 2 + sum(
            part.outer_size.height + part.styles.margin.height
            for part in (self._introduction, self._notice)
            if part.display
        )
        self.listing.most = max(3, int(size.height * share) - max(taken, 4 if text else 2))
        self.listing.show(_found(self.lines(), self._words or ""))

    def say(self, text: str) -> None:
        """Show a message below the list."""
        self._notice.update(self.shown(text))
        self._notice.set_class(bool(text), "-said")
        self.call_after_refresh(self.rebuild)

    @on(Listing.Wanted)
    def _wanted(self, message: Listing.Wanted) -> None:
        message.stop()
        self.perform(message.act)

    def perform(self, act: Act) -> None:
        """Do what a line requests, after a prompt or a confirmation if required."""
        if isinstance(act, Prompt):
            from tuimixer.ui.screens.prompt import PromptScreen

            self.app.push_screen(PromptScreen(act), self._answered)
        elif isinstance(act, Confirmation):
            from tuimixer.ui.screens.confirm import ConfirmScreen

            request = act.request
            self.app.push_screen(ConfirmScreen(act), lambda yes: self._answered(request if yes else None))
        elif isinstance(act, Intent | Command):
            self._answered(act)
        else:
            act()

    def _replay(self, again: Callable[[], bool], nothing: str) -> None:
        if not again():
            self.say(nothing)

    def _answered(self, request: Intent | Command | None) -> None:
        if request is None:
            return
        self.say("")
        self.mixer.send(request)
        if self.closing:
            self.dismiss(None)


def _found(lines: Sequence[Line], words: str) -> Sequence[Line]:
    """The lines that contain all the words, and the headings above them."""
    found: list[Line] = []
    for line in lines:
        if found and found[-1].heading and line.heading and words:
            found.pop()
        if line.heading or all(
            word in f"{line.words} {line.value}".casefold() for word in words.casefold().split()
        ):
            found.append(line)
    return found[:-1] if found and found[-1].heading and words else found
