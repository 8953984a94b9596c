"""The mouse of a real terminal: fader, drag, wheel, mute, name."""

import pytest

from tests.pty.conftest import Box, Open
from tests.pty.person import row_of

pytestmark = pytest.mark.pty


def percents(box: Box, name: str, wanted: range) -> bool:
    return all(percent in wanted for percent in box.percents(name))


def test_rows(box: Box, opened: Open) -> None:
    with opened("--layout", "rows") as person:
        person.choose("mpv")  # a click that arrives before the first key has been processed is lost
        first, last, line = person.bar("mpv")
        person.terminal.click(first, line)
        person.waits_for(lambda: set(box.percents("mpv")) == {0}, "a click at the left end")
        person.sees_chosen("mpv")
        person.terminal.click(last, line)
        person.waits_for(lambda: set(box.percents("mpv")) == {100}, "a click at the right end")
        middle = (first + last) // 2
        person.terminal.drag((last, line), (middle, line))
        person.waits_for(lambda: percents(box, "mpv", range(45, 56)), "a drag to the middle")
        # A drag continues outside the strip's own line, and ends when the button is released.
        person.terminal.drag((middle, line), (first, line - 3))
        person.waits_for(lambda: set(box.percents("mpv")) == {0}, "a drag to the left end")
        person.terminal.mouse(32, last, line)
        other = person.bar("Firefox")[2]
        person.terminal.click(first, other, button=2)
        person.sees("select it first (o)")
        person.press("o", "o")
        person.sees("only front-right")
        person.terminal.click(first, other, button=2)
        person.waits_for(lambda: box.percents("Firefox") == [60, 0], "the right button to move one channel")
        assert set(box.percents("mpv")) == {0}


def test_wheel_mute_and_name(box: Box, opened: Open) -> None:
    with opened("--layout", "rows") as person:
        person.choose("mpv")
        first, _, line = person.bar("Music")
        before = box.percents("Music")[0]
        person.terminal.wheel(first + 3, line, up=True)
        person.waits_for(lambda: box.percents("Music")[0] > before, "the wheel to make it louder")
        person.sees_chosen("Music")
        person.terminal.wheel(first + 3, line, up=False, clicks=2)
        person.waits_for(lambda: box.percents("Music")[0] < before, "the wheel to make it quieter")
        person.press("m")
        person.waits_for(lambda: person.muted("Music"), "the mute on the screen")
        number, row = row_of(person.terminal.lines(), "Music")
        person.terminal.click(row.index("MUTE"), number)
        person.waits_for(lambda: not box.muted("Music"), "a click on the mark to end it")
        person.terminal.click(row.index("MUTE"), number)
        person.waits_for(lambda: box.muted("Music"), "a click on the mark's place to mute")
        person.terminal.click(2, row_of(person.terminal.lines(), "Firefox")[0])
        person.sees_chosen("Firefox")


def test_columns(box: Box, opened: Open) -> None:
    with opened("--layout", "columns") as person:
        person.choose("mpv", "Right")
        lines = person.terminal.lines()
        foot = next(i for i, line in enumerate(lines) if "mpv" in line)
        column = lines[foot].index("mpv") + 1
        bottom = next(i for i in range(foot, 0, -1) if lines[i][column : column + 1] == "█")
        person.terminal.click(column, bottom)
        person.waits_for(lambda: set(box.percents("mpv")) == {0}, "a click at the bottom")
        person.terminal.drag((column, bottom), (column, 2))
        person.waits_for(lambda: set(box.percents("mpv")) == {100}, "a drag to the top")


def test_without_mouse(opened: Open) -> None:
    with opened("--no-mouse") as person:
        assert b"\x1b[?1000h" not in person.terminal.output
        assert b"\x1b[?1003h" not in person.terminal.output
