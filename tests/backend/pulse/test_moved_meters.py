"""What happens to the meter of a stream that moves to another sink."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

import pytest

from tests.backend.pulse.watcher import Watcher, recorders
from tests.lab.moving import move
from tests.lab.pipewire import PrivatePipeWire
from tests.lab.sound import Sink, SoundServer
from tests.lab.waiting import DEADLINE
from tests.model.strategies import control
from tuimixer.backend.pulse.aio import AsyncClient
from tuimixer.backend.pulse.backend import PulseBackend
from tuimixer.backend.pulse.connection import _UNTOLD, Connection
from tuimixer.backend.pulse.meters import MeterStreams
from tuimixer.model.control import Control, ControlId, Device, Kind, Stream

RATE = 20.0


async def test_meter_follows_a_moved_stream(server: SoundServer) -> None:
    player = server.play("tone", device="speakers")
    async with Watcher(PulseBackend(server.address)) as watcher:
        control = await watcher.stream("tone")
        watcher.backend.watch_levels(frozenset({control.id}), RATE)
        await watcher.until(lambda: any(watcher.level(control.id) or ()), "a level")
        await asyncio.to_thread(move, server, player.index, "headphones")
        await watcher.until(lambda: watcher.get(control.id).target_id == "pulse:sink/headphones", "the move")
        # The old meter dropped to nothing with the move.
        await watcher.until(lambda: any(watcher.level(control.id) or ()), "a level on the other sink")
        await watcher.until_server(lambda: recorders(server) == 1, "the old meter to be gone")


@dataclass(eq=False)
class _FakeClient:
    """Notes the meters that are opened and closed: real servers report a move in various steps."""

    events: list[str] = field(default_factory=list)
    loss: str = ""

    async def connect(self) -> None:
        """Be connected."""

    async def lost(self) -> None:
        """Wait forever."""
        await asyncio.Event().wait()

    def close(self) -> None:
        """Do nothing."""

    def open_peaks(self, source: str, sink_input: int | None, *rest: object) -> "_FakePeaks":
        """A meter."""
        self.events.append(f"open {source} {sink_input}")
        return _FakePeaks(self.events, cast("Callable[[], None]", rest[-1]))


@dataclass(eq=False)
class _FakePeaks:
    """A meter that is ended at once when it is closed."""

    events: list[str]
    on_end: Callable[[], None]
    ended: bool = False

    def close(self) -> None:
        """Close the meter."""
        self.events.append("close")
        self.ended = True
        self.on_end()

    def abandon(self) -> None:
        """Do nothing."""


@pytest.mark.unit
@pytest.mark.parametrize("is_pipewire", [True, False])
async def test_a_moved_streams_meter_is_reopened_only_if_it_does_not_move_along(is_pipewire: bool) -> None:
    """On PipeWire, opening it in the middle of a move would end its connection."""

    def on(sink: str, corked: bool = False) -> dict[ControlId, Control]:
        sinks = [
            control(
                None,
                id=f"pulse:sink/{name}",
                kind=Kind.SINK,
                device=Device(name, 0, monitor=f"{name}.monitor"),
            )
            for name in ("speakers", "headphones")
        ]
        stream = control(
            None,
            id="pulse:sink_input/7",
            kind=Kind.SINK_INPUT,
            target_id=f"pulse:sink/{sink}",
            stream=Stream(7, corked=corked),
        )
        return {each.id: each for each in (*sinks, stream)}

    client = _FakeClient()

    def connection() -> AsyncClient:
        return cast("AsyncClient", client)

    async def settled(expected: list[str]) -> None:
        """Wait for the events; a task that opens a meter has begun by then."""
        async with asyncio.timeout(DEADLINE):
            while client.events != expected:
                await asyncio.sleep(0)

    meters = MeterStreams(connection(), lambda update: None, connection, lambda: is_pipewire)
    meters.want(frozenset({"pulse:sink_input/7"}), RATE)
    meters.follow(on("speakers"))
    await settled(["open speakers.monitor 7"])
    meters.follow(on("headphones"))
    reopened = [] if is_pipewire else ["close", "open headphones.monitor 7"]
    await settled(["open speakers.monitor 7", *reopened])
    meters.follow(on("headphones", corked=True))
    await settled(["open speakers.monitor 7", *reopened, "close"])
    meters.close()


async def test_a_metered_stream_that_another_program_moves_is_seen_to_move(server: SoundServer) -> None:
    player = server.play("music")
    sinks = ("headphones", "speakers")
    for sink in sinks:
        # Both stay awake, so that no change of theirs hints at the move.
        server.play(f"always on {sink}", device=sink, silent=True)
    async with Watcher(PulseBackend(server.address)) as watcher:
        control = await watcher.stream("music")
        watcher.backend.watch_levels(frozenset({control.id, *(f"pulse:sink/{sink}" for sink in sinks)}), RATE)
        await watcher.until(lambda: watcher.level(control.id), "the stream's level")
        for sink in sinks:
            await asyncio.to_thread(move, server, player.index, sink)
            await watcher.until(
                lambda sink=sink: watcher.get(control.id).target_id == f"pulse:sink/{sink}",  # type: ignore[misc]
                "it to be shown",
            )


@pytest.mark.pipewire
@pytest.mark.parametrize("sinks", [1, 2])
async def test_streams_are_read_again_only_if_they_can_be_moved(
    sinks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    later: set[tuple[str, float]] = set()
    read_later = Connection._read_later

    def note(self: Connection, facility: str, seconds: float) -> None:
        later.add((facility, seconds))
        read_later(self, facility, seconds)

    monkeypatch.setattr(Connection, "_read_later", note)
    with PrivatePipeWire([Sink(f"sink{number}", "") for number in range(sinks)]) as server:
        player = server.play("music", silent=True)
        stream = f"pulse:sink_input/{player.index}"
        async with Watcher(PulseBackend(server.address)) as watcher:
            await watcher.stream("music")
            watcher.backend.watch_levels(frozenset({stream}), RATE)
            await watcher.until_server(lambda: recorders(server) == 1, "the meter")
            await asyncio.to_thread(server.pactl, "set-sink-input-volume", str(player.index), "50%")
            await watcher.until(lambda: set(watcher.get(stream).raws) == {32768}, "the volume")
            expected = {(Kind.SINK_INPUT.value, _UNTOLD)} if sinks > 1 else set()
            assert {each for each in later if each == (Kind.SINK_INPUT.value, _UNTOLD)} == expected
