"""Enter: all information about the selected control, and everything that can be done with it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import count
from typing import ClassVar

from tuimixer.mixer.mixer import Mixer
from tuimixer.model.command import SetDefault
from tuimixer.model.control import Control, ControlId
from tuimixer.model.intent import Mute, Nudge
from tuimixer.ui.mixer.words import sentence
from tuimixer.ui.screens.control_lines import (
    choice_lines,
    device_lines,
    ending_lines,
    port_lines,
    target_lines,
    volume_lines,
)
from tuimixer.ui.screens.dialog import Hints
from tuimixer.ui.screens.info_lines import info_lines
from tuimixer.ui.screens.list_dialog import ListDialog
from tuimixer.ui.screens.listing import Act, Line


class DetailsScreen(ListDialog):
    """The control's volume by channel, where it goes, what it is, and its properties."""

    HINTS: ClassVar[Hints] = (
        ("list.up list.down", "select"),
        ("list.less list.more", "change"),
        ("list.enter", "apply"),
        ("mute.toggle", "mute"),
        ("undo", "undo"),
        ("list.close", "close"),
    )

    def __init__(self, mixer: Mixer, control_id: ControlId, driven: dict[ControlId, ControlId]) -> None:
        super().__init__(mixer)
        self._control_id = control_id
        self._driven = driven
        control = self.control
        self.title = control.name if control else "Gone"

    @property
    def control(self) -> Control | None:
        """The control's current state; None if it is gone."""
        return self.mixer.snapshot.controls.get(self._control_id)

    def introduction(self) -> str:
        control = self.control
        if control is None:
            return "The control is gone."
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

    def actions(self) -> Mapping[str, Callable[[], object]]:
        actions, control = {**super().actions()}, self.control
        if control is not None and control.mute is not None:
            actions["mute.toggle"] = partial(self.mixer.send, Mute(control.id))
        if control is not None and control.device is not None:
            actions["default"] = partial(self.mixer.send, SetDefault(control.id))
        return actions

    def perform(self, act: Act) -> None:
        control = self.control
        if isinstance(act, Nudge) and control is not None:
            act = self.tuimixer.main.steps.nudge(control, act.percent, act.channels)
        super().perform(act)


class MoveScreen(ListDialog):
    """Moves a stream to another device, or a device to another port; Enter applies the choice and closes."""

    closing = True

    def __init__(self, mixer: Mixer, control_id: ControlId) -> None:
        super().__init__(mixer)
        self._control_id = control_id
        control = mixer.snapshot.controls.get(control_id)
        self.title = control.name if control else "Gone"

    def introduction(self) -> str:
        return "" if self._control_id in self.mixer.snapshot.controls else "The control is gone."

    def lines(self) -> Sequence[Line]:
        control = self.mixer.snapshot.controls.get(self._control_id)
        if control is None:
            return ()
        lines = [*target_lines(control, self.mixer.snapshot), *port_lines(control)]
        numbers = count(1)
        return [
            replace(line, words=f"{number if (number := next(numbers)) < 10 else ' '} {line.words}")
            if line.id
            else line
            for line in lines
        ]

    def actions(self) -> Mapping[str, Callable[[], object]]:
        acts = [line.enter for line in self.lines() if line.id]
        picks = {
            f"list.{n}": partial(self.perform, act) for n, act in enumerate(acts[:9], 1) if act is not None
        }
        return {**super().actions(), **picks}

    def on_mount(self) -> None:
        chosen = next((line for line in self.lines() if line.chosen), None)
        if chosen is not None:
            self.listing.choose(chosen.id)
