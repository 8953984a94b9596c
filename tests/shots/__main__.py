"""See the package. With names: only those pictures. Those of real cards need the virtual machine: "cards"."""

import base64
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tests.shots.camera import record, take
from tests.shots.guest import MARK
from tests.shots.scenes import CARDS, DEMONSTRATION, SIMULATED, THEMES, Scene

FOLDER = Path(__file__).resolve().parents[2] / "screenshots"


def _write(name: str, svg: str) -> None:
    print(name, flush=True)
    (FOLDER / f"{name}.svg").write_text(svg)


def _take_simulated(scenes: Sequence[Scene], recording: bool) -> None:
    """Pictures and the recording of the demo, in each theme."""
    with tempfile.TemporaryDirectory() as home:
        env = dict(os.environ) | {"HOME": home, "LC_ALL": "C.UTF-8", "COLORTERM": "truecolor"}
        for theme in THEMES:
            suffix = "" if theme == THEMES[0] else f"-{theme}"
            for scene in scenes:
                _write(scene.name + suffix, take(replace(scene, words=(*scene.words, "--theme", theme)), env))
            if recording:
                _write(DEMONSTRATION.name + suffix, record(DEMONSTRATION, theme, env))


def _take_cards(wanted: set[str]) -> None:
    """Pictures of real cards; those that are there stay as they are where no machine can be booted."""
    from tests.lab.vm import boot, lacks

    if reason := lacks():
        print(f"the pictures of real cards stay as they are: {reason}", file=sys.stderr)
        return
    done = boot("python -m tests.shots.guest")
    for line in done.stdout.splitlines():
        if line.startswith(MARK):
            name, picture = line.removeprefix(MARK).split(":")
            if name in wanted:
                _write(name, base64.b64decode(picture).decode())
    if done.returncode:
        sys.exit(done.stdout[-2000:])


def main() -> None:
    """Make what is asked for, or all."""
    asked = set(sys.argv[1:])
    cards = {scene.name for scene in CARDS}
    known = {scene.name for scene in SIMULATED} | {DEMONSTRATION.name} | cards
    if unknown := asked - known - {"cards"}:
        sys.exit(f"no picture {', '.join(sorted(unknown))}; there are: {' '.join(sorted(known))}")
    asked = asked or known
    FOLDER.mkdir(exist_ok=True)
    _take_simulated([scene for scene in SIMULATED if scene.name in asked], DEMONSTRATION.name in asked)
    if wanted := cards if "cards" in asked else asked & cards:
        _take_cards(wanted)


if __name__ == "__main__":
    main()
