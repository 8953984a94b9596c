"""Machines with exactly one fault, by the finding that must be reported first."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.diagnosis.boxes import (
    CARD,
    MASTER,
    MASTER_SCALE,
    PCM,
    PCM_SCALE,
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
)
from tuimixer.model.control import Choice, Control, Kind, Port
from tuimixer.model.scale import Scale
from tuimixer.model.snapshot import AlsaCard, Jack, Phase, Profile, ServerCard, Snapshot, Status
from tuimixer.model.system import NO_RESPONSE, Daemon, FoundServer, Holder, PcmDevice, System

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


def microphone(capture: Control, port: str = "analog-input-mic", **info: Any) -> Box:
    standard: dict[str, Any] = {"port": port, "ports": (Port(port, "Microphone"),), "hardware_volume": False}
    made = sink(0.0, "mic", **(standard | info))
    source = replace(made, id="pulse:source/mic", kind=Kind.SOURCE)
    recorder = stream(0.0, source.id, 8, kind=Kind.SOURCE_OUTPUT, name="Recorder")
    return ac97(0.0, -18.06, -600, 0, capture, source, recorder), SYSTEM


def with_card(profile: str, *profiles: Profile) -> ServerCard:
    return ServerCard("pulse:card/ich", 0, "ich", "Built-in", "ICH", profiles, profile)


@case("no_server")
def _no_server() -> Box:
    system = replace(SYSTEM, expects_server="PULSE_SERVER is set")
    return without_server(element("Master", -600, MASTER_SCALE)), system


@case("no_server")
def _hung_server() -> Box:
    status = Status(
        "pulse", Phase.UNAVAILABLE, "pulse", f"No sound server at unix:/mute (session): {NO_RESPONSE}."
    )
    silent = replace(without_server(), statuses=(status,), alsa_cards=())
    return silent, replace(
        SYSTEM, sound_folder=False, servers=(FoundServer("unix:/mute", "me", "session", True),)
    )


@case("other_machine")
def _other_machine() -> Box:
    snapshot = ac97()
    assert snapshot.server is not None
    away = replace(snapshot, server=replace(snapshot.server, host="laptop", why="X11"))
    return away, replace(SYSTEM, display="localhost:10.0", servers=(FoundServer("tcp:laptop", "", "X11"),))


@case("two_servers")
def _two_servers() -> Box:
    return ac97(), replace(SYSTEM, daemons=(Daemon("pulseaudio", 5, "me"), Daemon("pipewire-pulse", 6, "me")))


def _with_microphone(**recorder: Any) -> Snapshot:
    null, monitor = soft_sink(-6.0), monitor_of("pulse:sink/null")
    made = sink(0.0, "mic", hardware_volume=False)
    source = replace(made, id="pulse:source/mic", kind=Kind.SOURCE, name="Microphone")
    call = stream(0.0, monitor.id, 8, kind=Kind.SOURCE_OUTPUT, name="Call", **recorder)
    return ac97(0.0, -18.06, -600, 0, null, monitor, source, call)


@case("monitor_default")
def _monitor_default() -> Box:
    snapshot = _with_microphone()
    assert snapshot.server is not None
    monitor = monitor_of("pulse:sink/null").id
    return replace(snapshot, server=replace(snapshot.server, default_source=monitor)), SYSTEM


@case("monitor_recorded")
def _monitor_recorded() -> Box:
    return _with_microphone(role="phone"), SYSTEM


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
def _all_driven_controls_muted_by_hand() -> Box:
    both = changed(ac97(), MASTER, mute=(True, True))
    return changed(both, PCM, mute=(True, True)), SYSTEM


@case("control_muted")
def _muted_without_a_server() -> Box:
    return without_server(element("Master", -600, MASTER_SCALE, mute=(True, True))), SYSTEM


def board(playback: int, mixer: bool) -> Snapshot:
    """A board's WM8960: the converter's volume, switches to the outputs, and a headphone volume."""
    switches = [element(f"{side} Output Mixer PCM", mute=(not mixer,)) for side in ("Left", "Right")]
    volume = element("Playback", playback, scale(255, -12750, 0), mute=None)
    return without_server(volume, *switches, element("Headphone", -600, scale(127, -7300, 600), mute=None))


@case("control_muted")
def _converter_not_led_to_the_outputs() -> Box:
    return board(0, mixer=False), SYSTEM


@case("feeds_itself")
def _monitor_led_back() -> Box:
    null, monitor = soft_sink(-6.0), monitor_of("pulse:sink/null")
    return picture(null, monitor, *loopback(monitor.id, null.id), stream(to=null.id)), SYSTEM


@case("combined_of_nothing")
def _combined_of_nothing() -> Box:
    both = soft_sink(0.0, "both", owner_module=7, driver="module-combine-sink.c", shown="Both")
    return picture(REAL, both, stream(to=both.id)), SYSTEM


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


@case("control_silent")
def _converter_at_zero() -> Box:
    return board(-12750, mixer=True), SYSTEM


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
    return changed(ac97(0.0, -18.06, -600, 0, usb()), STREAM, target_id="pulse:sink/usb"), SYSTEM


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


@case("no_profiles")
def _pipewire_lost_the_profiles() -> Box:
    lost = replace(with_card("off"), profile=None)
    return replace(picture(usb(), server="PipeWire"), server_cards=(lost,)), SYSTEM


@case("suspended")
def _suspended_while_used() -> Box:
    return ac97(state="suspended"), SYSTEM


@case("corked")
def _paused() -> Box:
    snapshot = ac97()
    info = snapshot.controls[STREAM].stream
    assert info is not None
    return changed(snapshot, STREAM, stream=replace(info, corked=True)), SYSTEM


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
