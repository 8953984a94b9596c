"""The widget that shows a mixer: plans which strips are on the screen and paints what changed."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tuimixer.mixer.views import Filters, Group, Row, Section, View, arrange, keep, rows_of
from tuimixer.model.control import Control, ControlId
from tuimixer.model.snapshot import Diff, Levels, Snapshot
from tuimixer.ui import columns, frame, rows
from tuimixer.ui.cells import Grid, fit, fit_lines
from tuimixer.ui.face import Face, make_face
from tuimixer.ui.layout import Box, Plan, Slot, fits_columns, plan_columns, plan_rows, wrap
from tuimixer.ui.meters import CLIP, Level, follow, seen
from tuimixer.ui.output import Output, encode
from tuimixer.ui.pace import QUESTION, Pace
from tuimixer.ui.palette import Role
from tuimixer.ui.terminal import Terminal
from tuimixer.ui.words import about, sentence, sentence_for_empty, title_of

if TYPE_CHECKING:
    from textual.driver import Driver
    from textual.timer import Timer

_LONGEST_LABEL = 30
_MOST_BACKLOG = 2
"""Writes that may wait for the terminal before changes are gathered instead."""
_METERS_LATER = 0.1
_LATER = 0.01
"""Seconds until it is tried again."""


class Board(Widget):
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
        super().__init__()
        self.terminal = terminal
        self.keys = keys
        self.box_name = ""
        self.snapshot = Snapshot()
        self.view = view
        self.filters = filters
        self.layout_wanted = layout
        self.cursor: ControlId | None = None
        self.channel: int | None = None
        """Index of the one channel that keys move, None for all."""
        self.meters = terminal.meters
        self.driven: dict[ControlId, ControlId] = {}
        self.notice: tuple[str, bool] | None = None
        self.on_visible: Callable[[frozenset[ControlId]], None] = lambda ids: None
        self.plan = Plan()
        self.columns = False
        self._clock = clock
        self._groups: tuple[Group, ...] = ()
        self._rows: tuple[Row, ...] = ()
        self._faces: dict[ControlId, tuple[Control, Face]] = {}
        self._levels: dict[ControlId, Level] = {}
        self._metered: frozenset[ControlId] | None = None
        self._grid = Grid(0, 0)
        self._area = Box(0, 0, 0, 0)
        self._fields = rows.fields_for(80, 20, False)
        self._starts: tuple[int, ...] = ()
        self._decided_for: tuple[int, int] | None = None
        self._label_width = 0
        self._spots: list[frame.Spot] = []
        self._styles = [look.rich() for look in terminal.palette.looks]
        self._output: Output | None = None
        self._later: Timer | None = None
        self._meters_later: Timer | None = None
        self.pace = Pace(terminal.remote)

    def on_mount(self) -> None:
        self._output = Output(self.screen)

    def on_resize(self) -> None:
        self._grid = Grid(self.size.width, self.size.height)
        self.repaint()
        self._grid.settle()
        self.refresh()

    def render_lines(self, crop: Region) -> list[Strip]:
        """What the compositor paints; kept by the grid, so nothing has to be cached."""
        styles = self._styles
        return [
            Strip(
                [Segment(text, styles[role]) for role, text in self._grid.line(y)], self._grid.width
            ).crop_extend(crop.x, crop.right, styles[Role.TEXT])
            for y in range(crop.y, crop.bottom)
        ]

    @property
    def control(self) -> Control | None:
        """The chosen control."""
        return self.snapshot.controls.get(self.cursor or "")

    @property
    def row(self) -> Row | None:
        """The chosen row."""
        return next((row for row in self._rows if row.id == self.cursor), None)

    @property
    def metered(self) -> frozenset[ControlId]:
        """The controls whose levels can be seen just now."""
        return self._metered or frozenset()

    @property
    def listed(self) -> tuple[Row, ...]:
        """All rows of the view, in the order in which the cursor goes through them."""
        return self._rows

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
        """Work out the rows anew; the cursor stays on its control or goes to the nearest one."""
        before = self._rows
        self._groups = arrange(self.snapshot, self.view, self.filters)
        self._rows = rows_of(self._groups)
        if self.cursor is None:
            self.cursor = self._rows[0].id if self._rows else None
        else:
            self.cursor = keep(before, self._rows, self.cursor)
        longest = max((len(row.label) for row in self._rows), default=8)
        self._label_width = min(max(longest, 8), _LONGEST_LABEL)
        self._levels = {key: level for key, level in self._levels.items() if key in self.snapshot.controls}
        self.repaint()
        self.flush()

    def choose(self, wanted: ControlId | None) -> None:
        """Put the cursor on a control."""
        if wanted is None or wanted == self.cursor:
            return
        old, self.cursor, self.channel = self.cursor, wanted, None
        if self.notice is not None:
            self.notice = None
        level = self._levels.get(wanted)
        if level is not None and level.clipped:
            self._levels[wanted] = seen(level)
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
        """Move the meters of what can be seen, as often as the line takes it."""
        if not self.meters:
            return
        now = self._clock()
        for slot in self.plan.slots:
            peaks = levels.peaks.get(slot.row.id)
            if peaks is None:
                continue
            chosen = slot.row.id == self.cursor
            if not chosen and len(peaks) > 1:
                peaks = (max(peaks),)
            level = follow(self._levels.get(slot.row.id), peaks, now)
            if chosen and level.clipped and max(peaks, default=0.0) < CLIP:
                level = seen(level)
            self._levels[slot.row.id] = level
        self._paint_meters()

    def _paint_meters(self) -> None:
        """Show the meters as they stand, or a little later when the line has not taken the last frame yet."""
        now = self._clock()
        if not self.pace.may_paint(now) or (self._output is not None and self._output.backlog()):
            if self._meters_later is None:
                self._meters_later = self.set_timer(_METERS_LATER, self._paint_meters_later)
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
        self.repaint()
        self.flush()

    def spot_at(self, x: int, y: int) -> str | None:
        """The action of a place that can be clicked."""
        return next((spot.action for spot in self._spots if (x, y) in spot.box), None)

    def flush(self) -> "Driver | None":
        """Bring what has changed to the terminal; the answer is where it was written, None if not here.

        While the terminal does not take what it has got already, changes are gathered and come together.
        """
        output = self._output
        driver = output.driver() if output is not None else None
        if output is None or driver is None:
            regions = [Region(0, y, self._grid.width, 1) for y in self._grid.settle()]
            if regions and self.is_mounted:
                self.refresh(*regions)
            return None
        if output.backlog() > _MOST_BACKLOG:
            if self._later is None:
                self._later = self.set_timer(_LATER, self._flush_later)
            return None
        offset = self.region
        text = encode(self._grid.changes(), self.terminal.palette, offset.x, offset.y)
        if text:
            driver.write(text)
        return driver

    def _flush_later(self) -> None:
        self._later = None
        self.flush()

    def repaint(self) -> None:
        """Paint everything into the grid."""
        width, height = self._grid.width, self._grid.height
        if not width or not height:
            return
        self._faces.clear()
        self._replan()
        self._grid.fill(0, 0, width, height)
        self._paint_frame()
        self._paint_headings()
        for slot in self.plan.slots:
            self._paint_slot(slot)
        self._tell_visible()

    def face_of(self, row: Row) -> Face | None:
        """What a row says."""
        control = self.snapshot.controls.get(row.id)
        if control is None:
            return None
        known = self._faces.get(row.id)
        if known is not None and known[0] is control and not row.capture_id:
            return known[1]
        switch = self.snapshot.controls.get(row.capture_id) if row.capture_id else None
        charset = self.terminal.charset
        words = about(control, self.snapshot, charset.arrow) if self._fields.about[1] else ""
        face = make_face(control, row.label, switch, charset, words)
        self._faces[row.id] = (control, face)
        return face

    def slot_at(self, x: int, y: int) -> Slot | None:
        """The strip at a cell of the board."""
        return self.plan.slot_at(x - self._area.x, y - self._area.y)

    def box_of(self, slot: Slot) -> Box:
        """Where a strip lies on the board."""
        return self._shifted(slot.box)

    def fields(self) -> rows.Fields:
        """Where the parts of a line stand in the rows layout."""
        return self._fields

    # What follows paints into the grid and does not flush.

    def _replan(self) -> None:
        width, height = self._grid.width, self._grid.height
        top = 1 if height >= 7 else 0
        bottom = 2 if height >= 9 else 1 if height >= 3 else 0
        self._area = Box(0, top, width, height - top - bottom)
        titled = [
            (
                group,
                title_of(group.section, self.view, self.snapshot, self.filters.card),
                sentence_for_empty(group.section, self.view, self.snapshot, bool(self.filters.text)),
            )
            for group in self._groups
        ]
        self.columns = self._decide(titled, width, self._area.height)
        margin = 1 if width >= 30 else 0
        if self.columns:
            size = (width - margin, self._area.height)
            self.plan = plan_columns(titled, size, self.cursor, self._starts)
        else:
            self.plan = plan_rows(titled, width - margin, self._area.height, self.cursor, self._starts)
        self._starts = self.plan.starts
        self._fields = rows.fields_for(width - margin, self._label_width, self.meters)

    def _decide(self, titled: list[tuple[Group, str, str]], width: int, height: int) -> bool:
        """Columns or rows. What fits is decided once for a size, so that nothing jumps when streams come."""
        if self.layout_wanted != "auto":
            return self.layout_wanted == "columns" and height >= 4
        if self._decided_for != (width, height) and self._rows:
            self._decided_for = (width, height)
            return fits_columns(titled, width - 1, height)
        return self.columns

    def _shifted(self, box: Box) -> Box:
        return Box(box.x + self._area.x, box.y + self._area.y, box.width, box.height)

    def _paint_slot(self, slot: Slot) -> None:
        face = self.face_of(slot.row)
        if face is None:
            return
        box, chosen = self._shifted(slot.box), slot.row.id == self.cursor
        level = self._levels.get(slot.row.id) if self.meters else None
        if self.columns:
            columns.paint_column(self._grid, box, face, level, chosen, self.terminal.charset, self.meters)
        else:
            rows.paint_row(self._grid, box, self._fields, face, level, chosen, self.terminal.charset)

    def _paint_meter(self, slot: Slot) -> None:
        face = self.face_of(slot.row)
        if face is None:
            return
        box, level = self._shifted(slot.box), self._levels.get(slot.row.id)
        if self.columns:
            columns.paint_column_meter(self._grid, box, face, level, self.terminal.charset, self.meters)
        else:
            rows.paint_row_meter(self._grid, box, self._fields, face, level, self.terminal.charset)

    def _paint_headings(self) -> None:
        charset = self.terminal.charset
        for heading in self.plan.headings:
            box = self._shifted(heading.box)
            if heading.sentence:
                self._paint_sentence(box, heading.text)
                continue
            text = charset.text(heading.text)
            if heading.number is not None and heading.number > 1:
                text = f"{text} ({heading.number})" if self.plan.more else text
            room = box.width - (2 if self.columns else 1)
            x = self._grid.put(box.x + 1, box.y, fit(text, room, charset.ellipsis), Role.HEADING, room)
            if not self.columns and x + 1 < box.x + box.width:
                self._grid.fill(x + 1, box.y, box.x + box.width - x - 1, 1, Role.FRAME, charset.line)
        for x in self.plan.dividers:
            self._grid.fill(x, self._area.y, 1, self._area.height, Role.FRAME, charset.divider)
        self._paint_more()

    def _paint_sentence(self, box: Box, text: str) -> None:
        charset = self.terminal.charset
        text = charset.text(text)
        lines = fit_lines(wrap(text, box.width - 2), box.height, box.width - 2, charset.ellipsis)
        for number, line in enumerate(lines):
            self._grid.put(box.x + 1, box.y + number, line, Role.DIM, box.width - 1)

    def _paint_more(self) -> None:
        """Marks at the edge, where more controls lie beyond it."""
        charset, area, edge = self.terminal.charset, self._area, self._grid.width - 1
        if self._grid.width < 30:
            return
        for mark in self.plan.more:
            if mark.column < 0:
                glyph, x = charset.up if mark.up else charset.down, edge
            else:
                glyph, x = charset.left if mark.up else charset.right, mark.column
            self._grid.put(x, area.y + mark.line, glyph, Role.KEY)

    def _paint_frame(self) -> None:
        width, height = self._grid.width, self._grid.height
        charset = self.terminal.charset
        self._spots = []
        if self._area.y:
            card = title_of(Section.HARDWARE, self.view, self.snapshot, self.filters.card)
            several = len(self.snapshot.alsa_cards) > 1 and self.filters.card is None
            name = f"{len(self.snapshot.alsa_cards)} cards" if several else card
            name = name if self.snapshot.alsa_cards else ""
            self._spots += frame.paint_status(
                self._grid, width, self.box_name, self.snapshot, name, self.view, charset
            )
        below = height - self._area.y - self._area.height
        if below == 2:
            self._spots += frame.paint_hints(self._grid, height - 1, width, self.keys, charset)
        self._paint_info()

    def _paint_info(self) -> None:
        y = self._area.y + self._area.height
        if y >= self._grid.height:
            return
        width, charset, row = self._grid.width, self.terminal.charset, self.row
        if self.notice is not None:
            frame.paint_info(self._grid, y, width, "", self.notice[0], "", self.notice[1], charset)
            return
        control = self.control
        if row is None or control is None:
            frame.paint_info(self._grid, y, width, "", "", "", False, charset)
            return
        face = self.face_of(row)
        text = sentence(control, self.snapshot, self.driven)
        if self.channel is not None and self.channel < len(control.channels):
            text = f"only {control.channels[self.channel].name}; {text}"
        right = f"{face.db} dB" if face and face.db else ""
        frame.paint_info(self._grid, y, width, row.label, text, right, False, charset)

    def _renamed(self, before: Snapshot, diff: Diff) -> bool:
        """Whether a change may have altered labels, order or the filter's answer."""
        for key in diff.changed:
            old, new = before.controls[key], self.snapshot.controls[key]
            if (old.name, old.stream, old.card, old.element, old.properties) != (
                new.name,
                new.stream,
                new.card,
                new.element,
                new.properties,
            ):
                return True
        return diff.surroundings and (
            before.alsa_cards != self.snapshot.alsa_cards or before.statuses != self.snapshot.statuses
        )

    def _tell_visible(self) -> None:
        ids: set[ControlId] = set()
        for slot in self.plan.slots if self.meters else ():
            face = self.face_of(slot.row)
            if face is not None and face.metered:
                ids.add(slot.row.id)
        wanted = frozenset(ids)
        if wanted != self._metered:
            self._metered = wanted
            self.on_visible(wanted)
