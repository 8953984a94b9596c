"""F8: the map and the staircase, live, and what their keys do."""

import asyncio
from dataclasses import replace

import pytest
from rich.cells import set_cell_size
from syrupy.assertion import SnapshotAssertion
from textual.events import MouseScrollDown, MouseScrollUp
from textual.geometry import Offset

from tests.diagnosis.recordings import recorded
from tests.lab.waiting import DEADLINE
from tests.ui.conftest import Open, percents
from tests.ui.path.opening import SIZES, open_map, open_stairs, size_id, stage_name, step_to
from tuimixer.backend.demo import simulated
from tuimixer.backend.demo.backend import DemoBackend
from tuimixer.config.schema import Config, MeterOptions, Steps
from tuimixer.model.snapshot import Levels, Phase, Snapshot, Status
from tuimixer.model.system import System
from tuimixer.ui.path.screen import PathScreen

pytestmark = pytest.mark.screen

BUSY = ("PipeWire", "fault", "boost before a cut")


class Recorded(DemoBackend):
    """A recorded machine."""

    def __init__(self, server: str, kind: str, name: str) -> None:
        box = recorded(server, kind, name)
        super().__init__(still=True, box=box.snapshot)
        self._system = box.system

    async def inspect(self) -> System:
        return self._system


# -- pictures --


@pytest.mark.parametrize("size", SIZES, ids=size_id)
@pytest.mark.parametrize("name", ["mpv", "Chat", "OBS Studio"])
async def test_map(desk: Open, text_snapshot: SnapshotAssertion, size: tuple[int, int], name: str) -> None:
    async with desk(size=size) as it:
        await open_map(it, name)
        assert it.text == text_snapshot


@pytest.mark.parametrize("size", SIZES, ids=size_id)
@pytest.mark.parametrize("name", ["mpv", "Chat", "OBS Studio"])
async def test_stairs(desk: Open, text_snapshot: SnapshotAssertion, size: tuple[int, int], name: str) -> None:
    async with desk(size=size) as it:
        await open_stairs(it, name)
        assert it.text == text_snapshot


@pytest.mark.parametrize("size", SIZES, ids=size_id)
async def test_recorded_host(desk: Open, text_snapshot: SnapshotAssertion, size: tuple[int, int]) -> None:
    async with desk(size=size, backend=Recorded(*BUSY)) as it:
        await open_map(it, "")
        assert it.text == text_snapshot


@pytest.mark.parametrize("keys", [(), ("enter",)], ids=["map", "stairs"])
@pytest.mark.parametrize("theme", ["dark", "light", "ansi"])
async def test_colours(
    desk: Open, svg_snapshot: SnapshotAssertion, theme: str, keys: tuple[str, ...]
) -> None:
    async with desk(size=(110, 32), config=Config(theme=theme, meters=MeterOptions(show="on"))) as it:
        await open_map(it, "mpv")
        await it.press(*keys)
        assert it.app.export_screenshot(simplify=True) == svg_snapshot


@pytest.mark.parametrize("keys", [(), ("enter",)], ids=["map", "stairs"])
@pytest.mark.parametrize("size", [(80, 24), (40, 12)], ids=size_id)
async def test_ascii(
    desk: Open, text_snapshot: SnapshotAssertion, size: tuple[int, int], keys: tuple[str, ...]
) -> None:
    async with desk(size=size, config=Config(ascii="on", meters=MeterOptions(show="on"))) as it:
        await open_map(it, "Firefox")
        await it.press(*keys)
        assert it.text.isascii()
        assert it.text == text_snapshot


@pytest.mark.parametrize("keys", [(), ("enter",)], ids=["map", "stairs"])
async def test_plain(desk: Open, text_snapshot: SnapshotAssertion, keys: tuple[str, ...]) -> None:
    async with desk(config=Config(plain=True)) as it:
        view = await open_map(it, "mpv")
        await it.press(*keys)
        assert not set(it.text) & set("─│━┃█▒▓▄▀")
        assert it.text == text_snapshot
        for _ in range(3):
            # The terminal's own cursor is on the name.
            x, y = it.app.cursor_position
            assert it.text.splitlines()[y][x:].startswith(stage_name(view)[:3])
            await it.press("down")


@pytest.mark.parametrize("name", ["mpv", "OBS Studio"])
async def test_the_staircase_is_below_the_map_if_both_fit(desk: Open, name: str) -> None:
    async with desk(size=(120, 40)) as it:
        await open_map(it, name)
        assert "▏0 dB" in it.text


@pytest.mark.parametrize("keys", [(), ("enter",)], ids=["map", "stairs"])
async def test_linux_console(desk: Open, keys: tuple[str, ...]) -> None:
    async with desk(environment={"TERM": "linux"}) as it:
        await open_map(it, "Firefox")
        await it.press(*keys)
        it.text.encode("cp437")


async def test_wide_characters_keep_the_columns(desk: Open) -> None:
    async with desk(size=(110, 32)) as it:
        await open_map(it, "mpv")
        firefox = it.control("Firefox")
        assert firefox.stream is not None
        it.backend.put(replace(firefox, stream=replace(firefox.stream, application="日本語のブラウザ🦊です")))
        await it.pilot.pause()
        assert {line.cell_length for line in it.app.screen._compositor.render_strips()} == {110}
        lines = it.text.splitlines()
        row = next(i for i, line in enumerate(lines) if "日本" in line)
        # The box's right edge is in the same cell as in the line below.
        edge = lines[row + 1].index("│", 1)
        assert set_cell_size(lines[row], edge + 1).endswith("│")


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (10, 3), (20, 5), (300, 100)], ids=size_id)
async def test_any_size(desk: Open, size: tuple[int, int]) -> None:
    async with desk(size=(80, 24)) as it:
        await open_map(it, "mpv")
        await it.pilot.resize_terminal(*size)
        await it.press("right", "down", "enter", "down", "question_mark", "escape", "tab")
        assert isinstance(it.app.screen, PathScreen)


# -- live --


async def test_live_while_faders_move(desk: Open) -> None:
    async with desk() as it:
        await open_map(it, "mpv")
        assert "mpv → Speakers: −31.5 dB" in it.text
        mpv = it.control("mpv")
        it.backend.put(replace(mpv, channels=tuple(replace(c, raw=65536) for c in mpv.channels)))
        await it.pilot.pause()
        assert "mpv → Speakers: −19.5 dB" in it.text


async def test_meters_repaint_only_their_cells(desk: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    async with desk(size=(110, 32)) as it:
        view = await open_map(it, "mpv")
        asked = []
        monkeypatch.setattr(view, "refresh", lambda *regions, **_: asked.extend(regions))
        view.take_levels(Levels({it.control("mpv").id: (1.0, 1.0)}))
        assert len(asked) == 1
        assert asked[0].height == 1
        assert asked[0].width < 25
        asked.clear()
        view.paint()
        assert asked == []


async def test_meters_move_in_the_map_and_come_back_on_the_main_screen(desk: Open) -> None:
    async with desk() as it:
        view = await open_map(it, "Firefox")
        assert {"pulse:sink_input/17", simulated.SPEAKERS} <= it.backend._watched
        assert view.metered == it.backend._watched
        await it.press("enter")
        assert not it.backend._watched
        await it.press("escape", "escape")
        assert len(it.backend._watched) > 2


async def test_no_load_when_meters_are_off(desk: Open) -> None:
    async with desk(config=Config(meters=MeterOptions(show="off"))) as it:
        await open_map(it, "Firefox")
        assert not it.backend._watched


# -- keys on the map --


async def test_arrows_walk_and_keep_the_sound(desk: Open) -> None:
    async with desk(size=(110, 32)) as it:
        view = await open_map(it, "mpv")
        names = [stage_name(view)]
        for key in ("right", "right", "right", "left", "left", "left"):
            await it.press(key)
            names.append(stage_name(view))
            assert "mpv → Speakers" in it.text
        assert names == ["mpv", "Speakers", "Master", "Speakers", "Master", "Speakers", "mpv"]
        await it.press("down")
        assert stage_name(view) == "SuperTuxKart"
        await it.press("k", "k")
        assert stage_name(view) == "Firefox"
        await it.press("l")
        assert stage_name(view) == "Speakers"


async def test_volume_and_mute_on_the_map(desk: Open) -> None:
    async with desk() as it:
        view = await open_map(it, "mpv")
        before = it.control("mpv").raws
        await it.press("plus")
        assert it.control("mpv").raws > before
        await it.press("right", "right", "minus")
        assert stage_name(view) == "Master"
        assert it.control("Master").raws < (61,)
        await it.press("m")
        assert it.control("Master").muted
        assert "mpv: nothing is heard" in it.text
        await it.press("u")
        assert not it.control("Master").muted


async def test_a_value_typed_on_the_map(desk: Open) -> None:
    async with desk() as it:
        await open_map(it, "mpv")
        await it.press("equals_sign", *"-6dB", "enter")
        assert "mpv → Speakers: −25." in it.text


async def test_recording_and_back(desk: Open) -> None:
    async with desk() as it:
        view = await open_map(it, "mpv")
        await it.press("tab")
        assert "recording" in it.text.splitlines()[0]
        assert stage_name(view) == "OBS Studio"
        await it.press("left")
        assert stage_name(view) == "Built-in Microphone"
        await it.press("tab")
        assert "playback" in it.text.splitlines()[0]


async def test_escape_goes_back_one_step(desk: Open) -> None:
    async with desk() as it:
        view = await open_stairs(it, "mpv")
        await it.press("escape")
        assert view.path is None
        assert len(it.app.screen_stack) == 2
        await it.press("escape")
        assert it.app.screen is it.app.main


async def test_a_stream_that_ends_while_it_is_looked_at(desk: Open) -> None:
    async with desk() as it:
        view = await open_map(it, "mpv")
        it.backend.remove(it.control("mpv").id)
        await it.pilot.pause()
        assert view.notice == "mpv is gone."
        before = it.mixer.snapshot.controls
        await it.press("plus", "m", "equals_sign", "enter")
        assert it.mixer.snapshot.controls == before
        await it.press("down")
        assert stage_name(view) == "Firefox"


async def test_nothing_to_follow(desk: Open) -> None:
    empty = Snapshot(statuses=(Status("pulse", Phase.UNAVAILABLE, "", "No sound server."),))
    async with desk(backend=DemoBackend(still=True, box=empty)) as it:
        await it.press("f8")
        await it.pilot.pause()
        await it.press("right", "up", "m", "plus", "enter", "tab", "1", "question_mark", "escape")
        assert it.app.screen is it.app.main


# -- the staircase --


async def test_the_culprit_is_selected_at_the_start(desk: Open) -> None:
    async with desk() as it:
        master = it.control("Master")
        it.backend.put(replace(master, mute=(True,)))
        view = await open_map(it, "mpv")
        assert stage_name(view) == "Master"
        await it.press("enter")
        assert stage_name(view) == "Master"


async def test_keys_of_the_staircase(desk: Open) -> None:
    async with desk() as it:
        view = await open_stairs(it, "mpv")
        await step_to(it, view, "stream volume")
        before = it.control("mpv").raws
        await it.press("right")
        assert it.control("mpv").raws > before
        await step_to(it, view, "Master")
        await it.press("left")
        assert it.control("Master").raws < (61,)
        await step_to(it, view, "Speaker")
        await it.press("m")
        assert it.control("Speaker").muted
        assert "mpv: nothing is heard" in it.text


async def test_what_has_no_volume_says_so(desk: Open) -> None:
    async with desk() as it:
        view = await open_stairs(it, "mpv")
        await step_to(it, view, "mpv")
        await it.press("right")
        assert "mpv has no volume that can be changed here." in it.text
        await step_to(it, view, "PCM")
        await it.press("m")
        assert "PCM has no mute switch." in it.text


@pytest.mark.parametrize("key", ["enter", "question_mark"])
async def test_what_is_this(desk: Open, key: str) -> None:
    async with desk(size=(60, 15)) as it:
        view = await open_stairs(it, "mpv")
        await step_to(it, view, "PCM")
        assert "has no hardware behind it" not in " ".join(it.text.split())
        await it.press(key)
        assert "has no hardware behind it" in " ".join(it.text.split())


async def test_tab_goes_through_all_sounds(desk: Open) -> None:
    async with desk(size=(120, 30)) as it:
        await open_stairs(it, "Firefox")
        titles = []
        for _ in range(9):
            titles.append(it.text.splitlines()[0].split("  ")[-1].strip().partition(":")[0])
            await it.press("tab")
        assert titles[:6] == [
            "Firefox → Speakers",
            "mpv → Speakers",
            "Spotify → Analog Output",
            "Chat",
            "SuperTuxKart → Speakers",
            "Speakers",
        ]
        assert titles[8] == titles[0]


# -- mouse --


@pytest.mark.parametrize("keys", [(), ("enter",)], ids=["map", "stairs"])
async def test_the_wheel_moves_by_its_own_step_and_never_beyond_100_percent(
    desk: Open, keys: tuple[str, ...]
) -> None:
    async with desk(size=(110, 32), config=Config(step=Steps(wheel=3))) as it:
        await it.choose("mpv")
        await it.press("percent_sign", "minus")
        await it.press("f8", *keys)
        over = Offset(*it.app.cursor_position)
        # 99 %, 96 %, 99 %, twice 100 %, and down again
        for kind in (MouseScrollDown, MouseScrollUp, MouseScrollUp, MouseScrollUp, MouseScrollDown):
            await it.pilot._post_mouse_events([kind], None, over, button=0)
            it.clock[0] += 1
        async with asyncio.timeout(DEADLINE):
            while percents(it.control("mpv")) != (97, 97):
                await it.pilot.pause(0.01)


async def test_mouse(desk: Open) -> None:
    async with desk(size=(110, 32)) as it:
        view = await open_map(it, "Firefox")

        def find(words: str) -> tuple[int, int]:
            lines = it.text.splitlines()
            y = next(i for i, line in enumerate(lines) if words in line)
            return lines[y].index(words), y

        await it.pilot.click(offset=find("PCM"))
        await it.pilot.pause()
        assert stage_name(view) == "PCM"
        await it.pilot.click(offset=find("Unmute Chat"))
        await it.pilot.pause()
        assert not it.control("Chat").muted
        await it.pilot.click(offset=find("mpv   "))
        await it.pilot.click(offset=find("mpv   "))
        await it.pilot.pause()
        assert view.path is not None
        await it.pilot.click(offset=find("Esc map"))
        await it.pilot.pause()
        assert view.path is None
