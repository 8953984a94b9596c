"""The marks of a strip in both layouts: default, mute, capture and lock."""

from rich.cells import cell_len

from tuimixer.ui.mixer.strip_state import StripState
from tuimixer.ui.terminal.cells import Grid
from tuimixer.ui.terminal.charsets import CharSet
from tuimixer.ui.terminal.palette import Role

Marks = list[tuple[str, Role]]
"""Texts side by side, each with its role."""


def switch_text(state: StripState) -> str:
    """The state of a switch in a word, for a control without a volume."""
    if state.mute is not None:
        return "off" if state.muted else "on"
    if state.capture is not None:
        return "capture" if any(state.capture) else "not recording"
    return ""


def marks_of(state: StripState, charset: CharSet, room: int) -> Marks:
    """The marks: default, mute, capture and lock; one for a single side has its letter.

    They are words, MUTE and LOCK, as far as `room` cells have room for them.
    """
    for words, lock in ((True, True), (True, False)):
        marks = _marks(state, charset, words, lock)
        if marks_width(marks) <= room:
            return marks
    return _marks(state, charset, words=False, lock=False)


def _marks(state: StripState, charset: CharSet, words: bool, lock: bool) -> Marks:
    marks: Marks = []
    if state.mute is not None and any(state.mute):
        side = "" if all(state.mute) else "L" if state.mute[0] else "R"
        long = f"{charset.mute} {side}" if side else "MUTE"
        marks.append((long if words else side.lower() or charset.mute, Role.MUTE))
    if state.capture is not None:
        glyph = charset.record if any(state.capture) else charset.idle
        if any(state.capture) and not all(state.capture):
            glyph = "L" if state.capture[0] else "R"
        gap = " " if marks and glyph.isalpha() else ""
        marks.append((f"{gap}{glyph}", Role.RECORD if any(state.capture) else Role.DIM))
    if state.read_only and lock:
        marks.append((" LOCK" if marks else "LOCK", Role.DIM))
    if state.default:
        marks.insert(0 if words else len(marks), (charset.star, Role.STAR))
    return marks


def marks_width(marks: Marks) -> int:
    """Number of cells that marks take."""
    return sum(cell_len(text) for text, _ in marks)


def put_marks(grid: Grid, x: int, y: int, marks: Marks, end: int) -> None:
    """Write marks side by side, up to a given cell."""
    for text, role in marks:
        x = grid.put(x, y, text, role, end - x)
