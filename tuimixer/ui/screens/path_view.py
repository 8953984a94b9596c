"""The widget of the signal path: its picture, what is under the cursor, and the findings below it."""

import time
from collections.abc import Callable, Sequence

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tuimixer.diagnosis.finding import Finding
from tuimixer.diagnosis.stage import Path, Stage, StageKind, db
from tuimixer.model.control import ControlId
from tuimixer.model.snapshot import Levels
from tuimixer.ui.mixer.bars import horizontal_meter
from tuimixer.ui.mixer.meters import Level, follow
from tuimixer.ui.screens.listing import styles_of, wrap
from tuimixer.ui.screens.path_flow import Picture, draw_boxes, draw_down, groups_of, walk
from tuimixer.ui.terminal.capabilities import Terminal
from tuimixer.ui.terminal.cells import Grid, fit
from tuimixer.ui.terminal.palette import Role

_LEAST_BELOW = 5
"""Lines that are kept for what is under the cursor and for findings."""


class PathView(Widget, can_focus=True):
    """Paints on a grid; the cursor goes through the stages and then through the findings."""

    DEFAULT_CSS = "PathView { width: 1fr; height: 1fr; }"

    class Pointed(Message):
        """A stage or a finding was clicked."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def __init__(self, terminal: Terminal) -> None:
        super().__init__()
        self._charset = terminal.charset
        self._looks = styles_of(terminal.palette)
        self._grid = Grid(0, 0)
        self._picture = Picture(0)
        self._finding_lines: dict[int, int] = {}
        self._levels: dict[ControlId, Level] = {}
        self.path: Path | None = None
        self.title = ""
        self.count = ""
        self.findings: Sequence[Finding] = ()
        self.notice = ""
        self.explain: Callable[[Stage], str] = lambda stage: ""
        self.asked = False
        self.at = 0

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The stages in the order of walking."""
        return walk(groups_of(self.path)) if self.path is not None else ()

    @property
    def stage(self) -> Stage | None:
        """The stage under the cursor; None while it is on a finding."""
        stages = self.stages
        return stages[self.at] if self.at < len(stages) else None

    @property
    def finding(self) -> Finding | None:
        """The finding under the cursor."""
        index = self.at - len(self.stages)
        return self.findings[index] if 0 <= index < len(self.findings) else None

    @property
    def metered(self) -> frozenset[ControlId]:
        """The controls whose meters can be seen."""
        return frozenset(control for control, _ in self._picture.meters)

    def on_resize(self) -> None:
        self._grid = Grid(self.size.width, self.size.height)
        self.paint()

    def on_click(self, event: events.Click) -> None:
        for area in reversed(self._picture.areas):
            if area.x <= event.x < area.x + area.width and area.y <= event.y < area.y + area.height:
                self.post_message(self.Pointed(area.stage))
                return
        if event.y in self._finding_lines:
            self.post_message(self.Pointed(self._finding_lines[event.y]))

    def render_lines(self, crop: Region) -> list[Strip]:
        base = self.rich_style
        return [
            Strip(
                [Segment(text, base + self._looks[role]) for role, text in self._grid.line(y)],
                self._grid.width,
            ).crop_extend(crop.x, crop.right, base)
            for y in range(crop.y, crop.bottom)
        ]

    def paint(self) -> None:
        """Paint everything anew; only lines that differ are sent."""
        grid = self._grid
        if not grid.width or not grid.height:
            return
        grid.fill(0, 0, grid.width, grid.height)
        self._paint_title()
        y = 1
        self._picture = Picture(0)
        if self.path is not None:
            roomy = grid.height >= 16
            y += 1 if roomy else 0
            room = 1 if self.asked and not roomy else max(3, grid.height - y - _LEAST_BELOW)
            self._picture = draw_boxes(
                grid, y, room, self.path, self.at, self._levels, self._charset
            ) or draw_down(grid, y, room, self.path, self.at, self._levels, self._charset)
            y += self._picture.height + (1 if roomy else 0)
        y = self._paint_words(y)
        self._paint_findings(y)
        self._send()

    def take_levels(self, levels: Levels) -> None:
        """Move the meters that are in the picture."""
        now = time.monotonic()
        for control, area in self._picture.meters:
            peaks = levels.peaks.get(control)
            if peaks is None:
                continue
            self._levels[control] = follow(self._levels.get(control), peaks, now)
            horizontal_meter(self._grid, area.x, area.y, area.width, self._levels[control], self._charset)
        self._send()

    def _send(self) -> None:
        lines = self._grid.settle()
        if lines and self.is_mounted:
            self.refresh(*(Region(0, y, self._grid.width, 1) for y in lines))

    def _put(self, x: int, y: int, text: str, role: Role) -> int:
        return self._grid.put(x, y, self._charset.text(text), role)

    def _paint_title(self) -> None:
        grid, path = self._grid, self.path
        total = ""
        role = Role.STRONG
        if path is not None:
            total = f"Total {db(path.loudest(path.total))}"
            if path.muted:
                told = f"{total}  nothing is {'recorded' if path.capture else 'heard'}"
                total, role = told if grid.width >= 60 else f"{total}  muted", Role.MUTE
        total = self._charset.text(total)
        count = f"{self.count}  " if self.count else ""
        if grid.width < 60:
            count = ""
        title = fit(
            self._charset.text(self.title),
            max(0, grid.width - cell_len(total) - len(count) - 1),
            self._charset.ellipsis,
        )
        grid.put(0, 0, title, Role.HEADING)
        x = max(0, grid.width - cell_len(total) - len(count))
        grid.put(grid.put(x, 0, count, Role.DIM), 0, total, role)

    def _paint_words(self, y: int) -> int:
        """What is under the cursor, and what it is if that was asked."""
        grid = self._grid
        if self.notice:
            for line in wrap(self.notice, grid.width)[:2]:
                self._put(0, y, line, Role.ERROR)
                y += 1
        stage = self.stage
        if stage is None or self.path is None:
            return y
        told = wrap(self.explain(stage), grid.width)
        below = sum(len(self._block(i, finding)) for i, finding in enumerate(self.findings)) or 1
        note = wrap(f"{stage.name}: {_note(self.path, stage)}", grid.width)[:2]
        room = grid.height - y - len(note)
        if not self.asked or room > len(told):
            for line in note:
                self._put(0, y, line, Role.STRONG)
                y += 1
        # The paragraph comes by itself where it takes nothing away from the findings.
        if self.asked or room - len(told) - 2 >= below:
            for line in told[: max(2, grid.height - y)]:
                self._put(0, y, line, Role.TEXT)
                y += 1
            y += 1
        return y

    def _paint_findings(self, y: int) -> None:
        grid = self._grid
        self._finding_lines = {}
        room = grid.height - y
        if room <= 0:
            return
        stages = len(self.stages)
        if not self.findings:
            if self.path is not None and room > 1:
                self._put(0, y, "Nothing is wrong on this way.", Role.DIM)
            return
        blocks = [self._block(i, finding) for i, finding in enumerate(self.findings)]
        first = max(0, self.at - stages)
        while first > 0 and sum(len(block) for block in blocks[first - 1 :]) <= room:
            first -= 1
        for i in range(first, len(blocks)):
            for text, role in blocks[i]:
                if y >= grid.height:
                    return
                self._finding_lines[y] = stages + i
                self._put(0, y, text, role)
                y += 1

    def _block(self, i: int, finding: Finding) -> list[tuple[str, Role]]:
        width = self._grid.width
        here = self.at - len(self.stages) == i
        mark = self._charset.cursor if here else " "
        key = f"{i + 1}" if finding.fix and i < 9 else " "
        reason = wrap(self._charset.text(finding.reason), width - 4)
        role = Role.CURSOR if here else Role.STRONG
        how = f"{key}: {finding.advice}" if finding.fix and i < 9 else finding.advice
        lines = [(f"{mark}! {line}" if j == 0 else f"   {line}", role) for j, line in enumerate(reason)]
        lines += [(f"     {line}", Role.TEXT) for line in wrap(self._charset.text(how), width - 6)]
        return lines


def _note(path: Path, stage: Stage) -> str:
    """What a stage is in a few words, and its gain by channel where they differ."""
    parts = [stage.note]
    gains = path.gain(stage)
    if stage.gains and len(set(gains)) > 1:
        apart = zip(path.channels, gains, strict=True)
        parts.append(", ".join(f"{name} {db(gain)}" for name, gain in apart))
    if not stage.note:
        words = {
            StageKind.APPLICATION: "the program",
            StageKind.STREAM: "software, this stream only",
            StageKind.END: "where the sound comes in" if path.capture else "where the sound leaves the box",
        }
        kept = words.get(stage.kind)
        parts.append(kept or f"{stage.medium.value} {stage.kind.value}")
    if stage.muted:
        parts.append("muted")
    return "; ".join(part for part in parts if part)
