"""Connects to a server, and explains in plain words why that failed."""

import os
import sys
from time import monotonic, sleep

from tuimixer.backend.base import Unreachable
from tuimixer.backend.library_environment import quietly
from tuimixer.backend.pulse.find import Candidate, Search, fault_of
from tuimixer.model.snapshot import Server
from tuimixer.model.system import NO_PIPEWIRE_PULSE, NO_RESPONSE, START_PIPEWIRE_PULSE, origin
from tuimixer.model.text import clean

TYPE_CHECKING = False  # importing typing would slow down every volume key press
if TYPE_CHECKING:
    from types import ModuleType

    from tuimixer.backend.pulse.client import Client

NO_LIBRARY = "libpulse is not installed, so sound servers cannot be reached."
INSTALL = (
    "Install libpulse (Debian and Ubuntu: libpulse0; Fedora: pulseaudio-libs; Arch and Alpine: libpulse)."
)

_FIRST_PAUSE, _LONGEST_PAUSE = 0.01, 0.2
"""First and longest pause before connecting again to a running server that refuses it, in seconds."""
_CROWDED = 30.0
"""Seconds to retry connecting to a server that has too many clients, which shows that it is working."""


class NoLibrary(Unreachable):
    """libpulse is missing."""


def load(name: str) -> "ModuleType":
    """Import a module of this package that needs libpulse.

    Raises:
        NoLibrary: libpulse is not installed.
    """
    module = f"tuimixer.backend.pulse.{name}"
    try:
        __import__(module)
    except OSError as error:  # raised by ctypes if it cannot load libpulse.so.0
        raise NoLibrary(NO_LIBRARY) from error
    return sys.modules[module]


def connect(place: Candidate, search: Search, patience: float) -> "Client":
    """Open a blocking connection.

    Raises:
        Unreachable: the connection failed; the message says where and why.
    """
    if fault := fault_of(place.found.address):
        raise Unreachable(f"{unreachable(search, Unreachable(fault))} {looked_for(search)}")
    client = load("client")
    pause = _FIRST_PAUSE
    began = alive = monotonic()
    while True:
        try:
            with quietly():
                made: Client = client.Client(place.found.address, place.cookie, patience)
            return made
        except Unreachable as error:
            # Many volume keys pressed at once may be too many for the server, which limits its clients and
            # queues only few connections. If it has stopped responding, its queue remains full.
            now = monotonic()
            if isinstance(error, client.ServerFull):
                alive, last = now, began + _CROWDED
            else:
                last = alive + patience
            retried = place.found.alive and isinstance(error, client.ServerFull | client.ConnectionRefused)
            if not retried or now > last:
                raise Unreachable(f"{unreachable(search, error)} {looked_for(search)}") from error
        sleep(pause)
        pause = min(1.5 * pause, _LONGEST_PAUSE)


def unreachable(search: Search, error: Unreachable) -> str:
    """One sentence that says that there is no server at the selected address, and why."""
    found, reason = search.chosen.found, str(error)
    if found.alive and isinstance(error, load("client").ConnectionRefused):
        reason = NO_RESPONSE  # the kernel refuses, because the server has not accepted the queued connections
    if search.pipewire:
        return f"{NO_PIPEWIRE_PULSE}."
    if found.alive is False:
        return f"No sound server is running ({clean(found.address)} is not responding)."
    return f"No sound server at {clean(found.address)} ({origin(found.why)}): {reason}."


def looked_for(search: Search) -> str:
    """One sentence that says where servers were looked for, or how to start one."""
    if search.pipewire:
        return f"To start it, run {START_PIPEWIRE_PULSE}."
    if search.chosen.found.why in ("asked for", "PULSE_SERVER", "client.conf"):
        why = search.chosen.found.why
        cause = "you specified it" if why == "asked for" else f"it is set in {why}"
        return f"Only this address was tried, because {cause}."
    return f"Looked for PulseAudio or PipeWire at {', '.join(map(clean, search.looked))}."


def socket_files(search: Search) -> list[str]:
    """The socket files that a server would create."""
    address = search.chosen.found.address.removeprefix("unix:")
    return [*([address] if address.startswith("/") else []), *search.looked]


def label(server: Server) -> str:
    """The server's name and version, and its owner if that is someone else."""
    name = f"{server.name} {server.version}".strip()
    if server.why == "system-wide":
        return f"{name}, system-wide"
    if not is_local(server.address):
        return f"{name} on {server.host}" if server.host else name
    foreign = server.why.startswith("/run/user/") and server.why != f"/run/user/{os.getuid()}"
    return f"{name} of {server.user}" if foreign and server.user else name


def is_local(address: str) -> bool:
    """Whether a server's cards are this machine's."""
    return address.startswith(("/", "unix:", "{"))
