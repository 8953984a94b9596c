"""Finds the sound server to use, looking where a user would look, and says why it was selected."""

import os
from collections.abc import Iterator, Mapping

from tuimixer.backend.library_environment import LONGEST_ADDRESS
from tuimixer.backend.proc import read_or_none
from tuimixer.model.record import dataclass
from tuimixer.model.system import FoundServer

_LONGEST_UID = 10
SYSTEM_WIDE = ("/run/pulse/native", "/var/run/pulse/native")


@dataclass(frozen=True, slots=True)
class Candidate:
    """Where a server is, or would be."""

    found: FoundServer
    cookie: str | None = None
    """Path of the cookie file that another user's PulseAudio requires, if readable."""


@dataclass(frozen=True, slots=True)
class Search:
    """What was found, best first."""

    places: tuple[Candidate, ...]
    """All existing servers, and those named by the environment; may be empty."""
    chosen: Candidate
    """The server to use; if none exists, the one to wait for."""
    looked: tuple[str, ...]
    """Socket files that were looked for, to report if there is no server."""
    pipewire: str = ""
    """PipeWire's own socket, if PipeWire runs without its PulseAudio server."""


def search(
    environment: Mapping[str, str] | None = None,
    root: str = "/",
    uid: int | None = None,
    address: str | None = None,
) -> Search:
    """Look for servers: the requested one, PULSE_SERVER, client.conf, the user's, other users', system-wide.

    The server property of a forwarded X display is ignored, because over ssh it names the other end's server.
    `root` and `uid` replace `/` and the user in tests.
    """
    env = os.environ if environment is None else environment
    uid = os.getuid() if uid is None else uid
    listening = _listening(root)
    places = [*_named(env, root, address, uid, listening)]
    sockets = [*_own(env, root, uid), *_others(root, uid), *((path, "system-wide") for path in SYSTEM_WIDE)]
    taken = {_real(root, path) for place in places if (path := _socket_file(place.found.address))}
    for path, why in sockets:
        if (real := _real(root, path)) in taken:
            continue
        taken.add(real)
        place = _at(root, path, why, uid, listening)
        if place is not None:
            places.append(place)
    named = address or env.get("PULSE_SERVER") or _default_server(env, root)
    looked = tuple(dict.fromkeys(path for path, _ in sockets))
    alive = (place for place in places if place.found.alive)
    first_path, first_why = sockets[0]
    waiting = Candidate(FoundServer(f"unix:{first_path}", _user_name(root, uid), first_why, alive=False))
    chosen = places[0] if named else next(alive, waiting)
    bare = not chosen.found.alive and _socket_file(chosen.found.address) in looked
    return Search(tuple(places), chosen, looked, _pipewire(env, uid, listening) if bare else "")


def _named(
    env: Mapping[str, str], root: str, address: str | None, uid: int, listening: frozenset[str] | None
) -> Iterator[Candidate]:
    """The servers named explicitly, whether they exist or not."""
    seen: set[str] = set()
    for named, why in (
        (address, "asked for"),
        (env.get("PULSE_SERVER"), "PULSE_SERVER"),
        (_default_server(env, root), "client.conf"),
    ):
        if not named or named in seen:
            continue
        seen.add(named)
        path = _socket_file(named)
        candidate = _at(root, path, why, uid, listening) if path else None
        if candidate is not None and candidate.found.alive:
            yield Candidate(FoundServer(named, candidate.found.user, why, alive=True), candidate.cookie)
        else:
            yield Candidate(FoundServer(named, "", why), _cookie_beside(named, root))


def fault_of(address: str) -> str:
    """Why an address is not valid; empty if it may be valid.

    libpulse cannot be used to find out, because some addresses make it abort the process.
    """
    if len(address) > LONGEST_ADDRESS:
        return "the address is too long"
    try:
        address.encode()
    except UnicodeEncodeError:
        return "the address is not UTF-8 text"
    return "" if address.isprintable() else "the address contains control characters"


def _socket_file(address: str) -> str:
    """The path in an address that is a single socket file on this machine; else empty."""
    path = address.removeprefix("unix:")
    return path if path.startswith("/") and " " not in path else ""


def _own(env: Mapping[str, str], root: str, uid: int) -> Iterator[tuple[str, str]]:
    """Sockets of the user's own server."""
    if folder := env.get("PULSE_RUNTIME_PATH"):
        yield f"{folder}/native", "session"
    if folder := env.get("XDG_RUNTIME_DIR"):
        yield f"{folder}/pulse/native", "session"
    yield f"/run/user/{uid}/pulse/native", f"/run/user/{uid}"
    if home := env.get("HOME"):
        # Without a runtime directory, PulseAudio puts a link to a directory in /tmp here.
        folder = f"{home}/.config/pulse"
        for name in _names_in(root, folder):
            if name.endswith("-runtime"):
                yield f"{folder}/{name}/native", "home folder"


def _pipewire(env: Mapping[str, str], uid: int, listening: frozenset[str] | None) -> str:
    """The socket of the user's PipeWire, if something is listening there."""
    folders = (env.get("PIPEWIRE_RUNTIME_DIR"), env.get("XDG_RUNTIME_DIR"), f"/run/user/{uid}")
    name = env.get("PIPEWIRE_REMOTE") or "pipewire-0"
    paths = (os.path.join(folder, name) for folder in folders if folder)
    return next((path for path in paths if path in (listening or ())), "")


def _others(root: str, uid: int) -> Iterator[tuple[str, str]]:
    """Sockets of other users' servers, lowest uid first."""
    for number in sorted(int(name) for name in _names_in(root, "/run/user") if name.isdecimal()):
        if number != uid:
            yield f"/run/user/{number}/pulse/native", f"/run/user/{number}"


def _at(root: str, path: str, why: str, uid: int, listening: frozenset[str] | None) -> Candidate | None:
    """The server behind a socket file; None if there is none."""
    real = _under(root, path)
    try:
        owner: int | None = os.stat(real).st_uid
        permitted = os.access(real, os.W_OK)
    except PermissionError:
        # The directory is not readable; the kernel's list still shows whether anything is listening.
        if listening is None or path not in listening:
            return None
        owner, permitted = _owner_by_path(path), False
    except (OSError, ValueError):  # there is no such file, or the path is invalid
        return None
    alive = (listening is None or bool({path, _real(root, path)} & listening)) if permitted else None
    user = _user_name(root, owner) if owner is not None else ""
    cookie = _cookie_of(root, user) if owner is not None and owner != uid else None
    return Candidate(FoundServer(f"unix:{path}", user, why, alive), cookie)


def _listening(root: str) -> frozenset[str] | None:
    """Paths of all bound unix sockets; None if the kernel does not list them.

    Connecting instead would start another user's socket-activated server.
    """
    lines = _lines(root, "/proc/net/unix")
    if lines is None:
        return None
    return frozenset(fields[7] for line in lines if len(fields := line.split(maxsplit=7)) > 7)


def _default_server(env: Mapping[str, str], root: str) -> str:
    """`default-server` of the user's client.conf, else of the system's."""
    files = [env.get("PULSE_CLIENTCONFIG", "")]
    config = env.get("XDG_CONFIG_HOME") or (f"{env['HOME']}/.config" if env.get("HOME") else "")
    files += [f"{config}/pulse/client.conf" if config else "", "/etc/pulse/client.conf"]
    for name in filter(None, files):
        for line in _lines(root, name) or ():
            key, equals, value = line.partition("=")
            if equals and key.strip() == "default-server" and value.strip():
                return value.strip()
    return ""


def _cookie_beside(address: str, root: str) -> str | None:
    """Path of the cookie file of another user whose runtime directory contains the address; else None."""
    path = address.removeprefix("unix:")
    owner = _owner_by_path(path)
    return _cookie_of(root, _user_name(root, owner)) if owner not in (None, os.getuid()) else None


def _owner_by_path(path: str) -> int | None:
    parts = path.split("/")
    if parts[:3] != ["", "run", "user"] or len(parts) < 4:
        return None
    return int(parts[3]) if parts[3].isdecimal() and len(parts[3]) <= _LONGEST_UID else None


def _cookie_of(root: str, user: str) -> str | None:
    home = next((fields[5] for fields in _accounts(root) if fields[0] == user), "")
    for name in (".config/pulse/cookie", ".pulse-cookie"):
        file = f"{home}/{name}"
        if home and os.access(_under(root, file), os.R_OK):
            return _under(root, file)
    return None


def _user_name(root: str, uid: int | None) -> str:
    return next(
        (fields[0] for fields in _accounts(root) if fields[2] == str(uid)), "" if uid is None else str(uid)
    )


def _accounts(root: str) -> list[list[str]]:
    return [fields for line in _lines(root, "/etc/passwd") or () if len(fields := line.split(":")) >= 7]


def _lines(root: str, path: str) -> list[str] | None:
    """The lines of a file; None if it cannot be read."""
    text = read_or_none(_under(root, path))
    return None if text is None else text.splitlines()


def _names_in(root: str, folder: str) -> list[str]:
    """Sorted names in a directory; empty if it cannot be read."""
    try:
        return sorted(os.listdir(_under(root, folder)))
    except OSError:
        return []


def _under(root: str, path: str) -> str:
    return os.path.join(root, path.lstrip("/"))


def _real(root: str, path: str) -> str:
    """The path with links resolved, relative to `root`."""
    real = os.path.realpath(_under(root, path))
    base = os.path.realpath(root)
    return real if base == "/" else real.removeprefix(base)
