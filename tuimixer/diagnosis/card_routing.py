"""Which ALSA controls of a card are on the path from its converter to a jack, and which only feed its mixer.

ALSA itself does not report this, but the names do: the kernel's "Standard ALSA Control Names"
(Documentation/sound/designs/control-names.rst) distinguish sources (Line, CD, Mic, Aux, Synth, Beep, …) from
controls that all sound passes through (Master, PCM, Headphone, Speaker, Front), and the sound servers' mixer
paths (alsa-mixer/paths/analog-output*.conf) list the outputs that belong to each jack.
"""

import re
from enum import StrEnum

from tuimixer.model.control import Control, Device, Kind
from tuimixer.model.record import dataclass
from tuimixer.model.snapshot import Snapshot
from tuimixer.model.text import whole


class Connector(StrEnum):
    """Where the sound leaves or enters the card."""

    HEADPHONES = "headphones"
    SPEAKERS = "speakers"
    LINE = "line out"
    DIGITAL = "digital output"
    ANY = "output"
    INPUT = "input"


_CODEC = ("Playback", "Output Mixer PCM", "Left Output Mixer PCM", "Right Output Mixer PCM")
"""Names on embedded codecs (WM8960 and similar) of the converter's volume and its switches to the outputs."""
_ALL = frozenset(
    {"Hardware Master", "Master", "PCM", "External Amplifier", "DAC", "Wave", "Digital", *_CODEC}
)
_OUTPUTS: dict[str, frozenset[Connector]] = {
    "Headphone": frozenset({Connector.HEADPHONES}),
    "Headphone2": frozenset({Connector.HEADPHONES}),
    "Headset": frozenset({Connector.HEADPHONES}),
    "Headphone+LO": frozenset({Connector.HEADPHONES, Connector.LINE}),
    "Speaker": frozenset({Connector.SPEAKERS}),
    "Desktop Speaker": frozenset({Connector.SPEAKERS}),
    "Front Speaker": frozenset({Connector.SPEAKERS}),
    "Speaker Front": frozenset({Connector.SPEAKERS}),
    "Speaker+LO": frozenset({Connector.SPEAKERS, Connector.LINE}),
    "Line Out": frozenset({Connector.LINE}),
    "Front": frozenset({Connector.SPEAKERS, Connector.LINE}),
}
_ELSEWHERE = re.compile(
    r"""\b(
    Mic|Microphone|Line|CD|Aux|Video|Phone|Synth|FM|Music|Beep|PC\ Speaker|TV|Tuner|Modem  # sources
    |Capture|Input|Boost|Loopback|Sidetone|Monitor|ADC  # recording
    |Mono|Mix|Side|Rear|Surround|Center|LFE|CLFE  # other jacks
    |Bass|Treble|Tone|3D|Equalizer|Jack|Channel\ Map  # not loudness
    )\b""",
    re.VERBOSE,
)
"""Words for sources that are mixed in, for other jacks, and for effects that do not change the level."""
_SOURCE = re.compile(
    r"(Front |Rear |Internal |Dock |Headset |Headphone )?"
    r"(Mic|Microphone|Line|CD|Aux|Video|Phone|Synth|FM|Music|Beep|PC Speaker|TV|Tuner|Modem)( In| Boost)?"
    r"|Capture|Sidetone|Bass|Treble|3D Control - \w+|Tone Control - \w+"
)
"""Full names that the kernel never uses for an output. Single words would not do, because a vendor's own
names may contain any.
"""
_ORDER = ("PCM", "Wave", "DAC", "Digital", *_CODEC, "Master", "Hardware Master")


def element_name(control: Control) -> str:
    """The simple element's name as written in the servers' rules, such as `Headphone` or `Headphone,1`."""
    element = control.element
    if element is None:
        return control.name
    return f"{element.name},{element.index}" if element.index else element.name


@dataclass(frozen=True, slots=True)
class Route:
    """What is known about where a card is playing."""

    jack: Connector = Connector.ANY
    others: frozenset[Connector] = frozenset()
    """Jacks that are known not to be in use."""
    device: int = 0
    """Number of the PCM device, which distinguishes elements with the same name."""


def route_of(sink: Control) -> Route:
    """Where a sink plays, according to its active port, its other ports and its profile."""
    info = sink.device
    if info is None:
        return Route()
    jack = jack_of(info)
    others = {jack_named(f"{port.name} {port.description}") for port in info.ports if port.name != info.port}
    return Route(jack, frozenset(others - {Connector.ANY, jack}), pcm_of(sink))


def playback_controls(snapshot: Snapshot, card: str, route: Route) -> list[tuple[Control, bool]]:
    """A card's controls on the path to a jack, in signal order, each with whether this is certain.

    Volumes that may be on the path are included, but not those that are known to belong elsewhere.
    """
    everything = [
        control for control in _of_card(snapshot, card, Kind.ALSA_PLAYBACK) if control.choice is None
    ]
    heard = _heard(everything, snapshot, card, route)
    only = _only(everything)
    found: list[tuple[Control, bool]] = []
    for control in everything:
        on_way = _on_way(control, heard)
        if control is only and on_way is not True and _nowhere_else(control, heard):
            on_way = True
        if on_way is None and not control.channels:
            continue
        if on_way is not False:
            found.append((control, bool(on_way)))
    return sorted(found, key=lambda pair: _rank(pair[0]))


def _only(controls: list[Control]) -> Control | None:
    """The card's only volume, not counting those of sources; without a volume, its only switch; else None."""
    outputs = [control for control in controls if not _SOURCE.fullmatch(_name(control))]
    volumes = [control for control in outputs if control.channels] or outputs
    return volumes[0] if len(volumes) == 1 else None


def _nowhere_else(control: Control, route: Route) -> bool:
    """Whether a card's only volume may belong to the output in use, as nothing points to another output."""
    if route.jack is Connector.DIGITAL or _name(control).startswith("IEC958"):
        return False
    return not _outputs(control) or not _outputs(control) <= route.others


def capture_controls(snapshot: Snapshot, card: str) -> list[Control]:
    """Capture volumes and switches that every recording from a card passes through: those of the converter,
    recognized by their names.

    The switches of an exclusive group select the source and are checked separately.
    """
    found = []
    for control in _of_card(snapshot, card, Kind.ALSA_CAPTURE):
        name = control.element.name if control.element else control.name
        only_choice = (
            control.element is not None and control.element.exclusive is not None and not control.channels
        )
        if (
            control.choice is None
            and not only_choice
            and name in ("Capture", "Digital", "ADC", "Mic", "Headset", "PCM")
        ):
            found.append(control)
    own = [control for control in found if element_name(control).startswith(("Capture", "ADC", "Digital"))]
    return own or [control for control in found if control.channels]


def _of_card(snapshot: Snapshot, card: str, kind: Kind) -> list[Control]:
    return [
        control for control in snapshot.controls.values() if control.kind is kind and control.card == card
    ]


def _name(control: Control) -> str:
    return control.element.name if control.element else control.name


def _outputs(control: Control) -> frozenset[Connector]:
    return _OUTPUTS.get(_name(control), frozenset())


def _on_way(control: Control, route: Route) -> bool | None:
    """Whether a control is on the path; None if its name does not say."""
    name = _name(control)
    index = control.element.index if control.element else 0
    if route.jack is Connector.DIGITAL:
        return name.startswith("IEC958") and index in (0, route.device) and not control.channels
    if name == "PCM" and index in (0, route.device):
        # Cards with several converters have a PCM control for each, usually indexed by device number.
        return True if index == route.device else None
    if name in _ALL:
        return index == 0
    if outputs := _outputs(control):
        if route.jack in outputs and index == 0:
            return True
        return False if outputs <= route.others or index else None
    if name.startswith("IEC958") or _ELSEWHERE.search(name):
        return False
    return None


def _heard(controls: list[Control], snapshot: Snapshot, card: str, route: Route) -> Route:
    """The route with its jack filled in: that of the port, else headphones if they are plugged in, else the
    speakers if the card has a control for them, else the line output.
    """
    if route.jack is not Connector.ANY:
        return Route(route.jack, frozenset(Connector) - {route.jack}, route.device)
    names = {_name(control) for control in controls}
    jacks = next((c.jacks for c in snapshot.alsa_cards if c.id == card), ())
    headphones = [jack.plugged for jack in jacks if "Headphone" in jack.name]
    if any(headphones) and names & {"Headphone", "Headphone+LO"} and Connector.HEADPHONES not in route.others:
        return Route(Connector.HEADPHONES, frozenset(Connector) - {Connector.HEADPHONES}, route.device)
    others = route.others | ({Connector.HEADPHONES} if headphones and not any(headphones) else set())
    speakers = bool(names & {"Speaker", "Speaker+LO"}) and Connector.SPEAKERS not in others
    return Route(Connector.SPEAKERS if speakers else Connector.LINE, others, route.device)


def _rank(control: Control) -> int:
    name = _name(control)
    return _ORDER.index(name) if name in _ORDER else len(_ORDER)


def jack_of(device: Device) -> Connector:
    """The jack that a sink plays to, according to its active port and its profile."""
    port = f"{device.port or ''} {description(device)}"
    if jack_named(f"{port} {device.server_name}") is Connector.DIGITAL:
        return Connector.DIGITAL
    return jack_named(port)


def jack_named(text: str) -> Connector:
    """The jack to which a port's name and description refer."""
    words = text.lower()
    if any(word in words for word in ("hdmi", "iec958", "spdif", "s/pdif", "displayport")):
        return Connector.DIGITAL
    if any(word in words for word in ("headphone", "headset")):
        return Connector.HEADPHONES
    if "speaker" in words:
        return Connector.SPEAKERS
    return Connector.LINE if "lineout" in words or "line out" in words else Connector.ANY


def description(device: Device) -> str:
    """The active port's description; empty if there is no active port."""
    port = device.active_port
    return port.description if port else ""


def pcm_of(control: Control) -> int:
    """Number of the PCM device behind a sink or source."""
    text = control.properties.get("alsa.device", control.properties.get("api.alsa.pcm.device", "0"))
    return whole(text) or 0


def through_softvol(control: Control, name: str) -> bool | None:
    """Whether a sink plays through the softvol control of this name; None if the sink's PCM is unknown.

    The cards' own configuration puts a softvol named PCM in front of `front` and `default` (alsa-lib,
    conf/cards/*.conf); `hw` and `plughw` bypass that softvol.
    """
    pcm = control.properties.get("device.string") or control.properties.get("api.alsa.path", "")
    if not pcm:
        return None
    kind = pcm.partition(":")[0]
    if kind in ("hw", "plughw", "hdmi", "iec958"):
        return False
    return name == "PCM" and (kind in ("front", "default", "sysdefault") or kind.startswith("surround"))
