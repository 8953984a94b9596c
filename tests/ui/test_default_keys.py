"""The default keymap on the simulated machine: arrows by direction, and going back one step at a time."""

import pytest

from tests.ui.conftest import Desk, Open
from tuimixer.config.schema import Config
from tuimixer.model.scale import to_percent

pytestmark = pytest.mark.screen


def percents(it: Desk) -> tuple[int, ...]:
    scale = it.chosen.scale
    assert scale is not None
    return tuple(to_percent(scale, raw) for raw in it.chosen.raws)


@pytest.mark.parametrize("keymap", ["default", "vim"])
@pytest.mark.parametrize(
    ("layout", "louder", "quieter", "following", "previous"),
    [
        ("rows", "right", "left", "down", "up"),
        ("rows", "l", "h", "j", "k"),
        ("columns", "up", "down", "right", "left"),
        ("columns", "k", "j", "l", "h"),
    ],
)
async def test_arrows_act_in_the_direction_that_they_point(
    desk: Open, keymap: str, layout: str, louder: str, quieter: str, following: str, previous: str
) -> None:
    async with desk(size=(160, 30), config=Config(layout=layout, keymap=keymap)) as it:
        chosen = await it.choose("mpv")
        await it.press(louder)
        assert percents(it) == (64, 64)
        await it.press(quieter, quieter)
        assert percents(it) == (62, 62)
        await it.press(following)
        assert it.chosen.name == "Spotify"
        await it.press(previous)
        assert it.cursor == chosen.id


async def test_arrows_turn_with_the_layout(desk: Open) -> None:
    async with desk(size=(160, 30)) as it:
        assert not it.app.main.renderer.columns
        await it.choose("mpv")
        await it.press("v", "up")
        assert percents(it) == (64, 64)
        await it.press("v", "right")
        assert percents(it) == (65, 65)


@pytest.mark.parametrize(
    ("layout", "up", "down"), [("rows", "shift+right", "shift+left"), ("columns", "pageup", "pagedown")]
)
async def test_big_steps(desk: Open, layout: str, up: str, down: str) -> None:
    async with desk(size=(160, 30), config=Config(layout=layout)) as it:
        await it.choose("mpv")
        await it.press(up)
        assert percents(it) == (68, 68)
        await it.press(down, down)
        assert percents(it) == (58, 58)


async def test_100_percent_has_a_key(desk: Open) -> None:
    async with desk() as it:
        await it.choose("mpv")
        await it.press("percent_sign")
        assert percents(it) == (100, 100)


@pytest.mark.parametrize(
    ("keymap", "size", "columns"),
    [
        ("default", (20, 5), False),
        ("default", (200, 60), False),
        ("alsamixer", (80, 24), True),
        ("alsamixer", (80, 8), False),
        ("alsamixer", (20, 24), False),
    ],
)
async def test_the_layout_by_itself(desk: Open, keymap: str, size: tuple[int, int], columns: bool) -> None:
    async with desk(size=size, config=Config(keymap=keymap)) as it:
        assert it.app.main.renderer.columns is columns
        it.backend.remove(*[key for key in it.mixer.snapshot.controls if key.startswith("pulse:")][2:])
        await it.pilot.pause()
        assert it.app.main.renderer.columns is columns


async def test_back_one_step_at_a_time(desk: Open) -> None:
    async with desk() as it:
        renderer = it.app.main.renderer
        await it.choose("mpv")
        await it.press("slash", *"mp", "enter", "enter", "escape")
        assert it.app.screen is it.app.main
        assert renderer.filters.text == "mp"
        await it.press("o", "t")
        await it.press("escape")
        assert renderer.filters.text == ""
        assert "Meters" in it.text
        await it.press("escape")
        assert "Meters" not in it.text
        assert "only front-left" in it.text
        await it.press("escape")
        assert "only front-left" not in it.text
        await it.press("escape")
        assert "Press Esc again to quit." in it.text
        it.clock[0] += 1.5
        await it.press("escape", "escape")
        assert not it.app._exit
        await it.press("escape")
        assert it.app._exit


async def test_a_key_between_keeps_the_program_open(desk: Open) -> None:
    async with desk() as it:
        await it.press("escape", "down", "escape")
        assert not it.app._exit


@pytest.mark.parametrize("layout", ["rows", "columns"])
async def test_one_channel_stops_at_100_percent(desk: Open, layout: str) -> None:
    config = Config(layout=layout, keys={"left.up": ("f11",), "right.up": ("f12",)})
    async with desk(config=config) as it:
        await it.choose("mpv")
        await it.press("percent_sign", "o")
        for key in ["f11", "f12", "plus"] * 4:
            it.clock[0] += 1
            await it.press(key)
        assert percents(it) == (100, 100)
