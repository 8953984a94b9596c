"""Control elements that a program adds to a card and removes again, as softvol does."""

import ctypes
from ctypes import byref, c_char_p, c_int, c_long, c_uint, c_void_p
from types import TracebackType
from typing import Self

_lib = ctypes.CDLL("libasound.so.2")
_lib.snd_ctl_elem_id_set_name.argtypes = (c_void_p, c_char_p)
_lib.snd_ctl_elem_add_integer.argtypes = (c_void_p, c_void_p, c_uint, c_long, c_long, c_long)
_IFACE_MIXER = 2


class UserElements:
    """Adds elements to a card; removes the remaining ones at the end."""

    def __init__(self, card: int) -> None:
        self._ctl = c_void_p()
        _check(_lib.snd_ctl_open(byref(self._ctl), f"hw:{card}".encode(), 0))
        self._added: list[tuple[str, int]] = []

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

    def remove(self, name: str, index: int = 0) -> None:
        """Remove an element."""
        element = self._id(name, index)
        _check(_lib.snd_ctl_elem_remove(self._ctl, element))
        _lib.snd_ctl_elem_id_free(element)
        self._added.remove((name, index))

    def _id(self, name: str, index: int) -> c_void_p:
        element = c_void_p()
        _check(_lib.snd_ctl_elem_id_malloc(byref(element)))
        _lib.snd_ctl_elem_id_set_interface(element, c_int(_IFACE_MIXER))
        _lib.snd_ctl_elem_id_set_name(element, name.encode())
        _lib.snd_ctl_elem_id_set_index(element, c_uint(index))
        return element

    def _keep(self, element: c_void_p, name: str, index: int) -> None:
        # The kernel keeps a new element locked for the program that created it.
        _check(_lib.snd_ctl_elem_unlock(self._ctl, element))
        _lib.snd_ctl_elem_id_free(element)
        self._added.append((name, index))


def _check(result: int) -> None:
    if result < 0:
        raise OSError(-result, "libasound refused")
