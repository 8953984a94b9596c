"""Every finding on a machine with exactly that fault, reported first and fixed by its fix; none on a healthy
one.
"""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.diagnosis.boxes import (
    CARD,
    MASTER,
    MASTER_SCALE,
    PCM,
    SINK,
    STREAM,
    SYSTEM,
    ac97,
    changed,
    element,
    loopback,
    monitor_of,
    picture,
    scale,
    soft_sink,
    stream,
    volumes,
)
from tests.diagnosis.faulty_boxes import (
    CASES,
    HEADPHONES,
    NULL_NODE,
    REAL,
    SPEAKERS,
    Box,
    microphone,
    with_card,
    without_server,
)
from tuimixer.diagnosis.doctor import diagnose
from tuimixer.diagnosis.finding import ORDER, Finding
from tuimixer.model.command import MoveStream, SetDefault, SetPort, SetProfile, SetSuspended
from tuimixer.model.control import DeviceType, Kind
from tuimixer.model.intent import Capture, Choose, Mute, SetGain, SetLevel
from tuimixer.model.snapshot import Jack, Profile, ServerCard, Snapshot
from tuimixer.model.system import Daemon, FoundServer, Holder, PcmDevice, System

pytestmark = pytest.mark.unit

FLAT = [
    pytest.param(key, make, id=make.__name__.strip("_")) for key, makes in CASES.items() for make in makes
]


def found(box: Box, start: str | None = None) -> tuple[Finding, ...]:
    return diagnose(*box, start)


@pytest.mark.parametrize(("key", "make"), FLAT)
def test_what_is_wrong_is_named_first(key: str, make: Callable[[], Box]) -> None:
    findings = found(make())
    assert findings, "nothing was found"
    assert findings[0].key == key, [(f.key, f.reason) for f in findings]
    for finding in findings:
        assert finding.reason.endswith((".", "!")), finding.reason
        assert finding.advice
        assert finding.stage


def test_every_finding_has_a_case() -> None:
    assert set(CASES) == set(ORDER)
    assert len(CASES) >= 18


def healthy() -> dict[str, Box]:
    mic = element("Capture", 0, scale(15, 0, 2250), kind=Kind.ALSA_CAPTURE, capture=(True, True))
    jacks = (replace(CARD, jacks=(Jack("Headphone Jack", True),)),)
    headphones = ac97(ports=(SPEAKERS, HEADPHONES), port=HEADPHONES.name)
    hdmi = ServerCard(
        "pulse:card/hdmi", 1, "hdmi", "HDMI", "NVidia", (Profile("hdmi", "HDMI", False, sinks=1),), "off"
    )
    recording = (Profile("off", "Off"), Profile("input:analog", "Analog input", sources=1))
    tuner = ServerCard("pulse:card/tv", 2, "tv", "TV tuner", "SAA7134", recording, "off")
    null, monitor = soft_sink(-6.0), monitor_of("pulse:sink/null")
    tunnel = soft_sink(-6.0, "tunnel.attic", type=DeviceType.NETWORK)
    both = soft_sink(-6.0, "both", owner_module=7, driver="module-combine-sink.c")
    parts = tuple(
        stream(0.0, to, number, virtual=True, owner_module=7, client=None)
        for number, to in ((2, SINK), (3, null.id))
    )
    effects = replace(soft_sink(-6.0, "effects", driver="PipeWire"), properties={"factory.name": NULL_NODE})
    chat = element("Chat Mixer", -9450, MASTER_SCALE)
    return {
        "a default that is looped back to a card": (
            picture(null, REAL, monitor, *loopback(monitor.id, SINK), stream(0.0, null.id)),
            SYSTEM,
        ),
        "a default that is recorded": (
            picture(null, REAL, monitor, stream(0.0, monitor.id, 4, kind=Kind.SOURCE_OUTPUT, name="Tape")),
            SYSTEM,
        ),
        "a default that plays to all": (picture(both, null, REAL, *parts, stream(0.0, both.id)), SYSTEM),
        "a default that a program made and links on": (picture(effects, REAL, server="PipeWire"), SYSTEM),
        "a default on another machine": (picture(tunnel, REAL, stream(0.0, tunnel.id)), SYSTEM),
        "a control at its bottom that may not be on the way": (ac97(0.0, -18.06, -600, 0, chat), SYSTEM),
        "playing": (ac97(), SYSTEM),
        "idle": (picture(*(c for c in ac97(state="suspended").controls.values() if c.id != STREAM)), SYSTEM),
        "pipewire": (ac97(server="PipeWire"), SYSTEM),
        "without rules": (ac97(), System(user="me", sound_folder=True)),
        "without a server": (without_server(element("Master", -600, MASTER_SCALE)), SYSTEM),
        "recording": microphone(mic),
        "headphones": (replace(headphones, alsa_cards=jacks), SYSTEM),
        "HDMI without a screen": (replace(ac97(), server_cards=(hdmi,)), SYSTEM),
        "a TV card, which has no output": (replace(ac97(), server_cards=(tuner,)), SYSTEM),
        "two processes of one server": (
            ac97(server="PipeWire"),
            replace(SYSTEM, daemons=tuple(Daemon("pipewire-pulse", pid, "me") for pid in (5, 6))),
        ),
        "one of two streams paused": (
            ac97(0.0, -18.06, -600, 0, stream(0.0, SINK, 2, corked=True)),
            SYSTEM,
        ),
        "null sinks only": (picture(soft_sink(-6.0), stream(0.0, "pulse:sink/null")), SYSTEM),
        "a program past the server on a card with many substreams": (
            ac97(state="idle"),
            replace(
                SYSTEM,
                holders=(Holder("ICH", 0, 0, 0, capture=False, pid=99, program="mplayer", user="me"),),
                pcm_devices=(PcmDevice("ICH", 0, 0, "Intel", False, 8, 7),),
            ),
        ),
        "a forwarded display and a server of one's own": (ac97(), replace(SYSTEM, display="localhost:10.0")),
    }


@pytest.mark.parametrize("name", healthy())
def test_nothing_is_found_on_a_healthy_box(name: str) -> None:
    assert found(healthy()[name]) == ()


def fix(key: str) -> tuple[object, ...]:
    return found(CASES[key][0]())[0].fix


def test_mends_are_what_would_help() -> None:
    assert fix("stream_muted") == (Mute(STREAM, False),)
    assert fix("device_muted") == (Mute(SINK, False),)
    assert fix("control_muted") == (Mute(PCM, False), Mute(SINK, False))
    assert fix("stream_silent") == (SetLevel(STREAM, 0.8),)
    assert fix("device_silent") == (SetLevel(SINK, 0.5),)
    assert fix("control_silent") == (SetLevel(MASTER, 0.8),)
    assert fix("wrong_default") == (SetDefault(SINK),)
    assert fix("stream_elsewhere") == (MoveStream(STREAM, SINK),)
    assert fix("unplugged") == (SetPort(SINK, HEADPHONES.name),)
    assert fix("auto_mute") == (SetPort(SINK, HEADPHONES.name),)
    assert fix("profile_off") == (SetProfile("pulse:card/ich", "analog"),)
    assert fix("suspended") == (SetSuspended(SINK, False),)
    assert fix("capture_off") == (Capture("alsa:ICH/Capture,0/capture", True),)
    assert fix("wrong_capture_source") == (Choose("alsa:ICH/Input Source,0/playback", 0),)
    muted_along = found(CASES["wrong_capture_source"][-1]())[0].fix
    assert muted_along == (Capture("alsa:ICH/Mic,0/playback", True), Mute("pulse:source/mic", False))
    assert fix("corked") == fix("held") == fix("no_server") == ()


def test_what_is_read_only_is_no_fix() -> None:
    snapshot = ac97()
    master = snapshot.controls[MASTER]
    assert master.element is not None
    for read_only, fixed in (((), True), (("volume",), True), (("switch",), False)):
        element_ = replace(master.element, read_only=read_only)
        muted = changed(snapshot, MASTER, mute=(True,), element=element_)
        (finding, *_) = found((muted, SYSTEM))
        assert finding.control == MASTER
        assert bool(finding.fix) is fixed
        assert fixed or finding.advice == "tuimixer cannot fix this: the switch of Master is read-only."


def test_what_plays_nowhere_is_moved_along_with_the_default() -> None:
    null = soft_sink(-6.0, shown="Null Output")
    box = picture(null, REAL, stream(0.0, null.id)), SYSTEM
    first = found(box)[0]
    assert first.reason == "The default output Null Output leads nowhere."
    assert first.advice == "Make ac97 the default output, and move Player to it."
    assert first.fix == (SetDefault(SINK), MoveStream(STREAM, SINK))


def test_where_a_null_sink_of_pipewire_leads_cannot_be_seen() -> None:
    made = {"factory.name": NULL_NODE, "pulse.module.id": "7"}
    null = replace(soft_sink(-6.0, shown="Null Output", driver="PipeWire"), properties=made)
    first = found((picture(null, REAL, stream(0.0, null.id), server="PipeWire"), SYSTEM))[0]
    assert (
        first.reason == "The default output Null Output leads nowhere, as far as can be determined from here."
    )
    elsewhere = found((picture(REAL, null, stream(0.0, null.id), server="PipeWire"), SYSTEM))[0]
    assert (
        elsewhere.reason
        == "Player is playing on Null Output, which leads nowhere, as far as can be determined from here."
    )


def test_a_dummy_output_is_explained() -> None:
    dummy = soft_sink(0.0, "auto_null", shown="Dummy Output")

    def first(snapshot: Snapshot) -> tuple[str, str]:
        return found((snapshot, SYSTEM))[0].reason, found((snapshot, SYSTEM))[0].advice

    opening = "The server's only output is Dummy Output, which leads nowhere. "
    assert first(picture(dummy, alsa_cards=()))[0] == f"{opening}There is no sound card."
    unused = first(picture(dummy))
    assert unused == (
        f"{opening}No card is in use, although the machine has Intel ICH.",
        "pulseaudio -k; pulseaudio --start",
    )
    assert first(picture(dummy, server="PipeWire"))[1] == "systemctl --user restart wireplumber"
    inputs = with_card("input", Profile("input", "Analog Mono Input"))
    assert first(replace(picture(dummy), server_cards=(inputs,)))[0] == (
        f"{opening}None of the profiles in use has an output."
    )


def test_a_control_is_not_raised_above_0_db() -> None:
    box = ac97(sink_db=-600 / 100 - 34.5 - 12, master=-600, pcm=-3450), SYSTEM
    first = found(box)[0]
    assert (first.key, first.advice) == ("control_silent", "Set PCM to 0 dB.")
    assert first.fix == (SetGain(PCM, 0),)


def test_a_chosen_stream_is_looked_at_alone() -> None:
    quiet = stream(0.0, SINK, 2, mute=True, name="Other")
    box = ac97(0.0, -18.06, -600, 0, quiet), SYSTEM
    assert [finding.key for finding in found(box)] == ["stream_muted"]
    assert found(box, STREAM) == ()
    assert [finding.stage for finding in found(box, quiet.id)] == ["Other"]


def test_one_side_that_is_off_is_no_silence() -> None:
    assert found((changed(ac97(), MASTER, mute=(True, False)), SYSTEM)) == ()


def test_a_mute_in_hardware_names_its_controls() -> None:
    first = found(CASES["device_muted"][0]())[0]
    assert first.reason == "Speakers is muted, along with Master and PCM on card ICH."


def test_two_faults_are_both_named() -> None:
    snapshot = changed(ac97(stream_db=-80.0), STREAM, mute=(True,), channels=volumes(-80.0))
    assert [finding.key for finding in found((snapshot, SYSTEM))] == ["stream_muted", "stream_silent"]


def test_every_stream_of_an_application_is_looked_at() -> None:
    other = stream(0.0, SINK, 4, name="Other", mute=True)
    on = ac97(0.0, -18.06, -600, 0, stream(0.0, SINK, 2), stream(0.0, SINK, 3, corked=True), other)
    streams = (STREAM, "pulse:sink_input/2", "pulse:sink_input/3")
    assert diagnose(on, SYSTEM, streams) == ()
    second = changed(on, streams[1], mute=(True,))
    assert [finding.control for finding in diagnose(second, SYSTEM, streams)] == [streams[1]]
    # What they have in common is reported once, and in the usual order.
    below = changed(changed(second, SINK, mute=(True,)), streams[0], channels=volumes(None))
    told = [finding.key for finding in diagnose(below, SYSTEM, streams)]
    assert told == ["stream_muted", "device_muted", "stream_silent"]


@pytest.mark.parametrize(
    ("why", "live", "advice"),
    [
        ("PULSE_SERVER", True, "unset PULSE_SERVER (a server is running at unix:/live)"),
        ("PULSE_SERVER", False, "unset PULSE_SERVER; pulseaudio --start"),
        (
            "asked for",
            True,
            "Remove --server from the command line, or server from the configuration (a server is running at "
            "unix:/live).",
        ),
        (
            "asked for",
            False,
            "Remove --server from the command line, or server from the configuration, or start a server at "
            "that address.",
        ),
        ("client.conf", False, "Remove default-server from client.conf, or start a server at that address."),
    ],
)
def test_a_server_that_is_named_and_does_not_answer(why: str, live: bool, advice: str) -> None:
    snapshot = without_server()
    named, other = FoundServer("tcp:gone", "", why), FoundServer("unix:/live", "me", "session", alive=live)
    first = diagnose(snapshot, replace(SYSTEM, servers=(named, other)))[0]
    assert (first.key, first.advice) == ("no_server", advice)
    assert first.reason.startswith("No sound server is responding at tcp:gone, which is named ")
