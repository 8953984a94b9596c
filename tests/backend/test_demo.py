"""The simulated machine behaves like a real one."""

import asyncio

import pytest

from tuimixer.backend.demo import simulated
from tuimixer.backend.demo.backend import DemoBackend
from tuimixer.diagnosis.path import trace
from tuimixer.mixer.mixer import Mixer
from tuimixer.model.command import (
    Kill,
    MoveStream,
    SetCapture,
    SetDefault,
    SetLatencyOffset,
    SetMute,
    SetPort,
    SetProfile,
    SetSuspended,
    SetVolume,
)
from tuimixer.model.intent import Capture, Choose, Nudge
from tuimixer.model.scale import to_cdb
from tuimixer.model.snapshot import Levels, Notice, Snapshot, Update

pytestmark = pytest.mark.unit

MPV = "pulse:sink_input/21"
CARD = "pulse:card/alsa_card.pci-0000_00_1f.3"


async def run_for(backend: DemoBackend, seconds: float) -> list[Update]:
    """What a backend emits in this many seconds."""
    said: list[Update] = []
    task = asyncio.create_task(backend.run(said.append))
    await asyncio.sleep(seconds)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return said


def gain(backend: DemoBackend, key: str) -> int:
    control = backend.snapshot.controls[key]
    assert control.scale is not None
    value = to_cdb(control.scale, max(control.raws))
    assert value is not None
    return value


async def test_the_first_thing_is_a_snapshot() -> None:
    said = await run_for(DemoBackend(still=True), 0)
    assert len(said) <= 1
    said = await run_for(DemoBackend(still=True), 0.01)
    assert isinstance(said[0], Snapshot)
    assert len(said) == 1


def test_master_and_the_sink_move_together() -> None:
    backend = DemoBackend(still=True)
    backend.submit(SetVolume(simulated.MASTER, (40,)))
    assert gain(backend, simulated.SPEAKERS) == pytest.approx(gain(backend, simulated.MASTER), abs=2)
    backend.submit(SetVolume(simulated.SPEAKERS, (65536, 65536)))
    assert gain(backend, simulated.MASTER) == 0
    backend.submit(SetMute(simulated.SPEAKERS, (True,)))
    assert backend.snapshot.controls[simulated.MASTER].muted


def test_capture_and_the_microphone_move_together() -> None:
    backend = DemoBackend(still=True)
    backend.submit(SetVolume(simulated.CAPTURE, (63, 63)))
    assert gain(backend, simulated.MIC) == pytest.approx(0, abs=2)
    backend.submit(SetVolume(simulated.MIC, (36532, 36532)))
    assert backend.snapshot.controls[simulated.CAPTURE].raws == (43, 43)
    backend.submit(SetMute(simulated.MIC, (True,)))
    assert not backend.snapshot.controls[simulated.CAPTURE].capturing
    backend.submit(SetCapture(simulated.CAPTURE, (True, True)))
    assert not backend.snapshot.controls[simulated.MIC].muted


def test_the_gain_of_every_path_is_known_and_what_is_used_runs() -> None:
    snapshot, system = simulated.box(), simulated.system()
    for control in snapshot.controls.values():
        for path in trace(snapshot, system, control.id):
            assert path.loudest(path.total) is not None, control.name
        target = snapshot.controls.get(control.target_id or "")
        if target is not None and target.device is not None:
            assert target.device.state == "running", target.name
            assert any(
                (holder.card, holder.capture) == (target.card, target.kind.capture)
                for holder in system.holders
            ), target.name


def test_commands() -> None:
    backend = DemoBackend(still=True)
    backend.submit(MoveStream(MPV, simulated.HEADSET))
    assert backend.snapshot.controls[MPV].target_id == simulated.HEADSET
    backend.submit(MoveStream(MPV, None))
    assert backend.snapshot.controls[MPV].target_id == simulated.SPEAKERS
    backend.submit(SetDefault(simulated.HDMI))
    defaults = [c.id for c in backend.snapshot.controls.values() if c.default and c.kind == "sink"]
    assert defaults == [simulated.HDMI]
    backend.submit(SetPort(simulated.SPEAKERS, "analog-output-headphones"))
    backend.submit(SetSuspended(simulated.SPEAKERS, True))
    device = backend.snapshot.controls[simulated.SPEAKERS].device
    assert device is not None
    assert (device.port, device.state) == ("analog-output-headphones", "suspended")
    backend.submit(SetProfile(CARD, "off"))
    backend.submit(SetLatencyOffset(CARD, "analog-output-speaker", 5000))
    assert backend.snapshot.server_cards[0].profile == "off"
    assert backend.snapshot.server_cards[0].ports[0].latency_offset == 5000
    backend.submit(Kill(MPV))
    assert MPV not in backend.snapshot.controls


async def test_what_it_cannot_do_is_told() -> None:
    backend = DemoBackend(still=True)
    said: list[Update] = []
    task = asyncio.create_task(backend.run(said.append))
    await asyncio.sleep(0)
    backend.submit(SetVolume("pulse:sink/none", (1,)))
    task.cancel()
    assert isinstance(said[-1], Notice)
    assert said[-1].error


def test_intents_through_a_mixer() -> None:
    backend = DemoBackend(still=True)
    mixer = Mixer(backend)
    mixer._take(backend.snapshot)
    backend._emit = mixer._take
    assert mixer.send(Nudge(MPV, 1))
    assert mixer.snapshot.controls[MPV].raws == (round(65536 * 0.64),) * 2
    assert mixer.send(Choose("alsa:PCH/Auto-Mute Mode,0/playback", 0))
    assert mixer.send(Capture("alsa:PCH/Capture,0/capture"))
    assert mixer.snapshot.controls["alsa:PCH/Capture,0/capture"].capturing is False


def test_levels_are_the_same_for_the_same_time_and_follow_the_volume() -> None:
    now = [0.0]
    one, other = (DemoBackend(clock=lambda: now[0]) for _ in range(2))
    ids = frozenset({MPV, simulated.SPEAKERS, "pulse:sink_input/30"})
    for backend in (one, other):
        backend.watch_levels(ids, 10)
    series = []
    for step in range(50):
        now[0] = step / 10
        assert one.levels() == other.levels()
        series.append(max(one.levels()[MPV]))
    assert max(series) - min(series) > 0.02
    assert one.levels()["pulse:sink_input/30"] == (0.0, 0.0)
    one.submit(SetMute(MPV, (True,)))
    assert one.levels()[MPV] == (0.0, 0.0)


async def test_still_levels_come_once_for_each_wish() -> None:
    backend = DemoBackend(still=True)
    backend.watch_levels(frozenset({MPV}), 100)
    said = await run_for(backend, 0.1)
    assert len([update for update in said if isinstance(update, Levels)]) == 1


def test_a_big_box() -> None:
    controls = DemoBackend.big(300, 200).snapshot.controls.values()
    assert sum(c.kind == "sink_input" for c in controls) == 300
    assert sum(c.element is not None and c.card == "PCH" for c in controls) == 200


async def test_inspect() -> None:
    system = await DemoBackend().inspect()
    assert system.holders
    assert system.pages
