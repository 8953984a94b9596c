"""The widget of F8: the map or the staircase, then the findings and the stages of the selected sound."""

import time
from collections.abc import Callable, Sequence

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.geometry import Offset, Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tuimixer.diagnosis.finding import Finding
from tuimixer.diagnosis.graph import Graph, Sound, node_of
from tuimixer.diagnosis.stage import Path, Stage
from tuimixer.model.control import ControlId
from tuimixer.model.snapshot import Levels
from tuimixer.ui.mixer.bars import horizontal_meter
from tuimixer.ui.mixer.meters import Level, follow
from tuimixer.ui.mixer.status_line import Hint
from tuimixer.ui.path.below import Run, findings_lines, hints_line
from tuimixer.ui.path.fixes import Fixes, Numbered
from tuimixer.ui.path.labels import chain, short_gain
from tuimixer.ui.path.layout import Plan, plan
from tuimixer.ui.path.map import Drawn, Place, draw_map, headings
from tuimixer.ui.path.routes import Route, draw_routes, routes_of, walk_routes
from tuimixer.ui.path.stairs import Step, draw_stairs, steps_of
from tuimixer.ui.path.walking import walk
from tuimixer.ui.screens.listing import styles_of
from tuimixer.ui.terminal.capabilities import Terminal
from tuimixer.ui.terminal.cells import Area, Grid, fit, wrap
from tuimixer.ui.terminal.palette import Role

_HINTED = 9
"""Minimum screen height with room for the hints."""
_SMALL = 16
"""Screen height below which findings get one line, and explanations appear only on request."""
_STAIRS = 9
"""Number of lines for the staircase of a typical sound below the map."""
_MANY = 60
"""Number of changed runs of cells above which everything is repainted."""


class PathView(Widget, can_focus=True):
    """Paints on a grid, of which only changed cells are sent."""

    DEFAULT_CSS = "PathView { width: 1fr; height: 1fr; }"

    class Pointed(Message):
        """A click, or a turn of the wheel (1 is up, -1 down), on a place on the map or on a step, or, with
        `action`, a click on a hint.
        """

        def __init__(self, target: Place | int | None, action: str = "", wheel: int = 0) -> None:
            super().__init__()
            self.target = target
            self.action = action
            self.wheel = wheel

    def __init__(self, terminal: Terminal) -> None:
        super().__init__()
        self._charset, self._plain, self._solid = terminal.charset, terminal.plain, terminal.halves
        self._looks = styles_of(terminal.palette)
        self._grid = Grid(0, 0)
        self._drawn = Drawn(Grid(1, 1))
        self._window = Area(0, 0, 0, 0)
        """The part of the map that is visible, on the screen from line `_top` on."""
        self._top = 0
        self._levels: dict[ControlId, Level] = {}
        self._steps_at: tuple[tuple[int, Area], ...] = ()
        self._clicks: list[tuple[Area, str]] = []
        self._plan: Plan | None = None
        self._routes: Sequence[Route] = ()
        self.graph = Graph()
        self.sound: Sound | None = None
        self.chosen: Place | None = None
        self.path: Path | None = None
        """The path whose staircase is shown; None for the map."""
        self.fork = ""
        """The number of the path and how many there are; empty if there is only one."""
        self.step = 0
        self.title = ""
        self.fixes = Fixes()
        self.notice = ""
        self.hints: Sequence[Hint] = ()
        self.explain: Callable[[Stage], str] = lambda stage: ""
        self.concerns: Callable[[Finding], bool] = lambda finding: True
        """Whether a finding is shown on this map."""
        self.asked = False

    @property
    def steps(self) -> tuple[Step, ...]:
        """The rows of the staircase."""
        return steps_of(self.path) if self.path is not None else ()

    @property
    def stage(self) -> Stage | None:
        """The stage under the cursor; None if there is none."""
        if self.path is not None:
            steps = self.steps
            return steps[self.step].stage if self.step < len(steps) else None
        node = self.graph.node(self.chosen.node) if self.chosen is not None else None
        if node is None or self.chosen is None or self.chosen.line >= len(node.all_lines):
            return None
        return node.all_lines[self.chosen.line].stage

    @property
    def metered(self) -> frozenset[ControlId]:
        """The controls whose meters are visible."""
        if self.path is not None:
            return frozenset()
        return frozenset(control for control, area in self._drawn.meters if self._seen(area) is not None)

    def on_resize(self) -> None:
        self._grid = Grid(self.size.width, self.size.height)
        self.paint()

    def render_lines(self, crop: Region) -> list[Strip]:
        base = self.rich_style
        return [
            Strip(
                [Segment(text, base + self._looks[role]) for role, text in self._grid.line(y)],
                self._grid.width,
            ).crop_extend(crop.x, crop.right, base)
            for y in range(crop.y, crop.bottom)
        ]

    # ---- mouse ----

    def on_click(self, event: events.Click) -> None:
        target, action = self._at(event.x, event.y)
        if target is not None or action:
            self.post_message(self.Pointed(target, action))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._scrolled(event, 1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._scrolled(event, -1)

    def _scrolled(self, event: events.MouseEvent, wheel: int) -> None:
        target, _ = self._at(event.x, event.y)
        if target is not None:
            event.stop()
            self.post_message(self.Pointed(target, wheel=wheel))

    def _at(self, x: int, y: int) -> tuple[Place | int | None, str]:
        for area, action in self._clicks:
            if (x, y) in area:
                return None, action
        if self.path is not None:
            return next((i for i, area in self._steps_at if (x, y) in area), None), ""
        window = self._window
        if not self._top <= y < self._top + window.height:
            return None, ""
        point = x + window.x, y - self._top + window.y
        return next((place for place, area in reversed(self._drawn.places) if point in area), None), ""

    # ---- painting ----

    def paint(self) -> None:
        """Repaint everything; only changed cells are sent."""
        grid = self._grid
        if not grid.width or not grid.height:
            return
        grid.fill(0, 0, grid.width, grid.height)
        self._clicks = []
        self._paint_title()
        below = self._below()
        top = 1 if grid.height < 8 or self._plain else 2
        room = grid.height - top - len(below)
        bottom = grid.height - len(below)
        if self.path is not None:
            ruler = 0 if self._plain else 1
            room = bottom - ruler - 1
            self._steps_at = draw_stairs(
                grid, ruler, room, self.path, self.step, self._charset, self._plain, self._solid
            )
        elif room > 0:
            (self._paint_routes if self._plain else self._paint_map)(top, room)
        else:
            self._window = Area(0, 0, 0, 0)
        if self._plain:
            # No blank lines before what is below.
            used = [area.y + area.height for _, area in self._steps_at] if self.path is not None else []
            bottom = min(bottom, max(used, default=top + self._window.height))
        for y, line in enumerate(below, bottom):
            x = 0
            for role, text, action in line:
                end = grid.put(x, y, self._charset.text(text), role)
                if action:
                    self._clicks.append((Area(x, y, end - x), action))
                x = end
        self._point()
        self._send()

    def _point(self) -> None:
        """Put the terminal's cursor on the selected place, for screen readers and Braille displays."""
        at: tuple[int, int] | None = None
        if self.path is not None:
            steps = self.steps
            shown = (
                (4 if steps[index].part else 2, area.y)
                for index, area in self._steps_at
                if index == self.step and index < len(steps)
            )
            at = next(shown, None)
        elif self._drawn.cursor is not None:
            (x, y), window = self._drawn.cursor, self._window
            at = (x - window.x, y - window.y + self._top)
        if at is not None and self.is_mounted:
            self.app.cursor_position = self.content_region.offset + Offset(*at)

    def take_levels(self, levels: Levels) -> None:
        """Update the visible meters."""
        if self.path is not None:
            return
        now = time.monotonic()
        for control, area in self._drawn.meters:
            peaks = levels.peaks.get(control)
            if peaks is not None:
                level = self._levels[control] = follow(self._levels.get(control), peaks, now)
                horizontal_meter(self._drawn.grid, area.x, area.y, area.width, level, self._charset)
                if (seen := self._seen(area)) is not None:
                    self._copy(seen)
        self._send()

    def _send(self) -> None:
        changed = [Region(x, y, sum(cell_len(t) for _, t in run), 1) for x, y, run in self._grid.changes()]
        if changed and self.is_mounted:
            # If nearly everything has changed, one large region is written faster than many small ones.
            self.refresh(*changed if len(changed) < _MANY else ())

    def _paint_title(self) -> None:
        grid, sound = self._grid, self.sound
        right, role = "", Role.STRONG
        path = self.path or (sound.paths[0] if sound is not None and sound.paths else None)
        if sound is not None and path is not None:
            total = short_gain(path.loudest(path.total))
            end = path.stages[0 if path.capture else -1].name
            about = f"{end} → {sound.name}" if path.capture else f"{sound.name} → {end}"
            about = sound.name if about.startswith(f"{end} → {end}") or grid.width < 60 else about
            right = f"{about}: {total}{self.fork}"
            if path.muted:
                nothing = "nothing is recorded" if path.capture else "nothing is heard"
                right, role = f"{sound.name}: {nothing}", Role.MUTE
        right = fit(self._charset.text(right), max(0, grid.width - 12), self._charset.ellipsis)
        room = grid.width - cell_len(right) - (2 if right else 0)
        name = "Staircase" if self.path is not None else "Map"
        x = grid.put(0, 0, name, Role.KEY, room)
        grid.put(
            x + 2, 0, fit(self._charset.text(self.title), room - x - 2, self._charset.ellipsis), Role.DIM
        )
        grid.put(grid.width - cell_len(right), 0, right, role)

    def walk(self, place: Place, sound: Sound | None, dx: int, dy: int) -> tuple[Place, Sound | None]:
        """Where an arrow key leads on the map from a place, and the sound that is then selected."""
        if self._plain:
            return walk_routes(self._routes, place, sound, dx, dy)
        return (
            walk(self.graph, self._plan, place, sound, dx, dy) if self._plan is not None else place
        ), sound

    def _paint_routes(self, top: int, room: int) -> None:
        """Write the map in words. Without wires, nothing else would tell what plays where."""
        self._routes = routes_of(self.graph, self.fixes.faults())
        # The last column is for the marks of what is above and below.
        width = self._grid.width - 1
        self._drawn = draw_routes(self._routes, self.chosen, self.sound, width, self._charset)
        self._show_map(top, room)

    def _show_map(self, top: int, room: int) -> None:
        """Copy the part of the map that is visible, from line `top` on, below its headings."""
        grid, self._top = self._grid, top
        self._scroll(grid.width, room)
        if self._plan is not None and top > 1:
            for x, width, text, role in headings(self.graph, self._plan, self._drawn.units):
                left = x - self._window.x
                if 0 <= left < grid.width:
                    grid.put(left, 1, text, role, width)
        self._copy(self._window)
        self._marks(top, room)

    def _paint_map(self, top: int, room: int) -> None:
        grid = self._grid
        # The staircase is shown below the map only if the map keeps its frames.
        self._plan = plan(self.graph, grid.width, max(1, room - _STAIRS))
        framed = self._plan.style.framed and self._plan.style.gap
        if not (framed and self._plan.height <= room - _STAIRS):
            self._plan = plan(self.graph, grid.width, room)
        self._drawn = draw_map(
            self.graph,
            self._plan,
            self.chosen,
            self.sound,
            self.fixes.faults(),
            self._levels,
            self._charset,
        )
        self._show_map(top, room)
        self._fill(top, room)

    def _fill(self, top: int, room: int) -> None:
        """Show the selected sound's staircase below the map if both fit."""
        if self._plan is None or self.sound is None or not self.sound.paths:
            return
        path = self.sound.paths[0]
        used = max((box.y + box.height for box in self._plan.boxes.values()), default=room) + 1
        if room - used >= _STAIRS - 1:
            draw_stairs(self._grid, top + used, room - used - 1, path, None, self._charset, solid=self._solid)

    def _scroll(self, width: int, room: int) -> None:
        """Scroll just enough to show the selected box or route or, if that does not fit, its line or word.
        The box of the first fault is shown too if there is room for both.
        """
        window, all_of_it = self._window, self._drawn.grid
        x, y = window.x, window.y
        focus, culprit = self._drawn.focus, self._drawn.culprit
        if focus and culprit is not None:
            both = focus[-1].joined(culprit)
            if both.width <= width and both.height <= room:
                focus = (*focus, both)
        for area in focus:
            x = min(max(x, area.x + area.width - width), area.x)
            y = min(max(y, area.y + area.height - room), area.y)
        x = min(max(x, 0), max(0, all_of_it.width - width))
        y = min(max(y, 0), max(0, all_of_it.height - room))
        self._window = Area(x, y, min(width, all_of_it.width - x), min(room, all_of_it.height - y))

    def _seen(self, area: Area) -> Area | None:
        """The visible part of an area of the map; None if none of it is visible."""
        window = self._window
        x, right = max(area.x, window.x), min(area.x + area.width, window.x + window.width)
        y, bottom = max(area.y, window.y), min(area.y + area.height, window.y + window.height)
        return Area(x, y, right - x, bottom - y) if x < right and y < bottom else None

    def _copy(self, area: Area) -> None:
        """Copy cells of the map to their place on the screen."""
        window = self._window
        for line in range(area.y, area.y + area.height):
            x, y = area.x - window.x, line - window.y + self._top
            self._grid.copy(self._drawn.grid, x, y, area.width, line, area.x)

    def _marks(self, top: int, room: int) -> None:
        """Mark the edges beyond which the map continues."""
        window, drawn, charset = self._window, self._drawn.grid, self._charset
        right = self._grid.width - 1
        for there, x, y, glyph in (
            (window.y > 0, right, top, charset.up),
            (window.y + window.height < drawn.height, right, top + room - 1, charset.down),
            (window.x > 0, 0, top - 1, charset.left),
            (window.x + window.width < drawn.width, right, top - 1, charset.right),
        ):
            if there and (y > 0):
                self._grid.put(x, y, glyph, Role.KEY)

    # ---- below ----

    def _below(self) -> list[list[Run]]:
        """The lines below the map or staircase, as runs."""
        grid = self._grid
        small = grid.height < _SMALL
        lines: list[list[Run]] = []
        if self.notice:
            lines += [[(Role.ERROR, line, "")] for line in wrap(self.notice, grid.width)[:2]]
        most = 1 if small else max(2, grid.height // 5)
        lines += findings_lines(self.findings, grid.width, most, self._charset) or [
            [(Role.DIM, f"  No problems found{self._where}.", "")]
        ]
        lines += self._words(small)
        if grid.height >= _HINTED:
            lines.append(hints_line(self.hints, grid.width, 2 if small else 3))
        return lines[: max(0, grid.height - 4)]

    @property
    def _where(self) -> str:
        """What was checked for what is shown."""
        if self.path is not None:
            return ""
        return f" with {'recording' if self.graph.capture else 'playback'}"

    @property
    def findings(self) -> list[tuple[int, Numbered]]:
        """(number, finding) for the staircase, or for the map and its selected sound."""
        own = node_of(self.sound.start) if self.sound is not None else ""
        if self.path is not None:
            return self.fixes.shown(own)
        return [entry for entry in self.fixes.shown("", own) if self.concerns(entry[1].finding)]

    def _words(self, small: bool) -> list[list[Run]]:
        """The stages of the selected sound, and an explanation of the one under the cursor."""
        width, stage = self._grid.width, self.stage
        lines: list[list[Run]] = []
        if stage is not None and (self.asked or (self.path is not None and not small)):
            told = [[(Role.TEXT, line, "")] for line in wrap(self.explain(stage), width)]
            lines += told if self.asked else told[: max(0, self._grid.height - 19)]
        if small or self.asked:
            return lines
        sound = self.sound
        if self.path is None and sound is not None and sound.paths and not self._plain:
            words = wrap(f"{sound.name}  {chain(sound.paths[0])}", width)[:2]
            lines += [[(Role.TEXT, line, "")] for line in words]
        if stage is not None and stage.note:
            lines.append([(Role.DIM, fit(f"{stage.name}: {stage.note}", width, self._charset.ellipsis), "")])
        return lines
