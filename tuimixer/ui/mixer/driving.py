"""Determines which ALSA controls the sound server moves for which device; loaded after the first frame."""

from tuimixer.diagnosis.driven import find_driven
from tuimixer.model.control import ControlId, Kind
from tuimixer.model.snapshot import Snapshot
from tuimixer.model.system import System


def driven_controls(snapshot: Snapshot, system: System) -> dict[ControlId, ControlId]:
    """ALSA control → the sink or source whose volume it applies, if known."""
    return {
        control.id: device.id
        for device in snapshot.controls.values()
        if device.kind in (Kind.SINK, Kind.SOURCE)
        and device.device is not None
        and device.device.hardware_volume
        for control in find_driven(snapshot, system, device).controls
    }
