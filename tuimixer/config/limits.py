"""The configured volume caps that apply to a control."""

from tuimixer.config.schema import Caps
from tuimixer.model.control import Control
from tuimixer.model.resolve import Limits


def limits_for(control: Control, caps: Caps, everywhere: float) -> Limits:
    """The limits of a control: the lowest matching device cap, else `everywhere` (in percent)."""
    own = device_cap(control, caps)
    return Limits((everywhere if own is None else own) / 100)


def device_cap(control: Control, caps: Caps) -> float | None:
    """The lowest configured cap, in percent, whose name is part of the control's; None if there is none."""
    if not caps.devices:
        return None
    names = _names(control)
    return min(
        (cap for part, cap in caps.devices.items() if any(part.casefold() in name for name in names)),
        default=None,
    )


def _names(control: Control) -> list[str]:
    names = [control.name]
    if device := control.device:
        names.append(device.server_name)
        names += [
            text
            for port in device.ports
            if port.name == device.port
            for text in (port.name, port.description)
        ]
    if control.stream:
        names += [control.stream.application, control.stream.binary]
    return [name.casefold() for name in names]
