"""A line to type something into; what is wrong with it is said in one sentence, and nothing is done."""

from typing import ClassVar

from textual.binding import Binding
from textual.widget import Widget
from textual.widgets import Input, Static

from tuimixer.model.command import Command
from tuimixer.model.intent import Intent
from tuimixer.model.resolve import Impossible
from tuimixer.ui.screens.dialog import Dialog
from tuimixer.ui.screens.listing import Ask


class AskScreen(Dialog[Intent | Command]):
    """Answers what is to be done with the text."""

    HINT = "Enter set  Esc leave"
    DEFAULT_CSS = """
    AskScreen > .dialog--box { width: 56; }
    AskScreen Input { height: 1; padding: 0; }
    AskScreen Static { height: auto; }
    """
    BINDINGS: ClassVar = [Binding("enter", "set", "Set", show=False, priority=True)]

    def __init__(self, ask: Ask) -> None:
        super().__init__()
        self.title = ask.title
        self._ask = ask
        self._answer = Static("", markup=False)

    def content(self) -> list[Widget]:
        prompt = Static(self.shown(self._ask.prompt), markup=False)
        return [prompt, Input(placeholder=self.shown(self._ask.examples), compact=True), self._answer]

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one(Input).focus()

    def action_set(self) -> None:
        """Answer what was typed, or say what is wrong with it."""
        text = self.query_one(Input).value.strip()
        if not text:
            self.dismiss(None)
            return
        try:
            wish = self._ask.make(text)
        except (Impossible, ValueError) as wrong:
            sentence = str(wrong).rstrip(".")
            self._answer.update(f"{sentence[:1].upper()}{sentence[1:]}.")
            return
        self.dismiss(wish)
