"""Themes: readable in each, identical to Textual's of the same name, custom ones, and previews."""

import math

import pytest
from textual.theme import BUILTIN_THEMES

from tests.ui.conftest import Desk, Open
from tuimixer.config.load import parse
from tuimixer.config.schema import Config
from tuimixer.config.theme_names import THEME_COLORS, THEMES
from tuimixer.ui.screens.listing import Listing
from tuimixer.ui.terminal.capabilities import look_at
from tuimixer.ui.terminal.colour import contrast, nearest_256, of_256
from tuimixer.ui.terminal.colour import parse as colour_of
from tuimixer.ui.terminal.palette import SHADES, TRUE_COLOUR, Look, Palette, Role, shade
from tuimixer.ui.terminal.themes import Scheme, names, palette_of, scheme, theme

TEXTS = [
    *(Role.TEXT, Role.DIM, Role.STRONG, Role.HEADING, Role.STATUS, Role.STATUS_DIM, Role.STATUS_ON),
    *(Role.STATUS_GOOD, Role.STATUS_BAD, Role.CURSOR, Role.VALUE, Role.CHOSEN, Role.MUTE, Role.RECORD),
    *(Role.STAR, Role.KEY, Role.HINT, Role.ERROR, Role.HARDWARE, Role.OUTPUTS, Role.APPLICATIONS),
    *(Role.HARDWARE_TITLE, Role.OUTPUTS_TITLE, Role.APPLICATIONS_TITLE),
]
FAINT = [Role.GONE, Role.BAR_SILENT, Role.BAR_OVER, *map(shade, (step / SHADES for step in range(SHADES)))]


def ratio(look: Look) -> float:
    """Contrast of a look's two colors, as the terminal shows them."""
    fg, bg = (
        number - TRUE_COLOUR if number >= TRUE_COLOUR else of_256(number)
        for number in (look.fg, look.bg)
        if number is not None
    )
    return contrast(fg, bg)


def check(palette: Palette, text: float = 4.5) -> None:
    low = {Role(role).name: ratio(palette.looks[role]) for role in TEXTS if ratio(palette.looks[role]) < text}
    assert not low
    assert not {role: ratio(palette.looks[role]) for role in FAINT if ratio(palette.looks[role]) < 3}


@pytest.mark.unit
@pytest.mark.parametrize("true_colour", [True, False], ids=["true colour", "256"])
@pytest.mark.parametrize("name", names())
def test_every_text_can_be_read(name: str, true_colour: bool) -> None:
    check(theme(name, true_colour), 7 if name == "high-contrast" else 4.5)


@pytest.mark.unit
@pytest.mark.parametrize("name", names())
def test_dialogs_can_be_read_too(name: str) -> None:
    textual = theme(name).textual
    for colour in ("primary", "secondary", "accent", "foreground", "success", "warning", "error"):
        assert contrast(colour_of(textual[colour]), colour_of(textual["surface"])) >= 4.5, colour


@pytest.mark.unit
def test_own_colours_that_nobody_could_read_are_moved() -> None:
    grey = {colour: "#777777" for colour in THEME_COLORS}
    check(theme("dark", True, grey))


@pytest.mark.unit
def test_textual_has_the_same_themes() -> None:
    known = {name: found for name, found in BUILTIN_THEMES.items() if not name.startswith("ansi-")}
    assert set(known) == set(names()) - {"dark", "light", "high-contrast"}
    for name, found in known.items():
        ours = scheme(name)
        for field, colour in (
            ("background", found.background),
            ("foreground", found.foreground),
            ("good", found.success),
            ("warning", found.warning),
            ("error", found.error),
        ):
            if colour:
                assert getattr(ours, field) == colour_of(colour), (name, field)
        assert palette_of(ours, True).dark == found.dark


@pytest.mark.unit
def test_the_configuration_knows_the_same_names() -> None:
    assert set(THEMES) == {"auto", "ansi", *names()}
    assert set(THEME_COLORS) == set(Scheme.__match_args__) - {"name"}


@pytest.mark.unit
def test_the_layers_are_told_apart() -> None:
    for name in names():
        colours = scheme(name)
        assert len({colours.hardware, colours.outputs, colours.applications}) == 3, name


@pytest.mark.unit
@pytest.mark.parametrize("name", names())
def test_what_is_beyond_100_percent_has_the_color_of_no_layer(name: str) -> None:
    looks = theme(name).looks

    def apart(one: Role, other: Role) -> float:
        first, second = (looks[role].fg or 0 for role in (one, other))
        return math.dist(*([number >> by & 255 for by in (16, 8, 0)] for number in (first, second)))

    for layer in (Role.HARDWARE, Role.OUTPUTS, Role.APPLICATIONS):
        assert apart(Role.BAR_OVER, layer) > 30, layer


@pytest.mark.unit
def test_meters_are_smooth_in_true_colour_and_go_from_green_to_red() -> None:
    looks = theme("dark").looks
    assert len({looks[shade(step / SHADES)].fg for step in range(SHADES)}) == SHADES
    last = looks[shade(1.0)].fg
    assert last == looks[shade(2.0)].fg == TRUE_COLOUR | scheme("dark").error


@pytest.mark.unit
@pytest.mark.parametrize("number", range(16, 256))
def test_each_of_the_256_colours_is_nearest_to_itself(number: int) -> None:
    assert of_256(nearest_256(of_256(number))) == of_256(number)


@pytest.mark.unit
@pytest.mark.parametrize("text", ["89b4fa", "#89b4f", "#89b4fag", "#xyzxyz", "#+12345", ""])
def test_what_is_not_a_colour(text: str) -> None:
    with pytest.raises(ValueError, match="is not a color"):
        colour_of(text)


@pytest.mark.unit
def test_a_theme_of_ones_own() -> None:
    config, problems = parse('[theme]\nbase = "nord"\noutputs = "#FF0000"\n')
    assert not problems
    assert (config.theme, config.colors) == ("nord", {"outputs": "#ff0000"})
    own = theme(config.theme, True, config.colors)
    assert own.looks[Role.OUTPUTS] != theme("nord").looks[Role.OUTPUTS]
    assert own.looks[Role.HARDWARE] == theme("nord").looks[Role.HARDWARE]


@pytest.mark.unit
@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[theme]\noutputs = "red"', '2: theme.outputs is "red"; it must be a color such as "#89b4fa".'),
        ('[theme]\nbase = "nor"', '2: theme.base is "nor"; it must be one of'),
        ('[theme]\noutput = "#000000"', "2: theme.output is not a known setting"),
        ('theme = "nor"', '1: theme is "nor"; it must be one of auto, dark'),
    ],
)
def test_what_is_wrong_with_a_theme(text: str, sentence: str) -> None:
    assert parse(text)[1][0].startswith(sentence)


def background(it: Desk) -> object:
    style = it.app.screen._compositor.render_strips()[2]._segments[0].style
    assert style is not None
    return style.bgcolor


@pytest.mark.screen
async def test_each_theme_is_seen_while_it_is_chosen(desk: Open) -> None:
    async with desk(config=Config(theme="nord", layout="rows")) as it:
        nord = background(it)
        it.app.main.do("theme")
        await it.pilot.pause()
        listing = it.app.screen.query_one(Listing)
        assert listing.line is not None
        assert listing.line.id == "nord"
        await it.press("down")
        assert it.app.terminal.palette.name == "gruvbox"
        assert background(it) != nord
        await it.press("escape")
        assert it.app.terminal.palette.name == "nord"
        assert background(it) == nord
        it.app.main.do("theme")
        await it.pilot.pause()
        await it.press("down", "enter")
        assert it.app.terminal.palette.name == "gruvbox"
        assert background(it) != nord
        assert it.app.screen is it.app.main


@pytest.mark.screen
async def test_ones_own_colours_come_back(desk: Open) -> None:
    config = Config(theme="nord", colors={"background": "#000000"}, layout="rows")
    async with desk(config=config) as it:
        own = background(it)
        it.app.main.do("theme")
        await it.pilot.pause()
        await it.press("down")
        assert background(it) != own
        await it.press("escape")
        assert background(it) == own


@pytest.mark.unit
@pytest.mark.parametrize(
    ("background", "light"),
    [("7", True), ("15", True), ("8", False), ("16", False), ("²", False), ("9" * 5000, False), ("", False)],
    ids=["7", "15", "8", "16", "superscript", "huge", "none"],
)
def test_a_light_background_is_recognized(background: str, light: bool) -> None:
    assert look_at({"TERM": "xterm-256color", "COLORFGBG": f"0;{background}"}, Config()).light is light
