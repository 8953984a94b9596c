"""Undo and redo of every change that can be undone."""

from dataclasses import replace

import pytest

from tuimixer.mixer.history import DEPTH, JOIN_WITHIN, History, UndoStep
from tuimixer.model.command import (
    Command,
    Kill,
    MoveStream,
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
)
from tuimixer.model.control import Channel, Choice, Control, Device, Element, Kind, Port
from tuimixer.model.snapshot import ServerCard, Snapshot

pytestmark = pytest.mark.unit

A = Control(
    "pulse:sink/a",
    Kind.SINK,
    "Speakers",
    channels=(Channel("front-left", 10), Channel("front-right", 20)),
    mute=(False,),
    capture=(True, False),
    choice=Choice(1, ("x", "y", "z")),
    target_id="pulse:sink/home",
    device=Device("a", 0, state="running", port="speaker", formats=("pcm",)),
)
B = Control("pulse:sink/b", Kind.SINK, "HDMI", default=True)
CARD = ServerCard(
    "pulse:card/x",
    0,
    "x",
    "Built-in Audio",
    profile="stereo",
    ports=(Port("p", "P", latency_offset=3), Port("q", "Q")),
    codec="sbc",
)
SNAPSHOT = Snapshot(controls={A.id: A, B.id: B}, server_cards=(CARD,))


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Hand:
    """A history with the control that its commands change."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.history = History(self.clock)
        self.snapshot = SNAPSHOT

    def volume(self, raw: int, after: float = 0.0) -> None:
        self.clock.now += after
        self.history.record(SetVolume(A.id, (raw, raw)), self.snapshot)
        moved = replace(A, channels=(Channel("front-left", raw), Channel("front-right", raw)))
        self.snapshot = replace(SNAPSHOT, controls={**SNAPSHOT.controls, A.id: moved})

    def undo(self) -> Command | None:
        change = self.history.undo()
        return change.before if isinstance(change, UndoStep) else None

    def redo(self) -> Command | None:
        change = self.history.redo()
        return change.after if isinstance(change, UndoStep) else None


@pytest.mark.parametrize(
    ("command", "before", "words"),
    [
        (SetVolume(A.id, (5, 5)), SetVolume(A.id, (10, 20)), "volume (Speakers)"),
        (SetMute(A.id, (True,)), SetMute(A.id, (False,)), "mute (Speakers)"),
        (SetCapture(A.id, (False, False)), SetCapture(A.id, (True, False)), "capture (Speakers)"),
        (SetChoice(A.id, 2), SetChoice(A.id, 1), "selection (Speakers)"),
        (MoveStream(A.id, "pulse:sink/b"), MoveStream(A.id, "pulse:sink/home"), "move (Speakers)"),
        (MoveStream(A.id, None), MoveStream(A.id, "pulse:sink/home"), "move (Speakers)"),
        (SetPort(A.id, "line"), SetPort(A.id, "speaker"), "port (Speakers)"),
        (SetSuspended(A.id, True), SetSuspended(A.id, False), "suspend (Speakers)"),
        (SetFormats(A.id, ("pcm", "ac3")), SetFormats(A.id, ("pcm",)), "formats (Speakers)"),
        (SetDefault(A.id), SetDefault(B.id), "default (Speakers)"),
        (SetProfile(CARD.id, "off"), SetProfile(CARD.id, "stereo"), "profile (Built-in Audio)"),
        (SetCodec(CARD.id, "aac"), SetCodec(CARD.id, "sbc"), "codec (Built-in Audio)"),
        (
            SetLatencyOffset(CARD.id, "p", 900),
            SetLatencyOffset(CARD.id, "p", 3),
            "latency offset (Built-in Audio)",
        ),
    ],
)
def test_undo_and_redo(command: Command, before: Command, words: str) -> None:
    history = History(Clock())
    history.record(command, SNAPSHOT)
    change = history.undo()
    assert isinstance(change, UndoStep)
    assert (change.before, change.words) == (before, words)
    assert history.undo() is None
    again = history.redo()
    assert isinstance(again, UndoStep)
    assert again.after == command
    assert history.redo() is None
    twice = history.undo()
    assert isinstance(twice, UndoStep)
    assert twice.before == before


@pytest.mark.parametrize(
    "command",
    [
        Kill(A.id),
        SetLatencyOffset(CARD.id, "q", 5),
        SetLatencyOffset(CARD.id, "none", 5),
        SetProfile("pulse:card/gone", "off"),
        SetVolume("pulse:sink/gone", (1,)),
        SetChoice(B.id, 1),
        SetMute(B.id, (True,)),
        SetCapture(B.id, (True,)),
        SetPort(B.id, "x"),
        SetSuspended(B.id, True),
        SetFormats(B.id, ()),
        MoveStream(B.id, A.id),
        SetVolume(B.id, (1,)),
    ],
)
def test_no_way_back(command: Command) -> None:
    assert command.inverse(SNAPSHOT) is None
    history = History(Clock())
    history.record(command, SNAPSHOT)
    assert history.undo() is None


def test_what_recorded_of_an_exclusive_group_is_chosen_again() -> None:
    mic, line, other = (
        Control(
            name, Kind.ALSA_CAPTURE, name, card=card, element=Element(name, 0, exclusive=0), capture=capture
        )
        for name, card, capture in (
            ("Mic", "ICH", (True, True)),
            ("Line", "ICH", (False, False)),
            ("Aux", "Audio", (True, True)),
        )
    )
    snapshot = Snapshot(controls={control.id: control for control in (other, line, mic)})
    before = SetCapture("Line", (True, True)).inverse(snapshot)
    assert before == SetCapture("Mic", (True, True))
    alone = Snapshot(controls={"Line": replace(line, element=Element("Line", 0)), "Mic": mic})
    assert SetCapture("Line", (True, True)).inverse(alone) == SetCapture("Line", (False, False))


def test_without_a_default_there_is_none_to_go_back_to() -> None:
    assert SetDefault(A.id).inverse(Snapshot(controls={A.id: A})) is None


def test_what_changes_nothing_is_not_kept() -> None:
    history = History(Clock())
    history.record(SetVolume(A.id, (10, 20)), SNAPSHOT)
    history.record(SetSuspended(A.id, False), SNAPSHOT)
    history.record(SetDefault(B.id), SNAPSHOT)
    assert history.undo() is None


def test_steps_that_follow_each_other_are_one_change() -> None:
    hand = Hand()
    for raw in (11, 12, 13):
        hand.volume(raw, JOIN_WITHIN / 2)
    hand.volume(50, JOIN_WITHIN)
    assert hand.undo() == SetVolume(A.id, (13, 13))
    assert hand.undo() == SetVolume(A.id, (10, 20))
    assert hand.undo() is None
    assert hand.redo() == SetVolume(A.id, (13, 13))
    assert hand.redo() == SetVolume(A.id, (50, 50))


def test_steps_with_something_between_are_two_changes() -> None:
    hand = Hand()
    hand.volume(11)
    hand.history.record(SetMute(A.id, (True,)), SNAPSHOT)
    hand.volume(12)
    assert hand.undo() == SetVolume(A.id, (11, 11))
    assert hand.undo() == SetMute(A.id, (False,))
    assert hand.undo() == SetVolume(A.id, (10, 20))


def test_steps_there_and_back_are_no_change() -> None:
    hand = Hand()
    hand.volume(11)
    hand.history.record(SetVolume(A.id, (10, 20)), hand.snapshot)
    assert hand.undo() is None


def test_steps_of_another_control_are_a_change_of_their_own() -> None:
    hand = Hand()
    hand.volume(11)
    other = replace(A, id="pulse:sink/c", name="C")
    hand.snapshot = replace(hand.snapshot, controls={**hand.snapshot.controls, other.id: other})
    hand.history.record(SetVolume(other.id, (1, 1)), hand.snapshot)
    assert hand.undo() == SetVolume(other.id, (10, 20))
    assert hand.undo() == SetVolume(A.id, (10, 20))


def test_a_step_after_an_undo_does_not_join_what_was_before() -> None:
    hand = Hand()
    hand.volume(11)
    hand.history.record(SetMute(A.id, (True,)), SNAPSHOT)
    hand.undo()
    hand.volume(12)
    assert hand.undo() == SetVolume(A.id, (11, 11))


def test_a_step_after_a_redo_does_not_join_it() -> None:
    hand = Hand()
    hand.volume(11)
    hand.undo()
    hand.redo()
    hand.volume(12)
    assert hand.undo() == SetVolume(A.id, (11, 11))


def test_a_new_change_ends_what_could_be_done_again() -> None:
    hand = Hand()
    hand.volume(11)
    hand.undo()
    hand.volume(12, JOIN_WITHIN)
    assert hand.redo() is None


def test_the_depth_is_bounded() -> None:
    hand = Hand()
    for raw in range(DEPTH + 10):
        hand.volume(1000 + raw, JOIN_WITHIN)
    count = 0
    while hand.undo() is not None:
        count += 1
    assert count == DEPTH
