"""The control interface below a mixer: what the card says of itself, user elements, TLV data, jacks."""

import ctypes
from ctypes import byref, c_uint, c_void_p

from tuimixer.backend.alsa.jacks import jack_name
from tuimixer.backend.alsa.libasound import CTL_TYPE_HW, IFACE_CARD, IFACE_MIXER, TYPE_BOOLEAN, Library
from tuimixer.model.record import dataclass
from tuimixer.model.snapshot import Jack
from tuimixer.model.text import clean

_TLV_WORDS = 1024
"""As much as libasound itself reads."""
_TLV_ARRAY = c_uint * _TLV_WORDS


@dataclass(frozen=True, slots=True)
class CardInfo:
    """What a card says of itself, cleaned."""

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
    """An element of the control interface; a simple element of the mixer is made of several."""

    numid: int
    user: bool
    """A program made it."""
    tlv: bool
    """It has TLV data, which may be dB data."""


class Ctl:
    """The control interface of an open mixer, which owns it."""

    def __init__(self, lib: Library, hctl: c_void_p) -> None:
        self._lib = lib
        self._hctl = hctl
        self._ctl = c_void_p(lib.hctl_ctl(hctl))
        self._info, self._value, self._id = c_void_p(), c_void_p(), c_void_p()
        lib.ctl_elem_info_malloc(byref(self._info))
        lib.ctl_elem_value_malloc(byref(self._value))
        lib.ctl_elem_id_malloc(byref(self._id))
        self._words = _TLV_ARRAY()
        self._jacks: list[tuple[str, int]] = []

    def close(self) -> None:
        """Free the buffers; the interface itself is closed with its mixer."""
        self._lib.ctl_elem_info_free(self._info)
        self._lib.ctl_elem_value_free(self._value)
        self._lib.ctl_elem_id_free(self._id)

    def card_info(self) -> CardInfo | None:
        """What the card says of itself; None when it is gone."""
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
        """All elements of the mixer by name and index, listed anew, and the jacks with them."""
        lib, found = self._lib, {}
        self._jacks = []
        element = lib.hctl_first_elem(self._hctl)
        while element:
            interface = lib.hctl_elem_get_interface(element)
            if interface in (IFACE_MIXER, IFACE_CARD):
                name = lib.hctl_elem_get_name(element).decode(errors="surrogateescape")
                numid = lib.hctl_elem_get_numid(element)
                if interface == IFACE_CARD:
                    self._add_jack(name, numid)
                elif self._read_info(numid):
                    found[name, lib.hctl_elem_get_index(element)] = RawElement(
                        numid,
                        user=bool(lib.ctl_elem_info_is_user(self._info)),
                        tlv=bool(lib.ctl_elem_info_is_tlv_readable(self._info)),
                    )
            element = lib.hctl_elem_next(element)
        return found

    def tlv(self, numid: int) -> tuple[int, ...]:
        """TLV data of an element as unsigned words, empty where there is none."""
        words = self._words
        self._lib.ctl_elem_id_set_numid(self._id, numid)
        if self._lib.ctl_elem_tlv_read(self._ctl, self._id, words, ctypes.sizeof(words)) < 0:
            return ()
        return tuple(words[: min(2 + (words[1] + 3) // 4, _TLV_WORDS)])

    def jacks(self) -> tuple[Jack, ...]:
        """The card's jacks as they are now."""
        found = []
        for name, numid in self._jacks:
            self._lib.ctl_elem_value_clear(self._value)
            self._lib.ctl_elem_value_set_numid(self._value, numid)
            if self._lib.ctl_elem_read(self._ctl, self._value) >= 0:
                found.append(Jack(name, bool(self._lib.ctl_elem_value_get_boolean(self._value, 0))))
        return tuple(found)

    def _add_jack(self, element: str, numid: int) -> None:
        name = jack_name(element)
        if not name or not self._read_info(numid):
            return
        boolean = self._lib.ctl_elem_info_get_type(self._info) == TYPE_BOOLEAN
        # A switch that only has such a name can be written.
        if boolean and not self._lib.ctl_elem_info_is_writable(self._info):
            self._jacks.append((clean(name), numid))

    def _read_info(self, numid: int) -> bool:
        self._lib.ctl_elem_info_clear(self._info)
        self._lib.ctl_elem_info_set_numid(self._info, numid)
        return bool(self._lib.ctl_elem_info(self._ctl, self._info) >= 0)
