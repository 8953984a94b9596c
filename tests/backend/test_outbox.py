"""What is shown while commands are pending: no lost step, no jump back, the real state at the end."""

from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tuimixer.backend.outbox import Outbox
from tuimixer.model.command import (
    Command,
    Kill,
    MoveStream,
    SetCapture,
    SetChoice,
    SetDefault,
    SetMute,
    SetPort,
    SetVolume,
)
from tuimixer.model.control import Channel, Choice, Control, Device, Kind, Stream
from tuimixer.model.scale import PULSE_SCALE

pytestmark = pytest.mark.unit

SINK = Control(
    "pulse:sink/a", Kind.SINK, "A", scale=PULSE_SCALE, channels=(Channel("mono", 0),), mute=(False,)
)


def sink(raw: int) -> Control:
    return replace(SINK, channels=(Channel("mono", raw),))


class Wire(RuleBasedStateMachine):
    """A server that applies, acknowledges and answers reads at any time, while keys are being pressed.

    At most one write and one read are in progress, and a read is answered with the state of some moment
    between its beginning and its end, as with a real server.
    """

    def __init__(self) -> None:
        super().__init__()
        self.outbox = Outbox()
        self.server = 0
        self.truth = {SINK.id: sink(0)}
        self.writing: Command | None = None
        self.applied = False
        self.reading: int | None = None
        self.sampled: int | None = None

    @property
    def shown(self) -> int:
        return self.outbox.over(self.truth)[SINK.id].raws[0]

    @rule(by=st.integers(1, 3))
    def press(self, by: int) -> None:
        self.outbox.submit(SetVolume(SINK.id, (self.shown + by,)))
        self.pressed(by)

    def pressed(self, by: int) -> None:
        """Called for each press; a subclass may count them."""

    @precondition(lambda self: self.writing is None)
    @rule()
    def begin_write(self) -> None:
        self.writing, self.applied = self.outbox.take(), False

    @precondition(lambda self: self.writing is not None and not self.applied)
    @rule()
    def apply(self) -> None:
        assert isinstance(self.writing, SetVolume)
        self.server, self.applied = self.writing.raws[0], True

    @precondition(lambda self: self.applied and self.writing is not None)
    @rule()
    def acknowledge(self) -> None:
        assert self.writing is not None
        self.outbox.acked(self.writing)
        self.writing = None

    @precondition(lambda self: self.reading is None)
    @rule()
    def begin_read(self) -> None:
        self.reading, self.sampled = self.outbox.begin_read(), None

    @precondition(lambda self: self.reading is not None and self.sampled is None)
    @rule()
    def sample(self) -> None:
        self.sampled = self.server

    @precondition(lambda self: self.sampled is not None)
    @rule()
    def end_read(self) -> None:
        assert self.reading is not None
        assert self.sampled is not None
        self.truth = {SINK.id: sink(self.sampled)}
        self.outbox.end_read(self.reading)
        self.reading = self.sampled = None

    def settle(self) -> None:
        """Let everything pending arrive, with one more read."""
        for _ in range(2):
            while True:
                if self.writing is None:
                    self.begin_write()
                if self.writing is None:
                    break
                if not self.applied:
                    self.apply()
                self.acknowledge()
            if self.reading is None:
                self.begin_read()
            if self.sampled is None:
                self.sample()
            self.end_read()

    def teardown(self) -> None:
        self.settle()
        assert not self.outbox.awaiting_read
        assert self.shown == self.server, "ends on the truth"


class Alone(Wire):
    """Nobody else changes the volume, so the volume shown always matches the keys pressed."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def pressed(self, by: int) -> None:
        self.count += by

    @invariant()
    def no_step_is_lost(self) -> None:
        assert self.shown == self.count


class Disturbed(Wire):
    """Others change the volume too, and writes fail: unconfirmed values are shown, then the real state."""

    @initialize()
    def begin(self) -> None:
        self.last: int | None = None

    def pressed(self, by: int) -> None:
        self.last = self.shown

    @rule(raw=st.integers(100, 200))
    def outside(self, raw: int) -> None:
        self.server = raw

    @precondition(lambda self: self.writing is not None and not self.applied)
    @rule()
    def fail(self) -> None:
        assert self.writing is not None
        self.outbox.failed(self.writing)
        self.writing = None

    @invariant()
    def shown_is_own_or_read(self) -> None:
        assert self.shown in (self.last, self.truth[SINK.id].raws[0])


Alone.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
Disturbed.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestAlone = Alone.TestCase
TestDisturbed = Disturbed.TestCase


def test_only_the_newest_of_a_kind_is_sent_and_kinds_keep_their_order() -> None:
    outbox = Outbox()
    mute, first, second = SetMute(SINK.id, (True,)), SetVolume(SINK.id, (1,)), SetVolume(SINK.id, (2,))
    for command in (first, mute, second):
        outbox.submit(command)
    assert [outbox.take(), outbox.take(), outbox.take()] == [mute, second, None]


def test_the_same_command_twice_stays_on_top_until_its_second_write() -> None:
    outbox, command = Outbox(), SetVolume(SINK.id, (7,))
    outbox.submit(command)
    outbox.take()
    outbox.submit(command)
    outbox.acked(command)
    outbox.end_read(outbox.begin_read())
    assert outbox.over({SINK.id: sink(3)})[SINK.id].raws == (7,), "the second is not even written"
    assert outbox.take() is command


def test_a_failed_write_lets_the_truth_through_but_not_past_a_newer_one() -> None:
    outbox = Outbox()
    old, new = SetVolume(SINK.id, (5,)), SetVolume(SINK.id, (6,))
    outbox.submit(old)
    outbox.take()
    outbox.submit(new)
    outbox.failed(old)
    assert outbox.over({SINK.id: sink(0)})[SINK.id].raws == (6,)
    outbox.take()
    outbox.failed(new)
    assert outbox.over({SINK.id: sink(0)})[SINK.id].raws == (0,)


def test_a_write_that_was_cut_off_is_taken_again_unless_a_newer_one_replaces_it() -> None:
    outbox = Outbox()
    old, new = SetVolume(SINK.id, (5,)), SetVolume(SINK.id, (6,))
    outbox.submit(old)
    outbox.take()
    outbox.put_back(old)
    assert outbox.take() is old
    outbox.submit(new)
    outbox.put_back(old)
    assert outbox.take() is new
    assert outbox.take() is None


def test_clear_forgets_all() -> None:
    outbox = Outbox()
    outbox.submit(SetVolume(SINK.id, (5,)))
    outbox.clear()
    assert outbox.take() is None
    assert outbox.over({SINK.id: SINK}) == {SINK.id: SINK}


BOX = replace(
    SINK,
    capture=(False, False),
    choice=Choice(0, ("Mic", "Line")),
    target_id="pulse:sink/x",
    device=Device(server_name="a", index=0, port="speaker"),
    stream=Stream(0),
)


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        (SetMute(BOX.id, (True,)), replace(BOX, mute=(True,))),
        (SetMute(BOX.id, (True, True)), BOX),
        (SetCapture(BOX.id, (True, False)), replace(BOX, capture=(True, False))),
        (SetCapture(BOX.id, (True,)), BOX),
        (SetChoice(BOX.id, 1), replace(BOX, choice=Choice(1, ("Mic", "Line")))),
        (SetChoice(BOX.id, 9), BOX),
        (SetVolume(BOX.id, (1, 2)), BOX),
        (MoveStream(BOX.id, "pulse:sink/y"), replace(BOX, target_id="pulse:sink/y")),
        (MoveStream(BOX.id, None), BOX),
        (SetPort(BOX.id, "hdmi"), replace(BOX, device=Device(server_name="a", index=0, port="hdmi"))),
        (Kill(BOX.id), BOX),
        (SetVolume("pulse:sink/gone", (1,)), BOX),
        (SetDefault("pulse:sink/gone"), BOX),
    ],
)
def test_each_kind_on_top(command: Command, shown: Control) -> None:
    outbox = Outbox()
    outbox.submit(command)
    assert outbox.over({BOX.id: BOX}) == {BOX.id: shown}


def test_a_new_default_takes_the_mark_from_the_old_one() -> None:
    outbox = Outbox()
    old = replace(SINK, id="pulse:sink/old", default=True)
    source = replace(SINK, id="pulse:source/s", kind=Kind.SOURCE, default=True)
    outbox.submit(SetDefault(SINK.id))
    shown = outbox.over({c.id: c for c in (SINK, old, source)})
    assert [c.default for c in shown.values()] == [True, False, True]
    assert shown[source.id] is source


def test_what_no_command_is_about_keeps_its_identity() -> None:
    outbox = Outbox()
    truth = {SINK.id: SINK, "other": replace(SINK, id="other")}
    assert outbox.over(truth) is truth
    outbox.submit(SetVolume("other", (4,)))
    assert outbox.over(truth)[SINK.id] is SINK
