"""Findings about the machine: servers, permissions, cards, and programs that hold devices open."""

from collections.abc import Iterator

from tuimixer.diagnosis.card_routing import pcm_of
from tuimixer.diagnosis.finding import Finding
from tuimixer.model.control import Control, Kind
from tuimixer.model.snapshot import Phase, Server, Snapshot
from tuimixer.model.system import (
    NO_PIPEWIRE_PULSE,
    NO_RESPONSE,
    START_PIPEWIRE_PULSE,
    FoundServer,
    Holder,
    System,
    reason_for,
)
from tuimixer.model.text import clean, in_words

_SERVERS = ("pulseaudio", "pipewire", "pipewire-pulse", "wireplumber")
_NAMED = {
    "asked for": "Remove --server from the command line, or server from the configuration",
    "PULSE_SERVER": "unset PULSE_SERVER",
    "client.conf": "Remove default-server from client.conf",
}
"""`FoundServer.why` → how to undo the setting that selected the server."""
_ADDRESS_LIMIT = 120


def check_server(snapshot: Snapshot, system: System) -> Iterator[Finding]:
    """No server, another machine's server, or two servers at once."""
    fault = None if snapshot.server else _fault(snapshot)
    silent = fault is not None
    named = next((found for found in system.servers if found.why in _NAMED), None)
    hung = next((found for found in system.servers if found.alive and NO_RESPONSE in (fault or "")), None)
    elsewhere = _other_machine(snapshot, system)
    if elsewhere is not None:
        yield elsewhere
    elif silent and system.pipewire:
        reason = f"{NO_PIPEWIRE_PULSE}. Most programs play through pipewire-pulse."
        yield Finding("no_server", "sound server", reason, START_PIPEWIRE_PULSE)
    elif silent and named is not None:
        yield _named_in_vain(system, named)
    elif hung is not None:
        yield _hung(system, hung)
    elif silent and system.expects_server:
        reason = (
            f"No sound server is responding, although programs expect one because {system.expects_server}."
        )
        yield Finding("no_server", "sound server", reason, start_command(system))
    mine = [daemon for daemon in system.daemons if daemon.user == system.user]
    if len({daemon.name for daemon in mine}) > 1:
        names = in_words(f"{daemon.name} ({daemon.pid})" for daemon in mine)
        reason = f"Two sound servers are running for {system.user}: {names}. A program may be using either."
        taken = "PipeWire" if snapshot.server is None else snapshot.server.name
        other = "pulseaudio" if taken == "PipeWire" else "pipewire-pulse"
        advice = f"systemctl --user disable --now {other}.service {other}.socket"
        yield Finding("two_servers", "sound server", reason, advice)


def _named_in_vain(system: System, named: FoundServer) -> Finding:
    """A selected server does not respond, in which case programs neither look for another nor start one."""
    address = clean(named.address, _ADDRESS_LIMIT)
    reason = f"No sound server is responding at {address}, which is {reason_for(named.why)}."
    live = next((found.address for found in system.servers if found.alive and found is not named), "")
    if named.why == "PULSE_SERVER":
        then = f" (a server is running at {live})" if live else f"; {start_command(system)}"
    else:
        then = f" (a server is running at {live})." if live else ", or start a server at that address."
    return Finding("no_server", "sound server", reason, _NAMED[named.why] + then)


def _hung(system: System, server: FoundServer) -> Finding:
    """The server that would be used accepts connections but does not respond, so it has to be killed."""
    address = clean(server.address, _ADDRESS_LIMIT)
    reason = f"The sound server at {address}, which is {reason_for(server.why)}, is not responding."
    pids = [str(daemon.pid) for daemon in system.daemons if daemon.user == server.user == system.user]
    advice = f"kill -KILL {pids[0]}; {start_command(system)}" if len(pids) == 1 else "Restart this server."
    return Finding("no_server", "sound server", reason, advice)


def start_command(system: System) -> str:
    """The command that starts the installed sound server."""
    servers = {path.server for path in system.mixer_paths}
    if servers == {"PipeWire"}:
        return "systemctl --user start pipewire-pulse.socket wireplumber.service"
    return "pulseaudio --start"


def _fault(snapshot: Snapshot) -> str | None:
    """Why there is no sound server; None while one is being connected to."""
    failed = (s for s in snapshot.statuses if s.source == "pulse" and s.phase is Phase.UNAVAILABLE)
    return next((status.reason for status in failed), None)


def _other_machine(snapshot: Snapshot, system: System) -> Finding | None:
    """Programs use another machine's sound server, to which a DISPLAY forwarded by ssh leads them."""
    if not system.display:
        return None
    server = snapshot.server
    away = server is not None and server.host and system.host and server.host != system.host
    named = any(found.why == "X11" for found in system.servers)
    if not away and not named:
        return None
    where = (
        f"the server on {server.host}" if server is not None and away else "another machine's sound server"
    )
    reason = (
        f"DISPLAY is {system.display}. This makes programs play through {where}, so the sound comes out of "
        "that machine, not this one."
    )
    local = next((found.address for found in system.servers if found.alive and found.why != "X11"), "")
    advice = f"export PULSE_SERVER={local}" if local else "unset DISPLAY"
    return Finding("other_machine", "sound server", reason, advice)


def check_cards(snapshot: Snapshot, system: System) -> Iterator[Finding]:
    """No card, or none that can be opened."""
    real = any(
        sink.device is not None and sink.device.hardware
        for sink in snapshot.controls.values()
        if sink.kind is Kind.SINK
    )
    if system.sound_folder and not system.permitted and not real:
        grouped = "" if "audio" in system.groups else " and is not in the audio group"
        reason = f"{system.user} has no permission to open the devices in /dev/snd{grouped}."
        advice = f"sudo usermod -aG audio {system.user}, then log in again"
        yield Finding("no_permission", "/dev/snd", reason, advice)
    for card in snapshot.alsa_cards:
        if card.reason and system.permitted:
            reason = f"The card {card.name} could not be opened: {card.reason.rstrip('.')}."
            yield Finding(
                "card_closed", card.name, reason, "Unplug it and plug it in again, or restart the machine."
            )
    served = any(sink.kind is Kind.SINK for sink in snapshot.controls.values())
    cards = any(card.number is not None for card in snapshot.alsa_cards)  # `default` alone is a plugin
    if not system.sound_folder and not cards and not served:
        reason = "The kernel has not detected a sound card, and no sound server has an output."
        yield Finding("no_card", "sound card", reason, "lspci -nnk | grep -A3 -i audio")


def check_holders(snapshot: Snapshot, system: System) -> Iterator[Finding]:
    """A program that has a card's device open, so that the server cannot open it."""
    if snapshot.server is None:
        return
    for holder in system.holders:
        if _the_servers(holder, snapshot.server, system) or _free(holder, system):
            continue
        kind = Kind.SOURCE if holder.capture else Kind.SINK
        devices = [c for c in snapshot.controls.values() if c.kind is kind and _on(c, holder)]
        waiting = [c for c in devices if c.device and c.device.state != "running"]
        served = any(card.alsa_card == holder.card for card in snapshot.server_cards)
        if waiting or (served and not devices):
            who = holder.program or "Another user's program"
            details = ", ".join(
                part for part in (f"process {holder.pid}" if holder.pid else "", holder.user) if part
            )
            stage = waiting[0].name if waiting else holder.card
            named = f"{who} ({details})" if details else who
            reason = f"{named} has opened {stage} directly, so the server cannot open it."
            advice = f"kill {holder.pid}" if holder.pid else "Quit the program that bypasses the server."
            yield Finding("held", stage, reason, advice, (), waiting[0].id if waiting else None)


def _the_servers(holder: Holder, server: Server, system: System) -> bool:
    """Whether the program that has a device open is the server in use; another user's server is not."""
    return holder.program in _SERVERS and holder.user == (server.user or system.user)


def _free(holder: Holder, system: System) -> bool:
    """Whether the device has a free substream for other programs."""
    return any(
        device.available > 0
        for device in system.pcm_devices
        if (device.card, device.device, device.capture) == (holder.card, holder.device, holder.capture)
    )


def _on(device: Control, holder: Holder) -> bool:
    return device.card == holder.card and pcm_of(device) == holder.device
