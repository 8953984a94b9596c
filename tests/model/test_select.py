"""What names refer to: tables for a machine with two cards, similar names, monitors and applications."""

import pytest

from tuimixer.model.control import Channel, Control, Device, Element, Kind, Layer, Stream
from tuimixer.model.main_control import main_control
from tuimixer.model.record import replace
from tuimixer.model.select import Match, find, is_group, layers_of
from tuimixer.model.snapshot import AlsaCard, ServerCard, Snapshot

pytestmark = pytest.mark.unit


def element(card: str, name: str, index: int = 0, side: str = "playback") -> Control:
    kind = Kind.ALSA_CAPTURE if side == "capture" else Kind.ALSA_PLAYBACK
    return Control(
        f"alsa:{card}/{name},{index}/{side}", kind, name, index, card=card, element=Element(name, index)
    )


def device(
    kind: Kind, name: str, description: str, index: int, default: bool = False, monitor_of: str = ""
) -> Control:
    info = Device(name, index, monitor_of=monitor_of or None)
    return Control(f"pulse:{kind.value}/{name}", kind, description, default=default, device=info)


def stream(
    index: int, application: str, kind: Kind = Kind.SINK_INPUT, media: str = "", peak: bool = False
) -> Control:
    info = Stream(index, application, media, binary=f"{application.lower()}-bin", peak=peak)
    return Control(f"pulse:{kind.value}/{index}", kind, application or media, stream=info)


CONTROLS = [
    element("PCH", "Master"),
    element("PCH", "PCM"),
    element("PCH", "PCM", 1),
    element("PCH", "Mic"),
    element("PCH", "Mic", side="capture"),
    element("PCH", "Mic Boost", side="capture"),
    element("USB", "PCM"),
    element("USB", "Headset"),
    element("USB", "Speaker, left"),
    device(Kind.SINK, "alsa_output.pci", "Built-in Audio", 0, default=True),
    device(Kind.SINK, "hdmi", "HDMI TV", 3),
    device(Kind.SOURCE, "alsa_output.pci.monitor", "Monitor of Built-in Audio", 0, monitor_of="x"),
    device(Kind.SOURCE, "alsa_input.usb", "USB Microphone", 1, default=True),
    stream(7, "Firefox", media="Video"),
    stream(8, "Firefox", media="Radio"),
    stream(9, "Firefox", Kind.SOURCE_OUTPUT, media="Call"),
    stream(10, "mpv", media="Film"),
    stream(11, "OBS", Kind.SOURCE_OUTPUT),
    stream(12, "pavucontrol", Kind.SOURCE_OUTPUT, peak=True),
    Control("pulse:stored/x", Kind.STORED, "Spotify", stream=Stream(0, "Spotify")),
]
BOX = Snapshot(
    controls={control.id: control for control in CONTROLS},
    alsa_cards=(AlsaCard("PCH", 0, "HDA Intel PCH", controls=6), AlsaCard("USB", 1, "USB Audio", controls=3)),
)
FIREFOX = "pulse:sink_input/7 pulse:sink_input/8"
MIC = "alsa:PCH/Mic,0/playback alsa:PCH/Mic,0/capture"
INPUT = "pulse:source/alsa_input.usb"


@pytest.mark.parametrize(
    ("target", "ids"),
    [
        ("@output", "pulse:sink/alsa_output.pci"),
        ("@INPUT", INPUT),
        ("@DEFAULT_SINK@", "pulse:sink/alsa_output.pci"),
        ("firefox", FIREFOX),
        ("FIREFOX", FIREFOX),
        ("fire", FIREFOX),
        ("firefox-bin", FIREFOX),
        ("app/firefox", FIREFOX),
        ("source_output/firefox", "pulse:source_output/9"),
        ("obs", "pulse:source_output/11"),
        ("spotify", "pulse:stored/x"),
        ("hdmi", "pulse:sink/hdmi"),
        ("hdmi tv", "pulse:sink/hdmi"),
        ("3", "pulse:sink/hdmi"),
        ("1", INPUT),
        ("0", "pulse:sink/alsa_output.pci"),
        ("built-in", "pulse:sink/alsa_output.pci"),
        ("monitor", "pulse:source/alsa_output.pci.monitor"),
        ("alsa_output.pci.monitor", "pulse:source/alsa_output.pci.monitor"),
        ("sink/hdmi", "pulse:sink/hdmi"),
        ("source/usb", INPUT),
        ("master", "alsa:PCH/Master,0/playback"),
        ("PCM", "alsa:PCH/PCM,0/playback"),
        ("pcm,1", "alsa:PCH/PCM,1/playback"),
        ("mic", MIC),
        ("mic/capture", "alsa:PCH/Mic,0/capture"),
        ("PCH/mic,0/playback", "alsa:PCH/Mic,0/playback"),
        ("hw:1/PCM", "alsa:USB/PCM,0/playback"),
        ("1/pcm", "alsa:USB/PCM,0/playback"),
        ("usb audio/pcm", "alsa:USB/PCM,0/playback"),
        ("headset", "alsa:USB/Headset,0/playback"),
        ("usb/head", "alsa:USB/Headset,0/playback"),
        ("speaker, left", "alsa:USB/Speaker, left,0/playback"),
        ("alsa:PCH/Master,0/playback", "alsa:PCH/Master,0/playback"),
        ("pulse:sink_input/10", "pulse:sink_input/10"),
    ],
)
def test_one_thing(target: str, ids: str) -> None:
    matches = find(target, BOX)
    assert len(matches) == 1, [match.id for match in matches]
    assert {control.id for control in matches[0].controls} == set(_split(ids))


def _split(ids: str) -> list[str]:
    return [found for found in BOX.controls if f" {found} " in f" {ids} "]


@pytest.mark.parametrize(
    ("target", "names"),
    [
        ("a_", ["alsa_output.pci", "alsa_input.usb"]),
        ("sink/i", ["alsa_output.pci", "hdmi"]),
        ("pch/m", ["Master,0", "PCM,0", "PCM,1", "Mic,0", "Mic Boost,0"]),
    ],
)
def test_several(target: str, names: list[str]) -> None:
    assert [match.id.split("/")[1] for match in find(target, BOX)] == names


@pytest.mark.parametrize(
    "target",
    [
        "",
        " ",
        "nobody",
        "pavucontrol",
        "PCM,7",
        "PCH/nothing",
        "hw:9/PCM",
        "sink/firefox",
        "pulse:sink/x",
        "99",
    ],
)
def test_nothing(target: str) -> None:
    assert find(target, BOX) == ()


def test_the_chosen_card_comes_first() -> None:
    assert find("pcm", BOX, card="USB")[0].id == "alsa:USB/PCM,0/playback"


def test_only_the_kinds_that_are_wanted() -> None:
    assert find("hdmi", BOX, frozenset({Kind.SOURCE})) == ()


def call(index: int, application: str, binary: str, media: str = "", pid: int = 0, role: str = "") -> Control:
    info = Stream(index, application, media, role=role, binary=binary, pid=pid or None)
    return Control(f"pulse:sink_input/{index}", Kind.SINK_INPUT, application, stream=info)


CARD = ServerCard("pulse:card/usb", 4, "alsa_card.usb", "Fancy DAC", alsa_card="DAC")
CALLS = Snapshot(
    controls={
        control.id: control
        for control in (
            element("PCH", "Capture", side="capture"),
            element("PCH", "Mute"),
            device(Kind.SINK, "speakers", "headphones", 0),
            device(Kind.SINK, "headphones", "Old headphones", 1),
            Control("pulse:sink/dac", Kind.SINK, "Stereo", device=Device("dac", 2, card_index=4)),
            Control("pulse:source/dac", Kind.SOURCE, "Stereo in", device=Device("dac.in", 2, card_index=4)),
            call(1, "VoiceApp", "talk", pid=1234),
            call(2, "Chromium", "talk"),
            call(3, "Chromium", "desk", role="phone"),
            call(4, "Browser", "web", media="Lecture one"),
            call(5, "Browser", "web", media="Song two"),
            stream(6, "Recorder", Kind.SOURCE_OUTPUT, media="Song two"),
        )
    },
    alsa_cards=(AlsaCard("PCH", 0, "HDA Intel PCH", controls=6),),
    server_cards=(CARD,),
)


@pytest.mark.parametrize(
    ("target", "ids"),
    [
        ("Capture", ["alsa:PCH/Capture,0/capture"]),
        ("PCH/Capture", ["alsa:PCH/Capture,0/capture"]),
        ("PCH/Capture/capture", ["alsa:PCH/Capture,0/capture"]),
        ("talk", ["pulse:sink_input/1", "pulse:sink_input/2"]),
        ("desk", ["pulse:sink_input/3"]),
        ("chromium", ["pulse:sink_input/2", "pulse:sink_input/3"]),
        ("pid:1234", ["pulse:sink_input/1"]),
        ("phone", ["pulse:sink_input/3"]),
        ("lecture", ["pulse:sink_input/4"]),
        ("browser", ["pulse:sink_input/4", "pulse:sink_input/5"]),
        ("headphones", ["pulse:sink/headphones"]),
        ("fancy dac", ["pulse:sink/dac"]),
        ("DAC", ["pulse:sink/dac"]),
        ("browser: song two", ["pulse:sink_input/5"]),
        ("browser: lecture one", ["pulse:sink_input/4"]),
        ("speakers 1", ["pulse:sink/headphones"]),
    ],
)
def test_each_way_to_name_one_thing(target: str, ids: list[str]) -> None:
    labels = {"pulse:sink_input/5": ("Browser: Song two",), "pulse:sink/headphones": ("Speakers 1",)}
    matches = find(target, CALLS, labels=lambda: labels)
    assert [[control.id for control in match.controls] for match in matches] == [ids]


def test_a_title_that_plays_and_records_in_two_applications_is_ambiguous() -> None:
    assert [match.id for match in find("song two", CALLS)] == ["pulse:sink_input/5", "pulse:source_output/6"]
    assert [match.id for match in find("sink_input/song two", CALLS)] == ["pulse:sink_input/5"]


@pytest.mark.parametrize(
    ("target", "ids"),
    [
        ("@outputs", ["pulse:sink/speakers", "pulse:sink/headphones", "pulse:sink/dac"]),
        ("@inputs", ["pulse:source/dac"]),
        ("*headphones", ["pulse:sink/speakers", "pulse:sink/headphones"]),
        ("lecture *", ["pulse:sink_input/4"]),
        ("PCH/*", ["alsa:PCH/Capture,0/capture", "alsa:PCH/Mute,0/playback"]),
        ("nothing*", []),
    ],
)
def test_groups_and_patterns(target: str, ids: list[str]) -> None:
    assert is_group(target)
    assert [match.id for match in find(target, CALLS)] == ids


def test_equal_names_are_told_apart_by_card_and_id() -> None:
    sink = Control("pulse:sink/a", Kind.SINK, "Stereo", properties={"alsa.card_name": "DAC"})
    assert Match((sink,), True).words == "Stereo (DAC, pulse:sink/a)"


def fader(name: str, kind: Kind = Kind.ALSA_PLAYBACK, card: str = "Pi", active: bool = True) -> Control:
    side = "capture" if kind is Kind.ALSA_CAPTURE else "playback"
    return Control(
        f"alsa:{card}/{name},0/{side}",
        kind,
        name,
        card=card,
        channels=(Channel("mono", 0),),
        element=Element(name, 0, active=active),
    )


@pytest.mark.parametrize(
    ("controls", "main"),
    [
        ([fader("Headphone"), fader("PCM")], "PCM"),
        ([fader("PCM"), fader("Master")], "Master"),
        ([fader("Master", active=False), fader("PCM")], "PCM"),
        ([fader("Deep Field")], "Deep Field"),
        ([fader("Capture", Kind.ALSA_CAPTURE), fader("HDMI", card="Other")], "HDMI"),
        ([fader("Mix 01 Input 01"), fader("Headphone")], "Headphone"),
    ],
)
def test_the_main_control_of_a_card(controls: list[Control], main: str) -> None:
    match = main_control("@output", Snapshot(controls={control.id: control for control in controls}))
    assert match is not None
    assert match.controls[0].name == main


def test_a_card_without_a_volume_has_no_main_control() -> None:
    unnamed = [fader("Mix 01 Input 01"), fader("Mix 01 Input 02")]
    assert main_control("@output", Snapshot(controls={control.id: control for control in unnamed})) is None
    fixed = fader("Master")
    fixed = replace(fixed, element=Element("Master", 0, read_only=("volume",)))
    assert main_control("@output", Snapshot(controls={fixed.id: fixed})) is None
    assert main_control("@output", Snapshot(controls={MUTED.id: MUTED})) is None
    assert main_control("@input", Snapshot(controls={MUTED.id: MUTED})) is None


MUTED = Control("alsa:Pi/Mute,0/playback", Kind.ALSA_PLAYBACK, "Mute", card="Pi", mute=(True,))


@pytest.mark.parametrize(
    ("target", "layers"),
    [
        ("@output", (Layer.PULSE,)),
        ("pulse:sink/x", (Layer.PULSE,)),
        ("app/firefox", (Layer.PULSE,)),
        ("17", (Layer.PULSE,)),
        ("hw:0/Master", (Layer.ALSA,)),
        ("PCM,1", (Layer.ALSA,)),
        ("Mic/capture", (Layer.ALSA,)),
        ("PCH/PCM", (Layer.ALSA, Layer.PULSE)),
        ("firefox", (Layer.PULSE, Layer.ALSA)),
    ],
)
def test_only_the_layers_that_are_needed(target: str, layers: tuple[Layer, ...]) -> None:
    assert layers_of(target) == layers


def test_a_name_in_full_comes_before_a_part_of_another_on_a_card_that_fits() -> None:
    snapshot = Snapshot(
        controls={c.id: c for c in (element("sof", "S/PDIF"), element("sof", "PDIF Out"))},
        alsa_cards=(AlsaCard("sof", 0, "sof-hda-dsp"),),
    )
    assert [match.id for match in find("S/PDIF", snapshot)] == ["alsa:sof/S/PDIF,0/playback"]


def test_names_that_differ_in_case_alone() -> None:
    names = ("Playback", "PLAYBACK", "playback")
    snapshot = Snapshot(
        controls={c.id: c for c in (element("PCH", name) for name in names)},
        alsa_cards=(AlsaCard("PCH", 0, "Intel"),),
    )
    for name in names:
        for target in (name, f"PCH/{name}", f"0/{name}"):
            assert [match.id for match in find(target, snapshot)] == [f"alsa:PCH/{name},0/playback"]
    assert len(find("PlayBack", snapshot)) == 3


def test_blanks_of_a_name_do_not_matter() -> None:
    snapshot = Snapshot(
        controls={c.id: c for c in (element("PCH", "Two Blanks"),)}, alsa_cards=(AlsaCard("PCH", 0, "Intel"),)
    )
    assert [match.exact for match in find(" Two  Blanks", snapshot)] == [True]
