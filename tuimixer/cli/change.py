"""Changing what a target names: read, resolve and write under the lock, never over the cap."""

from collections.abc import Sequence

from tuimixer.cli.call import Call
from tuimixer.cli.lock import VolumeLock
from tuimixer.config.limits import device_cap
from tuimixer.model.command import SetVolume
from tuimixer.model.control import Control
from tuimixer.model.intent import Capture, Intent, Mute
from tuimixer.model.resolve import Limits, resolve
from tuimixer.model.select import Match
from tuimixer.model.value import Value


def change(call: Call, target: str, values: Sequence[Value], cap: float | None) -> Match:
    """Carry out values on all controls that a target names; what it matched.

    `cap` is what the command line says, in percent. Nothing is changed where one of the values is
    impossible for one of the controls.

    Raises:
        Impossible: a control cannot do what was asked.
        NoMatch, Usage, OutOfReach, Refused: as `Call.select` and `Call.apply`.
    """
    with VolumeLock() as lock:
        match = call.select(target)
        for value in values:
            for control in _meant(match, value):
                resolve(_intent(value, control, match), control, _limits(call, control, cap))
        for number, value in enumerate(values):
            if number:
                match = _reread(call, match)
            for control in _meant(match, value):
                intent = _intent(value, control, match)
                done = resolve(intent, control, _limits(call, control, cap), lock.aim(control.id))
                if done.command is None:
                    continue
                call.apply(done.command)
                if isinstance(done.command, SetVolume):
                    lock.remember(control.id, done.aim)
        if call.json:
            match = _reread(call, match)
    return match


def _reread(call: Call, match: Match) -> Match:
    """The same controls as they stand now, without those that have gone."""
    read = call.read(match.controls[0].kind.layer).controls
    return Match(tuple(read.get(control.id, control) for control in match.controls), match.exact)


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
    if isinstance(intent, Mute):
        if control.mute is None and control.capture is not None:
            return Capture(control.id, None if intent.on is None else not intent.on, intent.channels)
        if intent.on is None and len(match.controls) > 1 and control.element is None:
            # All streams of an application go together, not each over by itself.
            return Mute(control.id, not all(other.muted for other in match.controls), intent.channels)
    return intent


def _limits(call: Call, control: Control, cap: float | None) -> Limits:
    """The command line's cap, or the configured one; a device's own cap holds against both."""
    own = device_cap(control, call.config.max)
    if own is None:
        return Limits((call.config.max.verbs if cap is None else cap) / 100)
    return Limits((own if cap is None else min(own, cap)) / 100)
