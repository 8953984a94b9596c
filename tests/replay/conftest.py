"""Replayed cards for a test."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.lab.replay.cards import ReplayedCards

Replay = Callable[..., ReplayedCards]


@pytest.fixture
def replay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Replay:
    """Replays cards by the names of their tables, for programs through their environment and for this
    process.
    """

    def start(*names: str) -> ReplayedCards:
        cards = ReplayedCards(tmp_path, *names)
        monkeypatch.setenv("ALSA_CONFIG_PATH", cards.env["ALSA_CONFIG_PATH"])
        return cards

    return start
