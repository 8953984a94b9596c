"""What the keys of the main screen do to the selected control."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from tuimixer.config.schema import Steps
from tuimixer.mixer.solo import solo_of
from tuimixer.mixer.views import is_capture
from tuimixer.model.command import SetDefault
from tuimixer.model.control import Control, Kind
from tuimixer.model.fader import sides
from tuimixer.model.intent import Capture, Channels, Choose, Equalize, Intent, Mute, SetBalance, SetLevel

if TYPE_CHECKING:
    from tuimixer.ui.mixer.screen import MixerScreen

_BALANCE_STEP = 0.05


def control_actions(screen: "MixerScreen", step: Steps) -> dict[str, Callable[[], None]]:
    """Functions that carry out the actions, by their ids in the table of actions."""
    keys = _ControlActions(screen)
    table: dict[str, Callable[[], None]] = {
        "volume.up": lambda: keys.move(step.small, 1),
        "volume.down": lambda: keys.move(-step.small, -1),
        "volume.up_coarse": lambda: keys.move(step.big, 5),
        "volume.down_coarse": lambda: keys.move(-step.big, -5),
        "mute.toggle": lambda: keys.act(lambda control: Mute(control.id)),
        "mute.left": lambda: keys.act(lambda control: Mute(control.id, channels=_side(control, 0))),
        "mute.right": lambda: keys.act(lambda control: Mute(control.id, channels=_side(control, 1))),
        "capture.toggle": lambda: keys.capture(None),
        "capture.left": lambda: keys.capture(0),
        "capture.right": lambda: keys.capture(1),
        "left.up": lambda: keys.move_side(step.small, 0),
        "right.up": lambda: keys.move_side(step.small, 1),
        "left.down": lambda: keys.move_side(-step.small, 0),
        "right.down": lambda: keys.move_side(-step.small, 1),
        "balance.left": lambda: keys.act(lambda control: SetBalance(control.id, -_BALANCE_STEP, True)),
        "balance.right": lambda: keys.act(lambda control: SetBalance(control.id, _BALANCE_STEP, True)),
        "balance.equal": keys.equalize,
        "channels.lock": keys.next_channel,
        "default": keys.make_default,
        "default.next": keys.next_default,
        "solo": keys.solo,
    }
    for number in range(11):
        table[f"volume.{number}0" if number else "volume.0"] = partial(keys.digit, number)
    return table


class _ControlActions:
    def __init__(self, screen: "MixerScreen") -> None:
        self._screen, self._renderer = screen, screen.renderer
        self._send, self._say = screen.send, screen.say

    def act(self, make: Callable[[Control], Intent]) -> None:
        control = self._renderer.control
        if control is not None:
            self._send(make(control))

    def _channels(self) -> Channels:
        return None if self._renderer.channel is None else (self._renderer.channel,)

    def move(self, percent: float, items: int) -> None:
        control = self._renderer.control
        if control is None:
            return
        if control.choice is not None:
            self._send(Choose(control.id, items, relative=True))
        else:
            self._send(self._screen.steps.nudge(control, percent, self._channels()))

    def move_side(self, percent: float, side: int) -> None:
        control = self._renderer.control
        if control is not None:
            self._send(self._screen.steps.nudge(control, percent, _side(control, side)))

    def digit(self, tenths: int) -> None:
        control = self._renderer.control
        if control is None:
            return
        if control.choice is not None:
            if tenths in (0, 10):
                self._send(Choose(control.id, 0 if tenths == 0 else len(control.choice.items) - 1))
            else:
                self._say(
                    f"{control.name} is a list: use 0 for the first item, the arrow keys for others.",
                    True,
                )
        else:
            self._send(SetLevel(control.id, tenths / 10, self._channels()))

    def capture(self, side: int | None) -> None:
        row, control = self._renderer.row, self._renderer.control
        if row is None or control is None:
            return
        target = self._screen.mixer.snapshot.controls.get(row.capture_id or row.id, control)
        self._send(Capture(target.id, channels=None if side is None else _side(target, side)))

    def equalize(self) -> None:
        control = self._renderer.control
        if control is not None and self._has_sides(control):
            self._send(Equalize(control.id))

    def _has_sides(self, control: Control) -> bool:
        if len(control.channels) > 1:
            return True
        self._say(f"{control.name} has {'only one channel' if control.channels else 'no volume'}.", True)
        return False

    def next_channel(self) -> None:
        control, renderer = self._renderer.control, self._renderer
        if control is None or not self._has_sides(control):
            return
        following = 0 if renderer.channel is None else renderer.channel + 1
        renderer.choose_channel(following if following < len(control.channels) else None)

    def make_default(self) -> None:
        control = self._renderer.control
        if control is not None and control.kind in (Kind.SINK, Kind.SOURCE):
            self._send(SetDefault(control.id))
        elif control is not None:
            self._say(f"{control.name} cannot be the default, because it is not an input or output.", True)

    def next_default(self) -> None:
        """Make the next output the default, or the next input if a capture control is selected."""
        control = self._renderer.control
        kind = Kind.SOURCE if control is not None and is_capture(control) else Kind.SINK
        side = "input" if kind is Kind.SOURCE else "output"
        devices = self._screen.mixer.snapshot.plugged_devices(kind)
        at = next((number for number, device in enumerate(devices) if device.default), -1)
        if not devices or (at == 0 and len(devices) == 1):
            self._say(f"No other {side} is plugged in.", True)
            return
        device = devices[(at + 1) % len(devices)]
        self._send(SetDefault(device.id))
        self._say(f"Default {side}: {device.name}.")

    def solo(self) -> None:
        """Mute the other controls of the same kind, or unmute those that solo has muted."""
        control, muted = self._renderer.control, self._screen.soloed
        if control is None:
            return
        if muted is not None and muted.id == control.id:
            self._screen.soloed = None
            self._screen.mixer.send_all(muted.unmute(self._screen.mixer.snapshot), "solo")
            self._say("Solo is off.")
            return
        solo = solo_of(control, self._screen.mixer.snapshot, muted)
        if solo is None:
            self._say(f"{control.name} cannot be soloed, because it is not a stream or device.", True)
            return
        self._screen.soloed = solo
        self._screen.mixer.send_all(solo.commands, "solo")
        self._say(f"Solo: {control.name}. Press {self._renderer.label('solo')} again to unmute the others.")


def _side(control: Control, side: int) -> tuple[int, ...]:
    """Indices of the channels on a side, 0 for left or 1 for right, or of the switches if there is no volume.

    A single channel or switch is on both sides.
    """
    switches = len(control.capture or control.mute or ())
    return sides(control)[side] or (min(side, max((len(control.channels) or switches) - 1, 0)),)
