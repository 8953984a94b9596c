"""The rows of a view and the cursor among them."""

from tuimixer.config.schema import Filters
from tuimixer.mixer.views import Group, Row, Section, View, arrange, keep, rows_of
from tuimixer.model.control import ControlId, Kind
from tuimixer.model.snapshot import Diff, Phase, Snapshot

_LISTED_BY = ("name", "stream", "card", "element", "properties")
"""The attributes of a control that labels, order and filters depend on."""


class Selection:
    """The rows shown, and which of them is selected."""

    def __init__(self) -> None:
        self.groups: tuple[Group, ...] = ()
        self.rows: tuple[Row, ...] = ()
        """All rows of the groups, in order."""
        self.cursor: ControlId | None = None
        self._touched = False
        """Whether the cursor stays on its control, because the user has moved it or everything is loaded."""
        self._lost: tuple[Section, str] | None = None
        """Section and label of the selected control after it has disappeared; the cursor returns to it when
        it reappears, unless a key was pressed in between.
        """

    @property
    def row(self) -> Row | None:
        """The selected row."""
        return next((row for row in self.rows if row.id == self.cursor), None)

    def touch(self) -> None:
        """Keep the cursor where it is, because the user has put it there."""
        self._touched, self._lost = True, None

    def leave(self) -> None:
        """Forget the cursor."""
        self.cursor, self._lost, self._touched = None, None, False

    def relist(self, snapshot: Snapshot, view: View, filters: Filters) -> None:
        """Recompute the rows; the cursor stays on its control or goes to the nearest one."""
        before, chosen = self.rows, self.cursor
        self.groups = arrange(snapshot, view, filters)
        self.rows = rows_of(self.groups)
        if chosen is not None and chosen not in snapshot.controls and self._lost is None:
            self._lost = next(((row.section, row.label) for row in before if row.id == chosen), None)
        back = next((row.id for row in self.rows if (row.section, row.label) == self._lost), None)
        if back is not None:
            self.cursor, self._lost = back, None
        elif self.cursor is None or not self._touched:
            self.cursor = self.rows[0].id if self.rows else None
        else:
            self.cursor = keep(before, self.rows, self.cursor)
        # Whether ALSA or the sound server responds first is random, and stored volumes may arrive before live
        # controls. Once both have responded, the cursor stays where it is until everything is gone.
        kinds = {snapshot.controls[row.id].kind for row in self.rows}
        settled = all(status.phase is not Phase.CONNECTING for status in snapshot.statuses)
        self._touched = bool(kinds) and (self._touched or (settled and kinds != {Kind.STORED}))

    def beside(self, by: int) -> Row | None:
        """The row this many rows from the cursor, or the first or last one; None if there are no rows."""
        if not self.rows:
            return None
        at = next((i for i, row in enumerate(self.rows) if row.id == self.cursor), 0)
        return self.rows[min(max(at + by, 0), len(self.rows) - 1)]

    def in_group(self, by: int) -> Row | None:
        """The first row of the next (1) or previous (-1) group that has any; from further down a group, -1 is
        that group's own first row.
        """
        groups = [group for group in self.groups if group.rows]
        row = self.row
        if row is None:
            return None
        at = next(i for i, group in enumerate(groups) if group.section is row.section)
        if by < 0 and groups[at].rows[0].id != row.id:
            by = 0
        return groups[min(max(at + by, 0), len(groups) - 1)].rows[0]


def may_rearrange(before: Snapshot, after: Snapshot, diff: Diff) -> bool:
    """Whether a change may have affected the rows: their labels, their order or the result of a filter."""
    if diff.added or diff.removed or diff.reordered:
        return True
    for key in diff.changed:
        old, new = before.controls[key], after.controls[key]
        if any(getattr(old, name) != getattr(new, name) for name in _LISTED_BY):
            return True
    return diff.surroundings and (before.alsa_cards != after.alsa_cards or before.statuses != after.statuses)
