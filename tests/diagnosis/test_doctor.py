"""Every finding on a box that has just that wrong, named first and mended by what it offers; none on a
healthy one.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.diagnosis.boxes import (
    CARD,
    MASTER,
    MASTER_SCALE,
    PCM,
    PCM_SCALE,
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
    sink,
    soft_sink,
    stream,
    volumes,
)
from tuimixer.diagnosis.doctor import diagnose
from tuimixer.diagnosis.finding import ORDER, Finding
from tuimixer.model.command import MoveStream, SetDefault, SetPort, SetProfile, SetSuspended
from tuimixer.model.control import Choice, Control, Kind, Port
from tuimixer.model.intent import Capture, Choose, Mute, SetGain, SetLevel
from tuimixer.model.scale import Scale
from tuimixer.model.snapshot import AlsaCard, Jack, Phase, Profile, ServerCard, Snapshot, Status
from tuimixer.model.system import Daemon, FoundServer, Holder, PcmDevice, System

pytestmark = pytest.mark.unit

Box = tuple[Snapshot, System]
REAL = sink(-18.0, hardware_volume=False, base_db=0.0)
CASES: dict[str, list[Callable[[], Box]]] = {}
NULL_NODE = "support.null-audio-sink"
SPEAKERS = Port("analog-output-speaker", "Speakers", None, 100)
HEADPHONES = Port("analog-output-headphones", "Headphones", True, 90)


def case(key: str) -> Callable[[Callable[[], Box]], Callable[[], Box]]:
    def note(make: Callable[[], Box]) -> Callable[[], Box]:
        CASES.setdefault(key, []).append(make)
        return make

    return note


def without_server(*controls: Control) -> Snapshot:
    status = Status("pulse", Phase.UNAVAILABLE, "pulse", "nobody answers")
    return replace(picture(*controls), server=None, statuses=(status,))


def usb() -> Control:
    return sink(
        -6.0, "usb", card=None, hardware_volume=False, base_db=0.0, ports=(), port=None, shown="Headset"
    )


def microphone(capture: Control, port: str = "analog-input-mic", **facts: Any) -> Box:
    standard: dict[str, Any] = {"port": port, "ports": (Port(port, "Microphone"),), "hardware_volume": False}
    made = sink(0.0, "mic", **(standard | facts))
    source = replace(made, id="pulse:source/mic", kind=Kind.SOURCE)
    recorder = stream(0.0, source.id, 8, kind=Kind.SOURCE_OUTPUT, name="Recorder")
    return ac97(0.0, -18.06, -600, 0, capture, source, recorder), SYSTEM


def with_card(profile: str, *profiles: Profile) -> ServerCard:
    return ServerCard("pulse:card/ich", 0, "ich", "Built-in", "ICH", profiles, profile)


@case("no_server")
def _no_server() -> Box:
    system = replace(SYSTEM, expects_server="PULSE_SERVER is set")
    return without_server(element("Master", -600, MASTER_SCALE)), system


@case("other_machine")
def _other_machine() -> Box:
    snapshot = ac97()
    assert snapshot.server is not None
    away = replace(snapshot, server=replace(snapshot.server, host="laptop", why="X11"))
    return away, replace(SYSTEM, display="localhost:10.0", servers=(FoundServer("tcp:laptop", "", "X11"),))


@case("two_servers")
def _two_servers() -> Box:
    return ac97(), replace(SYSTEM, daemons=(Daemon("pulseaudio", 5, "me"), Daemon("pipewire-pulse", 6, "me")))


@case("no_permission")
def _no_permission() -> Box:
    dummy = picture(soft_sink(0.0, "auto_null", shown="Dummy Output"), alsa_cards=())
    return dummy, replace(SYSTEM, permitted=False)


@case("no_card")
def _no_card() -> Box:
    return replace(without_server(), alsa_cards=()), replace(SYSTEM, sound_folder=False)


@case("held")
def _held() -> Box:
    holder = Holder("ICH", 0, 0, 0, capture=False, pid=99, program="mplayer", user="me", state="RUNNING")
    busy = PcmDevice("ICH", 0, 0, "Intel", False, 1, 0)
    return ac97(state="suspended"), replace(SYSTEM, holders=(holder,), pcm_devices=(busy,))


@case("held")
def _held_by_another_users_server() -> Box:
    holder = Holder(
        "ICH", 0, 0, 0, capture=False, pid=99, program="pulseaudio", user="other", state="RUNNING"
    )
    card = with_card("off", Profile("off", "Off"), Profile("analog", "Analog", sinks=1))
    there = replace(picture(soft_sink(0.0, "auto_null")), server_cards=(card,))
    return there, replace(SYSTEM, holders=(holder,))


@case("no_sink")
def _no_sink() -> Box:
    return picture(soft_sink(0.0, "auto_null", shown="Dummy Output")), SYSTEM


@case("no_sink")
def _a_dummy_without_any_card() -> Box:
    return picture(soft_sink(0.0, "auto_null", shown="Dummy Output"), stream(), alsa_cards=()), SYSTEM


@case("stream_muted")
def _stream_muted() -> Box:
    return changed(ac97(), STREAM, mute=(True,)), SYSTEM


@case("device_muted")
def _sink_muted_with_its_controls() -> Box:
    snapshot = changed(changed(ac97(mute=True), MASTER, mute=(True, True)), PCM, mute=(True, True))
    return snapshot, SYSTEM


@case("control_muted")
def _one_driven_control_muted_by_hand() -> Box:
    return changed(ac97(mute=True), PCM, mute=(True, True)), SYSTEM


@case("control_muted")
def _muted_without_a_server() -> Box:
    return without_server(element("Master", -600, MASTER_SCALE, mute=(True, True))), SYSTEM


@case("iec958_off")
def _digital_output_off() -> Box:
    port = Port("iec958-stereo-output", "Digital Output (S/PDIF)")
    switch = element("IEC958", mute=(True,))
    digital = sink(
        0.0, hardware_volume=False, base_db=0.0, ports=(port,), port=port.name, hardware_mute=False
    )
    return picture(switch, digital, stream()), SYSTEM


@case("stream_silent")
def _stream_at_zero() -> Box:
    return ac97(stream_db=None), SYSTEM


@case("stream_silent")
def _stream_near_silence() -> Box:
    return ac97(stream_db=-70.0), SYSTEM


@case("device_silent")
def _sink_at_zero() -> Box:
    return ac97(sink_db=None, master=-9450, pcm=-3450), SYSTEM


@case("control_silent")
def _one_driven_control_at_zero_by_hand() -> Box:
    return ac97(sink_db=-9450 / 100 - 12, master=-9450, pcm=0), SYSTEM


@case("control_silent")
def _control_at_zero_without_a_server() -> Box:
    return without_server(element("Master", None, Scale(0, 31)), element("PCM", 0, PCM_SCALE)), SYSTEM


@case("softvol_silent")
def _softvol_at_zero() -> Box:
    softvol = element("PCM", -5100, scale(255, -5100, 0), user=True, mute=None)
    return picture(element("Master", -600, MASTER_SCALE), softvol, sink(-6.0, base_db=0.0), stream()), SYSTEM


@case("total_low")
def _all_a_little() -> Box:
    return ac97(-30.0, -18.06 - 28.5, -3450, 0), SYSTEM


@case("wrong_default")
def _default_plays_nowhere() -> Box:
    return picture(soft_sink(-6.0), sink(-18.0, hardware_volume=False)), SYSTEM


@case("wrong_default")
def _default_leads_to_another_null_sink() -> Box:
    way_on = loopback("pulse:source/null.monitor", "pulse:sink/hole")
    null, hole = soft_sink(-6.0), soft_sink(0.0, "hole")
    return picture(null, hole, monitor_of(null.id), *way_on, REAL, stream(0.0, null.id)), SYSTEM


@case("wrong_default")
def _default_is_gone() -> Box:
    snapshot = ac97()
    assert snapshot.server is not None
    gone = replace(snapshot, controls={k: c for k, c in snapshot.controls.items() if k != STREAM})
    return replace(gone, server=replace(snapshot.server, default_sink="pulse:sink/gone")), SYSTEM


@case("stream_elsewhere")
def _stream_elsewhere() -> Box:
    return changed(ac97(0.0, -18.06, -600, 0, usb()), STREAM, device="pulse:sink/usb"), SYSTEM


@case("stream_elsewhere")
def _stream_on_a_null_sink() -> Box:
    return picture(REAL, soft_sink(0.0), stream(0.0, "pulse:sink/null")), SYSTEM


@case("unplugged")
def _unplugged() -> Box:
    dead = replace(SPEAKERS, available=False)
    return ac97(ports=(dead, HEADPHONES), port=dead.name), SYSTEM


@case("profile_off")
def _profile_off() -> Box:
    off = with_card("off", Profile("off", "Off"), Profile("analog", "Analog Stereo", sinks=1))
    return replace(picture(usb()), server_cards=(off,)), SYSTEM


@case("profile_off")
def _the_only_card_is_off() -> Box:
    off = with_card("off", Profile("off", "Off"), Profile("analog", "Analog Stereo", sinks=1))
    return replace(picture(soft_sink(0.0, "auto_null")), server_cards=(off,)), SYSTEM


@case("suspended")
def _suspended_while_used() -> Box:
    return ac97(state="suspended"), SYSTEM


@case("corked")
def _paused() -> Box:
    snapshot = ac97()
    facts = snapshot.controls[STREAM].stream
    assert facts is not None
    return changed(snapshot, STREAM, stream=replace(facts, corked=True)), SYSTEM


@case("auto_mute")
def _auto_mute() -> Box:
    mode = element("Auto-Mute Mode", mute=None, choice=Choice(1, ("Disabled", "Enabled")))
    snapshot = ac97(0.0, -18.06, -600, 0, mode, ports=(SPEAKERS, HEADPHONES), port=SPEAKERS.name)
    return replace(snapshot, alsa_cards=(replace(CARD, jacks=(Jack("Headphone Jack", True),)),)), SYSTEM


@case("capture_off")
def _capture_off() -> Box:
    return microphone(
        element("Capture", 0, scale(15, 0, 2250), kind=Kind.ALSA_CAPTURE, capture=(False, False))
    )


@case("capture_off")
def _capture_off_along_with_the_source() -> Box:
    """PulseAudio takes a capture switch that it drives for its source's mute."""
    capture = element("Capture", 2250, scale(15, 0, 2250), kind=Kind.ALSA_CAPTURE, capture=(False, False))
    return microphone(capture, hardware_volume=True, base_db=-22.5, mute=True)


@case("wrong_capture_source")
def _wrong_choice() -> Box:
    return microphone(element("Input Source", mute=None, choice=Choice(1, ("Mic", "Line", "CD"))))


@case("wrong_capture_source")
def _wrong_member_of_the_group() -> Box:
    snapshot, system = microphone(element("Mic", mute=(True, True), exclusive=0, capture=(False, False)))
    line = element("Line", mute=(True, True), exclusive=0, capture=(True, True))
    return replace(snapshot, controls=snapshot.controls | {line.id: line}), system


@case("wrong_capture_source")
def _wrong_member_that_muted_the_source() -> Box:
    capture = element("Capture", 2250, scale(15, 0, 2250), kind=Kind.ALSA_CAPTURE, capture=(False, False))
    snapshot, system = microphone(capture, hardware_volume=True, base_db=-22.5, mute=True)
    mic = element("Mic", mute=(True, True), exclusive=0, capture=(False, False))
    line = element("Line", mute=(True, True), exclusive=0, capture=(True, True))
    return replace(snapshot, controls=snapshot.controls | {mic.id: mic, line.id: line}), system


@case("clipping")
def _boosted_and_cut() -> Box:
    return ac97(stream_db=8.0), SYSTEM


@case("card_closed")
def _card_closed() -> Box:
    broken = AlsaCard("Broken", 3, "Broken Card", reason="it does not answer")
    return replace(ac97(), alsa_cards=(CARD, broken)), SYSTEM


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
    null, monitor = soft_sink(-6.0), monitor_of("pulse:sink/null")
    tunnel = soft_sink(-6.0, "tunnel.attic", driver="module-tunnel-sink-new.c")
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


def mend(key: str) -> tuple[object, ...]:
    return found(CASES[key][0]())[0].mend


def test_mends_are_what_would_help() -> None:
    assert mend("stream_muted") == (Mute(STREAM, False),)
    assert mend("device_muted") == (Mute(SINK, False),)
    assert mend("control_muted") == (Mute(PCM, False), Mute(SINK, False))
    assert mend("stream_silent") == (SetLevel(STREAM, 0.8),)
    assert mend("device_silent") == (SetLevel(SINK, 0.5),)
    assert mend("control_silent") == (SetLevel(MASTER, 0.8),)
    assert mend("wrong_default") == (SetDefault(SINK),)
    assert mend("stream_elsewhere") == (MoveStream(STREAM, SINK),)
    assert mend("unplugged") == (SetPort(SINK, HEADPHONES.name),)
    assert mend("auto_mute") == (SetPort(SINK, HEADPHONES.name),)
    assert mend("profile_off") == (SetProfile("pulse:card/ich", "analog"),)
    assert mend("suspended") == (SetSuspended(SINK, False),)
    assert mend("capture_off") == (Capture("alsa:ICH/Capture,0/capture", True),)
    assert mend("wrong_capture_source") == (Choose("alsa:ICH/Input Source,0/playback", 0),)
    muted_along = found(CASES["wrong_capture_source"][-1]())[0].mend
    assert muted_along == (Capture("alsa:ICH/Mic,0/playback", True), Mute("pulse:source/mic", False))
    assert mend("corked") == mend("held") == mend("no_server") == ()


def test_what_plays_nowhere_is_moved_along_with_the_default() -> None:
    null = soft_sink(-6.0, shown="Null Output")
    box = picture(null, REAL, stream(0.0, null.id)), SYSTEM
    first = found(box)[0]
    assert first.reason == "The default output Null Output plays nowhere."
    assert first.advice == "Make ac97 the default output, and move Player there."
    assert first.mend == (SetDefault(SINK), MoveStream(STREAM, SINK))


def test_a_dummy_output_is_explained() -> None:
    dummy = soft_sink(0.0, "auto_null", shown="Dummy Output")

    def first(snapshot: Snapshot) -> tuple[str, str]:
        return found((snapshot, SYSTEM))[0].reason, found((snapshot, SYSTEM))[0].advice

    opening = "The server has only Dummy Output, which plays nowhere: "
    assert first(picture(dummy, alsa_cards=()))[0] == f"{opening}there is no sound card."
    unused = first(picture(dummy))
    assert unused == (
        f"{opening}it uses no card, though there is Intel ICH.",
        "pulseaudio -k; pulseaudio --start",
    )
    assert first(picture(dummy, server="PipeWire"))[1] == "systemctl --user restart wireplumber"
    inputs = with_card("input", Profile("input", "Analog Mono Input"))
    assert first(replace(picture(dummy), server_cards=(inputs,)))[0] == (
        f"{opening}no profile in use has an output."
    )


def test_a_control_is_not_raised_above_0_db() -> None:
    box = ac97(sink_db=-600 / 100 - 34.5 - 12, master=-600, pcm=-3450), SYSTEM
    first = found(box)[0]
    assert (first.key, first.advice) == ("control_silent", "Set PCM to 0 dB.")
    assert first.mend == (SetGain(PCM, 0),)


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
    assert first.reason == "Speakers is muted, and with it Master, PCM of the card ICH."


def test_two_faults_are_both_named() -> None:
    snapshot = changed(ac97(stream_db=-80.0), STREAM, mute=(True,), channels=volumes(-80.0))
    assert [finding.key for finding in found((snapshot, SYSTEM))] == ["stream_muted", "stream_silent"]
