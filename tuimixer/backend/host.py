"""Information about this machine from /proc, /dev, /etc and the environment: PCM devices, who holds them,
servers, rules, permissions.

The only source of `System`. Everything is read below a root directory, so that tests can supply their own.
"""

import grp
import os
import re
import socket
from collections.abc import Iterable, Mapping
from pathlib import Path

from tuimixer.backend.holders import find_holders
from tuimixer.backend.mixer_paths import read_mixer_paths
from tuimixer.backend.proc import fields, integer, read, user_name
from tuimixer.backend.pulse.find import search
from tuimixer.model.system import Daemon, FoundServer, PcmDevice, System
from tuimixer.model.text import clean

_PAGES = (
    ("Cards", "cards"),
    ("Devices", "devices"),
    ("PCM streams", "pcm"),
    ("Timers", "timers"),
    ("Modules", "modules"),
    ("Version", "version"),
)
_DAEMONS = ("pulseaudio", "pipewire-pulse")
_ALSA_FOLDERS = ("etc/alsa/conf.d", "usr/share/alsa/alsa.conf.d")
_FORWARDED_FROM = 10
"""First display number that sshd assigns (X11DisplayOffset)."""


def inspect(
    root: Path = Path("/"),
    environ: Mapping[str, str] = os.environ,
    servers: Iterable[FoundServer] | None = None,
    asked_for: str | None = None,
) -> System:
    """Read everything; whatever is missing or not readable is left out.

    root: directory used as `/`.
    servers: sockets of sound servers; None to look for them.
    asked_for: address of the server that the user asked for.
    """
    sound = root / "proc/asound"
    devices = find_devices(sound)
    pipewire = ""
    if servers is None:
        looked = search(environ, str(root), address=asked_for)
        servers, pipewire = (place.found for place in looked.places), looked.pipewire
    found = tuple(servers)
    folder = root / "dev/snd"
    uid = os.getuid()
    return System(
        host=environ.get("HOSTNAME", "") if root != Path("/") else socket.gethostname(),
        user=user_name(uid),
        pcm_devices=devices,
        holders=find_holders(root),
        pages=_pages(sound),
        servers=found,
        sound_folder=folder.is_dir(),
        permitted=_permitted(folder),
        groups=_groups(),
        display=forwarded_display(environ),
        mixer_paths=read_mixer_paths(root, environ) if devices else (),
        daemons=find_daemons(root, environ),
        pipewire=pipewire,
        expects_server=_expects(root, environ, found),
    )


def find_devices(sound: Path) -> tuple[PcmDevice, ...]:
    """All PCM devices, from /proc/asound/card*/pcm*/info."""
    devices = []
    for info in sound.glob("card[0-9]*/pcm*/info"):
        info_fields = fields(read(info))
        number = integer(info_fields.get("card")) or 0
        devices.append(
            PcmDevice(
                card=read(info.parent.parent / "id").strip() or str(number),
                number=number,
                device=integer(info_fields.get("device")) or 0,
                name=clean(info_fields.get("name") or info_fields.get("id")),
                capture=info_fields.get("stream") == "CAPTURE",
                subdevices=integer(info_fields.get("subdevices_count")) or 1,
                available=integer(info_fields.get("subdevices_avail")) or 0,
            )
        )
    return tuple(sorted(devices, key=lambda d: (d.number, d.device, d.capture)))


def find_daemons(root: Path, environ: Mapping[str, str]) -> tuple[Daemon, ...]:
    """Running sound server processes, as far as /proc shows them.

    The user's own servers that belong to a runtime directory other than the one in `environ` are left out,
    as they belong to another session.
    """
    session = environ.get("XDG_RUNTIME_DIR", "")
    found = []
    for process in (root / "proc").glob("[0-9]*"):
        name = read(process / "comm").strip()
        if name not in _DAEMONS or fields(read(process / "status")).get("State", "").startswith("Z"):
            continue
        try:
            owner = process.stat().st_uid
        except OSError:
            continue
        if not read(process / "cmdline"):  # the process is exiting, and its environment is gone
            continue
        variables = read(process / "environ")
        if variables and session and f"XDG_RUNTIME_DIR={session}" not in variables.split("\0"):
            continue
        found.append(Daemon(name, int(process.name), user_name(owner)))
    return tuple(sorted(found, key=lambda daemon: daemon.pid))


def forwarded_display(environ: Mapping[str, str]) -> str:
    """DISPLAY if ssh set it (`localhost:10.0`) or if it names another host; else empty."""
    display = environ.get("DISPLAY", "")
    host, colon, rest = display.rpartition(":")
    if not colon or host in ("", "unix") or host.endswith("/unix"):
        return ""
    number = re.match(r"[0-9]{1,9}", rest)
    if host in ("localhost", "127.0.0.1", "[::1]"):
        return display if number and int(number.group()) >= _FORWARDED_FROM else ""
    return display


def _pages(sound: Path) -> tuple[tuple[str, str], ...]:
    texts = ((title, read(sound / name)) for title, name in _PAGES)
    return tuple((title, text.rstrip()) for title, text in texts if text.strip())


def _permitted(folder: Path) -> bool:
    """Whether the cards' control devices may be opened; true if there are none."""
    nodes = list(folder.glob("controlC*"))
    return not nodes or any(os.access(node, os.R_OK | os.W_OK) for node in nodes)


def _groups() -> tuple[str, ...]:
    names = []
    for number in sorted({os.getgid(), *os.getgroups()}):
        try:
            names.append(grp.getgrgid(number).gr_name)
        except KeyError:
            names.append(str(number))
    return tuple(names)


def _expects(root: Path, environ: Mapping[str, str], servers: tuple[FoundServer, ...]) -> str:
    """Why programs look for a sound server: a setting, a leftover socket, or ALSA's default device; empty if
    unknown.
    """
    if environ.get("PULSE_SERVER"):
        return "PULSE_SERVER is set"
    for server in servers:
        if server.alive is False:
            return f"there is a socket at {server.address}"
    for folder in _ALSA_FOLDERS:
        for file in sorted((root / folder).glob("*.conf")):
            if _routes_default(read(file)):
                return f"ALSA's default device leads to it ({folder}/{file.name})"
    return ""


def _routes_default(text: str) -> bool:
    """Whether an ALSA configuration makes a sound server the default PCM."""
    bare = re.sub(r"#.*", "", text)
    return re.search(r"pcm\.!default\s*\{[^}]*type\s+(pulse|pipewire)\b", bare) is not None
