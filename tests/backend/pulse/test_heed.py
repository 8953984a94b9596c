"""What a server acknowledges and does not do all the same is told."""

import asyncio
import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from tests.backend.pulse.watcher import Watcher, device
from tests.lab.pipewire import PrivatePipeWire
from tests.lab.pulse import PrivatePulse
from tuimixer.backend.pulse.backend import PulseBackend
from tuimixer.backend.pulse.heed import may_be_unheeded, unheeded
from tuimixer.backend.pulse.records import StoredRecord
from tuimixer.model.command import Command, MoveStream, SetDefault, SetFormats, SetSuspended
from tuimixer.model.control import Control, Device, Kind, Stream
from tuimixer.model.snapshot import ServerCard

SINK = Control("pulse:sink/a", Kind.SINK, "A", sink_or_source=Device("a", 0, "running", formats=("pcm",)))
OTHER = replace(SINK, id="pulse:sink/b", name="B")
MIC = Control("pulse:source/mic", Kind.SOURCE, "Mic", sink_or_source=Device("mic", 1, "suspended"))
MPV = Control("pulse:sink_input/3", Kind.SINK_INPUT, "mpv", device=SINK.id, stream=Stream(3))


class Known:
    """Two outputs, one input, one stream."""

    def __init__(self) -> None:
        self.server_cards: tuple[ServerCard, ...] = ()
        self.stored: dict[str, StoredRecord] = {}
        self.controls = {control.id: control for control in (SINK, OTHER, MIC, MPV)}


@pytest.mark.unit
@pytest.mark.parametrize(
    ("command", "says"),
    [
        (SetSuspended(SINK.id, False), ""),
        (SetSuspended(SINK.id, True), "S has not suspended A, or has woken it again: something plays on it."),
        (SetSuspended(MIC.id, True), ""),
        (SetSuspended(MIC.id, False), "S wakes Mic when something records from it, and not before."),
        (SetFormats(SINK.id, ()), ""),
        (SetFormats(SINK.id, ("ac3-iec61937",)), "S has not taken the formats for A."),
        (MoveStream(MPV.id, SINK.id), ""),
        (MoveStream(MPV.id, OTHER.id), "S has not moved mpv to B."),
        (MoveStream(MPV.id, "pulse:sink/gone"), ""),
        (MoveStream("pulse:sink_input/4", OTHER.id), ""),
    ],
)
def test_sentence(command: Command, says: str) -> None:
    assert may_be_unheeded(command)
    assert unheeded(command, Known(), "S") == says


@pytest.mark.unit
def test_what_is_not_doubted() -> None:
    assert not may_be_unheeded(SetDefault(SINK.id))
    assert not may_be_unheeded(MoveStream(MPV.id, None))


@pytest.mark.pipewire
async def test_a_sink_on_which_something_plays_is_not_suspended(pipewire: PrivatePipeWire) -> None:
    pipewire.play("music", device="speakers")
    async with Watcher(PulseBackend(pipewire.address)) as watcher:
        await watcher.stream("music")
        watcher.backend.submit(SetSuspended("pulse:sink/speakers", True))
        await watcher.until(lambda: watcher.notices, "the sentence")
        assert "has not suspended Speakers" in watcher.notices[0].text
        assert (await asyncio.to_thread(device, pipewire, "sinks", "speakers"))["state"] == "RUNNING"


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
                    (watcher.get("pulse:sink/headphones").sink_or_source.state == "suspended") == wanted  # type: ignore[union-attr]
                ),
                "the state",
            )
        await watcher.until_server(lambda: not session._doubted and not session._judged, "the judgement")
        assert not watcher.notices


def session_manager(server: PrivatePipeWire) -> int:
    """Process id of the server's WirePlumber."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            name, group = (process / "comm").read_text().strip(), os.getpgid(int(process.name))
        except OSError:  # it has ended meanwhile
            continue
        if name == "wireplumber" and group == server.pid:
            return int(process.name)
    raise AssertionError("no WirePlumber")


@pytest.mark.pipewire
async def test_two_unheeded_moves_at_once_are_each_told(pipewire: PrivatePipeWire) -> None:
    for name in ("music", "film"):
        pipewire.play(name, device="speakers")
    async with Watcher(PulseBackend(pipewire.address)) as watcher:
        streams = [await watcher.stream(name) for name in ("music", "film")]
        os.kill(session_manager(pipewire), signal.SIGSTOP)
        for stream in streams:
            watcher.backend.submit(MoveStream(stream.id, "pulse:sink/headphones"))
        await watcher.until(lambda: len(watcher.notices) >= 2, "both sentences")
        assert sorted(notice.text for notice in watcher.notices) == [
            "PipeWire has not moved film to Headphones.",
            "PipeWire has not moved music to Headphones.",
        ]
