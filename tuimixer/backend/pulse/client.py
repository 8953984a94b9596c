"""Blocking and asyncio connections to a sound server, with the same calls (`operations.METHODS`)."""

from __future__ import annotations

import os
import time
from functools import cache

from tuimixer.backend.base import BackendError, Refused, Unreachable
from tuimixer.backend.library_environment import cookie_shown
from tuimixer.backend.pulse.operations import (
    CONNECTION_REFUSED,
    CONNECTION_TERMINATED,
    NO_ENTITY,
    OK,
    Answer,
    Calls,
    errno,
    words,
)
from tuimixer.backend.pulse.pulsectl_import import BlockingPulse, PulseError, asyncio_pulse
from tuimixer.backend.pulse.pulsectl_import import binding as c
from tuimixer.model.system import NO_RESPONSE

TYPE_CHECKING = False  # importing typing would slow down every volume key press
if TYPE_CHECKING:
    from typing import Any

CLOSED = "The connection is closed."
CUT_OFF = "The sound server closed the connection."
_APPLICATION = "tuimixer"
_MOST_LATE = 1000
"""Maximum number of iterations after the deadline, for a server that sends all the time, but no response."""
_FACILITIES = {
    c.PA_SUBSCRIPTION_EVENT_SINK: "sink",
    c.PA_SUBSCRIPTION_EVENT_SOURCE: "source",
    c.PA_SUBSCRIPTION_EVENT_SINK_INPUT: "sink_input",
    c.PA_SUBSCRIPTION_EVENT_SOURCE_OUTPUT: "source_output",
    c.PA_SUBSCRIPTION_EVENT_SERVER: "server",
    c.PA_SUBSCRIPTION_EVENT_CARD: "card",
}


def connecting_failed(reason: int) -> Unreachable:
    """The error to raise if connecting failed with this error of libpulse's."""
    if reason == CONNECTION_REFUSED:
        return ConnectionRefused(words(reason))
    return (ServerFull if reason == CONNECTION_TERMINATED else Unreachable)(words(reason))


class ConnectionRefused(Unreachable):
    """The connection was refused: nothing is listening, or the server's queue is full."""


class ServerFull(Unreachable):
    """A running server dropped the connection because it has the maximum number of clients."""


class ObjectGone(Refused):
    """The requested object is gone."""


def silence(seconds: float) -> str:
    """What to report of a server that has not responded for this long."""
    return f"The sound server did not respond within {seconds:g} s."


def result(answer: Answer) -> Any:
    """The result of a call that has ended.

    Raises:
        Unreachable: the connection ended before the call did.
        Refused: the server refused the request.
    """
    if answer.error == OK:
        return answer.value
    raise _error_for(answer.error)


def _error_for(error: int) -> BackendError:
    if error == CONNECTION_TERMINATED:
        return Unreachable(CUT_OFF)
    if error == NO_ENTITY:
        return ObjectGone("The control is gone.")
    return Refused(f"The sound server refused the request: {words(error)}.")


# ---- the blocking connection ---------------------------------------------------------------------


def _iterate(self: Any, block: bool = True) -> None:
    """One iteration of libpulse's loop, which a hung server cannot block beyond the deadline.

    What has arrived by then is still read, because this process may have had no processor time meanwhile.
    """
    with self._pulse_loop() as loop:
        left = max(0.0, self.deadline - time.monotonic())
        c.pa.mainloop_prepare(loop, int(left * 1e6) if block else 0)
        c.pa.mainloop_poll(loop)
        read = c.pa.mainloop_dispatch(loop)
        self.late += not left
        if not (left or read) or self.late > _MOST_LATE:
            raise TimeoutError


def _allow(self: Any, seconds: float) -> None:
    """Set the deadline for what follows."""
    self.deadline, self.late = time.monotonic() + seconds, 0


_Blocking: Any = type("_Blocking", (BlockingPulse,), {"_pulse_iterate": _iterate, "allow": _allow})


class Client:
    """A blocking connection, for one read or write.

    Raises:
        Unreachable: no response at the address within `patience` seconds.
        ConnectionRefused: nothing is listening, or too many clients are waiting.
        ServerFull: the server has the maximum number of clients.
    """

    def __init__(self, address: str, cookie: str | None = None, patience: float = 5.0) -> None:
        self._patience = patience
        with cookie_shown(cookie):
            self._pulse = _Blocking(_APPLICATION, server=os.fsencode(address) or None, connect=False)
        self._calls = Calls(self._pulse._ctx)
        self._pulse.allow(patience)
        try:
            self._pulse.connect()
        except TimeoutError as error:
            self.close()
            raise Unreachable(NO_RESPONSE) from error
        except PulseError as error:
            reason = errno(self._pulse._ctx)
            self.close()
            raise connecting_failed(reason) from error

    def call(self, method: str, *arguments: Any) -> Any:
        """Make a call and wait for its result.

        Raises:
            Unreachable: the server is gone or not responding.
            Refused: the server refused the request.
        """
        if self._pulse is None:
            raise Unreachable(CLOSED)
        self._pulse.allow(self._patience)
        answer = self._calls.start(method, arguments, lambda: None)
        try:
            while not answer.ended and self._pulse.connected:
                self._pulse._pulse_iterate()
        except TimeoutError as error:
            raise Unreachable(silence(self._patience)) from error
        if not self._pulse.connected:
            raise Unreachable(CUT_OFF)
        if answer.unread is not None:
            raise answer.unread
        return result(answer)

    def close(self) -> None:
        """Disconnect; may be called twice."""
        pulse, self._pulse = self._pulse, None
        if pulse is not None:
            pulse.close()


# ---- the asyncio connection ----------------------------------------------------------------------


def _state_changed(self: Any, context: Any, _userdata: Any) -> None:
    """End all calls when the connection ends, because pulsectl-asyncio's handler does not know about them."""
    state = c.pa.context_get_state(context)
    if state == c.PA_CONTEXT_READY:
        self._disconnected.clear()
        self._connected.set()
    elif state in (c.PA_CONTEXT_FAILED, c.PA_CONTEXT_TERMINATED):
        self._connected.clear()
        self._disconnected.set()
        self.on_lost()


def _init(self: Any, _loop: None) -> None:
    """Prepare a connection on the running loop, without pulsectl-asyncio's own events and enumerations."""
    import asyncio

    from tuimixer.backend.pulse.main_loop import MainLoop

    self._pa_state_cb = c.PA_STATE_CB_T(self._pulse_state_cb)
    self._pa_subscribe_cb = c.PA_SUBSCRIBE_CB_T(self._pulse_subscribe_cb)
    self._loop = MainLoop(asyncio.get_running_loop())
    self._ctx_init()


def _event(self: Any, _context: Any, event: int, index: int, _userdata: Any) -> None:
    facility = _FACILITIES.get(event & c.PA_SUBSCRIPTION_EVENT_FACILITY_MASK)
    if facility is not None and self.on_event is not None:
        removed = event & c.PA_SUBSCRIPTION_EVENT_TYPE_MASK == c.PA_SUBSCRIPTION_EVENT_REMOVE
        self.on_event(facility, index & 0xFFFFFFFF, removed)


@cache
def _asyncio_class() -> Any:
    own = {
        "init": _init,
        "_pulse_state_cb": _state_changed,
        "_pulse_subscribe_cb": _event,
        "on_event": None,
        "on_lost": lambda self: None,
    }
    return type("_Asyncio", (asyncio_pulse(),), own)


def open_asyncio(address: str, cookie: str | None = None) -> Any:
    """A pulsectl-asyncio connection, not connected yet, with attributes `on_event` and `on_lost`.

    `on_event` is called with the facility's name, the object's index and whether it was removed; `on_lost`
    when the connection has ended. pulsectl-asyncio's own subscription creates two tasks per event: in a storm
    of events, these would cost more than the reads that follow.
    """
    with cookie_shown(cookie):
        return _asyncio_class()(_APPLICATION, server=os.fsencode(address) or None)
