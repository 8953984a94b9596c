"""The appearance of the main screen, as readable text and as a few pictures."""

from dataclasses import replace

import pytest
from rich.segment import Segment
from syrupy.assertion import SnapshotAssertion

from tests.ui.conftest import Open
from tuimixer.backend.demo.backend import DemoBackend
from tuimixer.config.schema import Config, MeterOptions
from tuimixer.mixer.views import Section
from tuimixer.model.snapshot import Phase, Snapshot, Status

pytestmark = pytest.mark.screen

SIZES = [(80, 24), (100, 30), (120, 40), (200, 60), (40, 12), (20, 5)]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("layout", ["columns", "rows"])
async def test_sizes(
    desk: Open, text_snapshot: SnapshotAssertion, size: tuple[int, int], layout: str
) -> None:
    config = Config(layout=layout, meters=MeterOptions(show="on"))
    async with desk(size=size, config=config) as it:
        assert it.text == text_snapshot


@pytest.mark.parametrize("width", [80, 39])
async def test_the_line_of_0_db_begins_after_the_card(desk: Open, width: int) -> None:
    async with desk(size=(width, 24), config=Config(layout="columns")) as it:
        renderer = it.app.main.renderer
        scale = renderer.plan.scale
        assert scale is not None
        lines = it.text.splitlines()
        line = next(line for line in lines if "─" in line)
        assert line[scale - 1] == "│"
        assert line[scale:].startswith("  0─" if width == 80 else "──")
        assert line[scale + 4 :].strip("─┼") == ""
        assert not set(line[: scale - 1]) & set("─┼")
        devices = [slot.box.x for slot in renderer.plan.slots if slot.row.section is not Section.HARDWARE]
        assert devices[0] == scale + (4 if width == 80 else 0)


@pytest.mark.parametrize("layout", ["columns", "rows"])
async def test_ascii(desk: Open, text_snapshot: SnapshotAssertion, layout: str) -> None:
    config = Config(layout=layout, ascii="on", meters=MeterOptions(show="on"))
    async with desk(config=config) as it:
        assert it.text.isascii()
        assert it.text == text_snapshot


@pytest.mark.parametrize("layout", ["columns", "rows"])
async def test_linux_console(desk: Open, text_snapshot: SnapshotAssertion, layout: str) -> None:
    config = Config(layout=layout, meters=MeterOptions(show="on"))
    async with desk(config=config, environment={"TERM": "linux"}) as it:
        it.text.encode("cp437")
        assert it.text == text_snapshot


@pytest.mark.parametrize("view", ["playback", "capture"])
async def test_views(desk: Open, text_snapshot: SnapshotAssertion, view: str) -> None:
    async with desk(size=(100, 24), view=view, config=Config()) as it:
        assert it.text == text_snapshot


async def test_rows_are_set_apart_and_as_wide_as_the_screen_where_there_is_room(desk: Open) -> None:
    async with desk(size=(200, 60), view="playback", config=Config(layout="rows")) as it:
        lines = it.text.splitlines()
        at = next(i for i, line in enumerate(lines) if line.strip() == "Speaker")
        bar = lines[at + 1].rindex("▀") + 1 - lines[at + 1].index("▀")
        assert bar > 150
        assert lines[at + 1][: lines[at + 1].index("▀")].strip() == ""
        assert not lines[at + 2].strip()
        assert lines[at + 3][1:].startswith("PCM ")


async def test_columns_of_a_card_take_the_height_that_others_have_beyond_100_percent(desk: Open) -> None:
    async with desk(size=(120, 40), config=Config(layout="columns")) as it:
        renderer, top = it.app.main.renderer, it.text.splitlines()[2]
        speaker, firefox = (renderer.plan.slot_of(it.control(name).id) for name in ("Speaker", "Firefox"))
        assert speaker is not None
        assert firefox is not None
        assert "██" in top[speaker.box.x : speaker.box.x + speaker.box.width]
        assert "█" not in top[firefox.box.x : firefox.box.x + firefox.box.width]


async def test_columns_of_a_card_alone_have_no_scale(desk: Open) -> None:
    async with desk(size=(120, 40), config=Config(layout="columns")) as it:
        assert "−60" in it.text
        await it.press("/", *"Mic Boost", "enter")
        assert "Mic Boost" in it.text
        assert "−60" not in it.text


async def test_a_name_too_long_for_a_column_breaks_before_a_capital(desk: Open) -> None:
    async with desk(size=(200, 60), view="playback", config=Config(layout="columns")) as it:
        assert "SuperTux " in it.text
        assert "SuperTuxK" not in it.text


@pytest.mark.parametrize("theme", ["dark", "light", "high-contrast", "ansi"])
async def test_themes(desk: Open, svg_snapshot: SnapshotAssertion, theme: str) -> None:
    config = Config(theme=theme, layout="columns", meters=MeterOptions(show="on"))
    async with desk(config=config) as it:
        await it.choose("mpv")
        assert it.app.export_screenshot(simplify=True) == svg_snapshot


async def test_no_colour(desk: Open, svg_snapshot: SnapshotAssertion) -> None:
    async with desk(environment={"TERM": "xterm-256color", "NO_COLOR": "1"}) as it:
        styles = it.app.main.view._styles
        assert styles
        assert all(style.color is None and style.bgcolor is None for style in styles.values())
        assert it.app.export_screenshot(simplify=True) == svg_snapshot


async def test_muted_and_chosen_are_told_without_colour(desk: Open) -> None:
    async with desk(environment={"TERM": "xterm-256color", "NO_COLOR": "1"}) as it:
        await it.choose("mpv")
        await it.press("m")
        line = next(line for line in it.text.splitlines() if "mpv" in line)
        assert line.startswith("▌mpv")
        assert " MUTE " in line
        assert "╱╱" in line


def _without_server() -> Snapshot:
    reason = "No sound server is running (unix:/run/user/1000/pulse/native is not responding)."
    return Snapshot(
        statuses=(
            Status("alsa", Phase.READY, "no card"),
            Status("pulse", Phase.UNAVAILABLE, "PulseAudio", reason, "Still looking."),
        )
    )


@pytest.mark.parametrize("layout", ["columns", "rows"])
async def test_nothing_there(desk: Open, text_snapshot: SnapshotAssertion, layout: str) -> None:
    backend = DemoBackend(still=True, box=_without_server())
    async with desk(backend=backend, config=Config(layout=layout)) as it:
        assert "No sound card" in it.text
        assert "No sound card has been" in it.text
        assert it.text == text_snapshot


async def test_a_card_that_is_pulled_and_pushed_again(desk: Open) -> None:
    async with desk(card="first") as it:
        assert "Master" in it.text
        picture = it.backend.snapshot
        left = {key: control for key, control in picture.controls.items() if not key.startswith("alsa:PCH")}
        it.backend.show(replace(picture, controls=left, alsa_cards=picture.alsa_cards[1:]))
        await it.pilot.pause()
        assert "Card PCH is not present." in it.text
        it.backend.show(picture)
        await it.pilot.pause()
        assert "Master" in it.text


async def test_the_other_half_goes_on_when_the_server_goes(desk: Open) -> None:
    async with desk() as it:
        picture = it.backend.snapshot
        alsa = {key: control for key, control in picture.controls.items() if key.startswith("alsa:")}
        gone = _without_server()
        it.backend.show(
            Snapshot(
                (picture.statuses[0], gone.statuses[1]),
                alsa,
                picture.alsa_cards,
                server_cards=(),
                server=None,
            )
        )
        await it.pilot.pause()
        assert "No sound server" in it.text
        before = it.chosen.raws
        await it.press("right")
        assert it.chosen.raws > before
        it.backend.show(picture)
        await it.pilot.pause()
        assert "Firefox" in it.text


@pytest.mark.parametrize("theme", ["dark", "light", "high-contrast", "ansi", "mono"])
async def test_the_main_screen_is_seen_dimly_behind_a_dialog(desk: Open, theme: str) -> None:
    async with desk(config=Config(theme=theme, layout="rows")) as it:

        def master() -> Segment:
            line = it.app.screen._compositor.render_strips()[2]
            return next(segment for segment in line if "Master" in segment.text)

        bright = master().style
        await it.press("enter")
        behind = master().style
        assert bright is not None
        assert behind is not None
        if theme in ("ansi", "mono"):
            assert (bright.dim, behind.dim, behind.bold) == (False, True, False)
        else:
            assert behind.bgcolor != bright.bgcolor
        await it.press("escape")
        assert master().style == bright
