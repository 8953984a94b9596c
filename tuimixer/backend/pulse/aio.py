"""The asyncio connection: calls with a timeout that are never cancelled, events, and peak streams."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Any

from tuimixer.backend.base import Refused, Unreachable
from tuimixer.backend.pulse import client, libpulse
from tuimixer.backend.pulse.operations import CONNECTION_TERMINATED, PROTOCOL_ERROR, Calls, errno, words
from tuimixer.backend.pulse.peaks import PeakStream
from tuimixer.backend.pulse.pulsectl_import import PulseError
from tuimixer.backend.pulse.pulsectl_import import binding as c
from tuimixer.model.system import NO_RESPONSE

_LOG = logging.getLogger(__name__)


class AsyncClient:
    """An asyncio connection on the running loop.

    A call that is no longer awaited still runs to its end. `on_event` is called with the facility (`sink`,
    `sink_input`, …, `stored`, `formats`), the object's index and whether it was removed.
    """

    def __init__(self, address: str, cookie: str | None = None, patience: float = 5.0) -> None:
        self._patience = patience
        self._closed = False
        self._callbacks: list[Any] = []
        self._pulse = client.open_asyncio(address, cookie)
        self._calls = Calls(self._pulse._ctx)
        self._pulse.on_lost = self._lost
        self._error = 0
        """libpulse's error when the connection was lost: a later call replaces it with PA_ERR_BADSTATE."""
        self._end = ""
        """Why the connection has ended, for calls that it cut off."""
        self.on_event: Callable[[str, int, bool], None] = lambda facility, index, removed: None

    async def connect(self) -> None:
        """Connect.

        Raises:
            Unreachable: the server cannot be reached or did not respond in time; the message is the reason.
        """
        try:
            await self._pulse.connect(timeout=self._patience)
        except TimeoutError as error:
            raise Unreachable(NO_RESPONSE) from error
        except PulseError as error:
            if not self._pulse._ctx:
                raise Unreachable("the connection was closed") from error
            raise client.connecting_failed(errno(self._pulse._ctx)) from error

    async def subscribe(self) -> None:
        """Subscribe to events, for `on_event`."""
        self._pulse.on_event = self.on_event
        await self.call("subscribe")
        stored = libpulse.STORED_EVENT_CB(lambda *_: self.on_event("stored", 0, False))
        formats = libpulse.FORMATS_EVENT_CB(lambda *_: self.on_event("formats", 0, False))
        self._callbacks += [stored, formats]
        libpulse.stored_event_callback(self._pulse._ctx, stored, None)
        libpulse.formats_event_callback(self._pulse._ctx, formats, None)
        for method in ("subscribe_stored", "subscribe_formats"):
            with contextlib.suppress(Refused):
                await self.call(method)

    async def call(self, method: str, *arguments: Any) -> Any:
        """Make a call and wait for its result, for at most `patience` seconds.

        Raises:
            Unreachable: the server is gone or not responding.
            Refused: the request was refused.
        """
        if self._closed or not self._pulse.connected:  # libpulse aborts if the context is gone
            raise Unreachable(self._end or client.CLOSED)
        ended = asyncio.Event()
        answer = self._calls.start(method, arguments, ended.set)
        # Whatever else is due, such as reading an ALSA plugin, may block while the server is working.
        self._pulse._loop.dispatch()
        try:
            async with asyncio.timeout(self._patience):
                await ended.wait()
        except TimeoutError:
            if not answer.ended:
                # The caller closes the connection, and then this is the reason for the other calls as well.
                self._end = self._end or client.silence(self._patience)
                raise Unreachable(self._end) from None
        if answer.error == CONNECTION_TERMINATED and self._end:
            raise Unreachable(self._end)
        if answer.unread is not None:
            # Return the other objects, because reconnecting would lead to the same result.
            _LOG.error("%s: an object was skipped", method, exc_info=answer.unread)
        return client.result(answer)

    def open_peaks(
        self,
        source: str,
        sink_input: int | None,
        rate: int,
        channels: int,
        keep_awake: bool,
        on_data: Callable[[], None],
        on_end: Callable[[], None],
    ) -> PeakStream:
        """Open a level meter's stream; see `PeakStream`.

        Raises:
            Unreachable: the connection is closed.
            Refused: the server refuses the stream.
        """
        if self._closed or not self._pulse.connected:
            raise Unreachable(self._end or client.CLOSED)
        try:
            return PeakStream(
                self._pulse._ctx, source, sink_input, rate, channels, keep_awake, on_data, on_end
            )
        except c.pa.CallError as error:
            raise Refused(
                f"The sound server refused the request: {words(errno(self._pulse._ctx))}."
            ) from error

    async def lost(self) -> None:
        """Wait until the connection is lost."""
        await self._pulse._disconnected.wait()

    @property
    def loss(self) -> str:
        """Why the connection was lost, in libpulse's words; empty while it exists."""
        return words(self._error) if self._pulse._disconnected.is_set() else ""

    @property
    def gave_up(self) -> bool:
        """Whether libpulse ended the connection because it did not understand the server."""
        return self._error == PROTOCOL_ERROR

    def close(self) -> None:
        """Disconnect; pending calls raise Unreachable. May be called twice."""
        if self._closed:
            return
        self._closed = True
        self._end = self._end or client.CLOSED
        self._pulse.on_event = None
        self._pulse.close()
        self._calls.fail(CONNECTION_TERMINATED)

    def _lost(self) -> None:
        self._error = errno(self._pulse._ctx)
        self._end = self._end or client.CUT_OFF
        self._calls.fail(CONNECTION_TERMINATED)
