"""Translates records into the model, without a server."""

from dataclasses import replace
from typing import Any

import pytest

from tuimixer.backend.pulse import translate
from tuimixer.backend.pulse.records import (
    PAIR,
    CardRecord,
    ClientRecord,
    DeviceRecord,
    PortRecord,
    ProfileRecord,
    ServerRecord,
    StoredRecord,
    StreamRecord,
    as_one,
)
from tuimixer.backend.pulse.store import Store
from tuimixer.backend.pulse.translate import TranslationContext
from tuimixer.model.control import Kind, Medium

pytestmark = pytest.mark.unit

STEREO = ("front-left", "front-right")
SINK = DeviceRecord(
    index=3,
    name="alsa_output.pci",
    description="Built-in Audio",
    positions=STEREO,
    volume=(65536, 32768),
    mute=False,
    base=41285,
    flags=0x1 | 0x4 | 0x10 | 0x20,
    state="running",
    monitor_of=None,
    monitor="alsa_output.pci.monitor",
    card=1,
    ports=(PortRecord("speaker", "Speaker", 100, None), PortRecord("hp", "Headphones", 200, False)),
    port="speaker",
    latency=20000,
    owner_module=7,
    driver="module-alsa-card.c",
    properties={"alsa.card": "0"},
)
STREAM = StreamRecord(
    index=17,
    name="A song",
    device=3,
    client=5,
    owner_module=1,
    positions=STEREO,
    volume=(65536, 65536),
    mute=False,
    corked=False,
    writable=True,
    resampler="copy",
    properties={"application.name": "Firefox", "media.name": "A song", "application.process.id": "4711"},
)
CARD = CardRecord(
    index=1,
    name="alsa_card.pci",
    profiles=(
        ProfileRecord("off", "Off", 0, 0, 0, True),
        ProfileRecord("stereo", "Stereo", 1, 1, 100, False),
    ),
    profile="stereo",
    ports=(PortRecord("speaker", "Speaker", 100, True, "output", 1500, ("stereo",)),),
    properties={"device.description": "Built-in", "alsa.card": "0"},
)


def around() -> TranslationContext:
    made = TranslationContext({"0": "PCH", "PCH": "PCH"}.get)
    made.sinks, made.cards = {3: SINK.name}, {1: CARD}
    made.default_sink = SINK.name
    return made


def test_hardware_sink() -> None:
    control = translate.device(SINK, Kind.SINK, around())
    assert control.id == "pulse:sink/alsa_output.pci"
    assert (control.name, control.card, control.default) == ("Built-in Audio", "PCH", True)
    assert control.raws == (65536, 32768)
    assert control.medium is Medium.HARDWARE
    part = control.device
    assert part is not None
    assert part.hardware
    assert part.hardware_volume
    assert part.hardware_mute
    assert part.base == 41285
    assert [(port.name, port.available, port.latency_offset) for port in part.ports] == [
        ("speaker", None, 1500),
        ("hp", False, None),
    ]


@pytest.mark.parametrize(
    ("properties", "card"),
    [
        ({"alsa.card": "0"}, "PCH"),
        ({"api.alsa.pcm.card": "0"}, "PCH"),
        ({"api.alsa.path": "hw:PCH,0"}, "PCH"),
        ({"device.string": "front:0"}, "PCH"),
        ({"alsa.card": "9"}, None),
        ({"device.string": "bluez"}, None),
        ({}, None),
    ],
)
def test_alsa_card(properties: dict[str, str], card: str | None) -> None:
    record = replace(SINK, properties=properties, card=None)
    assert translate.device(record, Kind.SINK, around()).card == card


@pytest.mark.parametrize("name", ["", "@DEFAULT_SINK@", "@NONE@"])
def test_no_default(name: str) -> None:
    server = translate.server(
        ServerRecord("PulseAudio (on PipeWire 1.6.9)", "15", "", "", name, name), "", ""
    )
    assert (server.default_sink, server.default_source) == (None, None)


def test_a_stored_volume_of_pipewire_is_written_for_a_pair() -> None:
    one = StoredRecord("k", (0,), ("mono",), (100,), True, "")
    assert as_one(one) == as_one(StoredRecord("k", *PAIR, (100, 100), True, "")) == replace(one, paired=True)
    for other in (StoredRecord("k", *PAIR, (100, 99), True, ""), StoredRecord("k", (), (), (), True, "")):
        assert as_one(other) == other


@pytest.mark.parametrize(("kind", "flags", "flat"), [(Kind.SINK, 0x40, True), (Kind.SOURCE, 0x40, False)])
def test_flat_volume_has_another_bit_on_a_source(kind: Kind, flags: int, flat: bool) -> None:
    part = translate.device(replace(SINK, flags=flags), kind, around()).device
    assert part is not None
    assert part.flat is flat


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({}, "Firefox"),
        ({"properties": {"media.name": "A song"}}, "player"),
        (
            {
                "client": 99,
                "properties": {"application.process.binary": "aplay", "application.process.id": "12"},
            },
            "aplay (12)",
        ),
        ({"client": 99, "properties": {"media.name": "A song"}}, "A song"),
        ({"client": 99, "properties": {}, "name": ""}, "stream 17"),
        ({"client": None, "properties": {"media.name": "Loopback to X"}}, "Loopback to X"),
        ({"properties": {"application.name": "\x1b[31mevil\nname"}}, "evil name"),
    ],
)
def test_a_stream_always_has_a_name(changes: dict[str, Any], name: str) -> None:
    surroundings = around()
    surroundings.clients = {5: ClientRecord(5, "player", {})}
    assert translate.stream(replace(STREAM, **changes), Kind.SINK_INPUT, surroundings).name == name


def test_stream_without_volume_and_without_sink() -> None:
    record = replace(STREAM, volume=(), positions=(), device=99)
    control = translate.stream(record, Kind.SINK_INPUT, around())
    assert (control.channels, control.scale, control.target_id) == ((), None, None)
    assert control.mute == (False,)


@pytest.mark.parametrize(
    ("changes", "peak"),
    [
        ({}, False),
        ({"resampler": "peaks"}, True),
        ({"properties": {"resample.peaks": "true"}}, True),
        ({"properties": {"application.id": "org.PulseAudio.pavucontrol"}}, True),
        ({"properties": {"application.process.binary": "pamix"}}, True),
        ({"properties": {"application.name": "tuimixer"}}, True),
        ({"properties": {"media.name": "Peak detect"}}, True),
        ({"properties": {"application.name": "Audacity", "media.name": "Peak season"}}, False),
    ],
)
def test_level_meters_are_recognised(changes: dict[str, Any], peak: bool) -> None:
    control = translate.stream(replace(STREAM, **changes), Kind.SOURCE_OUTPUT, around())
    assert control.stream is not None
    assert control.stream.peak is peak


@pytest.mark.parametrize(
    ("changes", "virtual"),
    [
        ({}, False),
        ({"client": None}, True),
        ({"properties": {"node.virtual": "true"}}, True),
        ({"properties": {"pulse.module.id": "536870913"}}, True),
        ({"properties": {"node.link-group": "loopback-1"}}, True),
    ],
)
def test_streams_of_modules_are_virtual(changes: dict[str, Any], virtual: bool) -> None:
    control = translate.stream(replace(STREAM, **changes), Kind.SINK_INPUT, around())
    assert control.stream is not None
    assert control.stream.virtual is virtual


def test_card() -> None:
    card = translate.card(CARD, around())
    assert (card.id, card.description, card.alsa_card) == ("pulse:card/alsa_card.pci", "Built-in", "PCH")
    assert [(profile.name, profile.available) for profile in card.profiles] == [
        ("stereo", False),
        ("off", True),
    ]
    assert (card.ports[0].direction, card.ports[0].profiles) == ("output", ("stereo",))


@pytest.mark.parametrize(
    ("name", "version", "told"),
    [
        ("pulseaudio", "16.1", ("PulseAudio", "16.1")),
        ("PulseAudio (on PipeWire 0.3.65)", "15.0.0", ("PipeWire", "0.3.65")),
    ],
)
def test_server(name: str, version: str, told: tuple[str, str]) -> None:
    server = translate.server(ServerRecord(name, version, "me", "box", "", "mic"), "unix:/x", "session")
    assert (server.name, server.version) == told
    assert (server.default_sink, server.default_source) == (None, "pulse:source/mic")


@pytest.mark.parametrize(
    ("key", "name", "role"),
    [
        ("sink-input-by-media-role:event", "System sounds", "event"),
        ("sink-input-by-media-role:music", "music (role)", "music"),
        ("sink-input-by-application-name:mpv", "mpv", ""),
        ("source-output-by-application-name:", "(no name)", ""),
    ],
)
def test_stored(key: str, name: str, role: str) -> None:
    control = translate.stored(StoredRecord(key, (0,), ("mono",), (100,), True, ""))
    assert (control.id, control.name, control.muted) == (f"pulse:stored/{key}", name, True)
    assert control.stream is not None
    assert (control.stream.role, control.stream.stored_name) == (role, key)


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("source-output-by-application-id:org.PulseAudio.pavucontrol", False),
        ("source-output-by-application-id:org.gnome.VolumeControl", False),
        ("source-output-by-application-name:ncpamixer", False),
        ("source-output-by-application-name:Recorder", True),
        ("sink-input-by-application-name:mpv", True),
    ],
)
def test_what_is_kept_for_meters_is_not_shown(key: str, shown: bool) -> None:
    store = Store("unix:/x", "session", local=False)
    store.put_stored([StoredRecord(key, (0,), ("mono",), (100,), True, "")])
    store.settle()
    assert (translate.stored_id(key) in store.controls) == shown


def test_codecs() -> None:
    found = translate.codecs('[{"name": "sbc", "description": "SBC"}, {"name": "aac"}, 7]', '"aac"')
    assert (found.codecs, found.codec) == ((("sbc", "SBC"), ("aac", "aac")), "aac")
    assert translate.codecs("nonsense", "") == translate.codecs("[]", "null")


@pytest.mark.parametrize(
    ("text", "pid"), [("12", 12), ("9" * 5000, None), ("²", None)], ids=["number", "huge", "superscript"]
)
def test_a_process_id_is_a_number(text: str, pid: int | None) -> None:
    record = replace(STREAM, client=None, properties={"application.process.id": text})
    stream = translate.stream(record, Kind.SINK_INPUT, around()).stream
    assert stream is not None
    assert stream.pid == pid


def test_store_makes_only_what_changed_and_numbers_equal_names() -> None:
    store = Store("unix:/x", "session", local=False)
    store.keep(Kind.SINK, [SINK])
    store.keep(Kind.SINK_INPUT, [replace(STREAM, index=n) for n in (17, 18, 19)])
    assert store.settle()
    assert [control.index for control in store.controls.values()] == [0, 0, 1, 2]
    before = store.controls
    store.put(Kind.SINK_INPUT, replace(STREAM, index=18, volume=(1, 1)))
    assert store.settle()
    assert [key for key in before if before[key] is not store.controls[key]] == ["pulse:sink_input/18"]
    assert store.controls["pulse:sink_input/18"].index == 1
    store.keep(Kind.SINK, [SINK])
    assert not store.settle()
    store.remove(Kind.SINK_INPUT, 17)
    assert store.settle()
    assert [control.index for control in store.controls.values()] == [0, 0, 1]


def test_a_sink_that_goes_leaves_its_streams_without_device() -> None:
    store = Store("unix:/x", "session", local=False)

    def device() -> str | None:
        store.settle()
        return store.controls["pulse:sink_input/17"].target_id

    store.keep(Kind.SINK_INPUT, [STREAM])
    assert device() is None
    store.keep(Kind.SINK, [SINK])
    assert device() == "pulse:sink/alsa_output.pci"
    store.remove(Kind.SINK, 3)
    assert device() is None


def test_level_meters_are_not_streams_without_device() -> None:
    store = Store("unix:/x", "session", local=False)
    store.keep(Kind.SINK, [SINK])
    store.keep(Kind.SINK_INPUT, [STREAM])
    store.keep(Kind.SOURCE_OUTPUT, [replace(STREAM, device=None, name="Peak detect", properties={})])
    store.put_stored([StoredRecord("sink-input-by-media-role:event", (0,), ("mono",), (100,), False, "")])
    store.settle()
    assert store.without_device() == set()
    store.keep(Kind.SOURCE_OUTPUT, [replace(STREAM, device=None)])
    store.settle()
    assert store.without_device() == {Kind.SOURCE_OUTPUT}


@pytest.mark.parametrize("key", ["sink-input-by-application-name:", "source-output-by-media-role: "])
def test_what_is_kept_for_something_without_a_name(key: str) -> None:
    assert translate.stored(StoredRecord(key, (0,), ("mono",), (100,), False, "")).name == "(no name)"


def test_clients_go_with_their_last_stream() -> None:
    store = Store("unix:/x", "session", local=False)
    bare = replace(STREAM, client=5, properties={})
    store.keep(Kind.SINK_INPUT, [bare, replace(bare, index=18)])
    assert store.unknown_clients() == {5}
    store.put_client(ClientRecord(5, "first", {}))
    store.settle()
    assert store.controls["pulse:sink_input/18"].name == "first"
    store.remove(Kind.SINK_INPUT, 17)
    assert store.unknown_clients() == set()
    store.remove(Kind.SINK_INPUT, 18)
    # PipeWire reuses the number for another client.
    store.put(Kind.SINK_INPUT, replace(bare, index=19))
    assert store.unknown_clients() == {5}
