"""The lines around the faders: status, what the selected control is, and the most useful keys. Pure."""

from collections.abc import Mapping, Sequence

from rich.cells import cell_len

from tuimixer.config.actions import BY_ID, key_label
from tuimixer.mixer.views import View
from tuimixer.model.snapshot import Phase, Snapshot
from tuimixer.ui.terminal.cells import Area, Grid, fit
from tuimixer.ui.terminal.charsets import CharSet
from tuimixer.ui.terminal.palette import Role

HINTS = (
    ("select.previous", "select.next"),
    ("volume.up", "volume.down"),
    ("mute.toggle",),
    ("details",),
    ("value",),
    ("filter",),
    ("undo",),
    ("help",),
    ("path",),
    ("quit",),
)
_RANKS = (
    *("help", "quit", "path.close", "path", "details", "path.enter", "select.previous", "path.up"),
    *("path.left", "volume.up", "mute.toggle", "filter"),
)
"""The actions whose hints are kept if there is no room for all, the most important first; every other hint is
omitted before these.
"""
_VALUE = 10
"""Width of the longest gain: `−120.00 dB`."""
_DIRECTIONS = "left up down right"
"""The order in which arrows are shown side by side."""
_ARROWS = {"←": "<-", "→": "->", "↑": "Up", "↓": "Dn"}


Clicks = list[tuple[Area, str]]
"""Clickable cells, each with its action."""
Hint = tuple[list[tuple[str, str]], str]
"""Labels of keys, each with its action, and what they do."""


def paint_status(
    grid: Grid,
    width: int,
    name: str,
    snapshot: Snapshot,
    card: str,
    view: View,
    words: str,
    charset: CharSet,
) -> Clicks:
    """Paint the top line: machine, filter if any, server, card, views."""
    grid.fill(0, 0, width, 1, Role.STATUS)
    tabs = [(view_, view_.value.capitalize()) for view_ in View]
    if width < 60:
        tabs = [(view_, label[:4]) for view_, label in tabs]
    clicks: Clicks = []
    tabs_width = sum(len(label) + 2 for _, label in tabs)
    x = max(0, width - tabs_width)
    for view_, label in tabs:
        grid.put(x, 0, f" {label} ", Role.STATUS_ON if view_ is view else Role.STATUS_DIM)
        clicks.append((Area(x, 0, len(label) + 2), f"view.{view_.value}"))
        x += len(label) + 2
    room = width - tabs_width - 1
    x = grid.put(1, 0, fit(name, min(room - 1, 24), charset.ellipsis), Role.STATUS, room)
    if words and x + 4 < room:
        shown = fit(f"/{charset.text(words)}", min(room - x - 1, 20), charset.ellipsis)
        start = x + 2
        x = grid.put(start, 0, f" {shown} ", Role.STATUS_ON, room - start)
        clicks.append((Area(start, 0, x - start), "filter"))
    for status in snapshot.statuses:
        if x + 4 > room:
            break
        good = status.phase is Phase.READY
        mark = charset.dot if good else "?" if status.phase is Phase.CONNECTING else "!"
        x = grid.put(x + 2, 0, mark, Role.STATUS_GOOD if good else Role.STATUS_BAD, room - x)
        label = charset.text(status.label or status.source)
        if status.source == "alsa" and good and card:
            label = f"{charset.text(card)} {charset.down}"
        start = x + 1
        text = fit(label, max(0, room - start), charset.ellipsis)
        x = grid.put(start, 0, text, Role.STATUS if good else Role.STATUS_BAD, room - start)
        clicks.append((Area(start, 0, x - start), "card"))
    return clicks


def paint_info(
    grid: Grid, y: int, width: int, name: str, text: str, right: str, error: bool, charset: CharSet
) -> None:
    """Paint the line that says what the selected control is and does, with its value at the right."""
    right, text = right if width >= 40 else "", charset.text(text)
    room = width - (cell_len(right) + 2 if right else 0)
    shown = fit(charset.text(name), max(8, room // 2 - 2), charset.ellipsis)
    x = cell_len(shown) + 2 if name else 0
    # A step changes the value, which therefore has the background of the faders: another one would cost two
    # changes of color. The panel leaves room for longer values, as it would be repainted if it moved.
    spare = max(0, room - x - 2 - cell_len(text))
    panel = room - min(spare, max(0, _VALUE - cell_len(right))) if right else room
    grid.fill(0, y, width, 1)
    grid.fill(0, y, panel, 1, Role.STATUS)
    if name:
        grid.put(0, y, f" {shown} ", Role.STATUS_ON, panel)
    left = panel - x - 2
    role = Role.STATUS_BAD if error else Role.STATUS
    grid.put(x + 1, y, fit(text, left, charset.ellipsis), role, left)
    if right:
        grid.put(width - 1 - cell_len(right), y, right, Role.CHOSEN)


def paint_hints(
    grid: Grid, y: int, width: int, keys: Mapping[str, Sequence[str]], charset: CharSet
) -> Clicks:
    """Paint the bottom line: the first key of each of the most common actions."""
    grid.fill(0, y, width, 1)
    clicks: Clicks = []
    x = 1
    hints = [(labels_of(actions, keys, charset), BY_ID[actions[0]].show) for actions in HINTS]
    for labels, word in fit_hints([hint for hint in hints if hint[0]], width - 2, 2):
        for label, action in labels:
            start = x
            x = grid.put(x, y, label, Role.KEY)
            clicks.append((Area(start, y, x - start), action))
        start = x
        x = grid.put(x + 1, y, word, Role.HINT)
        clicks.append((Area(start, y, x - start), labels[-1][1]))
        x += 2
    return clicks


def fit_hints(hints: Sequence[Hint], room: int, gap: int) -> list[Hint]:
    """The hints for which a line has room, in their order; the keys for help and for leaving are the last to
    be omitted.

    Args: `gap`: number of cells between two hints.
    """
    kept = []
    for hint in sorted(hints, key=_rank):
        width = sum(cell_len(label) for label, _ in hint[0]) + 1 + cell_len(hint[1])
        if width <= room:
            room -= width + gap
            kept.append(hint)
    return [hint for hint in hints if hint in kept]


def _rank(hint: Hint) -> int:
    return min((_RANKS.index(action) for _, action in hint[0] if action in _RANKS), default=len(_RANKS))


def labels_of(
    actions: Sequence[str], keys: Mapping[str, Sequence[str]], charset: CharSet
) -> list[tuple[str, str]]:
    """For each action that has a key: the label of its first key, with a gap if needed, and the action."""
    bound = [(keys[action][0], action) for action in actions if keys.get(action)]
    bound.sort(key=lambda pair: _DIRECTIONS.find(pair[0]))
    labels = [(key_in(key, charset), action) for key, action in bound]
    gap = "" if all(len(label) == 1 for label, _ in labels) else " "
    return [(f"{gap if i else ''}{label}", action) for i, (label, action) in enumerate(labels)]


def key_in(key: str, charset: CharSet) -> str:
    """A key's label in a character set; most sets have no arrows."""
    label = key_label(key)
    if charset.encoding is not None:
        for arrow, plain in _ARROWS.items():
            label = label.replace(arrow, plain)
    return label
