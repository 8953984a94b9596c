"""Colours by what they mean: the roles, and what a role looks like on the terminal and in Textual.

Colours are numbers of the terminal's 256, so that a colour change costs a dozen bytes and not twenty, and
None is the terminal's own. No meaning hangs on a colour alone.
"""

from enum import IntEnum
from typing import TYPE_CHECKING

from tuimixer.model.record import dataclass

if TYPE_CHECKING:
    from rich.style import Style


class Role(IntEnum):
    """What a cell of the screen means."""

    TEXT = 0
    DIM = 1
    STRONG = 2
    HEADING = 3
    STATUS = 4
    STATUS_DIM = 5
    STATUS_ON = 6
    """Chosen view, in the status line."""
    STATUS_GOOD = 7
    STATUS_BAD = 8
    CURSOR = 9
    """Name of the chosen control."""
    VALUE = 10
    CHOSEN = 11
    """Values of the chosen control."""
    BAR = 12
    BAR_CHOSEN = 13
    BAR_MUTED = 14
    BAR_OVER = 15
    """Beyond 100 %."""
    TRACK = 16
    FRAME = 17
    METER = 18
    METER_WARM = 19
    METER_HOT = 20
    MUTE = 21
    RECORD = 22
    STAR = 23
    KEY = 24
    HINT = 25
    ERROR = 26
    GONE = 27
    """Inactive, paused: there, but without effect just now."""


@dataclass(frozen=True, slots=True)
class Look:
    """Foreground, background (0 to 255, None: the terminal's own) and attributes."""

    fg: int | None = None
    bg: int | None = None
    bold: bool = False
    dim: bool = False
    reverse: bool = False

    @property
    def sgr(self) -> str:
        """The escape sequence that switches from nothing to this look."""
        codes = [str(code) for code, on in ((1, self.bold), (2, self.dim), (7, self.reverse)) if on]
        codes += _colour(self.fg, 30) + _colour(self.bg, 40)
        return f"\x1b[{';'.join(['0', *codes])}m"

    def sgr_after(self, before: "Look | None") -> str:
        """The shortest sequence that switches from another look to this one."""
        if before is None or (before.bold, before.dim, before.reverse) != (self.bold, self.dim, self.reverse):
            return self.sgr
        codes = [] if before.fg == self.fg else _colour(self.fg, 30) or ["39"]
        codes += [] if before.bg == self.bg else _colour(self.bg, 40) or ["49"]
        return f"\x1b[{';'.join(codes)}m" if codes else ""

    def rich(self) -> "Style":
        """The same for Textual's compositor."""
        from rich.color import Color
        from rich.style import Style

        return Style(
            color=None if self.fg is None else Color.from_ansi(self.fg),
            bgcolor=None if self.bg is None else Color.from_ansi(self.bg),
            bold=self.bold,
            dim=self.dim,
            reverse=self.reverse,
        )


def _colour(number: int | None, base: int) -> list[str]:
    if number is None:
        return []
    if number < 8:
        return [str(base + number)]
    if number < 16:
        return [str(base + 52 + number)]
    return [str(base + 8), "5", str(number)]


@dataclass(frozen=True, slots=True)
class Palette:
    """One theme."""

    name: str
    dark: bool
    looks: tuple[Look, ...]
    """By role."""
    textual: dict[str, str]
    """The same for Textual's widgets: fields of its Theme."""
    ansi: bool = False
