"""The grid and what is written of it: a terminal that receives only the changes shows the whole."""

import pyte
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tuimixer.ui.terminal.cells import Grid, fit, fit_lines, wrap
from tuimixer.ui.terminal.direct_writer import by_look, encode
from tuimixer.ui.terminal.palette import Look, Role, shade, two_tone
from tuimixer.ui.terminal.themes import theme

pytestmark = pytest.mark.unit

WIDTH, HEIGHT = 24, 5
puts = st.tuples(
    st.integers(-2, WIDTH),
    st.integers(-1, HEIGHT),
    st.text(alphabet="abz ━█音楽é☎\ufe0f", max_size=14),
    st.sampled_from([Role.TEXT, Role.TRACK, Role.CURSOR, Role.MUTE]),
)


def terminal_of(grid: Grid) -> pyte.Screen:
    """A terminal that received all lines of the grid at once."""
    screen = pyte.Screen(WIDTH, HEIGHT)
    stream = pyte.Stream(screen)
    stream.feed(shown(encode([(0, y, grid.line(y)) for y in range(HEIGHT)], theme("dark"))[0]))
    return screen


def shown(written: str) -> str:
    """What is written without variation selectors, after which pyte drops the rest of a text."""
    return written.replace("\ufe0f", "")


def colours_of(screen: pyte.Screen) -> list[tuple[str, str, bool]]:
    """Colors and weight of each cell."""
    cells = (screen.buffer[y][x] for y in range(HEIGHT) for x in range(WIDTH))
    return [(cell.fg, cell.bg, cell.bold) for cell in cells]


@example([(True, [(0, 0, "\N{BLACK TELEPHONE}\ufe0f and more", Role.TRACK)])])
@given(st.lists(st.tuples(st.booleans(), st.lists(puts, max_size=4)), min_size=1, max_size=8))
def test_changes_add_up_to_the_whole(rounds: list[tuple[bool, list[tuple[int, int, str, Role]]]]) -> None:
    grid = Grid(WIDTH, HEIGHT)
    palette = theme("dark")
    screen = pyte.Screen(WIDTH, HEIGHT)
    stream = pyte.Stream(screen)
    look: Look | None = None
    for sort, changes in rounds:
        for x, y, text, role in changes:
            if 0 <= y < HEIGHT:
                grid.fill(0, y, WIDTH, 1)
            grid.put(x, y, text, role)
        runs = by_look(grid.changes(), palette, look) if sort else grid.changes()
        written, look = encode(runs, palette, look=look)
        stream.feed(shown(written))
        whole = terminal_of(grid)
        assert list(screen.display) == list(whole.display)
        assert colours_of(screen) == colours_of(whole)


def test_cells_of_one_look_are_written_together() -> None:
    grid = Grid(WIDTH, HEIGHT)
    encode(grid.changes(), theme("dark"))
    for y in range(HEIGHT):
        grid.put(3, y, "ab", Role.TRACK)
        grid.put(5, y, "c", Role.MUTE)
    written, _ = encode(by_look(grid.changes(), theme("dark"), None), theme("dark"))
    assert written.count("m") == 2


def test_each_look_differs_little_from_the_one_before() -> None:
    grid = Grid(WIDTH, HEIGHT)
    encode(grid.changes(), theme("dark"))
    low, high = shade(0.1), shade(0.9)
    for y, paper in enumerate((low, Role.PAPER, high)):
        grid.put(3, y, "▀", two_tone(Role.OUTPUTS, paper))
        grid.put(5, y, "▀", two_tone(Role.APPLICATIONS, paper))
    palette = theme("dark")
    first = palette.looks[two_tone(Role.APPLICATIONS, high)]
    written, _ = encode(by_look(grid.changes(), palette, first), palette, look=first)
    # Two backgrounds, the other glyph color, and two backgrounds with it.
    assert written.count("48;2;") == 4
    assert written.count("38;2;") == 1


def test_nothing_is_written_for_nothing() -> None:
    grid = Grid(WIDTH, HEIGHT)
    grid.put(0, 0, "same", Role.TEXT)
    assert encode(grid.changes(), theme("dark"))[0]
    grid.fill(0, 0, WIDTH, 1)
    grid.put(0, 0, "same", Role.TEXT)
    assert not encode(grid.changes(), theme("dark"))[0]


@given(st.text(alphabet="ab 音楽́", max_size=30), st.integers(0, 20))
def test_fit(text: str, width: int) -> None:
    from rich.cells import cell_len

    assert cell_len(fit(text, width, "…")) <= max(width, 0)


def test_wrap_breaks_between_words() -> None:
    assert wrap("USB Headset Mono", 8) == ["USB", "Headset", "Mono"]
    assert wrap("Mic Boost", 9) == ["Mic Boost"]
    assert wrap("Headset Microphone", 9) == ["Headset", "Microphon", "e"]
    assert wrap("", 9) == [""]
    assert fit_lines(["one", "two", "three"], 2, 5, "…") == ["one", "two …"]


@pytest.mark.parametrize("text", ["a\x1b[31mb", "\x1b]0;title\x07ab", "é\x9b2Jab", "a\u202eb"])
def test_nothing_that_steers_a_terminal_is_written(text: str) -> None:
    grid = Grid(WIDTH, HEIGHT)
    grid.put(0, 0, text, Role.TEXT)
    written = "".join(part for _, part in grid.line(0))
    assert written.isprintable()
