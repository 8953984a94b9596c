"""F8: the picture of the signal path, live, and what its keys do to the box."""

from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.ui.conftest import Desk, Open
from tuimixer.backend.demo import simulated
from tuimixer.backend.demo.backend import DemoBackend
from tuimixer.config.schema import Config, MeterOptions
from tuimixer.model.snapshot import Phase, Snapshot, Status
from tuimixer.ui.screens.path import PathScreen
from tuimixer.ui.screens.path_view import PathView

pytestmark = pytest.mark.screen

SIZES = [(80, 24), (120, 40), (50, 24), (40, 12)]


async def open_path(it: Desk, name: str) -> PathView:
    await it.choose(name)
    await it.press("f8")
    await it.pilot.pause()
    screen = it.app.screen
    assert isinstance(screen, PathScreen)
    return screen.view


async def walk_to(it: Desk, view: PathView, name: str) -> None:
    names = [stage.name for stage in view.stages]
    await it.press("home", *["right"] * names.index(name))
    assert view.stage is not None
    assert view.stage.name == name


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", ["Firefox", "Chat", "OBS Studio"])
async def test_picture(
    desk: Open, text_snapshot: SnapshotAssertion, size: tuple[int, int], name: str
) -> None:
    async with desk(size=size) as it:
        await open_path(it, name)
        assert it.dialog == text_snapshot


@pytest.mark.parametrize("size", [(80, 24), (40, 12)], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_ascii(desk: Open, text_snapshot: SnapshotAssertion, size: tuple[int, int]) -> None:
    async with desk(size=size, config=Config(ascii="on", meters=MeterOptions(show="on"))) as it:
        await open_path(it, "Firefox")
        assert it.text.isascii()
        assert it.dialog == text_snapshot


async def test_linux_console(desk: Open) -> None:
    async with desk(environment={"TERM": "linux"}) as it:
        await open_path(it, "Firefox")
        it.text.encode("cp437")
        assert "┌" in it.text


async def test_live_while_faders_move(desk: Open) -> None:
    async with desk() as it:
        await open_path(it, "mpv")
        assert "Total −31.53 dB" in it.text
        mpv = it.control("mpv")
        it.backend.put(replace(mpv, channels=tuple(replace(c, raw=65536) for c in mpv.channels)))
        await it.pilot.pause()
        assert "Total −19.49 dB" in it.text


async def test_keys_change_the_stage_under_the_cursor(desk: Open) -> None:
    async with desk() as it:
        view = await open_path(it, "mpv")
        await walk_to(it, view, "volume of the stream")
        before = it.control("mpv").raws
        await it.press("up")
        assert it.control("mpv").raws > before
        await walk_to(it, view, "Master")
        master = it.control("Master").raws
        await it.press("down")
        assert it.control("Master").raws < master
        await walk_to(it, view, "Speaker")
        await it.press("m")
        assert it.control("Speaker").muted
        assert "nothing is heard" in it.text
        await it.press("u")
        assert not it.control("Speaker").muted


async def test_a_value_typed_for_a_stage(desk: Open) -> None:
    async with desk() as it:
        view = await open_path(it, "mpv")
        await walk_to(it, view, "volume of the stream")
        await it.press("equals_sign", *"-6dB", "enter")
        assert "Total −25.4" in it.text


async def test_what_has_no_volume_says_so(desk: Open) -> None:
    async with desk() as it:
        view = await open_path(it, "mpv")
        await it.press("up")
        assert "no volume that could be changed here" in it.text
        await walk_to(it, view, "software remainder")
        await it.press("m")
        assert "follows by itself" in it.text
        await walk_to(it, view, "PCM")
        await it.press("m")
        assert "no mute switch" in it.text


@pytest.mark.parametrize("key", ["enter", "question_mark"])
async def test_what_is_this(desk: Open, key: str) -> None:
    async with desk(size=(60, 20)) as it:
        view = await open_path(it, "mpv")
        await walk_to(it, view, "PCM")
        assert "multiplies the samples" not in " ".join(it.text.split())
        await it.press(key)
        assert "softvol control: no hardware behind it" in " ".join(it.text.replace("│", "").split())


async def test_a_finding_is_mended_by_its_number(desk: Open) -> None:
    async with desk() as it:
        await open_path(it, "Chat")
        assert "Chat is muted." in it.text
        await it.press("1")
        assert not it.control("Chat").muted
        assert "Chat is muted." not in it.text


async def test_done_is_not_said_over_an_error(desk: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    async with desk() as it:
        view = await open_path(it, "Chat")
        monkeypatch.setattr(it.backend, "carry_out", lambda command: False)
        await it.press("1")
        assert view.notice.startswith("The demo box cannot do that")


async def test_a_finding_is_mended_under_the_cursor(desk: Open) -> None:
    async with desk() as it:
        view = await open_path(it, "Chat")
        await it.press("end")
        assert view.finding is not None
        assert "not on the default output" in view.finding.reason
        await it.press("enter")
        assert it.control("Chat").target_id == simulated.SPEAKERS


async def test_tab_goes_through_all_sounds(desk: Open) -> None:
    async with desk(size=(120, 30)) as it:
        view = await open_path(it, "mpv")
        titles = []
        for _ in range(6):
            titles.append(view.title.partition(" →")[0])
            await it.press("tab")
        assert titles[0] == "mpv"
        assert {"Firefox", "Spotify", "Chat", "SuperTuxKart"} <= set(titles)
        assert view.title.startswith("mpv")
        await it.press("shift+tab")
        assert view.title.endswith("OBS Studio")


async def test_meters_move_in_the_picture_and_come_back_on_the_main_screen(desk: Open) -> None:
    async with desk() as it:
        view = await open_path(it, "Firefox")
        assert it.backend._watched == {"pulse:sink_input/17", simulated.SPEAKERS}
        assert view.metered == it.backend._watched
        await it.press("escape")
        assert len(it.backend._watched) > 2


async def test_no_load_when_meters_are_off(desk: Open) -> None:
    async with desk(config=Config(meters=MeterOptions(show="off"))) as it:
        await open_path(it, "Firefox")
        assert not it.backend._watched


async def test_a_stream_that_ends_while_it_is_looked_at(desk: Open) -> None:
    async with desk() as it:
        view = await open_path(it, "mpv")
        it.backend.remove(it.control("mpv").id)
        await it.pilot.pause()
        assert view.title == "mpv is not there any more. Tab goes to the next sound."
        before = it.mixer.snapshot.controls
        await it.press("up", "m", "1")
        assert it.mixer.snapshot.controls == before
        await it.press("tab")
        assert view.title.startswith("Firefox")
        assert "Total" in it.text


async def test_nothing_to_follow(desk: Open) -> None:
    empty = Snapshot(statuses=(Status("pulse", Phase.UNAVAILABLE, "", "No sound server."),))
    async with desk(backend=DemoBackend(still=True, box=empty)) as it:
        await it.press("f8")
        await it.pilot.pause()
        assert "There is no sound to follow." in it.text
        await it.press("right", "up", "m", "enter", "tab", "1", "escape")
        assert it.app.screen is it.app.main


async def test_mouse_chooses_a_stage(desk: Open) -> None:
    async with desk() as it:
        view = await open_path(it, "Firefox")
        y = next(i for i, line in enumerate(it.text.splitlines()) if "PCM" in line)
        x = it.text.splitlines()[y].index("PCM")
        await it.pilot.click(offset=(x, y))
        await it.pilot.pause()
        assert view.stage is not None
        assert view.stage.name == "PCM"
