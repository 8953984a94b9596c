"""The mixer between a screen and a backend: intents out, changes in, undo."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tuimixer.backend.outbox import Outbox
from tuimixer.mixer.mixer import Changed, Event, Mixer
from tuimixer.model.command import Command, Kill, SetMute, SetProfile, SetVolume
from tuimixer.model.control import Channel, Control, ControlId, Kind
from tuimixer.model.intent import Capture, Mute, Nudge, SetLevel
from tuimixer.model.scale import PULSE_SCALE, Scale
from tuimixer.model.snapshot import Levels, Notice, ServerCard, Snapshot, Update
from tuimixer.model.system import System

pytestmark = pytest.mark.unit

PCM = Control(
    "alsa:PCH/PCM,0/playback",
    Kind.ALSA_PLAYBACK,
    "PCM",
    scale=Scale(0, 87),
    channels=(Channel("front-left", 86), Channel("front-right", 40)),
    mute=(False,),
)
SINK = Control(
    "pulse:sink/a", Kind.SINK, "A", scale=PULSE_SCALE, channels=(Channel("mono", 65536),), mute=(False,)
)
CARD = ServerCard("pulse:card/x", 0, "x", "Built-in", profile="stereo")


class Sounds:
    """A sound system that executes every command as soon as it is submitted."""

    name = "box"

    def __init__(self) -> None:
        self.commands: list[Command] = []
        self.watched: list[tuple[frozenset[ControlId], float]] = []
        self.snapshot = Snapshot(controls={PCM.id: PCM, SINK.id: SINK}, server_cards=(CARD,))
        self.emit: Callable[[Update], None] = lambda update: None

    async def run(self, emit: Callable[[Update], None]) -> None:
        self.emit = emit
        emit(self.snapshot)

    def submit(self, command: Command) -> None:
        self.commands.append(command)
        outbox = Outbox()
        outbox.submit(command)
        self.show(outbox.over(self.snapshot.controls))

    def show(self, controls: dict[ControlId, Control]) -> None:
        self.snapshot = replace(self.snapshot, controls=controls)
        self.emit(self.snapshot)

    def watch_levels(self, ids: frozenset[ControlId], rate: float) -> None:
        self.watched.append((ids, rate))

    async def inspect(self) -> System:
        return System(host="here")


class Box:
    def __init__(self, cap: float = 1.5) -> None:
        self.sounds = Sounds()
        self.now = 0.0
        self.mixer = Mixer(self.sounds, lambda control: cap, lambda: self.now)
        self.events: list[Event] = []
        self.leave = self.mixer.subscribe(self.events.append)

    def raws(self, control: Control = PCM) -> tuple[int, ...]:
        return self.mixer.snapshot.controls[control.id].raws


@pytest.fixture
async def box() -> Box:
    it = Box()
    await it.mixer.run()
    return it


async def test_changes_come_with_their_difference(box: Box) -> None:
    first = box.events[0]
    assert isinstance(first, Changed)
    assert first.diff.added == {PCM.id, SINK.id}
    assert box.mixer.send(Mute(PCM.id))
    last = box.events[-1]
    assert isinstance(last, Changed)
    assert last.diff.changed == {PCM.id}
    count = len(box.events)
    box.sounds.emit(box.sounds.snapshot)
    assert len(box.events) == count, "nothing changed, nothing said"
    box.leave()
    box.mixer.send(Mute(PCM.id))
    assert len(box.events) == count


async def test_levels_and_notices_pass(box: Box) -> None:
    box.sounds.emit(Levels({SINK.id: (0.25,)}))
    box.sounds.emit(Notice("x"))
    assert box.events[-2:] == [Levels({SINK.id: (0.25,)}), Notice("x")]


async def test_an_aim_outlives_steps_and_ends_with_an_outside_change(box: Box) -> None:
    for _ in range(10):
        box.mixer.send(Nudge(PCM.id, 1))
    assert box.raws() == (87, 50)
    for _ in range(10):
        box.mixer.send(Nudge(PCM.id, -1))
    assert box.raws() == (86, 40)
    box.mixer.send(Nudge(PCM.id, 5))
    moved = replace(PCM, channels=(Channel("front-left", 87), Channel("front-right", 10)))
    box.sounds.show({PCM.id: moved, SINK.id: SINK})
    box.mixer.send(Nudge(PCM.id, -1))
    assert box.raws() == (86, 9)


async def test_an_aim_goes_with_its_control(box: Box) -> None:
    box.mixer.send(Nudge(PCM.id, 5))
    controls = box.sounds.snapshot.controls
    box.sounds.show({SINK.id: SINK})
    box.sounds.show(controls)
    assert box.raws() == (87, 45)
    box.mixer.send(Nudge(PCM.id, -1))
    assert box.raws() == (86, 44)


async def test_the_cap_holds() -> None:
    box = Box(cap=1.0)
    await box.mixer.run()
    assert not box.mixer.send(Nudge(SINK.id, 5, past_full=True))
    assert not box.mixer.send(SetLevel(SINK.id, 1.4))
    assert box.raws(SINK) == (65536,)


async def test_what_is_impossible_is_said(box: Box) -> None:
    assert not box.mixer.send(Capture(SINK.id))
    assert box.events[-1] == Notice("A has no capture switch.", error=True, id=SINK.id)
    assert not box.mixer.send(Mute("pulse:sink/gone"))
    assert box.sounds.commands == []


async def test_what_changes_nothing_is_not_sent(box: Box) -> None:
    assert not box.mixer.send(Mute(SINK.id, on=False))
    assert box.sounds.commands == []


async def test_undo_and_redo(box: Box) -> None:
    assert not box.mixer.undo()
    box.mixer.send(Nudge(PCM.id, -1))
    box.mixer.send(SetProfile(CARD.id, "off"))
    assert box.mixer.undo()
    assert box.sounds.commands[-1] == SetProfile(CARD.id, "stereo")
    assert box.mixer.undo()
    assert box.raws() == (86, 40)
    assert box.events[-1] == Notice("Undone: volume (PCM).")
    assert box.mixer.redo()
    assert box.raws() == (85, 39)
    assert box.events[-1] == Notice("Redone: volume (PCM).")


async def test_undo_and_redo_raise_no_volume_above_the_cap() -> None:
    """Another program had raised it before the change, and again before it is done again."""
    box = Box(cap=0.3)
    await box.mixer.run()
    most = 19661  # 30 % of 65536
    assert box.mixer.send(SetLevel(SINK.id, 0.1))
    assert box.raws(SINK) == (6554,)
    assert box.mixer.undo()
    assert box.raws(SINK) == (most,)
    assert box.events[-1] == Notice("Undone: volume (A), limited by the cap of 30 %.")
    box.mixer.redo()
    assert box.raws(SINK) == (6554,)
    assert box.events[-1] == Notice("Redone: volume (A).")


async def test_undo_of_what_is_gone_says_so(box: Box) -> None:
    box.mixer.send(SetMute(SINK.id, (True,)))
    box.sounds.show({PCM.id: PCM})
    assert box.mixer.undo()
    assert box.events[-1] == Notice("The change cannot be undone: A is gone.", error=True)
    assert box.sounds.commands == [SetMute(SINK.id, (True,))]


async def test_undo_forgets_the_aim(box: Box) -> None:
    box.mixer.send(Nudge(PCM.id, 5))
    box.now += 5
    box.mixer.send(Nudge(PCM.id, 5))
    box.mixer.undo()
    assert box.raws() == (87, 45)
    box.mixer.send(Nudge(PCM.id, -1))
    assert box.raws() == (86, 44)


async def test_commands_pass_as_they_are(box: Box) -> None:
    assert box.mixer.send(Kill("pulse:sink_input/7"))
    assert box.mixer.send(SetVolume(SINK.id, (5,)))
    assert box.sounds.commands == [Kill("pulse:sink_input/7"), SetVolume(SINK.id, (5,))]


async def test_levels_and_facts_are_the_backends(box: Box) -> None:
    box.mixer.watch_levels(frozenset({SINK.id}), 25)
    assert box.sounds.watched == [(frozenset({SINK.id}), 25)]
    assert await box.mixer.inspect() == System(host="here")
    assert box.mixer.name == "box"
