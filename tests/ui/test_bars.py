"""Faders and meters as cells: a true scale, the mark at 100 %, what is beyond it, states without color."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuimixer.ui.mixer.bars import Part, Ruler, horizontal_bar, meter_cells, meter_in_bar, vertical_bar
from tuimixer.ui.mixer.columns import paint_column, paint_scale
from tuimixer.ui.mixer.marks import marks_of
from tuimixer.ui.mixer.meters import Level
from tuimixer.ui.mixer.rows import Fields, cut_names, fields_for, tall_fields_for
from tuimixer.ui.mixer.strip_state import StripState
from tuimixer.ui.terminal.cells import Area, Grid, fit_middle
from tuimixer.ui.terminal.charsets import ASCII, UNICODE, CharSet
from tuimixer.ui.terminal.palette import Role, shade, split_role, two_tone

pytestmark = pytest.mark.unit

EMPTY, SOME, ALL = Part.EMPTY, Part.SOME, Part.ALL
STATE = StripState(
    id="pulse:sink_input/1",
    label="mpv",
    positions=(0.5, 0.5),
    sides=(0.5, 0.5),
    beyond=True,
    read_only=False,
    percents=(50, 50),
    cdb=-1806,
    mute=(False,),
    capture=None,
    choice=None,
    default=False,
    why_gone="",
    base=None,
    metered=True,
)


def at(*positions: float, **changes: object) -> StripState:
    """A strip with its channels at these positions."""
    state = replace(STATE, positions=positions, sides=(positions[0], positions[-1]))
    return replace(state, **changes)  # type: ignore[arg-type]


def painted(
    state: StripState, level: Level | None = None, charset: CharSet = UNICODE, halves: bool = True
) -> tuple[str, list[int]]:
    """Glyphs and roles of a bar of 19 cells: 12, the mark, and 6."""
    grid = Grid(19, 1)
    horizontal_bar(grid, 0, 0, 19, state, Role.APPLICATIONS, charset, halves)
    if halves:
        meter_in_bar(grid, 0, 0, 19, state, charset, level)
    return "".join(grid.text[0]), list(grid.roles[0])


@given(st.integers(0, 300))
def test_two_thirds_of_a_bar_are_up_to_100_percent(length: int) -> None:
    ruler = Ruler.of(length)
    if ruler.beyond:
        assert ruler.normal + 1 + ruler.beyond == length
        assert abs(ruler.normal - 2 * ruler.beyond) <= 2
    else:
        assert ruler.normal == length < 5


@given(st.integers(5, 100), st.lists(st.floats(0, 2), min_size=2, max_size=2))
def test_more_volume_never_fills_less(length: int, positions: list[float]) -> None:
    ruler = Ruler.of(length)
    low, high = sorted(positions)
    assert 0 <= ruler.reach(low) <= ruler.reach(high) <= ruler.normal + ruler.beyond
    assert (ruler.reach(high) > ruler.normal) == (high > 1)


@given(st.integers(5, 100), st.floats(0.01, 1.49))
def test_a_label_of_the_scale_is_on_the_last_cell_that_its_fader_fills(length: int, position: float) -> None:
    ruler, steps = Ruler.of(length), 8
    cell = ruler.cell(position)
    if position < 1:
        assert cell * steps - 1 <= ruler.reach(position, steps) <= (cell + 1) * steps
    assert 0 <= cell < ruler.normal + ruler.beyond
    assert (cell >= ruler.normal) == (position >= 1)


def test_labels_of_the_scale() -> None:
    # −5 dB is 7.4 of 9 cells, and +5 dB 2.1 of the 5 above the mark.
    grid, box = Grid(20, 23), Area(4, 0, 10, 20)
    paint_scale(grid, 0, box, UNICODE)
    scale = ["".join(row[:3]).strip() for row in grid.text]
    assert (Ruler.of(15), scale[:15]) == (
        Ruler(9, 5),
        ["+10", "", "+5", "", "", "0", "", "−5", "", "−15", "", "", "−30", "", "−60"],
    )


def test_parts_of_a_fader_whose_channels_differ() -> None:
    assert Ruler(4, 2).parts((0.5, 1.0)) == [ALL, ALL, SOME, SOME, EMPTY, EMPTY]
    assert Ruler(4, 2).parts((1.0, 1.25)) == [ALL, ALL, ALL, ALL, SOME, EMPTY]
    assert Ruler(4, 2).parts((1.5, 1.5)) == [ALL] * 6


def test_the_fader_is_in_the_upper_halves_and_the_meter_in_the_lower() -> None:
    text, roles = painted(at(0.5), Level(shares=(0.75,), targets=(0.75,), hold=1.0))
    assert text == "▀▀▀▀▀▀▄▄▄▄▄▄│▄▄▄▄▄▄"
    assert roles[0] == two_tone(Role.APPLICATIONS, shade(0.5 / 12))
    assert roles[6] == two_tone(shade(6.5 / 12), Role.TRACK)
    assert roles[9] == two_tone(Role.PAPER, Role.TRACK)
    assert roles[11] == two_tone(shade(11.5 / 12), Role.TRACK)  # the peak hold
    assert roles[12] == Role.FRAME
    assert roles[13] == two_tone(Role.PAPER, Role.TRACK)


def test_only_what_is_beyond_100_percent_is_warm() -> None:
    text, roles = painted(at(1.25))
    assert text == "▀▀▀▀▀▀▀▀▀▀▀▀│▀▀▀▄▄▄"
    assert set(roles[:12]) == {two_tone(Role.APPLICATIONS, Role.PAPER)}
    assert set(roles[13:16]) == {two_tone(Role.BAR_OVER, Role.PAPER)}


def test_what_cannot_go_beyond_100_percent_has_the_whole_bar() -> None:
    assert painted(at(1.0, beyond=False))[0] == "▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀"
    assert painted(at(0.5, beyond=False))[0] == "▀▀▀▀▀▀▀▀▀▀▄▄▄▄▄▄▄▄▄"


def test_the_difference_of_channels_is_within_the_bar() -> None:
    text, roles = painted(at(0.25, 0.5))
    assert text[:7] == "▀▀▀▀▀▀▄"
    assert roles[3] == two_tone(split_role(Role.APPLICATIONS), Role.PAPER)
    assert painted(at(0.25, 0.5), halves=False)[0] == "━━━░░░──────│──────"
    assert painted(at(0.25, 0.5), charset=ASCII, halves=False)[0] == "===:::------|------"


def test_the_difference_of_channels_is_told_beyond_100_percent_too() -> None:
    text, roles = painted(at(1.17, 1.34))
    assert text == "▀▀▀▀▀▀▀▀▀▀▀▀│▀▀▀▀▄▄"
    assert roles[14] == two_tone(Role.BAR_OVER, Role.PAPER)
    assert roles[15] == two_tone(split_role(Role.BAR_OVER), Role.PAPER)


def test_states_are_told_by_glyphs() -> None:
    bars = {
        "plain": painted(at(0.5))[0],
        "muted": painted(at(0.5, mute=(True,)))[0],
        "gone": painted(at(0.5, why_gone="paused"))[0],
        "read-only": painted(at(0.5, read_only=True))[0],
    }
    assert bars["muted"].startswith("╱╱╱╱╱╱▄")
    assert bars["gone"].startswith("······▄")
    assert bars["read-only"] == "▀▀▀▀▀▀      │      "
    assert len(set(bars.values())) == 4


def test_the_clip_mark_stands_at_100_percent() -> None:
    level = Level(shares=(1.0,), targets=(1.0,), hold=1.0, clipped_until=11.0, at=2.0)
    assert painted(at(0.5), level)[0][12] == "!"
    assert painted(at(0.5), replace(level, at=11.0))[0][12] == "│"


def test_a_meter_shows_its_loudest_channel() -> None:
    cells = meter_cells(Level(shares=(0.25, 0.5), targets=(0.25, 0.5)), 4)
    assert cells == [shade(0.125), shade(0.375), None, None]
    assert meter_cells(None, 3) == [None] * 3


def columns_of(state: StripState, height: int) -> list[str]:
    grid = Grid(1, height)
    vertical_bar(
        grid, 0, height - 1, 1, Ruler.of(height), state.sides[0], state, Role.OUTPUTS, UNICODE, False
    )
    return [row[0] for row in grid.text]


def test_a_column_leaves_the_line_of_0_db_free() -> None:
    assert columns_of(at(1.0), 10) == list("░░░ ██████")
    assert columns_of(at(1.25), 10) == list("░▄█ ██████")
    assert columns_of(at(0.5), 10) == list("░░░ ░░░███")


def test_a_short_column_tells_what_is_beyond_100_percent() -> None:
    shown = ["".join(columns_of(at(position), 5)) for position in (1.0, 1.02, 1.2, 1.4, 1.5)]
    assert shown == ["░ ███", "▁ ███", "▃ ███", "▆ ███", "█ ███"]
    assert columns_of(at(1.0, beyond=False), 10) == list("    ██████")


def foot(height: int, width: int = 10, /, **changes: object) -> list[str]:
    """The lines below the fader of a column: percent, dB, marks, name."""
    grid, box = Grid(width, height), Area(0, 0, width, height)
    state = at(0.5, **changes)
    paint_column(grid, box, state, Role.OUTPUTS, None, False, UNICODE, halves=True, beyond=True)
    lines = ["".join(row).strip() for row in grid.text]
    return lines[lines.index("50") :]


@pytest.mark.parametrize(
    ("label", "lines"),
    [
        ("Built-in Microphone", ["Built-in", "Micro-", "phone"]),
        ("SuperTuxKart", ["SuperTux", "Kart", ""]),
        ("Headset-Mikrofon", ["Headset-", "Mikrofon", ""]),
        ("Thunderbird", ["Thunderb-", "ird", ""]),
        ("USB Headset Mono", ["USB", "Headset", "Mono"]),
        ("音楽プレイヤー", ["音楽プレ", "イヤー", ""]),
    ],
)
def test_a_long_word_goes_on_in_the_next_line_of_a_column(label: str, lines: list[str]) -> None:
    assert foot(30, label=label)[3:] == lines


def test_a_word_is_not_broken_if_the_rest_of_the_name_would_be_cut() -> None:
    assert foot(20, label="Built-in Microphone")[3:] == ["Built-in", "Micropho…"]
    assert foot(12, label="Microphone")[3:] == ["Micropho…"]


def test_why_a_column_has_no_effect_is_below_a_short_name_if_not_beside_the_marks() -> None:
    gone = {"mute": (True,), "why_gone": "unplugged"}
    assert foot(30, **gone)[2:] == ["MUTE", "mpv", "unplugged", ""]
    assert foot(30, 13, **gone)[2:] == ["MUTE", "mpv", "unplugged", ""]
    assert foot(20, 13, label="SuperTuxKart Racing", **gone)[2:] == ["M unplugged", "SuperTuxKart", "Racing"]
    assert foot(20, label="SuperTuxKart", **gone)[2:] == ["M unplug…", "SuperTux", "Kart"]
    assert foot(30, why_gone="unplugged")[2:] == ["unplugged", "mpv", "", ""]


@pytest.mark.parametrize(
    ("changes", "room", "text"),
    [
        ({"mute": (True,), "capture": (False,)}, 5, "MUTE○"),
        ({"mute": (True,), "capture": (False,)}, 4, "M○"),
        ({"mute": (True,), "capture": (True, False)}, 6, "MUTE L"),
        ({"mute": (True,), "read_only": True}, 5, "MUTE"),
        ({"mute": (True,), "read_only": True}, 9, "MUTE LOCK"),
        ({"mute": (True, False), "default": True}, 5, "★M L"),
        ({"mute": (True,), "default": True}, 1, "M★"),
    ],
)
def test_marks_are_words_if_whole_words_fit(changes: dict[str, object], room: int, text: str) -> None:
    assert "".join(mark for mark, _ in marks_of(at(0.5, **changes), UNICODE, room)) == text


ROOMS = ("name", "about", "db")


@given(st.integers(1, 300), st.integers(8, 40), st.booleans(), st.booleans())
def test_a_wider_line_never_cuts_more(width: int, label: int, meter: bool, pulse: bool) -> None:
    narrow, wide = (fields_for(each, label, meter, pulse=pulse) for each in (width, width + 1))
    for room in ROOMS:
        assert getattr(narrow, room)[1] <= getattr(wide, room)[1], room


@given(st.integers(20, 300), st.integers(8, 40), st.booleans(), st.booleans())
def test_parts_of_a_line_do_not_overlap(width: int, label: int, meter: bool, pulse: bool) -> None:
    def places(fields: Fields) -> list[tuple[int, int]]:
        names = ("name", "marks", "bar", "percent", "db", "meter", "about")
        return [getattr(fields, name) for name in names if getattr(fields, name)[1]]

    line = places(fields_for(width, label, meter, pulse=pulse))
    for (start, room), (following, _) in pairwise(line):
        assert start + room <= following
    assert sum(line[-1]) <= width
    for start, room in places(tall_fields_for(max(width, 80), label, meter)):
        assert start + room <= max(width, 80)


def test_at_80_columns_there_is_room_for_a_route() -> None:
    assert fields_for(79, 14, False).about[1] >= len("→ Speakers · title")


def test_a_name_is_not_cut_for_the_sake_of_a_title() -> None:
    name = len("3D Control Sigmatel - Depth")
    line = fields_for(99, name, False)
    assert line.name[1] == name
    assert line.about[1] >= len("→ Speakers · title")


def test_a_card_alone_has_longer_bars_as_its_descriptions_are_short() -> None:
    card = fields_for(99, 14, False, pulse=False)
    assert card.bar[1] > fields_for(99, 14, False).bar[1]
    assert card.about[1] >= len("moves with Speakers")
    assert fields_for(79, len("Linear Above Silence"), False, pulse=False).name[1] == len(
        "Linear Above Silence"
    )


def test_names_that_begin_alike_are_cut_in_the_middle() -> None:
    names = ["Built-in Audio Analog Stereo", "Built-in Audio Digital Stereo (HDMI)", "Speakers"]
    shown = cut_names(names, 15, "…")
    assert len(set(shown.values())) == 3
    assert shown[names[1]].endswith("(HDMI)")
    assert cut_names(["A very long name"], 8, "…") == {"A very long name": "A very …"}


@given(st.text(alphabet="ab 音楽́", max_size=30), st.integers(0, 20))
def test_a_cut_in_the_middle_fits(text: str, width: int) -> None:
    from rich.cells import cell_len

    assert cell_len(fit_middle(text, width, "…")) <= max(width, 0)
