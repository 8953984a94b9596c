"""The characters that the screen is drawn with: all of Unicode, those of a console font (CP437), or ASCII."""

from tuimixer.model.record import dataclass, replace

_PLAIN: dict[int, str] = {
    ord(sign): plain
    for signs, plain in (("“”„", '"'), ("‘’", "'"), ("–—·−", "-"), ("…", "..."), ("→", ">"), ("←", "<"))
    for sign in signs
}
"""The closest equivalents of characters that the smaller sets lack."""
_ARROW_KEYS = (("←→", "<- ->"), ("↑↓", "Up Dn"))


@dataclass(frozen=True, slots=True)
class CharSet:
    """One set of characters for drawing. Each glyph is one cell wide."""

    name: str
    encoding: str | None
    """Names are shown in this encoding, with a question mark for missing characters; None for all
    of Unicode.
    """
    cursor: str
    full: str
    """Filled part of a horizontal fader."""
    empty: str
    light: str
    """Where only some channels of a horizontal fader reach, and the unfilled part of a vertical one."""
    hatch: str
    """Filled part of a muted fader."""
    dots: str
    """Filled part of a fader that has no effect."""
    mark: str
    """Mark at 100 % of a horizontal fader that can go beyond."""
    chosen: str
    """Left edge of the selected control's row."""
    levels: str
    """The glyphs of one cell of a vertical bar, from empty to full."""
    meter: str
    """One cell of a horizontal meter of one channel, or where only the second of two reaches."""
    first: str
    """One cell of a horizontal meter where only the first of two channels reaches."""
    both: str
    """One cell of a horizontal meter where both channels reach."""
    hold: str
    clip: str
    base: str
    mute: str
    record: str
    idle: str
    pause: str
    star: str
    dot: str
    down: str
    up: str
    left: str
    right: str
    line: str
    divider: str
    ellipsis: str
    infinity: str

    def text(self, text: str) -> str:
        """A text in the characters of this set or their closest equivalents, without control characters."""
        if not text.isprintable():
            text = "".join(sign for sign in text if sign.isprintable() or sign == "\n")
        if self.encoding is None or text.isascii():
            return text
        for arrows, plain in _ARROW_KEYS:
            text = text.replace(arrows, plain)
        plain = text.translate(_PLAIN).replace("∞", self.infinity)
        return plain.encode(self.encoding, "replace").decode(self.encoding)


UNICODE = CharSet(
    name="unicode",
    encoding=None,
    cursor="▸",
    full="━",
    empty="─",
    light="░",
    hatch="╱",
    dots="·",
    mark="│",
    chosen="▌",
    levels=" ▁▂▃▄▅▆▇█",
    meter="▄",
    first="▀",
    both="█",
    hold="▐",
    clip="!",
    base="┼",
    mute="M",
    record="●",
    idle="○",
    pause="║",
    star="★",
    dot="●",
    down="▾",
    up="▴",
    left="◂",
    right="▸",
    line="─",
    divider="│",
    ellipsis="…",
    infinity="∞",
)

CP437 = replace(
    UNICODE,
    name="cp437",
    encoding="cp437",
    cursor=">",
    full="═",
    hatch="/",
    levels=" ▄█",
    record="R",
    idle="-",
    star="*",
    dot="*",
    down="v",
    up="^",
    left="<",
    right=">",
    ellipsis="~",
)

ASCII = replace(
    CP437,
    name="ascii",
    encoding="ascii",
    full="=",
    empty="-",
    light=":",
    dots=".",
    mark="|",
    chosen=">",
    levels=" #",
    meter="=",
    first="'",
    both="#",
    hold="|",
    base="+",
    pause="p",
    line="-",
    divider="|",
    infinity="inf",
)
