"""Which ALSA controls of a card lie on the way from its converter to a jack, and which only feed its mixer
from elsewhere.

ALSA itself does not say. The names do: the kernel's "Standard ALSA Control Names"
(Documentation/sound/designs/control-names.rst) list sources (Line, CD, Mic, Aux, Synth, Beep, …) apart from
what all sound passes (Master, PCM, Headphone, Speaker, Front), and the sound servers' mixer paths
(alsa-mixer/paths/analog-output*.conf) name the outputs that belong to each jack.
"""

import re
from enum import StrEnum

from tuimixer.model.control import Control, Device, Kind, Port
from tuimixer.model.snapshot import Snapshot


class Jack(StrEnum):
    """Where the sound leaves or enters the card."""

    HEADPHONES = "headphones"
    SPEAKERS = "speakers"
    LINE = "line out"
    DIGITAL = "digital output"
    ANY = "output"
    INPUT = "input"


_ALL = frozenset({"Hardware Master", "Master", "PCM", "External Amplifier", "DAC", "Wave", "Digital"})
_OUTPUTS: dict[str, frozenset[Jack]] = {
    "Headphone": frozenset({Jack.HEADPHONES}),
    "Headphone2": frozenset({Jack.HEADPHONES}),
    "Headset": frozenset({Jack.HEADPHONES}),
    "Headphone+LO": frozenset({Jack.HEADPHONES, Jack.LINE}),
    "Speaker": frozenset({Jack.SPEAKERS}),
    "Desktop Speaker": frozenset({Jack.SPEAKERS}),
    "Front Speaker": frozenset({Jack.SPEAKERS}),
    "Speaker Front": frozenset({Jack.SPEAKERS}),
    "Speaker+LO": frozenset({Jack.SPEAKERS, Jack.LINE}),
    "Line Out": frozenset({Jack.LINE}),
    "Front": frozenset({Jack.SPEAKERS, Jack.LINE}),
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
"""Words of sources that are mixed in, of other jacks, and of what changes the sound but not its loudness."""
_ORDER = ("PCM", "Wave", "DAC", "Digital", "Master", "Hardware Master")


def element_name(control: Control) -> str:
    """The simple element's name, `Headphone` or `Headphone,1` as the servers' rules write it."""
    element = control.element
    if element is None:
        return control.name
    return f"{element.name},{element.index}" if element.index else element.name


def playback_controls(
    snapshot: Snapshot, card: str, jack: Jack, device: int = 0
) -> list[tuple[Control, bool]]:
    """Controls of a card on the way to a jack, in the order of the signal, each with whether that is certain.

    device: number of the PCM device that is played to. It tells apart elements of the same name.
    """
    everything = [
        control for control in _of_card(snapshot, card, Kind.ALSA_PLAYBACK) if control.choice is None
    ]
    heard = _heard(everything, snapshot, card, jack)
    volumes = [
        c for c in everything if c.channels and not _ELSEWHERE.search(c.element.name if c.element else c.name)
    ]
    found: list[tuple[Control, bool]] = []
    for control in everything:
        certain = _on_way(control, heard, device)
        if certain is None and control.channels:
            # The only playback volume of a card cannot be anywhere else.
            certain = volumes == [control]
        elif certain is None:
            continue
        if certain or not _foreign(control, heard, device):
            found.append((control, certain))
    return sorted(found, key=lambda pair: _rank(pair[0]))


def capture_controls(snapshot: Snapshot, card: str) -> list[Control]:
    """Capture volumes and switches that every recording from a card passes: the converter's own, by name.

    Switches of an exclusive group choose the source and are judged apart.
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


def _on_way(control: Control, jack: Jack, device: int) -> bool | None:
    """Whether a control lies on the way; None where its name says nothing."""
    element = control.element
    name = element.name if element else control.name
    index = element.index if element else 0
    if jack is Jack.DIGITAL:
        return name.startswith("IEC958") and index in (0, device) and not control.channels
    if name == "PCM" and index in (0, device):
        # Cards with several converters have a PCM control for each, as a rule by the number of the device.
        return True if index == device else None
    if name in _ALL:
        return index == 0
    if name in _OUTPUTS:
        return index == 0 and (jack in _OUTPUTS[name])
    if name.startswith("IEC958") or _ELSEWHERE.search(name):
        return False
    return None


def _foreign(control: Control, jack: Jack, device: int) -> bool:
    return _on_way(control, jack, device) is False


def _heard(controls: list[Control], snapshot: Snapshot, card: str, jack: Jack) -> Jack:
    """Where the port does not say which jack: the plugged headphones, else what the card has."""
    if jack is not Jack.ANY:
        return jack
    names = {control.element.name if control.element else control.name for control in controls}
    jacks = next((c.jacks for c in snapshot.alsa_cards if c.id == card), ())
    plugged = any(j.plugged and "Headphone" in j.name for j in jacks)
    if plugged and names & {"Headphone", "Headphone+LO"}:
        return Jack.HEADPHONES
    for name, where in (("Speaker", Jack.SPEAKERS), ("Speaker+LO", Jack.SPEAKERS), ("Line Out", Jack.LINE)):
        if name in names:
            return where
    return Jack.LINE


def _rank(control: Control) -> int:
    name = control.element.name if control.element else control.name
    return _ORDER.index(name) if name in _ORDER else len(_ORDER)


def jack_of(device: Device) -> Jack:
    """Which jack a sink plays to, by its active port and its profile."""
    port = f"{device.port or ''} {description(device)}".lower()
    where = f"{port} {device.server_name.lower()}"
    if any(word in where for word in ("hdmi", "iec958", "spdif", "s/pdif", "displayport")):
        return Jack.DIGITAL
    if any(word in port for word in ("headphone", "headset")):
        return Jack.HEADPHONES
    if "speaker" in port:
        return Jack.SPEAKERS
    return Jack.LINE if "lineout" in port or "line out" in port else Jack.ANY


def active_port(device: Device) -> Port | None:
    """The connector that is in use."""
    return next((port for port in device.ports if port.name == device.port), None)


def description(device: Device) -> str:
    """The active port in words, or nothing."""
    port = active_port(device)
    return port.description if port else ""


def pcm_of(control: Control) -> int:
    """Number of the PCM device behind a sink or a source."""
    text = control.properties.get("alsa.device", control.properties.get("api.alsa.pcm.device", "0"))
    return int(text) if text.isdigit() else 0


def through_softvol(control: Control, name: str) -> bool | None:
    """Whether a sink plays through the softvol control of this name; None where its PCM is not known.

    The cards' own configuration puts a softvol named PCM before `front` and `default` (alsa-lib,
    conf/cards/*.conf); `hw` and `plughw` go past it.
    """
    pcm = control.properties.get("device.string") or control.properties.get("api.alsa.path", "")
    if not pcm:
        return None
    kind = pcm.partition(":")[0]
    if kind in ("hw", "plughw", "hdmi", "iec958"):
        return False
    return name == "PCM" and (kind in ("front", "default", "sysdefault") or kind.startswith("surround"))
