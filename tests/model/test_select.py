"""What names mean: tables over a box with two cards, look-alike names, monitors and applications."""

import pytest

from tuimixer.model.control import Control, Device, Element, Kind, Layer, Stream
from tuimixer.model.select import find, layers_of
from tuimixer.model.snapshot import AlsaCard, Snapshot

pytestmark = pytest.mark.unit


def element(card: str, name: str, index: int = 0, side: str = "playback") -> Control:
    kind = Kind.ALSA_CAPTURE if side == "capture" else Kind.ALSA_PLAYBACK
    return Control(
        f"alsa:{card}/{name},{index}/{side}", kind, name, index, card=card, element=Element(name, index)
    )


def device(
    kind: Kind, name: str, description: str, index: int, default: bool = False, monitor_of: str = ""
) -> Control:
    facts = Device(name, index, monitor_of=monitor_of or None)
    return Control(f"pulse:{kind.value}/{name}", kind, description, default=default, sink_or_source=facts)


def stream(
    index: int, application: str, kind: Kind = Kind.SINK_INPUT, media: str = "", peak: bool = False
) -> Control:
    facts = Stream(index, application, media, binary=f"{application.lower()}-bin", peak=peak)
    return Control(f"pulse:{kind.value}/{index}", kind, application or media, stream=facts)


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
