"""Where command lines of this process run."""

import os
from pathlib import Path

import pytest

from tests.lab.pulse import PrivatePulse


@pytest.fixture
def home(box: PrivatePulse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home directory, also the working directory, and the environment of a module's own `box`."""
    for name in [name for name in os.environ if name.startswith("XDG_")]:
        monkeypatch.delenv(name)
    for name, value in box.env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path
