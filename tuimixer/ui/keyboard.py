"""Delivers keys and pastes one at a time, each to the screen that is on top once the previous one has had
its effect.

Textual forwards a key to the screen on top when it arrives. Keys that arrive faster than a dialog opens or
closes, because they were pasted, sent by a program or delayed by a slow line, would go to the wrong screen.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from textual import events
from textual.app import App
from textual.message_pump import MessagePump
from textual.worker import Worker, WorkerError

from tuimixer.model.text import clean
from tuimixer.ui.textual_internals import searches

Typed = events.Key | events.Paste
_MOST = 1000
"""Maximum number of queued keys, which a held key sends in half a minute; then the oldest are dropped."""
_LONGEST = 1000
"""Maximum number of characters of a paste; the rest is dropped."""


class Keyboard:
    """Keeps the keys that have not been delivered yet, and delivers them."""

    def __init__(self, app: App[Any], give: Callable[[Typed], Awaitable[None]]) -> None:
        self._app = app
        self._give = give
        self._waiting: deque[Typed] = deque(maxlen=_MOST)
        self._busy = False
        self._search: asyncio.Future[None] | None = None
        """Waits for the palette's search."""

    async def take(self, typed: Typed) -> None:
        """Deliver a key or paste after those that came before it.

        Pasted text is cleaned like all text from outside, because the field that receives it displays it.
        """
        if isinstance(typed, events.Paste):
            typed = events.Paste(clean(typed.text, _LONGEST, fallback=""))
        self._waiting.append(typed)
        if not self._busy:
            await self._next()

    async def _next(self) -> None:
        self._busy = bool(self._waiting)
        if not self._busy:
            return
        typed = self._waiting[0]
        is_text = isinstance(typed, events.Paste) or typed.is_printable
        if not is_text and (running := searches(self._app)):
            self._search = asyncio.ensure_future(self._after(running))
            return
        screen = self._app.screen
        target = self._app.focused or screen
        await self._give(self._waiting.popleft())
        # Textual passes an unhandled message to the parent's queue, behind what is waiting there already.
        # This callback follows the same path: first the key, then a message with which a widget answers it,
        # such as that Enter was pressed in a list or a field.
        path: list[MessagePump] = [node for node in target.ancestors_with_self if node is not self._app]
        self._follow([*path, self._app, *path], screen)

    def _follow(self, path: list[MessagePump], screen: object) -> None:
        """Pass through the same queues as the key and what it causes, then deliver the next one."""
        while path:
            if path.pop(0).call_later(self._follow, path, screen):
                return
        self._app.call_later(self._settle, screen)

    async def _after(self, running: list[Worker[Any]]) -> None:
        """Deliver a key that may choose what the palette has found once the palette has found it."""
        with suppress(WorkerError):
            await self._app.workers.wait_for_complete(running)
        self._app.call_later(self._next)

    async def _settle(self, before: object) -> None:
        """Deliver the next key, but not before a screen opened by this one can take keys."""
        screen = self._app.screen
        opened = screen is not before and screen is not self._app.screen_stack[0]
        if not (opened and screen.call_after_refresh(self._app.call_later, self._next)):
            await self._next()
