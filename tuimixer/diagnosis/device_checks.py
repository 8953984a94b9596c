"""Findings about the server's devices: defaults, ports, profiles, suspension, streams on other devices."""

from collections.abc import Iterator, Sequence

from tuimixer.diagnosis.card_routing import Connector, element_name, jack_of
from tuimixer.diagnosis.card_stages import is_dummy, linkable
from tuimixer.diagnosis.driven import rule_for
from tuimixer.diagnosis.finding import Finding
from tuimixer.diagnosis.onward import feeds, leads_nowhere
from tuimixer.diagnosis.path import is_application
from tuimixer.model.command import MoveStream, SetDefault, SetPort, SetProfile, SetSuspended
from tuimixer.model.control import Control, Kind, Port
from tuimixer.model.intent import Capture, Choose, Intent, Mute
from tuimixer.model.snapshot import Profile, ServerCard, Snapshot
from tuimixer.model.system import System
from tuimixer.model.text import in_words

_CAPTURE_CHOICES = ("Input Source", "Capture Source", "PCM Capture Source", "Mic Select")


def of_kind(snapshot: Snapshot, kind: Kind) -> list[Control]:
    """All controls of a kind."""
    return [control for control in snapshot.controls.values() if control.kind is kind]


def plays(stream: Control) -> bool:
    """Whether a stream belongs to an application and is not paused."""
    return is_application(stream) and stream.stream is not None and not stream.stream.corked


def check_default(snapshot: Snapshot) -> Iterator[Finding]:
    """No default output, an inaudible one, or one with nothing plugged in, although another could be used."""
    if snapshot.server is None:
        return
    sinks = of_kind(snapshot, Kind.SINK)
    current = snapshot.controls.get(snapshot.server.default_sink or "")
    better = [sink for sink in sinks if sink is not current and audible(snapshot, sink)]
    dummy = current is not None and is_dummy(current)
    if not sinks or (dummy and not better):
        yield _no_output(snapshot, current)
    elif current is None:
        best = (better or sinks)[0]
        yield _make_default(snapshot, "The server's default output does not exist.", None, best)
    elif better and (reason := _unheard(snapshot, current)):
        yield _make_default(snapshot, reason, current, better[0])


def check_combined(snapshot: Snapshot, device: Control) -> Iterator[Finding]:
    """A combined sink whose parts are all gone."""
    info = device.device
    # On PipeWire, the driver of every device is PipeWire; the link group of its nodes identifies the module.
    made_by = (info.driver, device.properties.get("node.link-group", "")) if info else ()
    if any("combine" in word for word in made_by) and not feeds(snapshot, device):
        yield Finding(
            "combined_of_nothing",
            device.name,
            f"{device.name} cannot be heard, because all the outputs that it combines are gone.",
            "Move its streams to another output, or set up the combined output again.",
            (),
            device.id,
        )


_CALLS = ("phone", "communication")
"""Roles of streams that need a microphone, on PulseAudio and on PipeWire."""


def check_inputs(snapshot: Snapshot, chosen: Sequence[Control]) -> Iterator[Finding]:
    """A monitor in place of a microphone: as the default input, or recorded by a program for calls.

    Other programs may have a reason to record what is being played.
    """
    if snapshot.server is None:
        return
    microphones = [source for source in of_kind(snapshot, Kind.SOURCE) if not source.is_monitor]
    default = snapshot.controls.get(snapshot.server.default_source or "")
    best = default if default in microphones else next(iter(microphones), None)
    if default is not None and default.is_monitor and best is not None:
        yield Finding(
            "monitor_default",
            default.name,
            f"The default input, {default.name}, records what is being played instead of a microphone.",
            f"Make {best.name} the default input.",
            (SetDefault(best.id),),
            default.id,
        )
    for stream in [c for c in chosen if c.kind is Kind.SOURCE_OUTPUT] or of_kind(
        snapshot, Kind.SOURCE_OUTPUT
    ):
        source = snapshot.controls.get(stream.target_id or "")
        calls = stream.stream is not None and stream.stream.role.casefold() in _CALLS
        if calls and best is not None and source is not None and source.is_monitor:
            yield Finding(
                "monitor_recorded",
                stream.name,
                f"{stream.name} is recording what is being played ({source.name}) instead of a microphone.",
                f"Record from {best.name}.",
                (MoveStream(stream.id, best.id),),
                stream.id,
            )


def _no_output(snapshot: Snapshot, dummy: Control | None) -> Finding:
    """The finding that the server has no output or only a dummy, because it has no card or does not use the
    one that is present.
    """
    if dummy is not None:
        lack = f"The server's only output is {dummy.name}, which leads nowhere."
    else:
        lack = "The server has no output."
    real = [card.name for card in snapshot.alsa_cards if not card.loopback]
    if snapshot.server_cards:
        reason = f"{lack} None of the profiles in use has an output."
        advice = "Check the cards' profiles (F7 in tuimixer)."
    elif real:
        reason = f"{lack} No card is in use, although the machine has {in_words(real)}."
        advice = (
            "systemctl --user restart wireplumber"
            if snapshot.on_pipewire
            else "pulseaudio -k; pulseaudio --start"
        )
    else:
        reason = f"{lack} There is no sound card."
        advice = "lspci -nnk | grep -A3 -i audio"
    return Finding("no_sink", dummy.name if dummy is not None else "outputs", reason, advice)


def _unheard(snapshot: Snapshot, sink: Control) -> str:
    """Why a sink cannot be heard; empty if nothing rules it out."""
    info = sink.device
    card = snapshot.alsa_card(sink.card)
    port = info.active_port if info else None
    if leads_nowhere(snapshot, sink):
        return f"The default output {sink.name} {_nowhere(snapshot, sink)}."
    if card is not None and card.loopback:
        return f"The default output {sink.name} is a loopback card without a jack."
    if port is not None and port.available is False:
        return f"Nothing is plugged into the default output {sink.name}."
    return ""


def _nowhere(snapshot: Snapshot, sink: Control) -> str:
    """What a sink does that leads nowhere, as part of a message; on PipeWire, links may lead further."""
    null_sinks = (
        sink,
        *(snapshot.controls.get(link.stream.target_id or "") for link in feeds(snapshot, sink)),
    )
    unseen = any(null_sink is not None and linkable(null_sink) for null_sink in null_sinks)
    return "leads nowhere, as far as can be determined from here" if unseen else "leads nowhere"


def _make_default(snapshot: Snapshot, reason: str, bad: Control | None, best: Control) -> Finding:
    """The finding whose fix makes `best` the default. It also moves the streams on the bad default, as a
    server does not move streams that were placed by hand.
    """
    streams = of_kind(snapshot, Kind.SINK_INPUT)
    along = [s for s in streams if bad is not None and s.target_id == bad.id and plays(s)]
    advice = f"Make {best.name} the default output."
    if along:
        names = in_words(dict.fromkeys(stream.name for stream in along))
        advice = f"Make {best.name} the default output, and move {names} to it."
    moves = [MoveStream(stream.id, best.id) for stream in along]
    stage = bad.name if bad is not None else "default output"
    return Finding("wrong_default", stage, reason, advice, (SetDefault(best.id), *moves), best.id)


def audible(snapshot: Snapshot, sink: Control) -> bool:
    """Whether a sink is a real device that is not known to be unplugged."""
    info = sink.device
    if info is None or not info.hardware:
        return False
    card = snapshot.alsa_card(sink.card)
    if card is not None and card.loopback:
        return False
    port = info.active_port
    return port is None or port.available is not False


def check_ports(device: Control) -> Iterator[Finding]:
    """Nothing is plugged into the active connector of a device in use."""
    info = device.device
    port = info.active_port if info else None
    if info is None or port is None or port.available is not False:
        return
    others = sorted((p for p in info.ports if p is not port and p.available is not False), key=_preference)
    reason = f"Nothing is plugged into the {port.description} port of {device.name}."
    if others:
        advice, fix = f"Use {others[0].description} instead.", (SetPort(device.id, others[0].name),)
        yield Finding("unplugged", port.description, reason, advice, fix, device.id)
    else:
        yield Finding("unplugged", port.description, reason, "Plug something in.", (), device.id)


def _preference(port: Port) -> tuple[bool, int]:
    return (port.available is not True, -port.priority)


def check_suspended(snapshot: Snapshot, device: Control) -> Iterator[Finding]:
    """A device that is suspended although something plays on it, because the server could not open it."""
    info = device.device
    kind = Kind.SOURCE_OUTPUT if device.kind.capture else Kind.SINK_INPUT
    used = any(stream.target_id == device.id and plays(stream) for stream in of_kind(snapshot, kind))
    if info is not None and info.state == "suspended" and used:
        reason = f"{device.name} is suspended (on request or after an error), although a program is using it."
        yield Finding(
            "suspended",
            device.name,
            reason,
            f"Resume {device.name}.",
            (SetSuspended(device.id, False),),
            device.id,
        )


def check_profiles(snapshot: Snapshot) -> Iterator[Finding]:
    """Cards that are switched off although they could play, and cards without profiles."""
    for card in snapshot.server_cards:
        if snapshot.on_pipewire and not card.profiles:
            # It caches an incomplete list if a client disconnects while the card is being read.
            yield Finding(
                "no_profiles",
                card.description,
                f"PipeWire has lost the profiles of the card {card.description}, and with them its outputs "
                "and inputs.",
                "systemctl --user restart wireplumber",
                control=card.id,
            )
        usable = [p for p in card.profiles if p.sinks and p.available is not False and p.name != "off"]
        if card.profile == "off" and usable and _connected(card):
            best = max(usable, key=_profile_rank)
            yield Finding(
                "profile_off",
                card.description,
                f"The card {card.description} is switched off (its profile is Off).",
                f"Use the profile {best.description}.",
                (SetProfile(card.id, best.name),),
                card.id,
            )


def _profile_rank(profile: Profile) -> tuple[bool, int]:
    return (profile.available is True, profile.priority)


def _connected(card: ServerCard) -> bool:
    outputs = [port for port in card.ports if port.direction != "input"]
    return not outputs or any(port.available is not False for port in outputs)


def check_streams(snapshot: Snapshot, chosen: Sequence[Control]) -> Iterator[Finding]:
    """Streams on a device other than the default, and paused ones if nothing else is playing.

    chosen: consider only the streams among these controls, or all streams if there are none.
    """
    streams = [s for s in of_kind(snapshot, Kind.SINK_INPUT) if is_application(s)]
    looked_at = [control for control in chosen if control.stream is not None] or streams
    default = snapshot.controls.get((snapshot.server and snapshot.server.default_sink) or "")
    for stream in looked_at:
        sink = snapshot.controls.get(stream.target_id or "")
        if default is None or sink is None or stream.kind is not Kind.SINK_INPUT or not plays(stream):
            continue
        lost = leads_nowhere(snapshot, sink)
        if leads_nowhere(snapshot, default) and not lost:
            continue  # the default itself is at fault
        if sink is not default and not _reaches(snapshot, sink, default):
            reason = f"{stream.name} is playing on {sink.name}, not on the default output {default.name}."
            if lost and audible(snapshot, default):
                reason = f"{stream.name} is playing on {sink.name}, which {_nowhere(snapshot, sink)}."
            yield Finding(
                "stream_elsewhere",
                stream.name,
                reason,
                f"Move {stream.name} to {default.name}.",
                (MoveStream(stream.id, default.id),),
                stream.id,
            )
    paused = [stream for stream in looked_at if stream.stream is not None and stream.stream.corked]
    if looked_at and len(paused) == len(looked_at):
        for stream in paused:
            reason = f"{stream.name} is paused (corked by the program itself)."
            yield Finding("corked", stream.name, reason, f"Press Play in {stream.name}.", (), stream.id)


def _reaches(snapshot: Snapshot, sink: Control, target: Control) -> bool:
    return any(link.stream.target_id == target.id for link in feeds(snapshot, sink))


def check_auto_mute(snapshot: Snapshot, sink: Control) -> Iterator[Finding]:
    """The server plays to the speakers, which the card mutes because headphones are plugged in."""
    info = sink.device
    card = snapshot.alsa_card(sink.card)
    if info is None or card is None or jack_of(info) is not Connector.SPEAKERS:
        return
    plugged = next((jack for jack in card.jacks if jack.plugged and "Headphone" in jack.name), None)
    for control in of_kind(snapshot, Kind.ALSA_PLAYBACK):
        if control.card != card.id or control.choice is None or element_name(control) != "Auto-Mute Mode":
            continue
        items = control.choice.items
        if plugged is None or items[control.choice.value] == "Disabled":
            continue
        port = next((p for p in info.ports if "headphone" in p.name and p.available is not False), None)
        reason = "The sound goes to the speakers, which Auto-Mute silences while headphones are plugged in."
        if port is not None:
            advice, fix = f"Use {port.description} instead.", (SetPort(sink.id, port.name),)
            yield Finding("auto_mute", "Auto-Mute Mode", reason, advice, fix, control.id)
        elif "Disabled" in items:
            off = (Choose(control.id, items.index("Disabled")),)
            yield Finding("auto_mute", "Auto-Mute Mode", reason, "Disable Auto-Mute.", off, control.id)


def check_capture_source(snapshot: Snapshot, system: System, source: Control) -> Iterator[Finding]:
    """The card records from a connector other than the server's active port."""
    info = source.device
    if info is None or info.port is None or source.card is None:
        return
    on_card = [c for c in snapshot.controls.values() if c.card == source.card and c.element is not None]
    wanted_words = [word for word in ("mic", "line", "aux", "video", "cd") if word in info.port]
    port = info.active_port
    name = port.description if port else info.port
    for control in on_card:
        choice = control.choice
        if choice is None or element_name(control) not in _CAPTURE_CHOICES or not wanted_words:
            continue
        fitting = [i for i, item in enumerate(choice.items) if any(w in item.lower() for w in wanted_words)]
        if fitting and choice.value not in fitting:
            reason = f"The card is recording from {choice.items[choice.value]}, not from {name}."
            advice, fix = f"Record from {choice.items[fitting[0]]}.", (Choose(control.id, fitting[0]),)
            yield Finding("wrong_capture_source", element_name(control), reason, advice, fix, control.id)
    yield from _exclusive(snapshot, system, source, on_card, name)


def _exclusive(
    snapshot: Snapshot, system: System, source: Control, on_card: list[Control], port: str
) -> Iterator[Finding]:
    """In an exclusive capture group, a member other than that of the active port is recording.

    PulseAudio takes this for a mute of the source, which is not cleared when the right member is selected.
    """
    info = source.device
    rule = rule_for(system, snapshot.server.name, info) if snapshot.server and info else None
    if rule is None:
        return
    named = {(e.name, e.index) for e in rule.elements if e.switch in ("mute", "on")}
    group = [c for c in on_card if c.element and c.element.exclusive is not None and c.capture is not None]
    wanted = [c for c in group if c.element and (c.element.name, c.element.index) in named]
    chosen = [c for c in group if c.capturing]
    if wanted and not any(c.capturing for c in wanted) and chosen:
        names = in_words(element_name(c) for c in chosen)
        fix: list[Intent] = [Capture(wanted[0].id, True)]
        if source.muted:
            fix.append(Mute(source.id, False))
        yield Finding(
            "wrong_capture_source",
            element_name(chosen[0]),
            f"The card is recording from {names}, not from {port}.",
            f"Record from {element_name(wanted[0])}.",
            tuple(fix),
            wanted[0].id,
        )
