"""F8: a live map of the machine, the staircase of a sound, and the reasons why nothing is heard."""

from asyncio import TimerHandle
from collections.abc import Callable, Mapping
from functools import partial

from textual import on
from textual.widget import Widget

from tuimixer.diagnosis.doctor import diagnose
from tuimixer.diagnosis.explain import explain
from tuimixer.diagnosis.finding import RECORDING, Finding, capped_at, outcome
from tuimixer.diagnosis.graph import Line, node_of, same_start
from tuimixer.diagnosis.graph_builder import graph_of
from tuimixer.diagnosis.path import Start
from tuimixer.mixer.mixer import Changed, Event, Mixer
from tuimixer.model.control import ControlId
from tuimixer.model.snapshot import Levels
from tuimixer.model.system import System
from tuimixer.ui.later import after
from tuimixer.ui.path.control_keys import ControlKeys
from tuimixer.ui.path.fixes import first_fault
from tuimixer.ui.path.hints import hints_of
from tuimixer.ui.path.map import Place
from tuimixer.ui.path.view import PathView
from tuimixer.ui.path.walking import begin, first_stop
from tuimixer.ui.screens.dialog import Dialog

_FAR = 1000
_LOOK_AGAIN = 1.0
"""Seconds from a change of devices or streams until the system information is read again."""
_MANY = 50
"""Number of sounds above which changes are collected first, because tracing takes long."""
_GATHERED = 300
"""With more sounds than that, changes are collected for one second per this many sounds."""


class PathScreen(Dialog[None]):
    """The map; Enter opens the staircase of the selected sound, and Escape goes back."""

    TITLE = "Map"
    SCOPE = "path"
    DEFAULT_CSS = """
    PathScreen > .dialog--box, PathScreen.-ascii > .dialog--box, PathScreen.-small > .dialog--box,
    PathScreen.-plain > .dialog--box {
        width: 100%; max-width: 100%; height: 100%; max-height: 100%;
        border: none; padding: 0; background: $background;
    }
    """

    def __init__(self, mixer: Mixer, chosen: ControlId | None, system: System | None = None) -> None:
        """Args: `system` is used until the information has been read again; None if it is not known yet."""
        super().__init__()
        self._mixer = mixer
        self._system = system
        control = mixer.snapshot.controls.get(chosen or "")
        self._wanted: ControlId | None = chosen
        """The control on which the cursor starts."""
        self._capture = control is not None and control.kind.capture
        self._start: Start | None = chosen if control is not None and control.card is None else None
        self._fork = 0
        self._name = ""
        """The name of what the cursor is on, for a message if that disappears."""
        self._lost = False
        """Whether what the cursor was on has disappeared, so that the next arrow key starts over."""
        self._keys = ControlKeys(self, mixer)
        self._unsubscribe: Callable[[], None] | None = None
        self._stale = False
        self._looking: TimerHandle | None = None
        self._watched: frozenset[ControlId] = frozenset()

    @property
    def view(self) -> PathView:
        """The widget that shows the map or the staircase."""
        return self._view

    def content(self) -> list[Widget]:
        self._view = PathView(self.tuimixer.terminal)
        return [self._view]

    def on_mount(self) -> None:
        self._unsubscribe = self._mixer.subscribe(self._take)
        self.set_focus(self.view)
        self.view.title = "Reading…"
        self.update()
        self._look_again()

    def on_unmount(self) -> None:
        if self._unsubscribe is not None:
            self._unsubscribe()
        if self._looking is not None:
            self._looking.cancel()

    def on_resize(self) -> None:
        self.call_after_refresh(self.update)

    # ---- from the mixer ----

    def _take(self, event: Event) -> None:
        if isinstance(event, Levels):
            self.view.take_levels(event)
        elif isinstance(event, Changed):
            difference = event.diff
            if difference.added or difference.removed or difference.surroundings:
                self._look_soon()
            if not self._stale:
                # Several changes that arrive together are painted once.
                self._stale = True
                sounds = len(self.view.graph.sounds)
                if sounds <= _MANY:
                    self.call_later(self.update)
                else:
                    after(self, sounds / _GATHERED, self.update)
        else:
            if event.error:
                self.view.fixes.failed()
            self.say(event.text)

    def _look_soon(self) -> None:
        if self._looking is None:
            self._looking = after(self, _LOOK_AGAIN, self._look_again)

    def _look_again(self) -> None:
        self._looking = None
        self.run_worker(self._look(), exclusive=True)

    async def _look(self) -> None:
        system = await self._mixer.inspect()
        if system == System():
            # The engine is unavailable. A map without this information would be wrong.
            self._look_soon()
            return
        self._system = system
        self.update()

    def update(self) -> None:
        """Trace all sounds again and paint them."""
        self._stale = False
        system, snapshot, view = self._system, self._mixer.snapshot, self.view
        if system is None:
            view.paint()
            return
        view.graph = graph_of(snapshot, system, self._capture)
        view.explain, view.concerns = partial(explain, snapshot), self._concerns
        view.fixes.take(diagnose(snapshot, system))
        self._find_place()
        view.title = self._title(system)
        self._follow()
        self.hint()
        view.paint()
        self._watch()

    def _concerns(self, finding: Finding) -> bool:
        """Whether a finding is about something on this map, or about neither direction alone."""
        control = self._mixer.snapshot.controls.get(finding.control or "")
        if control is None or self.view.graph.place_of(control.id) is not None:
            return True
        return self._capture == (control.kind.capture or finding.key in RECORDING)

    def _find_place(self) -> None:
        """Keep the cursor where it is; at first, put it on what silences the selected sound."""
        view, graph, snapshot = self.view, self.view.graph, self._mixer.snapshot
        if view.chosen is not None:
            node = graph.node(view.chosen.node)
            if node is None:
                # The cursor does not go to another control, which a key pressed just now would change.
                view.notice = f"{self._name or 'The selected item'} is gone."
                view.chosen, view.path, self._start, self._lost = None, None, None, True
            elif view.chosen.line >= len(node.all_lines):
                view.chosen = first_stop(node, view.sound)
        elif not self._lost:
            assert self._system is not None
            about = self._start if isinstance(self._start, str) else None
            fault = first_fault(diagnose(snapshot, self._system, about))
            wanted = snapshot.controls.get(self._wanted or "")
            places = [fault.control if fault else None, self._wanted, wanted.target_id if wanted else None]
            found = next((place for place in map(graph.place_of, places) if place is not None), None)
            server = snapshot.server
            default = (server.default_source if self._capture else server.default_sink) if server else None
            found = found or (graph.place_of(default) if not graph.sounds else None)
            view.chosen = Place(*found) if found is not None else begin(graph)

    def _follow(self) -> None:
        """Find the sound that passes through the place of the cursor, and what is wrong with that sound."""
        view, place = self.view, self.view.chosen
        stage = view.stage if view.path is None else None
        node = view.graph.node(place.node) if place is not None else None
        if view.path is None:
            control = stage.control if stage is not None else None
            view.sound = view.graph.sound_at(node.id, control, self._start) if node is not None else None
        else:
            sounds = view.graph.sounds
            view.sound = next((s for s in sounds if same_start(s.start, self._start)), None)
        self._name = node.head.stage.name if node is not None else ""
        sound = view.sound
        self._start = sound.start if sound is not None else None
        if sound is not None and isinstance(sound.start, str) and self._system is not None:
            found = diagnose(self._mixer.snapshot, self._system, sound.start)
            view.fixes.take(found, node_of(sound.start))
        paths = sound.paths if sound is not None else ()
        self._fork = min(self._fork, max(0, len(paths) - 1))
        view.fork = f", path {self._fork + 1} of {len(paths)}" if view.path and len(paths) > 1 else ""
        if view.path is not None:
            view.path = paths[self._fork] if paths else None
            view.step = min(view.step, max(0, len(view.steps) - 1))

    def _title(self, system: System) -> str:
        server = self._mixer.snapshot.server
        parts = ["recording" if self._capture else "playback", system.host]
        parts.append(f"{server.name} {server.version}" if server is not None else "no sound server")
        return " · ".join(part for part in parts if part)

    def _watch(self) -> None:
        """Request the visible levels; the main screen requests its own when it is shown again."""
        wanted = self.view.metered if self.tuimixer.main.renderer.meters_on else frozenset()
        if wanted != self._watched:
            self._watched = wanted
            self._mixer.watch_levels(wanted, self.tuimixer.main.config.meters.rate)

    # ---- keys ----

    def actions(self) -> Mapping[str, Callable[[], object]]:
        """The map's own actions, and those of the main screen that act on a control."""
        step = self.tuimixer.main.config.step
        return {
            **super().actions(),
            "path.left": partial(self._along, -1),
            "path.right": partial(self._along, 1),
            "path.up": partial(self._walk, 0, -1),
            "path.down": partial(self._walk, 0, 1),
            "path.first": partial(self._walk, 0, -_FAR),
            "path.last": partial(self._walk, 0, _FAR),
            "path.enter": self._open,
            "path.switch": self._switch,
            "path.explain": self._explain,
            **{f"path.{number}": partial(self._fix, number) for number in range(1, 10)},
            "volume.up": partial(self._keys.nudge, step.small),
            "volume.down": partial(self._keys.nudge, -step.small),
            "volume.up_coarse": partial(self._keys.nudge, step.big),
            "volume.down_coarse": partial(self._keys.nudge, -step.big),
            "mute.toggle": self._keys.mute,
            "capture.toggle": self._keys.mute,
            "value": self._keys.type,
            "undo": partial(self._replay, self._mixer.undo, "Nothing to undo."),
            "redo": partial(self._replay, self._mixer.redo, "Nothing to redo."),
        }

    def hint(self) -> None:
        """Show the keys in the last line, as there is no frame here."""
        keys, charset = self.tuimixer.keys, self.tuimixer.terminal.charset
        self.view.hints = hints_of(keys, charset, self.view.path is not None, self._capture)

    @on(PathView.Pointed)
    def _pointed(self, message: PathView.Pointed) -> None:
        message.stop()
        view, target, action = self.view, message.target, message.action
        again = target is not None and target == (view.step if view.path is not None else view.chosen)
        if isinstance(target, Place):
            node = view.graph.node(target.node)
            if node is not None:
                on_it = view.chosen is not None and target == Place(view.chosen.node)
                again = again or on_it
                target = target if node.all_lines[target.line].settable else first_stop(node, view.sound)
                self._go(target)
        elif target is not None:
            view.step = target
            self._moved()
        if message.wheel:
            self._keys.nudge(message.wheel * self.tuimixer.main.config.step.wheel, wheel=True)
        elif action or (again and view.path is None):
            self.action_hinted(action or "path.enter")

    def _along(self, by: int) -> None:
        """Move along the wires, or in the staircase move the bar in the direction of the arrow key."""
        if self.view.path is not None:
            self._keys.nudge(by * self.tuimixer.main.config.step.small)
        else:
            self._walk(by, 0)

    def _explain(self) -> None:
        self.view.asked = not self.view.asked
        self.view.paint()

    def action_close(self) -> None:
        """Go back from the staircase to the map, or from the map to the main screen."""
        if self.view.path is None:
            super().action_close()
            return
        stage = self.view.stage
        place = self.view.graph.place_of(stage.control if stage is not None else None)
        self.view.path = None
        self._go(Place(*place) if place is not None else self.view.chosen)

    def _go(self, place: Place | None) -> None:
        self.view.chosen, self._lost = place, False
        self._moved()

    def _moved(self) -> None:
        self.view.notice = ""
        self.view.asked = False
        self._follow()
        self.hint()
        self.view.paint()
        self._watch()

    def _walk(self, dx: int, dy: int) -> None:
        view = self.view
        if view.path is not None:
            view.step = min(max(view.step + dy, 0), max(0, len(view.steps) - 1))
            self._moved()
        elif view.chosen is None:
            self._go(begin(view.graph))
        else:
            place, sound = view.chosen, view.sound
            for _ in range(max(1, abs(dy))):
                further, sound = view.walk(place, sound, dx, (dy > 0) - (dy < 0))
                if further == place:
                    break
                place = further
            self._start = sound.start if sound is not None else self._start
            self._go(place)

    def _open(self) -> None:
        """Open the staircase of the selected sound, with the cursor on the culprit, else where it was."""
        view, sound = self.view, self.view.sound
        if view.path is not None:
            self._explain()
            return
        if sound is None or not sound.paths:
            self.say("No sound passes through here.")
            return
        stage = view.stage
        view.path, self._fork = sound.paths[0], 0
        about = sound.start if isinstance(sound.start, str) else None
        fault = None
        if about is not None and self._system is not None:
            fault = first_fault(diagnose(self._mixer.snapshot, self._system, about))
        controls = [step.stage.control for step in view.steps]
        wanted = [fault.control if fault else None, stage.control if stage else None]
        ids = [control for control in wanted if control is not None and control in controls]
        view.step = self._row(ids[0]) if ids else 0
        self._moved()

    def _row(self, control: ControlId) -> int:
        """The row of a control in the staircase, preferably one in which it can be changed."""
        rows = [i for i, s in enumerate(self.view.steps) if s.stage.control == control]
        able = [i for i in rows if Line(self.view.steps[i].stage).settable]
        return (able or rows or [0])[0]

    def _switch(self) -> None:
        """On the map, switch between playback and recording; on the staircase, go to the next path of the
        sound or, after the last one, to the next sound.
        """
        view = self.view
        if view.path is None:
            self._capture = not self._capture
            view.chosen, self._start, self._wanted, self._lost = None, None, None, False
            view.notice = ""
            self.update()
            return
        sounds, sound = view.graph.sounds, view.sound
        if sound is not None and self._fork + 1 < len(sound.paths):
            self._fork += 1
        elif sounds:
            at = sounds.index(sound) + 1 if sound in sounds else 0
            following = next((s for s in (*sounds[at:], *sounds) if s.paths), None)
            self._start, self._fork = following.start if following is not None else None, 0
        view.step = 0
        self._moved()

    def _fix(self, number: int) -> None:
        """Carry out the fix of a finding that is shown here, but not again until the finding reappears."""
        numbered = self.view.fixes.press(number)
        if numbered is None or (number, numbered) not in self.view.findings:
            return
        finding = numbered.finding
        if not finding.fix:
            self.say(f"There is no automatic fix. {finding.advice}")
            return
        self.say("")
        numbered.sent = finding  # before the fix, because an error that it causes at once takes this back
        if not any([self._mixer.send(request) for request in finding.fix]):
            numbered.sent = None
        controls = self._mixer.snapshot.controls
        numbered.outcome = outcome(finding, controls)
        percent = capped_at(finding, controls)
        if percent is not None and not self.view.notice:
            self.say(f"The cap in the configuration keeps {finding.stage} at {percent} %.")

    def say(self, text: str) -> None:
        """Show a message until the cursor moves."""
        self.view.notice = text
        self.view.paint()

    def _replay(self, again: Callable[[], bool], nothing: str) -> None:
        if not again():
            self.say(nothing)
