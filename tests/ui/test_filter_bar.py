"""The filter field at the bottom, and what it leaves unchanged."""

import gc
from weakref import ref

import pytest
from textual.geometry import Offset
from textual.widget import Widget
from textual.widgets import Input

from tests.ui.conftest import Open
from tuimixer.config.schema import Config

pytestmark = pytest.mark.screen


async def test_opened_again_by_a_click_it_stays_one_line(desk: Open) -> None:
    async with desk() as it:
        hints = it.text.splitlines()[-1]
        await it.press("slash", *"fire")
        # The hints have moved up by a line.
        await it.pilot.click(offset=Offset(hints.index("search"), len(it.text.splitlines()) - 2))
        await it.pilot.pause()
        assert len(it.app.main.query(Input)) == 1
        await it.press(*"fox")
        assert it.app.main.renderer.filters.text == "firefox"
        await it.press("enter")
        assert not it.app.main.query(Input)
        assert it.text.splitlines()[-1] == hints


@pytest.mark.parametrize("size", [(80, 24), (120, 30), (200, 50), (60, 9)])
async def test_words_never_change_the_layout(desk: Open, size: tuple[int, int]) -> None:
    async with desk(size=size, config=Config(keymap="alsamixer")) as it:
        renderer = it.app.main.renderer
        before = renderer.columns
        for key in ("slash", *"fire", "enter", "slash", *["backspace"] * 4, "enter", "slash", "w", "escape"):
            await it.press(key)
            assert renderer.columns is before, key


async def test_closed_fields_are_not_kept(desk: Open) -> None:
    async with desk() as it:
        fields: list[ref[Widget]] = []
        for _ in range(3):
            await it.press("slash")
            assert it.app.focused is not None
            fields.append(ref(it.app.focused))
            await it.press("a", "escape")
        gc.collect()
        # Textual keeps the last list of a screen's widgets until somebody asks for the next.
        assert [field() for field in fields[:-1]] == [None, None]
