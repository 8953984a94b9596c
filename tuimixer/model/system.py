"""System information that is read on request: PCM devices and who uses them, servers, permissions."""

from tuimixer.model.record import dataclass


@dataclass(frozen=True, slots=True)
class Holder:
    """An open PCM substream, and the process that holds it."""

    card: str
    """Id of the ALSA card."""
    number: int
    """Number of the ALSA card."""
    device: int
    subdevice: int
    capture: bool
    pid: int | None = None
    """Process id; None if this user may not see it."""
    program: str = ""
    user: str = ""
    state: str = ""
    """The state as the kernel names it: `RUNNING`, `PREPARED`, `XRUN`, …"""
    format: str = ""
    rate: int | None = None
    """Sample rate in Hz."""
    channels: int | None = None
    period: int | None = None
    """Period size in frames."""
    buffer: int | None = None
    """Buffer size in frames."""
    dmix: bool = False
    """Whether several programs share the substream through libasound's dmix or dsnoop."""


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
    """A sound server's socket on this machine."""

    address: str
    user: str
    why: str
    """How the server was found: `PULSE_SERVER`, `session`, `/run/user/1000`, `system-wide`, `X11`."""
    alive: bool | None = None
    """Whether something is listening; None if permissions prevent finding out."""


_REASONS = {
    "asked for": "named on the command line or in the configuration",
    "PULSE_SERVER": "named by PULSE_SERVER",
    "client.conf": "named by client.conf",
    "session": "the server of this session",
    "home folder": "found through the home directory, as there is no session",
    "system-wide": "the system-wide server",
}


_ORIGINS = {"asked for": "as specified", "home folder": "home directory"}


NO_RESPONSE = "no response"
"""Why a server cannot be used that accepts connections but does not respond; part of a status's reason."""
NO_PIPEWIRE_PULSE = "PipeWire is running, but its PulseAudio server, pipewire-pulse, is not"
START_PIPEWIRE_PULSE = (
    "systemctl --user enable --now pipewire-pulse.service "
    "(if this unit is missing, install pipewire-pulse or, on Fedora, pipewire-pulseaudio)"
)


def reason_for(why: str) -> str:
    """How a server was found (`FoundServer.why`, `Server.why`), in words to follow its address."""
    return _REASONS.get(why, f"found in {why}" if why.startswith("/") else why)


def origin(why: str) -> str:
    """How a server was found, in a word or two."""
    return _ORIGINS.get(why, why)


@dataclass(frozen=True, slots=True)
class PathElement:
    """One ALSA simple element in a sound server's mixer path, and what the server does with it."""

    name: str
    index: int = 0
    switch: str = "ignore"
    """What the server does with the switch: `ignore`, `mute`, `on`, `off`, or `select`."""
    volume: str = "ignore"
    """What the server does with the volume: `ignore`, `merge`, `off`, `zero`, or the raw value that it
    sets.
    """


@dataclass(frozen=True, slots=True)
class MixerPath:
    """A sound server's rule for one port: the elements that make up its volume, in order of use."""

    server: str
    """The server that has this rule, `PulseAudio` or `PipeWire`."""
    name: str
    """Name of the port, without anything after a semicolon: `analog-output-headphones`."""
    elements: tuple[PathElement, ...] = ()


@dataclass(frozen=True, slots=True)
class Daemon:
    """A running sound server process."""

    name: str
    """Name of the program, `pulseaudio` or `pipewire-pulse`."""
    pid: int
    user: str = ""


@dataclass(frozen=True, slots=True)
class System:
    """What a backend's `inspect` returns."""

    host: str = ""
    user: str = ""
    pcm_devices: tuple[PcmDevice, ...] = ()
    holders: tuple[Holder, ...] = ()
    pages: tuple[tuple[str, str], ...] = ()
    """(title, text) of the kernel's own files: cards, devices, modules, timers, PCM streams, version."""
    servers: tuple[FoundServer, ...] = ()
    sound_folder: bool = False
    """Whether /dev/snd exists."""
    permitted: bool = True
    """Whether the user may open the devices in /dev/snd."""
    groups: tuple[str, ...] = ()
    """The user's groups."""
    display: str = ""
    """DISPLAY, if it points to another machine through ssh forwarding."""
    mixer_paths: tuple[MixerPath, ...] = ()
    """The servers' mixer path rules, if installed."""
    daemons: tuple[Daemon, ...] = ()
    pipewire: str = ""
    """PipeWire's own socket, if PipeWire runs without its PulseAudio server."""
    expects_server: str = ""
    """Why programs on this machine expect a sound server, in words; empty if nothing suggests it."""
