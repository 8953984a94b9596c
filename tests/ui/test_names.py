"""Names from outside, streams that come and go, resizes: nothing garbles the screen or moves the cursor."""

from dataclasses import replace

import pytest
from rich.cells import cell_len

from tests.ui.conftest import Desk, Open, named
from tuimixer.backend.demo import simulated
from tuimixer.backend.demo.backend import DemoBackend
from tuimixer.config.schema import Config
from tuimixer.model.snapshot import Notice
from tuimixer.model.text import clean

pytestmark = pytest.mark.screen

HOSTILE = {
    "markup": "[bold red]Fire[/]fox [@click=app.exit]x[/]",
    "escape": "\x1b[31mred\x1b[0m \x1b]0;title\x07\x1b[2J",
    "wide": "音楽プレーヤー再生中の曲名は長い",
    "combining": "Zal\u0301\u0302\u0303\u0304\u0305\u0306\u0307go",
    "rtl": "\u202eمشغل الموسيقى\u202c",
    "long": "x" * 10_000,
    "newlines": "one\ntwo\r\nthree\tfour",
    "emoji": "🎵🎶 player 👩‍👩‍👧",
    "undecodable": "caf\udce9",
}


def rectangle(it: Desk) -> None:
    """Every line is exactly as wide as the screen."""
    width = it.app.size.width
    for line in it.app.screen._compositor.render_strips():
        assert cell_len(line.text) == width, line.text
        assert line.text.isprintable(), line.text


@pytest.mark.parametrize("layout", ["columns", "rows"])
@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("size", [(80, 24), (24, 8)], ids=["80x24", "24x8"])
async def test_hostile_names(desk: Open, kind: str, layout: str, size: tuple[int, int]) -> None:
    async with desk(size=size, config=Config(layout=layout)) as it:
        control = await it.choose("mpv")
        name = clean(HOSTILE[kind])
        assert control.stream is not None
        it.backend.put(replace(named(control, name), stream=replace(control.stream, media=name)))
        await it.pilot.pause()
        rectangle(it)
        assert it.cursor == control.id
        await it.press("right", "down", "up")
        rectangle(it)


async def test_markup_is_shown_as_it_is(desk: Open) -> None:
    async with desk() as it:
        it.backend.put(named(await it.choose("mpv"), "[b]x[/b]"))
        await it.pilot.pause()
        assert "[b]x[/b]" in it.text


async def test_a_notice_is_shown_as_it_is(desk: Open) -> None:
    async with desk() as it:
        it.backend._tell(Notice("No [b]such[/b] sink.", error=True))
        await it.pilot.pause()
        assert "No [b]such[/b] sink." in it.text


async def test_the_cursor_stays_when_streams_come_and_go(desk: Open) -> None:
    async with desk() as it:
        chosen = await it.choose("Spotify")
        it.backend.put(simulated.stream(90, "Bell", (50, 50)))
        await it.pilot.pause()
        assert it.cursor == chosen.id
        it.backend.remove("pulse:sink_input/17", "pulse:sink_input/90")
        await it.pilot.pause()
        assert it.cursor == chosen.id
        assert "Firefox" not in it.text


async def test_the_cursor_goes_to_a_neighbour_when_its_control_ends(desk: Open) -> None:
    async with desk() as it:
        await it.choose("mpv")
        it.backend.remove("pulse:sink_input/21")
        await it.pilot.pause()
        assert it.chosen.name == "Spotify"
        it.backend.remove(*[key for key in it.mixer.snapshot.controls if "sink_input" in key])
        await it.pilot.pause()
        assert it.chosen.name in ("OBS Studio", "Event sounds")
        it.backend.remove(*it.mixer.snapshot.controls)
        await it.pilot.pause()
        assert it.cursor is None
        await it.press("right", "m", "down", "space", "5", "o", "d", "b", "enter")
        rectangle(it)


async def test_a_resize_keeps_the_cursor_in_sight(desk: Open) -> None:
    async with desk(size=(120, 40)) as it:
        chosen = await it.choose("OBS Studio")
        for size in ((40, 12), (20, 5), (200, 60), (10, 3), (1, 1), (80, 24)):
            await it.pilot.resize_terminal(*size)
            await it.pilot.pause()
            rectangle(it)
            assert it.cursor == chosen.id
            if size[1] >= 5:
                assert it.app.main.renderer.plan.slot_of(chosen.id) is not None


@pytest.mark.parametrize("layout", ["columns", "rows"])
async def test_300_streams_are_scrolled_through(desk: Open, layout: str) -> None:
    async with desk(backend=DemoBackend.big(300, 200), config=Config(layout=layout)) as it:
        await it.choose("app-000")
        for _ in range(40):
            await it.press("n")
        assert it.chosen.name == "app-040"
        assert "app-040" in it.text
        assert len(it.app.main.renderer.plan.slots) < 30
        await it.press("G")
        assert it.cursor == it.app.main.renderer.listed[-1].id
        rectangle(it)


async def test_the_cursor_goes_back_to_what_returns_while_nothing_was_pressed(desk: Open) -> None:
    async with desk() as it:
        chosen = await it.choose("mpv")
        it.backend.remove(chosen.id)
        await it.pilot.pause()
        assert it.chosen.name != "mpv"
        it.backend.put(simulated.stream(90, "mpv", (50, 50)))
        await it.pilot.pause()
        assert it.cursor == "pulse:sink_input/90"
        it.backend.remove("pulse:sink_input/90")
        await it.pilot.pause()
        await it.press("up")
        moved = it.cursor
        it.backend.put(simulated.stream(91, "mpv", (50, 50)))
        await it.pilot.pause()
        assert it.cursor == moved
