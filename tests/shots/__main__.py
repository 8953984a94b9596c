"""See the package. With names: only those pictures. Those of real cards need the virtual machine: "cards"."""

import base64
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.lab.plugins import Plugins
from tests.lab.pulse import PrivatePulse
from tests.shots.camera import take
from tests.shots.guest import MARK
from tests.shots.picture import write
from tests.shots.scenes import CARDS, REAL, SIMULATED, Scene

FOLDER = Path(__file__).resolve().parents[2] / "screenshots"
MICROPHONE = "module-null-source source_name=mic description=Microphone"


def _take_all(scenes: Sequence[Scene], env: Mapping[str, str]) -> None:
    for scene in scenes:
        print(scene.name, flush=True)
        write(take(scene, env), FOLDER / f"{scene.name}.svg")


def _take_real(scenes: Sequence[Scene]) -> None:
    """A private PulseAudio with players, one of them as loud as possible."""
    if not scenes:
        return
    with PrivatePulse(modules=[MICROPHONE]) as server, tempfile.TemporaryDirectory() as folder:
        server.play("Firefox", media="A concert", volume=80)
        server.play("mpv", media="documentary.mkv", volume=63, device="headphones", amplitude=0.3)
        server.play("Music", media="Symphony No. 5", volume=100, amplitude=0.1)
        server.play("Game", media="level 3", device="headphones", amplitude=1.0)
        _take_all(scenes, Plugins(Path(folder), server).env)


def _take_cards(wanted: set[str]) -> None:
    """Pictures of real cards; existing ones are left unchanged if no machine can be booted."""
    from tests.lab.vm import boot, lacks

    if reason := lacks():
        print(f"the pictures of real cards stay as they are: {reason}", file=sys.stderr)
        return
    done = boot("python -m tests.shots.guest")
    for line in done.stdout.splitlines():
        if line.startswith(MARK):
            name, picture = line.removeprefix(MARK).split(":")
            if not wanted or name in wanted:
                print(name, flush=True)
                write(base64.b64decode(picture).decode(), FOLDER / f"{name}.svg")
    if done.returncode:
        sys.exit(done.stdout[-2000:])


def main() -> None:
    """Create the requested pictures, or all."""
    asked = set(sys.argv[1:])
    known = {scene.name for scene in (*SIMULATED, *REAL, *CARDS)}
    if unknown := asked - known - {"cards"}:
        sys.exit(f"no picture {', '.join(sorted(unknown))}; there are: {' '.join(sorted(known))}")
    FOLDER.mkdir(exist_ok=True)

    def chosen(scenes: Sequence[Scene]) -> list[Scene]:
        return [scene for scene in scenes if not asked or scene.name in asked]

    with tempfile.TemporaryDirectory() as home:
        _take_all(chosen(SIMULATED), dict(os.environ) | {"HOME": home, "LC_ALL": "C.UTF-8"})
    _take_real(chosen(REAL))
    if not asked or "cards" in asked or chosen(CARDS):
        _take_cards({scene.name for scene in chosen(CARDS)})


if __name__ == "__main__":
    main()
