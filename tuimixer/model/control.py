"""What one fader stands for: one side of an ALSA simple element, a sink, a source, or a stream."""

from enum import StrEnum

from tuimixer.model.record import dataclass, field
from tuimixer.model.scale import Scale

ControlId = str
"""Names a control while it lives: `alsa:PCH/Master,0/playback`, `pulse:sink/NAME`, `pulse:sink_input/17`."""


class Layer(StrEnum):
    """Which sound system a control belongs to."""

    ALSA = "alsa"
    PULSE = "pulse"


class Kind(StrEnum):
    """What kind of thing a control is, in the sound systems' own words."""

    ALSA_PLAYBACK = "alsa_playback"
    ALSA_CAPTURE = "alsa_capture"
    SINK = "sink"
    SOURCE = "source"
    SINK_INPUT = "sink_input"
    SOURCE_OUTPUT = "source_output"
    STORED = "stored"
    """A volume that the server keeps for a role or an application that is not running (stream-restore)."""

    @property
    def layer(self) -> Layer:
        """The sound system it belongs to."""
        return Layer.ALSA if self in (Kind.ALSA_PLAYBACK, Kind.ALSA_CAPTURE) else Layer.PULSE

    @property
    def capture(self) -> bool:
        """Whether it is on the recording side."""
        return self in (Kind.ALSA_CAPTURE, Kind.SOURCE, Kind.SOURCE_OUTPUT)


class Medium(StrEnum):
    """What does the work when a control moves."""

    HARDWARE = "hardware"
    SOFTWARE = "software"
    UNKNOWN = "unknown"


class DeviceType(StrEnum):
    """What kind of device a sink or a source is."""

    HARDWARE = "hardware"
    """A card's, or a Bluetooth device's."""
    NULL = "null"
    """A sink that plays nowhere by itself."""
    NETWORK = "network"
    """Another machine's, through a tunnel."""
    MONITOR = "monitor"
    """A source that is what plays on a sink."""
    VIRTUAL = "virtual"
    """Made by a module or a program: combined, remapped, a filter, a pipe."""


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel's volume."""

    name: str
    """The sound system's name in kebab case: `mono`, `front-left`, `rear-right`, `aux0`."""
    raw: int
    """In the units of the control's scale: ALSA's own numbers, or Pulse's with 65536 for 100 %."""


@dataclass(frozen=True, slots=True)
class Choice:
    """An enumerated control's items and the one that is chosen."""

    value: int
    """Index into `items`."""
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Element:
    """What only an ALSA control has."""

    name: str
    """The simple element's name as ALSA gives it (`Control.name` is the one to show)."""
    index: int
    active: bool = True
    """False while the driver has marked the control inactive (it has no effect just now)."""
    user: bool = False
    """True for an element that a program made (softvol and the like): no hardware behind it."""
    common: bool = False
    """The playback and capture sides share one volume or switch."""
    exclusive: int | None = None
    """Number of the group of which only one member can capture at a time."""
    read_only: tuple[str, ...] = ()
    """What the driver lets nobody set: `volume`, `switch`, `choice`, or several of them."""
    jack: str = ""
    """The jack that belongs to it, in words: `plugged`, `unplugged`, or nothing where there is none."""


@dataclass(frozen=True, slots=True)
class Port:
    """A connector of a sink, a source or a card, as the server sees it."""

    name: str
    description: str
    available: bool | None = None
    """Plugged in; None where the server cannot tell."""
    priority: int = 0
    latency_offset: int | None = None
    """In microseconds; None where it is not known."""
    direction: str = ""
    """`output`, `input`, or nothing where it is not known."""
    profiles: tuple[str, ...] = ()
    """The card profiles in which it can be used (only on a card's ports)."""


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
"""Encodings that a sink may pass through, by the sound server's names."""


@dataclass(frozen=True, slots=True)
class Device:
    """What only a sink or a source has."""

    server_name: str
    """The server's name of it, the one that `pactl` takes."""
    index: int
    state: str = ""
    """`running`, `idle`, `suspended`, or nothing where the server does not say."""
    type: DeviceType = DeviceType.VIRTUAL
    hardware_volume: bool = False
    """The flag HW_VOLUME_CTRL: the volume is implemented by ALSA controls of the card."""
    hardware_mute: bool = False
    decibel: bool = False
    """The flag DECIBEL_VOLUME: the volume is known in dB."""
    flat: bool = False
    """The flag FLAT_VOLUME: the device's volume follows the loudest stream."""
    base: int = 65536
    """Base volume in Pulse's units: where the hardware's own 0 dB lies."""
    monitor_of: ControlId | None = None
    """For a monitor: the sink that it listens to."""
    monitor: str | None = None
    """For a sink: server name of its monitor source."""
    card_index: int | None = None
    """The server card's index."""
    ports: tuple[Port, ...] = ()
    port: str | None = None
    """Name of the active port."""
    formats: tuple[str, ...] = ()
    """Passthrough encodings that are on (`pcm`, `ac3-iec61937`, …), empty where the server does not tell."""
    latency_us: int = 0
    owner_module: int | None = None
    driver: str = ""

    @property
    def hardware(self) -> bool:
        """A real device and not a virtual one."""
        return self.type is DeviceType.HARDWARE


@dataclass(frozen=True, slots=True)
class Stream:
    """What only a stream has: a sink input, a source output, or a stored volume."""

    index: int
    application: str = ""
    media: str = ""
    """Title of what is played or recorded."""
    role: str = ""
    binary: str = ""
    pid: int | None = None
    client: int | None = None
    """The server's index of the client, None for a stream that a module made."""
    corked: bool = False
    virtual: bool = False
    """Made by a module (loopback, combine, remap, …), not by an application."""
    peak: bool = False
    """A mixer's level meter, not something that a person records."""
    writable: bool = True
    """False where the server refuses to change the volume (passthrough)."""
    owner_module: int | None = None
    stored_name: str = ""
    """For a stored volume: the server's key of it (`sink-input-by-media-role:event`)."""


@dataclass(frozen=True, slots=True)
class Control:
    """One fader with its switches and choices.

    Which parts it has is said by what is not empty: `channels` a volume, `mute` and `capture` switches (one
    entry when joined, else one a channel), `choice` an enumeration.
    """

    id: ControlId
    kind: Kind
    name: str
    """To show: cleaned of control characters and bounded in length, never empty."""
    index: int = 0
    """Among controls of the same name, kind and card, from 0."""
    card: str | None = None
    """Id of the ALSA card (`PCH`), or the name of the control device (`default`, `equal`)."""
    target_id: ControlId | None = None
    """For a stream: the sink or source it belongs to."""
    scale: Scale | None = None
    channels: tuple[Channel, ...] = ()
    mute: tuple[bool, ...] | None = None
    """True where muted."""
    capture: tuple[bool, ...] | None = None
    """True where recording is switched on."""
    choice: Choice | None = None
    default: bool = False
    """The default sink or source."""
    medium: Medium = Medium.UNKNOWN
    element: Element | None = None
    device: Device | None = None
    stream: Stream | None = None
    properties: dict[str, str] = field(default_factory=dict)
    """The server's property list, for details and for rules. Not to be changed in place."""

    @property
    def muted(self) -> bool | None:
        """All channels muted; None without a mute switch."""
        return None if self.mute is None else all(self.mute)

    @property
    def capturing(self) -> bool | None:
        """Any channel captures; None without a capture switch."""
        return None if self.capture is None else any(self.capture)

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
    """Side of a channel by name: -1 left, 1 right, 0 neither (centre, LFE, mono, aux)."""
    if name in RIGHT_NAMES:
        return 1
    return -1 if name in LEFT_NAMES else 0
