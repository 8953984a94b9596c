"""Small things that make a difference: stored volumes, clip marks, balance, a missing server, the palette."""

import asyncio
from dataclasses import replace

import pytest

from tests.lab.waiting import DEADLINE
from tests.ui.conftest import Desk, Open
from tuimixer.backend.demo.backend import DemoBackend
from tuimixer.config.schema import Config, Filters
from tuimixer.model.control import Kind
from tuimixer.model.snapshot import Phase, Snapshot, Status
from tuimixer.ui.mixer.meters import CLIP_HOLD, follow

pytestmark = pytest.mark.screen


def with_stored() -> DemoBackend:
    """The simulated machine with a stored volume of an application, and one without a volume."""
    backend = DemoBackend(still=True)
    sounds = next(c for c in backend.snapshot.controls.values() if c.kind is Kind.STORED)
    assert sounds.stream is not None
    for name, channels in (("Old player", sounds.channels), ("Mute only", ())):
        stored = f"sink-input-by-application-name:{name}"
        stream = replace(sounds.stream, application=name, role="", stored_name=stored)
        scale = sounds.scale if channels else None
        backend.put(
            replace(
                sounds, id=f"pulse:stored/{stored}", name=name, stream=stream, channels=channels, scale=scale
            )
        )
    return backend


def labels(it: Desk) -> list[str]:
    return [row.label for row in it.app.main.renderer.listed]


async def test_stored_volumes_are_hidden_but_that_of_system_sounds(desk: Open) -> None:
    async with desk(backend=with_stored()) as it:
        assert "Event sounds" in labels(it)
        assert "Old player" not in labels(it)
        await it.press("f", "end", "enter", "escape")
        assert "Old player" in labels(it)
        assert "Mute only" not in labels(it)


async def test_stored_volumes_by_configuration(desk: Open) -> None:
    config = Config(filter=Filters(stopped=True))
    async with desk(backend=with_stored(), config=config) as it:
        assert "Old player" in labels(it)


async def test_what_is_hidden_can_be_shown_again(desk: Open) -> None:
    async with desk() as it:
        await it.choose("mpv")
        await it.press("X")
        assert "mpv" not in labels(it)
        await it.press("f", "end", "enter", "escape")
        assert "mpv" in labels(it)


def test_a_clip_mark_fades() -> None:
    level = follow(None, (1.0,), 5.0)
    assert level.clipped
    assert follow(level, (0.5,), 5.0 + CLIP_HOLD - 0.1).clipped
    assert not follow(level, (0.5,), 5.0 + CLIP_HOLD + 0.1).clipped


@pytest.mark.parametrize("name", ["mpv", "Speaker"])
async def test_centring_undoes_the_balance_without_loss(desk: Open, name: str) -> None:
    async with desk() as it:
        before = (await it.choose(name)).raws
        await it.press(*["left_square_bracket"] * 3, "right_square_bracket")
        assert it.chosen.raws != before
        await it.press("b")
        assert it.chosen.raws == before


async def test_a_missing_server_is_said_once(desk: Open) -> None:
    async with desk() as it:
        whole = it.backend.snapshot
        alsa = {key: control for key, control in whole.controls.items() if key.startswith("alsa:")}
        missing = Status("pulse", Phase.UNAVAILABLE, "", "No sound server is running (x is not responding).")
        it.backend.show(Snapshot((whole.statuses[0], missing), alsa, whole.alsa_cards))
        await it.pilot.pause()
        said = "No sound server. To start one: systemctl --user start pipewire-pulse"
        assert it.text.count("No sound server") == 1
        assert it.text.splitlines()[-2].strip() == said
        await it.press("escape")
        assert "No sound server" not in it.text
        it.backend.show(Snapshot((whole.statuses[0], replace(missing, hint="x")), alsa, whole.alsa_cards))
        await it.pilot.pause()
        assert "No sound server" not in it.text
        it.backend.show(whole)
        await it.pilot.pause()
        assert "Firefox" in it.text


async def test_a_server_that_came_while_the_screen_was_loading_is_no_longer_missing(desk: Open) -> None:
    async with desk() as it:
        whole, renderer = it.backend.snapshot, it.app.main.renderer
        missing = Status("pulse", Phase.UNAVAILABLE, "", "No sound server is running (x is not responding).")
        renderer.show(Snapshot((whole.statuses[0], missing), {}, ()))
        renderer.report_server()
        assert "No sound server" in it.text
        renderer.show(whole)
        renderer.report_server()
        assert "No sound server" not in it.text
        renderer.say("Something else", True)
        renderer.report_server()
        assert "Something else" in it.text


async def test_the_palette_finds_by_words_and_shows_one_key(desk: Open) -> None:
    async with desk(size=(100, 40)) as it:
        await it.press("ctrl+p", *"big one", "space", *"up")
        async with asyncio.timeout(DEADLINE):
            while "One big step up" not in it.text:
                await it.pilot.pause(0.02)
        assert "Shift+→" in it.text
        assert "Quit" not in it.text


async def test_names_are_wider_on_wider_terminals(desk: Open) -> None:
    name = "A title of a film that is quite a bit longer than any other title here is"
    for size, whole in (((80, 24), False), ((320, 24), True)):
        backend = DemoBackend(still=True)
        control = next(c for c in backend.snapshot.controls.values() if c.name == "mpv")
        backend.put(replace(control, name=name))
        async with desk(backend=backend, size=size) as it:
            line = next(line for line in it.text.splitlines() if "A title" in line)
            assert (name in line) is whole


@pytest.mark.parametrize(
    ("width", "words"),
    [
        (20, "F1 keys  q quit"),
        (40, "Enter details  F1 keys  F8 map  q quit"),
        (80, "↑↓ select  ←→ volume  m mute  Enter details  / search  F1 keys  F8 map  q quit"),
    ],
)
async def test_hints_for_help_and_for_leaving_are_the_last_to_be_omitted(
    desk: Open, width: int, words: str
) -> None:
    async with desk(size=(width, 12), config=Config(layout="rows")) as it:
        assert it.text.splitlines()[-1].strip() == words


@pytest.mark.parametrize("size", [(80, 24), (40, 12)])
async def test_the_hint_for_leaving_the_map_stays_though_arrows_are_words(
    desk: Open, size: tuple[int, int]
) -> None:
    async with desk(size=size, config=Config(ascii="on")) as it:
        await it.press("f8")
        assert "Esc back" in it.text.splitlines()[-1]
