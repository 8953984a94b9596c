"""The configured volume cap that applies to a control."""

from tuimixer.config.schema import Caps
from tuimixer.model.control import Control


def cap_of(control: Control, caps: Caps, default: float, given: float | None = None) -> float:
    """The highest position that a control's volume may be raised to; the arguments are in percent.

    The result is the lowest cap of the devices whose names occur in the control's names, else `default`. A
    cap `given` on the command line replaces the default, but does not raise a device's cap.
    """
    names = _names(control) if caps.devices else []
    own = [cap for part, cap in caps.devices.items() if any(part.casefold() in name for name in names)]
    if given is not None:
        own.append(given)
    return min(own, default=default) / 100


def _names(control: Control) -> list[str]:
    names = [control.name]
    if device := control.device:
        names.append(device.server_name)
        if port := device.active_port:
            names += [port.name, port.description]
    if control.stream:
        names += [control.stream.application, control.stream.binary]
    return [name.casefold() for name in names]
