"""Snapshots of a machine, built by hand with the ranges and numbers measured on an AC97 card."""

from dataclasses import replace
from typing import Any

from tuimixer.model.control import (
    Channel,
    Control,
    ControlId,
    Device,
    DeviceType,
    Element,
    Kind,
    Medium,
    Port,
    Stream,
)
from tuimixer.model.scale import PULSE_SCALE, Scale, Segment, from_cdb
from tuimixer.model.snapshot import AlsaCard, Phase, Server, Snapshot, Status
from tuimixer.model.system import MixerPath, PathElement, System

STEREO = ("front-left", "front-right")
SINK: ControlId = "pulse:sink/ac97"
STREAM: ControlId = "pulse:sink_input/1"
MASTER: ControlId = "alsa:ICH/Master,0/playback"
PCM: ControlId = "alsa:ICH/PCM,0/playback"
PATHS = tuple(
    MixerPath(server, name, tuple(PathElement(element, 0, "mute", "merge") for element in elements))
    for server in ("PulseAudio", "PipeWire")
    for name, elements in (
        ("analog-output", ("Hardware Master", "Master", "Front", "PCM")),
        ("analog-output-headphones", ("Master", "Headphone", "PCM")),
        ("analog-output-speaker", ("Master", "Speaker", "Front", "PCM")),
        ("analog-input-mic", ("Capture", "Mic Boost", "Mic")),
    )
)
SYSTEM = System(host="box", user="me", sound_folder=True, mixer_paths=PATHS)


def scale(steps: int, low: int, high: int) -> Scale:
    """A linear dB range in hundredths of a dB."""
    return Scale(0, steps, (Segment(0, steps, low, high),), low, high)


MASTER_SCALE = scale(63, -9450, 0)
PCM_SCALE = scale(31, -3450, 1200)


def element(
    name: str,
    cdb: int | None = None,
    of: Scale | None = None,
    *,
    index: int = 0,
    kind: Kind = Kind.ALSA_PLAYBACK,
    card: str = "ICH",
    user: bool = False,
    exclusive: int | None = None,
    **parts: Any,
) -> Control:
    """An ALSA control at a gain."""
    side = "capture" if kind.capture else "playback"
    raw = from_cdb(of, cdb) if of is not None and cdb is not None and of.has_db else 0
    return Control(
        id=f"alsa:{card}/{name},{index}/{side}",
        kind=kind,
        name=name,
        card=card,
        scale=of,
        channels=tuple(Channel(side, raw) for side in STEREO) if of else (),
        medium=Medium.SOFTWARE if user else Medium.HARDWARE,
        element=Element(name, index, user=user, exclusive=exclusive),
        **({"mute": (False, False)} | parts if not kind.capture else parts),
    )


def volumes(db: float | None, names: tuple[str, ...] = STEREO) -> tuple[Channel, ...]:
    """Channels of a Pulse volume; None is silence."""
    raw = 0 if db is None else round(65536 * 10 ** (db / 60))
    return tuple(Channel(name, raw) for name in names)


def sink(db: float | None = 0.0, name: str = "ac97", **info: Any) -> Control:
    """A sink on the AC97 card, driven by hardware, with a base volume of −12 dB unless specified
    otherwise.
    """
    card = info.pop("card", "ICH")
    mute = info.pop("mute", False)
    base = round(65536 * 10 ** (info.pop("base_db", -12.0) / 60))
    standard: dict[str, Any] = {
        "server_name": name,
        "index": 0,
        "state": "running",
        "type": DeviceType.HARDWARE,
        "hardware_volume": True,
        "hardware_mute": True,
        "decibel": True,
        "ports": (Port("analog-output", "Analog Output"),),
        "port": "analog-output",
        "monitor": f"{name}.monitor",
    }
    return Control(
        id=f"pulse:sink/{name}",
        kind=Kind.SINK,
        name=info.pop("shown", name),
        card=card,
        scale=PULSE_SCALE,
        channels=volumes(db, info.pop("names", STEREO)),
        mute=(mute,),
        device=Device(**(standard | {"base": base} | info)),
        properties={"device.string": "front:0", "alsa.device": "0"},
    )


def soft_sink(db: float | None = 0.0, name: str = "null", **info: Any) -> Control:
    """A sink without hardware: a null sink, or one created by another driver."""
    driver = info.get("driver", "module-null-sink.c")
    standard: dict[str, Any] = {
        "card": None,
        "type": DeviceType.NULL if driver in ("module-null-sink.c", "PipeWire") else DeviceType.VIRTUAL,
        "hardware_volume": False,
        "hardware_mute": False,
        "ports": (),
        "port": None,
        "driver": driver,
        "base_db": 0.0,
    }
    return sink(db, name, **(standard | info))


def stream(db: float | None = 0.0, to: ControlId = SINK, number: int = 1, **info: Any) -> Control:
    """An application's sink input."""
    mute = info.pop("mute", False)
    kind = info.pop("kind", Kind.SINK_INPUT)
    name = info.pop("name", "Player")
    standard: dict[str, Any] = {"index": number, "application": name, "client": 5}
    return Control(
        id=f"pulse:{kind}/{number}",
        kind=kind,
        name=name,
        target_id=to,
        scale=PULSE_SCALE,
        channels=volumes(db),
        mute=(mute,),
        medium=Medium.SOFTWARE,
        stream=Stream(**(standard | info)),
    )


def monitor_of(sink_id: ControlId) -> Control:
    """The monitor source of a sink."""
    made = soft_sink(
        0.0,
        f"{sink_id.rpartition('/')[2]}.monitor",
        driver="",
        monitor=None,
        monitor_of=sink_id,
        type=DeviceType.MONITOR,
    )
    return replace(made, id=f"pulse:source/{made.name}", kind=Kind.SOURCE)


def loopback(source: ControlId, to: ControlId, module: int = 9, db: float = 0.0) -> tuple[Control, Control]:
    """The two streams of a loopback module, from a source to a sink."""
    parts: dict[str, Any] = {"virtual": True, "owner_module": module, "client": None, "name": "loopback"}
    record = stream(0.0, source, 10 * module, kind=Kind.SOURCE_OUTPUT, **parts)
    return record, stream(db, to, 10 * module + 1, **parts)


CARD = AlsaCard("ICH", 0, "Intel ICH")
OTHERS = (
    element("Mic", -3450, scale(31, -3450, 1200), mute=(True, True)),
    element("Line", -3450, scale(31, -3450, 1200), mute=(True, True)),
    element("3D Control - Depth", None, Scale(0, 15), mute=None),
)
"""Playback controls of the card that are not on the path of a program's sound."""


def picture(*controls: Control, server: str = "PulseAudio", **parts: Any) -> Snapshot:
    """A snapshot with these controls; the first sink is the default."""
    default = next((c.id for c in controls if c.kind is Kind.SINK), None)
    standard: dict[str, Any] = {
        "statuses": (Status("pulse", Phase.READY, server),),
        "controls": {control.id: control for control in controls},
        "alsa_cards": (CARD,),
        "server": Server(server, "16.1", "unix:/x", host="box", default_sink=default),
    }
    return Snapshot(**(standard | parts))


def ac97(
    stream_db: float | None = 0.0,
    sink_db: float | None = -18.06,
    master: int = -600,
    pcm: int = 0,
    *more: Control,
    server: str = "PulseAudio",
    **sink_facts: Any,
) -> Snapshot:
    """The AC97 card as measured: the sink at 50 % has Master at −6 dB and PCM at 0 dB."""
    return picture(
        element("Master", master, MASTER_SCALE),
        element("PCM", pcm, PCM_SCALE),
        *OTHERS,
        sink(sink_db, shown="Speakers", **sink_facts),
        stream(stream_db),
        *more,
        server=server,
    )


def changed(snapshot: Snapshot, id: ControlId, **parts: Any) -> Snapshot:  # noqa: A002
    """The same snapshot with one control changed."""
    return replace(snapshot, controls=snapshot.controls | {id: replace(snapshot.controls[id], **parts)})
