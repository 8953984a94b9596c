"""Which ALSA controls a sound server drives for a sink or source, judging by its mixer paths and dB values.

PulseAudio's alsa-mixer.c and PipeWire's copy of it set the elements marked `volume = merge` in order and
apply the remainder in software. The base volume is the negative of these elements' highest gain, so the
following holds: sink dB − base dB = Σ dB of the driven controls + software remainder.
"""

from itertools import combinations

from tuimixer.diagnosis.card_routing import element_name, playback_controls, route_of, through_softvol
from tuimixer.diagnosis.stage import Gains, add, at, gains_of, shifted
from tuimixer.model.control import Control, Device, Medium
from tuimixer.model.record import dataclass
from tuimixer.model.scale import MUTE_CDB, PULSE_SCALE, to_cdb
from tuimixer.model.snapshot import Snapshot
from tuimixer.model.system import MixerPath, System
from tuimixer.model.text import in_words

_ACCURACY = 30
"""Tolerance in hundredths of a dB: PulseAudio omits a software remainder of up to 1 %, which is 0.26 dB."""
_BASE_ACCURACY = 5
_MOST_CANDIDATES = 6
_POSITIONS = {
    "Front": ("front",),
    "Front Speaker": ("front",),
    "Speaker Front": ("front",),
    "Rear": ("rear",),
    "Surround": ("rear",),
    "Surround Speaker": ("rear",),
    "Speaker Surround": ("rear",),
    "Side": ("side",),
    "Speaker Side": ("side",),
    "Center": ("front-center",),
    "Center Speaker": ("front-center",),
    "LFE": ("lfe",),
    "LFE Speaker": ("lfe",),
    "Bass Speaker": ("lfe",),
    "CLFE": ("front-center", "lfe"),
    "Center/LFE": ("front-center", "lfe"),
    "Speaker CLFE": ("front-center", "lfe"),
}
"""Element → the channels that it affects, if not all (override-map in the servers' rules)."""


@dataclass(frozen=True, slots=True)
class Driven:
    """The result for one sink or source."""

    controls: tuple[Control, ...] = ()
    """The driven controls in the order in which the server sets them; empty if there are none or it is
    unknown which.
    """
    known: bool = True
    how: str = ""
    """How the controls were determined, or why they could not be, as part of a note."""
    remainder: tuple[tuple[str, int | None], ...] = ()
    """What the controls leave to software, in hundredths of a dB by channel of the device."""
    candidates: tuple[Control, ...] = ()
    """The controls that may be driven, if this is unknown."""
    astray: bool = False
    """Whether the rules are known but the controls' gain is not what the server expects."""


def find_driven(snapshot: Snapshot, system: System, device: Control) -> Driven:
    """Which ALSA controls implement the volume of a sink or source."""
    info = device.device
    if info is None or not info.hardware_volume:
        return Driven(how="the server applies this volume in software")
    if device.card is None:
        return Driven(how="the device, which is not an ALSA card, applies this volume itself")
    ruled = _by_rule(snapshot, system, device)
    if not info.decibel:
        how = "the gain of the hardware volume in dB is unknown"
        return Driven(tuple(ruled or ()), bool(ruled), how)
    wanted = hardware_gains(device)
    if ruled is not None:
        return _judge(device, wanted, tuple(ruled))
    return _by_arithmetic(snapshot, device, wanted)


def hardware_gains(device: Control) -> Gains:
    """A sink's or source's volume as gains of the hardware: the volume's dB minus the base volume's."""
    info = device.device
    base = to_cdb(PULSE_SCALE, info.base) if info and info.hardware_volume else 0
    return shifted(gains_of(device), -(base or 0))


def rule_for(system: System, server: str, device: Device) -> MixerPath | None:
    """The server's mixer path for the active port; None if there is none."""
    if device.port is None:
        return None
    name = device.port.partition(";")[0]
    return next((path for path in system.mixer_paths if path.server == server and path.name == name), None)


def _by_rule(snapshot: Snapshot, system: System, device: Control) -> list[Control] | None:
    info = device.device
    server = snapshot.server
    rule = rule_for(system, server.name, info) if info and server else None
    if rule is None:
        return None
    by_name = {element_name(control): control for control in _volumes(snapshot, device)}
    merged: list[Control] = []
    for element in rule.elements:
        name = f"{element.name},{element.index}" if element.index else element.name
        control = by_name.get(name)
        if element.volume != "merge" or control is None or control.scale is None:
            continue
        if control.scale.maximum <= control.scale.minimum:
            continue
        if not control.scale.has_db:
            # As in alsa-mixer.c: if the first element has no dB data, no others are merged; later elements
            # without dB data are skipped.
            if not merged:
                return [control]
            continue
        merged.append(control)
    return merged


def _volumes(snapshot: Snapshot, device: Control) -> list[Control]:
    """The volumes of the device's card and direction, including those for both directions."""
    return [
        control
        for control in snapshot.controls.values()
        if control.card == device.card and control.element is not None and control.channels
        if control.kind.capture == device.kind.capture or control.element.common
    ]


def _judge(device: Control, wanted: Gains, controls: tuple[Control, ...]) -> Driven:
    """The result for the controls that the server's rules name, known if their dB match what it reports."""
    if not controls:
        return Driven(known=False, how="the server's mixer path does not name any control of this card")
    names = in_words(element_name(control) for control in controls)
    if not _base_fits(device, controls):
        how = f"according to its rules, the server drives {names}, but the base volume does not match"
        return Driven(known=False, how=how, candidates=controls)
    # The whole set is tried first, then smaller ones: a control that was added after the server started is
    # named by its rules, but not driven.
    fitting = [
        some
        for size in range(len(controls), 0, -1)
        for some in combinations(controls[:_MOST_CANDIDATES], size)
        if _base_fits(device, some) and _rest_fits(remainder(wanted, some), some)
    ]
    if fitting and (fitting[0] == controls or len(fitting) == 1):
        names = in_words(element_name(control) for control in fitting[0])
        rest = tuple(remainder(wanted, fitting[0]).items())
        how = f"according to its rules, the server drives {names}, and the dB values confirm this"
        return Driven(fitting[0], True, how, rest)
    how = f"according to its rules, the server drives {names}, but the hardware gain is not what it expects"
    return Driven(known=False, how=how, candidates=controls, astray=True)


def _by_arithmetic(snapshot: Snapshot, device: Control, wanted: Gains) -> Driven:
    """The result without rules: the controls on the path whose dB agree with what the server reports, if only
    one set of them does.
    """
    info = device.device
    assert info is not None
    assert device.card is not None
    if device.kind.capture:
        near = _volumes(snapshot, device)
    else:
        near = [c for c, _ in playback_controls(snapshot, device.card, route_of(device))]
    possible = tuple(
        c
        for c in near
        if c.channels
        and c.scale is not None
        and c.scale.has_db
        and not (c.medium is Medium.SOFTWARE and through_softvol(device, element_name(c)) is False)
    )[:_MOST_CANDIDATES]
    fitting = [
        some
        for size in range(1, len(possible) + 1)
        for some in combinations(possible, size)
        if _base_fits(device, some) and _rest_fits(remainder(wanted, some), some)
    ]
    if len(fitting) == 1:
        names = in_words(element_name(control) for control in fitting[0])
        rest = tuple(remainder(wanted, fitting[0]).items())
        return Driven(fitting[0], True, f"the server's dB value is matched only by {names}", rest)
    which = "several sets of controls match" if fitting else "no control matches"
    return Driven(known=False, how=f"{which} the server's dB value", candidates=possible)


def remainder(wanted: Gains, controls: tuple[Control, ...]) -> Gains:
    """The part of the wanted gains that the controls do not provide, by channel; None if unknown."""
    rest: Gains = {}
    for name, gain in wanted.items():
        done = add([driven_gain(control, name) for control in controls])
        if gain is None or done is None:
            rest[name] = None
        elif done <= MUTE_CDB:
            rest[name] = 0
        elif gain <= MUTE_CDB:
            rest[name] = MUTE_CDB
        else:
            rest[name] = gain - done
    return rest


def driven_gain(control: Control, channel: str) -> int | None:
    """A driven control's gain for a channel of the device; 0 if it does not affect that channel, and None if
    unknown.
    """
    positions = _POSITIONS.get(control.element.name if control.element else control.name)
    if positions is not None and not _covers(positions, channel):
        return 0
    return at(gains_of(control), channel)


def _covers(positions: tuple[str, ...], channel: str) -> bool:
    if channel == "mono":
        return "front" in positions
    for position in positions:
        if channel == position or channel in (f"{position}-left", f"{position}-right"):
            return True
    return False


def _base_fits(device: Control, controls: tuple[Control, ...]) -> bool:
    """Whether the base volume is the negative of the highest gain of all these controls together."""
    info = device.device
    base = to_cdb(PULSE_SCALE, info.base) if info else None
    if base is None:
        return False
    tops: list[int] = []
    for channel in device.channels:
        top = sum(
            control.scale.high
            for control in controls
            if control.scale and (control.element is None or _acts_on(control, channel.name))
        )
        tops.append(top)
    return bool(tops) and abs(max(tops) + base) <= _BASE_ACCURACY


def _acts_on(control: Control, channel: str) -> bool:
    positions = _POSITIONS.get(control.element.name if control.element else control.name)
    return positions is None or _covers(positions, channel)


def _rest_fits(rest: Gains, controls: tuple[Control, ...]) -> bool:
    """Whether the remainder is at most one step of the finest control, or attenuates further while all
    controls are at their minimum.
    """
    step = min((_largest_step(control) for control in controls), default=0) + _ACCURACY
    for gain in rest.values():
        if gain is None:
            return False
        if abs(gain) > step and not (gain < 0 and _all_at_bottom(controls)):
            return False
    return True


def _all_at_bottom(controls: tuple[Control, ...]) -> bool:
    return all(min(control.raws) <= control.scale.minimum for control in controls if control.scale)


def _largest_step(control: Control) -> int:
    """A control's largest step in hundredths of a dB, not counting a step to silence at the minimum."""
    scale = control.scale
    if scale is None or not scale.curve:
        return 0
    steps = [0]
    for run in scale.curve:
        if run.last > run.first and run.cdb_first > MUTE_CDB:
            steps.append(-(-(run.cdb_last - run.cdb_first) // (run.last - run.first)))
    return max(steps)
