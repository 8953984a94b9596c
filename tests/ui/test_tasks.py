"""Everyday tasks with the maximum number of keys they take, with the control already selected."""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.ui.conftest import Desk, Open
from tuimixer.backend.demo.backend import DemoBackend
from tuimixer.config.load import load
from tuimixer.model.control import Control, Port

pytestmark = pytest.mark.screen


@dataclass(frozen=True)
class Task:
    """A task, its keys, and its effect."""

    name: str
    chosen: str
    keys: tuple[str, ...]
    most: int
    """Maximum number of keys; names are typed separately."""
    done: Callable[[Desk], object]


def of(it: Desk, name: str) -> Control:
    return it.control(name)


def profile(it: Desk) -> str | None:
    return it.mixer.snapshot.server_cards[1].profile


TASKS = (
    Task("mute", "mpv", ("m",), 1, lambda it: of(it, "mpv").muted),
    Task("default", "USB Headset", ("d",), 1, lambda it: of(it, "USB Headset").default),
    Task("next output, not the unplugged HDMI", "mpv", ("D",), 1, lambda it: of(it, "USB Headset").default),
    Task("100 %", "mpv", ("percent_sign",), 1, lambda it: set(of(it, "mpv").raws) == {65536}),
    Task("move", "mpv", ("r", "3"), 2, lambda it: of(it, "mpv").target_id == of(it, "USB Headset").id),
    Task("profile", "USB Headset", ("f7", "down", "enter"), 3, lambda it: profile(it) == "off"),
    Task("route", "mpv", (), 0, lambda it: "on Speakers" in it.text.splitlines()[-2]),
    Task("rename", "mpv", ("R", *"Film", "enter"), 2, lambda it: it.app.main.renderer.row.label == "Film"),  # type: ignore[union-attr]
    Task(
        "hide", "mpv", ("X",), 2, lambda it: "mpv" not in [row.label for row in it.app.main.renderer.listed]
    ),
    Task(
        "solo",
        "mpv",
        ("S",),
        1,
        lambda it: of(it, "Firefox").muted and of(it, "Spotify").muted and not of(it, "mpv").muted,
    ),
)


def plugged() -> DemoBackend:
    """The simulated machine with nothing in its HDMI connector."""
    backend = DemoBackend(still=True)
    hdmi = next(control for control in backend.snapshot.controls.values() if control.name == "HDMI 1")
    assert hdmi.device is not None
    port = Port("hdmi", "HDMI", available=False)
    backend.put(replace(hdmi, device=replace(hdmi.device, port=port.name, ports=(port,))))
    return backend


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
async def test_an_everyday_task(desk: Open, task: Task) -> None:
    async with desk(backend=plugged()) as it:
        await it.choose(task.chosen)
        assert task.keys == () or not task.done(it)
        await it.press(*task.keys)
        assert task.done(it)
        typed = sum(len(key) == 1 and key in "Film" for key in task.keys[1:]) if task.name == "rename" else 0
        assert len(task.keys) - typed <= task.most


async def test_a_search_is_cleared_by_one_key(desk: Open) -> None:
    async with desk() as it:
        await it.press("slash", *"fire", "enter")
        assert len(it.app.main.renderer.listed) == 1
        await it.press("escape")
        assert len(it.app.main.renderer.listed) > 10


async def test_solo_ends_and_moves_and_is_undone(desk: Open) -> None:
    async with desk() as it:
        await it.choose("mpv")
        before = {key: control.mute for key, control in it.mixer.snapshot.controls.items()}
        await it.press("S")
        await it.choose("Firefox")
        await it.press("S")
        assert it.control("mpv").muted
        assert not it.control("Firefox").muted
        await it.press("S")
        assert {key: control.mute for key, control in it.mixer.snapshot.controls.items()} == before
        await it.press("S", "u")
        assert {key: control.mute for key, control in it.mixer.snapshot.controls.items()} == before
        await it.press("ctrl+r")
        assert it.control("Spotify").muted


async def test_what_cannot_be_soloed_or_moved_says_so(desk: Open) -> None:
    async with desk() as it:
        await it.choose("Master")
        await it.press("S")
        assert "Master cannot be soloed" in it.text
        await it.press("r")
        assert it.app.screen is it.app.main
        assert "Master cannot be moved" in it.text


async def test_names_and_hiding_are_written_and_undone(desk: Open, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(
        '# mine\n[step]\nsmall = 2  # two\n\n[[rule]]\nmatch = { name = "*HDMI*" }\nhide = true\n'
    )
    before = file.read_text()
    async with desk() as it:
        main = it.app.main
        main.config_file = str(file)
        await it.choose("Speakers")
        await it.press("R", *"Boxen", "enter")
        assert "Boxen" in it.text
        assert "# two" in file.read_text()
        await it.press("X")
        assert "Boxen is hidden" in it.text or "Speakers is hidden" in it.text
        rule = load(str(file)).config.filter.rules[0]
        assert (rule.match["kind"], rule.hide, rule.name) == ("sink", True, "Boxen")
        assert rule.match["server_name"].startswith("alsa_output.")
        await it.press("u")
        assert it.control("Speakers").id in [row.id for row in main.renderer.listed]
        await it.press("u")
        assert "Boxen" not in it.text
        assert file.read_text() == before
        await it.press("ctrl+r")
        assert "Boxen" in it.text


@pytest.mark.parametrize("kind", ["folder", "fifo"])
async def test_a_configuration_that_cannot_be_written_is_said(kind: str, desk: Open, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    if kind == "folder":
        path.mkdir()
    else:
        os.mkfifo(path)
    async with desk() as it:
        it.app.main.config_file = str(path)
        await it.choose("mpv")
        for keys in (("X",), ("R", *"Film", "enter")):
            await it.press(*keys)
            assert "could not be written" in it.text
            assert "mpv" in it.text
    assert path.is_dir() == (kind == "folder")
    assert path.is_fifo() == (kind == "fifo")
