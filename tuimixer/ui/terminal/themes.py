"""The themes. Each is defined by a few colors, from which the looks of all roles are derived when it is used.

Colors are stored as plain numbers, because the first frame is painted before Textual is loaded; a test
compares them with Textual's themes of the same name.
"""

from collections.abc import Mapping
from itertools import pairwise

from tuimixer.model.record import dataclass, replace
from tuimixer.ui.terminal.colour import (
    contrast,
    luminance,
    mix,
    nearest_256,
    of_256,
    parse,
    readable,
    text_of,
)
from tuimixer.ui.terminal.palette import (
    SHADES,
    TRUE_COLOUR,
    Look,
    Looks,
    Palette,
    Role,
    shade,
    split_role,
    title_role,
)

_TEXT, _GONE, _MOST = 4.5, 3.0, 7.0
"""Minimum contrast with the background of text, of inactive text, and of text in the high-contrast theme."""
_HIGH_CONTRAST = "high-contrast"
_WARM, _HOT = 0.7, 0.9
"""Positions on a level meter, 0 to 1, from which sixteen-color terminals show the level as loud (-18 dBFS)
and as too loud (-6 dBFS).
"""

_TABLE = """
dark                 13131c d5d9ea 262637 fab387 89b4fa cba6f7 7fc96b f9d67a f7768e
light                f7f7f9 2e3440 dfe2ea c2570c 1d63d8 8839ef 2f9e44 c98a00 d20f39
high-contrast        000000 ffffff 303030 ffaf00 00ffff ff87ff 00ff00 ffff00 ff5f5f
textual-dark         121212 e0e0e0 242f38 ffa62b 0178d4 b48ead 4ebf71 ffa62b ba3c5b
textual-light        e0e0e0 1f1f1f d0d0d0 b35c00 004578 7b3fb5 4ebf71 ffa62b ba3c5b
nord                 2e3440 d8dee9 434c5e d08770 88c0d0 b48ead a3be8c ebcb8b bf616a
gruvbox              282828 fbf1c7 504945 fabd2f 85a598 d3869b b8bb26 fe8019 fb4934
catppuccin-mocha     181825 cdd6f4 45475a fab387 89b4fa cba6f7 abe9b3 fae3b0 f28fad
dracula              282a36 f8f8f2 313442 ff79c6 8be9fd bd93f9 50fa7b ffb86c ff5555
tokyo-night          1a1b26 a9b1d6 414868 ff9e64 7aa2f7 bb9af7 9ece6a e0af68 f7768e
monokai              272822 d6d6d6 3e3d32 e6db74 66d9ef ae81ff a6e22e fd971f f92672
flexoki              100f0f fffcf0 282726 da702c 4385be 9b76c8 66800b ad8301 af3029
catppuccin-latte     eff1f5 4c4f69 ccd0da fe640b 1e66f5 8839ef 40a02b df8e1d d20f39
catppuccin-frappe    303446 c6d0f5 51576d ef9f76 8caaee ca9ee6 a6d189 e5c890 e78284
catppuccin-macchiato 24273a cad3f5 494d64 f5a97f 8aadf4 c6a0f6 a6da95 eed49f ed8796
solarized-light      fdf6e3 586e75 eee8d5 b58900 268bd2 6c71c4 859900 cb4b16 dc322f
solarized-dark       002b36 839496 073642 b58900 268bd2 6c71c4 859900 cb4b16 dc322f
rose-pine            191724 e0def4 26233a ebbcba 31748f c4a7e7 9ccfd8 f6c177 eb6f92
rose-pine-moon       232136 e0def4 393552 ea9a97 3e8fb0 c4a7e7 9ccfd8 f6c177 eb6f92
rose-pine-dawn       faf4ed 575279 f2e9e1 d7827e 286983 907aa9 56949f ea9d34 b4637a
atom-one-dark        282c34 abb2bf 4f5666 d19a66 61afef c678dd 62f062 deb25b f06262
atom-one-light       fafafa 383a42 cccccc bf9232 4078f2 a626a4 6cf23f d8d938 f23f3f
"""
"""Per theme: name, background, foreground, panel, hardware, outputs, applications, good, warning, error."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """The colors that a theme is derived from, 0xRRGGBB each."""

    name: str
    background: int
    foreground: int
    panel: int
    """The background of the status line."""
    hardware: int
    outputs: int
    applications: int
    """The accent of each of the three groups."""
    good: int
    warning: int
    error: int


def scheme(name: str) -> Scheme:
    """The colors of a theme by its name; those of `dark` if the name is unknown."""
    rows = {row.split()[0]: row.split()[1:] for row in _TABLE.split("\n") if row}
    known = name if name in rows else "dark"
    return Scheme(known, *(int(colour, 16) for colour in rows[known]))


def names() -> tuple[str, ...]:
    """The names of all themes derived from a scheme."""
    return tuple(row.split()[0] for row in _TABLE.split("\n") if row)


def theme(name: str, true_colour: bool = True, colours: Mapping[str, str] | None = None) -> Palette:
    """A theme by its name; `dark` if the name is unknown.

    Args: `colours` (field of Scheme → `#rrggbb`) replaces some of the theme's colors.
    """
    if name in _PLAIN:
        return _PLAIN[name]()
    chosen = scheme(name)
    if colours:
        changes = {field: parse(colour) for field, colour in colours.items()}
        chosen = replace(chosen, **changes)  # type: ignore[arg-type]
    return palette_of(chosen, true_colour)


def palette_of(colours: Scheme, true_colour: bool) -> Palette:
    """The theme of a scheme; text colors are moved towards white or black as far as contrast requires."""
    ink = _Ink(colours, true_colour)
    return Palette(colours.name, luminance(colours.background) < 0.2, _looks(ink), _textual(ink))


class _Ink:
    """A scheme's colors as a terminal shows them, readable on their backgrounds."""

    def __init__(self, scheme: Scheme, true_colour: bool) -> None:
        self.scheme = scheme
        self._true_colour = true_colour
        self.surface = mix(scheme.background, scheme.panel, 0.4)
        """The background of dialogs. Their text has the same colors as elsewhere, which contrast less with
        this color than with the main background, so the contrast is measured here.
        """
        self.contrast = _MOST if scheme.name == _HIGH_CONTRAST else _TEXT

    def number(self, colour: int) -> int:
        """A color as a number for `Look`."""
        return TRUE_COLOUR | colour if self._true_colour else nearest_256(colour)

    def shown(self, colour: int) -> int:
        """The color that the terminal shows for this one."""
        return colour if self._true_colour else of_256(nearest_256(colour))

    def readable(self, colour: int) -> int:
        """The color, changed as far as necessary for readable text."""
        return readable(colour, self.surface, self.contrast, self.shown)

    def text(
        self, colour: int, on: int | None = None, bold: bool = False, ratio: float | None = None
    ) -> Look:
        """The look of text on the background or the color `on`, with a minimum contrast ratio (`contrast` by
        default).
        """
        against, behind = (self.surface, self.scheme.background) if on is None else (on, on)
        colour = readable(colour, against, ratio or self.contrast, self.shown)
        return Look(self.number(colour), self.number(behind), bold)

    def shape(self, colour: int) -> Look:
        """The look of a shape rather than text, so the color is not changed."""
        return Look(self.number(colour), self.number(self.scheme.background))

    def block(self, colour: int) -> Look:
        """The look of text on a block of this color."""
        inks = self.scheme.background, self.scheme.foreground, 0, 0xFFFFFF
        ink = max(inks, key=lambda ink: contrast(self.shown(ink), self.shown(colour)))
        return Look(self.number(ink), self.number(colour), bold=True)


def _looks(ink: _Ink) -> Looks:
    colours, text, shape = ink.scheme, ink.text, ink.shape
    background, foreground, panel = colours.background, colours.foreground, colours.panel
    dim = mix(foreground, background, 0.35)
    strong = text(mix(foreground, _far(background), 0.5), bold=True)
    accent = ink.readable(colours.outputs)
    looks = Looks(
        {
            Role.TEXT: text(foreground),
            Role.DIM: text(dim),
            Role.STRONG: strong,
            Role.HEADING: text(colours.outputs, bold=True),
            Role.STATUS: text(foreground, panel),
            Role.STATUS_DIM: text(dim, panel),
            Role.STATUS_ON: ink.block(accent),
            Role.STATUS_GOOD: text(colours.good, panel),
            Role.STATUS_BAD: text(colours.error, panel, bold=True),
            Role.CURSOR: ink.block(accent),
            Role.VALUE: text(foreground),
            Role.CHOSEN: strong,
            Role.BAR_SILENT: text(mix(foreground, background, 0.55), ratio=_GONE),
            Role.BAR_OVER: text(colours.error, ratio=_GONE),
            Role.TRACK: shape(mix(background, foreground, 0.17)),
            Role.FRAME: shape(mix(background, foreground, 0.3)),
            Role.METER: text(colours.good, ratio=_GONE),
            Role.METER_WARM: text(colours.warning, ratio=_GONE),
            Role.METER_HOT: text(colours.error, bold=True, ratio=_GONE),
            Role.MUTE: text(colours.error, bold=True),
            Role.RECORD: text(colours.error, bold=True),
            Role.STAR: text(colours.warning),
            Role.KEY: text(colours.outputs, bold=True),
            Role.HINT: text(dim),
            Role.ERROR: text(colours.error, bold=True),
            Role.GONE: text(mix(foreground, background, 0.5), ratio=_GONE),
            Role.PAPER: shape(background),
        }
    )
    looks[Role.BAR_OVER_SPLIT] = shape(mix(ink.readable(colours.error), background, 0.5))
    for number, colour in enumerate((colours.hardware, colours.outputs, colours.applications)):
        role = Role(Role.HARDWARE + number)
        looks[role] = text(colour)
        looks[split_role(role)] = shape(mix(ink.readable(colour), background, 0.5))
        looks[title_role(role)] = text(colour, bold=True)
    for step in range(SHADES):
        looks[shade(step / SHADES)] = text(_level(colours, (step + 1) / SHADES), ratio=_GONE)
    return looks


def _textual(ink: _Ink) -> dict[str, str]:
    """The colors of Textual's widgets, by the fields of its Theme."""
    colours = ink.scheme
    fields = {
        "primary": ink.readable(colours.outputs),
        "secondary": ink.readable(colours.applications),
        "accent": ink.readable(colours.hardware),
        "foreground": ink.readable(colours.foreground),
        "background": colours.background,
        "surface": ink.surface,
        "panel": colours.panel,
        "success": ink.readable(colours.good),
        "warning": ink.readable(colours.warning),
        "error": ink.readable(colours.error),
    }
    return {field: text_of(ink.shown(colour)) for field, colour in fields.items()}


def _far(background: int) -> int:
    """White on a dark background, black on a light one."""
    return 0xFFFFFF if luminance(background) < 0.2 else 0


def _level(colours: Scheme, share: float) -> int:
    """The color of a level meter at a position from 0 to 1, going from green through amber to red."""
    stops = (
        (0.0, mix(colours.good, colours.background, 0.3)),
        (0.6, colours.good),
        (0.85, colours.warning),
        (1.0, colours.error),
    )
    for (low, first), (high, second) in pairwise(stops):
        if share <= high:
            return mix(first, second, (share - low) / (high - low))
    return colours.error


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
    Role.METER_HOT: Look(bold=True),
    Role.MUTE: Look(bold=True),
    Role.RECORD: Look(bold=True),
    Role.STAR: Look(bold=True),
    Role.KEY: Look(bold=True),
    Role.ERROR: Look(bold=True),
    Role.DIM: Look(dim=True),
    Role.BAR_SILENT: Look(dim=True),
    Role.TRACK: Look(dim=True),
    Role.FRAME: Look(dim=True),
    Role.GONE: Look(dim=True),
    Role.HARDWARE_TITLE: Look(bold=True),
    Role.OUTPUTS_TITLE: Look(bold=True),
    Role.APPLICATIONS_TITLE: Look(bold=True),
}
_ANSI_COLOURS = {
    Role.HEADING: 6,
    Role.BAR_OVER: 1,
    Role.BAR_OVER_SPLIT: 1,
    Role.METER: 2,
    Role.METER_WARM: 3,
    Role.METER_HOT: 1,
    Role.MUTE: 1,
    Role.RECORD: 1,
    Role.STAR: 3,
    Role.KEY: 6,
    Role.ERROR: 1,
    **dict.fromkeys((Role.HARDWARE, Role.HARDWARE_SPLIT, Role.HARDWARE_TITLE), 3),
    **dict.fromkeys((Role.OUTPUTS, Role.OUTPUTS_SPLIT, Role.OUTPUTS_TITLE), 6),
    **dict.fromkeys((Role.APPLICATIONS, Role.APPLICATIONS_SPLIT, Role.APPLICATIONS_TITLE), 5),
}


def _plain(name: str, colours: Mapping[Role, int]) -> Palette:
    """A theme on the terminal's own background, with attributes and possibly some of its sixteen colors."""
    looks = Looks(
        {role: replace(_SHAPES.get(role, Look()), fg=colours.get(role)) for role in Role},
    )
    for step in range(SHADES):
        share = (step + 0.5) / SHADES
        level = Role.METER_HOT if share > _HOT else Role.METER_WARM if share > _WARM else Role.METER
        looks[shade(share)] = looks[level]
    return Palette(name, True, looks, {}, ansi=True)


_PLAIN = {"ansi": lambda: _plain("ansi", _ANSI_COLOURS), "mono": lambda: _plain("mono", {})}
"""Themes for terminals with sixteen colors, and with none."""
