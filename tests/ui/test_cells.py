"""The grid and what is written of it: a terminal that receives only the changes shows the whole."""

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuimixer.ui.terminal.cells import Grid, fit, fit_lines, wrap
from tuimixer.ui.terminal.direct_writer import encode
from tuimixer.ui.terminal.palette import Role
from tuimixer.ui.terminal.themes import theme

pytestmark = pytest.mark.unit

WIDTH, HEIGHT = 24, 5
puts = st.tuples(
    st.integers(-2, WIDTH),
    st.integers(-1, HEIGHT),
    st.text(alphabet="abz ━█音楽é", max_size=14),
    st.sampled_from([Role.TEXT, Role.BAR, Role.CURSOR, Role.MUTE]),
)


def terminal_of(grid: Grid) -> list[str]:
    """The grid's lines as shown by a terminal that received all of them at once."""
    screen = pyte.Screen(WIDTH, HEIGHT)
    stream = pyte.Stream(screen)
    stream.feed(encode([(0, y, grid.line(y)) for y in range(HEIGHT)], theme("dark")))
    return list(screen.display)


@given(st.lists(st.lists(puts, max_size=4), min_size=1, max_size=8))
def test_changes_add_up_to_the_whole(rounds: list[list[tuple[int, int, str, Role]]]) -> None:
    grid = Grid(WIDTH, HEIGHT)
    screen = pyte.Screen(WIDTH, HEIGHT)
    stream = pyte.Stream(screen)
    for changes in rounds:
        for x, y, text, role in changes:
            if 0 <= y < HEIGHT:
                grid.fill(0, y, WIDTH, 1)
            grid.put(x, y, text, role)
        stream.feed(encode(grid.changes(), theme("dark")))
        assert list(screen.display) == terminal_of(grid)


def test_nothing_is_written_for_nothing() -> None:
    grid = Grid(WIDTH, HEIGHT)
    grid.put(0, 0, "same", Role.TEXT)
    assert encode(grid.changes(), theme("dark"))
    grid.fill(0, 0, WIDTH, 1)
    grid.put(0, 0, "same", Role.TEXT)
    assert not encode(grid.changes(), theme("dark"))


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
