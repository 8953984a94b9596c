"""Control elements that a program adds to a card and removes again, as softvol does."""

import ctypes
from ctypes import byref, c_char_p, c_int, c_long, c_uint, c_void_p
from types import TracebackType
from typing import Self

_lib = ctypes.CDLL("libasound.so.2")
_lib.snd_ctl_elem_id_set_name.argtypes = (c_void_p, c_char_p)
_lib.snd_ctl_elem_add_integer.argtypes = (c_void_p, c_void_p, c_uint, c_long, c_long, c_long)
IFACE_CARD = 0
IFACE_MIXER = 2
DB_SCALE = 1
DB_LINEAR = 2
DB_MINMAX = 4
DB_MINMAX_MUTE = 5


class UserElements:
    """Adds elements to a card; removes those that are left at the end."""

    def __init__(self, card: int) -> None:
        self._ctl = c_void_p()
        _check(_lib.snd_ctl_open(byref(self._ctl), f"hw:{card}".encode(), 0))
        self._added: list[tuple[str, int, int]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for added in list(self._added):
            self.remove(*added)
        _lib.snd_ctl_close(self._ctl)

    def add_integer(
        self, name: str, minimum: int = 0, maximum: int = 100, channels: int = 2, index: int = 0
    ) -> None:
        """Add a volume (`… Playback Volume`)."""
        element = self._id(name, index)
        _check(_lib.snd_ctl_elem_add_integer(self._ctl, element, channels, minimum, maximum, 1))
        self._keep(element, name, index)

    def add_boolean(self, name: str, channels: int = 1, index: int = 0, interface: int = IFACE_MIXER) -> None:
        """Add a switch (`… Playback Switch`)."""
        element = self._id(name, index, interface)
        _check(_lib.snd_ctl_elem_add_boolean(self._ctl, element, c_uint(channels)))
        self._keep(element, name, index, interface)

    def add_enumerated(self, name: str, *items: str, channels: int = 1) -> None:
        """Add a choice (`… Enum`)."""
        element = self._id(name, 0)
        names = (c_char_p * len(items))(*(item.encode() for item in items))
        _check(
            _lib.snd_ctl_elem_add_enumerated(self._ctl, element, c_uint(channels), c_uint(len(items)), names)
        )
        self._keep(element, name, 0)

    def set_tlv(self, name: str, *words: int, index: int = 0) -> None:
        """Give an element dB data: type, length in bytes, content."""
        element = self._id(name, index)
        data = (c_uint * len(words))(*(word & 0xFFFFFFFF for word in words))
        _check(_lib.snd_ctl_elem_tlv_write(self._ctl, element, data))
        _lib.snd_ctl_elem_id_free(element)

    def remove(self, name: str, index: int = 0, interface: int = IFACE_MIXER) -> None:
        """Take an element away."""
        element = self._id(name, index, interface)
        _check(_lib.snd_ctl_elem_remove(self._ctl, element))
        _lib.snd_ctl_elem_id_free(element)
        self._added.remove((name, index, interface))

    def _id(self, name: str, index: int, interface: int = IFACE_MIXER) -> c_void_p:
        element = c_void_p()
        _check(_lib.snd_ctl_elem_id_malloc(byref(element)))
        _lib.snd_ctl_elem_id_set_interface(element, c_int(interface))
        _lib.snd_ctl_elem_id_set_name(element, name.encode())
        _lib.snd_ctl_elem_id_set_index(element, c_uint(index))
        return element

    def _keep(self, element: c_void_p, name: str, index: int, interface: int = IFACE_MIXER) -> None:
        # The kernel keeps a new element locked for the program that made it.
        _check(_lib.snd_ctl_elem_unlock(self._ctl, element))
        _lib.snd_ctl_elem_id_free(element)
        self._added.append((name, index, interface))


def _check(result: int) -> None:
    if result < 0:
        raise OSError(-result, "libasound refused")
