"""The marks of a strip in both layouts: default, mute, capture and lock."""

from tuimixer.ui.mixer.strip_state import StripState
from tuimixer.ui.terminal.cells import Grid
from tuimixer.ui.terminal.charsets import CharSet
from tuimixer.ui.terminal.palette import Role


def switch_text(state: StripState) -> str:
    """The state of a switch in a word, for a control without a volume."""
    if state.mute is not None:
        return "off" if state.muted else "on"
    if state.capture is not None:
        return "capture" if any(state.capture) else "not recording"
    return ""


def marks_of(state: StripState, charset: CharSet, words: bool) -> list[tuple[str, Role]]:
    """The marks as (text, role): default, mute, capture and lock; one for a single side has its letter.

    Args: `words`: whether there is room for words, MUTE and LOCK, and for the star in front of them.
    """
    marks: list[tuple[str, Role]] = []
    if state.mute is not None and any(state.mute):
        side = "" if all(state.mute) else " L" if state.mute[0] else " R"
        long = f"{charset.mute}{side}" if side else "MUTE"
        short = side.strip().lower() or charset.mute
        marks.append((long if words and state.capture is None else short, Role.MUTE))
    if state.capture is not None:
        glyph = charset.record if any(state.capture) else charset.idle
        if any(state.capture) and not all(state.capture):
            glyph = "L" if state.capture[0] else "R"
        marks.append((glyph, Role.RECORD if any(state.capture) else Role.DIM))
    if state.read_only and words:
        marks.append(("LOCK", Role.DIM))
    if state.default:
        marks.insert(0 if words else len(marks), (charset.star, Role.STAR))
    return marks


def put_marks(grid: Grid, x: int, y: int, marks: list[tuple[str, Role]], end: int) -> None:
    """Write marks side by side, up to a given cell."""
    for text, role in marks:
        x = grid.put(x, y, text, role, end - x)
