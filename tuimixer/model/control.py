"""What one fader controls: one direction of an ALSA simple element, a sink, a source, or a stream."""

from enum import StrEnum

from tuimixer.model.record import dataclass, field
from tuimixer.model.scale import Scale

ControlId = str
"""Identifies a control while it exists: `alsa:PCH/Master,0/playback`, `pulse:sink/NAME`, …"""


class Layer(StrEnum):
    """The sound system a control belongs to."""

    ALSA = "alsa"
    PULSE = "pulse"


class Kind(StrEnum):
    """What a control is, in the sound systems' own terms."""

    ALSA_PLAYBACK = "alsa_playback"
    ALSA_CAPTURE = "alsa_capture"
    SINK = "sink"
    SOURCE = "source"
    SINK_INPUT = "sink_input"
    SOURCE_OUTPUT = "source_output"
    STORED = "stored"
    """A volume that the server stores for a role or an application that is not running (stream-restore)."""

    @property
    def layer(self) -> Layer:
        """The sound system that controls of this kind belong to."""
        return Layer.ALSA if self in (Kind.ALSA_PLAYBACK, Kind.ALSA_CAPTURE) else Layer.PULSE

    @property
    def capture(self) -> bool:
        """Whether controls of this kind are for recording."""
        return self in (Kind.ALSA_CAPTURE, Kind.SOURCE, Kind.SOURCE_OUTPUT)


class Medium(StrEnum):
    """What implements a control's volume."""

    HARDWARE = "hardware"
    SOFTWARE = "software"
    UNKNOWN = "unknown"


class DeviceType(StrEnum):
    """What kind of device a sink or source is."""

    HARDWARE = "hardware"
    """A device of a sound card, or a Bluetooth device."""
    NULL = "null"
    """A sink that discards what it receives."""
    NETWORK = "network"
    """A device of another machine, reached through a tunnel."""
    MONITOR = "monitor"
    """A source that records what a sink plays."""
    VIRTUAL = "virtual"
    """A device created by a module or a program: combined, remapped, a filter, a pipe."""


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel's volume."""

    name: str
    """The sound system's name in kebab case: `mono`, `front-left`, `rear-right`, `aux0`."""
    raw: int
    """The volume in the units of the control's scale: ALSA's own values, or Pulse's, where 65536 is 100 %."""


@dataclass(frozen=True, slots=True)
class Choice:
    """An enumerated control's items, and which one is selected."""

    value: int
    """Index into `items`."""
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Element:
    """What only an ALSA control has."""

    name: str
    """The simple element's name as ALSA reports it (`Control.name` is the one to display)."""
    index: int
    active: bool = True
    """False while the driver marks the control as inactive, that is, without effect."""
    user: bool = False
    """Whether a program created the element (softvol and the like), so that no hardware is behind it."""
    common: bool = False
    """Whether playback and capture share one volume or switch."""
    exclusive: int | None = None
    """Number of its exclusive group, of which one member at a time can record; None if it is in no group."""
    read_only: tuple[str, ...] = ()
    """The parts that the driver does not let anyone set: any of `volume`, `switch`, `choice`."""
    jack: str = ""
    """State of the control's jack, `plugged` or `unplugged`; empty if it has none."""


@dataclass(frozen=True, slots=True)
class Port:
    """A connector of a sink, source or card, as the server reports it."""

    name: str
    description: str
    available: bool | None = None
    """Whether something is plugged in; None if the server cannot detect that."""
    priority: int = 0
    latency_offset: int | None = None
    """Latency offset in microseconds; None if unknown."""
    direction: str = ""
    """Direction of the port, `output` or `input`; empty if unknown."""
    profiles: tuple[str, ...] = ()
    """Names of the card profiles that use the port; only set for a card's ports."""


ENCODINGS = {
    "pcm": "PCM",
    "ac3-iec61937": "AC-3 (Dolby Digital)",
    "eac3-iec61937": "E-AC-3 (Dolby Digital Plus)",
    "dts-iec61937": "DTS",
    "dtshd-iec61937": "DTS-HD",
    "truehd-iec61937": "TrueHD",
    "mpeg-iec61937": "MPEG",
    "mpeg2-aac-iec61937": "AAC",
}
"""Encodings that a sink may pass through, by the server's name for each."""


@dataclass(frozen=True, slots=True)
class Device:
    """What only a sink or source has."""

    server_name: str
    """The server's name for the device, as used by `pactl`."""
    index: int
    state: str = ""
    """State of the device, `running`, `idle` or `suspended`; empty if the server does not report it."""
    type: DeviceType = DeviceType.VIRTUAL
    hardware_volume: bool = False
    """Whether the card's ALSA controls implement the volume (the flag HW_VOLUME_CTRL)."""
    hardware_mute: bool = False
    decibel: bool = False
    """Whether the volume is known in dB (the flag DECIBEL_VOLUME)."""
    flat: bool = False
    """Whether the device's volume follows the loudest stream (the flag FLAT_VOLUME)."""
    base: int = 65536
    """Base volume in Pulse's units: the volume at which the hardware is at 0 dB."""
    monitor_of: ControlId | None = None
    """For a monitor: the sink that it monitors."""
    monitor: str | None = None
    """For a sink: server name of its monitor source."""
    card_index: int | None = None
    """The server's index of the device's card; None if it has none."""
    ports: tuple[Port, ...] = ()
    port: str | None = None
    """Name of the active port."""
    formats: tuple[str, ...] = ()
    """Enabled passthrough encodings (`pcm`, `ac3-iec61937`, …); empty if the server reports none."""
    latency_us: int = 0
    owner_module: int | None = None
    driver: str = ""

    @property
    def active_port(self) -> Port | None:
        """The port in use; None if there is none."""
        return next((port for port in self.ports if port.name == self.port), None)

    @property
    def hardware(self) -> bool:
        """Whether the device is a real one rather than a virtual one."""
        return self.type is DeviceType.HARDWARE


@dataclass(frozen=True, slots=True)
class Stream:
    """What only a stream has, that is, a sink input, a source output, or a stored volume."""

    index: int
    application: str = ""
    media: str = ""
    """Title of what is being played or recorded."""
    role: str = ""
    binary: str = ""
    pid: int | None = None
    client: int | None = None
    """The server's index of the client; None for a stream created by a module."""
    corked: bool = False
    virtual: bool = False
    """Whether the stream was created by a module (loopback, combine, remap, …), not by an application."""
    peak: bool = False
    """Whether the stream is a mixer's level meter rather than a recording."""
    writable: bool = True
    """False if the server refuses to change the volume (passthrough)."""
    owner_module: int | None = None
    stored_name: str = ""
    """For a stored volume: the server's key for it (`sink-input-by-media-role:event`)."""


@dataclass(frozen=True, slots=True)
class Control:
    """One fader with its switches and choices.

    A part that the control lacks is empty or None: `channels` without a volume, `mute` or `capture` without
    such switches (which have one entry if joined, else one per channel), `choice` unless it is an
    enumeration.
    """

    id: ControlId
    kind: Kind
    name: str
    """For display: cleaned of control characters, bounded in length, never empty."""
    index: int = 0
    """Number of the control among those with the same name, kind and card, counted from 0."""
    card: str | None = None
    """Id of the ALSA card (`PCH`), or the name of the control device (`default`, `equal`)."""
    target_id: ControlId | None = None
    """For a stream: the sink or source that it is connected to."""
    scale: Scale | None = None
    channels: tuple[Channel, ...] = ()
    mute: tuple[bool, ...] | None = None
    """One value per mute switch, True if muted; None without any."""
    capture: tuple[bool, ...] | None = None
    """One value per capture switch, True if recording is on; None without any."""
    choice: Choice | None = None
    default: bool = False
    """Whether this is the default sink or source."""
    medium: Medium = Medium.UNKNOWN
    element: Element | None = None
    device: Device | None = None
    stream: Stream | None = None
    properties: dict[str, str] = field(default_factory=dict)
    """The server's property list, for details and rules. Do not modify."""

    @property
    def muted(self) -> bool | None:
        """Whether all channels are muted; None without a mute switch."""
        return None if self.mute is None else all(self.mute)

    @property
    def capturing(self) -> bool | None:
        """Whether any channel is capturing; None without a capture switch."""
        return None if self.capture is None else any(self.capture)

    @property
    def is_meter(self) -> bool:
        """Whether the control is a mixer's level meter rather than a recording."""
        return self.stream is not None and self.stream.peak

    @property
    def is_monitor(self) -> bool:
        """Whether the control is a sink's monitor rather than a microphone."""
        return self.device is not None and self.device.monitor_of is not None

    @property
    def raws(self) -> tuple[int, ...]:
        """The channels' raw values."""
        return tuple(channel.raw for channel in self.channels)


LEFT_NAMES = frozenset(
    {"front-left", "rear-left", "side-left", "front-left-of-center", "top-front-left", "top-rear-left"}
)
RIGHT_NAMES = frozenset(
    {"front-right", "rear-right", "side-right", "front-right-of-center", "top-front-right", "top-rear-right"}
)


def side_of(name: str) -> int:
    """Side of a channel, judged by its name: -1 left, 1 right, 0 neither (center, LFE, mono, aux)."""
    if name in RIGHT_NAMES:
        return 1
    return -1 if name in LEFT_NAMES else 0
