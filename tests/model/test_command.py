"""What a command does to a control, and that its inverse undoes it."""

import pytest

from tuimixer.model.command import (
    CardCommand,
    Command,
    Kill,
    MoveStream,
    OpenDevice,
    SetCapture,
    SetChoice,
    SetCodec,
    SetDefault,
    SetFormats,
    SetLatencyOffset,
    SetMute,
    SetPort,
    SetProfile,
    SetSuspended,
    SetVolume,
    UseServer,
    apply,
)
from tuimixer.model.control import Channel, Choice, Control, ControlId, Device, Kind, Port, Stream
from tuimixer.model.record import replace
from tuimixer.model.snapshot import ServerCard, Snapshot

pytestmark = pytest.mark.unit

MASTER = Control(
    "alsa:PCH/Master,0/playback",
    Kind.ALSA_PLAYBACK,
    "Master",
    channels=(Channel("front-left", 10), Channel("front-right", 20)),
    mute=(False, True),
)
MIC = Control("alsa:PCH/Mic,0/capture", Kind.ALSA_CAPTURE, "Mic", capture=(True,))
SOURCE = Control("alsa:PCH/Source,0/capture", Kind.ALSA_CAPTURE, "Source", choice=Choice(1, ("Mic", "Line")))
SPEAKERS = Control(
    "pulse:sink/speakers",
    Kind.SINK,
    "Speakers",
    default=True,
    device=Device("speakers", 0, state="idle", port="line", formats=("pcm",)),
)
HDMI = Control("pulse:sink/hdmi", Kind.SINK, "HDMI", device=Device("hdmi", 1))
MPV = Control("pulse:sink_input/7", Kind.SINK_INPUT, "mpv", target_id=SPEAKERS.id, stream=Stream(7))
CARD = ServerCard(
    "pulse:card/x",
    0,
    "x",
    "Built-in",
    profile="stereo",
    codec="sbc",
    ports=(Port("p", "P", latency_offset=3),),
)
SNAPSHOT = Snapshot(
    controls={control.id: control for control in (MASTER, MIC, SOURCE, SPEAKERS, HDMI, MPV)},
    server_cards=(CARD,),
)


def after(command: Command, snapshot: Snapshot) -> Snapshot:
    if isinstance(command, CardCommand):
        cards = tuple(
            command.apply_to(card) if card.id == command.id else card for card in snapshot.server_cards
        )
        return replace(snapshot, server_cards=cards)
    return replace(snapshot, controls={**snapshot.controls, **apply(command, snapshot.controls)})


@pytest.mark.parametrize(
    "command",
    [
        SetVolume(MASTER.id, (1, 2)),
        SetMute(MASTER.id, (True, False)),
        SetCapture(MIC.id, (False,)),
        SetChoice(SOURCE.id, 0),
        SetDefault(HDMI.id),
        MoveStream(MPV.id, HDMI.id),
        SetPort(SPEAKERS.id, "headphones"),
        SetSuspended(SPEAKERS.id, True),
        SetFormats(SPEAKERS.id, ("pcm", "ac3-iec61937")),
        SetProfile(CARD.id, "off"),
        SetLatencyOffset(CARD.id, "p", -500),
        SetCodec(CARD.id, "aac"),
    ],
)
def test_the_inverse_takes_back_what_the_command_did(command: Command) -> None:
    changed = after(command, SNAPSHOT)
    assert changed != SNAPSHOT
    inverse = command.inverse(SNAPSHOT)
    assert inverse is not None
    assert after(inverse, changed) == SNAPSHOT
    assert command.label


@pytest.mark.parametrize(
    "command",
    [
        SetVolume(MASTER.id, (1,)),
        SetVolume(MIC.id, ()),
        SetMute(MASTER.id, (True,)),
        SetMute(MIC.id, (True,)),
        SetCapture(MIC.id, (True, True)),
        SetChoice(SOURCE.id, 2),
        SetChoice(SOURCE.id, -1),
        SetDefault(MPV.id),
        SetDefault("pulse:sink/gone"),
        MoveStream(SPEAKERS.id, HDMI.id),
        SetPort(MPV.id, "p"),
        SetSuspended(MPV.id, True),
        SetFormats(MPV.id, ("pcm",)),
        Kill(MPV.id),
        OpenDevice("alsa:equal"),
        UseServer("pulse:server", ""),
    ],
)
def test_a_command_without_a_place_changes_nothing(command: Command) -> None:
    assert after(command, SNAPSHOT) == SNAPSHOT


def test_a_new_default_takes_the_mark_from_the_old_one_and_leaves_sources_alone() -> None:
    mic = Control("pulse:source/mic", Kind.SOURCE, "Mic", default=True)
    controls: dict[ControlId, Control] = {**SNAPSHOT.controls, mic.id: mic}
    changed = apply(SetDefault(HDMI.id), controls)
    assert {key: control.default for key, control in changed.items()} == {SPEAKERS.id: False, HDMI.id: True}
