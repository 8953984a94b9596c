"""A main screen on the simulated machine, and its contents as text."""

import asyncio
import math
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest
from pytest_textual_snapshot import SVGImageExtension
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from textual.pilot import Pilot

from tests.lab.waiting import DEADLINE
from tuimixer.backend.demo.backend import DemoBackend
from tuimixer.config.schema import Config, MeterOptions
from tuimixer.mixer.mixer import Mixer
from tuimixer.model.control import Control, ControlId
from tuimixer.model.scale import to_percent
from tuimixer.ui.app import TuiMixerApp
from tuimixer.ui.first_picture import new_renderer
from tuimixer.ui.mixer import screen as mixer_screen
from tuimixer.ui.screens.listing import Listing
from tuimixer.ui.terminal.capabilities import look_at

_SOON = 0.04
"""Seconds: a screen is not at rest before what is due within this time has been done.

Above Textual's 1/60 s between layouts, below the 1/16 s of its animations, which would never end a wait.
"""


def percents(control: Control) -> tuple[int, ...]:
    """Each channel's volume in percent."""
    assert control.scale is not None
    return tuple(to_percent(control.scale, raw) for raw in control.raws)


class TextExtension(SingleFileSnapshotExtension):
    """Snapshots that can be read in a diff."""

    _file_extension = "txt"
    _write_mode = WriteMode.TEXT


def screen_text(app: TuiMixerApp) -> str:
    """What is on the screen, line by line."""
    lines = app.screen._compositor.render_strips()
    return "\n".join(line.text.rstrip() for line in lines) + "\n"


@dataclass
class Desk:
    """A running screen and everything around it."""

    app: TuiMixerApp
    pilot: Pilot[Any]
    backend: DemoBackend
    mixer: Mixer
    clock: list[float]

    @property
    def text(self) -> str:
        return screen_text(self.app)

    @property
    def dialog(self) -> str:
        """The dialog on top, without what can be seen of the main screen around it."""
        box = self.app.screen.query_one(".dialog--box").region
        lines = self.app.screen._compositor.render_strips()[box.y : box.bottom]
        return "\n".join(line.crop(box.x, box.right).text for line in lines) + "\n"

    @property
    def cursor(self) -> ControlId | None:
        return self.app.main.renderer.cursor

    @property
    def chosen(self) -> Control:
        control = self.app.main.renderer.control
        assert control is not None
        return control

    def control(self, name: str, end: str = "") -> Control:
        """The control with a name, and an id that ends like this."""
        return next(c for c in self.mixer.snapshot.controls.values() if c.name == name and c.id.endswith(end))

    async def choose(self, name: str, end: str = "") -> Control:
        control = self.control(name, end)
        self.app.main.renderer.choose(control.id)
        await self.pilot.pause()
        return control

    async def go_to(self, line_id: str) -> None:
        """Put the cursor of a dialog's list on a line."""
        listing = self.app.screen.query_one(Listing)
        listing.choose(line_id)
        await self.pilot.pause()
        assert listing.line is not None
        assert listing.line.id == line_id

    async def learnt(self) -> None:
        """Wait until it is known which controls the server drives."""
        main = self.app.main
        async with asyncio.timeout(DEADLINE):
            while main._learning is not None or not main._systems:
                await self.pilot.pause(0.01)
        await self.pilot.pause()

    async def levels_shown(self) -> None:
        """Wait until every meter on the screen has its level."""
        renderer = self.app.main.renderer
        async with asyncio.timeout(DEADLINE):
            while not renderer.metered <= renderer.meters.levels.keys():
                await self.pilot.pause(0.01)
        await self.pilot.pause()

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()


async def _until_idle(*_: float) -> None:
    """Wait until the event loop has nothing to do, now or soon."""
    loop: Any = asyncio.get_running_loop()
    async with asyncio.timeout(DEADLINE):
        while True:
            await asyncio.sleep(0)
            if loop._ready:
                continue
            due = min((call.when() for call in loop._scheduled if not call.cancelled()), default=math.inf)
            if due > loop.time() + _SOON:
                return
            await asyncio.sleep(due - loop.time())


@pytest.fixture(autouse=True)
def _pause_until_idle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Textual mistakes a process that gets no processor time for an idle one."""
    for module in ("textual.pilot", "textual.app"):
        monkeypatch.setattr(f"{module}.wait_for_idle", _until_idle)


Open = Callable[..., AbstractAsyncContextManager[Desk]]


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Open:
    """Opens a main screen: `async with desk(size=(80, 24), backend=…, config=…) as it`."""

    monkeypatch.setattr(mixer_screen, "_LEARN_SECONDS", 0.001)

    @asynccontextmanager
    async def opened(
        size: tuple[int, int] = (80, 24),
        backend: DemoBackend | None = None,
        config: Config | None = None,
        environment: dict[str, str] | None = None,
        encoding: str = "utf-8",
        card: str = "all",
        view: str = "",
        others: Sequence[DemoBackend] = (),
        notices: Sequence[str] = (),
    ) -> AsyncIterator[Desk]:
        backend = backend or DemoBackend(still=True)
        config = config or Config(meters=MeterOptions(show="on"))
        if view or config.view == Config().view:
            # Everything at once, unless a test is about what a view hides.
            config = replace(config, view=view or "all")
        clock = [1000.0]
        mixer = Mixer(backend, clock=lambda: clock[0])
        terminal = look_at(environment or {"TERM": "xterm-256color"}, config, encoding)
        mixers = [mixer, *map(Mixer, others)]
        renderer, problems = new_renderer(config, terminal, clock=lambda: clock[0])
        notices = (*notices, *problems)
        app = TuiMixerApp(mixers, config, renderer=renderer, notices=notices, clock=lambda: clock[0])
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            if card == "all":
                app.main.show_card(None)
                await pilot.pause()
            it = Desk(app, pilot, backend, mixer, clock)
            await it.learnt()
            await it.levels_shown()
            yield it

    return opened


@pytest.fixture
def text_snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(TextExtension)


@pytest.fixture
def svg_snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(SVGImageExtension)


def named(control: Control, name: str) -> Control:
    """The same control under another name."""
    return replace(control, name=name)
