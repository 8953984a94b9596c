"""A canary: what the program knows of Textual's insides is still so in the Textual that is installed."""

import gc
import weakref
from typing import Any

import pytest
import textual
from textual._styles_cache import StylesCache
from textual.color import Color

from tests.ui.conftest import Open
from tuimixer.ui import textual_internals

pytestmark = pytest.mark.screen


@pytest.mark.parametrize(("owner", "name", "user"), textual_internals.NAMES)
async def test_a_private_name_is_still_there(desk: Open, owner: type, name: str, user: str) -> None:
    async with desk() as it:
        objects: dict[str, Any] = {"App": it.app, "Screen": it.app.main}
        found = hasattr(objects.get(owner.__name__, owner), name)
        assert found, (
            f"Textual {textual.__version__} has no {owner.__name__}.{name} any more: "
            f"see {user} in tuimixer/ui/textual_internals.py"
        )


def test_the_cache_of_backgrounds_is_still_keyed_on_objects() -> None:
    """If this fails, Textual has put it right, and `forget_widgets` can go."""
    textual_internals.forget_widgets()
    ours = StylesCache.get_inner_outer(StylesCache(), Color(1, 2, 3), Color(4, 5, 6))
    original = textual_internals.original_inner_outer
    assert original(StylesCache(), Color(1, 2, 3), Color(4, 5, 6)) == ours
    assert hasattr(original, "cache_info"), f"see forget_widgets; Textual is {textual.__version__}"


async def test_a_closed_dialog_is_forgotten(desk: Open) -> None:
    async with desk() as it:
        await it.press("f1")
        dialog = weakref.ref(it.app.screen)
        await it.press("escape")
        for key in ("enter", "f8", "f7"):
            # What was painted last is kept until something else is painted.
            await it.press(key)
            await it.press("escape")
        gc.collect()
        assert dialog() is None


async def test_no_dialog_is_kept_by_a_cache_of_textual(desk: Open) -> None:
    """All that a dialog is made of goes with it; a further cache that is keyed on objects would show here."""
    async with desk() as it:
        caches = []
        for key in ("f1", "enter", "f2", "f6", "f7", "f8", "f", "equals_sign", "ctrl+p"):
            before = it.app.screen
            await it.press(key)
            assert it.app.screen is not before, key
            caches += [weakref.ref(widget) for widget in it.app.screen.walk_children()]
            caches.append(weakref.ref(it.app.screen))
            await it.press("escape")
            assert it.app.screen is before
        await it.press("f1")
        await it.press("escape")
        gc.collect()
        assert [kept() for kept in caches if kept() is not None] == []
