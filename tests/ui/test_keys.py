"""Every key of the main screen in alsamixer's keymap, pressed by a pilot on the simulated machine."""

import asyncio
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Any

import pytest

from tests.lab.waiting import DEADLINE
from tests.ui.conftest import Desk, Open, percents
from tuimixer.backend.demo import simulated
from tuimixer.backend.demo.backend import DemoBackend
from tuimixer.config.schema import Config, MeterOptions

pytestmark = pytest.mark.screen


@pytest.fixture
def desk(desk: Open) -> Open:
    """With alsamixer's keys; `test_default_keys.py` has the default ones."""
    alsamixer = Config(keymap="alsamixer", layout="rows", meters=MeterOptions(show="on"))

    def opened(config: Config = alsamixer, **options: Any) -> AbstractAsyncContextManager[Desk]:
        return desk(config=replace(config, keymap="alsamixer"), **options)

    return opened


@pytest.mark.parametrize("key", ["up", "plus", "k", "K", "w", "W", "raise_volume"])
async def test_louder(desk: Open, key: str) -> None:
    async with desk() as it:
        before = (await it.choose("mpv")).raws
        await it.press(key)
        assert it.chosen.raws == tuple(round(65536 * 0.64) for _ in before)


@pytest.mark.parametrize("key", ["down", "minus", "j", "J", "x", "X", "lower_volume"])
async def test_quieter(desk: Open, key: str) -> None:
    async with desk() as it:
        await it.choose("mpv")
        await it.press(key)
        assert percents(it.chosen) == (62, 62)


async def test_a_step_is_at_least_one_hardware_step(desk: Open) -> None:
    async with desk() as it:
        before = (await it.choose("Mic Boost")).raws
        await it.press("up")
        assert it.chosen.raws == tuple(raw + 1 for raw in before)


@pytest.mark.parametrize(("key", "expected"), [("pageup", 68), ("pagedown", 58)])
async def test_big_steps(desk: Open, key: str, expected: int) -> None:
    async with desk() as it:
        await it.choose("mpv")
        await it.press(key)
        assert percents(it.chosen) == (expected, expected)


@pytest.mark.parametrize("digit", range(10))
async def test_digits_set_tens(desk: Open, digit: int) -> None:
    async with desk() as it:
        await it.choose("mpv")
        await it.press(str(digit))
        assert percents(it.chosen) == (digit * 10, digit * 10)


async def test_end_is_silence(desk: Open) -> None:
    async with desk() as it:
        await it.choose("mpv")
        await it.press("end")
        assert percents(it.chosen) == (0, 0)


@pytest.mark.parametrize(
    ("key", "expected"),
    [("q", (64, 63)), ("e", (63, 64)), ("z", (62, 63)), ("y", (62, 63)), ("c", (63, 62)), ("Q", (64, 63))],
)
async def test_one_side(desk: Open, key: str, expected: tuple[int, int]) -> None:
    async with desk() as it:
        await it.choose("mpv")
        await it.press(key)
        assert percents(it.chosen) == expected


async def test_balance_keys(desk: Open) -> None:
    async with desk() as it:
        await it.choose("Spotify")
        await it.press("b")
        assert percents(it.chosen) == (76, 76)
        await it.press("right_square_bracket")
        left, right = percents(it.chosen)
        assert left < right == 76


async def test_mute_and_its_sides(desk: Open) -> None:
    async with desk() as it:
        await it.choose("Speaker")
        await it.press("m")
        assert it.chosen.mute == (True, True)
        await it.press("less_than_sign")
        assert it.chosen.mute == (False, True)
        await it.press("full_stop")
        assert it.chosen.mute == (False, False)
        await it.press("mute_volume")
        assert it.chosen.muted


async def test_capture_and_its_sides(desk: Open) -> None:
    async with desk() as it:
        await it.choose("Capture")
        await it.press("space")
        assert it.chosen.capture == (False, False)
        await it.press("semicolon")
        assert it.chosen.capture == (True, False)
        await it.press("delete")
        assert it.chosen.capture == (True, True)


async def test_sides_of_what_has_switches_only(desk: Open) -> None:
    backend = DemoBackend(still=True)
    shown = {control.name: control for control in backend.snapshot.controls.values()}
    capture, speaker = shown["Capture"], shown["Speaker"]
    backend.put(replace(capture, scale=None, channels=(), capture=(True, False)))
    backend.put(replace(speaker, scale=None, channels=(), mute=(True, False)))
    async with desk(backend=backend) as it:
        await it.choose("Capture")
        await it.press("delete")
        assert it.chosen.capture == (True, True)
        await it.press("insert")
        assert it.chosen.capture == (False, True)
        await it.choose("Speaker")
        await it.press("greater_than_sign")
        assert it.chosen.mute == (True, True)
        await it.press("less_than_sign")
        assert it.chosen.mute == (False, True)


async def test_enumerations_go_through_their_items(desk: Open) -> None:
    async with desk() as it:
        await it.choose("Auto-Mute Mode")
        await it.press("down")
        assert it.chosen.choice is not None
        assert it.chosen.choice.value == 0
        assert "Disabled" in it.text
        await it.press("up", "up")
        assert it.chosen.choice.value == 1
        await it.press("0")
        assert it.chosen.choice.value == 0
        await it.press("e")
        assert it.chosen.choice.value == 1
        await it.press("z")
        assert it.chosen.choice.value == 0


async def test_left_and_right_go_through_all_groups_and_stop_at_the_ends(desk: Open) -> None:
    async with desk() as it:
        rows = [row.id for row in it.app.main.renderer.listed]
        await it.press("left")
        assert it.cursor == rows[0]
        seen = [rows[0]]
        for _ in rows:
            await it.press("right")
            if it.cursor != seen[-1]:
                assert it.cursor is not None
                seen.append(it.cursor)
        assert seen == rows
        await it.press("home")
        assert it.cursor == rows[0]
        await it.press("G", "p")
        assert it.cursor == rows[-2]


async def test_another_view_keeps_the_element_or_begins_with_the_first_one(desk: Open) -> None:
    async with desk(view="playback") as it:
        mic = replace(it.control("Mic", "/capture"), id="alsa:PCH/Mic,0/capture", card="PCH")
        it.backend.put(mic)
        await it.pilot.pause()
        played = await it.choose("Mic", "PCH/Mic,0/playback")
        await it.press("f4")
        assert it.cursor == mic.id
        await it.press("f3")
        assert it.cursor == played.id
        await it.choose("PCM")
        await it.press("f4")
        assert it.cursor == it.app.main.renderer.listed[0].id


async def test_groups(desk: Open) -> None:
    async with desk() as it:
        await it.press("ctrl+right")
        assert it.cursor == simulated.SPEAKERS
        await it.press("ctrl+right")
        assert it.chosen.name == "Firefox"
        await it.press("right", "ctrl+left")
        assert it.chosen.name == "Firefox"
        await it.press("ctrl+left", "ctrl+left")
        assert it.chosen.name == "Master"


async def test_views(desk: Open) -> None:
    async with desk() as it:
        await it.press("f3")
        assert "Capture   " not in it.text.split("\n", 2)[2]
        assert "OBS" not in it.text
        await it.press("f4")
        assert "OBS Studio" in it.text
        assert "mpv" not in it.text
        await it.press("tab")
        assert "mpv" in it.text
        assert "OBS Studio" in it.text
        await it.press("shift+tab")
        assert "mpv" not in it.text


async def test_past_100_percent_only_by_a_press_of_its_own(desk: Open) -> None:
    async with desk() as it:
        await it.choose("mpv")
        await it.press("9")
        for _ in range(15):
            it.clock[0] += 0.03
            await it.press("up")
        assert percents(it.chosen) == (100, 100)
        it.clock[0] += 1
        await it.press("up")
        assert percents(it.chosen) == (101, 101)
        it.clock[0] += 0.03
        await it.press("up")
        assert percents(it.chosen) == (102, 102)


async def test_undo_and_redo(desk: Open) -> None:
    async with desk() as it:
        await it.choose("mpv")
        await it.press("2", "u")
        assert percents(it.chosen) == (63, 63)
        assert "Undone" in it.text
        await it.press("ctrl+r")
        assert percents(it.chosen) == (20, 20)
        await it.press("u", "u")
        assert "Nothing to undo." in it.text


async def test_default(desk: Open) -> None:
    async with desk() as it:
        await it.choose("HDMI 1")
        await it.press("d")
        assert it.chosen.default
        assert not it.control("Speakers").default
        await it.choose("mpv")
        await it.press("d")
        assert "cannot be the default" in it.text


async def test_channels_one_by_one(desk: Open) -> None:
    async with desk() as it:
        await it.choose("mpv")
        await it.press("o", "up")
        assert percents(it.chosen) == (64, 63)
        assert "only front-left" in it.text
        await it.press("o", "down", "o", "down")
        assert percents(it.chosen) == (63, 61)


async def test_layout_and_meters(desk: Open) -> None:
    # Without colors the meters are next to the faders, where a text shows them.
    async with desk(environment={"TERM": "xterm-256color", "NO_COLOR": "1"}) as it:
        assert "━" in it.text
        await it.press("v")
        assert "░░" in it.text
        await it.press("v")
        assert "▄▄▄" in it.text
        await it.press("t")
        assert "▄▄▄" not in it.text
        assert not it.app.main.renderer.metered


async def test_filter(desk: Open) -> None:
    async with desk() as it:
        await it.press("slash", *"fire")
        assert [row.label for row in it.app.main.renderer.listed] == ["Firefox"]
        assert " /fire " in it.text
        await it.press("up", "enter")
        assert it.chosen.name == "Firefox"
        await it.press("down")
        assert percents(it.chosen) == (99, 99)
        await it.press("slash", "escape")
        assert len(it.app.main.renderer.listed) > 10


async def test_every_action_is_in_the_palette(desk: Open) -> None:
    async with desk(size=(100, 40)) as it:
        await it.press("ctrl+p", *"one big step up")
        async with asyncio.timeout(DEADLINE):
            while "One big step up" not in it.text:
                await it.pilot.pause(0.02)
            await it.press("enter")
            while it.app.screen is not it.app.main:
                await it.pilot.pause(0.02)
        control = it.chosen
        assert percents(control)[0] > 44


async def test_keys_of_the_configuration(desk: Open) -> None:
    config = Config(keys={"mute.toggle": ("f9",), "volume.up": ()})
    async with desk(config=config) as it:
        await it.choose("mpv")
        await it.press("f9", "up", "m")
        assert it.chosen.muted
        assert percents(it.chosen) == (63, 63)


@pytest.mark.parametrize("key", ["escape", "f10", "ctrl+c", "ctrl+q"])
async def test_quit(desk: Open, key: str) -> None:
    async with desk() as it:
        await it.press(key)
        assert it.app.return_code == 0
        assert it.app._exit


@pytest.mark.parametrize(
    ("name", "key", "says"),
    [
        ("Master", "space", "Master has no capture switch."),
        ("mpv", "space", "mpv has no capture switch."),
        ("Mic Boost", "m", "Mic Boost has no mute switch."),
        ("Mic Boost", "less_than_sign", "Mic Boost has no mute switch."),
        ("Amplifier", "up", "Amplifier has no volume."),
        ("Amplifier", "pagedown", "Amplifier has no volume."),
        ("Amplifier", "5", "Amplifier has no volume."),
        ("Amplifier", "q", "Amplifier has no volume."),
        ("Amplifier", "o", "Amplifier has no volume."),
        ("Amplifier", "b", "Amplifier has no volume."),
        ("Amplifier", "left_square_bracket", "Amplifier has no volume."),
        ("Master", "o", "Master has only one channel."),
        ("Master", "b", "Master has only one channel."),
        ("Master", "left_square_bracket", "Master has no left and right channels to balance."),
        (
            "Auto-Mute Mode",
            "5",
            "Auto-Mute Mode is a list: use 0 for the first item, the arrow keys for others.",
        ),
        ("Auto-Mute Mode", "m", "Auto-Mute Mode has no mute switch."),
        ("Master", "d", "Master cannot be the default, because it is not an input or output."),
    ],
)
async def test_a_key_that_can_do_nothing_says_why(desk: Open, name: str, key: str, says: str) -> None:
    backend = DemoBackend(still=True)
    speaker = next(control for control in backend.snapshot.controls.values() if control.name == "Speaker")
    amplifier = "alsa:PCH/Amplifier,0/playback"
    backend.put(replace(speaker, id=amplifier, name="Amplifier", scale=None, channels=(), mute=(False,)))
    async with desk(backend=backend) as it:
        before = (await it.choose(name)).raws
        await it.press(key)
        assert it.text.splitlines()[-2].strip() == says
        assert it.chosen.raws == before


async def test_what_was_said_of_one_key_goes_with_the_next(desk: Open) -> None:
    async with desk() as it:
        await it.choose("Speakers")
        await it.press("ctrl+k")
        assert "Speakers cannot be killed, because it is not a stream." in it.text
        await it.press("up")
        assert "is not a stream" not in it.text
        assert it.text.splitlines()[-2].startswith(" Speakers  hardware volume")


@pytest.mark.parametrize("key", ["ctrl+c", "ctrl+q"])
@pytest.mark.parametrize(
    "opening", [(), ("slash", "f"), ("equals_sign", "4"), ("f1",), ("f2",), ("f6",), ("f8",), ("enter",)]
)
async def test_quit_from_anywhere(desk: Open, opening: tuple[str, ...], key: str) -> None:
    async with desk() as it:
        await it.choose("mpv")
        await it.press(*opening)
        assert not opening or it.app.focused is not None or it.app.screen is not it.app.main
        assert it.app.is_running
        await it.pilot.press(key)
        assert it.app._exit
        assert it.app.return_value == 0


async def test_quit_with_a_function_key_from_the_search_line(desk: Open) -> None:
    async with desk() as it:
        await it.press("slash", "f")
        await it.pilot.press("f10")
        assert it.app._exit


async def test_quit_as_it_was_set(desk: Open) -> None:
    async with desk(config=Config(keys={"quit": ("ctrl+x", "Q")})) as it:
        await it.press("slash", "f", "Q", "ctrl+c")
        assert it.app.main.renderer.filters.text == "fQ"
        assert not it.app._exit
        await it.pilot.press("ctrl+x")
        assert it.app._exit
