"""Runs tuimixer in a terminal, brings it to a scene, and takes the picture."""

import re
from collections.abc import Mapping

from tests.lab.waiting import DEADLINE
from tests.pty.person import Person
from tests.shots.picture import svg_of
from tests.shots.scenes import Scene


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
        if scene.chosen:
            person.choose(scene.chosen, still=False)
        person.press(*scene.keys)
        if scene.wanted:
            person.sees(scene.wanted)
        terminal.wait_for(lambda screen: _meters(screen) >= scene.meters)
        # Meters keep moving; everything else is there after a moment.
        _settle(person)
        return svg_of(terminal, f"tuimixer: {scene.title}")


def _meters(screen: str) -> int:
    """How many meters show a level."""
    beside_faders = max((line.count("▏█") for line in screen.splitlines()), default=0)
    return beside_faders + len(re.findall("dB [▀▄█]", screen))


def _settle(person: Person) -> None:
    try:
        person.terminal.wait_quiet(DEADLINE / 30, timeout=DEADLINE / 12)
    except TimeoutError:
        return
