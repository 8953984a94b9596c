"""Everything about a box at once, for the verbs that look at the way of a sound: controls and the facts
around them.
"""

from tuimixer.backend.base import Unreachable
from tuimixer.cli.invocation import Invocation
from tuimixer.model.control import Layer
from tuimixer.model.snapshot import Phase, Snapshot, Status, merge
from tuimixer.model.system import System
from tuimixer.wiring import inspect_host


def read_host(call: Invocation) -> tuple[Snapshot, System]:
    """Both layers, each with its status where it is out of reach, and the system around them."""
    parts = []
    for layer in (Layer.ALSA, Layer.PULSE):
        try:
            parts.append(call.read(layer))
        except Unreachable as error:
            status = Status(layer.value, Phase.UNAVAILABLE, layer.value, str(error))
            parts.append(Snapshot(statuses=(status,), alsa_cards=error.closed))
    return merge(*parts), inspect_host(call.options)
