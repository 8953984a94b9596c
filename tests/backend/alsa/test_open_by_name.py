"""A device named by the user while the backend is running."""

import asyncio
import os

import pytest

from tests.backend.alsa.watching import watching
from tests.lab.plugins import Plugins
from tests.lab.waiting import DEADLINE
from tuimixer.backend.alsa.backend import AlsaBackend
from tuimixer.model.command import OpenDevice, SetVolume

pytestmark = pytest.mark.plugins

MASTER = "alsa:pulse/Master,0/playback"
BAND = "alsa:equal/00. 31 Hz,0/playback"


def _open_descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


@pytest.fixture(autouse=True)
def configured(plugins: Plugins, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in plugins.env.items():
        monkeypatch.setenv(name, value)


async def test_it_opens_and_can_be_moved() -> None:
    async with watching() as watched:
        watched.submit(OpenDevice("alsa:equal"))
        await watched.until(lambda snapshot: BAND in snapshot.controls, "the equalizer")
        watched.submit(SetVolume(BAND, (20, 20)))
        await watched.until(lambda snapshot: snapshot.controls[BAND].raws == (20, 20), "the new value")
        watched.submit(OpenDevice("alsa:equal"))
        await watched.until(
            lambda snapshot: sum(card.id == "equal" for card in snapshot.alsa_cards) == 1, "one device"
        )
        assert watched.notices == []


async def test_named_before_the_backend_runs() -> None:
    """As by the screen, which tells a new engine the names before anything else."""
    backend = AlsaBackend()
    backend.submit(OpenDevice("alsa:equal"))
    async with watching(backend=backend) as watched:
        await watched.until(lambda snapshot: BAND in snapshot.controls, "the equalizer")


async def test_asked_for_twice_at_once_it_is_opened_once() -> None:
    left_open = []
    for times in (1, 1, 2):  # what the libraries open only once has been opened by the first device
        async with watching() as watched:
            for _ in range(times):
                watched.submit(OpenDevice("alsa:pulse"))
            await watched.until(lambda snapshot: MASTER in snapshot.controls, "the device")
            watched.submit(OpenDevice("alsa:equal"))
            await watched.until(lambda snapshot: BAND in snapshot.controls, "another device")
        left_open.append(_open_descriptors())
    assert left_open[1] == left_open[2]


async def test_what_is_still_being_opened_at_the_end_is_closed() -> None:
    async with watching() as watched:
        watched.submit(OpenDevice("alsa:pulse"))
        await watched.until(lambda snapshot: MASTER in snapshot.controls, "the device")
    before = _open_descriptors()
    async with watching() as watched:
        watched.submit(OpenDevice("alsa:pulse"))
    async with asyncio.timeout(DEADLINE):
        while _open_descriptors() != before:
            await asyncio.sleep(0.01)


async def test_a_wrong_name_is_told_and_forgotten() -> None:
    async with watching() as watched:
        watched.submit(OpenDevice("alsa:nonsense"))
        await watched.until(lambda snapshot: watched.notices, "the refusal")
        assert watched.notices[0].error
        assert "nonsense" in watched.notices[0].text
        assert all(card.id != "nonsense" for card in watched.snapshot.alsa_cards)
