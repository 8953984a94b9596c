"""The control interface below a mixer: card description, user elements, TLV data, jacks."""

import ctypes
import struct
from ctypes import byref, c_uint, c_void_p

from tuimixer.backend.alsa.jacks import jack_name
from tuimixer.backend.alsa.libasound import (
    CTL_TYPE_HW,
    IFACE_CARD,
    IFACE_MIXER,
    TYPE_BOOLEAN,
    HctlCallback,
    Library,
)
from tuimixer.model.record import dataclass
from tuimixer.model.snapshot import Jack
from tuimixer.model.text import clean

_TLV_WORDS = 1024
"""Maximum length of TLV data in 32-bit words, the same as in libasound."""
_TLV_ARRAY = c_uint * _TLV_WORDS
_INFO = struct.Struct("=IiII44sIiI")
"""Beginning of the kernel's struct snd_ctl_elem_info (sound/asound.h): numid, interface, device, subdevice,
name, index, type, access. Reading all of it at once takes a sixth of the calls needed to read the parts
separately.
"""
_WRITABLE, _TLV_READABLE, _USER = 1 << 1, 1 << 4, 1 << 29
"""Bits of `access` (SNDRV_CTL_ELEM_ACCESS_…)."""


@dataclass(frozen=True, slots=True)
class CardInfo:
    """A card's description of itself, cleaned."""

    number: int | None
    """The kernel's number; None for a device that is not a card."""
    id: str
    name: str
    long_name: str
    driver: str
    mixer: str
    components: str


@dataclass(frozen=True, slots=True)
class RawElement:
    """An element of the control interface; a simple mixer element is made up of several."""

    numid: int
    user: bool
    """Whether a program created the element."""
    writable: bool
    tlv: bool
    """Whether the element has TLV data, which may be dB data."""


class Ctl:
    """The control interface of an open mixer, which owns it."""

    def __init__(self, lib: Library, hctl: c_void_p) -> None:
        self._lib = lib
        self._hctl = hctl
        self._ctl = c_void_p(lib.hctl_ctl(hctl))
        self._info = ctypes.create_string_buffer(lib.ctl_elem_info_sizeof())
        self._value, self._id = c_void_p(), c_void_p()
        lib.ctl_elem_value_malloc(byref(self._value))
        lib.ctl_elem_id_malloc(byref(self._id))
        self._words = _TLV_ARRAY()
        self._jacks: list[tuple[str, int]] = []
        self._on_jack = HctlCallback(self._jack_event)
        self.jacks_changed = False
        """Whether a jack was plugged or unplugged since this was last set to False."""

    def close(self) -> None:
        """Free the buffers; the interface itself is closed with its mixer."""
        self._lib.ctl_elem_value_free(self._value)
        self._lib.ctl_elem_id_free(self._id)

    def card_info(self) -> CardInfo | None:
        """The card's description of itself; None if the card is gone."""
        lib, info = self._lib, c_void_p()
        lib.ctl_card_info_malloc(byref(info))
        try:
            if lib.ctl_card_info(self._ctl, info) < 0:
                return None
            card_id, name, long_name, driver, mixer, components = (
                clean(getattr(lib, f"ctl_card_info_get_{what}")(info).decode(errors="replace"), fallback="")
                for what in ("id", "name", "longname", "driver", "mixername", "components")
            )
            is_card = lib.ctl_type(self._ctl) == CTL_TYPE_HW
            number = lib.ctl_card_info_get_card(info) if is_card else None
            return CardInfo(number, card_id, name or card_id, long_name, driver, mixer, components)
        finally:
            lib.ctl_card_info_free(info)

    def elements(self) -> dict[tuple[str, int], RawElement]:
        """All mixer elements by name and index, listed again, along with the jacks."""
        lib, info, found = self._lib, self._info, {}
        self._jacks, self.jacks_changed = [], False
        element = lib.hctl_first_elem(self._hctl)
        while element:
            # Skip elements of other interfaces, most of which describe a codec's digital outputs.
            if lib.hctl_elem_get_interface(element) in (IFACE_MIXER, IFACE_CARD) and (
                lib.hctl_elem_info(element, info) >= 0
            ):
                numid, interface, _, _, name, index, kind, access = _INFO.unpack_from(info)
                name = name.partition(b"\0")[0].decode(errors="surrogateescape")
                if interface == IFACE_MIXER:
                    found[name, index] = RawElement(
                        numid, bool(access & _USER), bool(access & _WRITABLE), bool(access & _TLV_READABLE)
                    )
                # Jacks are read-only; a writable switch merely has a name like that of a jack.
                elif kind == TYPE_BOOLEAN and not access & _WRITABLE and (jack := jack_name(name)):
                    self._jacks.append((clean(jack), numid))
                    lib.hctl_elem_set_callback(element, self._on_jack)
            element = lib.hctl_elem_next(element)
        return found

    def tlv(self, numid: int) -> tuple[int, ...]:
        """TLV data of an element as unsigned words; empty if there is none."""
        words = self._words
        self._lib.ctl_elem_id_set_numid(self._id, numid)
        if self._lib.ctl_elem_tlv_read(self._ctl, self._id, words, ctypes.sizeof(words)) < 0:
            return ()
        return tuple(words[: min(2 + (words[1] + 3) // 4, _TLV_WORDS)])

    def jacks(self) -> tuple[Jack, ...]:
        """The current state of the card's jacks."""
        found = []
        for name, numid in self._jacks:
            self._lib.ctl_elem_value_clear(self._value)
            self._lib.ctl_elem_value_set_numid(self._value, numid)
            if self._lib.ctl_elem_read(self._ctl, self._value) >= 0:
                found.append(Jack(name, bool(self._lib.ctl_elem_value_get_boolean(self._value, 0))))
        return tuple(found)

    def _jack_event(self, element: int, mask: int) -> int:
        self.jacks_changed = True
        return 0
