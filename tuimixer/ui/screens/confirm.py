"""A question before something that cannot be undone: killing a stream or forgetting a stored volume."""

from collections.abc import Callable, Mapping
from typing import ClassVar

from textual.widget import Widget
from textual.widgets import Static

from tuimixer.mixer.mixer import Mixer
from tuimixer.model.control import ControlId
from tuimixer.ui.screens.control_lines import ending
from tuimixer.ui.screens.dialog import Dialog, Hints
from tuimixer.ui.screens.listing import Confirmation


class ConfirmScreen(Dialog[bool]):
    """Returns True for yes. Enter does not mean yes, because it might be pressed out of habit."""

    HINTS: ClassVar[Hints] = (("list.yes", "yes"), ("list.no", "no"))
    DEFAULT_CSS = """
    ConfirmScreen > .dialog--box { width: 60; border: solid $warning; border-title-color: $warning; }
    ConfirmScreen.-ascii > .dialog--box { border: ascii $warning; }
    ConfirmScreen Static { height: auto; }
    """

    def __init__(self, sure: Confirmation) -> None:
        super().__init__()
        self.title = sure.title
        self._sure = sure

    def content(self) -> list[Widget]:
        yes, no = (self.tuimixer.main.renderer.label(action) for action in ("list.yes", "list.no"))
        sentences = f"{self._sure.question}\n\n{yes}  {self._sure.yes}\n{no}  No, keep it"
        return [Static(self.shown(sentences), markup=False)]

    def actions(self) -> Mapping[str, Callable[[], object]]:
        return {**super().actions(), "list.yes": self.accept, "list.no": self.action_close}

    def accept(self) -> None:
        """Answer yes."""
        self.dismiss(True)


class KillScreen(ConfirmScreen):
    """Kills a stream or forgets a stored volume after confirmation."""

    def __init__(self, mixer: Mixer, control_id: ControlId) -> None:
        sure = ending(mixer.snapshot.controls[control_id])
        if sure is None:
            raise ValueError("only a stream can be killed, or a stored volume forgotten")
        super().__init__(sure)
        self._mixer = mixer

    def accept(self) -> None:
        self._mixer.send(self._sure.request)
        self.dismiss(True)
