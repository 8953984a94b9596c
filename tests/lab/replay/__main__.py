"""`python -m tests.lab.replay CARD… [-- COMMAND…]`: run a command, or tuimixer, on replayed cards."""

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.lab.replay.cards import ReplayedCards
from tests.lab.replay.table import FOLDER


def main(words: list[str]) -> int:
    """Run the command; returns its exit status."""
    at = words.index("--") if "--" in words else len(words)
    names, command = words[:at], words[at + 1 :] or [sys.executable, "-m", "tuimixer"]
    known = sorted(path.stem for path in FOLDER.glob("*.toml"))
    if not names or not set(names) <= set(known):
        print("usage: python -m tests.lab.replay CARD… [-- COMMAND…]", file=sys.stderr)
        print(f"cards: {' '.join(known)}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="tuimixer-") as folder:
        return subprocess.run(command, env=ReplayedCards(Path(folder), *names).env).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
