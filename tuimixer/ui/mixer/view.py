"""The widget that shows the main screen; it sends what the renderer has painted to the terminal."""

from asyncio import TimerHandle
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from rich.segment import Segment
from textual.geometry import Offset, Region
from textual.strip import Strip
from textual.widget import Widget

from tuimixer.model.snapshot import Levels
from tuimixer.ui.later import after
from tuimixer.ui.mixer.renderer import Renderer
from tuimixer.ui.terminal.direct_writer import by_look, encode
from tuimixer.ui.terminal.pacing import QUESTION, Pace
from tuimixer.ui.terminal.palette import Role, Styles
from tuimixer.ui.textual_internals import paints_now

if TYPE_CHECKING:
    from collections.abc import Callable

    from tuimixer.ui.app import TuiMixerApp
    from tuimixer.ui.terminal.tty import Tty

_MOST_BACKLOG = 2
"""Maximum number of pending terminal writes; if there are more, changes are collected first."""
_METERS_LATER = 0.1
_FALL_SECONDS = 0.15
"""Seconds between updates of meters that fall while no new levels arrive."""
_LATER = 0.01
"""Seconds until the next attempt to write changes that had to wait."""


class MixerView(Widget):
    """All of the main screen except the filter's text field.

    The renderer's grid holds what should be visible. Changed cells are written directly to the terminal
    (`flush`); Textual repaints only when it has to, such as for another size or with another screen on top.
    """

    DEFAULT_CSS = "MixerView { width: 1fr; height: 1fr; }"

    def __init__(self, renderer: Renderer, clock: "Callable[[], float]") -> None:
        super().__init__()
        self.renderer = renderer
        renderer.on_change = self.flush
        self.restyle()
        self._clock = clock
        self._later: TimerHandle | None = None
        self._meters_later: TimerHandle | None = None
        self._falling: TimerHandle | None = None
        self._heard = float("-inf")
        self.pace = Pace(renderer.terminal.remote)
        self._left = False
        """Whether the compositor has been left something to paint. It paints nothing while Textual collects
        changes, as it does for a moment after the palette has closed.
        """

    def restyle(self) -> None:
        """Use the colors of the renderer's palette."""
        palette = self.renderer.terminal.palette
        self._styles = self._styles_behind = Styles(palette.looks)
        if palette.ansi:
            # Textual dims what is behind a dialog by mixing colors, which is impossible with the terminal's
            # own colors.
            self._styles_behind = Styles(palette.looks, lambda look: replace(look, bold=False, dim=True))

    def on_resize(self) -> None:
        if self._fit_size():
            self.refresh()

    def _fit_size(self) -> bool:
        """Repaint if the size has changed; the compositor may need lines before the resize event arrives."""
        size, screen = self.size, self.screen.size
        return self.renderer.resize((size.width, size.height), (screen.width, screen.height))

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines that the compositor paints; the grid holds them, so they need no cache."""
        self._fit_size()
        grid = self.renderer.grid
        styles = self._styles if self.app.screen is self.screen else self._styles_behind
        return [
            Strip([Segment(text, styles[role]) for role, text in grid.line(y)], grid.width).crop_extend(
                crop.x, crop.right, styles[Role.TEXT]
            )
            for y in range(crop.y, crop.bottom)
        ]

    def paint_alone(self) -> bool:
        """Update the terminal without the compositor; returns False if the compositor is needed."""
        if self._tty() is None:
            return False
        self._fit_size()
        self.flush()
        left, self._left = self._left, False
        return not left

    def forget(self) -> None:
        """Send everything with the next change, because something else has written to the terminal."""
        self.renderer.grid.forget()
        self._left = False

    def take_levels(self, levels: Levels) -> None:
        """Update the meters of visible controls; levels that are not in `levels` have not changed."""
        if self.renderer.meters_on:
            self._heard = self._clock()
            self.renderer.meters.hear(levels.peaks)
            self._follow()

    def _follow(self) -> None:
        """Advance the meters to this moment, and again a little later while some are still falling."""
        shown = self.renderer
        moving = shown.meters.follow((slot.row.id for slot in shown.plan.slots), shown.cursor)
        self._paint_meters()
        if moving and self._falling is None:
            self._falling = after(self, _FALL_SECONDS, self._fall)

    def _fall(self) -> None:
        self._falling = None
        if self.renderer.meters_on and self._clock() - self._heard < _FALL_SECONDS:
            self._falling = after(self, _FALL_SECONDS, self._fall)
        elif self.renderer.meters_on:
            self._follow()

    def _paint_meters(self) -> None:
        """Show the meters now or, if the terminal has not taken the last frame yet, a little later."""
        now, tty = self._clock(), self._tty()
        if not self.pace.may_paint(now) or cast("TuiMixerApp", self.app).backlog:
            if self._meters_later is None:
                self._meters_later = after(self, _METERS_LATER, self._paint_meters_later)
            return
        self.renderer.paint_meters()
        self.flush(sort=True)
        if tty is not None and self.pace.painted(now):
            tty.write(QUESTION)

    def _paint_meters_later(self) -> None:
        self._meters_later = None
        if self.renderer.meters_on:
            self._paint_meters()

    def _tty(self) -> "Tty | None":
        """The terminal, if it can be written to directly; None if the compositor is needed, as below a
        dialog.
        """
        here = self.is_mounted and self.is_attached
        return cast("TuiMixerApp", self.app).tty if here and paints_now(self.screen) else None

    def flush(self, sort: bool = False) -> None:
        """Write what has changed to the terminal, if that is possible without the compositor.

        While the terminal has not accepted earlier writes, changes are collected and sent together.
        Args: `sort`: whether to write the cells sorted by look, which takes fewer bytes for meters.
        """
        grid = self.renderer.grid
        tty = self._tty()
        if tty is None:
            regions = [Region(0, y, grid.width, 1) for y in grid.settle()]
            if regions and self.is_attached:
                self._left = True
                self.refresh(*regions)
            return
        if tty.outlet.backlog > _MOST_BACKLOG:
            if self._later is None:
                self._later = after(self, _LATER, self._flush_later)
            return
        palette, changes = self.renderer.terminal.palette, grid.changes()
        runs = by_look(changes, palette, tty.look) if sort else changes
        text, look = encode(runs, palette, self.region.x, self.region.y, tty.look)
        if text:
            tty.write(text + self._cursor(), look)
            # At once, because the key that caused the change still has to pass through Textual's queues.
            tty.outlet.flush()

    def _cursor(self) -> str:
        """The sequence that moves the terminal's cursor to the selected control, for screen readers."""
        cell = self.renderer.cursor_cell()
        if cell is None:
            return ""
        x, y = cell[0] + self.region.x, cell[1] + self.region.y
        self.app.cursor_position = Offset(x, y)
        return f"\x1b[{y + 1};{x + 1}H"

    def _flush_later(self) -> None:
        self._later = None
        self.flush()
