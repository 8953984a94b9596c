"""A control without effect says so next to its fader, and the line above the keys says what silences it."""

from dataclasses import replace

import pytest

from tests.ui.conftest import Desk, Open
from tuimixer.backend.demo import simulated
from tuimixer.backend.demo.backend import DemoBackend
from tuimixer.config.schema import Config, MeterOptions
from tuimixer.model.control import Choice, Control
from tuimixer.model.scale import MUTE_CDB
from tuimixer.model.snapshot import Jack, Snapshot
from tuimixer.ui.mixer.strip_state import short_db
from tuimixer.ui.mixer.words import sentence
from tuimixer.ui.terminal.charsets import UNICODE

pytestmark = pytest.mark.screen

PAUSED = "SuperTuxKart"
METERS_ON, METERS_OFF = MeterOptions(show="on"), MeterOptions(show="off")


def line_of(it: Desk, name: str) -> str:
    """The control's line in the rows layout, or "" if it is not visible."""
    return next((line for line in it.text.splitlines() if line[1:].startswith(name)), "")


@pytest.mark.parametrize(
    ("name", "word"), [(PAUSED, "paused"), ("Headphone", "unplugged"), ("Event sounds", "not playing")]
)
@pytest.mark.parametrize("meters", [METERS_ON, METERS_OFF], ids=["meters", "meters off"])
async def test_a_row_says_it_beside_the_fader(desk: Open, name: str, word: str, meters: MeterOptions) -> None:
    async with desk(config=Config(layout="rows", meters=meters)) as it:
        await it.choose(name)
        line = line_of(it, name)
        assert f" {word}" in line
        assert "▀" not in line
        assert word not in line_of(it, "mpv")
        assert "▀" in line_of(it, "mpv")


async def test_a_narrow_row_has_a_mark(desk: Open) -> None:
    async with desk(size=(40, 12), config=Config(layout="rows", meters=METERS_ON)) as it:
        await it.choose(PAUSED)
        assert " ║ " in line_of(it, PAUSED)
        await it.choose("mpv")
        assert "║" not in line_of(it, "mpv")


@pytest.mark.parametrize("meters", [METERS_ON, METERS_OFF], ids=["meters", "meters off"])
@pytest.mark.parametrize(
    ("name", "word"), [(PAUSED, "paused"), ("Headphone", "unplugged"), ("HDMI 1", "suspended")]
)
async def test_a_column_says_it_among_its_marks(
    desk: Open, name: str, word: str, meters: MeterOptions
) -> None:
    async with desk(config=Config(layout="columns", meters=meters)) as it:
        control = await it.choose(name)
        renderer = it.app.main.renderer
        slot = renderer.plan.slot_of(control.id)
        assert slot is not None
        box = renderer.box_of(slot)
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
        assert "▀" in line_of(it, PAUSED)


@pytest.mark.parametrize("layout", ["rows", "columns"])
async def test_the_chosen_meter_is_stereo_at_once(desk: Open, layout: str) -> None:
    async with desk(config=Config(layout=layout, meters=METERS_ON)) as it:
        renderer, first = it.app.main.renderer, await it.choose("Firefox")
        second = await it.choose("mpv")
        # A tone of constant loudness sends no new level.
        assert [len(renderer.meters.levels[control.id].shares) for control in (first, second)] == [1, 2]


async def test_beside_its_fader_the_chosen_meter_shows_both_sides(desk: Open) -> None:
    environment = {"TERM": "xterm-256color", "NO_COLOR": "1"}
    async with desk(config=Config(layout="rows", meters=METERS_ON), environment=environment) as it:
        await it.choose("mpv")
        assert "dB ▄" in line_of(it, "Firefox")
        assert "dB █" in line_of(it, "mpv")


def read_only(control: Control) -> Control:
    assert control.element is not None
    return replace(control, element=replace(control.element, read_only=("volume",)))


async def test_a_volume_that_cannot_be_set_has_a_lock_and_no_track(desk: Open) -> None:
    async with desk(config=Config(layout="rows", meters=METERS_ON)) as it:
        master = await it.choose("Master")
        assert "▄" in line_of(it, "Master")
        it.backend.put(read_only(master))
        await it.pilot.pause()
        assert " LOCK " in line_of(it, "Master")
        assert "▄" not in line_of(it, "Master")


@pytest.mark.parametrize("media", ["x", "A title that is longer than all others on the screen by far"])
async def test_bars_stay_where_they_are_when_a_title_changes(desk: Open, media: str) -> None:
    async with desk(size=(100, 24), config=Config(layout="rows", meters=METERS_ON)) as it:
        firefox, before = it.control("Firefox"), it.app.main.renderer.fields()
        assert firefox.stream is not None
        it.backend.put(replace(firefox, stream=replace(firefox.stream, media=media)))
        await it.pilot.pause()
        it.app.main.renderer.repaint()
        assert f"→ Speakers · {media[:15]}" in it.text
        assert it.app.main.renderer.fields() == before


@pytest.mark.parametrize(
    ("width", "words"), [(80, "left 140 %, right 133 %  +8.77 dB"), (40, "140<>133 %  +8.77 dB")]
)
async def test_the_line_above_the_keys_has_both_sides_whole(desk: Open, width: int, words: str) -> None:
    async with desk(size=(width, 24), config=Config(layout="rows", meters=METERS_ON)) as it:
        await it.choose("mpv")
        await it.press("equals_sign", *"140%", "enter", "left_square_bracket")
        line = it.text.splitlines()[22]
        assert line.startswith(" mpv  “documentary.mkv”"[: width // 3])
        assert line.endswith(f" {words}")


def auto_mute(items: tuple[str, ...], value: int, *, plugged: bool = False) -> Snapshot:
    """The simulated machine with this Auto-Mute setting, and headphones plugged in or not."""
    box = simulated.box()
    key, mode = next((key, c) for key, c in box.controls.items() if c.name == "Auto-Mute Mode")
    card = replace(box.alsa_cards[0], jacks=(Jack("Headphone", plugged),))
    controls = box.controls | {key: replace(mode, choice=Choice(value, items))}
    return replace(box, controls=controls, alsa_cards=(card, *box.alsa_cards[1:]))


def named(box: Snapshot, name: str, as_name: str = "") -> Control:
    control = next(control for control in box.controls.values() if control.name == name)
    assert control.element is not None
    return replace(control, element=replace(control.element, name=as_name or name))


TWO, THREE = ("Disabled", "Enabled"), ("Disabled", "Speaker Only", "Line Out+Speaker")
SILENCES = "silent while headphones are plugged in (Auto-Mute)"


@pytest.mark.parametrize(
    ("items", "value", "name", "says"),
    [
        (TWO, 1, "Speaker", SILENCES),
        (TWO, 1, "Bass Speaker", SILENCES),
        (TWO, 0, "Speaker", ""),
        (TWO, 1, "PCM", ""),
        (THREE, 1, "Speaker", SILENCES),
        (THREE, 1, "Line Out", ""),
        (THREE, 2, "Line Out", SILENCES),
        (THREE, 2, "Headphone", ""),
    ],
)
def test_auto_mute_is_told_of_what_it_silences(
    items: tuple[str, ...], value: int, name: str, says: str
) -> None:
    box = auto_mute(items, value)
    told = sentence(named(box, "Speaker", name), box, {})
    assert ("Auto-Mute" in told) == bool(says)
    assert says in told
    box = auto_mute(items, value, plugged=True)
    told = sentence(named(box, "Speaker", name), box, {})
    assert ("silent because headphones are plugged in (Auto-Mute)" in told) == bool(says)


def test_auto_mute_itself_says_what_it_does() -> None:
    box = auto_mute(TWO, 1)
    told = sentence(named(box, "Auto-Mute Mode"), box, {})
    assert told == "hardware option; mutes the speakers while headphones are plugged in"


async def test_auto_mute_fits_the_line_above_the_keys(desk: Open) -> None:
    async with desk() as it:
        await it.choose("Speaker")
        assert f" Speaker  hardware; {SILENCES}  " in it.text
        await it.choose("Headphone")
        assert " Headphone  hardware; jack unplugged  " in it.text


async def test_a_plug_that_is_put_in_is_told_at_once(desk: Open) -> None:
    async with desk(backend=DemoBackend(still=True, box=auto_mute(TWO, 1))) as it:
        await it.choose("Speaker")
        it.backend.show(auto_mute(TWO, 1, plugged=True))
        await it.pilot.pause()
        assert "silent because headphones are plugged in" in it.text


async def test_what_is_wrong_at_the_start_is_said_whole(desk: Open) -> None:
    async with desk(notices=("/home/me/tuimixer.toml:2: is not valid TOML.", "Using the defaults.")) as it:
        assert "/home/me/tuimixer.toml:2: is not valid TOML. Using the defaults." in it.text


@pytest.mark.parametrize(
    ("cdb", "room", "text"),
    [
        (-1950, 6, "−19.5"),
        (-1925, 6, "−19.3"),
        (-1781, 5, "−17.8"),
        (-1781, 4, "−18"),
        (248, 4, "+2.5"),
        (-4, 4, "0.0"),
        (-10000, 3, ""),
        (MUTE_CDB, 1, ""),
        (MUTE_CDB, 2, "−∞"),
        (None, 6, ""),
    ],
)
def test_db_with_little_room_is_rounded(cdb: int | None, room: int, text: str) -> None:
    assert short_db(cdb, room, UNICODE) == text
