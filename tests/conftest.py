"""Fixtures for every lane, and the rule that each test belongs to exactly one lane."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.lab.lanes.table import LANES, MARKS

if TYPE_CHECKING:
    from tests.backend.engine.sshd import Box
    from tests.backend.engine.users import User
    from tests.diagnosis.guest import Guest
    from tests.lab.cards import UsbCard
    from tests.lab.pipewire import PrivatePipeWire
    from tests.lab.plugins import Plugins
    from tests.lab.pulse import PrivatePulse
    from tests.lab.sound import SoundServer


def pytest_configure(config: pytest.Config) -> None:
    """Exit normally on a signal, so that servers and machines are ended too."""
    for lane in LANES:
        if lane.marks:
            config.addinivalue_line("markers", f"{lane.name}: {lane.about}")
    if config.pluginmanager.hasplugin("hypothesispytest"):
        from hypothesis import settings

        # How long an example takes depends on the machine, not on the program. The same examples in every
        # run: what passed once passes again; --hypothesis-seed selects others.
        settings.register_profile("tuimixer", deadline=None, derandomize=True)
        settings.load_profile("tuimixer")
    # Commands run in the background by a shell ignore Ctrl-C, and the programs under test would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit("ended by a signal"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse a test that would run in no lane or in two."""
    for item in items:
        lanes = sorted(MARKS & {mark.name for mark in item.iter_markers()})
        if len(lanes) != 1:
            raise pytest.UsageError(
                f"{item.nodeid} has the lanes {lanes}; it must have exactly one as its mark"
            )


@pytest.fixture
def unmeasured(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of what a child process loads: `./dev coverage` must not load itself into it."""
    for name in [name for name in os.environ if name.startswith("COVERAGE_PROCESS")]:
        monkeypatch.delenv(name)


@pytest.fixture
def pulse() -> "Iterator[PrivatePulse]":
    """A private PulseAudio with the sinks "speakers" (default) and "headphones"; see tests/lab/sound.py."""
    from tests.lab.pulse import PrivatePulse

    with PrivatePulse() as server:
        yield server


@pytest.fixture
def pipewire() -> "Iterator[PrivatePipeWire]":
    """A private PipeWire with the same interface and sinks as `pulse`."""
    from tests.lab.pipewire import PrivatePipeWire

    with PrivatePipeWire() as server:
        yield server


@pytest.fixture(
    params=[
        pytest.param("pulse", marks=pytest.mark.pulse),
        pytest.param("pipewire", marks=pytest.mark.pipewire),
    ]
)
def server(request: pytest.FixtureRequest) -> "SoundServer":
    """Both servers in turn; the parameter determines the lane, so the test needs no lane mark."""
    chosen: SoundServer = request.getfixturevalue(request.param)
    return chosen


@pytest.fixture
def box(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> "Iterator[Box]":
    """A machine to reach by ssh, with its own /run if it has users, and with passwords in the lane ssh."""
    from tests.backend.engine.sshd import Box

    names = request.fixturenames
    with Box(own_run="users" in names, passwords="home" in names) as box:
        box.use(monkeypatch)
        yield box


@pytest.fixture
def users(box: "Box") -> "Iterator[list[User]]":
    """Two users with the sinks `kitchen` and `cellar` on their own servers, and one without a server."""
    from tests.backend.engine.users import three_users

    with three_users(box) as users:
        yield users


@pytest.fixture
def plugins(pulse: "PrivatePulse", tmp_path: Path) -> "Plugins":
    """ALSA devices "equal" and "pulse" on a private PulseAudio; see tests/lab/plugins.py."""
    from tests.lab.plugins import Plugins

    return Plugins(tmp_path, pulse)


@pytest.fixture
def cards() -> dict[str, int]:
    """In the virtual machine: ALSA card id -> card number; the ids are named in tests/lab/cards.py."""
    from tests.lab.cards import card_numbers

    return card_numbers()


@pytest.fixture(scope="session", params=["PulseAudio", "PipeWire"])
def guest(request: pytest.FixtureRequest) -> "Iterator[Guest]":
    """In the virtual machine: each server in turn on all cards, started once for all tests."""
    from tests.diagnosis.guest import on_cards

    with on_cards(request.param) as made:
        yield made


@pytest.fixture
def usb_card() -> "Iterator[UsbCard]":
    """In the virtual machine: the USB card, which can be unplugged and plugged; plugged again at the end."""
    from tests.lab.cards import UsbCard

    card = UsbCard()
    yield card
    card.plug()
