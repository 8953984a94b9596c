"""The gains that `path` states compared with recordings, and the findings of `doctor`, on real servers
without a card.
"""

import json
import math
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.diagnosis.verbs import findings, path_of, tuimixer
from tests.lab.pipewire import PrivatePipeWire
from tests.lab.plugins import Plugins
from tests.lab.pulse import PrivatePulse
from tests.lab.sound import SoundServer
from tests.lab.waiting import wait_until
from tuimixer.backend.host import find_daemons
from tuimixer.backend.mixer_paths import read_mixer_paths
from tuimixer.model.system import NO_PIPEWIRE_PULSE

# The fixture `server` determines the lane: pulse and pipewire.
AMPLITUDE = 0.5


def recorded_gain(server: SoundServer, source: str) -> float:
    """dB between what is played and what a monitor records."""
    return server.record(source).steady_db() - 20 * math.log10(AMPLITUDE / math.sqrt(2))


def hears(server: SoundServer, source: str, stated: float) -> bool:
    """Whether a recording has the stated gain within 0.2 dB; one with gaps is repeated."""
    server.wait_for(lambda: abs(recorded_gain(server, source) - stated) <= 0.2, f"{stated} dB at {source}")
    return True


def play(server: SoundServer, device: str = "speakers") -> int:
    """Start a tone and wait until it is audible, without gaps; returns the sink input's index."""
    player = server.play("tone", amplitude=AMPLITUDE, device=device)
    heard = math.sqrt(0.5) * AMPLITUDE * 0.99
    server.wait_for(lambda: server.record("speakers.monitor").rms() > heard, "the tone")
    return player.index


def set_stream(server: SoundServer, index: int, percent: int) -> None:
    """Set a sink input's volume, which PipeWire acknowledges before it does it."""
    server.pactl("set-sink-input-volume", str(index), f"{percent}%")
    server.wait_for(lambda: set(server.percents("sink-inputs", index)) == {percent}, "the stream's volume")


def mute_stream(server: SoundServer, index: int) -> None:
    """Mute a sink input; see set_stream."""
    server.pactl("set-sink-input-mute", str(index), "1")
    server.wait_for(lambda: server.find("sink-inputs", index)["mute"], "the stream's mute")  # type: ignore[index]


def nothing_found(server: SoundServer) -> bool:
    """Wait until doctor finds nothing: after a move, PipeWire's streams are paused for a moment."""
    return server.wait_for(lambda: findings(env=server.env) == [], "nothing to be found")


def on_pipewire(server: SoundServer) -> bool:
    """Whether the Pulse server is PipeWire's."""
    return "PipeWire" in server.pactl("info")


def test_the_stated_gain_is_what_a_monitor_hears(server: SoundServer) -> None:
    index = play(server)
    chance = random.Random(6)
    for _ in range(10):
        # Not so quiet that the 16 bits of the recording are too coarse for it.
        stream, sink = chance.randint(45, 115), chance.randint(45, 100)
        set_stream(server, index, stream)
        server.pactl("set-sink-volume", "speakers", f"{sink}%")
        stated = path_of("tone", server.env)
        assert stated["muted"] is False
        assert hears(server, "speakers.monitor", stated["total_db"])
        assert stated["total_db"] == pytest.approx(60 * math.log10(stream * sink / 10_000), abs=0.1)


def test_muted_is_silence(server: SoundServer) -> None:
    index = play(server)
    mute_stream(server, index)
    server.wait_for(lambda: server.record("speakers.monitor").peak() == 0.0, "silence")
    assert path_of("tone", server.env)["muted"] is True


def test_a_recording_of_a_monitor_has_the_stated_gain(server: SoundServer) -> None:
    play(server)
    server.pactl("set-sink-volume", "speakers", "70%")
    server.pactl("set-source-volume", "speakers.monitor", "80%")
    stated = path_of("speakers.monitor", server.env)["total_db"]
    assert stated == pytest.approx(60 * math.log10(0.7 * 0.8), abs=0.1)
    assert hears(server, "speakers.monitor", stated)


def test_nothing_is_wrong_with_a_healthy_server(server: SoundServer) -> None:
    server.play("tone")
    assert findings(env=server.env) == []


FAULTS: dict[str, tuple[Callable[[SoundServer, int], str], str]] = {
    "the stream muted": (lambda s, i: s.pactl("set-sink-input-mute", str(i), "1"), "tone"),
    "the sink muted": (lambda s, i: s.pactl("set-sink-mute", "speakers", "1"), "Speakers"),
    "the stream at zero": (lambda s, i: s.pactl("set-sink-input-volume", str(i), "0"), "tone"),
    "the stream near silence": (lambda s, i: s.pactl("set-sink-input-volume", str(i), "3%"), "tone"),
    "the sink at zero": (lambda s, i: s.pactl("set-sink-volume", "speakers", "0"), "Speakers"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_silences_is_named_first_and_mended(server: SoundServer, fault: str) -> None:
    index = play(server)
    provoke, stage = FAULTS[fault]
    provoke(server, index)
    server.wait_for(lambda: server.record("speakers.monitor", 0.1).peak() < 0.001, "silence")
    assert findings(env=server.env)[0]["stage"] == stage
    mended = tuimixer("doctor", "--fix", "1", env=server.env)
    assert mended.returncode == 0, mended.stderr
    server.wait_for(lambda: server.record("speakers.monitor", 0.1).peak() > 0.02, "the sound again")
    assert findings(env=server.env) == []


def test_a_stream_on_another_device_is_named_and_moved(server: SoundServer) -> None:
    player = server.play("tone", device="headphones")
    assert (
        findings(env=server.env)[0]["reason"]
        == "tone is playing on Headphones, not on the default output Speakers."
    )
    assert tuimixer("doctor", "--fix", "1", env=server.env).returncode == 0
    speakers = next(sink["index"] for sink in server.pactl_json("sinks") if sink["name"] == "speakers")
    stream = server.find("sink-inputs", player.index)
    assert stream is not None
    assert stream["sink"] == speakers
    assert nothing_found(server)


def test_a_paused_program_is_named(server: SoundServer) -> None:
    command = [sys.executable, "-m", "tests.backend.pulse.corking", "Pauser"]
    with subprocess.Popen(command, env=server.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as player:
        try:
            assert player.stdout is not None
            assert player.stdout.readline() == b"ready\n"
            first = findings(env=server.env)[0]
            assert first["reason"] == "Pauser is paused (corked by the program itself)."
            assert "paused" in path_of("Pauser", server.env)["stages"][0]["note"]
        finally:
            player.kill()


def test_a_server_that_has_only_a_dummy(server: SoundServer) -> None:
    for sink in server.pactl_json("sinks"):
        server.pactl("unload-module", str(sink["owner_module"]))
    if not on_pipewire(server):
        server.pactl("load-module", "module-always-sink")
    server.wait_for(
        lambda: [sink["name"] for sink in server.pactl_json("sinks")] == ["auto_null"], "the dummy"
    )
    first = findings(env=server.env)[0]
    assert first["stage"] == "Dummy Output"
    assert first["reason"].startswith("The server's only output is Dummy Output, which leads nowhere. ")
    assert "not heard" in path_of("auto_null", server.env)["stages"][-1]["note"]


def test_who_records_a_null_sink_is_on_its_path(server: SoundServer) -> None:
    server.play("tone", device="speakers")
    command = ["parec", "--client-name=Tape", "--device=speakers.monitor"]
    with subprocess.Popen(command, env=server.env, stdout=subprocess.DEVNULL) as tape:
        try:
            server.wait_for(lambda: server.pactl_json("source-outputs") and server.linked(), "the recording")
            end = path_of("tone", server.env)["stages"][-1]
            assert (
                end["note"]
                == {
                    True: "a null sink, recorded by Tape; whether it is heard cannot be determined from here",
                    False: "a null sink: its sound is not heard, but is recorded by Tape",
                }[on_pipewire(server)]
            )
        finally:
            tape.kill()


def test_a_boost_before_a_cut_is_named(server: SoundServer) -> None:
    server.play("tone", volume=140)
    server.pactl("set-sink-volume", "speakers", "50%")
    assert "distort" in findings(env=server.env)[0]["reason"]


def test_fixing_what_is_not_there(server: SoundServer) -> None:
    done = tuimixer("doctor", "--fix", "1", env=server.env)
    assert done.returncode == 2
    assert "nothing is wrong" in done.stderr


def test_combined_and_remapped_sinks_are_followed(server: SoundServer) -> None:
    server.pactl("load-module", "module-remap-sink", "sink_name=narrow", "master=speakers", "remix=no")
    play(server, "narrow")
    server.pactl("set-sink-volume", "narrow", "50%")
    server.pactl("set-sink-volume", "speakers", "80%")
    stated = path_of("tone", server.env)
    assert [stage["kind"] for stage in stated["stages"]].count("sink") == 2
    assert hears(server, "speakers.monitor", stated["total_db"])


def test_a_combined_sink_is_named_as_such(server: SoundServer) -> None:
    slaves = "sinks" if on_pipewire(server) else "slaves"
    server.pactl("load-module", "module-combine-sink", "sink_name=both", f"{slaves}=speakers,headphones")
    server.wait_for(lambda: "both" in [sink["name"] for sink in server.pactl_json("sinks")], "the sink")
    server.wait_for(lambda: len(server.pactl_json("sink-inputs")) == 2 and server.linked(), "its streams")
    server.play("tone", device="both")
    done = tuimixer("path", "tone", "--json", env=server.env)
    ways = json.loads(done.stdout)
    assert [way["stages"][-2]["name"] for way in ways] == ["Speakers", "Headphones"]
    assert all("combine" in [stage["name"] for stage in way["stages"]] for way in ways)


def test_a_combined_sink_whose_parts_are_gone_is_named(server: SoundServer) -> None:
    slaves = "sinks" if on_pipewire(server) else "slaves"
    server.pactl("load-module", "module-combine-sink", "sink_name=both", f"{slaves}=speakers,headphones")
    server.wait_for(lambda: len(server.pactl_json("sink-inputs")) == 2 and server.linked(), "its streams")
    assert "combines" not in str(findings(env=server.env))
    for sink in server.pactl_json("sinks"):
        if sink["name"] != "both":
            server.pactl("unload-module", str(sink["owner_module"]))
    # The default may change before the parts, and the streams to them, are gone.
    server.wait_for(
        lambda: [sink["name"] for sink in server.pactl_json("sinks")] == ["both"], "only it to be left"
    )
    server.wait_for(lambda: not server.pactl_json("sink-inputs"), "its streams to end")
    server.wait_for(lambda: server.pactl("get-default-sink") == "both\n", "it to be the default")
    (fault,) = findings(env=server.env)
    assert " cannot be heard, because all the outputs that it combines are gone." in fault["reason"]
    assert fault["fault"] is True


def test_a_sink_that_feeds_itself_is_named(server: SoundServer) -> None:
    server.pactl("load-module", "module-loopback", "source=speakers.monitor", "sink=speakers")
    server.wait_for(
        lambda: server.pactl_json("source-outputs") and server.pactl_json("sink-inputs") and server.linked(),
        "the loopback",
    )
    (fault,) = findings(env=server.env)
    assert fault["reason"].startswith("Speakers feeds back into itself, so ")
    assert fault["fault"] is True


def test_a_monitor_in_place_of_a_microphone_is_named_and_replaced(server: SoundServer) -> None:
    if on_pipewire(server):
        made = "module-null-sink media.class=Audio/Source/Virtual sink_name=mic channel_map=mono"
    else:
        made = "module-null-source source_name=mic"
    server.pactl("load-module", *made.split())
    server.pactl("set-default-source", "mic")
    server.wait_for(lambda: server.pactl("get-default-source") == "mic\n", "the microphone")
    assert findings(env=server.env) == []
    server.pactl("set-default-source", "speakers.monitor")
    server.wait_for(lambda: server.pactl("get-default-source") == "speakers.monitor\n", "the monitor")
    command = ["parec", "--client-name=Call", "--device=speakers.monitor", "--property=media.role=phone"]
    with subprocess.Popen(command, env=server.env, stdout=subprocess.DEVNULL) as call:
        try:
            server.wait_for(lambda: server.pactl_json("source-outputs") and server.linked(), "the call")
            fault, note = findings(env=server.env)
            assert fault["reason"].startswith("The default input, Monitor of Speakers, records what")
            assert note["reason"].startswith("Call is recording what is being played (Monitor of Speakers)")
            assert (fault["fault"], note["fault"]) == (True, False)
            # Notes are left alone by `all`, and do not count in the exit status.
            done = tuimixer("doctor", "--fix", "all", env=server.env)
            assert (done.returncode, done.stderr) == (0, "")
            assert server.pactl("get-default-source") == "mic\n"
            # PulseAudio itself moves what records the former default.
            assert findings(env=server.env) == ([note] if on_pipewire(server) else [])
        finally:
            call.kill()


def test_all_faults_are_fixed_at_once(server: SoundServer) -> None:
    index = play(server)
    mute_stream(server, index)
    server.pactl("set-sink-mute", "speakers", "1")
    assert [finding["fault"] for finding in findings(env=server.env)] == [True, True]
    done = tuimixer("doctor", "--fix", "all", env=server.env)
    assert (done.returncode, done.stderr) == (0, "")
    assert findings(env=server.env) == []
    server.wait_for(lambda: server.record("speakers.monitor", 0.1).peak() > 0.02, "the sound again")


def test_the_second_stream_of_an_application_is_looked_at_too(server: SoundServer) -> None:
    play(server)
    second = server.play("tone", media="other")
    assert findings("tone", env=server.env) == []
    mute_stream(server, second.index)
    assert [finding["stage"] for finding in findings("tone", env=server.env)] == ["tone"]
    assert tuimixer("doctor", "tone", "--fix", "1", env=server.env).returncode == 0
    stream = server.find("sink-inputs", second.index)
    assert stream is not None
    assert stream["mute"] is False


def test_no_server_where_one_is_expected(server: SoundServer) -> None:
    server.kill()
    first = findings(env=server.env)[0]
    assert first["stage"] == "sound server"
    assert (
        first["reason"]
        == f"No sound server is responding at {server.address}, which is named by PULSE_SERVER."
    )


def test_a_server_that_does_not_respond_is_named(server: SoundServer) -> None:
    """Even if PULSE_SERVER does not name it and its queue is full, so that the kernel refuses connections."""
    env = {name: value for name, value in server.env.items() if name != "PULSE_SERVER"}
    server.pause()
    server.fill_queue()
    first = findings(env=env)[0]
    assert first["reason"] == (
        f"The sound server at {server.address}, which is the server of this session, is not responding."
    )
    assert f"{server.address} (session): no response." in tuimixer("path", env=env).stderr


def test_a_server_asked_for_that_does_not_answer(server: SoundServer) -> None:
    first = findings("--server", "unix:/nowhere/native", env=server.env)[0]
    assert first["stage"] == "sound server"
    assert "unix:/nowhere/native" in first["reason"]
    assert first["fix"].startswith("Remove --server")
    assert server.address in first["fix"]


def test_a_stale_pulse_server_beside_a_live_one(server: SoundServer) -> None:
    first = findings(env=server.env | {"PULSE_SERVER": "unix:/nowhere/native"})[0]
    assert "unix:/nowhere/native" in first["reason"]
    assert first["fix"].startswith("unset PULSE_SERVER")
    assert server.address in first["fix"]


def test_no_way_without_a_server(server: SoundServer) -> None:
    server.kill()
    done = tuimixer("path", env=server.env)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("tuimixer: there is no sound to trace: ")
    assert server.address in done.stderr


def test_what_remains_after_a_mend_is_told_to_programs(server: SoundServer) -> None:
    index = play(server)
    mute_stream(server, index)
    server.pactl("set-sink-mute", "speakers", "1")
    left = findings("--fix", "1", env=server.env)
    assert [finding["reason"] for finding in left] == ["Speakers is muted."]
    assert findings("--fix", "1", env=server.env) == []
    done = tuimixer("doctor", "--json", "--fix", "1", env=server.env)
    assert (done.returncode, done.stdout) == (2, "")
    assert "nothing is wrong" in done.stderr


def test_a_moved_stream_is_not_among_what_remains(server: SoundServer) -> None:
    server.play("tone", device="headphones")
    assert findings("--fix", "1", env=server.env) == []


def test_a_finding_that_only_a_person_can_mend_remains(server: SoundServer) -> None:
    env = server.env | {"PULSE_SERVER": "unix:/nowhere/native"}
    assert findings("--fix", "1", env=env)[0]["fix"].startswith("unset PULSE_SERVER")


@pytest.mark.pipewire
def test_pipewire_without_its_pulse_server_is_said_so(pipewire: PrivatePipeWire) -> None:
    pipewire.kill_pulse_server()
    pipewire.wait_for(lambda: tuimixer("list", env=pipewire.env).returncode, "the loss")
    listed = tuimixer("list", env=pipewire.env)
    assert listed.returncode == 3
    assert NO_PIPEWIRE_PULSE in listed.stderr
    first = findings(env=pipewire.env)[0]
    assert (first["stage"], NO_PIPEWIRE_PULSE in first["reason"]) == ("sound server", True)
    assert "pipewire-pulse.service" in first["fix"]
    pipewire.kill()
    assert NO_PIPEWIRE_PULSE not in tuimixer("list", env=pipewire.env).stderr


@pytest.mark.plugins
def test_the_device_called_default_is_no_card(plugins: Plugins) -> None:
    with plugins.config.open("a") as config:
        config.write("ctl.!default { type equal }\n")
    plugins.server.kill()
    env = {name: value for name, value in plugins.env.items() if name != "PULSE_SERVER"}
    listed = tuimixer("list", env=env)
    assert (listed.returncode, "31 Hz" in listed.stdout) == (0, True)
    reasons = [finding["reason"] for finding in findings(env=env)]
    assert reasons[-1] == "The kernel has not detected a sound card, and no sound server has an output."


@pytest.mark.parametrize(
    "server",
    [
        pytest.param("PulseAudio", marks=pytest.mark.pulse),
        pytest.param("PipeWire", marks=pytest.mark.pipewire),
    ],
)
def test_the_installed_rules_for_a_cards_controls(server: str) -> None:
    """The mixer path files that each server installs."""
    paths = {(path.server, path.name): path for path in read_mixer_paths(Path("/"), {})}
    merged = [e.name for e in paths[server, "analog-output-headphones"].elements if e.volume == "merge"]
    assert merged.index("Master") < merged.index("Headphone") < merged.index("PCM")


@contextmanager
def another_pulseaudio(server: SoundServer) -> Iterator[None]:
    """A second process, in the session of a server."""
    before = len(find_daemons(Path("/"), server.env))
    command = ["pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1"]
    with subprocess.Popen([*command, "-L", "module-null-sink"], env=server.env) as other:
        try:
            wait_until(lambda: len(find_daemons(Path("/"), server.env)) > before, "the second server")
            yield
            assert other.poll() is None
        finally:
            other.kill()


@pytest.mark.pulse
def test_processes_of_one_server_are_not_two_servers(pulse: PrivatePulse) -> None:
    with another_pulseaudio(pulse):
        assert findings(env=pulse.env) == []


@pytest.mark.pipewire
def test_a_pulseaudio_beside_pipewire_is_a_second_server(pipewire: PrivatePipeWire) -> None:
    assert findings(env=pipewire.env) == []
    with another_pulseaudio(pipewire):
        (finding,) = findings(env=pipewire.env)
        assert finding["reason"].startswith("Two sound servers are running for ")
        assert finding["fault"] is False
