"""A device that a person names while the backend runs."""

import pytest

from tests.backend.alsa.watching import watching
from tests.lab.plugins import Plugins
from tuimixer.model.command import OpenDevice, SetVolume

pytestmark = pytest.mark.plugins

BAND = "alsa:equal/00. 31 Hz,0/playback"


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


async def test_a_wrong_name_is_told_and_forgotten() -> None:
    async with watching() as watched:
        watched.submit(OpenDevice("alsa:nonsense"))
        await watched.until(lambda snapshot: watched.notices, "the refusal")
        assert watched.notices[0].error
        assert "nonsense" in watched.notices[0].text
        assert all(card.id != "nonsense" for card in watched.snapshot.alsa_cards)
