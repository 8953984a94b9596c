"""What a server acknowledges but does not do is reported."""

import os
import signal
from dataclasses import replace
from typing import get_args

import pytest

from tests.backend.pulse.watcher import Watcher, device
from tests.lab.pipewire import PrivatePipeWire
from tests.lab.pulse import PrivatePulse
from tuimixer.backend.pulse.backend import PulseBackend
from tuimixer.backend.pulse.records import StoredRecord
from tuimixer.backend.pulse.verification import Unverified, ignored, patience, unverified
from tuimixer.model.command import (
    Command,
    Kill,
    MoveStream,
    SetDefault,
    SetFormats,
    SetMute,
    SetPort,
    SetProfile,
    SetSuspended,
    SetVolume,
)
from tuimixer.model.control import Channel, Control, Device, Kind, Port, Stream
from tuimixer.model.snapshot import Profile, ServerCard

PORTS = (Port("speaker", "Speakers"), Port("hp", "Headphones"))
OUTPUT = Device("a", 0, "running", ports=PORTS, port="speaker", formats=("pcm",))
SINK = Control(
    *("pulse:sink/a", Kind.SINK, "A"),
    channels=(Channel("mono", 3),),
    mute=(False,),
    default=True,
    device=OUTPUT,
)
OTHER = replace(SINK, id="pulse:sink/b", name="B", default=False, device=replace(OUTPUT, state="idle"))
MIC = replace(SINK, id="pulse:source/mic", kind=Kind.SOURCE, name="Mic", default=False)
MIC = replace(MIC, device=Device("mic", 1, "suspended"))
MPV = replace(SINK, id="pulse:sink_input/3", kind=Kind.SINK_INPUT, name="mpv", default=False)
MPV = replace(MPV, device=None, target_id=SINK.id, stream=Stream(3))
VLC = replace(MPV, id="pulse:sink_input/5", name="vlc", target_id=OTHER.id, stream=Stream(5))
CALL = replace(MPV, id="pulse:source_output/6", kind=Kind.SOURCE_OUTPUT, name="call", stream=Stream(6))


class Known:
    """Two outputs, one input that is not the default, three streams."""

    def __init__(self) -> None:
        profiles = (Profile("off", "Off"), Profile("stereo", "Stereo"))
        card = ServerCard("pulse:card/one", 0, "one", "Built-in", profiles=profiles, profile="stereo")
        self.server_cards: tuple[ServerCard, ...] = (card,)
        self.stored: dict[str, StoredRecord] = {}
        self.controls = {control.id: control for control in (SINK, OTHER, MIC, MPV, VLC, CALL)}


CASES: list[tuple[Command, str]] = [
    (SetSuspended(SINK.id, False), ""),
    (SetSuspended(SINK.id, True), "S did not suspend A, or resumed it, because something is playing on it."),
    (SetSuspended(MIC.id, True), ""),
    (SetSuspended(MIC.id, False), "S only resumes Mic when something is recording from it."),
    (SetFormats(SINK.id, ()), ""),
    (SetFormats(SINK.id, ("ac3-iec61937",)), "S did not accept the formats for A."),
    (MoveStream(MPV.id, SINK.id), ""),
    (MoveStream(MPV.id, OTHER.id), "S did not move mpv to B."),
    (MoveStream(MPV.id, "pulse:sink/gone"), ""),
    (MoveStream("pulse:sink_input/4", OTHER.id), ""),
    (MoveStream(MPV.id, None), ""),
    (MoveStream(VLC.id, None), "S did not move vlc to A."),
    (MoveStream(CALL.id, None), ""),
    (SetVolume(SINK.id, (5,)), "S did not change the volume of A."),
    (SetVolume(SINK.id, (3,)), ""),
    (
        SetVolume(OTHER.id, (5,)),
        "S did not change the volume of B, but may do so once something is playing on it.",
    ),
    (SetMute(MIC.id, (True,)), "S did not mute Mic, but may do so once something is recording from it."),
    (SetMute(MPV.id, (True,)), "S did not mute mpv."),
    (SetMute(MPV.id, (False,)), ""),
    (SetDefault(SINK.id), ""),
    (SetDefault(OTHER.id), "S did not make B the default output."),
    (SetDefault(MIC.id), "S did not make Mic the default input."),
    (SetPort(SINK.id, "hp"), "S did not switch A to Headphones."),
    (SetPort(SINK.id, "speaker"), ""),
    (Kill(MPV.id), "S did not kill mpv."),
    (Kill("pulse:sink_input/4"), ""),
    (SetProfile("pulse:card/one", "off"), "S did not switch Built-in to Off."),
    (SetProfile("pulse:card/one", "stereo"), ""),
    (SetProfile("pulse:card/gone", "off"), ""),
]


@pytest.mark.unit
@pytest.mark.parametrize(("command", "says"), CASES)
def test_sentence(command: Command, says: str) -> None:
    assert patience(command)
    assert ignored(unverified(command, Known()), Known(), "S") == says


@pytest.mark.unit
def test_what_others_have_changed_meanwhile_was_not_ignored() -> None:
    before = replace(SINK, channels=(Channel("mono", 4),))
    assert ignored(Unverified(SetVolume(SINK.id, (5,)), before, SINK.id), Known(), "S") == ""


@pytest.mark.unit
def test_a_default_that_another_program_has_changed_meanwhile_was_not_ignored() -> None:
    doubt = unverified(SetDefault(OTHER.id), Known())
    now = Known()
    now.controls[SINK.id] = replace(SINK, default=False)
    third = replace(SINK, id="pulse:sink/c", name="C")
    now.controls[third.id] = third
    assert ignored(doubt, now, "S") == ""


@pytest.mark.unit
def test_a_stream_that_has_moved_followed_the_default_of_that_moment() -> None:
    before = replace(VLC, target_id="pulse:sink/c")
    assert ignored(Unverified(MoveStream(VLC.id, None), before, SINK.id), Known(), "S") == ""


@pytest.mark.unit
def test_a_stream_moved_to_the_default_has_followed_when_that_was_changed() -> None:
    doubt = unverified(MoveStream(VLC.id, SINK.id), Known())
    assert "did not move" in ignored(doubt, Known(), "S")
    now = Known()
    now.controls |= {SINK.id: replace(SINK, default=False), OTHER.id: replace(OTHER, default=True)}
    assert ignored(doubt, now, "S") == ""


@pytest.mark.unit
def test_what_is_waited_for_is_reported_if_it_does_not_happen() -> None:
    kinds = get_args(Command)
    assert {kind for kind in kinds if patience(kind.__new__(kind))} == {
        type(command) for command, says in CASES if says
    }


@pytest.mark.pipewire
async def test_a_sink_on_which_something_plays_is_not_suspended(pipewire: PrivatePipeWire) -> None:
    pipewire.play("music", device="speakers")
    async with Watcher(PulseBackend(pipewire.address)) as watcher:
        await watcher.stream("music")
        watcher.backend.submit(SetSuspended("pulse:sink/speakers", True))
        await watcher.until(lambda: watcher.notices, "the sentence")
        assert "did not suspend Speakers" in watcher.notices[0].text
        await watcher.until_server(
            lambda: device(pipewire, "sinks", "speakers")["state"] == "RUNNING", "it to run"
        )


@pytest.mark.pulse
async def test_an_undone_wish_is_not_judged(pulse: PrivatePulse) -> None:
    async with Watcher(PulseBackend(pulse.address)) as watcher:
        await watcher.until_ready()
        session = watcher.backend._session
        assert session is not None
        for wanted in (True, False):
            watcher.backend.submit(SetSuspended("pulse:sink/headphones", wanted))
            await watcher.until(
                lambda wanted=wanted: (  # type: ignore[misc]
                    (watcher.get("pulse:sink/headphones").device.state == "suspended") == wanted  # type: ignore[union-attr]
                ),
                "the state",
            )
        await watcher.until_server(lambda: not session._doubted and not session._judged, "the judgement")
        assert not watcher.notices


@pytest.mark.pipewire
async def test_two_ignored_moves_at_once_are_each_told(pipewire: PrivatePipeWire) -> None:
    for name in ("music", "film"):
        pipewire.play(name, device="speakers")
    async with Watcher(PulseBackend(pipewire.address)) as watcher:
        streams = [await watcher.stream(name) for name in ("music", "film")]
        os.kill(pipewire.session_manager, signal.SIGSTOP)
        for stream in streams:
            watcher.backend.submit(MoveStream(stream.id, "pulse:sink/headphones"))
        await watcher.until(lambda: len(watcher.notices) >= 2, "both sentences")
        assert sorted(notice.text for notice in watcher.notices) == [
            "PipeWire did not move film to Headphones.",
            "PipeWire did not move music to Headphones.",
        ]
