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
from textual.screen import Screen
from textual.worker import Worker, WorkerError

from tuimixer.model.text import clean
from tuimixer.ui.textual_internals import searches

Typed = events.Key | events.Paste
Screens = list[Screen[Any]]
_MOST = 1000
"""Maximum number of queued keys, which a held key sends in half a minute; then the oldest are dropped."""
_LONGEST = 1000
"""Maximum number of characters of a paste; the rest is dropped."""
_LOOK = 0.05
"""Seconds between two looks at whether a screen that is being opened still exists."""


class Keyboard:
    """Keeps the keys that have not been delivered yet, and delivers them."""

    def __init__(self, app: App[Any], give: Callable[[Typed], Awaitable[None]]) -> None:
        self._app = app
        self._give = give
        self._waiting: deque[Typed] = deque(maxlen=_MOST)
        self._busy = False
        self._pause: asyncio.Future[None] | None = None
        """Ends when the next key can be delivered."""

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
            self._pause = asyncio.ensure_future(self._after(running))
            return
        stack = list(self._app.screen_stack)
        target = self._app.focused or stack[-1]
        await self._give(self._waiting.popleft())
        # Textual passes an unhandled message to the parent's queue, behind what is waiting there already.
        # This callback follows the same path: first the key, then a message with which a widget answers it,
        # such as that Enter was pressed in a list or a field.
        path: list[MessagePump] = [node for node in target.ancestors_with_self if node is not self._app]
        self._follow([*path, self._app, *path], stack)

    def _follow(self, path: list[MessagePump], stack: Screens) -> None:
        """Pass through the same queues as the key and what it causes, then deliver the next one."""
        while path:
            if path.pop(0).call_later(self._follow, path, stack):
                return
        self._app.call_later(self._settle, stack)

    async def _after(self, running: list[Worker[Any]]) -> None:
        """Deliver a key that may choose what the palette has found once the palette has found it."""
        with suppress(WorkerError):
            await self._app.workers.wait_for_complete(running)
        self._app.call_later(self._next)

    async def _settle(self, before: Screens) -> None:
        """Deliver the next key, but not before a screen opened by this one can take keys."""
        screen = self._app.screen
        if screen in before:
            await self._next()
        else:
            self._pause = asyncio.ensure_future(self._opened(screen))

    async def _opened(self, screen: Screen[Any]) -> None:
        """Deliver the next key once a screen has been drawn, or is gone, as it may close at once."""
        drawn = asyncio.Event()
        screen.call_after_refresh(drawn.set)
        while not drawn.is_set() and screen in self._app.screen_stack:
            with suppress(TimeoutError):
                await asyncio.wait_for(drawn.wait(), _LOOK)
        self._app.call_later(self._next)
