"""Follows hosts, so that every change of their controls is reported; uses the screen's backends."""

import asyncio
import gc
import os
import signal
import stat
import sys
from collections.abc import Callable, Iterator
from typing import Any

from tuimixer.backend.base import Backend
from tuimixer.cli.output import channels_json, chosen
from tuimixer.model.control import Control, ControlId, Kind
from tuimixer.model.record import dataclass
from tuimixer.model.snapshot import Phase, Snapshot, Status, Update
from tuimixer.wiring import Options, open_machines

Took = Callable[[str, Snapshot], None]
"""Called with a host's name and its newest snapshot."""


def follow(options: Options, took: Took) -> int:
    """Pass every host's snapshots to `took` until interrupted or the output is closed; returns 0.

    Raises:
        Unreachable: a host could not be reached.
    """
    backends = open_machines(options).backends()
    gc.enable()
    try:
        asyncio.run(_follow(backends, took))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


async def _follow(backends: list[Backend], took: Took) -> None:
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[None] = loop.create_future()

    def end(error: Exception | None = None) -> None:
        if not ended.done():
            if error is None:
                ended.set_result(None)
            else:
                ended.set_exception(error)

    def take(name: str, update: Update) -> None:
        if isinstance(update, Snapshot) and not ended.done():
            try:
                took(name, update)
            except Exception as error:
                end(error)

    def run(backend: Backend) -> "asyncio.Task[None]":
        task = asyncio.ensure_future(backend.run(lambda update: take(backend.name, update)))
        task.add_done_callback(lambda done: None if done.cancelled() else end(_error_of(done)))
        return task

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, end)
    _watch_reader(loop, end)
    tasks = [run(backend) for backend in backends]
    try:
        await ended
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        signal.set_wakeup_fd(-1)  # a signal while the loop is being closed would print a traceback


def _error_of(task: "asyncio.Task[None]") -> Exception | None:
    error = task.exception()
    return error if isinstance(error, Exception) else None


def _watch_reader(loop: asyncio.AbstractEventLoop, end: Callable[[], None]) -> None:
    """Call `end` as soon as the reader of a pipe on stdout is gone, not only at the next change."""
    fd = sys.stdout.fileno()
    if stat.S_ISFIFO(os.fstat(fd).st_mode):
        loop.add_reader(fd, end)


@dataclass(frozen=True, slots=True)
class Change:
    """A change of one aspect of one control, or of the status of one layer."""

    layer: str
    id: ControlId
    """Id of the control; empty for a layer's status."""
    kind: str
    name: str
    what: str
    """A key of `_ASPECTS`, or `added`, `removed`, `status`."""
    old: Any
    new: Any


class Changes:
    """Compares snapshots of one host; an unreachable layer counts as unchanged until it is back."""

    def __init__(self) -> None:
        self._known: dict[str, dict[ControlId, Control]] = {}
        self._statuses: dict[str, Status] = {}

    def between(self, snapshot: Snapshot) -> Iterator[Change]:
        """What has changed since the last snapshot; nothing for the first one."""
        for status in snapshot.statuses:
            yield from self._status(status)
        ready = {status.source for status in snapshot.statuses if status.phase is Phase.READY}
        for layer in ("alsa", "pulse"):
            if layer not in ready:
                continue
            now = {c.id: c for c in snapshot.controls.values() if c.kind.layer == layer and not c.is_meter}
            before = self._known.get(layer)
            self._known[layer] = now
            if before is not None:
                yield from _controls(layer, before, now)

    def _status(self, status: Status) -> Iterator[Change]:
        old = self._statuses.get(status.source)
        if status.phase is Phase.CONNECTING or (old and old.phase is status.phase):
            return
        self._statuses[status.source] = status
        if old is not None:
            words = status.reason or status.label
            yield Change(status.source, "", "", words, "status", old.phase.value, status.phase.value)


def _controls(
    layer: str, before: dict[ControlId, Control], now: dict[ControlId, Control]
) -> Iterator[Change]:
    # Stored volumes are read slightly later than the rest, and appear and disappear with each stream, so only
    # changes of their values are reported.
    for control in before.values():
        if control.id not in now and control.kind is not Kind.STORED:
            yield Change(
                layer, control.id, control.kind.value, control.name, "removed", channels_json(control), None
            )
    for control in now.values():
        old = before.get(control.id)
        if old is None and control.kind is not Kind.STORED:
            yield Change(
                layer, control.id, control.kind.value, control.name, "added", None, channels_json(control)
            )
        elif old is not None and old is not control and old != control:
            for what, value in _ASPECTS.items():
                was, is_ = value(old), value(control)
                if was != is_:
                    yield Change(layer, control.id, control.kind.value, control.name, what, was, is_)


_ASPECTS: dict[str, Callable[[Control], Any]] = {
    "volume": channels_json,
    "muted": lambda control: control.muted,
    "capturing": lambda control: control.capturing,
    "choice": chosen,
    "default": lambda control: control.default,
    "device": lambda control: control.target_id,
    "port": lambda control: control.device.port if control.device else None,
}
