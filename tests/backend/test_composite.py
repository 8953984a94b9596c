"""Several backends as one: merged, routed, and none brought down by another."""

import asyncio
from collections.abc import Callable

import pytest

from tests.lab.waiting import DEADLINE
from tuimixer.backend.base import Unreachable
from tuimixer.backend.composite import CompositeBackend
from tuimixer.model.command import Command, SetMute
from tuimixer.model.control import Control, ControlId, Kind
from tuimixer.model.snapshot import Levels, Notice, Phase, Snapshot, Status, Update
from tuimixer.model.system import System

pytestmark = pytest.mark.unit

ALSA = Control("alsa:PCH/Master,0/playback", Kind.ALSA_PLAYBACK, "Master")
PULSE = Control("pulse:sink/a", Kind.SINK, "A")


class Part:
    """A backend that emits and ends on request."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.commands: list[Command] = []
        self.watched: list[frozenset[ControlId]] = []
        self.told: asyncio.Queue[Update | BaseException | None] = asyncio.Queue()

    async def run(self, emit: Callable[[Update], None]) -> None:
        while (update := await self.told.get()) is not None:
            if isinstance(update, BaseException):
                raise update
            emit(update)

    def submit(self, command: Command) -> None:
        self.commands.append(command)

    def watch_levels(self, ids: frozenset[ControlId], rate: float) -> None:
        self.watched.append(ids)

    async def inspect(self) -> System:
        return System()


def ready(control: Control) -> Snapshot:
    layer = control.kind.layer.value
    return Snapshot(statuses=(Status(layer, Phase.READY, layer),), controls={control.id: control})


class Box:
    """Two parts behind one, and what it emitted."""

    def __init__(self) -> None:
        self.alsa, self.pulse = Part("alsa"), Part("pulse")
        self.both = CompositeBackend(
            "box", {"alsa": self.alsa, "pulse": self.pulse}, lambda: System(host="here")
        )
        self.came: list[Update] = []

    def _take(self, update: Update) -> None:
        self.came.append(update)

    async def until(self, there: Callable[[Snapshot], bool]) -> Snapshot:
        async with asyncio.timeout(DEADLINE):
            while True:
                snapshots = [update for update in self.came if isinstance(update, Snapshot)]
                if snapshots and there(snapshots[-1]):
                    return snapshots[-1]
                await asyncio.sleep(0)

    async def __aenter__(self) -> "Box":
        self._task = asyncio.create_task(self.both.run(self._take))
        await asyncio.sleep(0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert not self._task.done(), "it runs until it is cancelled"
        self._task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await self._task


def phases(snapshot: Snapshot) -> dict[str, Phase]:
    return {status.source: status.phase for status in snapshot.statuses}


async def test_one_picture_in_the_order_of_the_parts() -> None:
    async with Box() as box:
        box.pulse.told.put_nowait(ready(PULSE))
        first = await box.until(lambda s: bool(s.controls))
        assert phases(first) == {"alsa": Phase.CONNECTING, "pulse": Phase.READY}, (
            "the silent half is there too"
        )
        box.alsa.told.put_nowait(ready(ALSA))
        both = await box.until(lambda s: len(s.controls) == 2)
        assert list(both.controls) == [ALSA.id, PULSE.id]
        assert [status.source for status in both.statuses] == ["alsa", "pulse"]


async def test_levels_and_notices_pass_as_they_are() -> None:
    async with Box() as box:
        notice, levels = Notice("hello"), Levels({PULSE.id: (0.5,)})
        box.pulse.told.put_nowait(notice)
        box.pulse.told.put_nowait(levels)
        box.pulse.told.put_nowait(ready(PULSE))
        await box.until(lambda s: bool(s.controls))
        assert box.came[:2] == [notice, levels]


async def test_commands_and_levels_go_to_the_layer_of_the_id() -> None:
    async with Box() as box:
        command = SetMute(ALSA.id, (True,))
        box.both.submit(command)
        box.both.watch_levels(frozenset({ALSA.id, PULSE.id}), 20)
        assert (box.alsa.commands, box.pulse.commands) == ([command], [])
        assert box.pulse.watched == [frozenset({PULSE.id})]
        assert box.alsa.watched == [frozenset({ALSA.id})]
        box.both.submit(SetMute("moon:crater", (True,)))
        assert box.came[-1] == Notice("moon:crater cannot be changed at the moment.", True, "moon:crater")


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (ValueError("boom"), "The alsa backend failed: ValueError('boom')."),
        (
            ExceptionGroup("g", [ExceptionGroup("h", [KeyError("deep")])]),
            "The alsa backend failed: KeyError('deep').",
        ),
        (Unreachable("the bus is on fire"), "the bus is on fire."),
        (Unreachable("The bus is on fire."), "The bus is on fire."),
        (None, "The alsa backend exited unexpectedly."),
    ],
)
async def test_the_end_of_one_part_leaves_the_other(end: BaseException | None, reason: str) -> None:
    async with Box() as box:
        box.alsa.told.put_nowait(ready(ALSA))
        box.pulse.told.put_nowait(ready(PULSE))
        await box.until(lambda s: len(s.controls) == 2)
        box.alsa.told.put_nowait(end)
        left = await box.until(lambda s: ALSA.id not in s.controls)
        assert phases(left) == {"alsa": Phase.UNAVAILABLE, "pulse": Phase.READY}
        assert left.statuses[0].reason == reason
        assert left.statuses[0].hint
        box.both.submit(SetMute(PULSE.id, (True,)))
        assert len(box.pulse.commands) == 1
        box.both.submit(SetMute(ALSA.id, (True,)))
        assert box.alsa.commands == []
        assert isinstance(box.came[-1], Notice)
        box.both.watch_levels(frozenset({ALSA.id}), 20)
        assert box.alsa.watched == []


@pytest.mark.parametrize("end", [ValueError("boom"), Unreachable("gone"), asyncio.CancelledError(), None])
async def test_whatever_ends_a_part_it_is_started_again(end: BaseException | None) -> None:
    async with Box() as box:
        box.both.watch_levels(frozenset({ALSA.id}), 20)
        for _ in range(2):
            box.alsa.told.put_nowait(ready(ALSA))
            await box.until(lambda s: ALSA.id in s.controls)
            box.alsa.told.put_nowait(end)
            left = await box.until(lambda s: ALSA.id not in s.controls)
            assert left.statuses[0].hint == "Restarting…"
        box.alsa.told.put_nowait(ready(ALSA))
        await box.until(lambda s: ALSA.id in s.controls)
        assert box.alsa.watched == [frozenset({ALSA.id})] * 3
        box.both.submit(SetMute(ALSA.id, (True,)))
        assert len(box.alsa.commands) == 1
        told = [update.text for update in box.came if isinstance(update, Notice)]
        fault = "The alsa backend failed: ValueError('boom'). Restarting…"
        assert told == ([fault] * 2 if isinstance(end, ValueError) else [])


async def test_all_parts_may_end() -> None:
    async with Box() as box:
        box.alsa.told.put_nowait(None)
        box.pulse.told.put_nowait(ValueError())
        await box.until(lambda s: set(phases(s).values()) == {Phase.UNAVAILABLE})


async def test_facts_of_the_box() -> None:
    assert await Box().both.inspect() == System(host="here")
    assert await CompositeBackend("bare", {}).inspect() == System()


async def test_a_command_before_the_start_is_for_nobody() -> None:
    box = Box()
    box.both.submit(SetMute("moon:crater", (True,)))
    assert box.came == []
