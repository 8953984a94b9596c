"""The themes: what each role looks like in each of them. Only the one that is used is made."""

from tuimixer.ui.terminal.palette import Look, Palette, Role


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


def _dark() -> Palette:
    return _palette(
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


def _light() -> Palette:
    return _palette(
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


def _contrast() -> Palette:
    return _palette(
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
    Role.GONE: Look(dim=True),
}


def _mono() -> Palette:
    """Without any colour: bold, dim and reverse only."""
    return _palette("mono", True, (None, None), _SHAPES, {}, ansi=True)


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


def _ansi() -> Palette:
    """The terminal's own sixteen colours on its own background."""
    return _palette(
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


_THEMES = {"dark": _dark, "light": _light, "high-contrast": _contrast, "ansi": _ansi, "mono": _mono}


def theme(name: str) -> Palette:
    """A theme by its name; the dark one for a name that is not known."""
    return _THEMES.get(name, _dark)()
