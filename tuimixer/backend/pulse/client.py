"""The one door to pulsectl and pulsectl-asyncio: the same methods on a blocking and on an asyncio connection.

Both libraries make their methods from libpulse's functions; here more are made the same way, which read
into plain records what pulsectl leaves out: whether a stream has a volume, raw volumes, latency offsets.
"""

from __future__ import annotations

import ctypes
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from types import ModuleType

from tuimixer.backend.base import BackendError, OutOfReach, Refused
from tuimixer.backend.pulse import libpulse, structs
from tuimixer.backend.pulse.records import StoredRecord

TYPE_CHECKING = False  # typing is not imported: a volume key would wait for it
if TYPE_CHECKING:
    from typing import Any


class _NoSignature:
    """Stands for `inspect.signature` and `Parameter`: pulsectl only decorates its methods with them."""

    POSITIONAL_OR_KEYWORD = 1
    parameters: dict[str, Any] = {}  # noqa: RUF012

    def __init__(self, *_: object) -> None:
        pass

    def replace(self, **_: object) -> _NoSignature:
        return self


@contextmanager
def _light_imports() -> Iterator[None]:
    """While pulsectl is imported: spare it what a volume key would wait for and nothing uses.

    Its search for libpulse starts ldconfig and a compiler (20 to 40 ms); ctypes.util loads subprocess and
    shutil, and inspect and traceback the parser (10 ms each). Nobody else gets to see the stand-ins.
    """
    stands: dict[str, dict[str, Any]] = {
        "ctypes.util": {"find_library": lambda name: libpulse.LIBRARY},
        "inspect": {"signature": _NoSignature, "Parameter": _NoSignature},
        "traceback": {"print_exception": print},
    }
    made = [name for name in stands if name not in sys.modules]
    for name in made:
        module = sys.modules[name] = ModuleType(name)
        vars(module).update(stands[name])
        if name == "ctypes.util":
            ctypes.util = module  # type: ignore[attr-defined]
    try:
        yield
    finally:
        for name in made:
            del sys.modules[name]
        if "ctypes.util" in made:
            del ctypes.util  # type: ignore[attr-defined]


with _light_imports():
    import pulsectl
    from pulsectl import _pulsectl as c

binding: Any = c
"""pulsectl's table of libpulse, for the peak streams."""
_operation = partial(libpulse.operation, wrap=c.pa._func_wrapper)
_save_formats = _operation("pa_ext_device_restore_save_formats")
_send_message = _operation("pa_context_send_message_to_object")
_APPLICATION = "tuimixer"
_FACILITIES = {
    c.PA_SUBSCRIPTION_EVENT_SINK: "sink",
    c.PA_SUBSCRIPTION_EVENT_SOURCE: "source",
    c.PA_SUBSCRIPTION_EVENT_SINK_INPUT: "sink_input",
    c.PA_SUBSCRIPTION_EVENT_SOURCE_OUTPUT: "source_output",
    c.PA_SUBSCRIPTION_EVENT_SERVER: "server",
    c.PA_SUBSCRIPTION_EVENT_CARD: "card",
}
_MASK = (
    c.PA_SUBSCRIPTION_MASK_SINK
    | c.PA_SUBSCRIPTION_MASK_SOURCE
    | c.PA_SUBSCRIPTION_MASK_SINK_INPUT
    | c.PA_SUBSCRIPTION_MASK_SOURCE_OUTPUT
    | c.PA_SUBSCRIPTION_MASK_SERVER
    | c.PA_SUBSCRIPTION_MASK_CARD
)
_NO_ENTITY = 5
"""PA_ERR_NOENTITY."""
_CONNECTION_REFUSED = 6
"""PA_ERR_CONNECTIONREFUSED."""


FAILURES: tuple[type[Exception], ...] = (pulsectl.PulseError, pulsectl.PulseDisconnected, c.pa.CallError)
"""What pulsectl raises."""


class TurnedAway(OutOfReach):
    """The connection was refused: there is nobody, or libpulse found the queue of those who wait full."""


class Gone(Refused):
    """The object that was asked for is not there any more."""


# ---- arguments of libpulse's calls ---------------------------------------------------------------


def _cvolume(raws: tuple[int, ...]) -> Any:
    return c.PA_CVOLUME(len(raws), raws)


def _stored_write(entry: StoredRecord) -> tuple[Any, ...]:
    """Replace one entry and change the streams that it is about at once."""
    channels = len(entry.volume)
    info = c.PA_EXT_STREAM_RESTORE_INFO(
        name=entry.key.encode(),
        channel_map=c.PA_CHANNEL_MAP(channels, entry.positions),
        volume=_cvolume(entry.volume),
        device=entry.device.encode() or None,
        mute=int(entry.mute),
    )
    replace = next(value for value, name in c.PA_UPDATE_MAP.items() if name == "replace")
    return replace, (c.PA_EXT_STREAM_RESTORE_INFO * 1)(info), 1, 1


def _stored_delete(key: str) -> list[Any]:
    return [(ctypes.c_char_p * 2)(key.encode(), None)]


def _formats_save(index: int, formats: tuple[str, ...]) -> tuple[Any, ...]:
    """The elements must be made by libpulse itself; `_freeing_formats` frees them."""
    pointers = (ctypes.POINTER(libpulse.FormatInfo) * len(formats))()
    for n, name in enumerate(formats):
        address = libpulse.format_info_new()
        pointers[n] = ctypes.cast(address, ctypes.POINTER(libpulse.FormatInfo))
        pointers[n].contents.encoding = libpulse.ENCODINGS.index(name)
    return libpulse.DEVICE_TYPE_SINK, index, len(formats), pointers


def _freeing_formats(*args: Any) -> Any:
    try:
        return _save_formats(*args)
    finally:
        for pointer in args[4]:
            libpulse.format_info_free(pointer)


def _message(context: Any, message: tuple[str, str, str | None], answered: Any, _userdata: None) -> Any:
    """Start a message in the form of libpulse's list calls; the list's one element is the answer."""
    if _send_message is None:
        raise c.pa.CallError("this libpulse cannot send messages")

    def on_answer(ctx: Any, success: int, response: bytes | None, _data: Any) -> None:
        if success:
            answered(ctx, [response or b""], 0, None)
        answered(ctx, None, 1, None)

    answered.callback = callback = libpulse.STRING_CB(on_answer)
    path, name, parameters = message
    return _send_message(
        context, path.encode(), name.encode(), parameters.encode() if parameters else None, callback, None
    )


def _methods(base: Any) -> dict[str, Any]:
    """What both kinds of connection get on top of pulsectl's own methods."""
    pa = c.pa
    lists, calls = base._pulse_get_list, base._pulse_method_call
    made = {
        "read_server": lists(
            c.PA_SERVER_INFO_CB_T, pa.context_get_server_info, structs.server, singleton=True
        ),
        "read_stored": lists(
            c.PA_EXT_STREAM_RESTORE_READ_CB_T, pa.ext_stream_restore_read, structs.stored, index_arg=False
        ),
        "read_all_formats": lists(
            libpulse.FORMATS_CB,
            _operation("pa_ext_device_restore_read_formats_all"),
            structs.formats,
            index_arg=False,
        ),
        "send_message": lists(lambda callback: callback, _message, bytes.decode),
        "write_stored": calls(pa.ext_stream_restore_write, _stored_write, index_arg=False),
        "delete_stored": calls(pa.ext_stream_restore_delete, _stored_delete, index_arg=False),
        "save_formats": calls(_freeing_formats, _formats_save, index_arg=False),
        "subscribe": calls(pa.context_subscribe, lambda: _MASK, index_arg=False),
        "subscribe_stored": calls(_operation("pa_ext_stream_restore_subscribe"), lambda: 1, index_arg=False),
        "subscribe_formats": calls(_operation("pa_ext_device_restore_subscribe"), lambda: 1, index_arg=False),
        "kill_sink_input": calls(_operation("pa_context_kill_sink_input"), lambda: ()),
        "kill_source_output": calls(pa.context_kill_source_output, lambda: ()),
        "set_latency_offset": calls(
            _operation("pa_context_set_port_latency_offset"),
            lambda card, port, microseconds: (card.encode(), port.encode(), microseconds),
            index_arg=False,
        ),
    }
    for noun, callback, reader in (
        ("sink", c.PA_SINK_INFO_CB_T, structs.sink),
        ("source", c.PA_SOURCE_INFO_CB_T, structs.source),
        ("sink_input", c.PA_SINK_INPUT_INFO_CB_T, structs.sink_input),
        ("source_output", c.PA_SOURCE_OUTPUT_INFO_CB_T, structs.source_output),
        ("card", c.PA_CARD_INFO_CB_T, structs.card),
        ("client", c.PA_CLIENT_INFO_CB_T, structs.client),
    ):
        by_index = "_by_index" if noun in ("sink", "source", "card") else ""
        made[f"read_{noun}s"] = lists(callback, getattr(pa, f"context_get_{noun}_info_list"), reader)
        made[f"read_{noun}"] = lists(callback, getattr(pa, f"context_get_{noun}_info{by_index}"), reader)
    for noun, suffix in (
        ("sink", "_by_index"),
        ("source", "_by_index"),
        ("sink_input", ""),
        ("source_output", ""),
    ):
        made[f"set_{noun}_volume"] = calls(getattr(pa, f"context_set_{noun}_volume{suffix}"), _cvolume)
    return made


# ---- opening a context ---------------------------------------------------------------------------


@contextmanager
def _environment(cookie: str | None, x11: bool) -> Iterator[None]:
    """For the moment in which libpulse makes a context: our cookie, and no DISPLAY.

    With ssh -X, DISPLAY leads to the property that names another machine's server.
    """
    wanted: dict[str, str | None] = {"PULSE_COOKIE": cookie} if cookie else {}
    if not x11:
        wanted["DISPLAY"] = None
    before = {name: os.environ.get(name) for name in wanted}
    try:
        _put(wanted)
        yield
    finally:
        _put(before)


def _put(values: dict[str, str | None]) -> None:
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def why(pulse: Any) -> str:
    """libpulse's words for the context's last error, such as `Connection refused`."""
    return str(c.pa.strerror(c.pa.context_errno(pulse._ctx))) if pulse._ctx else "the connection was closed"


def translate_error(error: Exception, pulse: Any) -> BackendError:
    """One of ours for one of pulsectl's."""
    if isinstance(error, pulsectl.PulseDisconnected):
        return OutOfReach("The sound server closed the connection.")
    if pulse._ctx and c.pa.context_errno(pulse._ctx) == _NO_ENTITY:
        return Gone("It is not there any more.")
    return Refused(f"The sound server said no: {why(pulse)}.")


# ---- the blocking connection ---------------------------------------------------------------------


def _iterate(self: Any, block: bool = True) -> None:
    """One turn of libpulse's loop, which a hung server cannot hold longer than the caller's patience."""
    with self._pulse_loop() as loop:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        c.pa.mainloop_prepare(loop, int(left * 1e6) if block else 0)
        c.pa.mainloop_poll(loop)
        c.pa.mainloop_dispatch(loop)


_Blocking: Any = type(
    "_Blocking", (pulsectl.Pulse,), {**_methods(pulsectl.Pulse), "_pulse_iterate": _iterate, "deadline": 0.0}
)


class Client:
    """A blocking connection, for one read or one write.

    Raises:
        OutOfReach: nothing answers at the address within `patience` seconds.
        TurnedAway: nobody is there, or too many are waiting there already.
    """

    def __init__(self, address: str, cookie: str | None = None, patience: float = 5.0) -> None:
        self._patience = patience
        x11 = address == ""
        with _environment(cookie, x11):
            self._pulse = _Blocking(_APPLICATION, server=address or None, connect=False)
        self._pulse.deadline = time.monotonic() + patience
        try:
            self._pulse.connect()
        except TimeoutError as error:
            self.close()
            raise OutOfReach("no answer") from error
        except pulsectl.PulseError as error:
            turned_away = c.pa.context_errno(self._pulse._ctx) == _CONNECTION_REFUSED
            reason = why(self._pulse)
            self.close()
            raise (TurnedAway if turned_away else OutOfReach)(reason) from error

    def call(self, method: str, *args: Any) -> Any:
        """Call a method and wait for its answer.

        Raises:
            OutOfReach: the server went away or does not answer.
            Refused: it said no.
        """
        if self._pulse is None:
            raise OutOfReach("The connection is closed.")
        self._pulse.deadline = time.monotonic() + self._patience
        try:
            return getattr(self._pulse, method)(*args)
        except TimeoutError as error:
            raise OutOfReach(f"The sound server did not answer within {self._patience:g} s.") from error
        except FAILURES as error:
            if not self._pulse.connected:
                raise OutOfReach("The sound server closed the connection.") from error
            raise translate_error(error, self._pulse) from error

    def close(self) -> None:
        """Let go; may be called twice."""
        pulse, self._pulse = self._pulse, None
        if pulse is not None:
            pulse.close()


# ---- the asyncio connection ----------------------------------------------------------------------


def _state_changed(self: Any, context: Any, _userdata: Any) -> None:
    """End all calls with the connection.

    pulsectl-asyncio's own fails at the first call that has its answer already, and leaves the rest waiting.
    """
    state = c.pa.context_get_state(context)
    if state == c.PA_CONTEXT_READY:
        self._disconnected.clear()
        self._connected.set()
    elif state in (c.PA_CONTEXT_FAILED, c.PA_CONTEXT_TERMINATED):
        self._connected.clear()
        self._disconnected.set()
        for future in self.waiting_futures:
            if not future.done():
                future.set_exception(pulsectl.PulseDisconnected())


def _event(self: Any, _context: Any, event: int, index: int, _userdata: Any) -> None:
    facility = _FACILITIES.get(event & c.PA_SUBSCRIPTION_EVENT_FACILITY_MASK)
    if facility is not None and self.on_event is not None:
        removed = event & c.PA_SUBSCRIPTION_EVENT_TYPE_MASK == c.PA_SUBSCRIPTION_EVENT_REMOVE
        self.on_event(facility, index & 0xFFFFFFFF, removed)


@cache
def _asyncio_class() -> Any:
    from pulsectl_asyncio import PulseAsync

    own = {"_pulse_state_cb": _state_changed, "_pulse_subscribe_cb": _event, "on_event": None}
    return type("_Asyncio", (PulseAsync,), {**_methods(PulseAsync), **own})


def open_asyncio(address: str, cookie: str | None = None) -> Any:
    """A connection of pulsectl-asyncio, not connected yet, with our methods and an attribute `on_event`.

    `on_event` is called with the facility's name, the object's index and whether it was removed.
    pulsectl-asyncio's own subscription makes two tasks an event: a storm would cost more than its reads.
    """
    with _environment(cookie, x11=address == ""):
        return _asyncio_class()(_APPLICATION, server=address or None)
