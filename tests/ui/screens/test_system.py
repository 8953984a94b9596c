"""F2: the pages of system information, read with alsamixer's keys."""

from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.ui.conftest import Open
from tuimixer.backend.demo import simulated
from tuimixer.backend.demo.backend import DemoBackend
from tuimixer.config.schema import Config
from tuimixer.model.system import System

pytestmark = pytest.mark.screen


class LongPages(DemoBackend):
    """A machine with a page that is longer and wider than any screen."""

    async def inspect(self) -> System:
        text = "\n".join(f"line {number:03} {'=' * 200} end" for number in range(200))
        return replace(simulated.system(), pages=(("Long", text), ("Empty", "")))


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (40, 12)], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_picture(desk: Open, text_snapshot: SnapshotAssertion, size: tuple[int, int]) -> None:
    async with desk(size=size) as it:
        await it.press("f2")
        await it.pilot.pause()
        assert it.dialog == text_snapshot


async def test_ascii(desk: Open) -> None:
    async with desk(config=Config(ascii="on")) as it:
        await it.press("f2")
        await it.pilot.pause()
        assert it.text.isascii()


async def test_who_holds_a_device(desk: Open) -> None:
    async with desk(size=(160, 40)) as it:
        await it.press("f2")
        await it.pilot.pause()
        assert "pulseaudio: process 812, demo, running, 48000 Hz, S16_LE, 2 channels" in it.text


async def test_the_kernels_files_are_pages(desk: Open) -> None:
    async with desk() as it:
        await it.press("f2")
        await it.pilot.pause()
        seen = []
        for _ in simulated.system().pages:
            await it.press("tab")
            seen.append(it.text.splitlines()[0])
        for (title, _), line in zip(simulated.system().pages, seen, strict=True):
            assert title in line
        await it.press("tab")
        assert "System (1 of 7)" in it.text
        await it.press("shift+tab")
        assert "Version (7 of 7)" in it.text


async def test_reading_keys(desk: Open) -> None:
    async with desk(backend=LongPages(still=True)) as it:
        await it.press("f2")
        await it.pilot.pause()
        await it.press("tab")
        assert "line 000" in it.text
        await it.press("j")
        assert "line 000" not in it.text
        await it.press("k")
        assert "line 000" in it.text
        await it.press("space")
        assert "line 021" in it.text
        assert "line 020" not in it.text
        await it.press("b", "end")
        assert "line 199" in it.text
        await it.press("home")
        assert "line 000" in it.text
        await it.press(*["n"] * 20)
        assert "line 000" not in it.text
        await it.press(*["p"] * 20)
        assert "line 000" in it.text


@pytest.mark.parametrize("key", ["escape", "enter", "f10", "q", "f2"])
async def test_closing(desk: Open, key: str) -> None:
    async with desk() as it:
        await it.press("f2")
        assert it.app.screen is not it.app.main
        await it.press(key)
        assert it.app.screen is it.app.main
