"""F1: every action with its configured keys, by group."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from rich.text import Text
from textual.app import RenderResult
from textual.containers import VerticalScroll
from textual.widget import Widget

from tuimixer.config.actions import ACTIONS
from tuimixer.ui.mixer.status_line import key_in
from tuimixer.ui.screens.listing import styles_of
from tuimixer.ui.screens.text_dialog import TextDialog
from tuimixer.ui.terminal.cells import wrap
from tuimixer.ui.terminal.palette import Role

if TYPE_CHECKING:
    from tuimixer.ui.app import TuiMixerApp

_GAP, _INDENT = 3, 2
_NUMBERED = (
    ("volume.{}0", "Volume 10 % to 90 %"),
    ("list.{}", "Choose the line with this number"),
    ("path.{}", "Fix the finding with this number"),
)
_DIGITS = {form.format(n): (str(n), words) for form, words in _NUMBERED for n in range(1, 10)}
"""Action whose key is a digit → the digit, and a text for all nine such actions."""
_FOOT = (
    "Mouse: click or drag a fader to set it, scroll over it to change it in steps, click M or MUTE to "
    "unmute, click a name to select it, and double-click a name for details. The key hints at the bottom can "
    "be clicked as well. The right button moves a single channel (in rows, the selected one).",
    "On ALSA controls, percentages are the same as in alsamixer; on sinks and streams, 100 % is 0 dB. Only "
    "dB values can be compared between these two kinds of control.",
    "Faders: the upper half shows the volume, the lower half the level of the sound. The mark is at 100 %; "
    "above it, the sound is amplified. Hatched: muted. Dotted: no effect at the moment. LOCK: read-only.",
    "Meters: a mark shows for ten seconds that the sound has reached full scale and may have clipped.",
)


class HelpScreen(TextDialog):
    """Shows the keys, in one or two columns."""

    TITLE = "Keys"
    DEFAULT_CSS = """
    HelpScreen > .dialog--box { width: 96%; max-width: 120; }
    HelpScreen VerticalScroll {
        height: auto; max-height: 100%;
        scrollbar-size-vertical: 1; scrollbar-background: $surface; scrollbar-color: $primary;
    }
    HelpScreen Keys { height: auto; }
    """

    def content(self) -> list[Widget]:
        self.page = VerticalScroll(Keys(self.tuimixer, self.groups()))
        return [self.page]

    def actions(self) -> Mapping[str, Callable[[], object]]:
        return {**super().actions(), "help": self.action_close}

    def groups(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """(heading, [(keys, what they do)]) in the order of the table; actions without keys are omitted."""
        charset = self.tuimixer.terminal.charset
        found: dict[str, list[tuple[str, str]]] = {}
        for action in ACTIONS:
            labels: list[str] = []
            for key in self.tuimixer.keys.get(action.id, ()):
                label = key_in(key, charset)
                # To a user, the uppercase and the lowercase letter are the same key.
                if not any(label.swapcase() == known and label.isalpha() for known in labels):
                    labels.append(label)
            digit, words = _DIGITS.get(action.id, ("", ""))
            if digit and labels == [digit]:
                if digit == "1":
                    found.setdefault(action.group, []).append((self.shown("1…9"), words))
            elif labels:
                found.setdefault(action.group, []).append((" ".join(labels), self.shown(action.help)))
        return list(found.items())


class Keys(Widget):
    """The groups as text, in two columns if there is room."""

    def __init__(self, tuimixer: "TuiMixerApp", groups: list[tuple[str, list[tuple[str, str]]]]) -> None:
        super().__init__()
        self._tuimixer = tuimixer
        self._groups = groups

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """The number of lines of the text at this width."""
        return len(self._lines(width))

    def render(self) -> RenderResult:
        return Text("\n").join(self._lines(self.size.width))

    def _lines(self, width: int) -> list[Text]:
        blocks = [self._block(title, rows, width) for title, rows in self._groups]
        if width >= 90:
            half = (width - _GAP) // 2
            blocks = [self._block(title, rows, half) for title, rows in self._groups]
            lines = _beside(blocks, half)
        else:
            lines = [line for block in blocks for line in block]
        for sentence in _FOOT:
            lines += [Text(part) for part in wrap(sentence, width)]
        return lines

    def _block(self, title: str, rows: list[tuple[str, str]], width: int) -> list[Text]:
        longest = max(len(keys) for _, rows in self._groups for keys, _ in rows)
        keys_width = min(longest, max(8, width // 3))
        indent = " " * _INDENT
        styles = styles_of(self._tuimixer.terminal.palette)
        lines = [Text.assemble((title, styles[Role.HEADING]))]
        for keys, words in rows:
            told = wrap(words, max(8, width - _INDENT - keys_width - 2))
            shown = wrap(keys, keys_width)
            for index in range(max(len(told), len(shown))):
                left = shown[index] if index < len(shown) else ""
                right = told[index] if index < len(told) else ""
                gap = " " * (keys_width - len(left) + 2)
                lines.append(Text.assemble(indent, (left, styles[Role.KEY]), f"{gap}{right}"))
        lines.append(Text(""))
        return lines


def _beside(blocks: list[list[Text]], half: int) -> list[Text]:
    """The blocks in two columns of about the same height."""
    total = sum(len(block) for block in blocks)
    left: list[Text] = []
    right: list[Text] = []
    for block in blocks:
        (left if len(left) + len(block) // 2 <= total // 2 and not right else right).extend(block)
    lines = []
    for index in range(max(len(left), len(right))):
        line = left[index].copy() if index < len(left) else Text("")
        line.pad_right(half + _GAP - line.cell_len)
        if index < len(right):
            line.append_text(right[index])
        lines.append(line)
    return lines
