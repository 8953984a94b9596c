"""DISPLAY forwarded by ssh leads to another machine's server: no library may query it."""

import asyncio
import ctypes
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.program import run
from tests.lab.plugins import Plugins
from tuimixer.backend.alsa.card import Card
from tuimixer.backend.library_environment import cookie_shown, guard_environment
from tuimixer.backend.pulse.aio import AsyncClient
from tuimixer.backend.pulse.client import Client

pytestmark = pytest.mark.plugins

_X11 = 6000


class Display:
    """An X display that accepts connections but never responds, as a forwarded one may; counts the
    clients.
    """

    def __init__(self) -> None:
        self.asked = 0
        self._listening = next(filter(None, map(_bound, range(30, 500))))
        self.name = f"127.0.0.1:{self._listening.getsockname()[1] - _X11}.0"
        threading.Thread(target=self._count, daemon=True).start()

    def _count(self) -> None:
        kept = []
        while True:
            try:
                kept.append(self._listening.accept())
            except OSError:
                return
            self.asked += 1

    def close(self) -> None:
        self._listening.close()


def _bound(number: int) -> socket.socket | None:
    try:
        return socket.create_server(("127.0.0.1", _X11 + number))
    except OSError:
        return None


@pytest.fixture
def display() -> Iterator[Display]:
    made = Display()
    yield made
    made.close()


@pytest.mark.parametrize(
    "words", [["get"], ["list"], ["doctor"], ["set", "50%"], ["get", "-D", "pulse", "Master"]]
)
def test_no_verb_asks_it(words: list[str], display: Display, plugins: Plugins) -> None:
    env = plugins.env | {"DISPLAY": display.name}
    del env["PULSE_SERVER"]
    outcome = run(*words, env=env)
    assert (outcome.status, display.asked) == (0, 0), outcome


async def test_no_connection_brings_it_back(
    display: Display, plugins: Plugins, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another user's cookie is passed to libpulse while it connects; DISPLAY stays hidden nevertheless."""
    monkeypatch.setenv("DISPLAY", display.name)
    for name, value in plugins.env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("PULSE_SERVER")
    guard_environment()
    cookie = str(tmp_path / "cookie")  # libpulse creates one if there is none
    with cookie_shown(cookie):
        pass
    address = plugins.server.address
    for place in (address, ""):
        client = AsyncClient(place, cookie)
        await client.connect()
        client.close()
        await asyncio.to_thread(lambda place=place: Client(place, cookie).close())  # type: ignore[misc]
    Card("pulse").close()
    assert display.asked == 0
    libc = ctypes.CDLL(None)
    libc.getenv.restype = ctypes.c_char_p
    assert libc.getenv(b"DISPLAY") is None, "what the libraries see"
    assert os.environ["DISPLAY"] == display.name, "what the diagnosis sees"
