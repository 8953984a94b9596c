"""What verbs print: controls as lines of text and as JSON objects."""

from __future__ import annotations

from collections.abc import Mapping

from tuimixer.model.control import Control, ControlId, Medium
from tuimixer.model.scale import decibels, to_cdb, to_percent

TYPE_CHECKING = False  # importing typing would slow down every volume key press
if TYPE_CHECKING:
    from typing import Any

_SOFTWARE = {Medium.SOFTWARE: True, Medium.HARDWARE: False, Medium.UNKNOWN: None}


def as_json(control: Control, controls: Mapping[ControlId, Control]) -> dict[str, Any]:
    """A control as `list --json` prints it; silence is -99999.99 dB, as in amixer."""
    return {
        "id": control.id,
        "layer": control.kind.layer.value,
        "kind": control.kind.value,
        "name": control.name,
        "index": control.index,
        "card": control.card,
        "device": _device(control, controls),
        "channels": channels_json(control),
        "muted": control.muted,
        "mutes": None if control.mute is None else list(control.mute),
        "capturing": control.capturing,
        "choice": None
        if control.choice is None
        else {"value": chosen(control), "items": list(control.choice.items)},
        "default": control.default,
        "port": None if control.device is None else control.device.port,
        "form_factor": control.properties.get("device.form_factor"),
        "software": _SOFTWARE[control.medium],
        "title": control.stream.media if control.stream else None,
        "program": control.stream.binary if control.stream else None,
        "pid": control.stream.pid if control.stream else None,
    }


def channels_json(control: Control) -> list[dict[str, Any]]:
    """Name, percent and dB of each channel, as JSON objects."""
    levels = zip(control.channels, percents(control), gains(control), strict=True)
    return [{"name": channel.name, "percent": percent, "db": gain} for channel, percent, gain in levels]


def _device(control: Control, controls: Mapping[ControlId, Control]) -> str | None:
    if control.target_id is None:
        return None
    holder = controls.get(control.target_id)
    if holder is not None and holder.device is not None:
        return holder.device.server_name
    return control.target_id.partition("/")[2]


def percents(control: Control) -> list[int]:
    """Each channel's percentage, as in alsamixer or pavucontrol; empty without a volume."""
    scale = control.scale
    return [] if scale is None else [to_percent(scale, raw) for raw in control.raws]


def gains(control: Control) -> list[float | None]:
    """Each channel's gain in dB, None without dB data; empty without a volume."""
    scale = control.scale
    if scale is None:
        return []
    return [None if (cdb := to_cdb(scale, raw)) is None else cdb / 100 for raw in control.raws]


def chosen(control: Control) -> str | None:
    """The selected item of an enumerated control; None for other controls."""
    choice = control.choice
    if choice is None or not 0 <= choice.value < len(choice.items):
        return None
    return choice.items[choice.value]


def in_words(control: Control) -> str:
    """A control's state, such as `50% -18.06 dB muted`; the levels of each channel if they differ."""
    parts = []
    levels = [_level(percent, gain) for percent, gain in zip(percents(control), gains(control), strict=True)]
    if len(set(levels)) == 1:
        parts.append(levels[0])
    else:
        parts += [f"{channel.name} {level}" for channel, level in zip(control.channels, levels, strict=True)]
    parts += states(control)
    return ", ".join(parts) if len(set(levels)) > 1 else " ".join(parts)


def _switches(control: Control) -> list[str]:
    """The states of a control that has switches but no volume."""
    states = [tuple(not muted for muted in control.mute)] if control.mute is not None else []
    states += [control.capture] if control.capture is not None else []
    return ["on" if all(on) else f"on {_sides(on)}" if any(on) else "off" for on in states]


def _sides(switches: tuple[bool, ...]) -> str:
    """The sides whose switches are on; `partly` if these are neither left nor right."""
    return " ".join(side for side, on in zip(("left", "right"), switches, strict=False) if on) or "partly"


def states(control: Control) -> list[str]:
    """The states of switches and choices, such as `muted`, `capture`, `on` (without a volume) or an item."""
    if control.choice is not None:
        return [chosen(control) or f"item {control.choice.value}"]
    if not control.channels:
        return _switches(control)
    parts = []
    if control.mute is not None and any(control.mute):
        parts.append("muted" if all(control.mute) else f"muted {_sides(control.mute)}")
    if control.capture is not None:
        parts.append("capture" if any(control.capture) else "nocapture")
    return parts


def decibel(gain: float) -> str:
    """A gain in dB as text, such as `-18.06`, or `-inf` for silence."""
    return decibels(round(gain * 100), plus=False).replace("−", "-").replace("∞", "inf")


def _level(percent: int, gain: float | None) -> str:
    return f"{percent}%" if gain is None else f"{percent}% {decibel(gain)} dB"


def print_json(value: Any, indent: int | None = 2) -> None:
    """Print a JSON value and a newline, on one line if `indent` is None."""
    import json
    import sys

    text = json.dumps(value, indent=indent, ensure_ascii=not _unicode())
    if _has_bytes(text):
        text = json.dumps(value, indent=indent)
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _unicode() -> bool:
    import sys

    return (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"


def _has_bytes(text: str) -> bool:
    """Whether a text contains undecodable bytes, from an argument or a control's name."""
    return not text.isascii() and any("\udc80" <= character <= "\udcff" for character in text)


def write(text: str) -> None:
    """Print a line; characters missing from the output's encoding become question marks."""
    import sys

    if _has_bytes(text):
        text = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    encoding = sys.stdout.encoding or "ascii"
    if not _unicode():
        text = text.replace("…", "...").replace("−", "-").encode(encoding, "replace").decode(encoding)
    sys.stdout.write(text + "\n")
