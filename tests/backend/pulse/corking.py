"""An application that plays silence and pauses: `python -m tests.backend.pulse.corking NAME [SINK]`.

It starts corked and prints `ready`; each line on stdin corks or uncorks it, and is answered by `ok`.
"""

import ctypes
import sys
from typing import Any

_NEVER = 0xFFFFFFFF
_START_CORKED = 0x0001
_READY = {"pa_context_get_state": 4, "pa_stream_get_state": 2}


class _Spec(ctypes.Structure):
    _fields_ = (("format", ctypes.c_int), ("rate", ctypes.c_uint32), ("channels", ctypes.c_uint8))


class _Attributes(ctypes.Structure):
    _fields_ = tuple(
        (name, ctypes.c_uint32) for name in ("maxlength", "tlength", "prebuf", "minreq", "fragsize")
    )


def main() -> None:
    """Play until stdin ends."""
    library = ctypes.CDLL("libpulse.so.0")

    def call(name: str, *arguments: Any, result: Any = ctypes.c_void_p) -> Any:
        function = getattr(library, name)
        function.restype = result
        return function(*arguments)

    def pointer(name: str, *arguments: Any) -> ctypes.c_void_p:
        return ctypes.c_void_p(call(name, *arguments))

    loop = pointer("pa_mainloop_new")

    def until_ready(state: str, thing: ctypes.c_void_p) -> None:
        while (now := call(state, thing, result=ctypes.c_int)) != _READY[state]:
            if now > _READY[state] or call("pa_mainloop_iterate", loop, 1, None, result=ctypes.c_int) < 0:
                sys.exit(f"corking: {state} is {now}")

    context = pointer("pa_context_new", pointer("pa_mainloop_get_api", loop), sys.argv[1].encode())
    call("pa_context_connect", context, None, 0, None, result=ctypes.c_int)
    until_ready("pa_context_get_state", context)
    spec, attributes = _Spec(3, 48000, 2), _Attributes(*[_NEVER] * 5)
    stream = pointer("pa_stream_new", context, b"a pause", ctypes.byref(spec), None)
    sink = sys.argv[2].encode() if len(sys.argv) > 2 else None
    start = (sink, ctypes.byref(attributes), _START_CORKED, None, None)
    call("pa_stream_connect_playback", stream, *start, result=ctypes.c_int)
    until_ready("pa_stream_get_state", stream)
    print("ready", flush=True)
    corked = True
    for _ in sys.stdin:
        corked = not corked
        done = pointer("pa_stream_cork", stream, int(corked), None, None)
        while call("pa_operation_get_state", done, result=ctypes.c_int) == 0:
            call("pa_mainloop_iterate", loop, 1, None, result=ctypes.c_int)
        print("ok", flush=True)


if __name__ == "__main__":
    main()
