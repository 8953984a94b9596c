"""The libpulse calls and structures that pulsectl does not wrap."""

from __future__ import annotations

import ctypes

TYPE_CHECKING = False  # importing typing would slow down every volume key press
if TYPE_CHECKING:
    from typing import Any

LIBRARY = "libpulse.so.0"

ENCODINGS = (
    "any",
    "pcm",
    "ac3-iec61937",
    "eac3-iec61937",
    "mpeg-iec61937",
    "dts-iec61937",
    "mpeg2-aac-iec61937",
    "truehd-iec61937",
    "dtshd-iec61937",
)
"""Names of the values of pa_encoding_t, in its order (pulse/format.h)."""

DEVICE_TYPE_SINK = 0
STREAM_READY, STREAM_FAILED, STREAM_TERMINATED = 2, 3, 4
STREAM_DONT_MOVE = 0x0200
STREAM_VARIABLE_RATE = 0x0400
STREAM_PEAK_DETECT = 0x0800
STREAM_ADJUST_LATENCY = 0x2000
STREAM_DONT_INHIBIT_AUTO_SUSPEND = 0x8000


class FormatInfo(ctypes.Structure):
    """libpulse's struct pa_format_info."""

    _fields_ = (("encoding", ctypes.c_int), ("plist", ctypes.c_void_p))


class DeviceRestoreInfo(ctypes.Structure):
    """libpulse's struct pa_ext_device_restore_info."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("index", ctypes.c_uint32),
        ("n_formats", ctypes.c_uint8),
        ("formats", ctypes.POINTER(ctypes.POINTER(FormatInfo))),
    )


# Callbacks return nothing; the first two arguments are the context and the requested object.
FORMATS_CB = ctypes.CFUNCTYPE(
    None, ctypes.c_void_p, ctypes.POINTER(DeviceRestoreInfo), ctypes.c_int, ctypes.c_void_p
)
STRING_CB = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)
STORED_EVENT_CB = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)
REQUEST_CB = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p)
NOTIFY_CB = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)
FORMATS_EVENT_CB = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int, ctypes.c_uint32, ctypes.c_void_p)

_POINTER, _TEXT = ctypes.c_void_p, ctypes.c_char_p
_OPERATIONS: dict[str, list[Any]] = {
    "pa_context_kill_sink_input": [_POINTER, ctypes.c_uint32, _POINTER, _POINTER],
    "pa_context_set_port_latency_offset": [_POINTER, _TEXT, _TEXT, ctypes.c_int64, _POINTER, _POINTER],
    "pa_context_send_message_to_object": [_POINTER, _TEXT, _TEXT, _TEXT, _POINTER, _POINTER],
    "pa_ext_device_restore_read_formats_all": [_POINTER, _POINTER, _POINTER],
    "pa_ext_device_restore_save_formats": [
        *(_POINTER, ctypes.c_int, ctypes.c_uint32, ctypes.c_uint8),
        *(_POINTER, _POINTER, _POINTER),
    ],
    "pa_ext_device_restore_subscribe": [_POINTER, ctypes.c_int, _POINTER, _POINTER],
    "pa_ext_stream_restore_subscribe": [_POINTER, ctypes.c_int, _POINTER, _POINTER],
}

_library = ctypes.CDLL(LIBRARY)


def operation(name: str, wrap: Any) -> Any:
    """A request to the server, as a function that raises CallError if the request cannot be sent.

    None if this version of libpulse does not have it. `wrap` is pulsectl's `LibPulse._func_wrapper`.
    """
    function = getattr(_library, name, None)
    return wrap(name, function, _OPERATIONS[name], "pa_op") if function else None


def _plain(name: str, arguments: list[Any], result: Any = None) -> Any:
    function = getattr(_library, name)
    function.argtypes, function.restype = arguments, result
    return function


channel_position_to_string = _plain("pa_channel_position_to_string", [ctypes.c_int], _TEXT)
format_info_new = _plain("pa_format_info_new", [], _POINTER)
format_info_free = _plain("pa_format_info_free", [_POINTER])
formats_event_callback = _plain("pa_ext_device_restore_set_subscribe_cb", [_POINTER, _POINTER, _POINTER])
stored_event_callback = _plain("pa_ext_stream_restore_set_subscribe_cb", [_POINTER, _POINTER, _POINTER])
proplist_to_string = _plain("pa_proplist_to_string", [_POINTER], _POINTER)
xfree = _plain("pa_xfree", [_POINTER])
stream_get_state = _plain("pa_stream_get_state", [_POINTER], ctypes.c_int)
stream_set_state_callback = _plain("pa_stream_set_state_callback", [_POINTER, _POINTER, _POINTER])
stream_set_read_callback = _plain("pa_stream_set_read_callback", [_POINTER, _POINTER, _POINTER])
stream_peek = _plain("pa_stream_peek", [_POINTER, _POINTER, _POINTER], ctypes.c_int)
stream_drop = _plain("pa_stream_drop", [_POINTER], ctypes.c_int)
stream_set_buffer_attr = _plain(
    "pa_stream_set_buffer_attr", [_POINTER, _POINTER, _POINTER, _POINTER], _POINTER
)
operation_unref = _plain("pa_operation_unref", [_POINTER])
stream_update_sample_rate = _plain(
    "pa_stream_update_sample_rate", [_POINTER, ctypes.c_uint32, _POINTER, _POINTER], _POINTER
)
