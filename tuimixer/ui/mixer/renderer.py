"""Draws the main screen into a grid of cells.

This module does not depend on Textual, so the first frame can be painted before Textual is loaded. The view
sends the grid to the terminal.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from tuimixer.config.actions import BY_ID
from tuimixer.config.schema import Filters
from tuimixer.mixer.views import Group, Row, Section, View
from tuimixer.model.control import Control, ControlId
from tuimixer.model.scale import decibels
from tuimixer.model.snapshot import Diff, Phase, Snapshot
from tuimixer.ui.mixer import columns, rows, status_line
from tuimixer.ui.mixer.choices import initial_card
from tuimixer.ui.mixer.headings import ACCENTS, paint_headings
from tuimixer.ui.mixer.layout import (
    LOWEST_COLUMNS,
    NARROWEST_COLUMNS,
    Plan,
    Slot,
    plan_columns,
    plan_rows,
)
from tuimixer.ui.mixer.meters import LevelMeters
from tuimixer.ui.mixer.selection import Selection, may_rearrange
from tuimixer.ui.mixer.strip_state import StripState, strip_state_of
from tuimixer.ui.mixer.words import (
    about,
    missing_server,
    sentence,
    sentence_for_empty,
    sides,
    title_of,
    trouble,
)
from tuimixer.ui.terminal.capabilities import Terminal
from tuimixer.ui.terminal.cells import Area, Grid

_SCALED = 40
"""Minimum screen width with room for the dB scale next to the faders."""
_WIDE = 60
"""Minimum screen width with room for the sides' volumes in words."""
Keys = Mapping[str, Sequence[str]]
"""The keys of each action."""


def _area(width: int, height: int) -> Area:
    """Where the strips are on a screen of this size: between the status line and the lines at the bottom."""
    top = 1 if height >= 7 else 0
    bottom = 2 if height >= 9 else 1 if height >= 3 else 0
    return Area(0, top, width, height - top - bottom)


class Renderer:
    """Holds the state of the main screen, and paints it into the grid.

    Every method that changes the state also paints what differs, and calls `on_change`.
    """

    def __init__(
        self,
        terminal: Terminal,
        keys: tuple[Keys, Keys],
        view: View,
        filters: Filters,
        layout: str,
        card: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Args: `card` is the ALSA card to show first, as named in the configuration; empty for any."""
        self.terminal = terminal
        self._keys = keys
        """The keys in the rows layout and in the columns layout."""
        self.box_name = ""
        self.snapshot = Snapshot()
        self.view = view
        self.filters = filters
        self.layout_wanted = layout
        self.card_decided = filters.card is not None
        """Whether the choice of the shown card is final; until then, each snapshot decides."""
        self._wanted_card = card
        self._selection = Selection()
        self.at_value = False
        """Whether the selected control was changed since it was selected."""
        self.channel: int | None = None
        """Index of the single channel that keys move; None for all channels."""
        self.meters_on = terminal.meters
        self.meters = LevelMeters(clock)
        self.driven: dict[ControlId, ControlId] = {}
        self.notice: tuple[str, bool] | None = None
        self._missing_server = ""
        """The message about a missing server, which is shown once."""
        self.on_visible: Callable[[frozenset[ControlId]], None] = lambda ids: None
        self.on_change: Callable[[], object] = lambda: None
        self.plan = Plan()
        self.grid = Grid(0, 0)
        self.columns = False
        self._states: dict[ControlId, tuple[Control, StripState]] = {}
        self._metered: frozenset[ControlId] | None = None
        self._screen_size = (0, 0)
        """Size of the whole screen."""
        self._area = Area(0, 0, 0, 0)
        self._fields = rows.fields_for(80, 20, False)
        self._starts: tuple[int, ...] = ()
        self._label_width = 0
        self._names: dict[str, str] = {}
        """Label → label cut for the rows layout."""
        self._clicks: status_line.Clicks = []

    @property
    def keys(self) -> Keys:
        """The keys of each action in the current layout."""
        return self._keys[self.columns]

    def action_of(self, key: str, scope: str) -> str | None:
        """The action of a key in a scope."""
        found = (action for action, keys in self.keys.items() if key in keys)
        return next((action for action in found if BY_ID[action].scope == scope), None)

    def label(self, action: str) -> str:
        """The first key of an action as displayed; empty if it has none."""
        keys = self.keys[action]
        return status_line.key_in(keys[0], self.terminal.charset) if keys else ""

    @property
    def control(self) -> Control | None:
        """The selected control."""
        return self.snapshot.controls.get(self.cursor or "")

    @property
    def cursor(self) -> ControlId | None:
        """Id of the selected control."""
        return self._selection.cursor

    @property
    def row(self) -> Row | None:
        """The selected row."""
        return self._selection.row

    @property
    def metered(self) -> frozenset[ControlId]:
        """The controls whose levels are visible now."""
        return self._metered or frozenset()

    @property
    def listed(self) -> tuple[Row, ...]:
        """All rows of the view, in cursor order."""
        return self._selection.rows

    def touch(self) -> None:
        """Keep the cursor where it is, because the user has moved it or has used the control under it."""
        self._selection.touch()

    def leave(self) -> None:
        """Reset the cursor and the levels, as another machine has controls with the same ids and names."""
        self._selection.leave()
        self.channel = None
        self._missing_server = ""
        self.meters.clear()

    def relist(self) -> None:
        """Recompute the rows; the cursor stays on its control or goes to the nearest one."""
        chosen = self.cursor
        self._selection.relist(self.snapshot, self.view, self.filters)
        if self.cursor != chosen:
            self.channel = None
        longest = max((len(row.label) for row in self.listed), default=8)
        self._label_width = max(longest, 8)
        self.meters.keep(self.snapshot.controls.keys())

    def show(self, snapshot: Snapshot, diff: Diff | None = None) -> None:
        """Show another snapshot; only what differs is painted."""
        before, self.snapshot = self.snapshot, snapshot
        self._decide_card()
        if (
            diff is None
            or diff.added
            or diff.removed
            or diff.reordered
            or may_rearrange(before, snapshot, diff)
        ):
            self.rearrange()
            return
        if diff.surroundings:
            self._paint_frame()
            paint_headings(self.grid, self.plan, self._area, self.columns, self.terminal)
        for slot in self.plan.slots:
            if slot.row.id in diff.changed or slot.row.capture_id in diff.changed:
                self._paint_slot(slot)
        if diff.changed:
            self._paint_info()
        self._tell_visible()
        self.on_change()

    def _decide_card(self) -> None:
        """Show one card at first, as alsamixer does; F6 offers the others, or all at once."""
        if not self.card_decided and self.snapshot.alsa_cards:
            card, self.card_decided = initial_card(self.snapshot, self._wanted_card)
            self.filters = replace(self.filters, card=card)

    def filter(self, filters: Filters) -> None:
        """Apply these filters."""
        self.filters = filters
        self.rearrange()

    def rearrange(self) -> None:
        """Recompute the rows and show them."""
        self.relist()
        self.repaint()
        self.on_change()

    def show_view(self, view: View) -> None:
        """Show another view; the cursor stays on its element, or goes to the first one, as in alsamixer."""
        before = self.control
        self.view = view
        self.relist()
        if before is not None and before.element is not None and self.cursor != before.id:
            same = (before.card, before.element.name, before.element.index)
            elements = [row for row in self.listed if self._element(row) is not None]
            there = [row for row in elements if self._element(row) == same] or elements
            if there:
                self._selection.cursor = there[0].id
        self.rearrange()

    def _element(self, row: Row) -> tuple[str | None, str, int] | None:
        control = self.snapshot.controls[row.id]
        element = control.element
        return None if element is None else (control.card, element.name, element.index)

    def choose(self, wanted: ControlId | None) -> None:
        """Move the cursor to a control."""
        self.touch()
        if wanted is None or wanted == self.cursor:
            return
        old, self.channel, self.at_value = self.cursor, None, False
        self._selection.cursor = wanted
        if self.notice is not None:
            self.notice = None
        self.meters.choose(wanted, old)
        if self.plan.slot_of(wanted) is None:
            plan = self.plan
            self._replan()
            if self.plan != plan:
                self.repaint()
                self.on_change()
                return
        for key in (old, wanted):
            slot = self.plan.slot_of(key)
            if slot is not None:
                self._paint_slot(slot)
        self._paint_info()
        self.on_change()

    def step(self, by: int) -> None:
        """Move the cursor by this many rows; it stops at the ends."""
        self._go(self._selection.beside(by))

    def step_group(self, by: int) -> None:
        """Move the cursor to the first row of the next or previous group that has any."""
        self._go(self._selection.in_group(by))

    def _go(self, row: Row | None) -> None:
        if row is not None:
            self.choose(row.id)

    def switch_layout(self) -> None:
        """Switch between columns and rows."""
        self.layout_wanted = "rows" if self.columns else "columns"
        self._starts = ()
        self.repaint()
        self.on_change()

    def say(self, text: str | None, error: bool = False) -> None:
        """Show a message in place of the info line, or remove it."""
        notice = (text, error) if text else None
        if notice != self.notice:
            self.notice = notice
            self._paint_info()
            self.on_change()

    def report_server(self) -> None:
        """Show once, until a key is pressed, a message that there is no sound server, and remove it when
        there is one.
        """
        missing = missing_server(self.snapshot)
        if missing and not self._missing_server:
            self.say(missing, True)
        elif not missing and self.notice == (self._missing_server, True):
            self.say(None)
        self._missing_server = missing and (self._missing_server or missing)

    def tell_driven(self, driven: dict[ControlId, ControlId]) -> None:
        """Set which ALSA controls the server drives for which sink or source."""
        if driven != self.driven:
            self.driven = driven
            self.repaint()
            self.on_change()

    def set_meters(self, on: bool) -> None:
        """Switch the meters on or off."""
        self.meters_on = on
        self.meters.clear()
        self.repaint()
        self.on_change()

    def choose_channel(self, index: int | None) -> None:
        """Let keys move a single channel, or all of them (None)."""
        self.channel = index
        self.repaint()
        self.on_change()

    def paint_meters(self) -> None:
        """Paint the meters; the caller calls `on_change`, as it knows how much the line can carry."""
        for slot in self.plan.slots:
            if slot.row.id in self.meters.levels:
                self._paint_meter(slot)

    def spot_at(self, x: int, y: int) -> str | None:
        """The action of a click at a cell; None if there is none."""
        return next((action for area, action in self._clicks if (x, y) in area), None)

    def state_of(self, row: Row) -> StripState | None:
        """The state that a row shows; None if its control is gone."""
        control = self.snapshot.controls.get(row.id)
        if control is None:
            return None
        known = self._states.get(row.id)
        if known is not None and known[0] is control and not row.capture_id:
            return known[1]
        switch = self.snapshot.controls.get(row.capture_id) if row.capture_id else None
        charset = self.terminal.charset
        words = about(control, self.snapshot, self.driven) if self._fields.about[1] else ""
        state = strip_state_of(control, row.label, switch, charset, words)
        self._states[row.id] = (control, state)
        return state

    def slot_at(self, x: int, y: int) -> Slot | None:
        """The strip at a cell of the view."""
        return self.plan.slot_at(x - self._area.x, y - self._area.y)

    def box_of(self, slot: Slot) -> Area:
        """Where a strip is in the view."""
        return self._area.shifted(slot.box)

    def cursor_cell(self) -> tuple[int, int] | None:
        """Where the terminal's cursor belongs: on the selected control's name or, in plain mode after a
        change, on its value; None if the control is not visible.
        """
        slot = self.plan.slot_of(self.cursor)
        if slot is None:
            return None
        box = self._area.shifted(slot.box)
        if self.columns:
            return columns.name_cell(box, slot.row.label, self.terminal.charset)
        return (self._fields.percent if self.terminal.plain and self.at_value else self._fields.name)[
            0
        ], box.y

    def fields(self) -> rows.Fields:
        """Where the parts of a line are in the rows layout."""
        return self._fields

    def resize(self, size: tuple[int, int], screen_size: tuple[int, int]) -> bool:
        """Paint at this size; returns False if it is the current one.

        Args: `screen_size` is the size of the whole screen, which decides on the layout.
        """
        self._screen_size = screen_size
        if (self.grid.width, self.grid.height) == size:
            return False
        self.grid = Grid(*size)
        self.repaint()
        return True

    def repaint(self) -> None:
        """Paint everything into the grid."""
        width, height = self.grid.width, self.grid.height
        if not width or not height:
            self.plan = Plan()
            return
        self._states.clear()
        self._replan()
        self.grid.fill(0, 0, width, height)
        self._paint_frame()
        paint_headings(self.grid, self.plan, self._area, self.columns, self.terminal)
        for slot in self.plan.slots:
            self._paint_slot(slot)
        self._tell_visible()

    # The following methods paint into the grid without calling `on_change`.

    def _replan(self) -> None:
        width, halves = self.grid.width, self.terminal.halves
        self._area = _area(width, self.grid.height)
        titled = self._titled()
        self.columns = self._decide()
        margin = 1 if width >= 30 else 0
        pulse = any(row.section is not Section.HARDWARE for row in self.listed)
        if self.columns:
            column = Area(0, 0, width, self._area.height - 1)
            # The dB scale is that of sinks and streams, whereas each of a card's controls has its own.
            scaled = pulse and width >= _SCALED and columns.zero_line(column) is not None
            left = columns.SCALE_WIDTH if scaled else 0
            size = (width - margin, self._area.height)
            self.plan = plan_columns(titled, size, self.cursor, self._starts, left, self._label_width)
        else:
            bars = not self.terminal.plain
            faders = {key for key, control in self.snapshot.controls.items() if bars and control.channels}
            size = (width - margin, self._area.height)
            self.plan = plan_rows(titled, size, self.cursor, self._starts, faders)
            meter = self.meters_on and not halves
            if self.plan.tall:
                self._fields = rows.tall_fields_for(width - margin, self._label_width, meter)
            else:
                self._fields = rows.fields_for(width - margin, self._label_width, meter, bars, pulse)
            labels = [row.label for row in self.listed]
            charset = self.terminal.charset
            self._names = rows.cut_names(map(charset.text, labels), self._fields.name[1], charset.ellipsis)
        self._starts = self.plan.starts

    def _titled(self) -> list[tuple[Group, str, str]]:
        """Each group with its heading, and the message shown if it is empty."""
        view, snapshot, card = self.view, self.snapshot, self.filters.card
        return [
            (
                group,
                title_of(group.section, view, snapshot, card),
                sentence_for_empty(group.section, view, snapshot, bool(self.filters.text), card),
            )
            for group in self._selection.groups
        ]

    def _decide(self) -> bool:
        """Whether to use columns. This depends only on the size, so that nothing jumps when streams appear or
        a filter is typed.
        """
        if self.terminal.plain:
            return False
        if self.layout_wanted == "auto":
            width, height = self._screen_size
            return width >= NARROWEST_COLUMNS and _area(width, height).height >= LOWEST_COLUMNS
        return self.layout_wanted == "columns" and self._area.height >= 4

    def _paint_slot(self, slot: Slot) -> None:
        state = self.state_of(slot.row)
        if state is None:
            return
        box, chosen = self._area.shifted(slot.box), slot.row.id == self.cursor
        level = self.meters.levels.get(slot.row.id) if self.meters_on else None
        accent, charset, halves = ACCENTS[slot.row.section], self.terminal.charset, self.terminal.halves
        if self.columns:
            beyond = self.plan.beyond(slot)
            columns.paint_column(self.grid, box, state, accent, level, chosen, charset, halves, beyond)
        else:
            name = self._names[state.label]
            rows.paint_row(self.grid, box, self._fields, state, name, accent, level, chosen, charset, halves)

    def _paint_meter(self, slot: Slot) -> None:
        state = self.state_of(slot.row)
        if state is None:
            return
        box, level = self._area.shifted(slot.box), self.meters.levels.get(slot.row.id)
        charset, halves = self.terminal.charset, self.terminal.halves
        if self.columns:
            columns.paint_column_meter(self.grid, box, state, level, charset, halves, self.plan.beyond(slot))
        else:
            rows.paint_row_meter(self.grid, box, self._fields, state, level, charset, halves)

    def _paint_frame(self) -> None:
        width, height = self.grid.width, self.grid.height
        charset = self.terminal.charset
        self._clicks = []
        if self._area.y:
            card = title_of(Section.HARDWARE, self.view, self.snapshot, self.filters.card)
            several = len(self.snapshot.alsa_cards) > 1 and self.filters.card is None
            name = f"{len(self.snapshot.alsa_cards)} cards" if several else card
            name = name if self.snapshot.alsa_cards else ""
            self._clicks += status_line.paint_status(
                self.grid,
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
            self._clicks += status_line.paint_hints(self.grid, height - 1, width, self.keys, charset)
        self._paint_info()

    def _paint_info(self) -> None:
        y = self._area.y + self._area.height
        if y >= self.grid.height:
            return
        width, charset, row = self.grid.width, self.terminal.charset, self.row
        if self.notice is not None:
            status_line.paint_info(self.grid, y, width, "", self.notice[0], "", self.notice[1], charset)
            return
        engine = self.snapshot.status("engine")
        if engine is not None and engine.phase is not Phase.READY:
            status_line.paint_info(self.grid, y, width, "", trouble(engine), "", True, charset)
            return
        control = self.control
        if row is None or control is None:
            status_line.paint_info(self.grid, y, width, "", "", "", False, charset)
            return
        state = self.state_of(row)
        text = sentence(control, self.snapshot, self.driven)
        if self.channel is not None and self.channel < len(control.channels):
            text = f"only {control.channels[self.channel].name}; {text}"
        gain = f"{charset.text(decibels(state.cdb))} dB" if state and state.cdb is not None else ""
        right = "  ".join(filter(None, (sides(control, width < _WIDE), gain)))
        status_line.paint_info(self.grid, y, width, row.label, text, right, False, charset)

    def _tell_visible(self) -> None:
        ids: set[ControlId] = set()
        for slot in self.plan.slots if self.meters_on else ():
            state = self.state_of(slot.row)
            if state is not None and state.metered:
                ids.add(slot.row.id)
        wanted = frozenset(ids)
        if wanted != self._metered:
            self._metered = wanted
            self.on_visible(wanted)
