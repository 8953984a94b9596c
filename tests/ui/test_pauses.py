"""The pilot's pauses, on which all tests of the screen rely."""

import asyncio

import pytest

from tests.ui.conftest import Open

pytestmark = pytest.mark.screen


async def test_a_pause_lasts_until_nothing_is_due(desk: Open) -> None:
    """Also if the process does nothing in between, which looks like the end."""
    async with desk() as it:
        done: list[int] = []

        def go_on(number: int) -> None:
            done.append(number)
            if number < 10:
                asyncio.get_running_loop().call_later(0.015, go_on, number + 1)

        go_on(1)
        await it.pilot.pause()
        assert done == list(range(1, 11))
