"""How a device passes sound on: through combined and remapped devices, and through loopbacks from its
monitor.
"""

from collections.abc import Iterator

from tuimixer.diagnosis.card_stages import is_null, linkable, recorders
from tuimixer.model.control import Control, ControlId, Kind
from tuimixer.model.record import dataclass
from tuimixer.model.snapshot import Snapshot

DEEPEST = 8
"""Number of consecutive devices above which a path is assumed to be a loop."""


@dataclass(frozen=True, slots=True)
class Onward:
    """One way in which a path continues from a sink through a module."""

    how: str
    """Kind of module: loopback, combine, remap and the like."""
    stream: Control
    """The stream that passes the sound on."""
    monitor: Control | None = None
    """For a loopback: the sink's monitor, which the loopback records."""
    output: Control | None = None
    """For a loopback: the stream that records the monitor."""


def feeds(snapshot: Snapshot, sink: Control) -> list[Onward]:
    """How a sink's sound continues: through its module's own streams, or loopbacks from its monitor."""
    info = sink.device
    if info is None:
        return []
    streams = [
        c for c in snapshot.controls.values() if c.kind is Kind.SINK_INPUT and c.stream and c.stream.virtual
    ]
    found: list[Onward] = []
    if not info.hardware:
        own = (stream for stream in streams if stream.target_id != sink.id and _same_module(sink, stream))
        found = [Onward(_module_word(sink), stream) for stream in own]
    for monitor, output in _recorded(snapshot, sink) if info.monitor is not None else ():
        for stream in streams:
            if _same_module(output, stream) and stream not in [link.stream for link in found]:
                found.append(Onward("loopback", stream, monitor, output))
    return found


def _recorded(snapshot: Snapshot, sink: Control) -> Iterator[tuple[Control, Control]]:
    """A sink's monitor with each stream of the server's own that records it."""
    for monitor in snapshot.controls.values():
        if monitor.kind is Kind.SOURCE and _monitors(monitor, sink):
            for output in snapshot.controls.values():
                stream = output.stream
                recording = output.kind is Kind.SOURCE_OUTPUT and output.target_id == monitor.id
                if recording and stream is not None and stream.virtual and not stream.corked:
                    yield monitor, output


def leads_nowhere(snapshot: Snapshot, sink: Control, seen: frozenset[ControlId] = frozenset()) -> bool:
    """Whether what plays on a sink ends only in null sinks from which no program records it.

    A program that creates its own null sink, as Easy Effects does, gets the sound through PipeWire's links.
    """
    if sink.id in seen or len(seen) >= DEEPEST:
        return True
    onward = [snapshot.controls.get(link.stream.target_id or "") for link in feeds(snapshot, sink)]
    if onward:
        real = sink.device is not None and sink.device.hardware
        return not real and all(
            further is not None and leads_nowhere(snapshot, further, seen | {sink.id}) for further in onward
        )
    programs_own = linkable(sink) and "pulse.module.id" not in sink.properties
    return is_null(sink) and not programs_own and not recorders(snapshot, sink)


def _monitors(source: Control, sink: Control) -> bool:
    return source.device is not None and source.device.monitor_of == sink.id


def _same_module(one: Control, other: Control) -> bool:
    """Whether the same module created both. On PulseAudio, its index tells; on PipeWire, its link group or
    id.
    """
    if _owner(one) is not None and _owner(one) == _owner(other):
        return True
    for key in ("node.link-group", "pulse.module.id", "combine.id"):
        if one.properties.get(key) and one.properties.get(key) == other.properties.get(key):
            return True
    return False


def _owner(control: Control) -> int | None:
    part = control.device or control.stream
    return part.owner_module if part else None


def _module_word(sink: Control) -> str:
    driver = sink.device.driver if sink.device else ""
    told = (sink.properties.get(key, "") for key in ("node.name", "node.link-group", "device.class"))
    name = " ".join((driver, *told))
    return next(
        (word for word in ("combine", "remap", "equalizer", "echo-cancel", "ladspa") if word in name),
        "filter",
    )


def upstream(snapshot: Snapshot, source: Control) -> Control | None:
    """The recording stream from which a module feeds this source; None if there is none."""
    info = source.device
    if info is None or info.hardware:
        return None
    for output in snapshot.controls.values():
        made = output.kind is Kind.SOURCE_OUTPUT and output.stream is not None and output.stream.virtual
        if made and output.target_id != source.id and _same_module(output, source):
            return output
    return None
