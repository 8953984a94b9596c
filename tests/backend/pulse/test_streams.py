"""Streams come, move, change and go, asserted with pactl on a real PulseAudio and a real PipeWire."""

import asyncio
import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.backend.pulse.watcher import Watcher
from tests.lab.moving import move, sink_of
from tests.lab.sound import SoundServer
from tuimixer.backend.pulse.backend import PulseBackend
from tuimixer.model.command import Kill, MoveStream, SetDefault, SetMute, SetVolume
from tuimixer.model.control import Kind, Medium
from tuimixer.model.intent import Intent, Nudge, SetBalance, SetLevel
from tuimixer.model.resolve import resolve


@pytest.mark.feature("stream: application and title", "stream: where it plays")
async def test_stream_is_named_and_described_and_goes(server: SoundServer) -> None:
    async with Watcher(PulseBackend(server.address)) as watcher:
        await watcher.until_ready()
        player = await asyncio.to_thread(server.play, "Fire fox", media="A song", device="headphones")
        control = await watcher.stream("Fire fox")
        await watcher.until(lambda: watcher.get(control.id).target_id == "pulse:sink/headphones", "its sink")
        # PipeWire lets a stream begin while it is still being linked to its sink.
        await watcher.until(
            lambda: getattr(watcher.get(control.id).stream, "corked", None) is False, "it to play"
        )
        control = watcher.get(control.id)
        assert control.id == f"pulse:sink_input/{player.index}"
        assert control.kind is Kind.SINK_INPUT
        assert control.medium is Medium.SOFTWARE
        assert [channel.name for channel in control.channels] == ["front-left", "front-right"]
        assert control.stream is not None
        assert control.stream.media == "A song"
        assert control.stream.binary == "pacat"
        assert control.stream.pid == player.pid
        assert not control.stream.virtual
        player.kill()
        await watcher.until(lambda: control.id not in watcher.snapshot.controls, "the stream to go")


@pytest.mark.feature("stream volume", "stream mute")
async def test_volume_of_each_channel_and_mute(server: SoundServer) -> None:
    player = server.play("music")
    async with Watcher(PulseBackend(server.address)) as watcher:
        control = await watcher.stream("music")
        watcher.backend.submit(SetVolume(control.id, (32768, 98304)))
        assert watcher.get(control.id).raws == (32768, 98304)
        await watcher.until_server(
            lambda: server.percents("sink-inputs", player.index) == [50, 150], "both volumes"
        )
        watcher.backend.submit(SetMute(control.id, (True,)))
        await watcher.until_server(lambda: server.find("sink-inputs", player.index)["mute"], "the mute")  # type: ignore[index]
        assert watcher.get(control.id).muted
        # Above the 153 % where user interfaces stop: the server accepts it.
        watcher.backend.submit(SetVolume(control.id, (131072, 131072)))
        await watcher.until_server(
            lambda: server.percents("sink-inputs", player.index) == [200, 200], "200 %"
        )
        assert not watcher.notices


async def test_change_by_another_program_is_seen(server: SoundServer) -> None:
    player = server.play("music")
    async with Watcher(PulseBackend(server.address)) as watcher:
        control = await watcher.stream("music")
        await asyncio.to_thread(server.pactl, "set-sink-input-volume", str(player.index), "25%")
        await watcher.until(lambda: watcher.get(control.id).raws == (16384, 16384), "the new volume")
        await asyncio.to_thread(server.pactl, "set-sink-input-mute", str(player.index), "1")
        await watcher.until(lambda: watcher.get(control.id).muted, "the mute")
        await asyncio.to_thread(move, server, player.index, "headphones")
        await watcher.until(lambda: watcher.get(control.id).target_id == "pulse:sink/headphones", "the move")


async def test_unchanged_controls_stay_the_same_objects(server: SoundServer) -> None:
    server.play("one")
    player = server.play("two")
    async with Watcher(PulseBackend(server.address)) as watcher:
        one, two = await watcher.playing("one"), await watcher.playing("two")
        await asyncio.to_thread(server.pactl, "set-sink-input-volume", str(player.index), "25%")
        await watcher.until(lambda: watcher.get(two.id).raws == (16384, 16384), "the new volume")
        assert watcher.get(one.id) is one


@pytest.mark.feature("stream: one channel, and all with their ratio", "stream balance")
async def test_one_channel_and_all_with_their_ratio_and_balance(server: SoundServer) -> None:
    player = server.play("music", volume=80)

    def percents() -> list[int]:
        return server.percents("sink-inputs", player.index)

    def balance() -> float:
        found = server.find("sink-inputs", player.index)
        assert found is not None
        return float(found["balance"])

    async with Watcher(PulseBackend(server.address)) as watcher:
        control = await watcher.stream("music")
        await watcher.until(lambda: watcher.get(control.id).raws == (52428, 52428), "the start")

        async def ask(intent: Intent, what: str, condition: Callable[[], object]) -> None:
            command = resolve(intent, watcher.get(control.id)).command
            assert command is not None
            watcher.backend.submit(command)
            await watcher.until_server(condition, what)

        await ask(Nudge(control.id, -40, channels=(0,)), "the left channel", lambda: percents() == [40, 80])
        await ask(SetLevel(control.id, 0.4), "both, the ratio kept", lambda: percents() == [20, 40])
        await ask(
            SetBalance(control.id, -0.5), "the balance", lambda: balance() == pytest.approx(-0.5, abs=1e-3)
        )
        assert await asyncio.to_thread(percents) == [40, 20]
        await ask(SetBalance(control.id, 0.0), "the middle", lambda: balance() == 0)
        assert not watcher.notices


@pytest.mark.feature("stream: corked")
async def test_corked_stream(server: SoundServer) -> None:
    command = [sys.executable, "-m", "tests.backend.pulse.corking", "pausing"]
    async with Watcher(PulseBackend(server.address)) as watcher:
        await watcher.until_ready()
        process = await asyncio.create_subprocess_exec(*command, env=server.env, stdin=subprocess.PIPE)
        try:
            control = await watcher.stream("pausing")
            assert process.stdin is not None
            assert control.stream is not None
            index = control.stream.index
            for corked in (True, False, True):

                def told(corked: bool = corked) -> bool:
                    found = server.find("sink-inputs", index)
                    return found is not None and found["corked"] is corked

                await watcher.until_server(told, f"corked to be {corked}")
                await watcher.until(
                    lambda corked=corked: watcher.get(control.id).stream.corked is corked,  # type: ignore[misc,union-attr]
                    f"corked to be shown as {corked}",
                )
                process.stdin.write(b"\n")
        finally:
            process.kill()
            await process.wait()


@pytest.mark.feature("stream: move, its level kept", "stream: follow the default")
async def test_moving_and_following_the_default(server: SoundServer) -> None:
    player = server.play("music", device="speakers", volume=40)
    async with Watcher(PulseBackend(server.address)) as watcher:
        control = await watcher.stream("music")
        await watcher.until(lambda: watcher.get(control.id).raws == (26214, 26214), "its level")
        watcher.backend.submit(MoveStream(control.id, "pulse:sink/headphones"))
        await watcher.until_server(lambda: sink_of(server, player.index) == "headphones", "the move")
        assert await asyncio.to_thread(server.percents, "sink-inputs", player.index) == [40, 40]
        await watcher.until(lambda: watcher.get(control.id).target_id == "pulse:sink/headphones", "the move")
        watcher.backend.submit(MoveStream(control.id, None))
        await watcher.until_server(lambda: sink_of(server, player.index) == "speakers", "the default")
        watcher.backend.submit(SetDefault("pulse:sink/headphones"))
        await watcher.until_server(
            lambda: sink_of(server, player.index) == "headphones", "the stream to follow the default"
        )
        assert not watcher.notices


@pytest.mark.feature("stream: end it")
async def test_kill(server: SoundServer) -> None:
    player = server.play("music")
    async with Watcher(PulseBackend(server.address)) as watcher:
        control = await watcher.stream("music")
        watcher.backend.submit(Kill(control.id))
        await watcher.until(lambda: control.id not in watcher.snapshot.controls, "the stream to go")
        assert server.find("sink-inputs", player.index) is None


async def test_command_for_what_is_gone_is_told_once(server: SoundServer) -> None:
    async with Watcher(PulseBackend(server.address)) as watcher:
        await watcher.until_ready()
        watcher.backend.submit(SetVolume("pulse:sink_input/999", (1, 1)))
        await watcher.until(lambda: watcher.notices, "the notice")
        assert [notice.text for notice in watcher.notices] == ["The control is gone."]
        assert watcher.notices[0].error


@pytest.mark.parametrize("gap", [0.01, 0.001, 0.0])
async def test_held_key_of_200_presses_loses_none_and_never_jumps_back(
    server: SoundServer, gap: float
) -> None:
    player = server.play("music", volume=1)
    async with Watcher(PulseBackend(server.address)) as watcher:
        control = await watcher.stream("music")
        await watcher.until(lambda: watcher.get(control.id).raws == (655, 655), "the start")
        seen = len(watcher.snapshots)
        for _ in range(200):
            raws = tuple(raw + 300 for raw in watcher.get(control.id).raws)
            watcher.backend.submit(SetVolume(control.id, raws))
            await asyncio.sleep(gap)
        wanted = 655 + 200 * 300
        assert watcher.get(control.id).raws == (wanted, wanted)

        def volume() -> int:
            stream = server.find("sink-inputs", player.index)
            assert stream is not None
            return int(stream["volume"]["front-left"]["value"])

        await watcher.until_server(lambda: volume() == wanted, "the last press")
        shown = [snapshot.controls[control.id].raws[0] for snapshot in watcher.snapshots[seen:]]
        assert shown == sorted(shown)
