"""Many streams (300 if a server accepts them within seconds) over shared connections and several sinks."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.backend.pulse.watcher import Watcher, plays
from tests.lab.pipewire import PrivatePipeWire
from tests.lab.pulse import PrivatePulse
from tests.lab.sound import Sink, SoundServer
from tuimixer.backend.pulse.backend import PulseBackend
from tuimixer.model.command import SetVolume
from tuimixer.model.control import Control, Kind

SINKS = 4


@pytest.fixture(
    params=[
        pytest.param(PrivatePulse, marks=pytest.mark.pulse),
        pytest.param(PrivatePipeWire, marks=pytest.mark.pipewire),
    ]
)
def crowded(request: pytest.FixtureRequest) -> Iterator[SoundServer]:
    """A server with many streams playing."""
    sinks = [Sink(f"bench_sink_{number}", f"Sink {number}") for number in range(SINKS)]
    with request.param(sinks=sinks) as server:
        command = [sys.executable, "-m", "tests.bench.feeder", str(server.most_streams), str(SINKS)]
        with subprocess.Popen(
            command, env=server.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as feeder:
            assert feeder.stdout is not None
            assert feeder.stdout.readline().strip() == "ready"
            yield server
            feeder.terminate()


@pytest.mark.feature("300 streams")
async def test_300_streams_are_read_and_a_step_touches_one(crowded: SoundServer) -> None:
    async with Watcher(PulseBackend(crowded.address)) as watcher:

        def streams() -> list[Control]:
            controls = watcher.snapshot.controls.values()
            return [control for control in controls if control.kind is Kind.SINK_INPUT]

        await watcher.until(
            lambda: len(streams()) == crowded.most_streams and all(map(plays, streams())), "all streams"
        )
        before = dict(watcher.snapshot.controls)
        target = streams()[crowded.most_streams // 2]
        assert target.stream is not None
        index = target.stream.index
        watcher.backend.submit(SetVolume(target.id, (12345,) * len(target.channels)))
        await watcher.until_server(
            lambda: "12345" in str(crowded.find("sink-inputs", index)), "the server to have it"
        )
        after = watcher.snapshot.controls
        changed = [key for key, control in before.items() if control is not after[key]]
        # PipeWire's sinks may change their state meanwhile.
        assert [key for key in changed if not key.startswith("pulse:sink/")] == [target.id]
