"""Runs tuimixer in a terminal, goes to a scene, and takes the picture or the recording."""

import contextlib
import time
from collections.abc import Mapping

from tests.lab.waiting import DEADLINE
from tests.pty.person import Person
from tests.shots.picture import Frame, frame_of, recording_of, svg_of
from tests.shots.scenes import Recording, Scene

_TICK = 0.25
"""Seconds between two frames of a recording."""
_DONE = 0.7
"""Seconds after which what a key does is drawn even on a busy machine; the recording leaves them out."""
_KEYS = {"Up": "↑", "Down": "↓", "Left": "←", "Right": "→", "Escape": "Esc"}
"""Names of keys as shown below the picture."""
_WHOLE = 0.04
"""Seconds without output after which a picture is complete."""


def take(scene: Scene, env: Mapping[str, str]) -> str:
    """The scene as SVG; `env` is the machine's environment."""
    with Person(
        {**env, **scene.env},
        *scene.words,
        "--no-config",
        columns=scene.columns,
        lines=scene.lines,
        term=scene.term,
    ) as person:
        terminal = person.terminal
        terminal.wait_for(lambda screen: len(screen.split()) > 4 and scene.chosen in screen)
        _settle(person)
        person.press("Home")  # dismisses what is said about a missing server
        terminal.wait_for(lambda screen: screen.count(person.chosen) > 1)
        if scene.chosen:
            person.choose(scene.chosen, still=False)
        person.press(*scene.keys)
        if scene.wanted:
            person.sees(scene.wanted)
        # Meters move on; everything else is there after a moment.
        _settle(person)
        return svg_of(_frame(person), f"tuimixer: {scene.title}")


def record(recording: Recording, theme: str, env: Mapping[str, str]) -> str:
    """The recording as SVG, in a theme. Its times are those of the script, however slow the machine is."""
    frames: list[tuple[Frame, float]] = []
    words = (*recording.words, "--theme", theme, "--no-config")
    with Person(env, *words, columns=recording.columns, lines=recording.lines) as person:
        person.terminal.wait_for(lambda screen: recording.first in screen)
        _settle(person)
        for key, seconds in recording.script:
            if key:
                person.press(key)
                time.sleep(_DONE)
            for tick in range(max(1, round(seconds / _TICK))):
                if tick:
                    time.sleep(_TICK)
                frames.append((_with_key(_frame(person), key), min(seconds, _TICK)))
    return recording_of(frames, f"tuimixer: {recording.title}")


def _with_key(frame: Frame, key: str) -> Frame:
    """A frame with two more lines; the last one shows the key that was pressed."""
    paper = frame[1][0]._replace(text=" ")
    text = _KEYS.get(key, key).center(len(frame[0]))
    ink = next(cell.ink for line in reversed(frame) for cell in line if cell.text != " ")
    blank = (paper,) * len(text)
    return (*frame, blank, tuple(paper._replace(text=letter, ink=ink, bold=True) for letter in text))


def _frame(person: Person) -> Frame:
    """What the terminal shows when nothing is being drawn."""
    with contextlib.suppress(TimeoutError):
        person.terminal.wait_quiet(_WHOLE, timeout=DEADLINE / 12)
    person.terminal.wait_for(lambda screen: screen.strip())
    return frame_of(person.terminal)


def _settle(person: Person) -> None:
    with contextlib.suppress(TimeoutError):
        person.terminal.wait_quiet(DEADLINE / 30, timeout=DEADLINE / 12)
