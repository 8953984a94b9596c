"""The stages inside a card: the ALSA controls on the path, and at its end the jack or its substitute."""

from tuimixer.diagnosis.card_routing import (
    Connector,
    Route,
    capture_controls,
    description,
    element_name,
    jack_named,
    pcm_of,
    playback_controls,
    route_of,
    through_softvol,
)
from tuimixer.diagnosis.driven import Driven, driven_gain
from tuimixer.diagnosis.stage import Gains, Path, Stage, StageGroup, StageKind, at, db, gains_of
from tuimixer.model.control import Control, Device, DeviceType, Kind, Medium
from tuimixer.model.scale import PULSE_SCALE, to_cdb
from tuimixer.model.snapshot import AlsaCard, Snapshot
from tuimixer.model.system import Holder, System
from tuimixer.model.text import in_words


def device_controls(snapshot: Snapshot, device: Control, driven: Driven) -> list[Stage]:
    """ALSA controls on the path of a sink or source; driven ones are part of the device's volume."""
    info = device.device
    if info is None or device.card is None:
        return []
    inside = [_driven_stage(control, device) for control in driven.controls]
    taken = {control.id for control in driven.controls}
    if device.kind.capture:
        near = [(control, True) for control in capture_controls(snapshot, device.card)]
    else:
        near = playback_controls(snapshot, device.card, route_of(device))
    stages = list(inside)
    for control, certain in near:
        if control.id in taken:
            continue
        if _user(control) and through_softvol(device, element_name(control)) is False:
            continue
        doubtful = not driven.known and control.channels and control in driven.candidates
        stages.append(_own_stage(control, certain and not _softvol_unsure(control, device), bool(doubtful)))
    return stages


def holder_controls(snapshot: Snapshot, system: System, holder: Holder) -> list[Stage]:
    """ALSA controls on the path of a program that bypasses the server."""
    if holder.capture:
        near = [(control, True) for control in capture_controls(snapshot, holder.card)]
    else:
        route = Route(jack_named(_digital(system, holder)), device=holder.device)
        near = playback_controls(snapshot, holder.card, route)
    return [_own_stage(control, certain and not _user(control), False) for control, certain in near]


def _digital(system: System, holder: Holder) -> str:
    """The name of the PCM device that a program has open, if that is an HDMI or S/PDIF output; else empty."""
    names = (
        pcm.name
        for pcm in system.pcm_devices
        if (pcm.card, pcm.device, pcm.capture) == (holder.card, holder.device, holder.capture)
    )
    return next((name for name in names if jack_named(name) is Connector.DIGITAL), "")


def jack_controls(snapshot: Snapshot, card: str) -> list[Stage]:
    """ALSA controls on the path to any jack of a card, including jacks that are not in use."""
    found: dict[str, Control] = {}
    for sink in snapshot.controls.values():
        info = sink.device
        if sink.kind is not Kind.SINK or sink.card != card or info is None:
            continue
        for port in info.ports:
            route = Route(jack_named(f"{port.name} {port.description}"), device=pcm_of(sink))
            near = playback_controls(snapshot, card, route)
            found |= {control.id: control for control, certain in near if certain}
    return [_own_stage(control, not _user(control), False) for control in found.values()]


def _user(control: Control) -> bool:
    return control.element is not None and control.element.user


def _softvol_unsure(control: Control, device: Control) -> bool:
    return _user(control) and through_softvol(device, element_name(control)) is None


def _driven_stage(control: Control, device: Control) -> Stage:
    names = [channel.name for channel in device.channels]
    gains: Gains = {name: driven_gain(control, name) for name in names}
    note = f"driven by the server as part of the volume of {device.name}"
    return Stage(
        element_name(control),
        StageGroup.ALSA,
        StageKind.CONTROL,
        control.medium,
        gains,
        _off(control),
        _partly(control, note),
        control.id,
        inside=device.id,
    )


def _own_stage(control: Control, certain: bool, doubtful: bool) -> Stage:
    """A control that is not part of a device's volume; its gain is unknown if the sound may not go through
    it, unless it changes nothing.
    """
    gains = gains_of(control)
    note = ""
    if _user(control):
        note = "softvol: affects only programs that play through it"
    if doubtful:
        note = "may be driven by the server"
    elif not certain and not _user(control):
        note = "the sound may bypass this control"
    if gains and any(gain is None for gain in gains.values()):
        note = note or "the driver reports no dB values"
    muted = _off(control)
    if (doubtful or not certain) and (muted or any(gain != 0 for gain in gains.values())):
        own = Path.loudest(tuple(gains.values()))
        note = f"{note}; set to {db(own)}" if own is not None else note
        gains = dict.fromkeys(gains, None)
    if muted and not certain:
        # A muted switch that may not be on the path does not prove that the path is silent.
        muted, note = False, f"{note}; muted"
    return Stage(
        element_name(control),
        StageGroup.ALSA,
        StageKind.CONTROL,
        control.medium,
        gains,
        muted,
        _partly(control, note),
        control.id,
        certain=certain,
    )


def _off(control: Control) -> bool:
    return control.capturing is False if control.kind.capture else bool(control.muted)


def _partly(control: Control, note: str) -> str:
    """The note, extended if a switch is off for only some of the channels."""
    states = tuple(not on for on in control.capture or ()) if control.kind.capture else control.mute
    if states and any(states) and not all(states):
        sides = ", ".join(channel.name for channel, off in zip(control.channels, states, strict=False) if off)
        return f"{note}; off for {sides}" if note else f"off for {sides}"
    return note


def card_end(snapshot: Snapshot, system: System, device: Control) -> Stage:
    """Where the sound of a sink ends, or where that of a source comes from."""
    info = device.device
    assert info is not None
    card = snapshot.alsa_card(device.card)
    port = info.active_port
    if card is not None:
        if card.loopback:
            return _loopback_end(system, card, device.kind.capture)
        name = port.description if port else card.name
        note = f"on {card.name}" if port else ""
        if port is not None and port.available is False:
            note = "nothing is plugged in"
        return Stage(name, StageGroup.CARD, StageKind.END, Medium.HARDWARE, note=note)
    if is_null(device):
        return _null_end(snapshot, device)
    if info.type is DeviceType.NETWORK:
        note = "what happens on that machine cannot be determined from here"
        return Stage("another machine", StageGroup.CARD, StageKind.END, Medium.UNKNOWN, note=note)
    medium = Medium.HARDWARE if info.hardware else Medium.UNKNOWN
    return Stage(description(info) or device.name, StageGroup.CARD, StageKind.END, medium)


def holder_end(snapshot: Snapshot, system: System, holder: Holder) -> Stage:
    """The jack end of a card that a program has open directly."""
    card = snapshot.alsa_card(holder.card)
    if card is not None and card.loopback:
        return _loopback_end(system, card, holder.capture)
    return Stage(
        _digital(system, holder) or (card.name if card else holder.card),
        StageGroup.CARD,
        StageKind.END,
        Medium.HARDWARE,
        note=f"device {holder.device}",
    )


def _loopback_end(system: System, card: AlsaCard, capture: bool) -> Stage:
    other = [h for h in system.holders if h.card == card.id and h.capture is not capture]
    readers = in_words(sorted({holder.program or "a program" for holder in other})) if other else ""
    if capture:
        by = f" by {readers}" if readers else ""
        note = f"a loopback card, which records what is played into its other side{by}"
    elif readers:
        note = f"a loopback card without a jack; its other side is being recorded by {readers}"
    else:
        note = "a loopback card without a jack; nothing is recording its other side, so no sound is heard"
    return Stage(card.name, StageGroup.CARD, StageKind.END, Medium.SOFTWARE, note=note)


def is_null(device: Control) -> bool:
    """Whether a sink discards what it receives."""
    return device.device is not None and device.device.type is DeviceType.NULL


def is_dummy(sink: Control) -> bool:
    """Whether a sink is the null sink that a server creates when it has no output."""
    return sink.device is not None and sink.device.server_name == "auto_null"


def _null_end(snapshot: Snapshot, sink: Control) -> Stage:
    found = recorders(snapshot, sink)
    tapes = in_words(dict.fromkeys(tape.name for tape in found)) if found else ""
    if linkable(sink):
        note = "a null sink: heard only if a program picks up its sound, which cannot be determined from here"
        if tapes:
            note = f"a null sink, recorded by {tapes}; whether it is heard cannot be determined from here"
        return Stage(sink.name, StageGroup.PULSE, StageKind.END, Medium.UNKNOWN, note=note)
    note = "a null sink: its sound is not heard" + (f", but is recorded by {tapes}" if tapes else "")
    return Stage("nothing", StageGroup.PULSE, StageKind.END, Medium.SOFTWARE, note=note)


def linkable(sink: Control) -> bool:
    """Whether a null sink's sound may continue through PipeWire links, which PipeWire's PulseAudio server
    does not show.

    Any program can create such links, though hardly for the session manager's dummy output.
    """
    info = sink.device
    return is_null(sink) and info is not None and info.driver == "PipeWire" and not is_dummy(sink)


def recorders(snapshot: Snapshot, sink: Control) -> list[Control]:
    """Programs that record what a sink plays."""
    monitors = {
        source.id
        for source in snapshot.controls.values()
        if source.kind is Kind.SOURCE and source.device and source.device.monitor_of == sink.id
    }
    return [
        tape
        for tape in snapshot.controls.values()
        if tape.kind is Kind.SOURCE_OUTPUT and tape.target_id in monitors and tape.stream is not None
        if not (tape.stream.virtual or tape.stream.peak or tape.stream.corked)
    ]


def remainder_stage(device: Control, driven: Driven) -> Stage | None:
    """The software remainder of a hardware volume; None if there is none or it is unknown."""
    if not driven.known or not driven.remainder:
        return None
    names = in_words(element_name(control) for control in driven.controls)
    note = f"the part of the volume that {names} cannot provide; the server applies it in software"
    return Stage(
        "software remainder",
        StageGroup.PULSE,
        StageKind.REMAINDER,
        Medium.SOFTWARE,
        dict(driven.remainder),
        False,
        note,
        device.id,
        device.id,
    )


def device_note(device: Control, driven: Driven, gains: Gains, info: Device) -> str:
    """A note on what makes up a sink's or source's volume."""
    parts: list[str] = []
    shown = {name: gain for name, gain in gains_of(device).items() if gain != gains.get(name)}
    if info.hardware_volume and shown:
        reported = at(gains_of(device), next(iter(shown)))
        top = -(to_cdb(PULSE_SCALE, info.base) or 0)
        parts.append(f"the server reports {db(reported)}, because its 0 dB is {db(top)} on the hardware")
    if info.hardware_volume:
        parts.append(driven.how)
    if info.flat:
        parts.append("flat volumes: this volume follows the loudest stream")
    return "; ".join(parts)
