"""Changes a target's controls: reads, resolves and writes them under the lock, and never raises them above
the cap.
"""

from collections.abc import Sequence

from tuimixer.backend.base import Refused
from tuimixer.cli.failure import DONE, NO_MATCH, REFUSED, report
from tuimixer.cli.invocation import Invocation
from tuimixer.cli.lock import VolumeLock
from tuimixer.config.cap import cap_of
from tuimixer.model.command import Command, SetCapture, SetChoice, SetMute, SetVolume
from tuimixer.model.control import Control, ControlId, Layer
from tuimixer.model.fader import UnclampedTarget
from tuimixer.model.intent import Capture, Intent, Mute, Nudge
from tuimixer.model.resolve import Impossible, Resolution, resolve
from tuimixer.model.select import Match
from tuimixer.model.value import Value

_HAIR = 1e-6
"""Subtracted from an ALSA step, in percent: now and then, floating-point error would turn into an extra raw
value, as in alsamixer, and many steps of 1 % would not add up."""
_MOST_REPORTED = 3
_UNCAPPED = 10.0


def change(
    call: Invocation, targets: Sequence[str], values: Sequence[Value], cap: float | None, reread: bool
) -> tuple[list[Match], int]:
    """Apply values to all controls that match the targets; returns these matches, and the exit status.

    `cap` is the command line's cap in percent, if any. With `reread`, the returned matches show the new
    state. A value that the cap limits, or that changes nothing, is reported. If one of the values is
    impossible for one of the controls, nothing is changed; but if that control is a member of a group or
    pattern, only this member is skipped, which is reported. If the change of one control is refused, that is
    reported, and the others are still changed.

    Raises:
        Impossible: one of the values is impossible for a control.
        NoMatch, Usage, Unreachable, Refused: as in `Invocation.select` and `Invocation.apply`.
    """
    # Load libraries and connect before locking, so that others wait only for a read and a write. A connection
    # that will be replaced is closed while waiting for the lock, because the server limits the number of
    # connections, and the holder of the lock may need one.
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
    _report_all(list(held.values()), "are unchanged or limited by their caps")
    if len(refused) == len(matches) == 1:
        raise refused[matches[0].id]
    for match in matches:
        if match.id in refused:
            report(f"{match.controls[0].name}: {refused[match.id]}")
            status = REFUSED
    return (_reread(call, matches) if reread else matches), status


def _able(call: Invocation, matches: list[Match], values: Sequence[Value]) -> tuple[list[Match], int]:
    """The matches that can be set to all of the values, and the exit status.

    Raises:
        Impossible: a control that was named cannot be set to them, or no member of a group can.
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
    _report_all(unable, "cannot be set this way")
    return able, NO_MATCH if unable else DONE


def _report_all(texts: Sequence[object], summary: str) -> None:
    """Report each of the texts, or the first few and how many more there are."""
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
    """Apply one value; note in `held` the controls that the cap has limited or no value has changed yet."""
    for found in _meant(match, value):
        control = lock.as_written(found)
        intent = _intent(value, control, match)
        done, limited = _resolved(call, lock, intent, control, cap)
        if limited:
            held[control.id] = limited
            changed.add(control.id)
        if done.command is None:
            if control.id not in changed:
                from tuimixer.cli.output import in_words  # would slow down every volume key press

                held[control.id] = f"{control.name} is unchanged: {in_words(control)}"
            continue
        _write(call, lock, done.command, done.unclamped)
        if control.id not in changed:
            changed.add(control.id)
            held.pop(control.id, None)


def fix(call: Invocation, requests: Sequence[Intent | Command]) -> dict[ControlId, Control | None]:
    """Apply a finding's fix like any other change: under the lock, to the current state, up to the cap.

    Returns the controls that a cap limits, as they are now; None if it prevents any change.

    Raises:
        Impossible, Unreachable, Refused: see `change`.
    """
    held: dict[ControlId, Control | None] = {}
    with VolumeLock() as lock:
        for request in requests:
            if isinstance(request, Command):
                call.apply(request)
                lock.changed()
                continue
            control = call.read(Layer(request.id.partition(":")[0])).controls.get(request.id)
            if control is None:
                raise Refused(f"{request.id} is gone")
            done, limited = _resolved(call, lock, request, control)
            if limited:
                report(limited)
                held[control.id] = done.command.apply_to(control) if done.command else None
            if done.command is not None:
                _write(call, lock, done.command, done.unclamped)
    return held


def _resolved(
    call: Invocation, lock: VolumeLock, intent: Intent, control: Control, cap: float | None = None
) -> tuple[Resolution, str]:
    """What an intent amounts to within the cap, and what to report if the cap limits it, or else empty."""
    limit = cap_of(control, call.config.max, call.config.max.verbs, cap)
    unclamped = lock.unclamped(control.id)
    done = resolve(intent, control, limit, unclamped)
    limited = done.command != resolve(intent, control, _UNCAPPED, unclamped).command
    return done, f"{control.name} is limited by its cap of {limit * 100:g} %" if limited else ""


def _write(
    call: Invocation,
    lock: VolumeLock,
    command: SetVolume | SetMute | SetCapture | SetChoice,
    unclamped: UnclampedTarget | None,
) -> None:
    """Carry out a command, and store what the next process has to know."""
    call.apply(command)
    lock.changed()
    lock.live()
    if isinstance(command, SetVolume):
        _remember(call, lock, command, unclamped)


def _remember(
    call: Invocation, lock: VolumeLock, command: SetVolume, unclamped: UnclampedTarget | None
) -> None:
    """Store the unclamped target, and the values written if an ALSA plugin has stored them more coarsely."""
    lock.remember(command.id, unclamped)
    control = call.known[command.id]
    if call.is_plugin(control):
        call.reopen(Layer.ALSA)
        stored = call.read(Layer.ALSA).controls.get(command.id)
        if stored is not None:
            lock.remember_written(command.id, stored.raws, command.raws)


def _reread(call: Invocation, matches: Sequence[Match]) -> list[Match]:
    """The same matches with the current state of their controls, or the last known one if they are gone."""
    controls = [control for match in matches for control in match.controls]
    if any(map(call.is_plugin, controls)):
        call.reopen(Layer.ALSA)  # a plugin does not report others' changes to an open handle
    read: dict[ControlId, Control] = {}
    for layer in {control.kind.layer for control in controls}:
        read |= call.read(layer).controls
    return [
        Match(tuple(read.get(c.id, c) for c in match.controls), match.exact, match.grouped)
        for match in matches
    ]


def _meant(match: Match, value: Value) -> tuple[Control, ...]:
    """The controls of a match that a value applies to: all streams of an application or, for an ALSA element,
    its control for the direction that has such a value.
    """
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
            # All streams of an application are toggled together, not individually.
            return Mute(control.id, not all(other.muted for other in match.controls), intent.channels)
    return intent
