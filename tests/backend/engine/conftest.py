"""The engines' log goes to the test's own directory, and their screens are patient."""

from pathlib import Path

import pytest

from tests.lab.waiting import DEADLINE
from tuimixer.backend.engine import client


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands wait for the next engine for as long as a busy machine takes to start it."""
    for name in ("_KEEP", "_SETTLE"):
        monkeypatch.setattr(client, name, DEADLINE)


@pytest.fixture(autouse=True)
def state_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """XDG_STATE_HOME for the test and the engines it starts."""
    folder = tmp_path / "state"
    monkeypatch.setenv("XDG_STATE_HOME", str(folder))
    return folder
