"""What the main screen looks like: a grid of cells and everything that decides what stands in it.

Nothing here knows Textual. What is painted is not yet shown: that is the board's part.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from tuimixer.mixer.views import Filters, Group, Row, Section, View, arrange, keep, rows_of
from tuimixer.model.control import Control, ControlId, Kind
from tuimixer.model.snapshot import Diff, Phase, Snapshot
from tuimixer.ui.mixer import columns, rows, status_line
from tuimixer.ui.mixer.layout import Box, Plan, Slot, fits_columns, plan_columns, plan_rows, wrap
from tuimixer.ui.mixer.meters import Level
from tuimixer.ui.mixer.strip_state import Face, make_face
from tuimixer.ui.mixer.words import about, sentence, sentence_for_empty, status_of, title_of, trouble
from tuimixer.ui.terminal.capabilities import Terminal
from tuimixer.ui.terminal.cells import Grid, fit, fit_lines
from tuimixer.ui.terminal.palette import Role

_LONGEST_LABEL = 30


def _area(width: int, height: int) -> Box:
    """Where the strips are on a board of this size: between the status line and what is below."""
    top = 1 if height >= 7 else 0
    bottom = 2 if height >= 9 else 1 if height >= 3 else 0
    return Box(0, top, width, height - top - bottom)


class Picture:
    """The state of the main screen and its painting into the grid."""

    def __init__(
        self,
        terminal: Terminal,
        keys: Mapping[str, Sequence[str]],
        view: View,
        filters: Filters,
        layout: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.terminal = terminal
        self.keys = keys
        self.box_name = ""
        self.snapshot = Snapshot()
        self.view = view
        self.filters = filters
        self.layout_wanted = layout
        self.cursor: ControlId | None = None
        self.touched = False
        """Whether the cursor stays on its control: a person has used it, or all has been there."""
        self._lost: tuple[Section, str] | None = None
        """What the cursor was on when that went away: it goes back to it, unless a key was pressed since."""
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
        self._peaks: dict[ControlId, tuple[float, ...]] = {}
        """What each control's level was last said to be: linear amplitudes."""
        self._levels: dict[ControlId, Level] = {}
        self._metered: frozenset[ControlId] | None = None
        self._grid = Grid(0, 0)
        self._area = Box(0, 0, 0, 0)
        self._fields = rows.fields_for(80, 20, False)
        self._starts: tuple[int, ...] = ()
        self._decided_for: tuple[int, int, bool] | None = None
        self._label_width = 0
        self._spots: list[status_line.Spot] = []

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

    def touch(self) -> None:
        """A person has chosen where the cursor is, by moving it or by using what it is on."""
        self.touched, self._lost = True, None

    def leave(self) -> None:
        """Forget the cursor and the levels: another box has controls of the same ids and names."""
        self.cursor, self._lost, self.channel, self.touched = None, None, None, False
        self._peaks.clear()
        self._levels.clear()

    def relist(self) -> None:
        """Work out the rows anew; the cursor stays on its control or goes to the nearest one."""
        before, chosen = self._rows, self.cursor
        self._groups = arrange(self.snapshot, self.view, self.filters)
        self._rows = rows_of(self._groups)
        if chosen is not None and chosen not in self.snapshot.controls and self._lost is None:
            self._lost = next(((row.section, row.label) for row in before if row.id == chosen), None)
        back = next((row.id for row in self._rows if (row.section, row.label) == self._lost), None)
        if back is not None:
            self.cursor, self._lost = back, None
        elif self.cursor is None or not self.touched:
            self.cursor = self._rows[0].id if self._rows else None
        else:
            self.cursor = keep(before, self._rows, self.cursor)
        if self.cursor != chosen:
            self.channel = None
        # Which half answers first is chance, and what the server only keeps may come before what is there;
        # from then on the cursor stays where it is, until all is gone.
        kinds = {self.snapshot.controls[row.id].kind for row in self._rows}
        self.touched = bool(kinds) and (self.touched or (self._settled and kinds != {Kind.STORED}))
        longest = max((len(row.label) for row in self._rows), default=8)
        self._label_width = min(max(longest, 8), _LONGEST_LABEL)
        self._peaks = {key: peaks for key, peaks in self._peaks.items() if key in self.snapshot.controls}
        self._levels = {key: level for key, level in self._levels.items() if key in self.snapshot.controls}

    @property
    def _settled(self) -> bool:
        """Whether no sound system is still being connected to."""
        return all(status.phase is not Phase.CONNECTING for status in self.snapshot.statuses)

    def spot_at(self, x: int, y: int) -> str | None:
        """The action of a place that can be clicked."""
        return next((spot.action for spot in self._spots if (x, y) in spot.box), None)

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

    # What follows paints into the grid and does not flush.

    def _replan(self) -> None:
        width = self._grid.width
        self._area = _area(width, self._grid.height)
        titled = self._titled(self._groups, self.filters)
        self.columns = self._decide()
        margin = 1 if width >= 30 else 0
        if self.columns:
            size = (width - margin, self._area.height)
            self.plan = plan_columns(titled, size, self.cursor, self._starts)
        else:
            self.plan = plan_rows(titled, width - margin, self._area.height, self.cursor, self._starts)
        self._starts = self.plan.starts
        self._fields = rows.fields_for(width - margin, self._label_width, self.meters)

    def _titled(self, groups: Sequence[Group], filters: Filters) -> list[tuple[Group, str, str]]:
        """Each group with its heading, and the sentence that stands there where it is empty."""
        view, snapshot, card = self.view, self.snapshot, filters.card
        return [
            (
                group,
                title_of(group.section, view, snapshot, card),
                sentence_for_empty(group.section, view, snapshot, bool(filters.text), card),
            )
            for group in groups
        ]

    @property
    def _whole(self) -> tuple[int, int]:
        """Columns and lines that there are when no line for words lies below."""
        return self._grid.width, self._grid.height

    def _decide(self) -> bool:
        """Columns or rows.

        What fits is decided once for a size, when all that there is has come, so that nothing jumps when
        streams come later; nor while words are typed, so for what is there without them.
        """
        if self.layout_wanted != "auto":
            return self.layout_wanted == "columns" and self._area.height >= 4
        decided, size = self._decided_for, self._whole
        if decided is not None and decided[:2] == size and (decided[2] or not self._settled):
            return self.columns
        filters = replace(self.filters, text="")
        groups = arrange(self.snapshot, self.view, filters) if self.filters.text else self._groups
        if not rows_of(groups):
            return self.columns
        self._decided_for = (*size, self._settled)
        return fits_columns(self._titled(groups, filters), size[0] - 1, _area(*size).height)

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
            self._spots += status_line.paint_status(
                self._grid,
                width,
                self.box_name,
                self.snapshot,
                name,
                self.view,
                self.filters.text,
                charset,
            )
        below = height - self._area.y - self._area.height
        if below == 2:
            self._spots += status_line.paint_hints(self._grid, height - 1, width, self.keys, charset)
        self._paint_info()

    def _paint_info(self) -> None:
        y = self._area.y + self._area.height
        if y >= self._grid.height:
            return
        width, charset, row = self._grid.width, self.terminal.charset, self.row
        if self.notice is not None:
            status_line.paint_info(self._grid, y, width, "", self.notice[0], "", self.notice[1], charset)
            return
        engine = status_of(self.snapshot, "engine")
        if engine is not None and engine.phase is not Phase.READY:
            status_line.paint_info(self._grid, y, width, "", trouble(engine), "", True, charset)
            return
        control = self.control
        if row is None or control is None:
            status_line.paint_info(self._grid, y, width, "", "", "", False, charset)
            return
        face = self.face_of(row)
        text = sentence(control, self.snapshot, self.driven)
        if self.channel is not None and self.channel < len(control.channels):
            text = f"only {control.channels[self.channel].name}; {text}"
        right = f"{face.db} dB" if face and face.db else ""
        status_line.paint_info(self._grid, y, width, row.label, text, right, False, charset)

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
