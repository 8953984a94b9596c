"""`=`: a line to type a value into: percent, dB, a raw value, a balance, an item of a list."""

from typing import ClassVar

from textual.binding import Binding
from textual.widget import Widget
from textual.widgets import Input, Static

from tuimixer.mixer.mixer import Mixer
from tuimixer.model.control import Control, ControlId
from tuimixer.model.resolve import Impossible, resolve
from tuimixer.model.scale import format_db, to_cdb, to_percent
from tuimixer.model.value import parse_value
from tuimixer.ui.screens.dialog import Dialog


class ValueScreen(Dialog[None]):
    """Asks for a value and sets it; what is wrong with it is said in one sentence, and nothing changes."""

    HINT = "Enter set  Esc leave"
    DEFAULT_CSS = """
    ValueScreen > .dialog--box { width: 56; }
    ValueScreen Input { height: 1; padding: 0; }
    ValueScreen Static { height: auto; }
    """
    BINDINGS: ClassVar = [Binding("enter", "set", "Set", show=False, priority=True)]

    def __init__(self, mixer: Mixer, control_id: ControlId) -> None:
        super().__init__()
        self._mixer = mixer
        self._control_id = control_id
        self._answer = Static("", markup=False)

    @property
    def control(self) -> Control | None:
        """The control as it stands; None when it has gone."""
        return self._mixer.snapshot.controls.get(self._control_id)

    def content(self) -> list[Widget]:
        control = self.control
        self.title = control.name if control else "Gone"
        now = Static(_standing(control) if control else "", markup=False)
        return [now, Input(id="value", placeholder=_examples(control), compact=True), self._answer]

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one(Input).focus()

    def action_set(self) -> None:
        """Set what was typed and close, or say what is wrong with it."""
        control, text = self.control, self.query_one(Input).value.strip()
        if control is None or not text:
            self.dismiss(None)
            return
        try:
            intent = parse_value(text).intent(control)
            resolve(intent, control)
        except (Impossible, ValueError) as wrong:
            sentence = str(wrong)
            self._answer.update(f"{sentence[:1].upper()}{sentence[1:]}.")
            return
        self._mixer.send(intent)
        self.dismiss(None)


def _standing(control: Control) -> str:
    """Where it stands now."""
    if control.choice is not None:
        return f"Now {control.choice.items[control.choice.value]}"
    if control.scale is None:
        return ""
    parts = []
    for channel in control.channels:
        gain = format_db(to_cdb(control.scale, channel.raw))
        parts.append(f"{to_percent(control.scale, channel.raw)}%" + (f" {gain}" if gain else ""))
    if len(set(parts)) == 1:
        return f"Now {parts[0]}"
    return "Now " + ", ".join(
        f"{channel.name} {part}" for channel, part in zip(control.channels, parts, strict=True)
    )


def _examples(control: Control | None) -> str:
    if control is None:
        return ""
    if control.choice is not None:
        return ", ".join(control.choice.items)
    if control.scale is not None and control.scale.has_db:
        return "45%, +5%, -12dB, +3dB, left:50%"
    return "45%, +5%, a raw 17, left:50%"
