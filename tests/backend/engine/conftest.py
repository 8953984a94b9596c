"""The engines' log goes to a folder of the test's own; machines to reach by ssh, and users on them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.backend.engine.sshd import Box
from tests.backend.engine.users import User, three_users


@pytest.fixture(autouse=True)
def state_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """XDG_STATE_HOME for the test and the engines it starts."""
    folder = tmp_path / "state"
    monkeypatch.setenv("XDG_STATE_HOME", str(folder))
    return folder


@pytest.fixture
def box(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Box]:
    """A machine to reach by ssh, with a /run of its own where users come into it."""
    with Box(own_run="users" in request.fixturenames) as box:
        box.use(monkeypatch)
        yield box


@pytest.fixture
def users(box: Box) -> Iterator[list[User]]:
    """Two users with a server of their own, one without."""
    with three_users(box) as users:
        yield users
