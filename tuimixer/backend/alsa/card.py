"""An open card, whose controls can be read and changed."""

from tuimixer.backend.alsa.element_writer import ElementWriter, Key
from tuimixer.backend.alsa.elements import Shape, Values, controls_of
from tuimixer.backend.alsa.handle import Handle
from tuimixer.backend.alsa.jacks import state_for
from tuimixer.backend.base import Refused, Unreachable
from tuimixer.model.command import CardCommand, Command, SetCapture, SetChoice, SetMute, SetVolume
from tuimixer.model.control import Control, ControlId
from tuimixer.model.snapshot import AlsaCard, Jack
from tuimixer.model.text import clean

_LOOPBACK_DRIVER = "Loopback"


class Card:
    """A sound card or another control device, with a handle for reading and a writer for changes.

    The handle, loaded once, reads through libasound; the writer uses pyalsaaudio. Each sees the other's
    changes as events from the card.
    """

    def __init__(self, device: str, plugin_only: bool = False) -> None:
        """Open a device and read all of it.

        Raises:
            OSError: libasound is not installed.
            IsCard: `plugin_only` is set and the device is a sound card.
            Unreachable: the device does not exist or cannot be opened.
        """
        self.device = device
        self._handle = Handle(device, plugin_only)
        self._writer = ElementWriter(device)
        self._shapes: dict[Key, Shape] = {}
        self._values: dict[Key, Values] = {}
        self.jacks: tuple[Jack, ...] = ()
        self._by_element: dict[Key, tuple[Control, ...]] = {}
        self._owners: dict[ControlId, Key] = {}
        self.controls: dict[ControlId, Control] = {}
        info = self._handle.info
        self.number = info.number
        self.id = info.id if info.number is not None else clean(device)
        # On PipeWire, the plugin behind `default` calls itself PulseAudio.
        self.name = "default device" if self.id == "default" else info.name or self.id
        self._silent = not self._handle.fds()
        self._list()

    def summary(self) -> AlsaCard:
        """The card's description, for snapshots."""
        info = self._handle.info
        return AlsaCard(
            id=self.id,
            number=self.number,
            name=self.name,
            long_name=info.long_name,
            driver=info.driver,
            mixer=info.mixer,
            components=info.components,
            loopback=info.driver == _LOOPBACK_DRIVER,
            controls=len(self.controls),
            jacks=self.jacks,
        )

    def fds(self) -> list[int]:
        """Descriptors that become readable when something has changed."""
        return self._handle.fds()

    def update(self) -> bool:
        """Read what has changed; returns whether a control or a jack did.

        Raises:
            Unreachable: the card is gone.
        """
        events = self._handle.handle_events()
        for key in events.reshaped:
            self._writer.forget(key)
        if events.structure:
            return self._list()
        changed = self._handle.jacks_changed and self._read_jacks()
        for key in events.values:
            if key in self._shapes:
                changed |= self._adopt(key, self._handle.values(key))
        return changed

    def apply(self, command: Command) -> bool:
        """Set a control and read the result; returns whether anything changed.

        Raises:
            Unreachable: the card or the control is gone.
            Refused: the driver kept the old value, or ALSA has no such command.
        """
        key = self._owners.get(command.id)
        if key is None:
            raise Unreachable(f"{command.id} no longer exists")
        before = self.controls[command.id]
        self._writer.ready(key)
        changed = self.update()
        if command.id not in self.controls:
            raise Unreachable(f"{before.name} was removed")
        if not self._writer.is_ready(key):
            self._writer.ready(key)
        wanted = self._move(key, before, command)
        if self._silent:
            # Keep the values that were written, because the plugin stores them more coarsely, and steps of
            # one would never add up.
            return self._adopt(key, _written(self._values[key], wanted))
        if self.number is None:
            # A plugin reports a change only some time after the call that made it has returned.
            self._handle.refresh(key)
            changed |= self._adopt(key, self._handle.values(key))
        changed |= self.update()
        after = self.controls.get(command.id)
        if after is not None and after == before and after != wanted:
            raise Refused(f"{before.name} is unchanged, because the driver did not accept the new value")
        return changed

    def close(self) -> None:
        """Close all handles; may be called twice."""
        self._writer.close()
        self._handle.close()

    def _move(self, key: Key, control: Control, command: Command) -> Control:
        """Write what a command sets; returns the control in its new state."""
        wanted = None if isinstance(command, CardCommand) else command.apply_to(control)
        if wanted is None:
            raise Refused(f"{control.name} does not support {command.label}")
        match command:
            case SetVolume(raws=raws):
                self._writer.set_volume(key, control.kind.capture, raws)
            case SetMute(mute=mute):
                self._writer.set_mute(key, mute)
            case SetCapture(capture=on):
                self._writer.set_capture(key, on)
            case SetChoice(item=item):
                self._writer.set_choice(key, item)
                self._handle.choose_everywhere(key, item)
        return wanted

    def _list(self) -> bool:
        """Read everything again."""
        old = self.controls
        self._shapes = self._handle.shapes()
        self.jacks = self._handle.jacks()
        self._values, self._by_element = {}, {}
        for key in self._shapes:
            self._take(key, self._handle.values(key))
        self._assemble()
        return old != self.controls

    def _take(self, key: Key, values: Values) -> bool:
        """Store an element's values, and rebuild its controls if they differ."""
        if values == self._values.get(key):
            return False
        self._values[key] = values
        shape = self._shapes[key]
        self._by_element[key] = controls_of(self.id, shape, values, state_for(shape.name, self.jacks))
        return True

    def _adopt(self, key: Key, values: Values) -> bool:
        """Like `_take`, for an element that already has controls."""
        if not self._take(key, values):
            return False
        # Replace the mapping instead of modifying it, because others may still hold the old one.
        self.controls = self.controls | {control.id: control for control in self._by_element[key]}
        return True

    def _read_jacks(self) -> bool:
        jacks = self._handle.jacks()
        if jacks == self.jacks:
            return False
        self.jacks = jacks
        for key, shape in self._shapes.items():
            self._by_element[key] = controls_of(
                self.id, shape, self._values[key], state_for(shape.name, jacks)
            )
        self._assemble()
        return True

    def _assemble(self) -> None:
        self.controls, self._owners = {}, {}
        for key, controls in self._by_element.items():
            for control in controls:
                self.controls[control.id] = control
                self._owners[control.id] = key


def _written(now: Values, after: Control) -> Values:
    """An element's values if one of its controls is in the state `after`."""
    play, play_on, rec, rec_on, item = now.playback, now.playback_on, now.capture, now.capture_on, now.item
    if after.channels and after.kind.capture:
        rec = after.raws
    elif after.channels:
        play = after.raws
    if after.mute is not None:
        play_on = tuple(not muted for muted in after.mute)
    if after.capture is not None:
        rec_on = after.capture
    if after.choice is not None:
        item = after.choice.value
    return Values(play, play_on, rec, rec_on, item)
