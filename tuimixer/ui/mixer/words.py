"""Texts of the main screen: what the selected control is and does, and why a group is empty. Pure."""

from collections.abc import Mapping

from tuimixer.mixer.views import Section, View
from tuimixer.model.control import Control, ControlId, Kind, Medium
from tuimixer.model.fader import get_balance
from tuimixer.model.scale import to_percent
from tuimixer.model.snapshot import Phase, Snapshot, Status
from tuimixer.model.text import in_words
from tuimixer.ui.mixer.strip_state import why_gone

TITLES = {
    (Section.DEVICES, View.PLAYBACK): "Outputs",
    (Section.DEVICES, View.CAPTURE): "Inputs",
    (Section.DEVICES, View.ALL): "Devices",
    (Section.APPLICATIONS, View.PLAYBACK): "Applications",
    (Section.APPLICATIONS, View.CAPTURE): "Recording",
    (Section.APPLICATIONS, View.ALL): "Applications",
}

_AUTO_MUTE = "Auto-Mute Mode"
"""Element of the HDA driver; its items are Disabled and Enabled, or name what is muted."""


def title_of(section: Section, view: View, snapshot: Snapshot, card: str | None) -> str:
    """The heading of a group."""
    if section is not Section.HARDWARE:
        return TITLES[section, view]
    cards = [known for known in snapshot.alsa_cards if card in (None, known.id)]
    shown = {control.card for control in snapshot.controls.values() if control.element is not None}
    cards = [known for known in cards if known.id in shown] or cards
    return cards[0].name if cards else "Hardware"


def sentence_for_empty(
    section: Section, view: View, snapshot: Snapshot, filtered: bool, card: str | None = None
) -> str:
    """The text of a group that has no rows."""
    source = "alsa" if section is Section.HARDWARE else "pulse"
    status = status_of(snapshot, source)
    if status is not None and status.phase is not Phase.READY:
        # The message in the devices group is for the applications too; a missing server is reported only
        # once, on the info line.
        missing = status.source == "pulse" and status.phase is Phase.UNAVAILABLE
        return "" if section is Section.APPLICATIONS or missing else trouble(status)
    if filtered:
        return "Nothing matches the filter."
    if section is Section.HARDWARE:
        if card is not None and all(known.id != card for known in snapshot.alsa_cards):
            return f"Card {card} is not present. Press F6 to choose another card."
        broken = [known.reason for known in snapshot.alsa_cards if known.reason and card in (None, known.id)]
        if broken:
            return broken[0]
        loopback = [
            known.name for known in snapshot.alsa_cards if known.loopback and card in (None, known.id)
        ]
        if loopback:
            return f"{loopback[0]} is a loopback card, which has no hardware and no controls."
        if snapshot.alsa_cards:
            return "The card has no controls of this kind."
        return "No sound card has been found yet." if status is not None else ""
    if status is None:
        return ""
    if section is Section.DEVICES:
        return "No input." if view is View.CAPTURE else "No output."
    return "Nothing is recording." if view is View.CAPTURE else "Nothing is playing."


def missing_server(snapshot: Snapshot) -> str:
    """One line that says that there is no sound server and how to start one; empty if there may be one."""
    status = snapshot.status("pulse")
    if status is None or status.phase is not Phase.UNAVAILABLE:
        return ""
    if status.reason.startswith("No sound server is running"):
        return "No sound server. To start one: systemctl --user start pipewire-pulse"
    return trouble(status)


def status_of(snapshot: Snapshot, source: str) -> Status | None:
    """The status of `source` (`alsa` or `pulse`), or of the engine if that is not ready."""
    engine = snapshot.status("engine")
    if engine is not None and engine.phase is not Phase.READY:
        return engine
    return snapshot.status(source)


def trouble(status: Status) -> str:
    """Why something is not ready and what to do about it, in one line."""
    connecting = status.phase is Phase.CONNECTING
    default = f"Connecting to {status.label}…" if connecting else f"{status.label} is not available."
    return " ".join(filter(None, (status.reason or default, status.hint)))


def about(control: Control, snapshot: Snapshot, driven: Mapping[ControlId, ControlId]) -> str:
    """Where a control's sound goes or comes from and what it is, in a few words, the most important first."""
    element, device, stream = control.element, control.device, control.stream
    words = [why_gone(control)]
    if element is not None:
        target = snapshot.controls.get(driven.get(control.id, ""))
        kind = "softvol" if element.user else "plugin" if control.medium is Medium.UNKNOWN else ""
        words += [f"moves with {target.name}" if target else "", kind]
    elif device is not None:
        port = device.active_port.description if device.active_port else ""
        card = known.name if (known := snapshot.alsa_card(control.card)) else ""
        state = device.state if device.state == "suspended" else ""
        words += [state, port if port not in ("", control.name) else card]
    elif stream is not None and control.kind is not Kind.STORED:
        target = snapshot.controls.get(control.target_id or "")
        media = stream.media if stream.media not in (control.name, *words) else ""
        arrow = "←" if control.kind is Kind.SOURCE_OUTPUT else "→"
        words = [f"{arrow} {target.name}" if target else "", *words, media]
    return " · ".join(word for word in words if word)


def sentence(control: Control, snapshot: Snapshot, driven: Mapping[ControlId, ControlId]) -> str:
    """What a control is and does."""
    parts = [_what(control, snapshot, driven), _auto_mute(control, snapshot)]
    if control.element is not None and control.element.jack:
        parts.append(f"jack {control.element.jack}")
    if control.element is not None and not control.element.active:
        parts.append("inactive: the driver reports that this control currently has no effect")
    if control.element is not None and control.element.read_only:
        parts.append(
            "read-only" if _all_read_only(control) else f"its {control.element.read_only[0]} is read-only"
        )
    if control.stream is not None and control.stream.corked:
        parts.append("paused")
    return "; ".join(part for part in parts if part)


def _all_read_only(control: Control) -> bool:
    """Whether no part of an ALSA control can be set."""
    has_switch = control.mute is not None or control.capture is not None
    parts = [bool(control.channels), has_switch, control.choice is not None]
    return control.element is not None and len(control.element.read_only) == sum(parts)


def _what(control: Control, snapshot: Snapshot, driven: Mapping[ControlId, ControlId]) -> str:
    match control.kind:
        case Kind.ALSA_PLAYBACK | Kind.ALSA_CAPTURE:
            return _alsa(control, snapshot, driven)
        case Kind.SINK | Kind.SOURCE:
            return _device(control, snapshot, driven)
        case Kind.STORED:
            return "volume stored by the server; not in use at the moment"
    return _stream(control, snapshot)


def _alsa(control: Control, snapshot: Snapshot, driven: Mapping[ControlId, ControlId]) -> str:
    if control.medium is Medium.SOFTWARE or (control.element is not None and control.element.user):
        return "softvol: applied by ALSA in software; affects only programs that play through this control"
    if control.medium is Medium.UNKNOWN:
        return "ALSA plugin: no hardware of its own; changes whatever the plugin controls"
    device = snapshot.controls.get(driven.get(control.id, ""))
    server = snapshot.server.name if snapshot.server else "the sound server"
    if device is not None:
        return f"hardware, driven by {server}: moves with {device.name}"
    if control.choice is not None:
        return "hardware option"
    if control.scale is None or not control.channels:
        return "hardware switch"
    return "hardware"


def _auto_mute(control: Control, snapshot: Snapshot) -> str:
    """What the HDA driver's Auto-Mute Mode does, if this is its control; for others, when it mutes them."""
    element = control.element
    if element is None or control.kind is not Kind.ALSA_PLAYBACK:
        return ""
    if element.name == _AUTO_MUTE:
        return "mutes the speakers while headphones are plugged in"
    speaker = "Speaker" in element.name
    if not speaker and not element.name.startswith("Line Out"):
        return ""
    modes = (
        other.choice.items[other.choice.value]
        for other in snapshot.controls.values()
        if other.card == control.card and other.choice and other.element and other.element.name == _AUTO_MUTE
    )
    mode = next(modes, "Disabled")
    if mode == "Disabled" or (not speaker and "Line Out" not in mode):
        return ""
    card = snapshot.alsa_card(control.card)
    if card is not None and any(jack.plugged and "Headphone" in jack.name for jack in card.jacks):
        return "silent because headphones are plugged in (Auto-Mute)"
    return "silent while headphones are plugged in (Auto-Mute)"


def _device(control: Control, snapshot: Snapshot, driven: Mapping[ControlId, ControlId]) -> str:
    device = control.device
    if device is None:
        return ""
    parts = []
    names = [
        snapshot.controls[alsa].name
        for alsa, target in driven.items()
        if target == control.id and alsa in snapshot.controls
    ]
    if control.is_monitor:
        parts.append("monitor: records what the output plays")
    elif device.hardware_volume:
        parts.append(f"hardware volume: moves {in_words(names)}" if names else "hardware volume")
    else:
        parts.append("software volume")
    port = device.active_port
    if port is not None and port.description not in ("", control.name):
        parts.append(f"port {port.description}")
    if device.flat:
        parts.append("follows its loudest stream")
    if device.state == "suspended":
        parts.append("suspended")
    return "; ".join(parts)


def _stream(control: Control, snapshot: Snapshot) -> str:
    stream = control.stream
    device = snapshot.controls.get(control.target_id or "")
    media = f"“{stream.media}” " if stream is not None and stream.media else ""
    if stream is not None and not stream.writable:
        return f"{media}passed through unchanged; its volume cannot be changed"
    if control.kind is Kind.SOURCE_OUTPUT:
        where = f"from {device.name}" if device else "not connected to an input"
    else:
        where = f"on {device.name}" if device else "not connected to an output"
    return f"{media}{where}; software volume"


def sides(control: Control, short: bool) -> str:
    """How the channels differ, such as `left 82 %, right 70 %`; empty if they are equal.

    Args: `short`: whether to leave out the words, as in `82<>70 %`.
    """
    if control.scale is None or len(control.channels) < 2 or len(set(control.raws)) == 1:
        return ""
    percents = [to_percent(control.scale, raw) for raw in control.raws]
    if len(percents) == 2:
        return f"{percents[0]}<>{percents[1]} %" if short else f"left {percents[0]} %, right {percents[1]} %"
    balance = get_balance(control)
    if balance:
        return f"balance {abs(round(balance * 100))} % {'right' if balance > 0 else 'left'}"
    return "channels differ"
