"""F8: findings, and the keys that fix them."""

from dataclasses import replace

import pytest

from tests.ui.conftest import Open
from tests.ui.path.opening import open_map
from tuimixer.backend.demo import simulated
from tuimixer.model.command import Command
from tuimixer.model.control import Control
from tuimixer.model.intent import SetLevel
from tuimixer.model.snapshot import Notice
from tuimixer.ui.path.screen import PathScreen

pytestmark = pytest.mark.screen


async def test_a_finding_is_fixed_by_its_number_once(desk: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    async with desk(size=(100, 30)) as it:
        await open_map(it, "Chat")
        assert "! Chat is muted.  1 Unmute Chat." in it.text
        sent: list[Command] = []
        submit = it.backend.submit

        def submitted(command: Command) -> None:
            sent.append(command)
            submit(command)

        monkeypatch.setattr(it.backend, "submit", submitted)
        await it.press("1", "1")
        assert not it.control("Chat").muted
        assert len(sent) == 1
        assert "✓ Chat is muted.  Done: Unmute Chat." in it.text


async def test_a_fix_that_a_cap_limits_names_the_volume_reached(
    desk: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk(size=(110, 30)) as it:
        monkeypatch.setattr(it.mixer, "_cap_of", lambda control: 0.3)
        player = it.control("mpv")
        it.backend.put(replace(player, channels=tuple(replace(c, raw=0) for c in player.channels)))
        await open_map(it, "mpv")
        assert "! The volume of mpv is at its minimum.  2 Set mpv to 80 %." in it.text
        await it.press("2")
        assert "✓ The volume of mpv is at its minimum.  Done: Set mpv to 30 %." in it.text


@pytest.mark.parametrize("percent", [0, 10])
async def test_a_cap_that_prevents_a_fix_is_named_at_each_press(
    desk: Open, monkeypatch: pytest.MonkeyPatch, percent: int
) -> None:
    async with desk(size=(110, 30)) as it:
        monkeypatch.setattr(it.mixer, "_cap_of", lambda control: percent / 100)
        player = it.control("mpv")
        it.backend.put(replace(player, channels=tuple(replace(c, raw=0) for c in player.channels)))
        await open_map(it, "mpv")
        for _ in range(2):
            await it.press("2")
            assert "! The volume of mpv is at" in it.text
            assert f"The cap in the configuration keeps mpv at {percent} %." in it.text
            await it.press("down", "up")
            assert "The cap" not in it.text
        monkeypatch.setattr(it.mixer, "_cap_of", lambda control: 1.0)
        await it.press("2")
        assert "✓ The volume of mpv is at" in it.text
        assert "Done: Set mpv to 80 %." in it.text


@pytest.mark.parametrize("meanwhile", ["raised", "gone"])
async def test_a_fix_that_comes_too_late_is_not_done_and_blames_no_cap(desk: Open, meanwhile: str) -> None:
    async with desk(size=(110, 30)) as it:
        player: Control = it.control("mpv")
        silent = replace(player, channels=tuple(replace(c, raw=0) for c in player.channels))
        it.backend.put(silent)
        await open_map(it, "mpv")
        assert "2 Set mpv to 80 %." in it.text
        screen = it.app.screen
        assert isinstance(screen, PathScreen)
        # A key that comes before the map has noticed the change.
        if meanwhile == "gone":
            it.backend.remove(player.id)
        else:
            assert it.mixer.send(SetLevel(player.id, 0.8))
        screen._fix(2)
        assert screen.view.notice == ""
        it.backend.put(silent)
        await it.pilot.pause()
        assert "2 Set mpv to 80 %." in it.text
        assert "Done" not in it.text
        await it.press("2")
        assert "Done: Set mpv to 80 %." in it.text


async def test_numbers_stay_with_their_findings(desk: Open) -> None:
    async with desk(size=(110, 44)) as it:
        await open_map(it, "mpv")
        assert "2 Move Spotify to Speakers." in it.text
        await it.press("1")
        assert "2 Move Spotify to Speakers." in it.text
        await it.press("2")
        assert it.control("Spotify").target_id == simulated.SPEAKERS
        assert "3 Move Chat to Speakers." in it.text


@pytest.mark.parametrize("name", ["mpv", "Chat", "Spotify"])
async def test_of_findings_without_room_the_fixes_are_shown_in_order(desk: Open, name: str) -> None:
    async with desk() as it:
        await open_map(it, name)
        lines = it.text.splitlines()
        fixes = ("1 Unmute Chat.", "2 Move Spotify to Speakers.", "3 Move Chat to Speakers.")
        rows = [next(i for i, line in enumerate(lines) if fix in line) for fix in fixes]
        assert rows == sorted(rows)
        await it.pilot.resize_terminal(40, 12)
        await it.pilot.pause()
        assert "! Chat is muted.  1 Unmute Chat.\n  2 Move Spotify to Speakers. and 1 more\n" in it.text


async def test_of_findings_without_room_those_without_a_key_are_counted(desk: Open) -> None:
    async with desk() as it:
        await open_map(it, "SuperTuxKart")
        assert "3 Move Chat to Speakers. and 1 more\n" in it.text


async def test_a_finding_that_is_done_does_not_hide_the_keys_of_others(desk: Open) -> None:
    async with desk(size=(80, 15)) as it:
        await open_map(it, "mpv")
        assert "2 Move Spotify to Speakers. 3 Move Chat to Speakers." in it.text
        await it.press("2")
        assert "3 Move Chat to Speakers. and 1 more" in it.text


async def test_a_finding_is_shown_on_the_map_of_its_direction_only(desk: Open) -> None:
    async with desk() as it:
        capture = it.control("Capture")
        it.backend.put(replace(capture, capture=(False, False)))
        await open_map(it, "mpv")
        assert "Chat is muted." in it.text
        assert "Capture" not in it.text
        await it.press("2")
        assert it.control("Capture").capturing is False
        await it.press("tab")
        assert "! Recording is turned off for Capture on card PCH." in it.text
        assert "Chat" not in it.text
        await it.press("1")
        assert it.control("Chat").muted
        await it.press("2")
        assert it.control("Capture").capturing
        assert "✓ Recording is turned off for Capture on card PCH." in it.text


async def test_a_fault_that_comes_back_can_be_fixed_again(desk: Open) -> None:
    async with desk(size=(110, 30)) as it:
        await open_map(it, "Chat")
        await it.press("1", "m")
        assert it.control("Chat").muted
        assert "! Chat is muted.  1 Unmute Chat." in it.text
        await it.press("1")
        assert not it.control("Chat").muted


async def test_done_is_not_said_over_an_error(desk: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    async with desk(size=(100, 30)) as it:
        await open_map(it, "Chat")
        monkeypatch.setattr(it.backend, "carry_out", lambda command: False)
        await it.press("1")
        assert "does not support this" in it.text
        assert "Done" not in it.text
        monkeypatch.undo()
        await it.press("1")
        assert not it.control("Chat").muted


async def test_an_error_that_comes_late_is_not_done(desk: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    async with desk(size=(100, 30)) as it:
        await open_map(it, "Chat")
        monkeypatch.setattr(it.backend, "carry_out", lambda command: True)
        await it.press("1", "1")
        assert "Done" not in it.text
        it.backend._tell(Notice("The server refused that.", error=True))
        chat: Control = it.control("Chat")
        it.backend.put(replace(chat, mute=(False,)))
        await it.pilot.pause()
        assert "The server refused that." in it.text
        assert "Done" not in it.text
