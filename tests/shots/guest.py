"""Takes the pictures of real cards, inside the virtual machine; each is printed as one line."""

import base64
import os
import subprocess

from tests.lab.cards import AC97
from tests.shots.camera import take
from tests.shots.scenes import CARDS

MARK = "picture:"


def main() -> None:
    """Print all pictures; meanwhile a program has the AC97 card open."""
    for move in ("Master 40 unmute", "PCM 20 unmute", "Capture 8 cap", "Mic cap"):
        subprocess.run(["amixer", "-q", "-c", AC97, "sset", *move.split()], check=True)
    silence = ["aplay", "-q", "-f", "dat", "-D", f"plughw:{AC97}", "/dev/zero"]
    with subprocess.Popen(silence, stderr=subprocess.DEVNULL) as player:
        try:
            for scene in CARDS:
                picture = base64.b64encode(take(scene, os.environ).encode()).decode()
                print(f"\n{MARK}{scene.name}:{picture}", flush=True)
        finally:
            player.kill()


if __name__ == "__main__":
    main()
