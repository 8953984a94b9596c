"""Enter: everything about the chosen control, and all that can be done with it."""

from collections.abc import Sequence

from tuimixer.mixer.mixer import Mixer
from tuimixer.model.control import Control, ControlId
from tuimixer.model.intent import Nudge
from tuimixer.ui.mixer.key_repeat import KeyRepeatGuard
from tuimixer.ui.mixer.words import sentence
from tuimixer.ui.screens.control_lines import (
    choice_lines,
    device_lines,
    ending_lines,
    port_lines,
    target_lines,
    volume_lines,
)
from tuimixer.ui.screens.info_lines import info_lines
from tuimixer.ui.screens.list_dialog import ListDialog
from tuimixer.ui.screens.listing import Act, Line


class DetailsScreen(ListDialog):
    """The control's volume by channel, where it goes, what it is, its properties."""

    HINT = "arrows choose and change  Enter do  u undo  Esc close"

    def __init__(self, mixer: Mixer, control_id: ControlId, driven: dict[ControlId, ControlId]) -> None:
        super().__init__(mixer)
        self._control_id = control_id
        self._driven = driven
        self._key_repeat = KeyRepeatGuard()
        control = self.control
        self.title = control.name if control else "Gone"

    @property
    def control(self) -> Control | None:
        """The control as it stands; None when it has gone."""
        return self.mixer.snapshot.controls.get(self._control_id)

    def introduction(self) -> str:
        control = self.control
        if control is None:
            return "It is not there any more."
        told = sentence(control, self.mixer.snapshot, self._driven)
        return f"{told[:1].upper()}{told[1:]}." if told else ""

    def lines(self) -> Sequence[Line]:
        control, snapshot = self.control, self.mixer.snapshot
        if control is None:
            return ()
        step = self.tuimixer.main.config.step.small
        return [
            *choice_lines(control, snapshot),
            *volume_lines(control, step),
            *target_lines(control, snapshot),
            *port_lines(control),
            *device_lines(control, snapshot),
            *ending_lines(control),
            *info_lines(control, snapshot, self._driven),
        ]

    def perform(self, act: Act) -> None:
        control = self.control
        if isinstance(act, Nudge) and control is not None:
            act = self._key_repeat.nudge(control, act.percent, act.channels)
        super().perform(act)


class MoveScreen(ListDialog):
    """Where a stream goes, or which port a device uses; Enter does it and closes."""

    HINT = "Enter choose  Esc leave"
    closing = True

    def __init__(self, mixer: Mixer, control_id: ControlId) -> None:
        super().__init__(mixer)
        self._control_id = control_id
        control = mixer.snapshot.controls.get(control_id)
        self.title = control.name if control else "Gone"

    def introduction(self) -> str:
        if self.lines():
            return ""
        control = self.mixer.snapshot.controls.get(self._control_id)
        if control is None:
            return "It is not there any more."
        if control.device is not None:
            return f"{control.name} has one port only, or none."
        return f"{control.name} stays where it is: only streams can be moved, and ports of devices chosen."

    def lines(self) -> Sequence[Line]:
        control = self.mixer.snapshot.controls.get(self._control_id)
        if control is None:
            return ()
        return [*target_lines(control, self.mixer.snapshot), *port_lines(control)]

    def on_mount(self) -> None:
        chosen = next((line for line in self.lines() if line.chosen), None)
        if chosen is not None:
            self.listing.choose(chosen.id)
