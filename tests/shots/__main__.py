"""See the package. If names are given, only those pictures are taken."""

import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from tests.lab.replay.cards import ReplayedCards
from tests.shots.camera import record, take
from tests.shots.scenes import CARD, DEMONSTRATION, SIMULATED, THEMES

FOLDER = Path(__file__).resolve().parents[2] / "screenshots"


def _write(name: str, svg: str) -> None:
    print(name, flush=True)
    (FOLDER / f"{name}.svg").write_text(svg)


def main() -> None:
    """Make the given pictures, or all, in each theme."""
    asked = set(sys.argv[1:])
    known = {scene.name for scene in (*SIMULATED, *CARD)} | {DEMONSTRATION.name}
    if unknown := asked - known:
        sys.exit(f"no picture {', '.join(sorted(unknown))}; use {' '.join(sorted(known))}")
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        demo = dict(os.environ) | {"HOME": home, "LC_ALL": "C.UTF-8", "COLORTERM": "truecolor"}
        card = ReplayedCards(Path(home), "ac97").env
        for theme in THEMES:
            suffix = "" if theme == THEMES[0] else f"-{theme}"
            for env, scenes in ((demo, SIMULATED), (card, CARD)):
                for scene in scenes:
                    if not asked or scene.name in asked:
                        themed = replace(scene, words=(*scene.words, "--theme", theme))
                        _write(scene.name + suffix, take(themed, env))
            if not asked or DEMONSTRATION.name in asked:
                _write(DEMONSTRATION.name + suffix, record(DEMONSTRATION, theme, demo))


if __name__ == "__main__":
    main()
