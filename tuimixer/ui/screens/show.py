"""`f`: which streams and devices to show."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

from tuimixer.config.schema import Filters, Rule
from tuimixer.mixer.mixer import Mixer
from tuimixer.model.text import clean
from tuimixer.ui.screens.dialog import Hints
from tuimixer.ui.screens.list_dialog import ListDialog
from tuimixer.ui.screens.listing import Line

_STREAMS = (
    ("all", "All streams", ""),
    ("applications", "Applications", "application streams"),
    ("virtual", "Virtual streams", "used to pass sound between devices"),
)
_DEVICES = (
    ("all", "All devices", ""),
    ("hardware", "Hardware", "devices of sound cards"),
    ("virtual", "Virtual devices", "created by the server: null, combined, remapped"),
)
_ALSO = (
    ("Monitors", "monitors", "inputs that record what an output plays"),
    ("Not running", "stopped", "stored volumes"),
)


class ShowScreen(ListDialog):
    """Filters for streams and devices, and whether to show monitors. The dialog stays open, so that several
    settings can be changed.
    """

    TITLE = "What to show"
    HINTS: ClassVar[Hints] = (("list.enter", "select"), ("list.close", "close"))

    def __init__(self, mixer: Mixer, filters: Filters) -> None:
        super().__init__(mixer)
        self._filters = filters

    def lines(self) -> Sequence[Line]:
        now = self._filters
        lines = [Line("Applications", heading=True)]
        lines += [
            self._line(name, words, f"streams {kind}", now.streams == kind, streams=kind)
            for kind, name, words in _STREAMS
        ]
        lines.append(Line("Devices", heading=True))
        lines += [
            self._line(name, words, f"devices {kind}", now.devices == kind, devices=kind)
            for kind, name, words in _DEVICES
        ]
        lines.append(Line("Also", heading=True))
        for name, key, what in _ALSO:
            shown = getattr(now, key)
            words = (
                f"shown ({what}); press Enter to hide" if shown else f"hidden ({what}); press Enter to show"
            )
            lines.append(self._line(name, words, key, **{key: not shown}))
        hidden = [rule for rule in now.rules if rule.hide]
        if hidden:
            lines.append(Line("Hidden by name", heading=True))
        for rule in hidden:
            words = clean(", ".join(f"{key} {text}" for key, text in rule.match.items()))
            lines.append(
                Line(
                    rule.name or words,
                    "hidden; press Enter to show",
                    f"rule {words}",
                    enter=partial(self._unhide, rule),
                )
            )
        return lines

    def _line(self, name: str, words: str, key: str, chosen: bool = False, **change: Any) -> Line:
        """A line that changes a filter."""
        after = replace(self._filters, **change)
        return Line(name, words, key, chosen=chosen, enter=partial(self._filter, after))

    def _unhide(self, rule: Rule) -> None:
        """Show again what a rule hides, on the screen and in the configuration."""
        self.tuimixer.main.change_rule(replace(rule, hide=False), f"show ({rule.name or 'a control'})")
        self._filter(self.tuimixer.main.renderer.filters)

    def _filter(self, filters: Filters) -> None:
        self._filters = filters
        self.tuimixer.main.renderer.filter(filters)
        self.rebuild()
