"""Facts about the box that are read when asked for: PCM devices and who holds them, kernel files, servers, permissions."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Holder:
    """A PCM substream that is open, and by whom."""

    card: str
    """Id of the ALSA card."""
    number: int
    """Number of the ALSA card."""
    device: int
    subdevice: int
    capture: bool
    pid: int | None = None
    """None where permissions do not allow to see it."""
    program: str = ""
    user: str = ""
    state: str = ""
    """`RUNNING`, `PREPARED`, `XRUN`, … as the kernel says."""
    format: str = ""
    rate: int | None = None
    """In Hz."""
    channels: int | None = None
    period: int | None = None
    """In frames."""
    buffer: int | None = None
    """In frames."""
    dmix: bool = False
    """Shared by several programs through libasound's dmix or dsnoop."""


@dataclass(frozen=True, slots=True)
class PcmDevice:
    """A PCM device of a card, in use or not."""

    card: str
    number: int
    device: int
    name: str
    capture: bool
    subdevices: int = 1
    available: int = 1


@dataclass(frozen=True, slots=True)
class FoundServer:
    """A sound server's socket on this box."""

    address: str
    user: str
    why: str
    """How it was found: `PULSE_SERVER`, `session`, `/run/user/1000`, `system-wide`, `X11`."""
    alive: bool | None = None
    """Whether something answers; None where permissions do not allow to ask."""


@dataclass(frozen=True, slots=True)
class System:
    """What `inspect` of a backend answers."""

    host: str = ""
    user: str = ""
    pcm_devices: tuple[PcmDevice, ...] = ()
    holders: tuple[Holder, ...] = ()
    pages: tuple[tuple[str, str], ...] = ()
    """(title, text) of the kernel's own files: cards, devices, modules, timers, PCM streams, version."""
    servers: tuple[FoundServer, ...] = ()
    sound_folder: bool = False
    """/dev/snd is there."""
    permitted: bool = True
    """The user may open the devices in /dev/snd."""
    groups: tuple[str, ...] = ()
    """Groups of the user."""
    display: str = ""
    """DISPLAY, where it points to another machine through ssh forwarding."""
