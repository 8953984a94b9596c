"""What a monitor and a loopback pass on, according to `path` and `doctor`, compared with recordings."""

import math
import subprocess
from typing import Any

import pytest

from tests.diagnosis.test_servers import AMPLITUDE, hears, recorded_gain
from tests.diagnosis.verbs import findings, path_of, tuimixer
from tests.lab.pipewire import PrivatePipeWire
from tests.lab.sound import SoundServer
from tests.lab.waiting import DEADLINE

# The fixture `server` determines the lane: pulse and pipewire.

WAYS = {
    "the loopback's recording half": "source-output",
    "the monitor": "source",
}


def carry(server: SoundServer) -> None:
    """A tone on a sink that a loopback passes on to Speakers."""
    server.pactl("load-module", "module-null-sink", "sink_name=src")
    server.pactl("load-module", "module-loopback", "source=src.monitor", "sink=speakers")
    server.wait_for(lambda: server.pactl_json("source-outputs") and server.linked(), "the loopback")
    server.play("tone", amplitude=AMPLITUDE, device="src", volume=68)
    server.wait_for(lambda: recorded_gain(server, "speakers.monitor") > -12, "the tone")


def target(server: SoundServer, kind: str) -> tuple[str, str]:
    """What pactl needs for one half of the path, and the displayed name."""
    if kind == "source":
        (monitor,) = (s for s in server.pactl_json("sources") if s["name"] == "src.monitor")
        return "src.monitor", monitor["description"]
    (half,) = server.pactl_json("source-outputs")
    return str(half["index"]), half["properties"]["media.name"]


@pytest.mark.parametrize("way", WAYS)
def test_what_a_loopback_takes_away_counts(server: SoundServer, way: str) -> None:
    carry(server)
    kind = WAYS[way]
    which, _ = target(server, kind)
    server.pactl(f"set-{kind}-volume", which, "30%")
    quieter = 60 * math.log10(0.68 * 0.3)
    assert hears(server, "speakers.monitor", quieter)
    stated = path_of("tone", server.env)
    assert stated["total_db"] == pytest.approx(quieter, abs=0.1)


@pytest.mark.parametrize("way", WAYS)
def test_what_silences_a_loopback_is_named_and_mended(server: SoundServer, way: str) -> None:
    carry(server)
    kind = WAYS[way]
    which, shown = target(server, kind)
    for fault in (("mute", "1"), ("volume", "2%")):
        server.pactl(f"set-{kind}-{fault[0]}", which, fault[1])
        server.wait_for(lambda: server.record("speakers.monitor", 0.1).peak() < 0.001, "silence")
        assert path_of("tone", server.env)["muted"] is (fault[0] == "mute")
        first = findings("tone", env=server.env)[0]
        assert first["stage"] == shown
        mended = tuimixer("doctor", "tone", "--fix", "1", env=server.env)
        assert mended.returncode == 0, mended.stderr
        server.wait_for(lambda: server.record("speakers.monitor", 0.1).peak() > 0.02, "the sound again")


def raw_sink(server: PrivatePipeWire) -> None:
    """A null sink whose volume does not affect its monitor, which is the default on PipeWire."""
    info = "factory.name=support.null-audio-sink node.name=raw node.description=Raw media.class=Audio/Sink"
    command = ["pw-cli", "create-node", "adapter", f"{{{info} object.linger=true audio.position=[FL FR]}}"]
    subprocess.run(command, env=server.env, check=True, stdout=subprocess.DEVNULL, timeout=DEADLINE)
    server.wait_for(lambda: "raw" in [sink["name"] for sink in server.pactl_json("sinks")], "the sink")


def remapped_sink(server: PrivatePipeWire) -> None:
    """A remapped sink, whose volume affects Speakers but not its own monitor."""
    server.pactl("load-module", "module-remap-sink", "sink_name=raw", "master=speakers", "remix=no")
    server.wait_for(lambda: "raw" in [sink["name"] for sink in server.pactl_json("sinks")], "the sink")


@pytest.mark.pipewire
@pytest.mark.parametrize("make", [raw_sink, remapped_sink])
def test_a_monitor_that_does_not_hear_its_sink(pipewire: PrivatePipeWire, make: Any) -> None:
    make(pipewire)
    pipewire.play("tone", amplitude=AMPLITUDE, device="raw")
    pipewire.pactl("set-sink-volume", "raw", "30%")
    assert path_of("raw.monitor", pipewire.env)["total_db"] == pytest.approx(0.0, abs=0.1)
    assert hears(pipewire, "raw.monitor", 0.0)
    pipewire.pactl("set-sink-mute", "raw", "1")
    tape = ["parec", "--client-name=Tape", "--device=raw.monitor"]
    with subprocess.Popen(tape, env=pipewire.env, stdout=subprocess.DEVNULL) as recorder:
        try:
            pipewire.wait_for(
                lambda: pipewire.pactl_json("source-outputs") and pipewire.linked(), "the recording"
            )
            assert findings("Tape", env=pipewire.env) == []
            assert path_of("Tape", pipewire.env)["muted"] is False
        finally:
            recorder.kill()
    assert hears(pipewire, "raw.monitor", 0.0)


@pytest.mark.pipewire
def test_a_loopback_from_such_a_monitor(pipewire: PrivatePipeWire) -> None:
    raw_sink(pipewire)
    pipewire.pactl("load-module", "module-loopback", "source=raw.monitor", "sink=speakers")
    pipewire.wait_for(lambda: pipewire.pactl_json("source-outputs") and pipewire.linked(), "the loopback")
    pipewire.play("tone", amplitude=AMPLITUDE, device="raw")
    pipewire.pactl("set-sink-volume", "raw", "30%")
    pipewire.pactl("set-sink-mute", "raw", "1")
    stated = path_of("tone", pipewire.env)
    assert (stated["total_db"], stated["muted"]) == (pytest.approx(0.0, abs=0.1), False)
    assert hears(pipewire, "speakers.monitor", stated["total_db"])
