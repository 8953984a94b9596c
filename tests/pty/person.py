"""What a user does with the running program, and reads from its screen."""

import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self, TypeVar

from tests.lab.terminal import Terminal
from tests.lab.waiting import DEADLINE, wait_until

Value = TypeVar("Value")

CURSOR = "▌"
"""What the rows of the selected control start with."""
_PERCENT = re.compile(r"(\d+)%")
PROGRAM = (sys.executable, "-m", "tuimixer")
PATIENT = (
    sys.executable,
    "-c",
    """
import sys
from tuimixer.backend.engine import client
from tuimixer.cli.main import main
client._KEEP = client._SETTLE = 90.0
sys.exit(main(sys.argv[1:]))
""",
)
"""The same, but keys wait for the next engine for as long as a busy machine takes to start it."""


class Person:
    """A user of tuimixer in a terminal; use it with `with`."""

    def __init__(
        self,
        env: Mapping[str, str],
        *words: str,
        columns: int = 80,
        lines: int = 24,
        term: str = "xterm-256color",
        program: Sequence[str] = PROGRAM,
    ) -> None:
        self.terminal = Terminal([*program, *words], columns=columns, lines=lines, term=term, env=env)
        self.log = Path(env.get("HOME", "/")) / ".local/state/tuimixer/log"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.terminal.close()

    def press(self, *keys: str) -> None:
        """Press keys by name or as characters."""
        self.terminal.press(*keys)

    def sees(self, *texts: str, timeout: float = DEADLINE) -> None:
        """Wait until all the texts are on the screen together."""
        self.terminal.wait_for(lambda screen: all(text in screen for text in texts), timeout)

    def sees_no_more(self, *texts: str) -> None:
        """Wait until none of the texts is on the screen."""
        self.terminal.wait_for(lambda screen: not any(text in screen for text in texts))

    def waits_for(self, condition: Callable[[], Value], what: str) -> Value:
        """Wait for something outside; a failure reports what was on the screen."""
        try:
            return wait_until(condition, what)
        except TimeoutError as error:
            error.add_note(self.terminal.screen())
            raise

    @property
    def said(self) -> str:
        """The line above the keys."""
        return self.terminal.lines()[-2].strip()

    @property
    def chosen(self) -> str:
        """Name of the control that the line above the keys is about."""
        return self.said.partition("  ")[0]

    def sees_chosen(self, name: str) -> None:
        """Wait until the line above the keys is about this control, even if only after the server's
        change.
        """
        self.terminal.wait_for(lambda _: self.chosen == name)

    def choose(self, name: str, key: str = "n", still: bool = True) -> None:
        """Go to a control by pressing one key repeatedly, as a user does.

        still: False if meters move, so that the screen never comes to rest.
        """
        self.terminal.wait_for(lambda _: self._all_painted())
        if still:
            self.terminal.wait_quiet()
        for _ in range(60):
            before = self.chosen
            if before == name:
                return
            self.press(key)
            self._leaves(before, still)
        raise AssertionError(f"{name!r} cannot be reached:\n{self.terminal.screen()}")

    @property
    def listed(self) -> str:
        """The line that the cursor of an open list is on; empty if there is none."""
        parts = (line.partition("│")[2].lstrip() for line in self.terminal.lines())
        return next((part for part in parts if part.startswith("▸")), "")

    def go_to(self, words: str, key: str = "Down") -> None:
        """Move the cursor of an open list to the line that contains these words."""
        for _ in range(60):
            before = self.waits_for(lambda: self.listed, "the cursor in the list")
            if words in before:
                return
            self.press(key)
            self.terminal.wait_for(lambda _, before=before: self.listed != before)  # type: ignore[misc]
            # A list that scrolls or becomes longer may arrive in several parts.
            self.terminal.wait_quiet()
        raise AssertionError(f"{words!r} cannot be reached:\n{self.terminal.screen()}")

    def _leaves(self, name: str, still: bool) -> None:
        self.terminal.wait_for(lambda _: self.chosen != name and self._all_painted())
        if still:
            self.terminal.wait_quiet(0.1)

    def _all_painted(self) -> bool:
        """Whether the line above the keys and the cursor agree: a picture may arrive in two parts.

        The cursor of a column at the left edge begins at a percentage, and is not compared.
        """
        rows = [line[1:] for line in self.terminal.lines() if line.startswith(CURSOR)][:1]
        return not rows or rows[0].startswith(" ") or f"{rows[0]} ".startswith(f"{self.chosen} ")

    def line(self, name: str) -> str:
        """The row of a control in the rows layout, its lines joined; empty if it is not on the screen."""
        return row_of(self.terminal.lines(), name)[1]

    def percent(self, name: str) -> int | None:
        """The percent of a control in the rows layout."""
        found = _PERCENT.search(self.line(name))
        return int(found[1]) if found else None

    def bar(self, name: str) -> tuple[int, int, int]:
        """First cell, cell of 100 %, and line of a half-block fader in the rows layout."""
        lines = self.terminal.lines()
        number = row_of(lines, name)[0]
        number += not set(lines[number]) & set("▀▄╱")
        cells = [column for column, glyph in enumerate(lines[number].partition("│")[0]) if glyph in "▀▄╱"]
        return cells[0], cells[-1], number

    def sees_percent(self, name: str, percent: int) -> None:
        """Wait until a control in the rows layout is at this percentage."""
        self.waits_for(lambda: self.percent(name) == percent, f"{name} at {percent} % on the screen")

    def muted(self, name: str) -> bool:
        """Whether a control of the rows layout shows that it is muted."""
        # Before the mark, a device may have the star of the default one.
        return re.match(rf".{re.escape(name)} +★?MUTE ", self.line(name)) is not None

    def in_order(self) -> bool:
        """Whether the program has restored the terminal."""
        end = bytes(self.terminal.output)
        return (
            not self.terminal.alternate
            and self.terminal.modes() == self.terminal.initial_modes
            and _last(end, b"\x1b[?25h", b"\x1b[?25l")
            and all(_last(end, b"\x1b[?%dl" % mode, b"\x1b[?%dh" % mode) for mode in (1000, 1003, 1006, 2004))
        )

    def engines(self) -> list[int]:
        """Process ids of the program's engines."""
        return engines_of(self.terminal.process.pid)


def row_of(lines: Sequence[str], name: str, start: int = 0) -> tuple[int, str]:
    """Number and text of a control's row among lines, both of its lines joined; (-1, "") if there is none."""
    for number in range(start, len(lines)):
        line = lines[number]
        if line[1:].startswith(f"{name} ") or line[1:] == name:
            tall = (
                number + 1 < len(lines) and not _PERCENT.search(line) and _PERCENT.search(lines[number + 1])
            )
            return number, f"{line}  {lines[number + 1][1:]}" if tall else line
    return -1, ""


def _last(output: bytes, wanted: bytes, other: bytes) -> bool:
    return output.rfind(wanted) >= output.rfind(other)


def engines_of(parent: int) -> list[int]:
    """Process ids of the engines that a program has started."""
    found = []
    for entry in os.listdir("/proc"):
        if not entry.isdecimal():
            continue
        try:
            stat = Path(f"/proc/{entry}/stat").read_text()
        except OSError:
            continue
        if int(stat.rpartition(")")[2].split()[1]) == parent and "(tuimixer-engine)" in stat:
            found.append(int(entry))
    return found


def state_of(pid: int) -> str:
    """The kernel's letter for a process's state: S, R, T (stopped), Z; empty if it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""
