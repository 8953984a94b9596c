"""The contents of the demo: two cards, their sinks and sources, applications, and the script of events."""

from tuimixer.model.control import (
    Channel,
    Choice,
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
from tuimixer.model.record import replace
from tuimixer.model.scale import PULSE_NORM, PULSE_SCALE, Scale, Segment, from_cdb
from tuimixer.model.snapshot import AlsaCard, Jack, Phase, Profile, Server, ServerCard, Snapshot, Status
from tuimixer.model.system import FoundServer, Holder, MixerPath, PathElement, PcmDevice, System

MASTER: ControlId = "alsa:PCH/Master,0/playback"
CAPTURE: ControlId = "alsa:PCH/Capture,0/capture"
SPEAKERS: ControlId = "pulse:sink/alsa_output.pci-0000_00_1f.3.analog-stereo"
HDMI: ControlId = "pulse:sink/alsa_output.pci-0000_00_1f.3.hdmi-stereo"
HEADSET: ControlId = "pulse:sink/alsa_output.usb-headset.analog-stereo"
MIC: ControlId = "pulse:source/alsa_input.pci-0000_00_1f.3.analog-stereo"
USB_MIC: ControlId = "pulse:source/alsa_input.usb-headset.mono"
_STEREO = ("front-left", "front-right")
_BOTH_SIDES = (False, False)
_USB_PORT = Port("analog-output", "Analog Output", None, 99, 0, "output")


def _db_scale(steps: int, low: int, high: int) -> Scale:
    return Scale(0, steps, (Segment(0, steps, low, high),), low, high)


_HDA = _db_scale(87, -6525, 0)
_HDA_CAPTURE = _db_scale(63, -1725, 3000)
_BOOST = _db_scale(3, 0, 3000)
_SOFTVOL = _db_scale(255, -5100, 0)
_USB = _db_scale(37, -2820, -10)


def _alsa(
    name: str,
    *,
    card: str = "PCH",
    scale: Scale | None = None,
    raws: tuple[int, ...] = (),
    mute: tuple[bool, ...] | None = None,
    capture: tuple[bool, ...] | None = None,
    choice: Choice | None = None,
    recording: bool = False,
    index: int = 0,
    element: Element | None = None,
) -> Control:
    kind = Kind.ALSA_CAPTURE if recording else Kind.ALSA_PLAYBACK
    names = _STEREO if len(raws) == 2 else ("mono",)
    side = "capture" if recording else "playback"
    element = element or Element(name, index)
    return Control(
        id=f"alsa:{card}/{name},{index}/{side}",
        kind=kind,
        name=name,
        index=index,
        card=card,
        scale=scale,
        channels=tuple(Channel(channel, raw) for channel, raw in zip(names, raws, strict=False)),
        mute=mute,
        capture=capture,
        choice=choice,
        medium=Medium.SOFTWARE if element.user else Medium.HARDWARE,
        element=element,
    )


def _hardware() -> list[Control]:
    on_off = Choice(1, ("Disabled", "Enabled"))
    return [
        _alsa("Master", scale=_HDA, raws=(61,), mute=(False,)),
        _alsa(
            "Headphone",
            scale=_HDA,
            raws=(87, 87),
            mute=(True, True),
            element=Element("Headphone", 0, jack="unplugged"),
        ),
        _alsa("Speaker", scale=_HDA, raws=(87, 87), mute=_BOTH_SIDES),
        _alsa("PCM", scale=_SOFTVOL, raws=(255, 255), element=Element("PCM", 0, user=True)),
        _alsa("Mic", scale=_db_scale(31, -3450, 1200), raws=(0, 0), mute=(True, True)),
        _alsa("Auto-Mute Mode", choice=on_off),
        _alsa(
            "Loopback Mixing",
            choice=Choice(0, ("Disabled", "Enabled")),
            element=Element("Loopback Mixing", 0, active=False),
        ),
        _alsa("Capture", scale=_HDA_CAPTURE, raws=(39, 39), capture=(True, True), recording=True),
        _alsa("Mic Boost", scale=_BOOST, raws=(1, 1), recording=True),
        _alsa("Internal Mic Boost", scale=_BOOST, raws=(0, 0), recording=True),
        _alsa("Headset", card="Headset", scale=_USB, raws=(30, 27), mute=(False,)),
        _alsa(
            "Mic",
            card="Headset",
            scale=_db_scale(29, -1200, 2300),
            raws=(18,),
            capture=(True,),
            recording=True,
        ),
    ]


def _device(
    key: ControlId,
    name: str,
    index: int,
    percent: tuple[float, ...],
    device: Device,
    *,
    card: str | None = None,
    default: bool = False,
    muted: bool = False,
) -> Control:
    server_name = key.partition("/")[2]
    return Control(
        id=key,
        kind=Kind.SINK if key.startswith("pulse:sink/") else Kind.SOURCE,
        name=name,
        card=card,
        scale=PULSE_SCALE,
        channels=_pulse_channels(percent),
        mute=(muted,),
        default=default,
        medium=Medium.HARDWARE if device.hardware_volume else Medium.SOFTWARE,
        device=replace(device, server_name=server_name, index=index),
        properties={"device.description": name},
    )


def _pulse_channels(percent: tuple[float, ...]) -> tuple[Channel, ...]:
    names = _STEREO if len(percent) == 2 else ("mono",)
    return tuple(
        Channel(name, round(PULSE_NORM * share / 100)) for name, share in zip(names, percent, strict=True)
    )


def _devices() -> list[Control]:
    hardware = Device("", 0, "running", type=DeviceType.HARDWARE, decibel=True, card_index=0)
    analog = replace(
        hardware,
        hardware_volume=True,
        hardware_mute=True,
        monitor="alsa_output.pci-0000_00_1f.3.analog-stereo.monitor",
        ports=(
            Port("analog-output-speaker", "Speakers", True, 100, 0, "output"),
            Port("analog-output-headphones", "Headphones", False, 99, 0, "output"),
        ),
        port="analog-output-speaker",
    )
    internal = Port("analog-input-internal-mic", "Internal Microphone", direction="input")
    microphone = replace(
        hardware,
        hardware_volume=True,
        hardware_mute=True,
        base=from_cdb(PULSE_SCALE, -_HDA_CAPTURE.high),
        ports=(internal,),
        port=internal.name,
    )
    monitor = Device("", 0, "idle", DeviceType.MONITOR, decibel=True, monitor_of=SPEAKERS)
    usb_mic = Port("analog-input-mic", "Microphone", direction="input")
    headset = replace(hardware, card_index=1, ports=(_USB_PORT,), port=_USB_PORT.name)
    usb_source = replace(headset, state="idle", ports=(usb_mic,), port=usb_mic.name)
    return [
        _device(SPEAKERS, "Speakers", 0, (47.33, 47.33), analog, card="PCH", default=True),
        _device(HDMI, "HDMI 1", 1, (100, 100), replace(hardware, state="suspended"), card="PCH"),
        _device(HEADSET, "USB Headset", 2, (80, 80), headset, card="Headset"),
        _device(MIC, "Built-in Microphone", 1, (50.12, 50.12), microphone, card="PCH"),
        _device(USB_MIC, "USB Headset Mono", 2, (60,), usb_source, card="Headset", default=True),
        _device(
            "pulse:source/alsa_output.pci-0000_00_1f.3.analog-stereo.monitor",
            "Monitor of Speakers",
            0,
            (100, 100),
            monitor,
        ),
    ]


def stream(
    index: int,
    name: str,
    percent: tuple[float, ...],
    device: ControlId | None = SPEAKERS,
    *,
    media: str = "",
    binary: str = "",
    corked: bool = False,
    muted: bool = False,
    recording: bool = False,
) -> Control:
    """A sink input, or a source output if `recording`."""
    kind = Kind.SOURCE_OUTPUT if recording else Kind.SINK_INPUT
    return Control(
        id=f"pulse:{kind}/{index}",
        kind=kind,
        name=name,
        target_id=device,
        scale=PULSE_SCALE,
        channels=_pulse_channels(percent),
        mute=(muted,),
        medium=Medium.SOFTWARE,
        stream=Stream(
            index, name, media, "music", binary or name.lower(), pid=4000 + index, client=index, corked=corked
        ),
        properties={"application.name": name, "media.name": media},
    )


def _streams() -> list[Control]:
    stored = Control(
        id="pulse:stored/sink-input-by-media-role:event",
        kind=Kind.STORED,
        name="Event sounds",
        scale=PULSE_SCALE,
        channels=_pulse_channels((60,)),
        mute=(False,),
        medium=Medium.SOFTWARE,
        stream=Stream(0, "Event sounds", role="event", stored_name="sink-input-by-media-role:event"),
    )
    return [
        stream(17, "Firefox", (100, 100), media="Chamber Music Live – concert recording"),
        stream(21, "mpv", (63, 63), media="documentary.mkv"),
        stream(25, "Spotify", (82, 70), HEADSET, media="Nightly Mix"),
        stream(30, "SuperTuxKart", (100, 100), media="paused", corked=True, binary="supertuxkart"),
        stream(33, "Chat", (110, 110), HEADSET, media="voice call", muted=True),
        stored,
        stream(40, "OBS Studio", (100, 100), MIC, media="Mic/Aux", binary="obs", recording=True),
    ]


def _cards() -> tuple[ServerCard, ...]:
    speaker, headphones = _devices()[0].device.ports  # type: ignore[union-attr]
    profiles = (
        Profile("output:analog-stereo+input:analog-stereo", "Analog Stereo Duplex", True, 6565, 1, 1),
        Profile("output:analog-stereo", "Analog Stereo Output", True, 6500, 1, 0),
        Profile("output:hdmi-stereo", "Digital Stereo (HDMI) Output", False, 5900, 1, 0),
        Profile("off", "Off", True, 0),
    )
    used = tuple(
        replace(port, profiles=tuple(p.name for p in profiles[:2])) for port in (speaker, headphones)
    )
    usb_profiles = (
        Profile(
            "output:analog-stereo+input:mono-fallback", "Analog Stereo Output + Mono Input", True, 6501, 1, 1
        ),
        Profile("off", "Off", True, 0),
    )
    usb_port = replace(_USB_PORT, profiles=(usb_profiles[0].name,))
    return (
        ServerCard(
            "pulse:card/alsa_card.pci-0000_00_1f.3",
            0,
            "alsa_card.pci-0000_00_1f.3",
            "Built-in Audio",
            "PCH",
            profiles,
            profiles[0].name,
            used,
        ),
        ServerCard(
            "pulse:card/alsa_card.usb-headset",
            1,
            "alsa_card.usb-headset",
            "USB Headset",
            "Headset",
            usb_profiles,
            usb_profiles[0].name,
            (usb_port,),
        ),
    )


def box() -> Snapshot:
    """The machine's initial state."""
    controls = {control.id: control for control in (*_hardware(), *_devices(), *_streams())}
    return Snapshot(
        statuses=(
            Status("alsa", Phase.READY, "2 cards"),
            Status("pulse", Phase.READY, "PulseAudio 16.1"),
        ),
        controls=controls,
        alsa_cards=(
            AlsaCard(
                "PCH",
                0,
                "HDA Intel PCH",
                "HDA Intel PCH at 0xdf240000 irq 142",
                "HDA-Intel",
                "Realtek ALC295",
                controls=10,
                jacks=(Jack("Headphone", False), Jack("Mic", False)),
            ),
            AlsaCard(
                "Headset", 1, "USB Headset", "USB Headset at usb-1", "USB-Audio", "USB Mixer", controls=2
            ),
        ),
        server_cards=_cards(),
        server=Server(
            "PulseAudio",
            "16.1",
            "/run/user/1000/pulse/native",
            "session",
            "demo",
            "demo",
            SPEAKERS,
            USB_MIC,
        ),
    )


def big(streams: int, controls: int) -> Snapshot:
    """The machine with this many streams, and this many controls on its first card."""
    small = box()
    many = {key: control for key, control in small.controls.items() if not control.stream}
    missing = controls - sum(1 for control in many.values() if control.card == "PCH" and control.element)
    for number in range(missing):
        extra = _alsa(f"Control {number:03}", scale=_HDA, raws=(number % 88, number % 88), mute=_BOTH_SIDES)
        many[extra.id] = extra
    for number in range(streams):
        extra = stream(100 + number, f"app-{number:03}", (50 + number % 50,) * 2)
        many[extra.id] = extra
    return replace(small, controls=many)


def system() -> System:
    """The machine's system information."""
    return System(
        host="demo",
        user="demo",
        pcm_devices=(
            PcmDevice("PCH", 0, 0, "ALC295 Analog", False, 1, 0),
            PcmDevice("PCH", 0, 0, "ALC295 Analog", True, 1, 0),
            PcmDevice("PCH", 0, 3, "HDMI 0", False, 1, 1),
            PcmDevice("Headset", 1, 0, "USB Audio", False, 1, 0),
            PcmDevice("Headset", 1, 0, "USB Audio", True, 1, 1),
        ),
        holders=tuple(
            Holder(*where, 812, "pulseaudio", "demo", "RUNNING", "S16_LE", rate, 2, rate // 20, rate * 2)
            for where, rate in (
                (("PCH", 0, 0, 0, False), 48000),
                (("PCH", 0, 0, 0, True), 48000),
                (("Headset", 1, 0, 0, False), 44100),
            )
        ),
        pages=(
            (
                "Cards",
                " 0 [PCH            ]: HDA-Intel - HDA Intel PCH\n"
                " 1 [Headset        ]: USB-Audio - USB Headset",
            ),
            (
                "Devices",
                "  2: [ 0- 0]: digital audio playback\n  3: [ 0- 0]: digital audio capture\n"
                "  4: [ 0]   : control",
            ),
            ("Modules", " 0 snd_hda_intel\n 1 snd_usb_audio"),
            ("Timers", "G0: system timer : 4000.000us (10000000 ticks)"),
            ("PCM streams", "00-00: ALC295 Analog : ALC295 Analog : playback 1 : capture 1"),
            ("Version", "Advanced Linux Sound Architecture Driver Version k6.1.0."),
        ),
        servers=(FoundServer("/run/user/1000/pulse/native", "demo", "session", True),),
        mixer_paths=tuple(
            MixerPath("PulseAudio", name, (PathElement(element, 0, "mute", "merge"),))
            for name, element in (
                ("analog-output-speaker", "Master"),
                ("analog-output-headphones", "Master"),
                ("analog-input-internal-mic", "Capture"),
            )
        ),
        sound_folder=True,
        groups=("demo", "audio"),
    )


_BELL = stream(50, "Calendar", (90, 90), media="reminder")
_PODCAST = stream(52, "Podcasts", (71, 71), media="Episode 12: the loudness war")

SCRIPT: tuple[tuple[float, tuple[Control, ...], tuple[ControlId, ...]], ...] = (
    (12.0, (_BELL,), ()),
    (3.0, (), (_BELL.id,)),
    (9.0, (_PODCAST,), ()),
    (10.0, (stream(17, "Firefox", (100, 100), media="Field recordings – rain"),), ()),
    (16.0, (), (_PODCAST.id,)),
)
"""Steps, repeated forever: seconds to wait, the controls that appear, the ids that disappear."""
