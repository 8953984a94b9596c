"""The mouse on faders, marks, names and the lines around them."""

import pytest
from textual.events import MouseMove, MouseScrollDown
from textual.geometry import Offset

from tests.ui.conftest import Desk, Open, percents
from tuimixer.backend.demo import simulated
from tuimixer.backend.demo.backend import DemoBackend
from tuimixer.config.schema import Config
from tuimixer.model.control import Control
from tuimixer.model.snapshot import Snapshot

pytestmark = pytest.mark.screen


def bar_of(it: Desk, control: Control) -> tuple[int, int, int, int]:
    """Where a control's fader is: x, y, width, height."""
    renderer = it.app.main.renderer
    slot = renderer.plan.slot_of(control.id)
    assert slot is not None
    state = renderer.state_of(slot.row)
    assert state is not None
    bar = it.app.main.mouse._bar(slot, state)
    assert bar is not None
    return bar.x, bar.y, bar.width, bar.height


async def drag_to(it: Desk, offset: Offset, button: int = 1) -> None:
    """A move with a button held down; the pilot's own `hover` has none."""
    await it.pilot.pause()
    await it.pilot._post_mouse_events([MouseMove], None, offset, button=button)
    await it.pilot.pause()


@pytest.mark.parametrize("layout", ["columns", "rows"])
async def test_click_and_drag_on_a_fader(desk: Open, layout: str) -> None:
    async with desk(config=Config(layout=layout)) as it:
        control = it.control("Speakers")
        x, y, width, height = bar_of(it, control)
        low = Offset(x, y + height - 1)
        high = Offset(x + width - 1, y) if layout == "rows" else Offset(x, y)
        await it.pilot.click(offset=low)
        assert it.cursor == control.id
        assert percents(it.chosen) == (0, 0)
        await it.pilot.mouse_down(offset=low)
        await drag_to(it, high)
        assert percents(it.chosen) == (100, 100)
        await it.pilot.mouse_up(offset=high)
        await it.pilot.hover(offset=low)
        assert percents(it.chosen) == (100, 100)


async def test_a_dialog_ends_a_drag(desk: Open) -> None:
    async with desk(config=Config(layout="rows")) as it:
        control = it.control("Speakers")
        x, y, width, _ = bar_of(it, control)
        await it.pilot.mouse_down(offset=Offset(x, y))
        await it.press("f1")
        await it.pilot.mouse_up(offset=Offset(x, y))
        await it.press("escape")
        await drag_to(it, Offset(x + width - 1, y))
        assert percents(it.chosen) == (0, 0)
        assert it.app.mouse_captured is None


async def test_a_move_without_a_button_ends_a_drag(desk: Open) -> None:
    async with desk(config=Config(layout="rows")) as it:
        control = it.control("Speakers")
        x, y, width, _ = bar_of(it, control)
        await it.pilot.mouse_down(offset=Offset(x, y))
        await it.pilot.hover(offset=Offset(x + width // 2, y))
        await drag_to(it, Offset(x + width - 1, y))
        assert percents(it.chosen) == (0, 0)
        assert it.app.mouse_captured is None


async def test_the_right_button_moves_one_channel(desk: Open) -> None:
    async with desk(config=Config(layout="columns")) as it:
        control = it.control("Speakers")
        x, y, width, _ = bar_of(it, control)
        await it.pilot.click(offset=Offset(x + width - 1, y), button=3)
        assert percents(it.chosen) == (47, 100)


async def test_a_card_has_the_whole_height_beside_streams_too(desk: Open) -> None:
    async with desk(size=(120, 40), config=Config(layout="columns")) as it:
        control = await it.choose("Master")
        x, y, _, height = bar_of(it, control)
        assert y == it.app.main.renderer._area.y + 1
        await it.pilot.click(offset=Offset(x, y))
        assert percents(it.chosen) == (100,)
        assert [line[x] for line in it.text.splitlines()[y : y + height]] == ["█"] * height


async def test_a_card_alone_has_the_whole_height(desk: Open) -> None:
    box = simulated.box()
    card = {key: control for key, control in box.controls.items() if key.startswith("alsa:PCH")}
    alone = DemoBackend(still=True, box=Snapshot(box.statuses[:1], card, box.alsa_cards[:1]))
    async with desk(backend=alone, config=Config(layout="columns")) as it:
        control = await it.choose("Master")
        x, y, _, height = bar_of(it, control)
        assert y == it.app.main.renderer._area.y + 1
        assert "─" not in it.text
        top = Offset(x, y)
        await it.pilot.click(offset=top)
        assert percents(it.chosen) == (100,)
        assert [line[x] for line in it.text.splitlines()[y : y + height]] == ["█"] * height
        await it.pilot.mouse_down(offset=top)
        await drag_to(it, Offset(x, y + height - 1))
        assert percents(it.chosen) == (0,)


async def test_in_rows_the_right_button_moves_the_chosen_channel(desk: Open) -> None:
    async with desk(config=Config(layout="rows")) as it:
        control = await it.choose("Speakers")
        x, y, width, _ = bar_of(it, control)
        low, high = Offset(x, y), Offset(x + width - 1, y)
        before = percents(it.chosen)
        await it.pilot.click(offset=low, button=3)
        await drag_to(it, high, 3)
        assert percents(it.chosen) == before
        assert "select it first (o)" in it.text
        await it.press("o")
        await it.pilot.click(offset=low, button=3)
        assert percents(it.chosen) == (0, before[1])
        await it.press("o")
        await it.pilot.mouse_down(offset=low, button=3)
        await drag_to(it, high, 3)
        assert percents(it.chosen) == (0, 100)


async def test_click_on_the_mark_mutes(desk: Open) -> None:
    async with desk(config=Config(layout="rows")) as it:
        control = it.control("Speakers")
        _, y, _, _ = bar_of(it, control)
        await it.pilot.click(offset=Offset(it.app.main.renderer.fields().marks[0] + 1, y))
        assert it.chosen.muted
        assert it.cursor == control.id


async def test_click_on_a_name_only_chooses(desk: Open) -> None:
    async with desk(config=Config(layout="rows")) as it:
        control = it.control("mpv")
        _, y, _, _ = bar_of(it, control)
        await it.pilot.click(offset=Offset(3, y))
        assert it.cursor == control.id
        assert percents(it.chosen) == (63, 63)


async def test_click_on_a_view(desk: Open) -> None:
    async with desk() as it:
        await it.pilot.click(offset=Offset(it.text.splitlines()[0].index("Playback"), 0))
        assert it.app.main.renderer.view == "playback"


@pytest.mark.parametrize("layout", ["columns", "rows"])
async def test_a_double_click_on_a_name_opens_the_details(desk: Open, layout: str) -> None:
    async with desk(size=(120, 30), config=Config(layout=layout)) as it:
        control = await it.choose("mpv")
        cell = it.app.main.renderer.cursor_cell()
        assert cell is not None
        await it.pilot.click(offset=Offset(*cell), times=2)
        await it.pilot.pause()
        assert it.app.screen is not it.app.main
        await it.press("escape")
        x, y, _, _ = bar_of(it, control)
        await it.pilot.click(offset=Offset(x, y), times=2)
        assert it.app.screen is it.app.main


@pytest.mark.parametrize("layout", ["columns", "rows"])
async def test_the_wheel_over_a_choice_goes_through_it(desk: Open, layout: str) -> None:
    async with desk(size=(160, 30), config=Config(layout=layout)) as it:
        await it.choose("Auto-Mute Mode")
        cell = it.app.main.renderer.cursor_cell()
        assert cell is not None
        await it.pilot._post_mouse_events([MouseScrollDown], None, Offset(*cell), button=0)
        await it.pilot.pause()
        assert it.chosen.choice is not None
        assert it.chosen.choice.value == 0
