"""The difference between two snapshots as sent to the screen, with only the changed fields of each
control.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from tuimixer.backend.engine.changes import SURROUNDINGS, changed_fields, changed_surroundings
from tuimixer.model.control import Control, ControlId, Kind
from tuimixer.model.snapshot import AlsaCard, Server, ServerCard, Snapshot, Status

_TYPES: dict[str, Any] = {name: kind for name, kind in Control.__annotations__.items() if name != "id"}
_FIELDS = tuple(_TYPES)

Patch: Any = msgspec.defstruct(
    "Patch",
    [
        ("id", ControlId),
        ("raws", tuple[int, ...] | UnsetType, UNSET),
        ("after", ControlId | None | UnsetType, UNSET),
        *((name, kind | UnsetType, UNSET) for name, kind in _TYPES.items()),
    ],
    omit_defaults=True,
    frozen=True,
    module=__name__,
)
"""The fields of a control that differ from what the reader has, or, for a new control, from the defaults.

`raws` replaces `channels` if only the raw values differ. `after` names the predecessor of a new control (None
if it is the first); without `after`, the control comes last.
"""


class Delta(msgspec.Struct, omit_defaults=True, frozen=True):
    """One step from a snapshot to a newer one; `more` means that further lines complete it."""

    serial: int = 0
    """Number of the line, which the reader confirms."""
    ack: int = 0
    """Number of the newest command whose effect is included; 0 if this has been reported before."""
    removed: tuple[ControlId, ...] = ()
    controls: tuple[Patch, ...] = ()
    order: tuple[ControlId, ...] | UnsetType = UNSET
    """All ids in their order; set only if existing controls have changed places."""
    statuses: tuple[Status, ...] | UnsetType = UNSET
    alsa_cards: tuple[AlsaCard, ...] | UnsetType = UNSET
    server_cards: tuple[ServerCard, ...] | UnsetType = UNSET
    server: Server | UnsetType | None = UNSET
    more: bool = False


def make_delta(old: Snapshot, new: Snapshot, serial: int = 0, ack: int = 0) -> Delta:
    """What `apply_delta` needs to turn `old` into `new`."""
    before, after = old.controls, new.controls
    kept = [key for key in before if key in after]
    reordered = kept != [key for key in after if key in before]
    return Delta(
        serial=serial,
        ack=ack,
        removed=tuple(key for key in before if key not in after),
        controls=tuple(_patches(before, after, kept[-1] if kept else None)),
        order=tuple(after) if reordered else UNSET,
        **changed_surroundings(old, new),
    )


def is_empty(delta: Delta) -> bool:
    """Whether the delta changes nothing and acknowledges nothing."""
    return delta == Delta(serial=delta.serial)


def _patches(
    before: dict[ControlId, Control], after: dict[ControlId, Control], last: ControlId | None
) -> Iterator[Any]:
    previous: ControlId | None = None
    for key, control in after.items():
        known = before.get(key)
        if known is None:
            place = {} if previous == last else {"after": previous}
            if previous == last:
                last = key
            changes = changed_fields(Control(id=key, kind=control.kind, name=control.name), control)
            yield Patch(id=key, kind=control.kind, name=control.name, **place, **changes)
        elif known is not control and (changes := changed_fields(known, control)):
            yield Patch(id=key, **changes)
        previous = key


def apply_delta(old: Snapshot, delta: Delta) -> Snapshot:
    """The newer snapshot; controls not in the delta keep their identity.

    Raises:
        ValueError: the delta does not apply to `old`.
    """
    controls = old.controls
    if delta.removed or delta.controls or delta.order is not UNSET:
        controls = _apply_controls(old.controls, delta)
    surroundings = {name: value for name in SURROUNDINGS if (value := getattr(delta, name)) is not UNSET}
    return replace(old, controls=controls, **surroundings)


def _apply_controls(old: dict[ControlId, Control], delta: Delta) -> dict[ControlId, Control]:
    controls = dict(old)
    for key in delta.removed:
        controls.pop(key, None)
    order: list[ControlId] | None = None
    for patch in delta.controls:
        if patch.id not in controls and patch.after is not UNSET:
            order = list(controls) if order is None else order
            order.insert(_place(order, patch.after), patch.id)
        elif patch.id not in controls and order is not None:
            order.append(patch.id)
        controls[patch.id] = _patched(controls.get(patch.id), patch)
    if delta.order is not UNSET:
        order = list(delta.order)
    if order is None:
        return controls
    if len(order) != len(controls) or controls.keys() != set(order):
        raise ValueError("the order does not match the existing controls")
    return {key: controls[key] for key in order}


def _place(order: list[ControlId], after: ControlId | None) -> int:
    return order.index(after) + 1 if after is not None else 0


def _patched(control: Control | None, patch: Any) -> Control:
    changes = {name: value for name in _FIELDS if (value := getattr(patch, name)) is not UNSET}
    if control is None:
        if not isinstance(changes.get("kind"), Kind) or "name" not in changes:
            raise ValueError(f"{patch.id!r} is unknown")
        return Control(id=patch.id, **changes)
    if patch.raws is not UNSET:
        channels = zip(control.channels, patch.raws, strict=True)
        changes["channels"] = tuple(replace(channel, raw=raw) for channel, raw in channels)
    return replace(control, **changes)
