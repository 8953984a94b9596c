"""F8: the way of a sound with the gain at each stage, live, and why nothing is heard."""

from asyncio import TimerHandle
from collections.abc import Callable, Sequence
from functools import partial

from textual import events, on
from textual.widget import Widget

from tuimixer.diagnosis.doctor import diagnose
from tuimixer.diagnosis.explain import explain
from tuimixer.diagnosis.path import is_application, trace
from tuimixer.diagnosis.stage import Path, StageKind
from tuimixer.mixer.mixer import Changed, Event, Mixer
from tuimixer.model.command import Command
from tuimixer.model.control import Control, ControlId, Kind
from tuimixer.model.intent import Capture, Intent, Mute
from tuimixer.model.snapshot import Levels, Snapshot
from tuimixer.model.system import Holder, System
from tuimixer.ui.later import after
from tuimixer.ui.mixer.key_repeat import KeyRepeatGuard
from tuimixer.ui.screens.dialog import Dialog
from tuimixer.ui.screens.path_view import PathView
from tuimixer.ui.screens.prompts import value_prompt

_FAR = 1000
_LOOK_AGAIN = 1.0
"""Seconds after a change of what is there until the box's facts are read again."""
_FOLLOWED = frozenset({Kind.SINK_INPUT, Kind.SOURCE_OUTPUT, Kind.SINK, Kind.SOURCE})
_SERVERS = frozenset({"pulseaudio", "pipewire", "pipewire-pulse", "wireplumber"})
Start = ControlId | Holder


def starts_of(snapshot: Snapshot, system: System, chosen: ControlId | None) -> tuple[Start, ...]:
    """The sounds that can be followed: the chosen one, what plays, what plays past the server, what records.

    Where nothing plays, the way of a program that would.
    """
    starts: list[Start] = []
    control = snapshot.controls.get(chosen or "")
    if control is not None and control.kind in _FOLLOWED:
        starts.append(control.id)
    streams = [c for c in snapshot.controls.values() if is_application(c)]
    for corked in (False, True):
        playing = (c for c in streams if c.kind is Kind.SINK_INPUT and c.stream is not None)
        starts += [c.id for c in playing if c.stream is not None and c.stream.corked is corked]
    servers = {daemon.pid for daemon in system.daemons}
    starts += [h for h in system.holders if h.pid not in servers and h.program not in _SERVERS]
    default = snapshot.server.default_sink if snapshot.server else None
    if not starts and default in snapshot.controls:
        starts.append(default)
    starts += [c.id for c in streams if c.kind is Kind.SOURCE_OUTPUT]
    return tuple(dict.fromkeys(starts))


class PathScreen(Dialog[None]):
    """The picture of one sound's way; Tab goes to the next sound."""

    TITLE = "Signal path"
    HINT = "Tab next  1-9 mend  ? what is this  m mute  ↑↓ volume  ←→ walk  Esc close"
    DEFAULT_CSS = """
    PathScreen > .dialog--box { width: 100%; max-width: 200; height: 100%; max-height: 100%; }
    """

    def __init__(self, mixer: Mixer, chosen: ControlId | None, system: System | None = None) -> None:
        """`system` is what is known of the box already; it is read anew in any case."""
        super().__init__()
        self._mixer = mixer
        self._chosen = chosen
        self._system = system
        self._start: Start | None = None
        self._fork = 0
        self._forks = 1
        self._key_repeat = KeyRepeatGuard()
        self._unsubscribe: Callable[[], None] | None = None
        self._stale = False
        self._looking: TimerHandle | None = None
        self._watched: frozenset[ControlId] = frozenset()
        self._keys: dict[str, Callable[[], None]] = {}

    @property
    def view(self) -> PathView:
        """The picture."""
        return self._view

    def content(self) -> list[Widget]:
        self._view = PathView(self.tuimixer.terminal)
        return [self._view]

    def on_mount(self) -> None:
        self._keys = self._table()
        self._unsubscribe = self._mixer.subscribe(self._take)
        self.set_focus(self.view)
        self.view.title = "Looking at the box…"
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
                # Several changes that come together are one picture.
                self._stale = True
                self.call_later(self.update)
        else:
            self.view.notice = event.text
            self.view.paint()

    def _look_soon(self) -> None:
        if self._looking is None:
            self._looking = after(self, _LOOK_AGAIN, self._look_again)

    def _look_again(self) -> None:
        self._looking = None
        self.run_worker(self._look(), exclusive=True)

    async def _look(self) -> None:
        system = await self._mixer.inspect()
        if system == System():
            # The engine is away. A picture without these facts would be wrong.
            self._look_soon()
            return
        self._system = system
        self.update()

    def update(self) -> None:
        """Follow the sound anew and paint it."""
        self._stale = False
        system, snapshot = self._system, self._mixer.snapshot
        if system is None:
            return
        starts = starts_of(snapshot, system, self._chosen)
        view = self.view
        at = _place(starts, self._start)
        if at is None and starts and self._start is not None:
            # Not the next sound's by itself: a key pressed just now would move that one.
            name = view.path.stages[0].name if view.path else ""
            if name:
                view.title = f"{name} is not there any more. Tab goes to the next sound."
            view.path, view.findings, view.count, view.at = None, (), "", 0
            self._fork, self._forks = 0, 1
            view.paint()
            self._watch()
            return
        at = at or 0
        self._start = starts[at] if starts else None
        paths = trace(snapshot, system, self._start) if self._start is not None else ()
        self._forks = max(1, len(paths))
        self._fork = min(self._fork, self._forks - 1)
        view.path = paths[self._fork] if paths else None
        view.findings = diagnose(snapshot, system, self._start if isinstance(self._start, str) else None)
        view.title = self._title(view.path)
        fork = f", way {self._fork + 1} of {self._forks}" if self._forks > 1 else ""
        view.count = f"{at + 1} of {len(starts)}{fork}" if len(starts) > 1 or fork else ""
        view.at = min(view.at, max(0, len(view.stages) + len(view.findings) - 1))
        view.explain = partial(explain, snapshot)
        view.paint()
        self._watch()

    def _title(self, path: Path | None) -> str:
        if path is None:
            return "There is no sound to follow."
        first, last = path.stages[0], path.stages[-1]
        return f"{first.name} → {last.name}"

    def _watch(self) -> None:
        """Ask for the levels that are on the picture; the main screen asks for its own when it is back."""
        wanted = self.view.metered if self.tuimixer.main.renderer.meters_on else frozenset()
        if wanted != self._watched:
            self._watched = wanted
            self._mixer.watch_levels(wanted, self.tuimixer.main.config.meters.rate)

    # ---- keys ----

    def on_key(self, event: events.Key) -> None:
        do = self._keys.get(event.key)
        if do is not None:
            event.stop()
            event.prevent_default()
            do()

    def _table(self) -> dict[str, Callable[[], None]]:
        """Keys of the main screen for what acts on a control, and this picture's own over them."""
        step = self.tuimixer.main.config.step
        acts: dict[str, Callable[[], None]] = {
            "volume.up": partial(self._nudge, step.small),
            "volume.down": partial(self._nudge, -step.small),
            "volume.up_coarse": partial(self._nudge, step.big),
            "volume.down_coarse": partial(self._nudge, -step.big),
            "mute.toggle": self._mute,
            "value": self._type,
            "undo": partial(self._replay, self._mixer.undo, "Nothing to undo."),
            "redo": partial(self._replay, self._mixer.redo, "Nothing to do again."),
        }
        keys = {key: do for action, do in acts.items() for key in self.tuimixer.keys.get(action, ())}
        keys |= {
            "left": partial(self._walk, -1),
            "right": partial(self._walk, 1),
            "up": acts["volume.up"],
            "down": acts["volume.down"],
            "home": partial(self._walk, -_FAR),
            "end": partial(self._walk, _FAR),
            "tab": partial(self._go, 1),
            "shift+tab": partial(self._go, -1),
            "enter": self._enter,
            "question_mark": self._explain,
            "m": self._mute,
        }
        return keys | {str(number): partial(self._fix, number - 1) for number in range(1, 10)}

    @on(PathView.Pointed)
    def _pointed(self, message: PathView.Pointed) -> None:
        message.stop()
        self._walk(message.index - self.view.at)

    def _walk(self, by: int) -> None:
        view = self.view
        view.at = min(max(view.at + by, 0), max(0, len(view.stages) + len(view.findings) - 1))
        view.notice = ""
        view.asked = False
        view.paint()

    def _go(self, by: int) -> None:
        """The next way of this sound, or the next sound."""
        if self._system is None:
            return
        starts = starts_of(self._mixer.snapshot, self._system, self._chosen)
        if 0 <= self._fork + by < self._forks:
            self._fork += by
        elif starts:
            at = _place(starts, self._start)
            if at is None:
                at = -1 if by > 0 else 0
            self._start = starts[(at + by) % len(starts)]
            self._fork = 0 if by > 0 else _FAR
        self.view.at = 0
        self.view.notice = ""
        self.view.asked = False
        self.update()

    def _enter(self) -> None:
        if self.view.finding is not None:
            self._fix(self.view.at - len(self.view.stages))
        else:
            self._explain()

    def _explain(self) -> None:
        """Say what the stage under the cursor is, or leave it."""
        self.view.asked = not self.view.asked
        self.view.paint()

    def _fix(self, index: int) -> None:
        findings = self.view.findings
        if not 0 <= index < len(findings):
            return
        finding = findings[index]
        if not finding.fix:
            self._say(f"That has to be done by hand: {finding.advice}")
            return
        self._say("")
        for request in finding.fix:
            self._mixer.send(request)
        if not self.view.notice:  # what went wrong at once has been said
            self._say(f"Done: {finding.advice}")

    def _say(self, text: str) -> None:
        self.view.notice = text
        self.view.paint()

    def _replay(self, again: Callable[[], bool], nothing: str) -> None:
        if not again():
            self._say(nothing)

    def _control(self) -> Control | None:
        """The control that the stage under the cursor is, if it is one."""
        stage = self.view.stage
        if stage is None:
            return None
        control = self._mixer.snapshot.controls.get(stage.control or "")
        if control is None or stage.kind in (StageKind.APPLICATION, StageKind.END, StageKind.MODULE):
            self._say(f"{stage.name} has no volume that could be changed here.")
            return None
        if stage.kind is StageKind.REMAINDER:
            self._say(f"It follows by itself from the volume of {control.name}.")
            return None
        return control

    def _nudge(self, percent: float) -> None:
        control = self._control()
        if control is None:
            return
        if control.channels:
            self._mixer.send(self._key_repeat.nudge(control, percent, None))
        else:
            self._say(f"{control.name} is a switch: m turns it over.")

    def _mute(self) -> None:
        control = self._control()
        if control is None:
            return
        if control.capture is not None:
            self._mixer.send(Capture(control.id))
        elif control.mute is not None:
            self._mixer.send(Mute(control.id))
        else:
            self._say(f"{control.name} has no mute switch.")

    def _type(self) -> None:
        control = self._control()
        if control is None or not control.channels:
            return
        from tuimixer.ui.screens.prompt import PromptScreen

        self.app.push_screen(PromptScreen(value_prompt(control)), self._typed)

    def _typed(self, request: Intent | Command | None) -> None:
        if request is not None:
            self._mixer.send(request)


def _place(starts: Sequence[Start], wanted: Start | None) -> int | None:
    """Where a sound stands in a list of them; None where it does not."""
    return next((i for i, start in enumerate(starts) if _same(start, wanted)), None)


def _same(one: Start | None, other: Start | None) -> bool:
    """Whether it is the same sound; a holder's state may have changed."""
    if isinstance(one, Holder) and isinstance(other, Holder):
        return (one.number, one.device, one.subdevice, one.capture, one.pid) == (
            other.number,
            other.device,
            other.subdevice,
            other.capture,
            other.pid,
        )
    return one == other
