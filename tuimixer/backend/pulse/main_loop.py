"""libpulse's main loop on asyncio's, which reads whatever has arrived in one turn.

libpulse reads each message in two steps, and frees its event for the descriptor in each of them, only to
create it again. In pulsectl-asyncio's main loop, each step takes a turn of asyncio's loop, and each event is
registered with the kernel.
"""

import ctypes
import os
import select
from itertools import count
from typing import Any

from tuimixer.backend.pulse.pulsectl_import import asyncio_main_loop

_library = asyncio_main_loop()

_INPUT, _OUTPUT = _library.PA_IO_EVENT_INPUT, _library.PA_IO_EVENT_OUTPUT
_MOST = 16
"""Maximum number of steps in one turn, so that a flooding server cannot starve the screen."""


class _IoEvent:
    """libpulse's event for a descriptor: what it waits for, and what to call then."""

    def __init__(self, watch: "_Watch", number: int, callback: Any, userdata: int | None) -> None:
        self.watch, self.number = watch, number
        self.callback, self.userdata = callback, userdata
        self.flags = 0
        self.destroyed: Any = None
        watch.main_loop.io_events.add(self)

    def enable(self, flags: int) -> None:
        self.flags = flags
        self.watch.settle()

    def free(self) -> None:
        main_loop = self.watch.main_loop
        if self.watch.event is self:
            self.watch.event = None
        self.watch.settle()
        if self.destroyed:
            self.destroyed(main_loop.api_pointer, self.number, self.userdata)
        main_loop.io_events.discard(self)
        del _events[self.number]


class _Watch:
    """A descriptor on asyncio's loop, on behalf of the one event that libpulse has for it."""

    def __init__(self, main_loop: "MainLoop", fd: int) -> None:
        self.event: _IoEvent | None = None
        self.main_loop, self._fd = main_loop, fd
        self._inode = os.fstat(fd).st_ino
        self._registered = 0
        self._reading = False
        self._poll = select.poll()
        self._poll.register(fd, select.POLLIN)

    @property
    def same(self) -> bool:
        """Whether the descriptor still belongs to the same file: its number may have been reused."""
        return os.fstat(self._fd).st_ino == self._inode

    def settle(self) -> None:
        """Register what the event waits for, but not while libpulse is reading."""
        if self._reading:
            if self.event is None:
                # libpulse may close the descriptor next, and then a writer beside a reader cannot be removed.
                self._register(self._registered & ~_OUTPUT)
        else:
            self._register(self.event.flags if self.event else 0)
            if self.event is None and self.main_loop.watches.get(self._fd) is self:
                del self.main_loop.watches[self._fd]

    def drop(self) -> None:
        """Unregister, because the descriptor has been closed."""
        self._register(0)

    def _register(self, wanted: int) -> None:
        loop, changed = self.main_loop.loop, wanted ^ self._registered
        self._registered = wanted
        if changed & _INPUT and wanted & _INPUT:
            loop.add_reader(self._fd, self._read)
        elif changed & _INPUT:
            loop.remove_reader(self._fd)
        if changed & _OUTPUT and wanted & _OUTPUT:
            loop.add_writer(self._fd, self._call, _OUTPUT)
        elif changed & _OUTPUT:
            loop.remove_writer(self._fd)

    def _read(self) -> None:
        self._reading = True
        try:
            for _ in range(_MOST):
                self._call(_INPUT)
                if self.event is None or not self.event.flags & _INPUT or not self._poll.poll(0):
                    break
        finally:
            self._reading = False
            self.settle()

    def _call(self, ready: int) -> None:
        event = self.event
        if event is not None:
            event.callback(self.main_loop.api_pointer, event.number, self._fd, ready, event.userdata)


_events: dict[int, _IoEvent] = {}
"""Every event by the number that libpulse has in place of a pointer."""
_numbers = count(1)


# These functions exist as long as the process, because libpulse may call them until then.


@_library.pa_io_new_t  # type: ignore[untyped-decorator]
def _io_new(api: Any, fd: int, flags: int, callback: Any, userdata: int | None) -> int:
    main_loop = ctypes.cast(api.contents.userdata, ctypes.POINTER(ctypes.py_object)).contents.value
    number = next(_numbers)
    watch = main_loop.watch(fd)
    watch.event = _events[number] = _IoEvent(watch, number, callback, userdata)
    watch.event.enable(flags)
    return number


@_library.pa_io_enable_t  # type: ignore[untyped-decorator]
def _io_enable(number: int, flags: int) -> None:
    _events[number].enable(flags)


@_library.pa_io_set_destroy_t  # type: ignore[untyped-decorator]
def _io_set_destroy(number: int, callback: Any) -> None:
    _events[number].destroyed = callback


@_library.pa_io_free_t  # type: ignore[untyped-decorator]
def _io_free(number: int) -> None:
    _events[number].free()


class MainLoop(_library.PythonMainLoop):  # type: ignore[misc, name-defined]
    """pulsectl-asyncio's main loop with this module's handling of descriptors."""

    def __init__(self, loop: Any) -> None:
        super().__init__(loop)
        self.watches: dict[int, _Watch] = {}

    def watch(self, fd: int) -> _Watch:
        """The watch of a descriptor, a new one if the number has been reused."""
        watch = self.watches.get(fd)
        if watch is None or not watch.same:
            if watch is not None:
                watch.drop()
            watch = self.watches[fd] = _Watch(self, fd)
        return watch

    def dispatch(self) -> None:
        """Do now what libpulse has deferred to the next turn, such as sending a request."""
        for event in tuple(self.defer_events):
            if event.handle is not None:
                event.handle.cancel()
                event.call()

    def _create_api(self) -> Any:
        api = super()._create_api()
        api.io_new, api.io_enable = _io_new, _io_enable
        api.io_set_destroy, api.io_free = _io_set_destroy, _io_free
        return api
