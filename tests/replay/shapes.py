"""The replayed cards by name."""

from tests.lab.replay.table import FOLDER

CLOSED = "odd-writeonly"
"""The one that libasound's mixer cannot load."""
CARDS = sorted({path.stem for path in FOLDER.glob("*.toml")} - {CLOSED})
