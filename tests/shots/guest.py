"""Takes the pictures of real cards, inside the virtual machine; each is printed as one line."""

import base64
import os
import subprocess

from tests.lab.cards import AC97
from tests.shots.camera import take
from tests.shots.scenes import CARDS

MARK = "picture:"


def main() -> None:
    """Print all pictures."""
    for move in ("Master 40 unmute", "PCM 20 unmute", "Capture 8 cap", "Mic cap"):
        subprocess.run(["amixer", "-q", "-c", AC97, "sset", *move.split()], check=True)
    for scene in CARDS:
        picture = base64.b64encode(take(scene, os.environ).encode()).decode()
        print(f"\n{MARK}{scene.name}:{picture}", flush=True)


if __name__ == "__main__":
    main()
