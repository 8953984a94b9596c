"""Lines for what can be done with one control: change its volume, switches or target, or kill it. Pure."""

from collections.abc import Iterator

from tuimixer.diagnosis.stage import db
from tuimixer.mixer.views import SECTIONS
from tuimixer.model.command import (
    Kill,
    MoveStream,
    SetDefault,
    SetFormats,
    SetPort,
    SetSuspended,
)
from tuimixer.model.control import ENCODINGS, Control, Device, Kind, Port
from tuimixer.model.fader import get_balance
from tuimixer.model.intent import Capture, Choose, Equalize, Mute, Nudge, SetBalance
from tuimixer.model.record import replace
from tuimixer.model.scale import to_cdb, to_percent
from tuimixer.model.snapshot import Snapshot
from tuimixer.ui.mixer.headings import ACCENTS
from tuimixer.ui.mixer.strip_state import StripState, strip_state_of
from tuimixer.ui.screens.listing import Confirmation, Line
from tuimixer.ui.screens.prompts import channel_words, latency_prompt, value_prompt
from tuimixer.ui.terminal.charsets import UNICODE

_BALANCE_STEP = 0.05


def plug(port: Port) -> str:
    """Whether something is plugged in, as far as the server can tell."""
    return "" if port.available is None else "plugged in" if port.available else "unplugged"


def joined(*parts: str) -> str:
    """The parts that are not empty, separated by commas."""
    return ", ".join(part for part in parts if part)


def volume_lines(control: Control, step: float) -> Iterator[Line]:
    """Lines for the volume of all channels and of each one (in steps of `step` percent), the balance, and the
    mute and capture switches.
    """
    key, scale = control.id, control.scale
    switches = control.mute is not None or control.capture is not None
    if scale is None and not switches:
        return
    yield Line("Volume" if control.channels and scale else "Switch", heading=True)
    if scale is not None and control.channels:
        loudest = max(control.channels, key=lambda channel: channel.raw)
        parts: list[tuple[str, int, tuple[int, ...] | None, str]] = [("All channels", loudest.raw, None, "")]
        if len(control.channels) > 1:
            parts += [(channel_words(c.name), c.raw, (i,), c.name) for i, c in enumerate(control.channels)]
        else:
            parts = [("Level", loudest.raw, None, "")]
        state = strip_state_of(control, control.name, None, UNICODE)
        accent = ACCENTS[SECTIONS[control.kind]]
        for name, raw, which, prefix in parts:
            fader = state if which is None else _channel_state(state, which[0])
            yield Line(
                name,
                level_words(control, raw),
                f"volume {prefix}",
                fader=fader,
                accent=accent,
                enter=value_prompt(control, prefix),
                less=Nudge(key, -step, which),
                more=Nudge(key, step, which),
            )
        balance = get_balance(control)
        if balance is not None:
            yield Line(
                "Balance",
                _balance_words(balance),
                "balance",
                enter=Equalize(key),
                less=SetBalance(key, -_BALANCE_STEP, relative=True),
                more=SetBalance(key, _BALANCE_STEP, relative=True),
            )
    yield from _switch_lines(control, Mute, control.mute, "muted")
    if control.element is None or control.element.exclusive is None:
        yield from _switch_lines(control, Capture, control.capture, "recording")


def _channel_state(state: StripState, channel: int) -> StripState:
    """What a fader of one channel shows; the channels' switches count only if each channel has its own."""

    def own(switches: tuple[bool, ...] | None) -> tuple[bool, ...] | None:
        return switches[channel : channel + 1] or switches if switches is not None else None

    positions = state.positions[channel : channel + 1]
    return replace(state, positions=positions, mute=own(state.mute), capture=own(state.capture))


def _switch_lines(
    control: Control, intent: type[Mute] | type[Capture], states: tuple[bool, ...] | None, word: str
) -> Iterator[Line]:
    """A line for the switch of all channels, and one for each channel if it has its own."""
    if states is None:
        return
    title = intent.__name__
    switches: list[tuple[str, int | None, bool]] = [
        (title, None, all(states) if intent is Mute else any(states))
    ]
    for i, on in enumerate(states) if len(states) > 1 else ():
        channel = control.channels[i].name if i < len(control.channels) else f"channel {i}"
        switches.append((f"{title} {channel_words(channel).lower()}", i, on))
    for name, number, on in switches:
        channels = None if number is None else (number,)
        yield Line(
            name,
            f"on: {word}" if on else "off",
            f"{title.lower()} {number}",
            enter=intent(control.id, None, channels),
            less=intent(control.id, False, channels),
            more=intent(control.id, True, channels),
        )


def choice_lines(control: Control, snapshot: Snapshot) -> Iterator[Line]:
    """The items of an enumerated control, or the members of a group in which only one can capture."""
    if control.choice is not None:
        yield Line("Options", heading=True)
        for i, item in enumerate(control.choice.items):
            chosen = i == control.choice.value
            yield Line(item, id=f"item {i}", chosen=chosen, enter=Choose(control.id, i))
    group = snapshot.exclusive_with(control)
    if group:
        yield Line("Record from", heading=True)
    for other in group:
        yield Line(
            other.name,
            id=f"member {other.id}",
            chosen=bool(other.capturing),
            enter=Capture(other.id, True),
        )


def target_lines(control: Control, snapshot: Snapshot) -> Iterator[Line]:
    """The devices that a stream can be moved to, and a line that makes it follow the default."""
    kinds = {Kind.SINK_INPUT: Kind.SINK, Kind.SOURCE_OUTPUT: Kind.SOURCE}
    wanted = kinds.get(control.kind)
    if wanted is None:
        return
    yield Line("Play on" if wanted is Kind.SINK else "Record from", heading=True)
    for device in snapshot.controls.values():
        info = device.device
        if device.kind is not wanted or info is None:
            continue
        yield Line(
            device.name,
            joined("default" if device.default else "", info.state, port_words(device, info)),
            f"target {device.id}",
            chosen=device.id == control.target_id,
            dim=device.is_monitor,
            enter=MoveStream(control.id, device.id),
        )
    yield Line(
        "Follow the default",
        "moves the stream when the default changes",
        "target",
        chosen=False,
        enter=MoveStream(control.id, None),
    )


def port_words(device: Control, info: Device) -> str:
    """The active port and whether it is plugged in, without repeating the device's name."""
    port = info.active_port
    if port is None:
        return ""
    name = port.description if port.description != device.name else ""
    return " ".join(part for part in (name, plug(port)) if part)


def port_lines(control: Control) -> Iterator[Line]:
    """The ports of a sink or source."""
    device = control.device
    if device is None or not device.ports:
        return
    yield Line("Port", heading=True)
    for port in device.ports:
        yield Line(
            port.description or port.name,
            plug(port) or "cannot detect whether anything is plugged in",
            f"port {port.name}",
            chosen=port.name == device.port,
            dim=port.available is False,
            enter=SetPort(control.id, port.name),
        )


def device_lines(control: Control, snapshot: Snapshot) -> Iterator[Line]:
    """Lines for the default, suspending, the latency offset and passthrough of a sink or source."""
    device = control.device
    if device is None:
        return
    yield Line("Device", heading=True)
    side = "output" if control.kind is Kind.SINK else "input"
    yield Line(
        "Default",
        f"yes, the default {side}" if control.default else f"no; press Enter to make it the default {side}",
        "default",
        enter=None if control.default else SetDefault(control.id),
    )
    asleep = device.state == "suspended"
    yield Line(
        "State",
        f"{device.state or 'unknown'}; press Enter to {'resume' if asleep else 'suspend'} the device",
        "state",
        enter=SetSuspended(control.id, not asleep),
    )
    latency = _latency_line(control, snapshot)
    if latency is not None:
        yield latency
    if device.formats:
        yield Line("Passthrough formats", heading=True)
        known = [*ENCODINGS, *(name for name in device.formats if name not in ENCODINGS)]
        for name in known:
            on = name in device.formats
            left = tuple(n for n in known if (n in device.formats) != (n == name))
            yield Line(
                ENCODINGS.get(name, name),
                "always" if name == "pcm" else "on" if on else "off",
                f"format {name}",
                enter=None if name == "pcm" else SetFormats(control.id, left),
            )


def ending(control: Control) -> Confirmation | None:
    """The question to ask before a stream is killed or a stored volume forgotten; None for other controls."""
    stream = control.stream
    if stream is None:
        return None
    if control.kind is Kind.STORED:
        question = f"The server will forget the volume that is stored for {control.name}."
        return Confirmation(f"Forget {control.name}", question, "Yes, forget this volume", Kill(control.id))
    media = f" (“{stream.media}”)" if stream.media and stream.media != control.name else ""
    side = "recording" if control.kind is Kind.SOURCE_OUTPUT else "playing"
    question = f"{control.name}{media} will stop {side}. Some programs then open a new stream; others quit."
    return Confirmation(f"Kill {control.name}", question, "Yes, kill the stream", Kill(control.id))


def ending_lines(control: Control) -> Iterator[Line]:
    """The line that kills a stream or forgets a stored volume."""
    sure = ending(control)
    if sure is not None:
        yield Line("Stream" if control.kind is not Kind.STORED else "Stored volume", heading=True)
        words = "Forget this volume…" if control.kind is Kind.STORED else "Kill this stream…"
        yield Line(words, id="end", enter=sure)


def level_words(control: Control, raw: int) -> str:
    """A level such as `63 %  −12.04 dB`."""
    scale = control.scale
    assert scale is not None
    cdb = to_cdb(scale, raw)
    gain = "" if cdb is None else db(cdb)
    return f"{to_percent(scale, raw):>3} %  {gain:>10}".rstrip()


def _balance_words(balance: float) -> str:
    share = abs(round(balance * 100))
    return "centered" if share == 0 else f"{share} % to the {'right' if balance > 0 else 'left'}"


def _latency_line(control: Control, snapshot: Snapshot) -> Line | None:
    card, device = snapshot.card_of(control), control.device
    if card is None or device is None or device.port is None:
        return None
    port = next((port for port in card.ports if port.name == device.port), None)
    if port is None:
        return None
    offset = (port.latency_offset or 0) / 1000
    return Line("Latency offset", f"{offset:g} ms", "latency", enter=latency_prompt(card, port))
