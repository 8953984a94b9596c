"""`f`: the dialog that selects what to show."""

from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion
from textual import events

from tests.ui.conftest import Desk, Open
from tuimixer.backend.demo import simulated
from tuimixer.backend.demo.backend import DemoBackend
from tuimixer.config.schema import Config, MeterOptions
from tuimixer.ui.screens.listing import Line, Listing

pytestmark = pytest.mark.screen


def box_with_a_monitor() -> DemoBackend:
    box = simulated.box()
    hdmi = box.controls[simulated.HDMI]
    assert hdmi.device is not None
    device = replace(hdmi.device, monitor_of=simulated.SPEAKERS)
    monitor = replace(hdmi, name="Monitor of Speakers", device=device)
    return DemoBackend(still=True, box=replace(box, controls={**box.controls, hdmi.id: monitor}))


def names(it: Desk) -> set[str]:
    return {row.label for row in it.app.main.renderer.listed}


async def enter(it: Desk, line_id: str) -> None:
    it.app.screen.query_one(Listing).choose(line_id)
    await it.press("enter")


@pytest.mark.parametrize("size", [(80, 24), (40, 12)], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_picture(desk: Open, text_snapshot: SnapshotAssertion, size: tuple[int, int]) -> None:
    async with desk(size=size) as it:
        await it.press("f")
        assert it.dialog == text_snapshot


async def test_ascii(desk: Open) -> None:
    async with desk(config=Config(ascii="on", meters=MeterOptions(show="on"))) as it:
        await it.press("f")
        assert it.text.isascii()


async def test_monitors(desk: Open) -> None:
    async with desk(backend=box_with_a_monitor()) as it:
        assert "Monitor of Speakers" not in names(it)
        await it.press("f")
        await enter(it, "monitors")
        assert "Monitor of Speakers" in names(it)
        await it.press("enter", "escape")
        assert "Monitor of Speakers" not in names(it)


async def test_devices_and_streams(desk: Open) -> None:
    async with desk() as it:
        everything = names(it)
        await it.press("f")
        await enter(it, "devices virtual")
        assert "Speakers" not in names(it)
        await enter(it, "devices hardware")
        assert "Speakers" in names(it)
        await enter(it, "streams virtual")
        assert "Firefox" not in names(it)
        await enter(it, "streams applications")
        assert "Firefox" in names(it)
        await enter(it, "streams all")
        await enter(it, "devices all")
        await it.press("escape")
        assert names(it) == everything


async def test_enter_by_habit_changes_no_filter(desk: Open) -> None:
    async with desk() as it:
        it.app.main.renderer.filter(replace(it.app.main.renderer.filters, streams="virtual"))
        await it.press("f", "enter")
        assert it.app.main.renderer.filters.streams == "virtual"


async def test_no_row_of_a_former_line_can_be_clicked(desk: Open) -> None:
    async with desk() as it:
        await it.press("f")
        listing = it.app.screen.query_one(Listing)
        await it.pilot.resize_terminal(1, 24)
        assert listing.size.width <= 1
        listing.show([Line("one", id="one")])
        click = events.Click(listing, 0, 3, 0, 0, 1, False, False, False)
        listing.on_click(click)
        assert listing.line is not None
        assert listing.line.id == "one"
