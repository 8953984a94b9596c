"""Keys are delivered one at a time, whatever happens to the screens that they open and close."""

import asyncio

import pytest
from textual import events
from textual.app import App
from textual.screen import Screen

from tests.lab.waiting import DEADLINE
from tuimixer.ui.keyboard import Keyboard, Typed

pytestmark = pytest.mark.screen


class Below(Screen[None]):
    """Closes as soon as the next key is held back until it is drawn."""

    def call_after_refresh(self, *arguments: object, **named: object) -> bool:
        self.dismiss()
        return True


class Keys(App[None]):
    """Two screens, of which the key o closes the upper one; keeps the other keys."""

    def __init__(self) -> None:
        super().__init__()
        self.keyboard = Keyboard(self, self._give)
        self.taken: list[str] = []

    async def on_mount(self) -> None:
        await self.push_screen(Below())
        await self.push_screen(Screen())

    async def _give(self, typed: Typed) -> None:
        assert isinstance(typed, events.Key)
        if typed.key == "n":
            self.push_screen(Below())
        elif typed.key == "o":
            self.pop_screen()
        else:
            self.taken.append(typed.key)


@pytest.mark.parametrize("key", ["o", "n"])
async def test_a_screen_that_closes_before_it_is_drawn_does_not_hold_back_the_next_key(key: str) -> None:
    async with Keys().run_test() as pilot:
        app = pilot.app
        assert isinstance(app, Keys)
        for typed in (key, "a"):
            await app.keyboard.take(events.Key(typed, typed))
        async with asyncio.timeout(DEADLINE):
            while app.taken != ["a"]:
                await pilot.pause(0.01)
