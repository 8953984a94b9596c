"""The signal path's gain at each stage and in total, with numbers measured on real cards."""

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
from tuimixer.diagnosis.card_routing import pcm_of
from tuimixer.diagnosis.path import trace
from tuimixer.diagnosis.stage import Path, Stage, StageKind
from tuimixer.model.control import Channel, Control, Kind, Port
from tuimixer.model.scale import MUTE_CDB, Scale
from tuimixer.model.snapshot import AlsaCard, Jack, Snapshot
from tuimixer.model.system import Holder, PcmDevice, System

pytestmark = pytest.mark.unit


def way(snapshot: Snapshot, start: str | Holder = STREAM, system: System = SYSTEM) -> Path:
    (path,) = trace(snapshot, system, start)
    return path


def stage(path: Path, name: str) -> Stage:
    return next(one for one in path.stages if one.name == name)


def names(path: Path) -> list[str]:
    return [one.name for one in path.stages]


def near(gains: tuple[int | None, ...], cdb: int, within: int = 3) -> bool:
    return all(gain is not None and abs(gain - cdb) <= within for gain in gains)


@pytest.mark.parametrize("server", ["PulseAudio", "PipeWire"])
def test_driven_controls_are_inside_the_sinks_volume(server: str) -> None:
    path = way(ac97(server=server))
    assert names(path) == [
        "Player",
        "stream volume",
        "Speakers",
        "software remainder",
        "Master",
        "PCM",
        "Analog Output",
    ]
    assert near(path.gain(stage(path, "Speakers")), -606)
    assert near(path.gain(stage(path, "Master")), -600, 0)
    assert near(path.gain(stage(path, "PCM")), 0, 0)
    assert near(path.gain(stage(path, "software remainder")), -6)
    assert stage(path, "Master").driven
    assert stage(path, "PCM").driven
    assert near(path.total, -606)
    assert not path.muted


def test_moving_a_driven_control_by_hand_moves_the_sink_and_counts_once() -> None:
    # PCM set to 10 % by hand: the server then reports −70.5 dB, and nothing else.
    path = way(ac97(sink_db=-6.0 - 34.5 - 12.0, pcm=-3450))
    assert near(path.total, -600 - 3450)
    assert near(path.gain(stage(path, "software remainder")), 0)


def test_a_stream_adds_its_own_volume() -> None:
    assert near(way(ac97(stream_db=-12.0)).total, -606 - 1200)


def test_a_control_that_the_server_does_not_drive_adds_its_gain() -> None:
    snapshot = ac97(0.0, -18.06, -600, 0, element("Digital", -300, scale(60, -6000, 0)))
    path = way(snapshot)
    assert not stage(path, "Digital").driven
    assert near(path.total, -606 - 300)


def test_inputs_that_are_only_mixed_in_are_not_on_the_way() -> None:
    assert {"Mic", "Line", "3D Control - Depth"}.isdisjoint(names(way(ac97())))


def test_without_hardware_volume_all_controls_on_the_way_add() -> None:
    path = way(ac97(stream_db=-2.0, sink_db=-10.0, hardware_volume=False, base_db=0.0))
    assert near(path.total, -200 - 1000 - 600)
    assert "software remainder" not in names(path)


def test_without_rules_the_arithmetic_tells_which_controls_are_driven() -> None:
    path = way(ac97(), system=System())
    assert stage(path, "Master").driven
    assert stage(path, "PCM").driven
    assert near(path.total, -606)


def test_unknown_where_neither_rules_nor_arithmetic_tell() -> None:
    path = way(ac97(base_db=-3.0), system=System())
    assert not any(one.driven for one in path.stages)
    assert path.total == (None, None)
    assert stage(path, "Master").note == "may be driven by the server; set to −6.00 dB"


def test_unknown_where_the_controls_do_not_stand_where_the_server_thinks() -> None:
    path = way(ac97(sink_db=-18.06, master=-3000))
    assert path.loudest(path.total) is None
    assert "the hardware gain is not what it expects" in stage(path, "Speakers").note


def test_below_the_hardwares_end_software_does_the_rest() -> None:
    path = way(ac97(sink_db=-150.0, master=-9450, pcm=-3450))
    assert near(path.gain(stage(path, "software remainder")), -15000 + 1200 + 9450 + 3450)
    assert near(path.total, -13800)


def test_the_port_tells_which_jacks_controls_count() -> None:
    head, loud = element("Headphone", -300, MASTER_SCALE), element("Speaker", -4500, MASTER_SCALE)
    ports = (Port("analog-output-headphones", "Headphones", True), Port("analog-output-speaker", "Speaker"))
    snapshot = ac97(0.0, -15.0, 0, 0, head, loud, ports=ports, port="analog-output-headphones")
    path = way(snapshot)
    assert "Speaker" not in names(path)
    assert stage(path, "Headphone").driven
    assert near(path.total, -300)


def test_softvol_counts_only_for_those_who_go_through_it() -> None:
    softvol = element("PCM", -1000, scale(255, -5100, 0), user=True, mute=None)
    base = picture(element("Master", -600, MASTER_SCALE), softvol, sink(-6.0, base_db=0.0), stream())
    through = replace(base.controls[SINK], properties={"device.string": "hw:0"})
    path = way(replace(base, controls=base.controls | {SINK: through}))
    assert "PCM" not in names(path)
    assert near(path.total, -600)
    front = way(base)
    assert near(front.gain(stage(front, "PCM")), -1000, 20)
    assert near(front.total, -1600, 20)


def test_flat_volumes_do_not_count_the_sink_twice() -> None:
    path = way(ac97(stream_db=-20.0, flat=True))
    assert near(path.total, -2000 + 1200)
    assert "flat volumes" in stage(path, "stream volume").note


def test_mute_at_any_stage_mutes_the_way() -> None:
    for control in (STREAM, SINK, MASTER, PCM):
        snapshot = ac97()
        off = tuple(True for _ in snapshot.controls[control].mute or ())
        assert way(changed(snapshot, control, mute=off)).muted, control


def test_a_volume_of_zero_mutes_the_way() -> None:
    path = way(ac97(stream_db=None))
    assert path.total == (MUTE_CDB, MUTE_CDB)
    assert path.muted


def test_channels_keep_their_own_gain() -> None:
    quiet_right = (Channel("front-left", 65536), Channel("front-right", 32768))
    path = way(changed(ac97(), STREAM, channels=quiet_right))
    assert near(path.total[:1], -606)
    assert near(path.total[1:], -606 - 1806)
    mono = way(changed(ac97(), STREAM, channels=volumes(-3.0, ("mono",))))
    assert near(mono.total, -906)


def test_a_control_without_db_makes_the_total_unknown() -> None:
    vague = element("Master", None, Scale(0, 31), card="ICH")
    path = way(picture(vague, sink(-6.0, hardware_volume=False, base_db=0.0), stream()))
    assert path.loudest(path.total) is None


def test_the_only_playback_volume_is_on_the_way_whatever_its_name() -> None:
    odd = element("Audio Output Volume Control", -50, scale(256, -12800, 0))
    path = way(picture(odd, sink(-6.0, hardware_volume=False, base_db=0.0), stream()))
    assert near(path.total, -650)


USB_VOLUME = scale(37, -3700, 0)


def on_usb(*controls: Control, **info: Any) -> Snapshot:
    """A sink in software on a card that has these controls."""
    soft: dict[str, Any] = {"hardware_volume": False, "base_db": 0.0, "ports": (), "port": None}
    return picture(*controls, sink(-6.0, **(soft | info)), stream())


@pytest.mark.parametrize(
    "name",
    [
        "Headset",
        "Headphone",
        "Speaker",
        "Line Out",
        "G435 Wireless Gaming Headset",
        "Yeti Monitor",
        "Mono",
        "Digital In Line Amp",
    ],
)
def test_the_only_volume_of_a_card_counts_under_any_name(name: str) -> None:
    sidetone = element("Mic", -900, USB_VOLUME, mute=(True, True))
    path = way(on_usb(element(name, -700, USB_VOLUME), sidetone))
    assert near(path.total, -1300)
    assert stage(path, name).certain
    assert "Mic" not in names(path)
    muted = way(on_usb(element(name, -700, USB_VOLUME, mute=(True, True)), sidetone))
    assert muted.muted


def test_a_card_that_only_mixes_in_a_microphone_has_no_volume_on_the_way() -> None:
    assert near(way(on_usb(element("Front Mic", -900, USB_VOLUME))).total, -600)


def test_a_volume_that_may_be_on_the_way_makes_the_total_unknown() -> None:
    snapshot = on_usb(element("Master", -100, USB_VOLUME), element("Chat Mixer", -700, USB_VOLUME))
    path = way(snapshot)
    assert path.total == (None, None)
    assert not stage(path, "Chat Mixer").certain
    assert stage(path, "Chat Mixer").note == "the sound may bypass this control; set to −7.00 dB"
    # At 0 dB it makes no difference whether the sound goes through the control.
    neutral = on_usb(element("Master", -100, USB_VOLUME), element("Chat Mixer", 0, USB_VOLUME))
    assert near(way(neutral).total, -700)
    off = on_usb(element("Master", -100, USB_VOLUME), element("Chat Mixer", 0, USB_VOLUME, mute=(True, True)))
    assert way(off).total == (None, None)
    assert not way(off).muted
    assert "muted" in stage(way(off), "Chat Mixer").note


def test_another_outputs_volume_is_out_of_the_way_only_where_that_is_known() -> None:
    controls = (element("PCM", 0, PCM_SCALE), element("Headphone", -700, MASTER_SCALE, mute=(True, True)))
    assert way(on_usb(*controls)).total == (None, None)
    line, head = Port("analog-output", "Analog Output"), Port("analog-output-headphones", "Headphones", False)
    by_port = way(on_usb(*controls, ports=(line, head), port=line.name))
    assert near(by_port.total, -600)
    assert "Headphone" not in names(by_port)
    jack = replace(CARD, jacks=(Jack("Headphone Jack", False),))
    by_jack = way(replace(on_usb(*controls), alsa_cards=(jack,)))
    assert near(by_jack.total, -600)
    plugged = replace(CARD, jacks=(Jack("Headphone Jack", True),))
    assert way(replace(on_usb(*controls), alsa_cards=(plugged,))).muted


def test_a_null_sink_ends_the_way() -> None:
    path = way(picture(soft_sink(-3.0), stream(-2.0, "pulse:sink/null")))
    assert near(path.total, -500)
    assert path.stages[-1].kind is StageKind.END
    assert "not heard" in path.stages[-1].note
    taped = picture(
        soft_sink(-3.0),
        monitor_of("pulse:sink/null"),
        stream(-2.0, "pulse:sink/null"),
        stream(0.0, "pulse:source/null.monitor", 4, kind=Kind.SOURCE_OUTPUT, name="Tape"),
    )
    assert way(taped).stages[-1].note == "a null sink: its sound is not heard, but is recorded by Tape"
    null = replace(soft_sink(-3.0, driver="PipeWire"), properties={"pulse.module.id": "7"})
    linked = way(changed(taped, null.id, device=null.device, properties=null.properties))
    assert (
        linked.stages[-1].note
        == "a null sink, recorded by Tape; whether it is heard cannot be determined from here"
    )


def test_a_combined_sink_forks_to_what_it_feeds() -> None:
    snapshot = picture(
        sink(0.0, hardware_volume=False, base_db=0.0),
        soft_sink(-6.0, "both", owner_module=7, driver="module-combine-sink.c"),
        soft_sink(-1.0, "other"),
        stream(0.0, "pulse:sink/both"),
        stream(-2.0, SINK, 2, virtual=True, owner_module=7, client=None),
        stream(-3.0, "pulse:sink/other", 3, virtual=True, owner_module=7, client=None),
    )
    paths = trace(snapshot, SYSTEM, STREAM)
    assert [path.loudest(path.total) for path in paths] == [-800, -1000]
    assert [stage(path, "combine").kind for path in paths] == [StageKind.MODULE, StageKind.MODULE]


def test_a_loopback_carries_a_null_sink_on() -> None:
    snapshot = picture(
        sink(-4.0, hardware_volume=False, base_db=0.0),
        soft_sink(-6.0, "null"),
        monitor_of("pulse:sink/null"),
        stream(0.0, "pulse:sink/null"),
        *loopback("pulse:source/null.monitor", SINK, db=-1.0),
    )
    path = way(snapshot)
    assert "loopback" in names(path)
    assert near(path.total, -1100)


def test_a_loopbacks_recording_half_and_its_monitor_count() -> None:
    half, other = loopback("pulse:source/null.monitor", SINK, db=-1.0)
    snapshot = picture(
        sink(-4.0, hardware_volume=False, base_db=0.0),
        soft_sink(-6.0, "null"),
        replace(monitor_of("pulse:sink/null"), channels=volumes(-2.0)),
        stream(0.0, "pulse:sink/null"),
        replace(half, channels=volumes(-8.0)),
        other,
    )
    path = way(snapshot)
    assert [one.kind for one in path.stages[2:7]] == [
        StageKind.SINK,
        StageKind.SOURCE,
        StageKind.STREAM,
        StageKind.MODULE,
        StageKind.STREAM,
    ]
    assert near(path.total, -600 - 200 - 800 - 100 - 400)
    assert way(changed(snapshot, half.id, mute=(True,))).muted
    assert way(changed(snapshot, "pulse:source/null.monitor", mute=(True,))).muted


def test_a_loopback_from_a_card_has_the_software_part_of_its_volume_only() -> None:
    snapshot = ac97(
        0.0,
        -18.06,
        -600,
        0,
        monitor_of(SINK),
        soft_sink(-3.0),
        *loopback("pulse:source/ac97.monitor", "pulse:sink/null"),
    )
    own, onward = trace(snapshot, SYSTEM, STREAM)
    assert near(own.total, -606)
    assert near(onward.total, -6 - 300)
    # The hardware's mute is behind the monitor.
    assert not trace(changed(snapshot, SINK, mute=(True,)), SYSTEM, STREAM)[1].muted


def test_on_pipewire_a_monitor_hears_its_sinks_volume_only_where_it_says_so() -> None:
    quiet = replace(soft_sink(-6.0, "null"), mute=(True,))
    told = replace(quiet, properties={"monitor.channel-volumes": "true"})
    for one, server, total in ((quiet, "PipeWire", 0), (told, "PipeWire", -600), (quiet, "PulseAudio", -600)):
        snapshot = picture(one, monitor_of(quiet.id), server=server)
        path = way(snapshot, "pulse:source/null.monitor")
        assert near(path.total, total)
        assert path.muted is (total < 0)
        assert way(snapshot, quiet.id).muted is (total < 0)


def test_sinks_in_a_circle_end() -> None:
    snapshot = picture(
        soft_sink(0.0, "a", owner_module=1, driver="module-remap-sink.c"),
        soft_sink(0.0, "b", owner_module=2, driver="module-remap-sink.c"),
        stream(0.0, "pulse:sink/a"),
        stream(0.0, "pulse:sink/b", 2, virtual=True, owner_module=1, client=None),
        stream(0.0, "pulse:sink/a", 3, virtual=True, owner_module=2, client=None),
    )
    assert way(snapshot).stages[-1].name == "a loop"


def recorder(source: str) -> Control:
    return stream(-1.0, source, 8, kind=Kind.SOURCE_OUTPUT, name="Recorder")


def test_recording_goes_from_the_jack_to_the_program() -> None:
    capture = element("Capture", 1200, scale(15, 0, 2250), kind=Kind.ALSA_CAPTURE, capture=(True, True))
    mic = sink(
        -10.5, "mic", base_db=-22.5, port="analog-input-mic", ports=(Port("analog-input-mic", "Microphone"),)
    )
    source = replace(mic, id="pulse:source/mic", kind=Kind.SOURCE)
    path = way(picture(capture, source, recorder(source.id)), "pulse:source_output/8")
    assert names(path)[0] == "Microphone"
    assert names(path)[-1] == "Recorder"
    assert stage(path, "Capture").driven
    assert near(path.total, 1200 - 100)


def test_a_capture_switch_that_is_off_mutes_the_recording() -> None:
    capture = element("Capture", 1200, scale(15, 0, 2250), kind=Kind.ALSA_CAPTURE, capture=(False, False))
    source = replace(sink(0.0, "mic", hardware_volume=False), id="pulse:source/mic", kind=Kind.SOURCE)
    assert way(picture(capture, source, recorder(source.id)), "pulse:source_output/8").muted


def test_a_program_on_hdmi_does_not_go_through_the_analog_controls() -> None:
    holder = Holder("ICH", 0, 3, 0, False, 44, "aplay")
    system = replace(SYSTEM, pcm_devices=(PcmDevice("ICH", 0, 3, "HDMI 0", False),))
    assert names(way(ac97(), holder, system)) == ["aplay", "HDMI 0"]


def test_a_program_past_the_server_goes_through_the_card_only() -> None:
    holder = Holder(
        "ICH", 0, 0, 0, capture=False, pid=77, program="aplay", user="me", state="RUNNING", dmix=True
    )
    path = way(ac97(), holder)
    assert names(path) == ["aplay", "PCM", "Master", "Intel ICH"]
    assert near(path.total, -600, 0)
    assert "dmix" in path.stages[0].note


def test_a_loopback_card_is_named_as_such() -> None:
    card = AlsaCard("Loopback", 5, "Loopback", loopback=True)
    there = picture(
        sink(0.0, card="Loopback", hardware_volume=False, base_db=0.0), stream(), alsa_cards=(card,)
    )
    assert "nothing is recording" in way(there).stages[-1].note
    reader = Holder("Loopback", 5, 1, 0, capture=True, program="arecord")
    assert "recorded by arecord" in way(there, system=replace(SYSTEM, holders=(reader,))).stages[-1].note


def test_nothing_to_follow() -> None:
    assert trace(ac97(), SYSTEM, "pulse:sink_input/404") == ()
    assert trace(ac97(), SYSTEM, MASTER) == ()


@pytest.mark.parametrize("text", ["²", "9" * 5000, "none"], ids=["superscript", "huge", "none"])
def test_the_number_of_a_pcm_device_may_be_anything(text: str) -> None:
    device = sink()
    assert pcm_of(replace(device, properties=device.properties | {"alsa.device": text})) == 0
