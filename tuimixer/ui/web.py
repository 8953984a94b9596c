"""The screen in a browser, for where there is no terminal: textual-serve behind a secret in the address.

Whoever knows the address has the mixer, so it is made of 24 random bytes, is printed to the one who started
this, and stands in no process's arguments. Every other request gets an empty 404.
"""

import asyncio
import html
import os
import secrets
import shlex
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from aiohttp import web
from textual_serve.server import Server

_PAGE = Path(__file__).with_name("web.html")
_QUIET = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Frame-Options": "DENY"}


class MixerServer(Server):
    """Starts a tuimixer of its own for each browser window that opens the address."""

    def __init__(self, arguments: Sequence[str], secret: str) -> None:
        super().__init__(shlex.join([sys.executable, "-m", "tuimixer", *arguments]), title="tuimixer")
        self._secret = secret
        self._page = _PAGE.read_text(encoding="utf-8")

    async def _make_app(self) -> web.Application:
        """The routes, all of them below the secret."""
        inner = web.Application()
        inner.add_routes(
            [
                web.get("/", self.handle_index, name="index"),
                web.get("/ws", self.handle_websocket, name="websocket"),
                web.static("/static", self.statics_path, name="static"),
            ]
        )
        outer = web.Application(middlewares=[_mute])
        outer.add_subapp(f"/{self._secret}", inner)
        return outer

    async def handle_index(self, request: web.Request) -> web.StreamResponse:
        """The page with the terminal, with the host that the browser used: a forwarded port works too."""
        here = html.escape(f"{request.host}/{self._secret}")
        page = self._page.replace("{{base}}", f"{request.scheme}://{here}")
        page = page.replace("{{socket}}", f"{'wss' if request.scheme == 'https' else 'ws'}://{here}/ws")
        return web.Response(text=page, content_type="text/html")


@web.middleware
async def _mute(request: web.Request, handler: Any) -> web.StreamResponse:
    """Say nothing to a request that does not know the secret, and let no page know where it came from."""
    try:
        response: web.StreamResponse = await handler(request)
    except web.HTTPException:
        return web.Response(status=404)
    if not response.prepared:
        response.headers.update(_QUIET)
    return response


def serve(arguments: Sequence[str], bind: str, port: int) -> None:
    """Serve until interrupted; port 0 takes a free one.

    Raises:
        OSError: the address cannot be listened on.
    """
    secret = secrets.token_urlsafe(24)
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((bind, port))
        listener.listen()
        # The programs that are started for a browser have no terminal to learn these from.
        os.environ.update(TERM="xterm-256color", COLORTERM="truecolor", PYTHONUTF8="1")
        shown = f"[{bind}]" if ":" in bind else bind
        number = listener.getsockname()[1]
        print(
            f"Open http://{shown}:{number}/{secret}/ in a browser. Whoever knows this address has the mixer."
        )
        if bind in ("127.0.0.1", "::1"):
            print(
                f"From another box: ssh -L {number}:{shown}:{number} {socket.gethostname()}, "
                "and open the same address there."
            )
        print("Ctrl-C ends it.", flush=True)
        asyncio.run(_serve(MixerServer(arguments, secret), listener))


async def _serve(server: MixerServer, listener: socket.socket) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, ended.set)
    runner = web.AppRunner(await server._make_app(), access_log=None, shutdown_timeout=2)
    await runner.setup()
    try:
        await web.SockSite(runner, listener).start()
        await ended.wait()
    finally:
        await runner.cleanup()
