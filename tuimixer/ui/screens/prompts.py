"""What can be typed for a control: a value or a latency offset. Pure."""

from tuimixer.diagnosis.stage import db
from tuimixer.model.command import SetLatencyOffset
from tuimixer.model.control import Control, Port
from tuimixer.model.intent import Choose, Intent
from tuimixer.model.resolve import resolve
from tuimixer.model.scale import to_cdb, to_percent
from tuimixer.model.snapshot import ServerCard
from tuimixer.model.value import parse_latency, parse_value
from tuimixer.ui.screens.listing import Prompt


def channel_words(channel: str) -> str:
    """A channel's display name, such as `Front left`."""
    return channel.replace("-", " ").capitalize()


def value_prompt(control: Control, channel: str = "") -> Prompt:
    """A prompt for a value (percent, dB, raw, or an item) of all channels, or of the named one."""
    prefix = f"{channel}:" if channel else ""

    def make(text: str) -> Intent:
        if control.choice is not None and text in control.choice.items:
            return Choose(control.id, control.choice.items.index(text))
        intent = parse_value(text if ":" in text else prefix + text).intent(control)
        resolve(intent, control)
        return intent

    title = f"{control.name}, {channel_words(channel).lower()}" if channel else control.name
    start = "=" if control.scale is not None else ""
    return Prompt(title, _standing(control, channel), _examples(control, channel), make, start)


def latency_prompt(card: ServerCard, port: Port) -> Prompt:
    """A prompt for a port's latency offset."""

    def make(text: str) -> SetLatencyOffset:
        return SetLatencyOffset(card.id, port.name, parse_latency(text))

    now = f"Currently {(port.latency_offset or 0) / 1000:g} ms."
    use = "The offset is added to the latency that is reported to programs."
    examples = "milliseconds, such as 120 or -40"
    return Prompt(f"Latency offset of {port.description}", f"{now} {use}", examples, make)


def _standing(control: Control, channel: str) -> str:
    """A control's current value, in words."""
    if control.choice is not None:
        return f"Currently {control.choice.items[control.choice.value]}"
    if control.scale is None:
        return ""
    parts = {}
    for known in control.channels:
        cdb = to_cdb(control.scale, known.raw)
        gain = "" if cdb is None else f" {db(cdb)}"
        parts[known.name] = f"{to_percent(control.scale, known.raw)}%{gain}"
    if channel in parts:
        return f"Currently {parts[channel]}"
    if len(set(parts.values())) == 1:
        return f"Currently {next(iter(parts.values()))}"
    return "Currently " + ", ".join(f"{name} {part}" for name, part in parts.items())


def _examples(control: Control, channel: str) -> str:
    if control.choice is not None:
        return ", ".join(control.choice.items)
    if control.scale is None:
        return "capture, nocapture" if control.capture is not None else "mute, unmute"
    known = "=45%, =-12dB, +5%, -3dB" if control.scale and control.scale.has_db else "=45%, +5%, raw:17"
    return known if channel or len(control.channels) < 2 else f"{known}, left:50%"
