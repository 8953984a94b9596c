"""Level meters on real sound, and none of them if there is no sound or nobody is looking."""

import asyncio
import os
import signal
import sys
from collections import Counter

import pulsectl
import pytest

from tests.backend.pulse.watcher import Watcher, recorders
from tests.lab.pipewire import PrivatePipeWire
from tests.lab.sound import SoundServer
from tuimixer.backend.pulse import meter_connections
from tuimixer.backend.pulse import meters as meters_module
from tuimixer.backend.pulse.backend import PulseBackend
from tuimixer.backend.pulse.peaks import PeakStream
from tuimixer.mixer.views import View, arrange
from tuimixer.model.control import Control, ControlId, Kind
from tuimixer.model.snapshot import Phase

RATE = 20.0
NAMES = ("first", "second", "third", "fourth")
FLOATS = 2 * 4
"""Bytes of one peak of two channels."""

OTHER = """
import asyncio, sys
from tuimixer.backend.pulse.backend import PulseBackend
backend = PulseBackend(sys.argv[1])
backend.watch_levels(frozenset({"pulse:sink/speakers"}), 20.0)
asyncio.run(backend.run(lambda update: None))
"""
"""Another mixer that meters the same sink."""


@pytest.mark.feature("meters of stream, output and input", "meters off are no load")
async def test_tone_is_metered_on_stream_sink_and_monitor(server: SoundServer) -> None:
    server.play("tone", amplitude=0.5)
    async with Watcher(PulseBackend(server.address)) as watcher:
        control = await watcher.stream("tone")
        ids = frozenset({control.id, "pulse:sink/speakers", "pulse:source/speakers.monitor"})
        watcher.backend.watch_levels(ids, RATE)
        half = pytest.approx((0.5, 0.5), abs=0.02)
        await watcher.until(lambda: all(watcher.level(each) == half for each in ids), "all levels")
        assert await asyncio.to_thread(recorders, server) == 3
        own = [each for each in watcher.snapshot.controls.values() if each.kind is Kind.SOURCE_OUTPUT]
        assert own == []
        await asyncio.to_thread(server.pactl, "set-sink-volume", "speakers", "50%")
        watcher.backend.watch_levels(frozenset(), RATE)
        await watcher.until_server(lambda: recorders(server) == 0, "the meters to be gone")
        assert watcher.level(control.id) == (0.0, 0.0)


@pytest.mark.feature("meters: rate")
@pytest.mark.parametrize("rate", [10, 50])
async def test_rate_is_the_one_asked_for(server: SoundServer, rate: int) -> None:
    server.play("tone")
    async with Watcher(PulseBackend(server.address)) as watcher:
        await watcher.stream("tone")
        for asked in (RATE, float(rate)):
            watcher.backend.watch_levels(frozenset({"pulse:sink/speakers"}), asked)
            spec = f"float32le 2ch {asked:g}Hz"

            def specs() -> list[str]:
                return [found["sample_specification"] for found in server.pactl_json("source-outputs")]

            await watcher.until_server(lambda spec=spec: specs() == [spec], f"one meter at {asked} Hz")  # type: ignore[misc]


@pytest.mark.feature("meter streams of ours and of others hidden")
async def test_meters_of_another_mixer_are_known_as_such(server: SoundServer) -> None:
    server.play("tone")
    async with Watcher(PulseBackend(server.address)) as watcher:
        await watcher.stream("tone")
        watcher.backend.watch_levels(frozenset({"pulse:sink/speakers"}), RATE)
        other = await asyncio.create_subprocess_exec(sys.executable, "-c", OTHER, server.address)
        try:
            await watcher.until_server(lambda: recorders(server) == 2, "both meters")

            def others() -> list[Control]:
                controls = watcher.snapshot.controls.values()
                return [control for control in controls if control.kind is Kind.SOURCE_OUTPUT]

            await watcher.until(others, "the other's meter")
            [control] = others()
            assert control.stream is not None
            assert control.stream.pid == other.pid
            assert control.stream.peak
            groups = arrange(watcher.snapshot, View.ALL)
            assert control.id not in {row.id for group in groups for row in group.rows}
        finally:
            other.kill()
            await other.wait()


async def test_other_mixers_see_a_meter_as_a_meter(server: SoundServer) -> None:
    server.play("tone")
    async with Watcher(PulseBackend(server.address)) as watcher:
        await watcher.stream("tone")
        watcher.backend.watch_levels(frozenset({"pulse:sink/speakers"}), RATE)
        await watcher.until(lambda: watcher.level("pulse:sink/speakers"), "a level")
        found = (await asyncio.to_thread(server.pactl_json, "source-outputs"))[0]["properties"]
        assert found["application.id"] == "org.PulseAudio.pavucontrol"
        assert found["application.name"] == "tuimixer"
        assert found["media.name"] == "Peak detect"


async def test_silence_says_nothing(server: SoundServer) -> None:
    server.play("still", silent=True)
    tone = server.play("tone", device="headphones")
    async with Watcher(PulseBackend(server.address)) as watcher:
        control, other = await watcher.stream("still"), await watcher.stream("tone")
        ids = frozenset({control.id, "pulse:sink/speakers", other.id})
        watcher.backend.watch_levels(ids, RATE)
        # The tone's meter shows that enough time has passed.
        await watcher.until(lambda: watcher.level(other.id), "a level")
        await watcher.until_server(lambda: recorders(server) == 3, "all meters")
        assert watcher.level(control.id) is None
        assert watcher.level("pulse:sink/speakers") is None
        tone.kill()
        await watcher.until(lambda: watcher.level(other.id) == (0.0, 0.0), "the fall to nothing")


async def test_meters_come_and_go_quickly_and_leave_nothing(server: SoundServer) -> None:
    players = [server.play(f"tone {n}") for n in range(3)]
    async with Watcher(PulseBackend(server.address)) as watcher:
        await watcher.stream("tone 2")
        ids = frozenset(f"pulse:sink_input/{player.index}" for player in players)
        for pause in (0.0, 0.001, 0.005, 0.02) * 5:
            watcher.backend.watch_levels(ids, RATE)
            await asyncio.sleep(pause)
            watcher.backend.watch_levels(frozenset(), RATE)
        await watcher.until_server(lambda: recorders(server) == 0, "all meters to be gone")
        watcher.backend.watch_levels(ids, RATE)
        await watcher.until(lambda: all(watcher.level(each) for each in ids), "levels again")
        # With meters open, the server still responds to others.
        assert len(await asyncio.to_thread(server.pactl_json, "sink-inputs")) == 3


async def test_meters_opened_at_once_are_all_served(
    server: SoundServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On PipeWire, those on one connection would keep each other from sending."""
    received: Counter[PeakStream] = Counter()
    read = PeakStream._read

    def note(peaks: PeakStream, stream: int, waiting: int, data: object) -> None:
        received[peaks] += 1
        read(peaks, stream, waiting, data)

    monkeypatch.setattr(PeakStream, "_read", note)
    monkeypatch.setattr(meters_module, "_UNHEARD", 600.0)  # none is reopened
    players = [server.play(f"tone {n}") for n in range(8)]
    async with Watcher(PulseBackend(server.address)) as watcher:
        await watcher.stream("tone 7")
        ids = frozenset(f"pulse:sink_input/{player.index}" for player in players)
        watcher.backend.watch_levels(ids, RATE)
        await watcher.until_server(lambda: len(received) == len(ids), "the first peaks of all")
        received.clear()
        await watcher.until_server(lambda: max(received.values(), default=0) >= 100, "more peaks")
        assert len(received) == len(ids)
        assert min(received.values()) >= 50
        # Not at once: on a busy machine, a player may have left a gap just now.
        half = pytest.approx((0.5, 0.5), abs=0.02)
        await watcher.until(lambda: all(watcher.level(each) == half for each in ids), "all levels")


@pytest.mark.pipewire
async def test_meters_that_are_closed_before_their_creation_are_ended(
    pipewire: PrivatePipeWire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without its session manager, the server never creates them."""
    monkeypatch.setattr(meter_connections, "_KEPT", 600.0)
    pipewire.play("tone")
    # The server also waits for the session manager before it responds to a new client, so all connect before.
    with pulsectl.Pulse("observer", server=pipewire.address) as observer:
        async with Watcher(PulseBackend(pipewire.address)) as watcher:
            control = await watcher.stream("tone")
            ids = frozenset({control.id, "pulse:sink/speakers"})

            def opened() -> int:
                return len(observer.source_output_list())

            watcher.backend.watch_levels(ids, RATE)
            await watcher.until_server(lambda: opened() == len(ids), "the meters")
            watcher.backend.watch_levels(frozenset(), RATE)
            await watcher.until_server(lambda: not opened(), "them to be closed")
            os.kill(pipewire.session_manager, signal.SIGSTOP)
            try:
                watcher.backend.watch_levels(ids, RATE)
                await watcher.until_server(lambda: opened() == len(ids), "the meters again")
                watcher.backend.watch_levels(frozenset(), RATE)
                await watcher.until_server(lambda: not opened(), "them to be gone")
            finally:
                os.kill(pipewire.session_manager, signal.SIGCONT)
            watcher.backend.watch_levels(ids, RATE)
            await watcher.until(lambda: all(watcher.level(each) for each in ids), "the levels")
            assert not watcher.notices


@pytest.mark.pipewire
async def test_meters_beyond_the_limit_wait_until_others_end(
    pipewire: PrivatePipeWire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meters_module, "_MOST_CONNECTED", 2)
    players = {f"pulse:sink_input/{player.index}": player for player in map(pipewire.play, NAMES)}
    async with Watcher(PulseBackend(pipewire.address)) as watcher:
        for name in NAMES:
            await watcher.playing(name)

        def heard() -> set[ControlId]:
            return {each for each in players if watcher.level(each)}

        watcher.backend.watch_levels(frozenset(players), RATE)
        await watcher.until(lambda: len(heard()) == 2, "two levels")
        assert await asyncio.to_thread(recorders, pipewire) == 2
        assert heard() == set(list(players)[:2])
        for each in heard():
            players[each].kill()
        await watcher.until(lambda: heard() == set(players), "the levels of the others")
        watcher.backend.watch_levels(frozenset(players), 2 * RATE)
        meters = watcher.backend._meters
        assert meters is not None
        assert len(meters._streams) + len(meters._closing) == 2, "none is opened before one has ended"
        await watcher.until_server(
            lambda: (
                [each["sample_specification"] for each in pipewire.pactl_json("source-outputs")]
                == [f"float32le 2ch {2 * RATE:g}Hz"] * 2
            ),
            "them at the other rate",
        )


@pytest.mark.pipewire
async def test_idle_devices_leave_the_meters_to_running_ones(
    pipewire: PrivatePipeWire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meters_module, "_MOST_CONNECTED", 2)
    async with Watcher(PulseBackend(pipewire.address)) as watcher:
        await watcher.until_ready()
        sinks = [f"pulse:sink/{sink}" for sink in ("speakers", "headphones")]
        watcher.backend.watch_levels(frozenset(sinks), RATE)
        await watcher.until_server(lambda: recorders(pipewire) == 2, "meters of both sinks")
        player = await asyncio.to_thread(pipewire.play, "tone", device="headphones")
        stream = f"pulse:sink_input/{player.index}"
        watcher.backend.watch_levels(frozenset({*sinks, stream}), RATE)
        await watcher.until(lambda: watcher.level(sinks[1]) and watcher.level(stream), "the levels")
        assert watcher.level(sinks[0]) is None


@pytest.mark.pulse
async def test_corked_stream_is_never_metered(pulse: SoundServer) -> None:
    pulse.pactl("load-module", "module-role-cork")
    player = pulse.play("music", properties=("media.role=music",))
    async with Watcher(PulseBackend(pulse.address)) as watcher:
        control = await watcher.stream("music")
        watcher.backend.watch_levels(frozenset({control.id}), RATE)
        await watcher.until(lambda: watcher.level(control.id), "a level")
        call = await asyncio.to_thread(pulse.play, "call", properties=("media.role=phone",))
        await watcher.until(lambda: watcher.get(control.id).stream.corked, "the cork")  # type: ignore[union-attr]
        await watcher.until_server(lambda: recorders(pulse) == 0, "the meter to be gone")
        assert watcher.level(control.id) == (0.0, 0.0)
        call.kill()
        await watcher.until(lambda: not watcher.get(control.id).stream.corked, "the stream to go on")  # type: ignore[union-attr]
        await watcher.until(lambda: any(watcher.level(control.id) or ()), "a level again")
        assert player.process.poll() is None


async def test_meter_rests_in_silence_until_there_is_sound(
    server: SoundServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    read = PeakStream._read

    def note(peaks: PeakStream, stream: int, waiting: int, data: object) -> None:
        sizes.append(waiting)
        read(peaks, stream, waiting, data)

    def rests() -> bool:
        """PulseAudio sends fewer peaks, PipeWire many at once."""
        rates = [found["sample_specification"] for found in server.pactl_json("source-outputs")]
        return rates == ["float32le 2ch 1Hz"] or max(sizes[-1:], default=0) > FLOATS * RATE / 2

    monkeypatch.setattr(PeakStream, "_read", note)
    server.play("still", silent=True)
    async with Watcher(PulseBackend(server.address)) as watcher:
        await watcher.stream("still")
        watcher.backend.watch_levels(frozenset({"pulse:sink/speakers"}), RATE)
        await watcher.until_server(rests, "the meter to rest")
        tone = await asyncio.to_thread(server.play, "tone", amplitude=0.5)
        half = pytest.approx((0.5, 0.5), abs=0.02)
        await watcher.until(lambda: watcher.level("pulse:sink/speakers") == half, "the level")
        await watcher.until_server(lambda: not rests(), "the meter at work")
        tone.kill()
        await watcher.until(lambda: watcher.level("pulse:sink/speakers") == (0.0, 0.0), "the fall to nothing")


@pytest.mark.parametrize("rate", [RATE, 50.0])
async def test_long_cycles_of_the_graph_are_survived_in_silence(
    server: SoundServer, rate: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PipeWire before 0.3.73 crashes if two peaks are due in one cycle."""
    silent: dict[PeakStream, int] = {}
    read = PeakStream._read

    def note(peaks: PeakStream, stream: int, waiting: int, data: object) -> None:
        read(peaks, stream, waiting, data)
        silent[peaks] = peaks._silent

    monkeypatch.setattr(PeakStream, "_read", note)
    player = server.play("quiet", silent=True, latency=500)
    async with Watcher(PulseBackend(server.address)) as watcher:
        await watcher.stream("quiet")
        watcher.backend.watch_levels(frozenset({f"pulse:sink_input/{player.index}"}), rate)
        # PulseAudio sends one peak a second then.
        enough = 3 * rate if isinstance(server, PrivatePipeWire) else 2 * rate + 2
        await watcher.until_server(lambda: max(silent.values(), default=0) >= enough, "silence")
        assert len(silent) == 1, "the meter was reopened"
        assert watcher.phase is Phase.READY
