"""What has no effect just now says so in a word beside its fader, whatever the layout and the colours."""

from dataclasses import replace

import pytest

from tests.ui.conftest import Desk, Open
from tuimixer.config.schema import Config, Meters

pytestmark = pytest.mark.screen

PAUSED = "SuperTuxKart"
METERS_ON, METERS_OFF = Meters(show="on"), Meters(show="off")


def line_of(it: Desk, name: str) -> str:
    """The control's line in the rows layout, or "" where it is out of sight."""
    return next((line for line in it.text.splitlines() if line[1:].startswith(name)), "")


@pytest.mark.parametrize(
    ("name", "word"), [(PAUSED, "paused"), ("Headphone", "unplugged"), ("Event sounds", "not playing")]
)
async def test_a_row_says_it_in_the_place_of_the_meter(desk: Open, name: str, word: str) -> None:
    async with desk(config=Config(layout="rows", meters=METERS_ON)) as it:
        await it.choose(name)
        assert line_of(it, name).endswith(f" {word}")
        assert word not in line_of(it, "mpv")


@pytest.mark.parametrize(
    ("size", "meters"), [((80, 24), METERS_OFF), ((40, 12), METERS_ON)], ids=["meters off", "narrow"]
)
async def test_a_row_without_meters_has_a_mark(desk: Open, size: tuple[int, int], meters: Meters) -> None:
    async with desk(size=size, config=Config(layout="rows", meters=meters)) as it:
        await it.choose(PAUSED)
        assert " ║ " in line_of(it, PAUSED)
        await it.choose("mpv")
        assert "║" not in line_of(it, "mpv")


@pytest.mark.parametrize("meters", [METERS_ON, METERS_OFF], ids=["meters", "meters off"])
@pytest.mark.parametrize(("name", "word"), [(PAUSED, "paused"), ("Headphone", "M unpl")])
async def test_a_column_says_it_among_its_marks(desk: Open, name: str, word: str, meters: Meters) -> None:
    async with desk(config=Config(layout="columns", meters=meters)) as it:
        control = await it.choose(name)
        board = it.app.main.board
        slot = board.plan.slot_of(control.id)
        assert slot is not None
        box = board.box_of(slot)
        column = [
            line[box.x : box.x + box.width] for line in it.text.splitlines()[box.y : box.y + box.height]
        ]
        assert any(word in line for line in column), column


async def test_it_goes_when_the_stream_plays_on(desk: Open) -> None:
    async with desk(config=Config(layout="rows", meters=METERS_ON)) as it:
        control = await it.choose(PAUSED)
        assert control.stream is not None
        it.backend.put(replace(control, stream=replace(control.stream, corked=False)))
        await it.pilot.pause()
        assert "paused" not in line_of(it, PAUSED)
