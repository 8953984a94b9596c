"""What a PulseAudio server reports about its objects, as plain values between `structs` and `translate`."""

from tuimixer.model.record import dataclass


@dataclass(frozen=True, slots=True)
class PortRecord:
    """A port of a sink, a source or a card."""

    name: str
    description: str
    priority: int
    available: bool | None
    direction: str = ""
    latency_offset: int | None = None
    profiles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeviceRecord:
    """A sink or a source."""

    index: int
    name: str
    description: str
    positions: tuple[str, ...]
    volume: tuple[int, ...]
    mute: bool
    base: int
    flags: int
    state: str
    monitor_of: int | None
    monitor: str | None
    card: int | None
    ports: tuple[PortRecord, ...]
    port: str | None
    latency: int
    owner_module: int | None
    driver: str
    properties: dict[str, str]


@dataclass(frozen=True, slots=True)
class StreamRecord:
    """A sink input or a source output."""

    index: int
    name: str
    device: int | None
    client: int | None
    owner_module: int | None
    positions: tuple[str, ...]
    volume: tuple[int, ...]
    """Empty if the stream has no volume."""
    mute: bool
    corked: bool
    writable: bool
    resampler: str
    properties: dict[str, str]


@dataclass(frozen=True, slots=True)
class ProfileRecord:
    """A card's profile."""

    name: str
    description: str
    sinks: int
    sources: int
    priority: int
    available: bool


@dataclass(frozen=True, slots=True)
class CardRecord:
    """A card as the server reports it."""

    index: int
    name: str
    profiles: tuple[ProfileRecord, ...]
    profile: str | None
    ports: tuple[PortRecord, ...]
    properties: dict[str, str]


@dataclass(frozen=True, slots=True)
class ClientRecord:
    """A program connected to the server."""

    index: int
    name: str
    properties: dict[str, str]


@dataclass(frozen=True, slots=True)
class ServerRecord:
    """The server itself."""

    name: str
    version: str
    user: str
    host: str
    default_sink: str
    default_source: str


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """An entry of module-stream-restore."""

    key: str
    positions: tuple[int, ...]
    """Channel positions as libpulse's numbers; empty if no volume is stored."""
    names: tuple[str, ...]
    """The same positions by name."""
    volume: tuple[int, ...]
    mute: bool
    device: str
    """Name of the sink or source that the stream is bound to, or empty."""
    paired: bool = False
    """Whether the single volume represents a stereo pair, and must be written as one; see `as_one`."""


PAIR = ((1, 2), ("front-left", "front-right"))
"""Positions of a stereo pair, by libpulse's number and name."""


def as_one(record: StoredRecord) -> StoredRecord:
    """A PipeWire entry with a single volume, even if it was stored for a pair.

    PipeWire 1.6 plays the right channel of a stereo sound at zero if the entry is mono, which is how every
    mixer writes it for system sounds. Such an entry is therefore written back as a pair.
    """
    mono = len(record.volume) == 1
    pair = (record.positions, record.names) == PAIR and len(set(record.volume)) == 1
    if not mono and not pair:
        return record
    return StoredRecord(
        record.key, (0,), ("mono",), record.volume[:1], record.mute, record.device, paired=True
    )


@dataclass(frozen=True, slots=True)
class FormatsRecord:
    """The encodings that a sink passes through, from module-device-restore."""

    index: int
    formats: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CodecsRecord:
    """A Bluetooth card's codecs."""

    codecs: tuple[tuple[str, str], ...]
    """Name and description of each codec."""
    codec: str | None
