"""What a window may request, and that its screen ends with it."""

import asyncio
import contextlib
import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.lab.waiting import DEADLINE, wait_until
from tests.web.browser import Browser
from tests.web.serving import Serving, alive, serving
from tests.web.window import window

pytestmark = pytest.mark.web

LARGEST = (300, 100)


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "PULSE_"))}
    return kept | {"HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}


@pytest.fixture
def served(home: dict[str, str]) -> Iterator[Serving]:
    with serving(home, "--demo") as served:
        yield served


def size_of(served: Serving) -> tuple[int, int]:
    """Columns and lines of the only screen's terminal."""
    screens = [pid for pid in served.family() if alive(pid)]
    return tuple(os.get_terminal_size(os.open(f"/proc/{screens[0]}/fd/0", os.O_RDONLY | os.O_NOCTTY)))  # type: ignore[return-value]


def test_a_module_in_the_folder_is_not_run(home: dict[str, str], tmp_path: Path) -> None:
    trap = tmp_path / "run"
    for name in ("tuimixer", "msgspec", "textual"):
        (tmp_path / f"{name}.py").write_text(f"open({str(trap)!r}, 'w')\n")

    async def look(served: Serving) -> None:
        async with window(served) as screen:
            await screen.sees("Firefox")

    with serving(home, "--demo", cwd=tmp_path) as served:
        asyncio.run(look(served))
    assert not trap.exists()


@pytest.mark.parametrize(
    "query",
    [
        "?width=99999999&height=99999999",
        "?width=-5&height=0",
        "?width=a&height=",
        "",
        "?width=1e9&height=9" + "9" * 500,
    ],
)
async def test_a_size_in_the_address_is_bounded(served: Serving, query: str) -> None:
    async with window(served, query) as screen:
        await screen.paints()
        columns, lines = size_of(served)
        assert 1 <= columns <= LARGEST[0]
        assert 1 <= lines <= LARGEST[1]


async def test_a_size_in_a_resize_is_bounded_and_nonsense_is_passed_over(served: Serving) -> None:
    async with window(served) as screen:
        await screen.sees("Firefox")
        nonsense: list[Any] = [
            ["resize"],
            ["resize", None],
            ["resize", {"width": 10}],
            ["resize", {"width": "x", "height": []}],
            ["resize", {"width": 1e400, "height": 3}],
            ["stdin"],
            ["stdin", 5],
            ["stdin", "\ud800"],
            ["ping", {}],
            [],
            {},
            7,
        ]
        for message in nonsense:
            await screen.socket.send_json(message)
        await screen.socket.send_str("[" * 60_000)
        await screen.socket.send_bytes(b"\x00\xff")
        await screen.send("resize", {"width": 10**9, "height": 10**9})
        await asyncio.to_thread(wait_until, lambda: size_of(served) == LARGEST, "the largest size")
        await screen.send("resize", {"width": -1, "height": 0})
        await asyncio.to_thread(wait_until, lambda: size_of(served) == (1, 1), "the smallest size")
        await screen.send("resize", {"width": 100, "height": 30})
        await screen.sees("Firefox")


async def test_a_screen_ends_with_its_socket(served: Serving) -> None:
    async with window(served) as screen:
        await screen.sees("Firefox")
        family = served.family()
        assert family
    await asyncio.to_thread(wait_until, lambda: not any(map(alive, family)), "the screen to end")


async def test_a_screen_that_is_stopped_ends_with_its_socket_too(served: Serving) -> None:
    async with window(served) as screen:
        await screen.sees("Firefox")
        family = served.family()
        # Nothing could continue what Ctrl-Z stops; the server does.
        await screen.send("stdin", "\x1a")
        await screen.sees("Firefox")
        os.kill(family[0], signal.SIGSTOP)
    await asyncio.to_thread(wait_until, lambda: not any(map(alive, family)), "the screen to end")


async def test_a_socket_ends_with_its_screen(served: Serving) -> None:
    async with window(served) as screen:
        await screen.sees("Firefox")
        await screen.send("stdin", "\x11")
        await screen.closed()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
async def test_screens_end_with_the_server(home: dict[str, str], number: signal.Signals) -> None:
    served = await asyncio.to_thread(Serving, home, "--demo")
    async with window(served) as first, window(served) as second:
        await first.sees("Firefox")
        await second.sees("Firefox")
        family = served.family()
        assert len(family) >= 2
        served.process.send_signal(number)
        status = await asyncio.to_thread(served.process.wait, DEADLINE)
        assert status == (-number if number is signal.SIGKILL else 0)
        await asyncio.to_thread(wait_until, lambda: not any(map(alive, family)), "the screens to end")


def test_a_window_that_does_not_answer_is_given_up(served: Serving) -> None:
    # A lost connection looks like this: nothing is read any more, and no end is reported.
    with socket.create_connection(("127.0.0.1", served.port)) as client:
        client.sendall(
            f"GET /{served.secret}/ws HTTP/1.1\r\nHost: localhost\r\n".encode()
            + b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n"
        )
        assert client.recv(12) == b"HTTP/1.1 101"
        wait_until(lambda: len(served.family()) == 1, "the screen")
        family = served.family()
        wait_until(lambda: not any(map(alive, family)), "the screen to end")


async def test_only_so_many_screens(served: Serving) -> None:
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(8):
            screen = await stack.enter_async_context(window(served))
            await screen.sees("Firefox")
        ninth = await stack.enter_async_context(window(served))
        await ninth.sees("which is the limit")
        await ninth.closed()
        await screen.send("stdin", "\x11")
        await screen.closed()
        await asyncio.to_thread(wait_until, lambda: len(served.family()) == 7, "the eighth to be gone")
        again = await stack.enter_async_context(window(served))
        await again.sees("Firefox")


def test_connections_that_say_nothing_are_ended_and_lock_nobody_out(served: Serving) -> None:
    def connect(first: bytes) -> socket.socket:
        client = socket.create_connection(("127.0.0.1", served.port))
        client.settimeout(DEADLINE)
        client.sendall(first)
        return client

    beginnings = (b"", b"GET / HTTP/1.1\r\nHost:", f"GET /{served.secret}".encode(), b"\x16\x03\x01")
    silent = [connect(beginnings[number % 4]) for number in range(300)]
    try:
        status, _ = served.ask(f"/{served.secret}/")
        assert status == 200
        for client in silent:
            with contextlib.suppress(ConnectionError):
                while client.recv(4096):
                    pass
        descriptors = Path(f"/proc/{served.process.pid}/fd")
        wait_until(lambda: len(list(descriptors.iterdir())) < 20, "the connections to be closed")
    finally:
        for client in silent:
            client.close()


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:{port}"},
        {"Host": "192.0.2.1:{port}"},
        {"Host": "[::1"},
        {"Host": "127.0.0.1:{port}.evil.example"},
        {"Host": "localhost:{port}.evil.example"},
        {"Host": "[::1]:{port}.evil.example"},
        {"Host": "[::1].evil.example:{port}"},
        {"Host": "evil.example@127.0.0.1:{port}"},
        {"Host": "localhost/evil.example"},
        {"Host": "localhost:99999"},
        {"Host": ""},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "http://[bad"},
    ],
)
async def test_another_name_or_another_page_gets_nothing(served: Serving, headers: dict[str, str]) -> None:
    sent = {name: value.format(port=served.port) for name, value in headers.items()}
    status, body = await asyncio.to_thread(served.ask, f"/{served.secret}/", sent)
    assert status in (400, 404)
    assert b"tuimixer" not in body
    with pytest.raises(aiohttp.WSServerHandshakeError):
        async with window(served, **sent):
            pass
    assert not served.family()


@pytest.mark.parametrize(
    "name", ["127.0.0.1:{port}", "localhost:{port}", "LOCALHOST:9", "[::1]:{port}", "[::1]", "localhost"]
)
def test_the_own_names_are_let_in_with_any_port(served: Serving, name: str) -> None:
    host = name.format(port=served.port)
    headers = {"Host": host, "Origin": f"http://{host}"}
    assert served.ask(f"/{served.secret}/", headers)[0] == 200


def test_bound_to_all_addresses_it_says_that_nothing_is_encrypted(
    home: dict[str, str], served: Serving
) -> None:
    assert not any("not encrypted" in line for line in served.said)
    with serving(home, "--demo", "--bind", "0.0.0.0") as open_to_all:
        assert any("not encrypted" in line for line in open_to_all.said)
        path = f"/{open_to_all.secret}/"
        for host in (socket.gethostname(), "192.0.2.1:80", "localhost"):
            assert open_to_all.ask(path, {"Host": host})[0] == 200, host
        assert open_to_all.ask(path, {"Host": "evil.example"})[0] == 404


def test_in_a_browser_an_ended_screen_can_be_started_again(served: Serving) -> None:
    with Browser() as browser:
        browser.open(served.address)
        browser.wait_for("return document.body.classList.contains('-first-byte')", "the first bytes")
        browser.run("document.querySelector('.xterm-helper-textarea').focus()")
        wait_until(served.family, "the screen")
        browser.press("q")
        deadline = time.monotonic() + DEADLINE
        while not browser.run("return document.body.classList.contains('-closed')"):
            assert time.monotonic() < deadline
            browser.press("Escape")
        wait_until(lambda: not served.family(), "the screen to end")
        browser.run("document.querySelector('#ended button').click()")
        wait_until(served.family, "another screen")
        # A page from elsewhere cannot open the socket, even with the address.
        socket_address = f"ws://127.0.0.1:{served.port}/{served.secret}/ws"
        browser.open("data:text/html,<title>other</title>")
        browser.run(
            f"window.told = ''; let s = new WebSocket({socket_address!r});"
            "s.onopen = () => window.told = 'open'; s.onerror = () => window.told = 'refused'"
        )
        browser.wait_for("return window.told !== ''", "an answer")
        assert browser.run("return window.told") == "refused"
