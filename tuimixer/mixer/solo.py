"""Solo: mutes all other streams or devices of the same kind, and unmutes them afterwards. Pure."""

from collections.abc import Sequence

from tuimixer.model.command import SetMute
from tuimixer.model.control import Control, ControlId, Layer
from tuimixer.model.record import dataclass
from tuimixer.model.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Solo:
    """The control that is soloed, and the commands that solo it."""

    id: ControlId
    commands: tuple[SetMute, ...]
    muted: tuple[ControlId, ...]
    """The controls to unmute afterwards: those that were not muted before."""

    def unmute(self, snapshot: Snapshot) -> tuple[SetMute, ...]:
        """Commands that unmute those of the `muted` controls that still exist and are still muted."""
        return _switched([snapshot.controls[key] for key in self.muted if key in snapshot.controls], False)


def solo_of(control: Control, snapshot: Snapshot, before: Solo | None = None) -> Solo | None:
    """Solo for a stream or device, replacing a previous one; None if it cannot be soloed."""
    if control.kind.layer is not Layer.PULSE or control.mute is None:
        return None
    muted_before = before.muted if before is not None else ()
    heard = (c for c in snapshot.controls.values() if not c.is_meter and not c.is_monitor)
    others = [other for other in heard if other.kind is control.kind]
    silenced = [other for other in others if other.id != control.id and not other.muted]
    again = tuple(key for key in muted_before if key != control.id)
    commands = (*_switched(silenced, True), *_switched([control], False))
    return Solo(control.id, commands, tuple(dict.fromkeys((*again, *(other.id for other in silenced)))))


def _switched(controls: Sequence[Control], on: bool) -> tuple[SetMute, ...]:
    return tuple(
        SetMute(control.id, (on,) * len(control.mute))
        for control in controls
        if control.mute is not None and control.muted is not on
    )
