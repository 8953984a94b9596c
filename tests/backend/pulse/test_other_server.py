"""Switching from one sound server to another while the screen is open."""

import pytest

from tests.backend.pulse.watcher import Watcher
from tests.lab.pulse import PrivatePulse
from tests.lab.sound import Sink
from tuimixer.backend.pulse.backend import PulseBackend
from tuimixer.model.command import UseServer
from tuimixer.model.control import Kind
from tuimixer.model.snapshot import Phase

pytestmark = pytest.mark.pulse


async def test_there_and_back(pulse: PrivatePulse) -> None:
    with PrivatePulse([Sink("kitchen", "Kitchen")]) as second:
        async with Watcher(PulseBackend(pulse.address)) as watcher:
            await watcher.until_ready()
            watcher.backend.submit(UseServer("pulse:server", second.address))
            await watcher.until(lambda: "pulse:sink/kitchen" in watcher.snapshot.controls, "the other server")
            assert "pulse:sink/speakers" not in watcher.snapshot.controls
            watcher.backend.submit(UseServer("pulse:server", pulse.address))
            await watcher.until(lambda: watcher.named("Headphones", Kind.SINK), "the first server")
            # No loss is reported: it was requested.
            assert Phase.UNAVAILABLE not in [status.phase for status in watcher.statuses]


async def test_from_a_server_that_is_not_there(pulse: PrivatePulse) -> None:
    async with Watcher(PulseBackend("unix:/nonexistent/native", environment={})) as watcher:
        await watcher.until(lambda: watcher.phase is Phase.UNAVAILABLE, "the failure")
        watcher.backend.submit(UseServer("pulse:server", pulse.address))
        await watcher.until_ready()
