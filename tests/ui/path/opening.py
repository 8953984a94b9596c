"""F8 opened on the screen under test, and where its cursor is."""

from tests.ui.conftest import Desk
from tuimixer.ui.path.screen import PathScreen
from tuimixer.ui.path.view import PathView

SIZES = [(80, 24), (100, 30), (120, 40), (200, 60), (40, 12)]


def size_id(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


async def open_map(it: Desk, name: str) -> PathView:
    if name:
        await it.choose(name)
    await it.press("f8")
    await it.pilot.pause()
    screen = it.app.screen
    assert isinstance(screen, PathScreen)
    return screen.view


async def open_stairs(it: Desk, name: str) -> PathView:
    view = await open_map(it, name)
    await it.press("enter")
    assert view.path is not None
    return view


async def step_to(it: Desk, view: PathView, name: str) -> None:
    names = [step.stage.name for step in view.steps]
    await it.press("home", *["down"] * names.index(name))
    assert view.stage is not None
    assert view.stage.name == name


def stage_name(view: PathView) -> str:
    return view.stage.name if view.stage is not None else ""
