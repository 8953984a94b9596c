"""The level meters that are being closed, until the server has released them."""

import asyncio
import contextlib

from tuimixer.backend.base import BackendError
from tuimixer.backend.pulse.aio import AsyncClient
from tuimixer.backend.pulse.peaks import MARK, PeakStream

_PATIENCE = 2.0
"""Seconds after which a stream that the server has not created yet is killed."""


class ClosingStreams:
    """Closes peak streams, and keeps them meanwhile, because their callbacks must outlive them.

    libpulse cannot cancel a stream that is still being created. PipeWire creates a stream once its session
    manager has linked it, which WirePlumber 0.4 occasionally never does, so such a stream would remain on the
    server for as long as the connection exists. It is therefore killed by its index, like another client's.
    """

    def __init__(self, client: AsyncClient) -> None:
        self._client = client
        self._streams: set[PeakStream] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._killing: asyncio.Task[None] | None = None

    def close(self, stream: PeakStream) -> None:
        """Close a stream."""
        self._streams.add(stream)
        stream.close()
        self._watch()

    def release(self) -> None:
        """Let go of the streams that have ended."""
        self._streams = {stream for stream in self._streams if not stream.ended}

    def abandon(self) -> None:
        """Release all streams, because the connection ends."""
        if self._timer is not None:
            self._timer.cancel()
        if self._killing is not None:
            self._killing.cancel()
        for stream in self._streams:
            stream.abandon()
        self._streams.clear()

    def _uncreated(self) -> dict[str, PeakStream]:
        """The streams that are still being created, by mark."""
        return {stream.mark: stream for stream in self._streams if stream.is_being_created}

    def _watch(self) -> None:
        if self._timer is None and self._killing is None and self._uncreated():
            self._timer = asyncio.get_running_loop().call_later(_PATIENCE, self._due)

    def _due(self) -> None:
        self._timer = None
        if self._uncreated():
            self._killing = asyncio.get_running_loop().create_task(self._kill())

    async def _kill(self) -> None:
        try:
            # If the server refuses or does not respond, the next attempt follows.
            with contextlib.suppress(BackendError):
                for record in await self._client.call("read_source_outputs"):
                    if record.properties.get(MARK) in self._uncreated():
                        await self._client.call("kill_source_output", record.index)
        finally:
            self._killing = None
        self._watch()
