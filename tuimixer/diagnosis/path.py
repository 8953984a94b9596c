"""The signal path: from an application to the jack, or from the microphone to an application, with the gain
at each stage.

Pure: a snapshot and the system information in, stages out. If a sink only passes its sound on (combine,
remap, a recorded monitor, a loopback module), the path continues with the device that the sink feeds, and
forks if there are several.
"""

from collections.abc import Iterable, Iterator

from tuimixer.diagnosis.card_stages import (
    card_end,
    device_controls,
    device_note,
    holder_controls,
    holder_end,
    is_null,
    remainder_stage,
)
from tuimixer.diagnosis.driven import Driven, find_driven, hardware_gains
from tuimixer.diagnosis.onward import DEEPEST, feeds, upstream
from tuimixer.diagnosis.stage import CIRCLE, Path, Stage, StageGroup, StageKind, add, at, db, gains_of
from tuimixer.model.control import Control, ControlId, Kind, Medium
from tuimixer.model.snapshot import Snapshot
from tuimixer.model.system import Holder, System

_SERVERS = frozenset({"pulseaudio", "pipewire", "pipewire-pulse", "wireplumber"})
Start = ControlId | Holder
"""What can be traced: a stream or device of the server, or a program that has a card open itself."""


def trace(snapshot: Snapshot, system: System, start: Start) -> tuple[Path, ...]:
    """All paths that a sound takes.

    start: a sink input or a sink (playback), a source output or a source (recording), or a program that has a
    card's device open itself. There are no paths for any other control, or for one that is gone.
    """
    return next(trace_all(snapshot, system, (start,)))[1]


def trace_all(
    snapshot: Snapshot, system: System, starts: Iterable[Start]
) -> Iterator[tuple[Start, tuple[Path, ...]]]:
    """Each start with all its paths; the part beyond a device is computed once for all streams on it."""
    beyond: dict[ControlId, tuple[Path, ...]] = {}
    for start in starts:
        if isinstance(start, Holder):
            yield start, (_past_the_server(snapshot, system, start),)
            continue
        control = snapshot.controls.get(start)
        if control is not None and control.kind in (Kind.SINK_INPUT, Kind.SOURCE_OUTPUT):
            device = snapshot.controls.get(control.target_id or "")
            if device is not None and device.id not in beyond:
                beyond[device.id] = _of_device(snapshot, system, device)
            yield start, _of_stream(control, device, beyond[device.id] if device is not None else ())
        else:
            yield start, _of_device(snapshot, system, control) if control is not None else ()


def _of_stream(control: Control, device: Control | None, beyond: tuple[Path, ...]) -> tuple[Path, ...]:
    """A stream's paths: its own stages, and those of the device without the stage "a program"."""
    capture = control.kind.capture
    own = (_application(control), _stream_stage(control, None if capture else device))
    if device is None:
        note = f"the stream has no {'source' if capture else 'sink'}"
        end = Stage("nowhere", StageGroup.PULSE, StageKind.END, note=note)
        stages = (end, *reversed(own)) if capture else (*own, end)
        return (Path(stages, ("mono",) if capture else _names(control), capture=capture),)
    if capture:
        return tuple(Path((*p.stages[:-1], *reversed(own)), p.channels, capture=True) for p in beyond)
    return tuple(Path((*own, *p.stages[1:]), p.channels) for p in beyond)


def _of_device(snapshot: Snapshot, system: System, device: Control) -> tuple[Path, ...]:
    """The paths of a program that would use a device."""
    if device.kind not in (Kind.SINK, Kind.SOURCE):
        return ()
    capture = device.kind.capture
    note = f"any program that {'records from' if capture else 'plays to'} this device"
    program = Stage("a program", StageGroup.APPLICATION, StageKind.APPLICATION, Medium.SOFTWARE, note=note)
    if capture:
        return (_recording(snapshot, system, device.id, (program,)),)
    return tuple(_through_sink(snapshot, system, device, (program,), frozenset()))


def is_application(control: Control) -> bool:
    """Whether a stream belongs to an application, not to a module or a level meter."""
    return control.stream is not None and not control.stream.virtual and not control.stream.peak


def sounds(snapshot: Snapshot, system: System, capture: bool = False) -> tuple[Start, ...]:
    """Everything that plays, or records if `capture`: streams, with paused ones last, then programs that have
    a card open themselves.
    """
    kind = Kind.SOURCE_OUTPUT if capture else Kind.SINK_INPUT
    streams = [c for c in snapshot.controls.values() if c.kind is kind and is_application(c)]
    streams.sort(key=lambda c: c.stream is not None and c.stream.corked)
    servers = {daemon.pid for daemon in system.daemons}
    past = (h for h in system.holders if h.pid not in servers and h.program not in _SERVERS)
    return (*(stream.id for stream in streams), *(h for h in past if h.capture is capture))


# -- playback --


def _forwards(
    snapshot: Snapshot, system: System, stream: Control, before: tuple[Stage, ...], seen: frozenset[ControlId]
) -> list[Path]:
    sink = snapshot.controls.get(stream.target_id) if stream.target_id else None
    stages = (*before, _stream_stage(stream, sink))
    if sink is None:
        end = Stage("nowhere", StageGroup.PULSE, StageKind.END, note="the stream has no sink")
        return [Path((*stages, end), _names(stream))]
    return _through_sink(snapshot, system, sink, stages, seen)


def _through_sink(
    snapshot: Snapshot, system: System, sink: Control, before: tuple[Stage, ...], seen: frozenset[ControlId]
) -> list[Path]:
    driven = find_driven(snapshot, system, sink)
    heard = _software_part(snapshot, sink, driven)
    # What a null sink receives can be heard only at its monitor.
    silent = is_null(sink) and not _monitor_hears_volume(snapshot, sink)
    stages = (*before, *((heard,) if silent else _device_stages(sink, driven)))
    if sink.id in seen or len(seen) >= DEEPEST:
        note = f"{sink.name} feeds back into itself"
        end = Stage(CIRCLE, StageGroup.PULSE, StageKind.END, Medium.SOFTWARE, note=note)
        return [Path((*stages, end), _names(sink))]
    onward = feeds(snapshot, sink)
    paths: list[Path] = []
    if not onward or (sink.device is not None and sink.device.hardware):
        controls = device_controls(snapshot, sink, driven)
        paths.append(Path((*stages, *controls, card_end(snapshot, system, sink)), _names(sink)))
    for link in onward:
        word = _module(link.how, f"passes on what {sink.name} receives")
        taken = stages
        if link.monitor is not None and link.output is not None:
            taken = (*before, heard, _monitor_stage(link.monitor), _stream_stage(link.output, None))
        paths.extend(_forwards(snapshot, system, link.stream, (*taken, word), seen | {sink.id}))
    return paths


# -- recording --


def _recording(
    snapshot: Snapshot, system: System, source_id: ControlId | None, after: tuple[Stage, ...], depth: int = 0
) -> Path:
    source = snapshot.controls.get(source_id) if source_id else None
    if source is None or source.device is None:
        start = Stage("nowhere", StageGroup.PULSE, StageKind.END, note="the stream has no source")
        return Path((start, *after), ("mono",), capture=True)
    info = source.device
    sink = snapshot.controls.get(info.monitor_of) if info.monitor_of else None
    if sink is not None:
        heard = find_driven(snapshot, system, sink)
        start = _module(f"what plays on {sink.name}", "a monitor")
        taken = _software_part(snapshot, sink, heard)
        return Path((start, taken, _monitor_stage(source), *after), _names(source), capture=True)
    driven = find_driven(snapshot, system, source)
    stages = tuple(_device_stages(source, driven))
    controls = tuple(device_controls(snapshot, source, driven))
    feeding = upstream(snapshot, source)
    if feeding is not None and depth < DEEPEST:
        word = _module("remap", f"passes sound on to {source.name}")
        stream_stage = _stream_stage(feeding, None)
        return _recording(
            snapshot, system, feeding.target_id, (stream_stage, word, *stages, *after), depth + 1
        )
    return Path(
        (card_end(snapshot, system, source), *controls, *stages, *after), _names(source), capture=True
    )


def _software_part(snapshot: Snapshot, sink: Control, driven: Driven) -> Stage:
    """A stage for how a sink's volume affects its monitor: on PulseAudio only by the part applied in
    software, which is all of it without a hardware volume; on PipeWire entirely or not at all.
    """
    info = sink.device
    gains, muted, note = gains_of(sink), bool(sink.muted), ""
    if not _monitor_hears_volume(snapshot, sink):
        gains, muted, note = {}, False, "this volume does not affect the sink's monitor"
    elif info is not None and not snapshot.on_pipewire:
        muted = muted and not info.hardware_mute
        if info.hardware_volume:
            gains = dict(driven.remainder) if driven.known else dict.fromkeys(gains, None)
            note = "only the software part of this volume affects the monitor"
    return Stage(sink.name, StageGroup.PULSE, StageKind.SINK, Medium.SOFTWARE, gains, muted, note, sink.id)


def _monitor_hears_volume(snapshot: Snapshot, sink: Control) -> bool:
    """Whether a sink's volume and mute affect its monitor. On PipeWire, the monitor gets the sound before
    both, unless the sink's properties say otherwise.
    """
    return not snapshot.on_pipewire or sink.properties.get("monitor.channel-volumes") in ("true", "1")


def _monitor_stage(monitor: Control) -> Stage:
    """A monitor's own volume, which is always applied in software."""
    gains, muted = gains_of(monitor), bool(monitor.muted)
    return Stage(
        monitor.name, StageGroup.PULSE, StageKind.SOURCE, Medium.SOFTWARE, gains, muted, control=monitor.id
    )


# -- past the server --


def _past_the_server(snapshot: Snapshot, system: System, holder: Holder) -> Path:
    who = holder.program or "a program"
    details = [f"process {holder.pid}" if holder.pid else "", holder.user, holder.state.lower()]
    if holder.dmix:
        details.append(f"shares the device through {'dsnoop' if holder.capture else 'dmix'}")
    note = ", ".join(detail for detail in details if detail)
    first = Stage(who, StageGroup.APPLICATION, StageKind.APPLICATION, Medium.SOFTWARE, note=note)
    controls = tuple(holder_controls(snapshot, system, holder))
    end = holder_end(snapshot, system, holder)
    names = ("mono",) if holder.channels == 1 else ("front-left", "front-right")
    if holder.capture:
        return Path((end, *controls, first), names, capture=True)
    return Path((first, *controls, end), names)


# -- single stages --


def _module(name: str, note: str) -> Stage:
    return Stage(name, StageGroup.PULSE, StageKind.MODULE, Medium.SOFTWARE, note=note)


def _application(control: Control) -> Stage:
    stream = control.stream
    assert stream is not None
    name = stream.application or stream.binary or control.name
    notes = [stream.media if stream.media != name else "", "paused (corked)" if stream.corked else ""]
    note = "; ".join(text for text in notes if text)
    return Stage(
        name, StageGroup.APPLICATION, StageKind.APPLICATION, Medium.SOFTWARE, note=note, control=control.id
    )


def _stream_stage(control: Control, sink: Control | None) -> Stage:
    """A stream's own volume. With flat volumes, the one that the server reports includes the sink's share,
    which is subtracted here.
    """
    gains = gains_of(control)
    note = ""
    stream = control.stream
    if stream is not None and (not stream.writable or not gains):
        note = "passed through unchanged; the server does not apply a volume"
        gains = {}
    elif sink is not None and sink.device is not None and sink.device.flat and gains:
        share = gains_of(sink)
        said = Path.loudest(tuple(gains.values()))
        gains = {name: add([gain, _minus(at(share, name))]) for name, gain in gains.items()}
        note = f"flat volumes: the server reports {db(said)}, which includes the sink's share"
    name = "stream volume" if not stream or not stream.virtual else f"volume of {control.name}"
    return Stage(
        name,
        StageGroup.PULSE,
        StageKind.STREAM,
        Medium.SOFTWARE,
        gains,
        bool(control.muted),
        note,
        control.id,
    )


def _minus(gain: int | None) -> int | None:
    """The opposite of a gain; 0 if unknown or silence, as a silent sink has no share to subtract."""
    from_silence = gain is None or gain < -100_000
    return 0 if from_silence else -(gain or 0)


def _device_stages(device: Control, driven: Driven) -> list[Stage]:
    """The stage of a sink's or source's volume and, for a hardware volume, that of its software remainder."""
    info = device.device
    assert info is not None
    gains = hardware_gains(device)
    if info.hardware_volume and not info.decibel:
        gains = dict.fromkeys(gains, None)
    elif driven.astray:
        # If the controls' gain is not what the server expects, the total differs by an unknown amount.
        gains = dict.fromkeys(gains, None)
    medium = Medium.HARDWARE if info.hardware_volume else Medium.SOFTWARE
    kind = StageKind.SOURCE if device.kind.capture else StageKind.SINK
    note = device_note(device, driven, gains, info)
    stages = [Stage(device.name, StageGroup.PULSE, kind, medium, gains, bool(device.muted), note, device.id)]
    rest = remainder_stage(device, driven)
    if rest is not None:
        stages.append(rest)
    return stages


def _names(device: Control) -> tuple[str, ...]:
    return tuple(channel.name for channel in device.channels) or ("mono",)
