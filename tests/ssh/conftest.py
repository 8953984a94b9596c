"""A machine with users, which only root can create, and the test's own directories for what is
written here.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.backend.engine.sshd import Box
from tests.backend.engine.users import User, three_users


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home directory of the local user; nothing here leads to a sound server."""
    for name in ("XDG_RUNTIME_DIR", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "PULSE_SERVER", "DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def box(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Box]:
    """A machine with its own /run."""
    with Box(own_run=True, passwords=True) as box:
        box.use(monkeypatch)
        yield box


@pytest.fixture
def users(box: Box) -> Iterator[list[User]]:
    """Two users with the sinks `kitchen` and `cellar` on their own servers, and one without a server."""
    with three_users(box) as users:
        yield users
