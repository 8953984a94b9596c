"""What a backend is told: absolute and idempotent, so that only the newest about a thing has to be sent."""

from tuimixer.model.control import ControlId
from tuimixer.model.record import dataclass


@dataclass(frozen=True, slots=True)
class SetVolume:
    """Set all channels' raw values."""

    id: ControlId
    raws: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SetMute:
    """Set the mute switches, as many as the control has."""

    id: ControlId
    mute: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class SetCapture:
    """Set the capture switches, as many as the control has."""

    id: ControlId
    capture: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class SetChoice:
    """Choose an item of an enumerated control."""

    id: ControlId
    item: int


@dataclass(frozen=True, slots=True)
class SetDefault:
    """Make a sink or a source the default one."""

    id: ControlId


@dataclass(frozen=True, slots=True)
class MoveStream:
    """Move a stream to a sink or source; None: let it follow the default."""

    id: ControlId
    target: ControlId | None


@dataclass(frozen=True, slots=True)
class Kill:
    """End a stream; for a stored volume: forget it."""

    id: ControlId


@dataclass(frozen=True, slots=True)
class SetPort:
    """Choose the active port of a sink or a source."""

    id: ControlId
    port: str


@dataclass(frozen=True, slots=True)
class SetSuspended:
    """Suspend or resume a sink or a source."""

    id: ControlId
    suspended: bool


@dataclass(frozen=True, slots=True)
class SetFormats:
    """Set the encodings that a sink passes through (`pcm` stays on always)."""

    id: ControlId
    formats: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SetProfile:
    """Choose a server card's profile; id is the card's (`pulse:card/NAME`)."""

    id: str
    profile: str


@dataclass(frozen=True, slots=True)
class SetLatencyOffset:
    """Set a card port's latency offset in microseconds; id is the card's."""

    id: str
    port: str
    microseconds: int


@dataclass(frozen=True, slots=True)
class SetCodec:
    """Choose a Bluetooth card's codec; id is the card's."""

    id: str
    codec: str


@dataclass(frozen=True, slots=True)
class OpenDevice:
    """Open an ALSA control device that is not a card and keep it open; id is `alsa:` and its name."""

    id: str


@dataclass(frozen=True, slots=True)
class UseServer:
    """Leave the sound server in use for another one; id is `pulse:server`."""

    id: str
    address: str
    """As in PULSE_SERVER; empty: the one that is found."""


Command = (
    SetVolume
    | SetMute
    | SetCapture
    | SetChoice
    | SetDefault
    | MoveStream
    | Kill
    | SetPort
    | SetSuspended
    | SetFormats
    | SetProfile
    | SetLatencyOffset
    | SetCodec
    | OpenDevice
    | UseServer
)


def aspect(command: Command) -> tuple[str, ...]:
    """What a command is about: of two with the same aspect only the newer counts."""
    name = type(command).__name__
    if isinstance(command, SetLatencyOffset):
        return (name, command.id, command.port)
    if isinstance(command, SetDefault):
        return (name, "sink" if "/" in command.id and command.id.startswith("pulse:sink/") else "source")
    return (name, command.id)
