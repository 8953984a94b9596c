"""Keys in dialogs come from the table of actions, as do the hints in their frames, which are buttons."""

import pytest
from textual.geometry import Offset

from tests.ui.conftest import Desk, Open
from tuimixer.config.schema import Config

pytestmark = pytest.mark.screen


async def click(it: Desk, text: str) -> None:
    """Click on a text in the frame's last line or, if no dialog is open, in the screen's."""
    lines = it.text.splitlines()
    y = next((number for number, line in enumerate(lines) if "└" in line), len(lines) - 1)
    await it.pilot.click(offset=Offset(lines[y].rindex(text), y))
    await it.pilot.pause()


async def test_remapped_keys_work_in_dialogs(desk: Open) -> None:
    keys: dict[str, tuple[str, ...]] = {"undo": ("f9",), "list.more": ("f11",), "list.close": ("f12",)}
    async with desk(config=Config(keys=keys)) as it:
        before = (await it.choose("mpv")).raws
        await it.press("enter", "right")
        assert it.chosen.raws == before
        await it.press("f11")
        assert it.chosen.raws > before
        await it.press("f9")
        assert it.chosen.raws == before
        assert "f9 undo" in it.text.lower()
        await it.press("f12")
        assert it.app.screen is it.app.main


async def test_help_is_scrolled_by_keys(desk: Open) -> None:
    async with desk() as it:
        await it.press("f1")
        assert "Next control" in it.text
        await it.press("end")
        assert "Next control" not in it.text
        assert "On ALSA controls" in it.text
        await it.press("g", "down", "j")
        assert "Next control" in it.text
        assert "Selection" not in it.text
        await it.press("f1")
        assert it.app.screen is it.app.main


@pytest.mark.parametrize("environment", [{"TERM": "xterm-256color"}, {"TERM": "xterm", "NO_COLOR": "1"}])
async def test_keys_stand_out_in_help(desk: Open, environment: dict[str, str]) -> None:
    async with desk(environment=environment) as it:
        await it.press("f1")
        line = next(strip for strip in it.app.screen._compositor.render_strips() if "PgUp" in strip.text)
        styles = {segment.text.strip(): segment.style for segment in line}
        key, words = styles["PgUp"], next(style for text, style in styles.items() if "Ten" in text)
        assert key is not None
        assert words is not None
        assert (key.bold, bool(words.bold)) == (True, False)


async def test_mute_in_the_details(desk: Open) -> None:
    async with desk() as it:
        await it.choose("mpv")
        await it.press("enter", "m")
        assert it.chosen.muted
        assert "on: muted" in it.text


async def test_a_list_is_searched_by_typing(desk: Open) -> None:
    async with desk() as it:
        await it.press("f7", "slash", *"mono", "space", *"input")
        assert "Digital Stereo" not in it.text
        await it.press("escape")
        assert "/mono" not in it.text
        assert "Digital Stereo" in it.text
        await it.press("escape")
        assert it.app.screen is it.app.main


async def test_a_choice_opens_on_its_item_and_is_searched_by_typing(desk: Open) -> None:
    async with desk() as it:
        await it.choose("Auto-Mute Mode")
        await it.press("enter")
        assert "▸● Enabled" in it.text
        await it.press(*"dis")
        assert "/dis" in it.text
        assert "Enabled" not in "".join(line for line in it.text.splitlines() if "▸" in line and "│" in line)
        await it.press("enter")
        assert it.chosen.choice is not None
        assert it.chosen.choice.value == 0


async def test_hints_are_buttons(desk: Open) -> None:
    async with desk() as it:
        await it.choose("mpv")
        await it.press("enter")
        await click(it, "m mute")
        assert it.chosen.mute == (True,)
        await click(it, "u undo")
        assert it.chosen.mute == (False,)
        await click(it, "Esc close")
        assert it.app.screen is it.app.main


async def test_hints_of_the_main_screen_are_buttons(desk: Open) -> None:
    async with desk() as it:
        await it.choose("mpv")
        lines = it.text.splitlines()
        for glyph, name in (("↓", "Spotify"), ("↑", "mpv")):
            await it.pilot.click(offset=Offset(lines[-1].index(glyph), len(lines) - 1))
            assert it.chosen.name == name
        await click(it, "Enter details")
        assert it.app.screen is not it.app.main
