"""Colours by what they mean: what each role looks like in each theme, for the terminal and for Textual.

Colours are numbers of the terminal's 256, so that a colour change costs a dozen bytes and not twenty, and
None is the terminal's own. No meaning hangs on a colour alone.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

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
    METER_OFF = 21
    MUTE = 22
    RECORD = 23
    STAR = 24
    KEY = 25
    HINT = 26
    ERROR = 27
    GONE = 28
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


def _palette(
    name: str,
    dark: bool,
    base: tuple[int | None, int | None],
    looks: dict[Role, Look],
    textual: dict[str, str],
    ansi: bool = False,
) -> Palette:
    """A theme in which each role without a background takes the screen's, and without colour the text's."""
    fg, bg = base
    full = []
    for role in Role:
        look = looks.get(role, Look())
        full.append(
            Look(
                look.fg if look.fg is not None else fg,
                look.bg if look.bg is not None else bg,
                look.bold,
                look.dim,
                look.reverse,
            )
        )
    return Palette(name, dark, tuple(full), textual, ansi)


DARK = _palette(
    "dark",
    True,
    (250, 233),
    {
        Role.DIM: Look(243),
        Role.STRONG: Look(255, bold=True),
        Role.HEADING: Look(109, bold=True),
        Role.STATUS: Look(252, 236),
        Role.STATUS_DIM: Look(245, 236),
        Role.STATUS_ON: Look(233, 109, bold=True),
        Role.STATUS_GOOD: Look(108, 236),
        Role.STATUS_BAD: Look(216, 236, bold=True),
        Role.CURSOR: Look(233, 110, bold=True),
        Role.CHOSEN: Look(255, bold=True),
        Role.BAR: Look(67),
        Role.BAR_CHOSEN: Look(117),
        Role.BAR_MUTED: Look(240),
        Role.BAR_OVER: Look(215),
        Role.TRACK: Look(238),
        Role.FRAME: Look(239),
        Role.METER: Look(71),
        Role.METER_WARM: Look(179),
        Role.METER_HOT: Look(203),
        Role.METER_OFF: Look(236),
        Role.MUTE: Look(203, bold=True),
        Role.RECORD: Look(203),
        Role.STAR: Look(179),
        Role.KEY: Look(110, bold=True),
        Role.HINT: Look(245),
        Role.ERROR: Look(216, bold=True),
        Role.GONE: Look(240),
    },
    {
        "primary": "#87afd7",
        "secondary": "#87afaf",
        "accent": "#87afd7",
        "foreground": "#bcbcbc",
        "background": "#121212",
        "surface": "#1c1c1c",
        "panel": "#303030",
        "success": "#5faf5f",
        "warning": "#d7af5f",
        "error": "#ff5f5f",
    },
)

LIGHT = _palette(
    "light",
    False,
    (236, 255),
    {
        Role.DIM: Look(244),
        Role.STRONG: Look(232, bold=True),
        Role.HEADING: Look(24, bold=True),
        Role.STATUS: Look(236, 252),
        Role.STATUS_DIM: Look(242, 252),
        Role.STATUS_ON: Look(255, 24, bold=True),
        Role.STATUS_GOOD: Look(28, 252),
        Role.STATUS_BAD: Look(124, 252, bold=True),
        Role.CURSOR: Look(255, 25, bold=True),
        Role.CHOSEN: Look(232, bold=True),
        Role.BAR: Look(67),
        Role.BAR_CHOSEN: Look(25),
        Role.BAR_MUTED: Look(248),
        Role.BAR_OVER: Look(166),
        Role.TRACK: Look(251),
        Role.FRAME: Look(249),
        Role.METER: Look(28),
        Role.METER_WARM: Look(136),
        Role.METER_HOT: Look(160),
        Role.METER_OFF: Look(253),
        Role.MUTE: Look(160, bold=True),
        Role.RECORD: Look(160),
        Role.STAR: Look(136),
        Role.KEY: Look(25, bold=True),
        Role.HINT: Look(242),
        Role.ERROR: Look(124, bold=True),
        Role.GONE: Look(248),
    },
    {
        "primary": "#005faf",
        "secondary": "#005f87",
        "accent": "#005faf",
        "foreground": "#303030",
        "background": "#eeeeee",
        "surface": "#e4e4e4",
        "panel": "#d0d0d0",
        "success": "#008700",
        "warning": "#af8700",
        "error": "#d70000",
    },
)

CONTRAST = _palette(
    "high-contrast",
    True,
    (231, 16),
    {
        Role.DIM: Look(250),
        Role.STRONG: Look(231, bold=True),
        Role.HEADING: Look(51, bold=True),
        Role.STATUS: Look(16, 231),
        Role.STATUS_DIM: Look(16, 231),
        Role.STATUS_ON: Look(231, 16, bold=True),
        Role.STATUS_GOOD: Look(16, 231),
        Role.STATUS_BAD: Look(231, 124, bold=True),
        Role.CURSOR: Look(16, 226, bold=True),
        Role.VALUE: Look(231),
        Role.CHOSEN: Look(226, bold=True),
        Role.BAR: Look(51),
        Role.BAR_CHOSEN: Look(226),
        Role.BAR_MUTED: Look(246),
        Role.BAR_OVER: Look(208, bold=True),
        Role.TRACK: Look(242),
        Role.FRAME: Look(250),
        Role.METER: Look(46),
        Role.METER_WARM: Look(226),
        Role.METER_HOT: Look(196, bold=True),
        Role.METER_OFF: Look(238),
        Role.MUTE: Look(231, 124, bold=True),
        Role.RECORD: Look(231, 124, bold=True),
        Role.STAR: Look(226, bold=True),
        Role.KEY: Look(226, bold=True),
        Role.HINT: Look(231),
        Role.ERROR: Look(231, 124, bold=True),
        Role.GONE: Look(246),
    },
    {
        "primary": "#ffff00",
        "secondary": "#00ffff",
        "accent": "#ffff00",
        "foreground": "#ffffff",
        "background": "#000000",
        "surface": "#000000",
        "panel": "#303030",
        "success": "#00ff00",
        "warning": "#ffff00",
        "error": "#ff0000",
    },
)

_SHAPES = {
    Role.STRONG: Look(bold=True),
    Role.HEADING: Look(bold=True),
    Role.STATUS: Look(reverse=True),
    Role.STATUS_DIM: Look(reverse=True),
    Role.STATUS_ON: Look(bold=True),
    Role.STATUS_GOOD: Look(reverse=True),
    Role.STATUS_BAD: Look(bold=True, reverse=True),
    Role.CURSOR: Look(bold=True, reverse=True),
    Role.CHOSEN: Look(bold=True),
    Role.BAR_CHOSEN: Look(bold=True),
    Role.METER_HOT: Look(bold=True),
    Role.MUTE: Look(bold=True),
    Role.RECORD: Look(bold=True),
    Role.STAR: Look(bold=True),
    Role.KEY: Look(bold=True),
    Role.ERROR: Look(bold=True),
    Role.DIM: Look(dim=True),
    Role.BAR_MUTED: Look(dim=True),
    Role.TRACK: Look(dim=True),
    Role.FRAME: Look(dim=True),
    Role.METER_OFF: Look(dim=True),
    Role.GONE: Look(dim=True),
}
MONO = _palette("mono", True, (None, None), _SHAPES, {}, ansi=True)
"""Without any colour: bold, dim and reverse only."""

_ANSI_COLOURS = {
    Role.HEADING: 6,
    Role.BAR: 4,
    Role.BAR_CHOSEN: 6,
    Role.BAR_OVER: 3,
    Role.METER: 2,
    Role.METER_WARM: 3,
    Role.METER_HOT: 1,
    Role.MUTE: 1,
    Role.RECORD: 1,
    Role.STAR: 3,
    Role.KEY: 6,
    Role.ERROR: 1,
}
ANSI = _palette(
    "ansi",
    True,
    (None, None),
    {
        role: Look(_ANSI_COLOURS.get(role), None, look.bold, look.dim, look.reverse)
        for role in Role
        for look in (_SHAPES.get(role, Look()),)
    },
    {},
    ansi=True,
)
"""The terminal's own sixteen colours on its own background."""

PALETTES = {palette.name: palette for palette in (DARK, LIGHT, CONTRAST, ANSI, MONO)}
