"""The screen in a browser, for use without a terminal.

Each window that opens the address has its own tuimixer. Anyone who knows the address can control the mixer,
so the address contains 24 random bytes, is printed only to the user who started the server, and is not in
any process's arguments. A request for anything else gets an empty 404.

The page's terminal (xterm.js) and its messages come from textual-serve. Its server is not used, because it
runs a shell and accepts any size, and its programs outlive their windows.
"""

import asyncio
import html
import ipaddress
import json
import re
import secrets
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import textual_serve
from aiohttp import WSCloseCode, WSMsgType, web

from tuimixer.model.text import whole
from tuimixer.ui.web_door import Door
from tuimixer.ui.web_screen import WebScreen, bounded_size

_PAGE = Path(__file__).with_name("web.html")
_STATIC = Path(textual_serve.__file__).parent / "static"
_QUIET = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Frame-Options": "DENY"}
_MOST_SCREENS = 8
"""Maximum number of windows; each takes two processes."""
_HOST = re.compile(
    r"(?:\[(?P<ipv6>[0-9A-Fa-f]*:[0-9A-Fa-f:.]*)(?:%[\w.-]+)?\]|(?P<name>[\w.-]+))(?::(?P<port>[0-9]{1,5}))?"
)
"""A Host header: a name, an IPv4 address, or an IPv6 address in brackets; then perhaps a port."""
_HEARTBEAT = 6.0
"""Seconds between checks of whether a window is still there; a window has half as long to respond."""
_LONGEST_MESSAGE = 1 << 16
_SHUTDOWN = 2.0
_FULL = (
    f"This mixer is already open in {_MOST_SCREENS} windows, which is the limit. Close one of them and try "
    "again.\r\n"
)


class MixerServer:
    """Serves the page and its windows."""

    def __init__(self, arguments: Sequence[str], secret: str, bind: str) -> None:
        # -P keeps Python from importing modules in the directory that the server was started from.
        self._command = [sys.executable, "-P", "-m", "tuimixer", *arguments]
        self._secret = secret
        self._hosts = _Hosts(bind)
        self._page = _PAGE.read_text(encoding="utf-8")
        self._screens: set[WebScreen] = set()
        self._door: Door | None = None

    async def run(self, listener: socket.socket) -> None:
        """Serve until SIGINT, SIGTERM or SIGHUP."""
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, ended.set)
        loop.add_signal_handler(signal.SIGCHLD, self._attend)
        runner = web.AppRunner(self._make_app(), shutdown_timeout=_SHUTDOWN)
        await runner.setup()
        assert runner.server
        self._door = Door(runner.server)
        server = await loop.create_server(self._door, sock=listener)
        try:
            await ended.wait()
        finally:
            # Not `async with`, which since Python 3.12 waits at its end for the windows to be closed; only
            # the cleanup closes them.
            server.close()
            await runner.cleanup()
            signal.set_wakeup_fd(-1)  # a signal while the loop is being closed would print a traceback

    def _make_app(self) -> web.Application:
        """The application; all its paths are below the secret."""
        inner = web.Application(middlewares=[self._admit])
        inner.add_routes(
            [
                web.get("/", self._index),
                web.get("/ws", self._window),
                web.static("/static", _STATIC),
            ]
        )
        outer = web.Application(middlewares=[self._mute])
        outer.add_subapp(f"/{self._secret}", inner)
        outer.on_shutdown.append(self._end_all)
        return outer

    @web.middleware
    async def _mute(self, request: web.Request, handler: Any) -> web.StreamResponse:
        """Turn any refusal into an empty 404, which reveals nothing, and let no other site see the address as
        a referrer.
        """
        try:
            response: web.StreamResponse = await handler(request)
        except web.HTTPException:
            response = web.Response(status=404)
            response.force_close()
        if not response.prepared:
            response.headers.update(_QUIET)
        return response

    @web.middleware
    async def _admit(self, request: web.Request, handler: Any) -> web.StreamResponse:
        """Refuse requests that contain the secret but come from another site's page or name another machine
        as their host.
        """
        origin = request.headers.get("Origin")
        if not self._hosts.fits(request.host) or (origin is not None and not _same(origin, request.host)):
            raise web.HTTPNotFound
        if self._door:
            self._door.admit(request.protocol)
        response: web.StreamResponse = await handler(request)
        return response

    async def _index(self, request: web.Request) -> web.StreamResponse:
        """The page with the terminal; it names this host as the browser does, for forwarded ports."""
        here = html.escape(f"{request.host}/{self._secret}")
        page = self._page.replace("{{base}}", f"{request.scheme}://{here}")
        page = page.replace("{{socket}}", f"{'wss' if request.scheme == 'https' else 'ws'}://{here}/ws")
        return web.Response(text=page, content_type="text/html")

    async def _window(self, request: web.Request) -> web.StreamResponse:
        """A window's WebSocket; the window's tuimixer ends when it is closed."""
        window = web.WebSocketResponse(
            heartbeat=_HEARTBEAT, timeout=_SHUTDOWN, max_msg_size=_LONGEST_MESSAGE, compress=False
        )
        await window.prepare(request)
        if sum(screen.attend() for screen in self._screens) >= _MOST_SCREENS:
            await window.send_bytes(_FULL.encode())
            await window.close(code=WSCloseCode.TRY_AGAIN_LATER)
            return window
        size = bounded_size(request.query.get("width"), request.query.get("height")) or (80, 24)
        screen = WebScreen(self._command, size)
        self._screens.add(screen)
        painting = asyncio.ensure_future(_paint(screen, window))
        try:
            async for message in window:
                if message.type is WSMsgType.TEXT:
                    await _hear(message.data, screen, window)
        finally:
            painting.cancel()
            await screen.end()
            self._screens.discard(screen)
        return window

    def _attend(self) -> None:
        for screen in self._screens:
            screen.attend()

    async def _end_all(self, _: web.Application) -> None:
        await asyncio.gather(*(screen.end() for screen in self._screens))


class _Hosts:
    """The names and addresses by which a browser may address this server."""

    def __init__(self, bind: str) -> None:
        """Args: `bind` is the numeric address that the server listens on."""
        self._local_only = ipaddress.ip_address(bind.partition("%")[0]).is_loopback
        names = {"localhost"} if self._local_only else {"localhost", *_own_names()}
        self._names = {name.lower() for name in names}

    def fits(self, host: str) -> bool:
        """Whether a request's Host header names this server, by name or address; any port is allowed, as it
        may be a forwarded one.
        """
        match = _HOST.fullmatch(host)
        if match is None or (match["port"] and whole(match["port"], 65535) is None):
            return False
        name = match["ipv6"] or match["name"].lower()
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            return name.rstrip(".") in self._names
        return address.is_loopback or not self._local_only


def _own_names() -> set[str]:
    name = socket.gethostname()
    return {name, socket.getfqdn(), f"{name.partition('.')[0]}.local"}


def _same(origin: str, host: str) -> bool:
    """Whether a page's origin is this server as named in the request."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and parts.netloc.lower() == host.lower()


async def _paint(screen: WebScreen, window: web.WebSocketResponse) -> None:
    """Pass what the program paints to its window, and close the window when the program ends."""
    try:
        while data := await screen.read():
            await window.send_bytes(data)
    except ConnectionError:
        return  # the window is gone, which ends the screen too
    await window.close()


async def _hear(text: str, screen: WebScreen, window: web.WebSocketResponse) -> None:
    """Do what a window's message requests; anything but the page's own messages is ignored."""
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return
    match message:
        case ["stdin", str(keys)]:
            screen.write(keys.encode("utf-8", "ignore"))
        case ["resize", {"width": columns, "height": lines}]:
            if size := bounded_size(columns, lines):
                screen.resize(*size)
        case ["ping", str(stamp)]:
            await window.send_json(["pong", stamp[:64]])


def listen(bind: str, port: int) -> socket.socket:
    """A listening socket; port 0 means any free one.

    Raises:
        OSError: it is impossible to listen on the address.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            bind, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except UnicodeError:
        raise OSError(0, "not a valid host name") from None
    listener = socket.socket(family, kind)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener


def serve(arguments: Sequence[str], listener: socket.socket) -> None:
    """Print the mixer's address, and serve until interrupted."""
    secret = secrets.token_urlsafe(24)
    with listener:
        bind, port = listener.getsockname()[:2]
        shown = f"[{bind}]" if ":" in bind else bind
        print(
            f"Open http://{shown}:{port}/{secret}/ in a browser. Anyone who knows this address can control "
            "the mixer."
        )
        if ipaddress.ip_address(bind.partition("%")[0]).is_loopback:
            print(
                f"From another machine, run ssh -L {port}:{shown}:{port} {socket.gethostname()}, and then "
                "open the same address in a browser on that machine."
            )
        else:
            print(
                "The connection is not encrypted, so anyone who can read its traffic can learn the address. "
                "It is safer to leave out --bind and use ssh -L."
            )
        print("Press Ctrl-C to stop.", flush=True)
        asyncio.run(MixerServer(arguments, secret, bind).run(listener))
