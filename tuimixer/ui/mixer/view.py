"""The widget that shows a mixer: plans which strips are on the screen and paints what changed."""

import time
from asyncio import TimerHandle
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tuimixer.mixer.views import Filters, Row, View
from tuimixer.model.control import ControlId
from tuimixer.model.snapshot import Diff, Levels, Snapshot
from tuimixer.ui.later import after
from tuimixer.ui.mixer.meters import CLIP, Level, follow, seen
from tuimixer.ui.mixer.renderer import Picture
from tuimixer.ui.terminal.capabilities import Terminal
from tuimixer.ui.terminal.cells import Grid
from tuimixer.ui.terminal.direct_writer import Output, encode
from tuimixer.ui.terminal.pacing import QUESTION, Pace
from tuimixer.ui.terminal.palette import Role

if TYPE_CHECKING:
    from textual.driver import Driver

_MOST_BACKLOG = 2
"""Writes that may wait for the terminal before changes are gathered instead."""
_METERS_LATER = 0.1
_FALL_SECONDS = 0.15
"""Seconds between two looks at meters that fall while no new levels come."""
_LATER = 0.01
"""Seconds until it is tried again."""


class Board(Picture, Widget):
    """All of the main screen but the filter's input.

    The grid holds what ought to be seen. Changes of it go to the terminal cell by cell (`flush`); Textual is
    asked to repaint only when it has to (another size, another screen on top).
    """

    DEFAULT_CSS = "Board { width: 1fr; height: 1fr; }"

    def __init__(
        self,
        terminal: Terminal,
        keys: Mapping[str, Sequence[str]],
        view: View,
        filters: Filters,
        layout: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        Widget.__init__(self)
        Picture.__init__(self, terminal, keys, view, filters, layout, clock)
        looks = terminal.palette.looks
        self._styles = [look.rich() for look in looks]
        self._styles_behind = self._styles
        if terminal.palette.ansi:
            # Textual dims what is behind a dialog by mixing colours, which the terminal's own do not allow.
            self._styles_behind = [replace(look, bold=False, dim=True).rich() for look in looks]
        self._output: Output | None = None
        self._later: TimerHandle | None = None
        self._meters_later: TimerHandle | None = None
        self._falling: TimerHandle | None = None
        self._heard = float("-inf")
        self.pace = Pace(terminal.remote)

    @property
    def _whole(self) -> tuple[int, int]:
        size = self.screen.size
        return size.width, size.height

    def on_mount(self) -> None:
        self._output = Output(self.screen)

    def on_resize(self) -> None:
        if self._fit_size():
            self.refresh()

    def _fit_size(self) -> bool:
        """Paint for another size, if it is another; the compositor may ask before the event of it comes."""
        size = self.size
        if (self._grid.width, self._grid.height) == (size.width, size.height):
            return False
        self._grid = Grid(size.width, size.height)
        self.repaint()
        return True

    def render_lines(self, crop: Region) -> list[Strip]:
        """What the compositor paints; kept by the grid, so nothing has to be cached."""
        self._fit_size()
        styles = self._styles if self.app.screen is self.screen else self._styles_behind
        return [
            Strip(
                [Segment(text, styles[role]) for role, text in self._grid.line(y)], self._grid.width
            ).crop_extend(crop.x, crop.right, styles[Role.TEXT])
            for y in range(crop.y, crop.bottom)
        ]

    def paint_alone(self) -> bool:
        """Bring the terminal up to date without the compositor; false where it is needed."""
        if self._output is None or self._output.driver() is None:
            return False
        self._fit_size()
        self.flush()
        return True

    def forget(self) -> None:
        """Paint everything with the next change: something else has written to the terminal."""
        self._grid.forget()

    def show(self, snapshot: Snapshot, diff: Diff | None = None) -> None:
        """Show another picture; with what is different in it, only that is painted."""
        before, self.snapshot = self.snapshot, snapshot
        if diff is None or diff.added or diff.removed or diff.reordered or self._renamed(before, diff):
            self.rearrange()
            return
        if diff.surroundings:
            self._paint_frame()
            self._paint_headings()
        for slot in self.plan.slots:
            if slot.row.id in diff.changed or slot.row.capture_id in diff.changed:
                self._paint_slot(slot)
        if diff.changed:
            self._paint_info()
        self._tell_visible()
        self.flush()

    def rearrange(self) -> None:
        """Work out the rows anew and show them."""
        self.relist()
        self.repaint()
        self.flush()

    def show_view(self, view: View) -> None:
        """Show another view; the cursor stays on its element, or goes to the first one, as in alsamixer."""
        before = self.control
        self.view = view
        self.relist()
        if before is not None and before.element is not None and self.cursor != before.id:
            same = (before.card, before.element.name, before.element.index)
            elements = [row for row in self._rows if self._element(row) is not None]
            there = [row for row in elements if self._element(row) == same] or elements
            if there:
                self.cursor = there[0].id
        self.rearrange()

    def _element(self, row: Row) -> tuple[str | None, str, int] | None:
        control = self.snapshot.controls[row.id]
        element = control.element
        return None if element is None else (control.card, element.name, element.index)

    def choose(self, wanted: ControlId | None) -> None:
        """Put the cursor on a control."""
        self.touch()
        if wanted is None or wanted == self.cursor:
            return
        old, self.cursor, self.channel = self.cursor, wanted, None
        if self.notice is not None:
            self.notice = None
        level = self._levels.get(wanted)
        if level is not None and level.clipped:
            self._levels[wanted] = seen(level)
        for key in (old, wanted):
            # The chosen meter shows both sides, whether or not new levels come.
            if key is not None and key in self._peaks:
                self._bring_on(key, self._clock())
        if self.plan.slot_of(wanted) is None:
            plan = self.plan
            self._replan()
            if self.plan != plan:
                self.repaint()
                self.flush()
                return
        for key in (old, wanted):
            slot = self.plan.slot_of(key)
            if slot is not None:
                self._paint_slot(slot)
        self._paint_info()
        self.flush()

    def step(self, by: int) -> None:
        """Move the cursor by so many rows; it stops at the ends."""
        if not self._rows:
            return
        at = next((i for i, row in enumerate(self._rows) if row.id == self.cursor), 0)
        self.choose(self._rows[min(max(at + by, 0), len(self._rows) - 1)].id)

    def step_group(self, by: int) -> None:
        """Move the cursor to the first row of the next or previous group that has any."""
        groups = [group for group in self._groups if group.rows]
        row = self.row
        if row is None or not groups:
            return
        at = next(i for i, group in enumerate(groups) if group.section is row.section)
        if by < 0 and groups[at].rows[0].id != row.id:
            by = 0
        self.choose(groups[min(max(at + by, 0), len(groups) - 1)].rows[0].id)

    def switch_layout(self) -> None:
        """From columns to rows and back."""
        self.layout_wanted = "rows" if self.columns else "columns"
        self._starts = ()
        self.repaint()
        self.flush()

    def take_levels(self, levels: Levels) -> None:
        """Move the meters of what can be seen; what is not named has kept its level."""
        if self.meters:
            self._heard = self._clock()
            self._peaks.update(levels.peaks)
            self._follow()

    def _follow(self) -> None:
        """Bring the meters on to this moment, and once more a little later while some still fall."""
        now = self._clock()
        moving = False
        for slot in self.plan.slots:
            if slot.row.id in self._peaks:
                moving = self._bring_on(slot.row.id, now).moving or moving
        self._paint_meters()
        if moving and self._falling is None:
            self._falling = after(self, _FALL_SECONDS, self._fall)

    def _bring_on(self, key: ControlId, now: float) -> Level:
        """One meter as it stands at a time: of the loudest side, of both sides where it is chosen."""
        peaks, chosen = self._peaks[key], key == self.cursor
        if not chosen and len(peaks) > 1:
            peaks = (max(peaks),)
        level = follow(self._levels.get(key), peaks, now)
        if chosen and level.clipped and max(peaks, default=0.0) < CLIP:
            level = seen(level)
        self._levels[key] = level
        return level

    def _fall(self) -> None:
        self._falling = None
        if self.meters and self._clock() - self._heard < _FALL_SECONDS:
            self._falling = after(self, _FALL_SECONDS, self._fall)
        elif self.meters:
            self._follow()

    def _paint_meters(self) -> None:
        """Show the meters as they stand, or a little later when the line has not taken the last frame yet."""
        now = self._clock()
        if not self.pace.may_paint(now) or (self._output is not None and self._output.backlog()):
            if self._meters_later is None:
                self._meters_later = after(self, _METERS_LATER, self._paint_meters_later)
            return
        for slot in self.plan.slots:
            if slot.row.id in self._levels:
                self._paint_meter(slot)
        driver = self.flush()
        if driver is not None and self.pace.painted(now):
            driver.write(QUESTION)

    def _paint_meters_later(self) -> None:
        self._meters_later = None
        if self.meters:
            self._paint_meters()

    def say(self, text: str | None, error: bool = False) -> None:
        """Show a sentence in place of the info line, or take it away."""
        notice = (text, error) if text else None
        if notice != self.notice:
            self.notice = notice
            self._paint_info()
            self.flush()

    def tell_driven(self, driven: dict[ControlId, ControlId]) -> None:
        """Learn which ALSA control the server drives for which sink or source."""
        if driven != self.driven:
            self.driven = driven
            self._paint_info()
            self.flush()

    def set_meters(self, on: bool) -> None:
        """Switch the meters on or off."""
        self.meters = on
        self._levels.clear()
        self._peaks.clear()
        self.repaint()
        self.flush()

    def flush(self) -> "Driver | None":
        """Bring what has changed to the terminal; the answer is where it was written, None if not here.

        While the terminal does not take what it has got already, changes are gathered and come together.
        """
        output = self._output
        driver = output.driver() if output is not None else None
        if output is None or driver is None:
            regions = [Region(0, y, self._grid.width, 1) for y in self._grid.settle()]
            if regions and self.is_attached:
                self.refresh(*regions)
            return None
        if output.backlog() > _MOST_BACKLOG:
            if self._later is None:
                self._later = after(self, _LATER, self._flush_later)
            return None
        offset = self.region
        text = encode(self._grid.changes(), self.terminal.palette, offset.x, offset.y)
        if text:
            driver.write(text)
        return driver

    def _flush_later(self) -> None:
        self._later = None
        self.flush()
