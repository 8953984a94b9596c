"""Changing what a target names: read, resolve and write under the lock, never over the cap."""

from collections.abc import Sequence

from tuimixer.backend.base import Refused
from tuimixer.cli.failure import DONE, NO_MATCH, REFUSED, report
from tuimixer.cli.invocation import Invocation
from tuimixer.cli.lock import VolumeLock
from tuimixer.config.limits import device_cap
from tuimixer.model.balance import UnclampedTarget
from tuimixer.model.command import Command, SetCapture, SetChoice, SetMute, SetVolume
from tuimixer.model.control import Control, ControlId, Layer
from tuimixer.model.intent import Capture, Intent, Mute, Nudge
from tuimixer.model.resolve import Impossible, Limits, resolve
from tuimixer.model.select import Match
from tuimixer.model.value import Value

_HAIR = 1e-6
"""Taken off an ALSA step, in percent: the model steps as alsamixer does, which turns what floating point adds
to a whole raw value into one more now and then, and many steps of 1 % would not add up."""
_MOST_REPORTED = 3
_UNCAPPED = Limits(10, stop_at_full=False)


def change(
    call: Invocation, targets: Sequence[str], values: Sequence[Value], cap: float | None, reread: bool
) -> tuple[list[Match], int]:
    """Carry out values on all controls that targets name; what was changed, and the exit status.

    `cap` is what the command line says, in percent. With `reread` the controls are as they stand then. A
    value that the cap cut, or that changes nothing, is reported. Nothing is changed where one of the values
    is impossible for one of the controls; but of a group or a pattern only those are left out, and that is
    reported. What is refused for one control is reported and carried out on the others.

    Raises:
        Impossible: a control cannot do what was asked.
        NoMatch, Usage, Unreachable, Refused: as `Call.select` and `Call.apply`.
    """
    # Libraries and connections come before the lock: others wait only for a read and a write. A connection
    # that will be made again is let go of while it waits: the server takes only so many, and whoever holds
    # the lock may need one.
    lock = VolumeLock(call.reopen_pipewire)
    call.narrow(targets)
    matches, status = _able(call, call.select_all(targets), values)
    changed: set[ControlId] = set()
    held: dict[ControlId, str] = {}
    refused: dict[str, Refused] = {}
    with lock:
        for number, value in enumerate(values):
            if number == 0 and not lock.undisturbed:
                call.reopen_pipewire()
            if number or not lock.undisturbed:
                matches = _reread(call, matches)
            lock.live()
            for match in matches:
                if match.id not in refused:
                    try:
                        _carry_out(call, lock, match, value, cap, changed, held)
                    except Refused as refusal:
                        refused[match.id] = refusal
    _report_all(list(held.values()), "stay as they are, or are held back by their cap")
    if len(refused) == len(matches) == 1:
        raise refused[matches[0].id]
    for match in matches:
        if match.id in refused:
            report(f"{match.controls[0].name}: {refused[match.id]}")
            status = REFUSED
    return (_reread(call, matches) if reread else matches), status


def _able(call: Invocation, matches: list[Match], values: Sequence[Value]) -> tuple[list[Match], int]:
    """What can be set to all of the values, and the exit status.

    Raises:
        Impossible: something named cannot, or nothing of a group can.
    """
    able: list[Match] = []
    unable: list[Impossible] = []
    for match in matches:
        try:
            for value in values:
                for control in _meant(match, value):
                    resolve(_intent(value, control, match), control, _UNCAPPED)
        except Impossible as error:
            if not match.grouped:
                raise
            unable.append(error)
        else:
            able.append(match)
    if unable and not able:
        raise unable[0]
    _report_all(unable, "cannot be set so")
    return able, NO_MATCH if unable else DONE


def _report_all(texts: Sequence[object], summary: str) -> None:
    """A sentence for each; of many controls, for the first few."""
    for text in texts[:_MOST_REPORTED]:
        report(text)
    if len(texts) > _MOST_REPORTED:
        report(f"{len(texts) - _MOST_REPORTED} more {summary}")


def _carry_out(
    call: Invocation,
    lock: VolumeLock,
    match: Match,
    value: Value,
    cap: float | None,
    changed: set[ControlId],
    held: dict[ControlId, str],
) -> None:
    """Carry out one value; notes in `held` what the cap cut, and what nothing has changed so far."""
    for found in _meant(match, value):
        control = lock.as_written(found)
        intent, limits = _intent(value, control, match), _limits(call, control, cap)
        done = resolve(intent, control, limits, lock.unclamped(control.id))
        if done.command != resolve(intent, control, _UNCAPPED, lock.unclamped(control.id)).command:
            held[control.id] = _held_back(control, limits)
            changed.add(control.id)
        if done.command is None:
            if control.id not in changed:
                from tuimixer.cli.output import in_words  # a volume key need not wait for it

                held[control.id] = f"{control.name} stays as it is: {in_words(control)}"
            continue
        _write(call, lock, done.command, done.unclamped)
        if control.id not in changed:
            changed.add(control.id)
            held.pop(control.id, None)


def fix(call: Invocation, requests: Sequence[Intent | Command]) -> None:
    """Carry out what fixes a finding as any change: under the lock, on what stands there now, up to the cap.

    Raises:
        Impossible, Unreachable, Refused: as `change`.
    """
    with VolumeLock() as lock:
        for request in requests:
            if isinstance(request, Command):
                call.apply(request)
                lock.changed()
                continue
            control = call.read(Layer(request.id.partition(":")[0])).controls.get(request.id)
            if control is None:
                raise Refused(f"{request.id} is gone")
            limits, unclamped = _limits(call, control, None), lock.unclamped(control.id)
            done = resolve(request, control, limits, unclamped)
            if done.command != resolve(request, control, _UNCAPPED, unclamped).command:
                report(_held_back(control, limits))
            if done.command is not None:
                _write(call, lock, done.command, done.unclamped)


def _held_back(control: Control, limits: Limits) -> str:
    return f"{control.name} is held back by its cap of {limits.cap * 100:g}%"


def _write(
    call: Invocation,
    lock: VolumeLock,
    command: SetVolume | SetMute | SetCapture | SetChoice,
    unclamped: UnclampedTarget | None,
) -> None:
    """Write a command, and leave to the next process what it has to know."""
    call.apply(command)
    lock.changed()
    lock.live()
    if isinstance(command, SetVolume):
        _remember(call, lock, command, unclamped)


def _remember(
    call: Invocation, lock: VolumeLock, command: SetVolume, unclamped: UnclampedTarget | None
) -> None:
    """Keep the aim; some ALSA plugins store a value coarser than it was written, so keep that too."""
    lock.remember(command.id, unclamped)
    control = call.known[command.id]
    if call.is_plugin(control):
        call.reopen(Layer.ALSA)
        stored = call.read(Layer.ALSA).controls.get(command.id)
        if stored is not None:
            lock.remember_written(command.id, stored.raws, command.raws)


def _reread(call: Invocation, matches: Sequence[Match]) -> list[Match]:
    """The same controls as they stand now, or as they stood where they have gone."""
    controls = [control for match in matches for control in match.controls]
    if any(map(call.is_plugin, controls)):
        call.reopen(Layer.ALSA)  # a plugin tells a handle that is open nothing of what others write
    read: dict[ControlId, Control] = {}
    for layer in {control.kind.layer for control in controls}:
        read |= call.read(layer).controls
    return [
        Match(tuple(read.get(c.id, c) for c in match.controls), match.exact, match.grouped)
        for match in matches
    ]


def _meant(match: Match, value: Value) -> tuple[Control, ...]:
    """All streams of an application; of an element's two sides the one that has what the value is about."""
    if match.controls[0].element is None or len(match.controls) == 1:
        return match.controls
    if value.capturing:
        able = [control for control in match.controls if control.capture is not None]
    elif value.form == "mute":
        able = [control for control in match.controls if control.mute is not None]
    else:
        able = [control for control in match.controls if control.channels or control.choice]
    return tuple(able or match.controls)[:1]


def _intent(value: Value, control: Control, match: Match) -> Intent:
    intent = value.intent(control)
    if isinstance(intent, Nudge) and control.element is not None:
        hair = _HAIR if intent.percent > 0 else -_HAIR
        return Nudge(control.id, intent.percent - hair, intent.channels, intent.past_full)
    if isinstance(intent, Mute):
        if control.mute is None and control.capture is not None:
            return Capture(control.id, None if intent.on is None else not intent.on, intent.channels)
        if intent.on is None and len(match.controls) > 1 and control.element is None:
            # All streams of an application go together, not each over by itself.
            return Mute(control.id, not all(other.muted for other in match.controls), intent.channels)
    return intent


def _limits(call: Invocation, control: Control, cap: float | None) -> Limits:
    """The command line's cap, or the configured one; a device's own cap holds against both."""
    everywhere = call.config.max.verbs if cap is None else cap
    own = device_cap(control, call.config.max)
    if own is not None:
        everywhere = own if cap is None else min(own, cap)
    # A cap beyond 100 % was given on purpose; on the screen it takes another press.
    return Limits(everywhere / 100, stop_at_full=False)
