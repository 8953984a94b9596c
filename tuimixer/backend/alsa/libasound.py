"""The libasound functions that pyalsaaudio does not wrap, with their C types."""

import ctypes
from collections.abc import Callable
from ctypes import POINTER, c_char_p, c_int, c_long, c_short, c_size_t, c_uint, c_void_p
from functools import lru_cache

TYPE_CHECKING = False  # importing typing would slow down every volume key press
if TYPE_CHECKING:
    from typing import Any

SONAME = "libasound.so.2"

EVENT_VALUE = 1
EVENT_INFO = 2
EVENT_REMOVE = 0xFFFFFFFF

IFACE_CARD = 0
IFACE_MIXER = 2
TYPE_BOOLEAN = 1
CTL_TYPE_HW = 0
"""snd_ctl_type of a sound card; plugins have others."""


class PollFd(ctypes.Structure):
    """The C library's struct pollfd."""

    _fields_ = (("fd", c_int), ("events", c_short), ("revents", c_short))


ElementCallback = ctypes.CFUNCTYPE(c_int, c_void_p, c_uint)
MixerCallback = ctypes.CFUNCTYPE(c_int, c_void_p, c_uint, c_void_p)
HctlCallback = ctypes.CFUNCTYPE(c_int, c_void_p, c_uint)
_ErrorHandler = ctypes.CFUNCTYPE(None, c_char_p, c_int, c_char_p, c_int, c_char_p)
_LogHandler = ctypes.CFUNCTYPE(None, c_int, c_int, c_char_p, c_int, c_char_p, c_int, c_char_p)

_P = c_void_p
_LONG = POINTER(c_long)
_INT = POINTER(c_int)
_UINT = POINTER(c_uint)
_TEXT = c_char_p

# Calls that talk to the kernel or to a plugin, and therefore release the GIL.
_SLOW: "dict[str, tuple[Any, tuple[Any, ...]]]" = {
    "snd_mixer_open": (c_int, (POINTER(_P), c_int)),
    "snd_mixer_attach": (c_int, (_P, _TEXT)),
    "snd_mixer_selem_register": (c_int, (_P, _P, _P)),
    "snd_mixer_load": (c_int, (_P,)),
    "snd_mixer_close": (c_int, (_P,)),
    "snd_mixer_handle_events": (c_int, (_P,)),
    "snd_mixer_selem_set_enum_item": (c_int, (_P, c_int, c_uint)),
    "snd_mixer_selem_set_playback_volume_range": (c_int, (_P, c_long, c_long)),
    "snd_mixer_selem_set_capture_volume_range": (c_int, (_P, c_long, c_long)),
}
# Calls that only read libasound's memory or make a short ioctl, so that releasing the GIL would cost more.
_SIDES: "dict[str, tuple[Any, tuple[Any, ...]]]" = {
    "snd_mixer_selem_has_{}_volume": (c_int, (_P,)),
    "snd_mixer_selem_has_{}_volume_joined": (c_int, (_P,)),
    "snd_mixer_selem_has_{}_switch": (c_int, (_P,)),
    "snd_mixer_selem_has_{}_switch_joined": (c_int, (_P,)),
    "snd_mixer_selem_is_{}_mono": (c_int, (_P,)),
    "snd_mixer_selem_has_{}_channel": (c_int, (_P, c_int)),
    "snd_mixer_selem_get_{}_volume_range": (c_int, (_P, _LONG, _LONG)),
    "snd_mixer_selem_get_{}_dB_range": (c_int, (_P, _LONG, _LONG)),
    "snd_mixer_selem_ask_{}_vol_dB": (c_int, (_P, c_long, _LONG)),
    "snd_mixer_selem_get_{}_volume": (c_int, (_P, c_int, _LONG)),
    "snd_mixer_selem_get_{}_switch": (c_int, (_P, c_int, _INT)),
}
_QUICK: "dict[str, tuple[Any, tuple[Any, ...]]]" = {
    "snd_strerror": (_TEXT, (c_int,)),
    "snd_mixer_first_elem": (_P, (_P,)),
    "snd_mixer_elem_next": (_P, (_P,)),
    "snd_mixer_elem_set_callback": (None, (_P, ElementCallback)),
    "snd_mixer_set_callback": (None, (_P, MixerCallback)),
    "snd_mixer_get_hctl": (c_int, (_P, _TEXT, POINTER(_P))),
    "snd_mixer_poll_descriptors_count": (c_int, (_P,)),
    "snd_mixer_poll_descriptors": (c_int, (_P, POINTER(PollFd), c_uint)),
    "snd_mixer_selem_get_name": (_TEXT, (_P,)),
    "snd_mixer_selem_get_index": (c_uint, (_P,)),
    "snd_mixer_selem_is_active": (c_int, (_P,)),
    "snd_mixer_selem_channel_name": (_TEXT, (c_int,)),
    "snd_mixer_selem_has_common_volume": (c_int, (_P,)),
    "snd_mixer_selem_has_common_switch": (c_int, (_P,)),
    "snd_mixer_selem_has_capture_switch_exclusive": (c_int, (_P,)),
    "snd_mixer_selem_get_capture_group": (c_int, (_P,)),
    "snd_mixer_selem_is_enumerated": (c_int, (_P,)),
    "snd_mixer_selem_is_enum_capture": (c_int, (_P,)),
    "snd_mixer_selem_get_enum_items": (c_int, (_P,)),
    "snd_mixer_selem_get_enum_item_name": (c_int, (_P, c_uint, c_size_t, _TEXT)),
    "snd_mixer_selem_get_enum_item": (c_int, (_P, c_int, _UINT)),
    "snd_hctl_ctl": (_P, (_P,)),
    "snd_hctl_first_elem": (_P, (_P,)),
    "snd_hctl_elem_next": (_P, (_P,)),
    "snd_hctl_elem_get_interface": (c_int, (_P,)),
    "snd_hctl_elem_info": (c_int, (_P, _P)),
    "snd_hctl_elem_set_callback": (None, (_P, HctlCallback)),
    "snd_ctl_type": (c_int, (_P,)),
    "snd_ctl_card_info": (c_int, (_P, _P)),
    "snd_ctl_card_info_malloc": (c_int, (POINTER(_P),)),
    "snd_ctl_card_info_free": (None, (_P,)),
    "snd_ctl_card_info_get_card": (c_int, (_P,)),
    "snd_ctl_card_info_get_id": (_TEXT, (_P,)),
    "snd_ctl_card_info_get_driver": (_TEXT, (_P,)),
    "snd_ctl_card_info_get_name": (_TEXT, (_P,)),
    "snd_ctl_card_info_get_longname": (_TEXT, (_P,)),
    "snd_ctl_card_info_get_mixername": (_TEXT, (_P,)),
    "snd_ctl_card_info_get_components": (_TEXT, (_P,)),
    "snd_ctl_elem_id_malloc": (c_int, (POINTER(_P),)),
    "snd_ctl_elem_id_free": (None, (_P,)),
    "snd_ctl_elem_id_set_numid": (None, (_P, c_uint)),
    "snd_ctl_elem_info_sizeof": (c_size_t, ()),
    "snd_ctl_elem_tlv_read": (c_int, (_P, _P, _UINT, c_uint)),
    "snd_ctl_elem_value_malloc": (c_int, (POINTER(_P),)),
    "snd_ctl_elem_value_free": (None, (_P,)),
    "snd_ctl_elem_value_clear": (None, (_P,)),
    "snd_ctl_elem_value_set_numid": (None, (_P, c_uint)),
    "snd_ctl_elem_value_get_boolean": (c_int, (_P, c_uint)),
    "snd_ctl_elem_read": (c_int, (_P, _P)),
}


class Library:
    """libasound's functions as attributes without their `snd_` prefix: `lib.mixer_load(mixer)`.

    They are looked up on first use, because a volume key press needs only half of them.
    """

    def __init__(self) -> None:
        self._slow, self._quick = ctypes.CDLL(SONAME), ctypes.PyDLL(SONAME)
        self._silence(self._slow)

    def __getattr__(self, name: str) -> "Callable[..., Any]":
        full = f"snd_{name}"
        library = self._slow if full in _SLOW else self._quick
        general = full.replace("_playback_", "_{}_").replace("_capture_", "_{}_")
        known = _SLOW.get(full) or _QUICK.get(full) or _SIDES.get(general)
        if known is None:
            raise AttributeError(f"{SONAME} function {full} is not declared")
        function: Callable[..., Any] = getattr(library, full)
        function.restype, function.argtypes = known  # type: ignore[attr-defined]
        setattr(self, name, function)
        return function

    def _silence(self, library: ctypes.CDLL) -> None:
        """Keep libasound from writing to descriptor 2, which would corrupt the screen."""
        self._on_error = _ErrorHandler(lambda *_: None)
        self._on_log = _LogHandler(lambda *_: None)
        # Since 1.2.15, messages go to the log handler; the error handler only serves old callers.
        if hasattr(library, "snd_lib_log_set_handler"):
            library.snd_lib_log_set_handler.restype = c_void_p
            library.snd_lib_log_set_handler(self._on_log)
        library.snd_lib_error_set_handler(self._on_error)

    def reason(self, code: int) -> str:
        """The meaning of a negative result, in libasound's words."""
        text: bytes = self.strerror(code)
        return text.decode(errors="replace")


@lru_cache(maxsize=1)
def library() -> Library:
    """The library, loaded and silenced once.

    Raises:
        OSError: libasound is not installed.
    """
    return Library()
