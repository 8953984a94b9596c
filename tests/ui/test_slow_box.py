"""A machine whose system information takes long to read: keys do not wait for it."""

import asyncio

import pytest

from tests.lab.waiting import DEADLINE
from tests.ui.conftest import screen_text
from tuimixer.backend.demo.backend import DemoBackend
from tuimixer.config.schema import Config
from tuimixer.mixer.mixer import Mixer
from tuimixer.model.system import System
from tuimixer.ui.app import TuiMixerApp
from tuimixer.ui.mixer import screen as mixer_screen

pytestmark = pytest.mark.screen


class SlowBackend(DemoBackend):
    """The simulated machine, whose system information never arrives."""

    async def inspect(self) -> System:
        await asyncio.Event().wait()
        raise AssertionError("not reached")


@pytest.mark.parametrize("key", ["f2", "f6", "f8"])
async def test_keys_do_not_wait_for_facts(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mixer_screen, "_LEARN_SECONDS", 0.001)
    mixer = Mixer(SlowBackend(still=True))
    app = TuiMixerApp([mixer], Config())
    async with app.run_test(size=(80, 24)) as pilot:
        async with asyncio.timeout(DEADLINE):
            while app.main._learning is not None or not app.main.renderer.listed:
                await pilot.pause(0.01)
        first = app.main.renderer.cursor
        await pilot.press("down")
        assert app.main.renderer.cursor != first
        await pilot.press(key)
        assert app.screen is not app.main
        await pilot.press("escape")
        await pilot.pause()
        assert app.screen is app.main
        assert "Master" in screen_text(app)
