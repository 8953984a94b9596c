"""The only module that imports pulsectl: for its bindings, and without imports that slow volume keys down."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from tuimixer.backend.pulse import libpulse

TYPE_CHECKING = False  # importing typing would slow down every volume key press
if TYPE_CHECKING:
    from typing import Any


class _NoSignature:
    """Replaces `inspect.signature` and `Parameter`, which pulsectl only uses to decorate its methods."""

    POSITIONAL_OR_KEYWORD = 1
    parameters: dict[str, Any] = {}  # noqa: RUF012

    def __init__(self, *_: object) -> None:
        pass

    def replace(self, **_: object) -> _NoSignature:
        return self


@contextmanager
def _light_imports() -> Iterator[None]:
    """While pulsectl is imported, skip unused imports that would slow down every volume key press.

    Its search for libpulse runs ldconfig and a compiler (20 to 40 ms). ctypes.util loads subprocess and
    shutil; inspect and traceback load the parser (7 ms of the 93 ms of CPU time that a volume key press
    takes). Nothing else sees the stand-ins.
    """
    stand_ins: dict[str, dict[str, Any]] = {
        "ctypes.util": {"find_library": lambda name: libpulse.LIBRARY},
        "inspect": {"signature": _NoSignature, "Parameter": _NoSignature},
        "traceback": {"print_exception": print},
    }
    replaced = [name for name in stand_ins if name not in sys.modules]
    for name in replaced:
        module = sys.modules[name] = ModuleType(name)
        vars(module).update(stand_ins[name])
        if name == "ctypes.util":
            ctypes.util = module  # type: ignore[attr-defined]
    try:
        yield
    finally:
        for name in replaced:
            del sys.modules[name]
        if "ctypes.util" in replaced:
            del ctypes.util  # type: ignore[attr-defined]


with _light_imports():
    import pulsectl
    from pulsectl import _pulsectl as c

binding: Any = c
"""pulsectl's libpulse bindings: functions, structures and callback types."""
BlockingPulse: Any = pulsectl.Pulse
"""pulsectl's connection class, which uses libpulse's own main loop."""
PulseError: type[Exception] = pulsectl.PulseError


def asyncio_pulse() -> Any:
    """pulsectl-asyncio's connection class, whose import, done only here, takes as long as a whole verb."""
    from pulsectl_asyncio import PulseAsync

    return PulseAsync


def asyncio_main_loop() -> Any:
    """pulsectl-asyncio's module of libpulse's main loop on asyncio's."""
    from pulsectl_asyncio import pa_asyncio_mainloop

    return pa_asyncio_mainloop
