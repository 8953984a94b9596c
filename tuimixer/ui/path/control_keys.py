"""What the keys and the wheel do on the map and the staircase to the control under the cursor."""

from typing import TYPE_CHECKING

from tuimixer.diagnosis.graph import Line
from tuimixer.diagnosis.stage import StageKind
from tuimixer.mixer.mixer import Mixer
from tuimixer.model.command import Command
from tuimixer.model.control import Control
from tuimixer.model.intent import Capture, Intent, Mute
from tuimixer.ui.mixer.steps import wheel_step
from tuimixer.ui.screens.prompts import value_prompt

if TYPE_CHECKING:
    from tuimixer.ui.path.screen import PathScreen


class ControlKeys:
    """Sends intents for the control to the mixer, or shows why there is nothing to change."""

    def __init__(self, screen: "PathScreen", mixer: Mixer) -> None:
        self._screen, self._mixer = screen, mixer

    def _control(self) -> Control | None:
        """The control under the cursor; if it cannot be changed here, say why and return None."""
        stage = self._screen.view.stage
        if stage is None:
            return None
        control = self._mixer.snapshot.controls.get(stage.control or "")
        if stage.kind is StageKind.REMAINDER and control is not None:
            self._screen.say(f"The software remainder follows the volume of {control.name}.")
            return None
        if control is None or Line(stage).settable is None:
            self._screen.say(f"{stage.name} has no volume that can be changed here.")
            return None
        return control

    def nudge(self, percent: float, wheel: bool = False) -> None:
        """Change the volume by a step of this many percent, by a key or by the wheel."""
        control = self._control()
        if control is None:
            return
        if control.channels:
            steps = self._screen.tuimixer.main.steps
            step = wheel_step(control.id, percent) if wheel else steps.nudge(control, percent)
            self._mixer.send(step)
        else:
            self._screen.say(f"{control.name} is a switch. Press m to turn it on or off.")

    def mute(self) -> None:
        """Toggle the mute or capture switch."""
        control = self._control()
        if control is None:
            return
        if control.capture is not None:
            self._mixer.send(Capture(control.id))
        elif control.mute is not None:
            self._mixer.send(Mute(control.id))
        else:
            self._screen.say(f"{control.name} has no mute switch.")

    def type(self) -> None:
        """Prompt for a value."""
        control = self._control()
        if control is None or not control.channels:
            return
        from tuimixer.ui.screens.prompt import PromptScreen

        self._screen.app.push_screen(PromptScreen(value_prompt(control)), self._typed)

    def _typed(self, request: Intent | Command | None) -> None:
        if request is not None:
            self._mixer.send(request)
