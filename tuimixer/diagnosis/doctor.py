"""Why is there no sound? Runs all checks on a snapshot and the system information; returns the likeliest
causes first.
"""

from collections.abc import Iterator

from tuimixer.diagnosis.device_checks import (
    check_auto_mute,
    check_capture_source,
    check_combined,
    check_default,
    check_inputs,
    check_ports,
    check_profiles,
    check_streams,
    check_suspended,
    of_kind,
    plays,
)
from tuimixer.diagnosis.finding import Finding, ordered
from tuimixer.diagnosis.host_checks import check_cards, check_holders, check_server
from tuimixer.diagnosis.path import trace_all
from tuimixer.diagnosis.path_checks import check_path
from tuimixer.model.control import Control, ControlId, Kind
from tuimixer.model.intent import Intent, Mute
from tuimixer.model.record import replace
from tuimixer.model.resolve import Impossible, ReadOnly, resolve
from tuimixer.model.snapshot import Snapshot
from tuimixer.model.system import Holder, System

_SINKS, _SOURCES = (Kind.SINK, Kind.SINK_INPUT), (Kind.SOURCE, Kind.SOURCE_OUTPUT)


def diagnose(
    snapshot: Snapshot, system: System, stream: ControlId | tuple[ControlId, ...] | None = None
) -> tuple[Finding, ...]:
    """Everything that keeps sound from being heard or recorded.

    stream: check the path of this stream or device, or of all streams of an application. None: check
    everything that is playing or recording or, if nothing is playing, the path that a program would take.
    """
    wanted = (stream,) if isinstance(stream, str) else stream or ()
    chosen = tuple(snapshot.controls[one] for one in wanted if one in snapshot.controls)
    return tuple(_settable(finding, snapshot) for finding in ordered(_all(snapshot, system, chosen)))


def _settable(finding: Finding, snapshot: Snapshot) -> Finding:
    """The finding, but without its fix if this would set something that is read-only."""
    for request in finding.fix:
        control = snapshot.controls.get(request.id)
        if control is None or not isinstance(request, Intent):
            continue
        try:
            resolve(request, control)
        except ReadOnly as error:
            return replace(finding, advice=f"tuimixer cannot fix this: {error}.", fix=())
        except Impossible:
            continue
    return finding


def _all(snapshot: Snapshot, system: System, chosen: tuple[Control, ...]) -> Iterator[Finding]:
    yield from check_server(snapshot, system)
    yield from check_cards(snapshot, system)
    yield from check_holders(snapshot, system)
    used = _used(snapshot, chosen)
    sources = [device for device in used if device.kind is Kind.SOURCE]
    wrong = [f for source in sources for f in check_capture_source(snapshot, system, source)]
    yield from wrong
    # If selecting another input has muted a source, the mute is only a consequence.
    along = {intent.id for finding in wrong for intent in finding.fix if isinstance(intent, Mute)}
    for _, paths in trace_all(snapshot, system, _starts(snapshot, system, chosen)):
        for path in paths:
            yield from (f for f in check_path(snapshot, path) if f.control not in along)
    for device in used:
        yield from check_ports(device)
        yield from check_suspended(snapshot, device)
        if device.kind is Kind.SINK:
            yield from check_combined(snapshot, device)
            yield from check_auto_mute(snapshot, device)
    if not chosen or any(control.kind in _SINKS for control in chosen):
        switched_off = tuple(check_profiles(snapshot))
        # If a card is off, the lack of an output is only a consequence.
        yield from (f for f in check_default(snapshot) if f.key != "no_sink" or not switched_off)
        yield from switched_off
    if not chosen or any(control.kind in _SOURCES for control in chosen):
        yield from check_inputs(snapshot, chosen)
    yield from check_streams(snapshot, chosen)


def _starts(snapshot: Snapshot, system: System, chosen: tuple[Control, ...]) -> list[ControlId | Holder]:
    """Where the paths to check begin."""
    if chosen:
        return [control.id for control in chosen]
    starts: list[ControlId | Holder] = [s.id for s in of_kind(snapshot, Kind.SINK_INPUT) if plays(s)]
    default = snapshot.server.default_sink if snapshot.server else None
    if not starts and default in snapshot.controls:
        starts.append(default)
    starts += [s.id for s in of_kind(snapshot, Kind.SOURCE_OUTPUT) if plays(s)]
    if snapshot.server is None:
        starts += system.holders or _first_card(snapshot)
    return starts


def _first_card(snapshot: Snapshot) -> list[Holder]:
    """Without a server: a program that would play to the first card, which is ALSA's default; empty if there
    is no card.
    """
    cards = [card for card in snapshot.alsa_cards if card.number is not None and not card.loopback]
    first = min(cards, key=lambda card: card.number or 0, default=None)
    return [] if first is None else [Holder(first.id, first.number or 0, 0, 0, capture=False)]


def _used(snapshot: Snapshot, chosen: tuple[Control, ...]) -> list[Control]:
    """Sinks and sources in use, whose connectors matter."""
    if chosen:
        devices = (snapshot.controls.get(control.target_id or "", control) for control in chosen)
        once = {device.id: device for device in devices if device.device is not None}
        return list(once.values())
    ids = [
        s.target_id
        for kind in (Kind.SINK_INPUT, Kind.SOURCE_OUTPUT)
        for s in of_kind(snapshot, kind)
        if plays(s)
    ]
    if snapshot.server is not None and not any(i and i.startswith("pulse:sink/") for i in ids):
        ids.append(snapshot.server.default_sink)
    found = (snapshot.controls.get(one or "") for one in dict.fromkeys(ids))
    return [device for device in found if device is not None]
