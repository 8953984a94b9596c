"""What the program writes to the terminal: little for a step, nothing when nothing happens."""

import re

import pytest

from tests.pty.conftest import Box, Open

pytestmark = pytest.mark.pty

MOST_BYTES = 150
"""Maximum number of bytes that a volume step may write, on average."""


@pytest.mark.parametrize("layout", ["rows", "columns"])
def test_a_step_writes_little_and_rest_writes_nothing(box: Box, opened: Open, layout: str) -> None:
    with opened("--layout", layout) as person:
        person.choose("mpv")
        person.terminal.wait_quiet(1.0)
        sizes = []
        for number in range(20):
            before = person.terminal.received
            person.press("+" if number < 10 else "-")
            wanted = 61 + number if number < 10 else 79 - number
            box.waits_for_percent("mpv", wanted)
            person.terminal.wait_for(lambda screen, wanted=wanted: re.search(rf"\b{wanted}\b", screen))  # type: ignore[misc]
            person.terminal.wait_quiet()
            sizes.append(person.terminal.received - before)
        print(f"{layout}: bytes a step: median {sorted(sizes)[10]}, most {max(sizes)}")
        assert min(sizes) > 0
        # A busy machine paints two steps at once, or an echo separately from its step: the median counts.
        assert sorted(sizes)[10] <= MOST_BYTES
        person.terminal.wait_quiet(3.0)
        before = person.terminal.received
        person.terminal.wait_quiet(3.0)
        assert person.terminal.received == before


def test_a_held_key_ends_on_the_right_value(box: Box, opened: Open) -> None:
    with opened("--layout", "rows") as person:
        person.choose("mpv")
        person.press("0")
        person.waits_for(lambda: set(box.percents("mpv")) == {0}, "silence")
        for _ in range(80):
            person.press("Right")
        person.waits_for(lambda: set(box.percents("mpv")) == {80}, "80 steps")
        person.sees_percent("mpv", 80)
