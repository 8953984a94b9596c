"""The asyncio connection: calls with a deadline that are never cancelled, events, and peak streams."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

from tuimixer.backend.base import OutOfReach, Refused
from tuimixer.backend.pulse import client, libpulse
from tuimixer.backend.pulse.peaks import PeakStream


class AsyncClient:
    """An asyncio connection on the running loop.

    A call that nobody waits for any more runs on to its end, because libpulse keeps a pointer to its
    callback. `on_event` is called with the facility (`sink`, `sink_input`, …, `stored`, `formats`), the
    object's index and whether it was removed.
    """

    def __init__(self, address: str, cookie: str | None = None, patience: float = 5.0) -> None:
        self._patience = patience
        self._closed = False
        self._in_flight: set[asyncio.Task[Any]] = set()
        self._callbacks: list[Any] = []
        self._pulse = client.open_asyncio(address, cookie)
        self.on_event: Callable[[str, int, bool], None] = lambda facility, index, removed: None

    async def connect(self) -> None:
        """Connect.

        Raises:
            OutOfReach: nothing answers within the patience; its text is libpulse's reason.
        """
        try:
            await self._pulse.connect(timeout=self._patience)
        except TimeoutError as error:
            raise OutOfReach("no answer") from error
        except client.FAILURES as error:
            raise OutOfReach(client.why(self._pulse)) from error

    async def subscribe(self) -> None:
        """Have `on_event` called from now on."""
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
        """Call a method and wait for its answer, at most for the patience.

        Raises:
            OutOfReach: the server went away or does not answer.
            Refused: it said no.
        """
        if self._closed:
            raise OutOfReach("The connection is closed.")
        task = asyncio.ensure_future(self._guarded(method, arguments))
        self._in_flight.add(task)
        task.add_done_callback(self._landed)
        await asyncio.wait((task,), timeout=self._patience)
        if not task.done():
            raise OutOfReach(f"The sound server did not answer within {self._patience:g} s.")
        try:
            return task.result()
        except client.FAILURES as error:
            if not self._pulse.connected:
                raise OutOfReach("The sound server closed the connection.") from error
            raise client.translate_error(error, self._pulse) from error

    async def _guarded(self, method: str, arguments: tuple[Any, ...]) -> Any:
        if (
            self._closed
        ):  # between the call and this task's first step; libpulse aborts on a context that is gone
            raise OutOfReach("The connection is closed.")
        return await getattr(self._pulse, method)(*arguments)

    def _landed(self, task: asyncio.Task[Any]) -> None:
        self._in_flight.discard(task)
        if not task.cancelled():
            task.exception()  # looked at: asyncio need not complain about an abandoned call

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
        """A level meter's stream; see `PeakStream`.

        Raises:
            OutOfReach: the connection is closed.
            Refused: the server does not take it.
        """
        if self._closed or not self._pulse.connected:
            raise OutOfReach("The connection is closed.")
        try:
            return PeakStream(
                self._pulse._ctx, source, sink_input, rate, channels, keep_awake, on_data, on_end
            )
        except client.FAILURES as error:
            raise client.translate_error(error, self._pulse) from error

    async def lost(self) -> str:
        """Wait until the server is gone; the reason in libpulse's words."""
        await self._pulse._disconnected.wait()
        return client.why(self._pulse)

    async def close(self) -> None:
        """Disconnect; calls in flight end with OutOfReach. May be called twice."""
        if self._closed:
            return
        self._closed = True
        self._pulse.on_event = None
        self._pulse.close()
        if self._in_flight:
            await asyncio.wait(set(self._in_flight))
