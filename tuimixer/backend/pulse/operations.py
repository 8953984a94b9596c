"""The calls to a server and how their results are received: one table for both kinds of connection.

pulsectl wraps libpulse's functions, but its way of calling them does not suit a program that runs for weeks,
so the calls are made here on top of its bindings:

* libpulse stores the reason for a failure in the connection, where the next response overwrites it. pulsectl
  and pulsectl-asyncio only report *that* a call failed, after processing the other responses that arrived
  with it, so a command refused while a stream vanishes would be reported with the stream's reason, and vice
  versa. Here, the reason is read inside the callback, while it still belongs to this call.
* libpulse keeps a pointer to the callback until the response arrives. pulsectl drops the callback of a call
  that timed out, so a late response jumps into freed memory (its own source mentions the symptom, arguments
  that make no sense). Here, a callback lives until its call has ended or the connection is closed, and
  responses to calls that have ended are dropped.
* ctypes would print and swallow an exception raised in a callback. Here, an object that cannot be read is
  skipped, and the caller is informed (`Answer.unread`).
"""

from __future__ import annotations

import ctypes

from tuimixer.backend.pulse import libpulse, structs
from tuimixer.backend.pulse.pulsectl_import import binding as c
from tuimixer.backend.pulse.records import PAIR, StoredRecord

TYPE_CHECKING = False  # importing typing would slow down every volume key press
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Start = Callable[..., None]
    """Takes the context, the `Answer` to fill, and the call's own arguments."""

OK = 0
NO_ENTITY = 5
"""PA_ERR_NOENTITY."""
CONNECTION_REFUSED = 6
"""PA_ERR_CONNECTIONREFUSED."""
PROTOCOL_ERROR = 7
"""PA_ERR_PROTOCOL."""
CONNECTION_TERMINATED = 11
"""PA_ERR_CONNECTIONTERMINATED."""
_UNKNOWN = 20
"""PA_ERR_UNKNOWN."""
_NOT_IMPLEMENTED = 23
"""PA_ERR_NOTIMPLEMENTED."""


class Answer:
    """The response to one call. It ends once; anything later is dropped."""

    __slots__ = ("_on_end", "callback", "ended", "error", "items", "single", "unread")

    def __init__(self, on_end: Callable[[], None]) -> None:
        self._on_end = on_end
        self.callback: Any = None
        """What libpulse calls; kept here for as long as it may do so."""
        self.items: list[Any] = []
        self.single = False
        """Whether the response is one object instead of a list."""
        self.error = OK
        """libpulse's error for this very call."""
        self.ended = False
        self.unread: Exception | None = None
        """Why an object was skipped; None if none was."""

    def take(self, reader: Callable[[Any], Any], item: Any) -> None:
        """Read one object of the response, or skip it if it cannot be read."""
        if self.ended:
            return
        try:
            self.items.append(reader(item))
        except Exception as error:
            self.unread = error

    def end(self, error: int = OK) -> None:
        """End the call, because the response is complete or the call has failed."""
        if not self.ended:
            self.ended, self.error = True, error
            if error == OK and self.single and not self.items:
                self.error = NO_ENTITY
            self._on_end()

    @property
    def value(self) -> Any:
        """The object, or the list of objects, which is empty for a mere acknowledgement."""
        return self.items[0] if self.single else self.items


class Calls:
    """The pending calls of one context."""

    def __init__(self, context: Any) -> None:
        self._context = context
        self._kept: list[Answer] = []
        """Pending calls, and those that have ended since the last call was started."""

    def start(self, method: str, arguments: tuple[Any, ...], on_end: Callable[[], None]) -> Answer:
        """Start a call by its name in `METHODS`; `on_end` is called once, possibly before this returns.

        Must not be called from libpulse's callbacks, because the callbacks of ended calls are freed here.
        """
        self._kept = [answer for answer in self._kept if not answer.ended]
        answer = Answer(on_end)
        self._kept.append(answer)
        try:
            METHODS[method](self._context, answer, *arguments)
        except c.pa.CallError:
            answer.end(errno(self._context) or _UNKNOWN)
        except BaseException:
            answer.ended = True
            raise
        return answer

    def fail(self, error: int) -> None:
        """End all calls with this error, because the connection has ended."""
        for answer in self._kept:
            answer.end(error)


def errno(context: Any) -> int:
    """libpulse's error for the context's latest operation."""
    return int(c.pa.context_errno(context))


def words(error: int) -> str:
    """libpulse's text for an error, such as `Connection refused`."""
    return str(c.pa.strerror(error))


# ---- how calls are started ------------------------------------------------------------------------


def _begin(function: Any, *arguments: Any) -> None:
    c.pa.operation_unref(function(*arguments, None))


def _listing(callback: Any, function: Any, reader: Any, single: bool = False) -> Start:
    """A call that returns a list of objects or, if `single`, the one object that its arguments identify."""

    def start(context: Any, answer: Answer, *arguments: Any) -> None:
        def on_item(_ctx: Any, item: Any, eof: int, _data: Any) -> None:
            if eof:
                answer.end(errno(context) or _UNKNOWN if eof < 0 else OK)
            else:
                answer.take(reader, item[0])

        answer.single = single
        answer.callback = callback(on_item)
        _begin(function, context, *arguments, answer.callback)

    return start


def _acknowledged(function: Any, arguments: Callable[..., tuple[Any, ...]] = lambda *given: given) -> Start:
    """A call that the server only acknowledges; `arguments` converts ours to libpulse's."""

    def start(context: Any, answer: Answer, *given: Any) -> None:
        def on_success(_ctx: Any, success: int, _data: Any) -> None:
            answer.end(OK if success else errno(context) or _UNKNOWN)

        answer.callback = c.PA_CONTEXT_SUCCESS_CB_T(on_success)
        _begin(function, context, *arguments(*given), answer.callback)

    return start


def _read_server(context: Any, answer: Answer) -> None:
    def on_server(_ctx: Any, item: Any, _data: Any) -> None:
        if not item:
            answer.end(errno(context) or _UNKNOWN)
            return
        answer.take(structs.server, item[0])
        answer.end()

    answer.single = True
    answer.callback = c.PA_SERVER_INFO_CB_T(on_server)
    _begin(c.pa.context_get_server_info, context, answer.callback)


def _test_stored(context: Any, answer: Answer) -> None:
    """The version of module-stream-restore; None if the server does not have it."""

    def on_version(_ctx: Any, version: int, _data: Any) -> None:
        answer.take(lambda number: None if number == c.PA_INVALID else number, version)
        answer.end()

    answer.single = True
    answer.callback = c.PA_EXT_STREAM_RESTORE_TEST_CB_T(on_version)
    _begin(c.pa.ext_stream_restore_test, context, answer.callback)


def _send_message(context: Any, answer: Answer, message: tuple[str, str, str | None]) -> None:
    """A message to an object of the server; the response is text."""

    def on_answer(_ctx: Any, success: int, response: bytes | None, _data: Any) -> None:
        answer.take(lambda raw: raw.decode("utf-8", "replace"), response or b"")
        answer.end(OK if success else errno(context) or _UNKNOWN)

    if _message is None:
        answer.end(_NOT_IMPLEMENTED)
        return
    answer.single = True
    answer.callback = libpulse.STRING_CB(on_answer)
    path, name, parameters = message
    encoded = parameters.encode() if parameters else None
    _begin(_message, context, path.encode(), name.encode(), encoded, answer.callback)


# ---- arguments of libpulse's calls ----------------------------------------------------------------


def _volume(index: int, raws: tuple[int, ...]) -> tuple[Any, ...]:
    return index, _cvolume(raws)


def _cvolume(raws: tuple[int, ...]) -> Any:
    return c.PA_CVOLUME(len(raws), raws)


def _stored_write(entry: StoredRecord) -> tuple[Any, ...]:
    """Arguments that replace one entry, and apply it to its streams at once."""
    positions, volume = (PAIR[0], entry.volume * 2) if entry.paired else (entry.positions, entry.volume)
    channels = len(volume)
    info = c.PA_EXT_STREAM_RESTORE_INFO(
        name=entry.key.encode(),
        channel_map=c.PA_CHANNEL_MAP(channels, positions),
        volume=_cvolume(volume),
        device=entry.device.encode() or None,
        mute=int(entry.mute),
    )
    replace = next(value for value, name in c.PA_UPDATE_MAP.items() if name == "replace")
    return replace, (c.PA_EXT_STREAM_RESTORE_INFO * 1)(info), 1, 1


def _stored_delete(key: str) -> tuple[Any, ...]:
    return ((ctypes.c_char_p * 2)(key.encode(), None),)


def _formats_save(index: int, formats: tuple[str, ...]) -> tuple[Any, ...]:
    """Arguments that save a sink's formats. libpulse must allocate their elements; `_save_formats` frees
    them.
    """
    pointers = (ctypes.POINTER(libpulse.FormatInfo) * len(formats))()
    for n, name in enumerate(formats):
        address = libpulse.format_info_new()
        pointers[n] = ctypes.cast(address, ctypes.POINTER(libpulse.FormatInfo))
        pointers[n].contents.encoding = libpulse.ENCODINGS.index(name)
    return libpulse.DEVICE_TYPE_SINK, index, len(formats), pointers


def _save_formats(*args: Any) -> Any:
    try:
        return _save(*args)
    finally:
        for pointer in args[4]:
            libpulse.format_info_free(pointer)


def _operation(name: str) -> Any:
    return libpulse.operation(name, wrap=c.pa._func_wrapper)


_save = _operation("pa_ext_device_restore_save_formats")
_message = _operation("pa_context_send_message_to_object")
_FACILITIES_MASK = (
    c.PA_SUBSCRIPTION_MASK_SINK
    | c.PA_SUBSCRIPTION_MASK_SOURCE
    | c.PA_SUBSCRIPTION_MASK_SINK_INPUT
    | c.PA_SUBSCRIPTION_MASK_SOURCE_OUTPUT
    | c.PA_SUBSCRIPTION_MASK_SERVER
    | c.PA_SUBSCRIPTION_MASK_CARD
)


def _methods() -> dict[str, Start]:
    pa = c.pa
    made: dict[str, Start] = {
        "read_server": _read_server,
        "read_stored": _listing(
            c.PA_EXT_STREAM_RESTORE_READ_CB_T, pa.ext_stream_restore_read, structs.stored
        ),
        "read_all_formats": _listing(
            libpulse.FORMATS_CB, _operation("pa_ext_device_restore_read_formats_all"), structs.formats
        ),
        "stream_restore_test": _test_stored,
        "send_message": _send_message,
        "write_stored": _acknowledged(pa.ext_stream_restore_write, _stored_write),
        "delete_stored": _acknowledged(pa.ext_stream_restore_delete, _stored_delete),
        "save_formats": _acknowledged(_save_formats, _formats_save),
        "subscribe": _acknowledged(pa.context_subscribe, lambda: (_FACILITIES_MASK,)),
        "subscribe_stored": _acknowledged(_operation("pa_ext_stream_restore_subscribe"), lambda: (1,)),
        "subscribe_formats": _acknowledged(_operation("pa_ext_device_restore_subscribe"), lambda: (1,)),
        "kill_sink_input": _acknowledged(_operation("pa_context_kill_sink_input")),
        "kill_source_output": _acknowledged(pa.context_kill_source_output),
        "card_profile_set_by_index": _acknowledged(pa.context_set_card_profile_by_index),
        "set_latency_offset": _acknowledged(
            _operation("pa_context_set_port_latency_offset"),
            lambda card, port, microseconds: (card.encode(), port.encode(), microseconds),
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
        made[f"read_{noun}s"] = _listing(callback, getattr(pa, f"context_get_{noun}_info_list"), reader)
        made[f"read_{noun}"] = _listing(
            callback, getattr(pa, f"context_get_{noun}_info{by_index}"), reader, single=True
        )
    for noun in ("sink", "source"):
        made[f"set_{noun}_volume"] = _acknowledged(
            getattr(pa, f"context_set_{noun}_volume_by_index"), _volume
        )
        made[f"{noun}_mute"] = _acknowledged(getattr(pa, f"context_set_{noun}_mute_by_index"))
        made[f"{noun}_port_set"] = _acknowledged(getattr(pa, f"context_set_{noun}_port_by_index"))
        made[f"{noun}_suspend"] = _acknowledged(getattr(pa, f"context_suspend_{noun}_by_index"))
        made[f"{noun}_default_set"] = _acknowledged(getattr(pa, f"context_set_default_{noun}"))
    for noun in ("sink_input", "source_output"):
        made[f"set_{noun}_volume"] = _acknowledged(getattr(pa, f"context_set_{noun}_volume"), _volume)
        made[f"{noun}_mute"] = _acknowledged(getattr(pa, f"context_set_{noun}_mute"))
        made[f"{noun}_move"] = _acknowledged(getattr(pa, f"context_move_{noun}_by_index"))
    return made


METHODS = _methods()
"""All calls by name."""
