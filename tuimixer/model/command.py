"""What a backend is told to do, absolute and idempotent, so that only the newest per aspect need be sent.

Each command includes its effect on a control or a server's card (`apply_to`), the command that undoes it
(`inverse`) and its name (`label`). The outbox, the demo, the ALSA cards and the history use these.
"""

from tuimixer.model.control import Control, ControlId, Kind
from tuimixer.model.record import dataclass, replace
from tuimixer.model.snapshot import ServerCard, Snapshot


@dataclass(frozen=True, slots=True)
class SetVolume:
    """Set all channels' raw values."""

    id: ControlId
    raws: tuple[int, ...]

    label = "volume"

    def apply_to(self, control: Control) -> Control | None:
        """The control with these volumes; None if it has a different number of channels."""
        if not control.channels or len(self.raws) != len(control.channels):
            return None
        pairs = zip(control.channels, self.raws, strict=True)
        return replace(control, channels=tuple(replace(channel, raw=raw) for channel, raw in pairs))

    def inverse(self, snapshot: Snapshot) -> "SetVolume | None":
        """A command that restores the current volumes."""
        control = snapshot.controls.get(self.id)
        return SetVolume(self.id, control.raws) if control and control.channels else None


@dataclass(frozen=True, slots=True)
class SetMute:
    """Set the mute switches, one value per switch; True mutes."""

    id: ControlId
    mute: tuple[bool, ...]

    label = "mute"

    def apply_to(self, control: Control) -> Control | None:
        """The control with these switches; None if it has a different number of them."""
        if control.mute is None or len(self.mute) != len(control.mute):
            return None
        return replace(control, mute=self.mute)

    def inverse(self, snapshot: Snapshot) -> "SetMute | None":
        """A command that restores the current switches."""
        control = snapshot.controls.get(self.id)
        return SetMute(self.id, control.mute) if control and control.mute is not None else None


@dataclass(frozen=True, slots=True)
class SetCapture:
    """Set the capture switches, one value per switch; True records."""

    id: ControlId
    capture: tuple[bool, ...]

    label = "capture"

    def apply_to(self, control: Control) -> Control | None:
        """The control with these switches; None if it has a different number of them."""
        if control.capture is None or len(self.capture) != len(control.capture):
            return None
        return replace(control, capture=self.capture)

    def inverse(self, snapshot: Snapshot) -> "SetCapture | None":
        """A command that restores the current switches.

        In an exclusive group, the command turns on the member that is recording now, because a member cannot
        be turned off, only replaced by another.
        """
        control = snapshot.controls.get(self.id)
        if control is None or control.capture is None:
            return None
        others = (other for other in snapshot.exclusive_with(control) if other.id != self.id)
        recording = next((other for other in others if other.capturing), None) if any(self.capture) else None
        if recording is not None and recording.capture:
            return SetCapture(recording.id, recording.capture)
        return SetCapture(self.id, control.capture)


@dataclass(frozen=True, slots=True)
class SetChoice:
    """Select an item of an enumerated control."""

    id: ControlId
    item: int

    label = "selection"

    def apply_to(self, control: Control) -> Control | None:
        """The control with this item selected; None if it has no such item."""
        if control.choice is None or not 0 <= self.item < len(control.choice.items):
            return None
        return replace(control, choice=replace(control.choice, value=self.item))

    def inverse(self, snapshot: Snapshot) -> "SetChoice | None":
        """A command that restores the current item."""
        control = snapshot.controls.get(self.id)
        return SetChoice(self.id, control.choice.value) if control and control.choice else None


@dataclass(frozen=True, slots=True)
class SetDefault:
    """Make a sink or a source the default one."""

    id: ControlId

    label = "default"

    @property
    def kind(self) -> Kind:
        """The kind of device whose default this sets."""
        return Kind.SINK if self.id.startswith("pulse:sink/") else Kind.SOURCE

    def apply_to(self, control: Control) -> Control | None:
        """The control marked as the default or not, if it is a device of this kind; else None."""
        if control.kind is not self.kind:
            return None
        chosen = control.id == self.id
        return control if control.default == chosen else replace(control, default=chosen)

    def inverse(self, snapshot: Snapshot) -> "SetDefault | None":
        """A command that restores the current default."""
        return _default_of(self.kind, snapshot)


@dataclass(frozen=True, slots=True)
class ClearDefault:
    """Let the server choose the default; id is `pulse:sink` or `pulse:source`."""

    id: str

    label = "default"

    @property
    def kind(self) -> Kind:
        """The kind of device whose default this clears."""
        return Kind(self.id.removeprefix("pulse:"))

    def apply_to(self, control: Control) -> Control | None:
        """None, because only the server knows what it will choose."""
        return None

    def inverse(self, snapshot: Snapshot) -> SetDefault | None:
        """A command that restores the current default."""
        return _default_of(self.kind, snapshot)


@dataclass(frozen=True, slots=True)
class MoveStream:
    """Move a stream to a sink or source; None lets it follow the default."""

    id: ControlId
    target: ControlId | None

    label = "move"

    def apply_to(self, control: Control) -> Control | None:
        """The stream on its new device; unchanged if it is to follow the default."""
        if control.stream is None:
            return None
        return control if self.target is None else replace(control, target_id=self.target)

    def inverse(self, snapshot: Snapshot) -> "MoveStream | None":
        """A command that moves the stream back."""
        control = snapshot.controls.get(self.id)
        return MoveStream(self.id, control.target_id) if control and control.target_id else None


@dataclass(frozen=True, slots=True)
class Kill:
    """Kill a stream, or delete a stored volume."""

    id: ControlId

    label = "kill"

    def apply_to(self, control: Control) -> Control | None:
        """None, because the control stays until the server reports that it is gone."""
        return None

    def inverse(self, snapshot: Snapshot) -> None:
        """None, because this cannot be undone."""


@dataclass(frozen=True, slots=True)
class SetPort:
    """Set the active port of a sink or source."""

    id: ControlId
    port: str

    label = "port"

    def apply_to(self, control: Control) -> Control | None:
        """The device with this port active; None if the control is not a device."""
        device = control.device
        return replace(control, device=replace(device, port=self.port)) if device else None

    def inverse(self, snapshot: Snapshot) -> "SetPort | None":
        """A command that restores the active port."""
        device = snapshot.device(self.id)
        return SetPort(self.id, device.port) if device and device.port else None


@dataclass(frozen=True, slots=True)
class SetSuspended:
    """Suspend or resume a sink or source."""

    id: ControlId
    suspended: bool

    label = "suspend"

    def apply_to(self, control: Control) -> Control | None:
        """The device, suspended or idle; None if the control is not a device."""
        device, state = control.device, "suspended" if self.suspended else "idle"
        return replace(control, device=replace(device, state=state)) if device else None

    def inverse(self, snapshot: Snapshot) -> "SetSuspended | None":
        """A command that restores the current state."""
        device = snapshot.device(self.id)
        return SetSuspended(self.id, device.state == "suspended") if device and device.state else None


@dataclass(frozen=True, slots=True)
class SetFormats:
    """Set the passthrough encodings of a sink (`pcm` is always on)."""

    id: ControlId
    formats: tuple[str, ...]

    label = "formats"

    def apply_to(self, control: Control) -> Control | None:
        """The device with these formats; None if the control is not a device."""
        device = control.device
        return replace(control, device=replace(device, formats=self.formats)) if device else None

    def inverse(self, snapshot: Snapshot) -> "SetFormats | None":
        """A command that restores the current formats."""
        device = snapshot.device(self.id)
        return SetFormats(self.id, device.formats) if device and device.formats else None


@dataclass(frozen=True, slots=True)
class SetProfile:
    """Set a server card's profile; id is the card's (`pulse:card/NAME`)."""

    id: str
    profile: str

    label = "profile"

    def apply_to(self, card: ServerCard) -> ServerCard:
        """The card with this profile."""
        return replace(card, profile=self.profile)

    def inverse(self, snapshot: Snapshot) -> "SetProfile | None":
        """A command that restores the current profile."""
        card = snapshot.server_card(self.id)
        return SetProfile(self.id, card.profile) if card and card.profile else None


@dataclass(frozen=True, slots=True)
class SetLatencyOffset:
    """Set a card port's latency offset in microseconds; id is the card's."""

    id: str
    port: str
    microseconds: int

    label = "latency offset"

    def apply_to(self, card: ServerCard) -> ServerCard:
        """The card with this offset on the port."""
        ports = tuple(
            replace(port, latency_offset=self.microseconds) if port.name == self.port else port
            for port in card.ports
        )
        return replace(card, ports=ports)

    def inverse(self, snapshot: Snapshot) -> "SetLatencyOffset | None":
        """A command that restores the current offset."""
        card = snapshot.server_card(self.id)
        ports = card.ports if card else ()
        offset = next((port.latency_offset for port in ports if port.name == self.port), None)
        return None if offset is None else SetLatencyOffset(self.id, self.port, offset)


@dataclass(frozen=True, slots=True)
class SetCodec:
    """Set a Bluetooth card's codec; id is the card's."""

    id: str
    codec: str

    label = "codec"

    def apply_to(self, card: ServerCard) -> ServerCard:
        """The card with this codec."""
        return replace(card, codec=self.codec)

    def inverse(self, snapshot: Snapshot) -> "SetCodec | None":
        """A command that restores the current codec."""
        card = snapshot.server_card(self.id)
        return SetCodec(self.id, card.codec) if card and card.codec else None


@dataclass(frozen=True, slots=True)
class OpenDevice:
    """Open an ALSA control device that is not a card, and keep it open; id is `alsa:` and its name."""

    id: str

    label = "device"

    def apply_to(self, control: Control) -> Control | None:
        """None, because this changes no existing control."""
        return None

    def inverse(self, snapshot: Snapshot) -> None:
        """None, because this cannot be undone."""


@dataclass(frozen=True, slots=True)
class UseServer:
    """Switch to another sound server; id is `pulse:server`."""

    id: str
    address: str
    """The server's address, as in PULSE_SERVER; empty for the server found automatically."""

    label = "server"

    def apply_to(self, control: Control) -> Control | None:
        """None, because all controls come from the new server."""
        return None

    def inverse(self, snapshot: Snapshot) -> None:
        """None, because this cannot be undone."""


def _default_of(kind: Kind, snapshot: Snapshot) -> SetDefault | None:
    devices = (control for control in snapshot.controls.values() if control.kind is kind)
    return next((SetDefault(device.id) for device in devices if device.default), None)


CardCommand = SetProfile | SetLatencyOffset | SetCodec
"""Commands for a server's card."""

ControlCommand = (
    SetVolume
    | SetMute
    | SetCapture
    | SetChoice
    | SetDefault
    | ClearDefault
    | MoveStream
    | Kill
    | SetPort
    | SetSuspended
    | SetFormats
    | OpenDevice
    | UseServer
)
"""Commands for one control, or for none in particular."""

Command = ControlCommand | CardCommand


def aspect(command: Command) -> tuple[str, ...]:
    """What a command sets. Of two commands with the same aspect, only the newer one counts."""
    name = type(command).__name__
    if isinstance(command, SetLatencyOffset):
        return (name, command.id, command.port)
    if isinstance(command, SetDefault | ClearDefault):
        return ("SetDefault", command.kind)
    return (name, command.id)


def apply(command: ControlCommand, controls: dict[ControlId, Control]) -> dict[ControlId, Control]:
    """The controls that a command changes, in their new state; empty if it does not apply to any."""
    if isinstance(command, SetDefault):
        if (chosen := controls.get(command.id)) is None or chosen.kind is not command.kind:
            return {}
        made = ((key, command.apply_to(control)) for key, control in controls.items())
        return {key: device for key, device in made if device is not None}
    control = controls.get(command.id)
    after = command.apply_to(control) if control is not None else None
    return {} if after is None else {command.id: after}
