"""A canary: the program's assumptions about Textual's internals still hold in the installed version."""

import asyncio
import gc
from collections import Counter
from pkgutil import resolve_name
from typing import Any

import pytest
import textual
from rich.cells import cached_cell_len
from textual._styles_cache import StylesCache
from textual.color import Color

from tests.lab.waiting import DEADLINE
from tests.ui.conftest import Desk, Open
from tuimixer.ui import textual_internals
from tuimixer.ui.dialogs import DIALOGS

pytestmark = pytest.mark.screen


@pytest.mark.parametrize(("owner", "name", "user"), textual_internals.NAMES)
async def test_a_private_name_is_still_there(desk: Open, owner: str, name: str, user: str) -> None:
    async with desk() as it:
        objects: dict[str, Any] = {
            "textual.app:App": it.app,
            "textual.screen:Screen": it.app.main,
            "textual.timer:Timer": it.app.main.set_timer(DEADLINE, lambda: None),
        }
        found = hasattr(objects.get(owner) or resolve_name(owner), name)
        assert found, (
            f"Textual {textual.__version__} has no {owner}.{name} any more: "
            f"see {user} in tuimixer/ui/textual_internals.py"
        )


def test_the_cache_of_backgrounds_is_still_keyed_on_objects() -> None:
    """If this fails, Textual has fixed it, and `forget_widgets` can be removed."""
    textual_internals.forget_widgets()
    ours = StylesCache.get_inner_outer(StylesCache(), Color(1, 2, 3), Color(4, 5, 6))
    original = textual_internals.original_inner_outer
    assert original(StylesCache(), Color(1, 2, 3), Color(4, 5, 6)) == ours
    assert hasattr(original, "cache_info"), f"see forget_widgets; Textual is {textual.__version__}"


async def open_all(it: Desk) -> None:
    # A stream, for which every dialog has something to show.
    await it.choose("mpv")
    for action in (*DIALOGS, "palette"):
        it.app.main.do(action)
        await it.pilot.pause()
        assert it.app.screen is not it.app.main, action
        await it.press("escape")
        assert it.app.screen is it.app.main, action


def living() -> Counter[str]:
    """Number of objects of each class of Textual and of this program.

    Without tuples, such as colors: those are values, some of which are in bounded caches.
    """
    gc.collect()
    kinds = (type(thing) for thing in gc.get_objects())
    return Counter(
        f"{kind.__module__}.{kind.__qualname__}"
        for kind in kinds
        # Of some classes, made by others' metaclasses, it is not a name.
        if str(kind.__module__).startswith(("textual", "tuimixer")) and not issubclass(kind, tuple)
    )


async def test_closed_dialogs_leave_nothing_behind(desk: Open) -> None:
    """Another cache of Textual that is keyed on objects would show up here, too."""
    async with desk() as it:
        for _ in range(2):
            await open_all(it)
        before = living()
        for _ in range(4):
            await open_all(it)
        grown = {kind: number for kind, number in (living() - before).items() if number >= 4}
        assert grown == {}


@pytest.mark.parametrize("event", ["another size", "a closed dialog"])
async def test_caches_of_sizes_are_emptied(desk: Open, event: str) -> None:
    def held() -> int:
        return sum(method.cache_info().currsize for method in textual_internals.sized_caches())

    async with desk() as it:
        for number in range(3000):
            cached_cell_len(f"text {number}")
        assert held() >= 3000
        if event == "another size":
            await it.pilot.resize_terminal(90, 30)
        else:
            await it.press("f1", "escape")
        async with asyncio.timeout(DEADLINE):
            while held() >= 3000:
                await it.pilot.pause(0.01)
