"""A text field, for `=` and other keys; if the text is invalid, a message says why, and nothing is done."""

from collections.abc import Callable, Mapping
from typing import ClassVar

from textual import events
from textual.widget import Widget
from textual.widgets import Input, Static

from tuimixer.mixer.mixer import Mixer
from tuimixer.mixer.views import Row
from tuimixer.model.command import Command
from tuimixer.model.control import Control, ControlId
from tuimixer.model.intent import Intent
from tuimixer.model.resolve import Impossible
from tuimixer.model.text import clean
from tuimixer.ui.screens.dialog import Dialog, Hints
from tuimixer.ui.screens.listing import Prompt
from tuimixer.ui.screens.prompts import value_prompt


class LineScreen(Dialog[Intent | Command]):
    """A text field; a subclass does something with the text in `accept`."""

    HINTS: ClassVar[Hints] = (("list.enter", "set"), ("list.close", "cancel"))
    DEFAULT_CSS = """
    LineScreen > .dialog--box { width: 56; }
    LineScreen Input { height: 1; padding: 0; }
    LineScreen Static { height: auto; }
    """

    def __init__(self, title: str, prompt: str, examples: str = "", start: str = "") -> None:
        super().__init__()
        self.title = title
        self._prompt, self._examples, self._start = prompt, examples, start
        self._answer = Static(self.shown(examples) if start else "", markup=False)

    def content(self) -> list[Widget]:
        prompt = Static(self.shown(self._prompt), markup=False)
        self._field = Input(
            self._start, placeholder=self.shown(self._examples), select_on_focus=False, compact=True
        )
        return [prompt, self._field, self._answer]

    def on_mount(self) -> None:
        self.set_focus(self._field)

    def actions(self) -> Mapping[str, Callable[[], object]]:
        return {**super().actions(), "list.enter": self._enter}

    def on_key(self, event: events.Key) -> None:
        """Insert text that was typed before the field was ready."""
        if event.is_printable and event.character:
            event.prevent_default()
            self._field.insert_text_at_cursor(event.character)

    def _enter(self) -> None:
        self.accept(self._field.value.strip())

    def accept(self, text: str) -> None:
        """Do something with the text after Enter was pressed."""
        raise NotImplementedError

    def say(self, sentence: str) -> None:
        """Show a message below the field."""
        self._answer.update(sentence)


class PromptScreen(LineScreen):
    """Returns the request that a Prompt makes of the text."""

    def __init__(self, ask: Prompt) -> None:
        super().__init__(ask.title, ask.prompt, ask.examples, ask.start)
        self._ask = ask

    def accept(self, text: str) -> None:
        """Close with what the text requests, or show what is wrong with it."""
        if text in ("", self._ask.start):
            self.dismiss(None)
            return
        try:
            request = self._ask.make(text)
        except (Impossible, ValueError) as wrong:
            sentence = str(wrong).rstrip(".")
            self.say(f"{sentence[:1].upper()}{sentence[1:]}.")
            return
        self.answer(request)

    def answer(self, request: Intent | Command) -> None:
        """Close, and return the request."""
        self.dismiss(request)


class RenameScreen(LineScreen):
    """Gives a control another name on the screen, and writes it to the configuration."""

    def __init__(self, control: Control, row: Row) -> None:
        super().__init__(
            f"Rename {row.label}",
            "Enter a new name, or leave the field empty to restore the original name.",
            start=row.label,
        )
        self._renamed = control

    def on_mount(self) -> None:
        self._field.select_all()

    def accept(self, text: str) -> None:
        self.dismiss(None)
        self.tuimixer.main.rename(self._renamed, clean(text, fallback=""))


class ValueScreen(PromptScreen):
    """Sets a control to the typed value."""

    def __init__(self, mixer: Mixer, control_id: ControlId) -> None:
        super().__init__(value_prompt(mixer.snapshot.controls[control_id]))
        self._mixer = mixer
        self._control_id = control_id

    def answer(self, request: Intent | Command) -> None:
        if self._control_id not in self._mixer.snapshot.controls:
            self.say("The control is gone.")
            return
        self._mixer.send(request)
        self.dismiss(None)
