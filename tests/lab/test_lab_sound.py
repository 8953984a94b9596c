"""The private servers do what the tests on top of them rely on."""

import math

from tests.lab.sound import SoundServer
from tests.lab.waiting import DEADLINE


def test_server_has_its_sinks_and_the_first_is_the_default(server: SoundServer) -> None:
    sinks = {sink["name"]: sink["description"] for sink in server.pactl_json("sinks")}
    assert sinks == {"speakers": "Speakers", "headphones": "Headphones"}
    assert server.pactl("get-default-sink").strip() == "speakers"


def test_player_appears_with_its_names_volume_and_sink_and_goes(server: SoundServer) -> None:
    player = server.play("Fire fox", media="A song", volume=40, device="headphones")
    stream = server.find("sink-inputs", player.index)
    assert stream is not None
    assert stream["properties"]["application.name"] == "Fire fox"
    assert stream["properties"]["media.name"] == "A song"
    assert server.percents("sink-inputs", player.index) == [40, 40]
    names = {sink["index"]: sink["name"] for sink in server.pactl_json("sinks")}
    assert names[stream["sink"]] == "headphones"
    player.kill()
    server.wait_for(lambda: server.find("sink-inputs", player.index) is None, "the stream to go")


def test_half_volume_is_recorded_18_06_db_lower_and_mute_is_silence(server: SoundServer) -> None:
    player = server.play("tone", volume=100)

    def level() -> float:
        return server.record("speakers.monitor").steady_db()

    # A recording with gaps, which happen on a busy machine, is repeated.
    whole = 20 * math.log10(0.5 / math.sqrt(2))
    server.wait_for(lambda: abs(level() - whole) <= 0.05, "the tone at its full level")
    server.pactl("set-sink-input-volume", str(player.index), "50%")
    half = whole + 60 * math.log10(0.5)
    server.wait_for(lambda: abs(level() - half) <= 0.05, "the tone, 18.06 dB lower")
    server.pactl("set-sink-input-mute", str(player.index), "1")
    server.wait_for(lambda: server.record("speakers.monitor").peak() == 0, "silence")


def test_killed_server_is_gone_and_comes_back_with_its_sinks(server: SoundServer) -> None:
    player = server.play("tone")
    server.kill()
    player.process.wait(timeout=DEADLINE)
    server.start()
    assert len(server.pactl_json("sinks")) == 2
    assert server.pactl_json("sink-inputs") == []


def test_stopped_server_leaves_nothing(server: SoundServer) -> None:
    player = server.play("tone")
    server.stop()
    assert player.process.returncode is not None
    assert not server.running
    assert not server.folder.exists()
