"""Translates the server's records into the model's objects; pure, the same for both clients."""

from collections.abc import Callable, Mapping

from tuimixer.backend.pulse.device_type import device_type
from tuimixer.backend.pulse.records import (
    CardRecord,
    ClientRecord,
    CodecsRecord,
    DeviceRecord,
    PortRecord,
    ServerRecord,
    StoredRecord,
    StreamRecord,
)
from tuimixer.model.control import Channel, Control, ControlId, Device, Kind, Medium, Port, Stream
from tuimixer.model.scale import PULSE_SCALE
from tuimixer.model.snapshot import Profile, Server, ServerCard
from tuimixer.model.text import clean, whole

# pa_sink_flags_t and pa_source_flags_t, which differ in one flag.
HW_VOLUME_CTRL, HW_MUTE_CTRL, DECIBEL_VOLUME = 0x1, 0x10, 0x20
_FLAT_VOLUME = {Kind.SINK: 0x40, Kind.SOURCE: 0x80}

_MIXER_IDS = frozenset(
    {"org.pulseaudio.pavucontrol", "org.gnome.volumecontrol", "org.kde.kmixd", "org.tuimixer"}
)
_MIXERS = frozenset(
    {
        "kmix",
        "mixxc",
        "ncpamixer",
        "pamix",
        "pavucontrol",
        "pavucontrol-qt",
        "pulsemixer",
        "pwvucontrol",
        "tuimixer",
    }
    | {"wiremix"}
)
_ROLE_NAMES = {"event": "System sounds"}
_STORED_SINK, _STORED_SOURCE = "sink-input-by-", "source-output-by-"
_NAME_LIMIT = 256
_DETAIL_LIMIT = 512


class TranslationContext:
    """What an object's translation needs from other objects."""

    __slots__ = (
        "alsa_id",
        "cards",
        "clients",
        "default_sink",
        "default_source",
        "formats",
        "sinks",
        "sources",
    )

    def __init__(self, alsa_id: Callable[[str], str | None] = lambda number: None) -> None:
        """`alsa_id` returns the kernel's id of the card with a number or id; None if there is none."""
        self.alsa_id = alsa_id
        self.sinks: Mapping[int, str] = {}
        """Names of the sinks, by the server's index."""
        self.sources: Mapping[int, str] = {}
        self.cards: Mapping[int, CardRecord] = {}
        self.clients: Mapping[int, ClientRecord] = {}
        self.formats: Mapping[int, tuple[str, ...]] = {}
        """Formats of sinks, by index."""
        self.default_sink = ""
        self.default_source = ""


def device_id(kind: Kind, name: str) -> ControlId:
    """The id of a sink or source."""
    return f"pulse:{kind}/{name}"


def stream_id(kind: Kind, index: int) -> ControlId:
    """The id of a sink input or source output."""
    return f"pulse:{kind}/{index}"


def stored_id(key: str) -> ControlId:
    """The id of a stored volume."""
    return f"pulse:{Kind.STORED}/{key}"


def card_id(name: str) -> str:
    """The id of a server card."""
    return f"pulse:card/{name}"


def device(record: DeviceRecord, kind: Kind, around: TranslationContext) -> Control:
    """A sink or a source."""
    flags, properties = record.flags, record.properties
    card = around.cards.get(record.card) if record.card is not None else None
    offsets = {port.name: port.latency_offset for port in card.ports} if card else {}
    monitored = around.sinks.get(record.monitor_of) if record.monitor_of is not None else None
    default = around.default_sink if kind is Kind.SINK else around.default_source
    fallback = clean(record.name, _NAME_LIMIT, f"{kind} {record.index}")
    return Control(
        id=device_id(kind, record.name),
        kind=kind,
        name=clean(record.description or properties.get("device.description"), _NAME_LIMIT, fallback),
        card=_alsa_card(properties, around) or (_alsa_card(card.properties, around) if card else None),
        scale=PULSE_SCALE if record.volume else None,
        channels=_channels(record.positions, record.volume),
        mute=(record.mute,),
        default=record.name == default,
        medium=Medium.HARDWARE if flags & HW_VOLUME_CTRL else Medium.SOFTWARE,
        device=Device(
            server_name=record.name,
            index=record.index,
            state=record.state,
            type=device_type(record, kind),
            hardware_volume=bool(flags & HW_VOLUME_CTRL),
            hardware_mute=bool(flags & HW_MUTE_CTRL),
            decibel=bool(flags & DECIBEL_VOLUME),
            flat=bool(flags & _FLAT_VOLUME[kind]),
            base=record.base,
            monitor_of=device_id(Kind.SINK, monitored) if monitored is not None else None,
            monitor=record.monitor,
            card_index=record.card,
            ports=tuple(_port(port, offsets.get(port.name)) for port in record.ports),
            port=record.port,
            formats=around.formats.get(record.index, ()) if kind is Kind.SINK else (),
            latency_us=record.latency,
            owner_module=record.owner_module,
            driver=record.driver,
        ),
        properties=properties,
    )


def stream(record: StreamRecord, kind: Kind, around: TranslationContext) -> Control:
    """A sink input or a source output."""
    properties = record.properties
    client = around.clients.get(record.client) if record.client is not None else None
    client_name = (client.properties.get("application.name") or client.name) if client else None
    application = clean(properties.get("application.name") or client_name, _NAME_LIMIT, "")
    media = clean(properties.get("media.name") or record.name, _DETAIL_LIMIT, "")
    binary = properties.get("application.process.binary") or (
        client.properties.get("application.process.binary", "") if client else ""
    )
    pid = whole(properties.get("application.process.id", "")) or (
        whole(client.properties.get("application.process.id", "")) if client else None
    )
    virtual = is_virtual(record)
    program = f"{binary} ({pid})" if binary and pid else binary or (f"process {pid}" if pid else "")
    preferred = (media, application, program) if virtual else (application, program, media)
    name = next((text for text in preferred if text), f"stream {record.index}")
    devices, device_kind = (
        (around.sinks, Kind.SINK) if kind is Kind.SINK_INPUT else (around.sources, Kind.SOURCE)
    )
    owner = devices.get(record.device) if record.device is not None else None
    return Control(
        id=stream_id(kind, record.index),
        kind=kind,
        name=clean(name, _NAME_LIMIT),
        target_id=device_id(device_kind, owner) if owner is not None else None,
        scale=PULSE_SCALE if record.volume else None,
        channels=_channels(record.positions, record.volume),
        mute=(record.mute,),
        medium=Medium.SOFTWARE,
        stream=Stream(
            index=record.index,
            application=application,
            media=media,
            role=clean(properties.get("media.role"), _DETAIL_LIMIT, ""),
            binary=clean(binary, _NAME_LIMIT, ""),
            pid=pid,
            client=record.client,
            corked=record.corked,
            virtual=virtual,
            peak=kind is Kind.SOURCE_OUTPUT and is_peak(record),
            writable=record.writable,
            owner_module=record.owner_module,
        ),
        properties=properties,
    )


def is_virtual(record: StreamRecord) -> bool:
    """Whether a module created a stream, which shows in its lack of a client (PulseAudio) or its properties
    (PipeWire).
    """
    properties = record.properties
    return (
        record.client is None
        or properties.get("node.virtual") == "true"
        or "pulse.module.id" in properties
        or "node.link-group" in properties
    )


def is_peak(record: StreamRecord) -> bool:
    """Whether a recording stream is a mixer's level meter."""
    properties = record.properties
    if record.resampler == "peaks" or properties.get("resample.peaks") == "true":
        return True
    if properties.get("application.id", "").lower() in _MIXER_IDS:
        return True
    names = (properties.get("application.process.binary", ""), properties.get("application.name", ""))
    if any(name.lower() in _MIXERS for name in names):
        return True
    media = (properties.get("media.name") or record.name).lower().replace(" ", "").replace("-", "")
    return media in ("peakdetect", "wiremixcapture")


def is_meters(record: StoredRecord) -> bool:
    """Whether a stored volume is that of a mixer's level meters."""
    value = record.key.partition(":")[2].lower()
    return record.key.startswith(_STORED_SOURCE) and (value in _MIXER_IDS or value in _MIXERS)


def stored(record: StoredRecord) -> Control:
    """A volume that the server stores for streams that do not exist at the moment."""
    key = record.key
    capture = key.startswith(_STORED_SOURCE)
    by, colon, value = key.removeprefix(_STORED_SINK).removeprefix(_STORED_SOURCE).partition(":")
    role = clean(value, _DETAIL_LIMIT, "") if by == "media-role" else ""
    name = _ROLE_NAMES.get(role) or (f"{value} (role)" if role else value)
    return Control(
        id=stored_id(key),
        kind=Kind.STORED,
        name=clean(name, _NAME_LIMIT) if colon else clean(key, _NAME_LIMIT),
        scale=PULSE_SCALE if record.volume else None,
        channels=_channels(record.names, record.volume),
        mute=(record.mute,),
        medium=Medium.SOFTWARE,
        stream=Stream(
            index=-1,
            application=clean(value, _NAME_LIMIT, "") if by == "application-name" else "",
            role=role,
            stored_name=key,
        ),
        properties={"module-stream-restore.direction": "capture" if capture else "playback"},
    )


def card(record: CardRecord, around: TranslationContext, codecs: CodecsRecord | None = None) -> ServerCard:
    """A card as the server reports it."""
    properties = record.properties
    description = properties.get("device.description") or properties.get("alsa.card_name")
    return ServerCard(
        id=card_id(record.name),
        index=record.index,
        server_name=record.name,
        description=clean(description, _NAME_LIMIT, clean(record.name, _NAME_LIMIT, f"card {record.index}")),
        alsa_card=_alsa_card(properties, around),
        profiles=tuple(
            Profile(
                profile.name,
                clean(profile.description, _NAME_LIMIT, clean(profile.name)),
                profile.available,
                profile.priority,
                profile.sinks,
                profile.sources,
            )
            for profile in sorted(record.profiles, key=lambda profile: -profile.priority)
        ),
        profile=record.profile,
        ports=tuple(_port(port, port.latency_offset) for port in record.ports),
        codecs=codecs.codecs if codecs else (),
        codec=codecs.codec if codecs else None,
        properties=properties,
    )


def codecs(listing: str, current: str) -> CodecsRecord:
    """A Bluetooth card's replies to list-codecs and get-codec, in JSON; invalid parts are ignored."""
    entries, codec = _json(listing), _json(current)
    found = [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    return CodecsRecord(
        tuple(
            (str(entry["name"]), clean(str(entry.get("description") or entry["name"]), _NAME_LIMIT))
            for entry in found
            if entry.get("name")
        ),
        codec if isinstance(codec, str) else None,
    )


def _json(text: str) -> object:
    import json  # only needed for Bluetooth

    try:
        value: object = json.loads(text)
    except ValueError:
        return None
    return value


def server(record: ServerRecord, address: str, why: str) -> Server:
    """The server; pipewire-pulse calls itself `PulseAudio (on PipeWire 0.3.65)`."""
    _, on, rest = record.name.partition("(on PipeWire ")
    name, version = ("PipeWire", rest.rstrip(") ")) if on else ("PulseAudio", record.version)
    return Server(
        name=name,
        version=clean(version, 64, ""),
        address=address,
        why=why,
        user=clean(record.user, 64, ""),
        host=clean(record.host, 64, ""),
        default_sink=_default_id(Kind.SINK, record.default_sink),
        default_source=_default_id(Kind.SOURCE, record.default_source),
    )


def _default_id(kind: Kind, name: str) -> ControlId | None:
    """The id of a default device; None if there is none, for which PipeWire has the names `@DEFAULT_SOURCE@`
    and `@NONE@`.
    """
    return None if not name or name.startswith("@") else device_id(kind, name)


def _channels(positions: tuple[str, ...], volume: tuple[int, ...]) -> tuple[Channel, ...]:
    return tuple(map(Channel, positions, volume))


def _port(record: PortRecord, offset: int | None) -> Port:
    return Port(
        record.name,
        clean(record.description, _NAME_LIMIT, clean(record.name)),
        record.available,
        record.priority,
        offset,
        record.direction,
        record.profiles,
    )


def _alsa_card(properties: Mapping[str, str], around: TranslationContext) -> str | None:
    """The kernel's id of the card. PulseAudio reports its number, PipeWire its number, its path or both."""
    for key in ("alsa.card", "api.alsa.card", "api.alsa.pcm.card"):
        if number := properties.get(key):
            return around.alsa_id(number)
    path = properties.get("api.alsa.path") or properties.get("device.string", "")
    name, colon, rest = path.partition(":")
    if colon and name in ("hw", "front", "plughw", "hdmi", "iec958"):
        return around.alsa_id(rest.partition(",")[0])
    return None
