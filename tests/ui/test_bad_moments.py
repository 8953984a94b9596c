"""Easily forgotten situations: an empty list, a window of four lines, a stall, exiting during changes."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
import textual._time
from rich.style import Style
from textual import events
from textual.command import CommandPalette
from textual.geometry import Size
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, OptionList

from tests.lab.waiting import DEADLINE
from tests.ui.conftest import Desk, Open
from tuimixer.backend.demo import simulated
from tuimixer.backend.demo.backend import DemoBackend
from tuimixer.config.schema import Config
from tuimixer.mixer.mixer import Mixer
from tuimixer.model.snapshot import Update
from tuimixer.ui.app import TuiMixerApp
from tuimixer.ui.mixer import screen as mixer_screen
from tuimixer.ui.path import screen as path_screen
from tuimixer.ui.path.screen import PathScreen
from tuimixer.ui.screens.dialog import Dialog
from tuimixer.ui.screens.help import HelpScreen

pytestmark = pytest.mark.screen

EVERY_MOVE = ("end", "home", "pagedown", "pageup", "down", "up", "enter", "right", "left", "u")


@pytest.mark.parametrize("key", ["r", "enter", "f6", "f7", "f", "f2", "f8", "ctrl+p", "f1"])
@pytest.mark.parametrize("size", [(80, 24), (80, 4), (2, 24), (1, 1)])
async def test_every_move_in_every_dialog_of_an_empty_box(
    desk: Open, key: str, size: tuple[int, int]
) -> None:
    # Streams without a possible target, so that the list to choose from is empty.
    box = replace(simulated.box(), alsa_cards=(), server_cards=())
    streams = {key: control for key, control in box.controls.items() if control.stream is not None}
    async with desk(backend=DemoBackend(still=True, box=replace(box, controls=streams))) as it:
        await it.pilot.resize_terminal(*size)
        for move in EVERY_MOVE:
            if it.app.screen is it.app.main:
                await it.press(key)
            await it.press(move)
        assert it.app.is_running


async def test_narrow_and_high_windows(desk: Open) -> None:
    """If there is room for rows of two lines, but not for what is next to their faders."""
    async with desk(config=Config(layout="rows")) as it:
        renderer = it.app.main.renderer
        for width in range(1, 40):
            await it.pilot.resize_terminal(width, 100)
            await settled(it, lambda width=width: renderer.grid.width == width)  # type: ignore[misc]
            assert {len(row) for row in renderer.grid.text} == {width}


async def settled(it: Desk, condition: Callable[[], object]) -> None:
    async with asyncio.timeout(DEADLINE):
        while not condition():
            await it.pilot.pause(0.01)


@pytest.fixture
def stalls(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """After it is called, the process is held up for 10 s each of the next times Textual looks at
    the clock.
    """
    looks = count()

    def begin() -> None:
        monkeypatch.setattr(textual._time, "get_time", lambda: time.monotonic() + 10 * min(next(looks), 20))

    return begin


async def test_a_stall_does_not_lose_what_the_server_drives(desk: Open, stalls: Callable[[], None]) -> None:
    async with desk() as it:
        main = it.app.main
        main.renderer.tell_driven({})
        stalls()
        main._learn_soon()
        await settled(it, lambda: main.renderer.driven)


async def test_a_stall_does_not_lose_the_end_of_a_notice(
    desk: Open, monkeypatch: pytest.MonkeyPatch, stalls: Callable[[], None]
) -> None:
    monkeypatch.setattr(mixer_screen, "_NOTICE_SECONDS", 0.01)
    async with desk() as it:
        stalls()
        it.app.main.say("Something.")
        await settled(it, lambda: it.app.main.renderer.notice is None)


async def test_a_stall_does_not_lose_a_look_at_the_path(
    desk: Open, monkeypatch: pytest.MonkeyPatch, stalls: Callable[[], None]
) -> None:
    monkeypatch.setattr(path_screen, "_LOOK_AGAIN", 0.01)
    async with desk() as it:
        await it.press("f8")
        screen = it.app.screen
        assert isinstance(screen, PathScreen)
        await settled(it, lambda: screen._looking is None and screen._system is not None)
        screen._system = None
        stalls()
        screen._look_soon()
        await settled(it, lambda: screen._system is not None)


async def test_a_stall_does_not_lose_another_size(desk: Open, stalls: Callable[[], None]) -> None:
    async with desk() as it:
        stalls()
        await it.pilot.resize_terminal(90, 30)
        await settled(it, lambda: it.app.main.renderer.grid.width == 90)


async def test_a_stall_does_not_end_painting(desk: Open, stalls: Callable[[], None]) -> None:
    """The palette holds painting up for a moment when a command was chosen."""
    async with desk() as it:
        stalls()
        it.app.delay_update()
        await settled(it, lambda: not it.app._batch_count)


async def test_facts_are_read_again_when_cards_change(desk: Open) -> None:
    async with desk() as it:
        system = it.app.main.system
        it.backend.show(replace(it.backend.snapshot, server_cards=()))
        await settled(it, lambda: it.app.main.system is not system)


class Restless(DemoBackend):
    """Streams come and go as fast as they can be reported."""

    async def run(self, emit: Callable[[Update], None]) -> None:
        whole = self.snapshot
        fewer = dict(list(whole.controls.items())[::2])
        while True:
            emit(whole)
            await asyncio.sleep(0)
            emit(replace(whole, controls=fewer))
            await asyncio.sleep(0)


@pytest.mark.parametrize("opened", ["", "f8", "enter", "f7", "f6", "f", "f2"])
async def test_the_end_amid_changes(opened: str) -> None:
    backend = Restless(still=True)
    app = TuiMixerApp([Mixer(backend)], Config())

    async def leave() -> None:
        async with asyncio.timeout(DEADLINE):
            while not app.is_running or not app.main.renderer.listed:
                await asyncio.sleep(0.01)
        if opened:
            app.simulate_key(opened)
            while app.screen is app.main:
                await asyncio.sleep(0)
        app.exit(0)

    leaving = asyncio.create_task(leave())
    await app.run_async(headless=True, size=(80, 24))
    await leaving
    assert app.failure is None
    assert app._exception is None


@pytest.mark.parametrize("key", ["slash", "f1", "f8", "enter", "equals_sign", "ctrl+p"])
async def test_a_key_is_still_in_the_queue_when_the_end_has_begun(desk: Open, key: str) -> None:
    async with desk() as it:
        it.app.exit(0)
        it.app.main.post_message(events.Key(key, None))
    assert it.app.failure is None


@pytest.mark.parametrize("width", range(1, 9))
async def test_the_palette_in_a_narrow_window(desk: Open, width: int) -> None:
    async with desk() as it:
        await it.press("ctrl+p")
        await it.pilot.resize_terminal(width, 24)
        await it.press("down")
        assert it.app.is_running


async def test_the_palette_is_answered_twice_at_once(desk: Open) -> None:
    async with desk() as it:
        await it.press("ctrl+p")
        palette = it.app.screen
        assert isinstance(palette, CommandPalette)
        palette.dismiss()
        palette.dismiss()
        await it.pilot.pause()
        assert it.app.screen is it.app.main
        assert it.app.is_running


@pytest.mark.parametrize("key", ["enter", "f1", "f2", "f6", "f8", "f", "equals_sign", "r"])
async def test_a_dialog_is_closed_twice_at_once(desk: Open, key: str) -> None:
    async with desk() as it:
        await it.choose("Speakers")  # it has ports to choose from
        await it.press(key)
        dialog = it.app.screen
        assert isinstance(dialog, Dialog)
        dialog.action_close()
        dialog.action_close()
        await it.pilot.pause()
        assert it.app.screen is it.app.main
        assert it.app.is_running


@pytest.mark.parametrize("key", ["f1", "ctrl+p"])
async def test_a_dialog_below_another_is_told_to_close(desk: Open, key: str) -> None:
    """A key that arrived before the other one had opened."""
    async with desk() as it:
        await it.press(key)
        below = it.app.screen
        above = HelpScreen()
        await it.app.push_screen(above)
        below.dismiss()
        below.dismiss()
        await it.pilot.pause()
        assert it.app.screen is above


async def test_the_palette_is_opened_again_while_it_closes(desk: Open) -> None:
    async with desk() as it:
        await it.press("ctrl+p")
        first = it.app.screen
        assert isinstance(first, CommandPalette)
        first.dismiss()
        it.app.action_command_palette()
        await it.pilot.pause()
        assert isinstance(it.app.screen, CommandPalette)
        assert it.app.screen is not first


async def test_the_palette_is_closed_while_it_is_busy(desk: Open) -> None:
    async with desk() as it:
        await it.press("ctrl+p")
        palette = it.app.screen
        assert isinstance(palette, CommandPalette)
        await palette.dismiss()
        palette._watch__list_visible()
        await palette._watch__show_busy()
        await palette._gather_commands("volume").wait()
        assert it.app.is_running


def click(widget: Widget, x: int, **meta: int) -> events.Click:
    return events.Click(widget, x, 5, 0, 0, 1, False, False, False, x, 5, Style(meta=meta))


async def test_a_click_on_an_option_that_has_gone_and_outside_the_window(desk: Open) -> None:
    async with desk() as it:
        await it.press("ctrl+p")
        palette = it.app.screen
        assert isinstance(palette, CommandPalette)
        options = palette.query_one(OptionList)
        await options._on_click(click(options, 5, option=10_000))
        palette._on_click(click(palette, 10_000))
        await it.pilot.pause()
        assert it.app.screen is palette


async def test_what_is_pasted_is_cleaned(desk: Open) -> None:
    async with desk() as it:
        await it.press("slash")
        it.app.post_message(events.Paste("fire\x9d0;owned\x9c\u202e\x1b[31mfox\n" + "x" * 5000))
        await it.pilot.pause()
        field = it.app.focused
        assert isinstance(field, Input)
        assert field.value.startswith("firefox")
        assert field.value.isprintable()
        assert len(field.value) == 1000


@pytest.mark.parametrize("key", ["f1", "f2", "f8", "enter"])
async def test_sizes_that_arrive_together_do_not_chase_each_other(
    desk: Open, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when a window is dragged while a dialog is open; a message between them keeps both."""
    layouts: list[Size] = []
    lay_out = Screen._refresh_layout

    def note(screen: Screen[Any], size: Size | None = None, scroll: bool = False) -> None:
        layouts.append(size or screen.size)
        if len(layouts) > 200:
            raise AssertionError("laid out again and again")
        lay_out(screen, size, scroll)

    async with desk() as it:
        await it.press(key)
        monkeypatch.setattr(Screen, "_refresh_layout", note)
        sizes = [Size(120, 40), Size(60, 20)]
        for size in (*sizes, *sizes):
            it.app.post_message(events.Resize(size, size))
            it.app.screen.post_message(events.Resize(size, size))
            it.app.screen.call_later(lambda: None)
        await settled(it, lambda: it.app.size == sizes[-1] == it.app.screen.size == it.app.main.size)
