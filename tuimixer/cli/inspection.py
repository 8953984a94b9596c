"""Everything about a machine at once, for the verbs that trace the path of a sound: controls and system
information.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from tuimixer.backend.base import Unreachable
from tuimixer.cli.invocation import Invocation
from tuimixer.cli.output import as_json
from tuimixer.diagnosis.path import trace
from tuimixer.model.control import Control, ControlId, Kind, Layer
from tuimixer.model.snapshot import Phase, Snapshot, Status, merge
from tuimixer.model.system import System
from tuimixer.wiring import inspect_host


def read_host(call: Invocation) -> tuple[Snapshot, System]:
    """Both layers in one snapshot, in which an unreachable layer only has a status, and the system
    information.
    """
    parts = []
    for layer in (Layer.ALSA, Layer.PULSE):
        try:
            parts.append(call.read(layer))
        except Unreachable as error:
            status = Status(layer.value, Phase.UNAVAILABLE, layer.value, str(error))
            parts.append(Snapshot(statuses=(status,), alsa_cards=error.closed))
    return merge(*parts), inspect_host(call.options)


def total_of(snapshot: Snapshot, system: System, control: ControlId) -> float | None:
    """Gain in dB of a stream's or device's whole path for the loudest channel; None if unknown."""
    found = snapshot.controls.get(control)
    if found is None or found.kind.layer is Layer.ALSA or found.kind is Kind.STORED:
        return None
    totals = [path.loudest(path.total) for path in trace(snapshot, system, control)]
    return max((total / 100 for total in totals if total is not None), default=None)


def with_totals(snapshot: Snapshot, system: System, controls: Iterable[Control]) -> Iterator[dict[str, Any]]:
    """Controls as JSON, each with the gain of its whole path."""
    for control in controls:
        yield as_json(control, snapshot.controls) | {"total_db": total_of(snapshot, system, control.id)}
