"""Colors by meaning: the roles, and the look of each role on the terminal and in Textual.

No meaning depends on color alone.
"""

from collections.abc import Callable
from enum import IntEnum
from typing import TYPE_CHECKING

from tuimixer.model.record import dataclass

if TYPE_CHECKING:
    from rich.style import Style

TRUE_COLOUR = 1 << 24
"""Added to 0xRRGGBB in a `Look`; smaller numbers are those of the terminal's 256 colors."""
SHADES = 24
"""Number of colors of a level meter from its bottom to its top."""
_FIRST_SHADE = 64
_TWO_TONE = 1 << 16


class Role(IntEnum):
    """What a cell of the screen means."""

    TEXT = 0
    DIM = 1
    STRONG = 2
    HEADING = 3
    STATUS = 4
    STATUS_DIM = 5
    STATUS_ON = 6
    """The selected view in the status line."""
    STATUS_GOOD = 7
    STATUS_BAD = 8
    CURSOR = 9
    """The selected line of a list."""
    VALUE = 10
    CHOSEN = 11
    """Values of the selected control."""
    BAR_SILENT = 14
    """The fader of a control that is muted, or of a capture control that is off (`StripState.silent`)."""
    BAR_OVER = 15
    """The part of a fader beyond 100 %."""
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
    """What is present but currently has no effect, because it is inactive or paused."""
    HARDWARE = 28
    OUTPUTS = 29
    APPLICATIONS = 30
    """The accents of the three groups, used for faders and, in bold, for headings."""
    HARDWARE_SPLIT = 31
    OUTPUTS_SPLIT = 32
    APPLICATIONS_SPLIT = 33
    """The part of a fader by which one channel exceeds the other."""
    HARDWARE_TITLE = 34
    OUTPUTS_TITLE = 35
    APPLICATIONS_TITLE = 36
    PAPER = 37
    """The background color, for use as a glyph color."""
    BAR_OVER_SPLIT = 38


def split_role(accent: Role) -> Role:
    """The role, for this accent or `BAR_OVER`, of the part by which one channel exceeds the other."""
    return Role.BAR_OVER_SPLIT if accent is Role.BAR_OVER else Role(accent + 3)


def title_role(accent: Role) -> Role:
    """The role of the heading of a group with this accent."""
    return Role(accent + 6)


def shade(share: float) -> int:
    """The color of a level meter at a position from 0 to 1; used like a role."""
    return _FIRST_SHADE + min(max(int(share * SHADES), 0), SHADES - 1)


def two_tone(ink: int, paper: int) -> int:
    """A cell whose glyph has one role's color and whose background has another's."""
    return _TWO_TONE | ink << 8 | paper


def ink_of(cell: int) -> int:
    """The role of the glyph's color in a cell of two roles."""
    return cell >> 8 & 255


@dataclass(frozen=True, slots=True)
class Look:
    """Foreground color, background color and attributes."""

    fg: int | None = None
    """A color number from 0 to 255, or TRUE_COLOUR + 0xRRGGBB; None for the terminal's own color."""
    bg: int | None = None
    bold: bool = False
    dim: bool = False
    reverse: bool = False

    @property
    def sgr(self) -> str:
        """The escape sequence that switches to this look after a reset."""
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
        """The same look as a rich style, for Textual's compositor."""
        from rich.color import Color
        from rich.style import Style

        def colour(number: int | None) -> Color | None:
            if number is None or number < TRUE_COLOUR:
                return None if number is None else Color.from_ansi(number)
            return Color.from_rgb(number >> 16 & 255, number >> 8 & 255, number & 255)

        return Style(
            color=colour(self.fg),
            bgcolor=colour(self.bg),
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
    if number < TRUE_COLOUR:
        return [str(base + 8), "5", str(number)]
    return [str(base + 8), "2", str(number >> 16 & 255), str(number >> 8 & 255), str(number & 255)]


class Looks(dict[int, Look]):
    """Looks by role; those of cells with two roles' colors are created on first use."""

    def __missing__(self, cell: int) -> Look:
        look = self[cell] = Look(self[ink_of(cell)].fg, self[cell & 255].fg)
        return look


class Styles(dict[int, "Style"]):
    """Rich's styles by role, created on first use."""

    def __init__(self, looks: Looks, change: Callable[[Look], Look] = lambda look: look) -> None:
        super().__init__()
        self._looks = looks
        self._change = change

    def __missing__(self, role: int) -> "Style":
        style = self[role] = self._change(self._looks[role]).rich()
        return style


@dataclass(frozen=True, slots=True)
class Palette:
    """One theme."""

    name: str
    dark: bool
    looks: Looks
    """The look of each role and of each shade."""
    textual: dict[str, str]
    """The colors of Textual's widgets, by the fields of its Theme."""
    ansi: bool = False
    """Whether the theme has only the terminal's own colors, which cannot be mixed."""
