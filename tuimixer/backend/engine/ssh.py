"""Engines and one-shot verbs on another box, through the system's own ssh with its config, keys and prompts.

What is to run there is a script that goes to `/bin/sh` on ssh's standard input, so that nothing of it
passes through a login shell of unknown kind.
"""

import re
import shlex
from collections.abc import Sequence

from tuimixer.model.record import dataclass
from tuimixer.model.text import clean

_HOST = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_ADDRESS = re.compile(r"[0-9A-Fa-f:.]+(?:%[A-Za-z0-9_.-]+)?")
_USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+@-]*\$?")
_OPTIONS = {
    "RemoteCommand": "none",
    "ClearAllForwardings": "yes",
    "ForwardAgent": "no",
    "ForwardX11": "no",
    "PermitLocalCommand": "no",
    "ControlMaster": "no",
    "Compression": "yes",
    "ConnectTimeout": "20",
    "ServerAliveInterval": "10",
    "ServerAliveCountMax": "3",
}
"""No port is opened and nothing is forwarded, whatever ssh's config says; a line that is cut is noticed by
ssh too.
"""

_FIND = r"""
PATH="$PATH:${HOME:-/nonexistent}/.local/bin:/usr/local/bin"
if command -v tuimixer >/dev/null 2>&1; then
    set -- tuimixer "$@"
elif python3 -P -c "from importlib.util import find_spec; exit(not find_spec('tuimixer.__main__'))" \
    2>/dev/null </dev/null
then
    set -- python3 -P -m tuimixer "$@"
else
    echo "tuimixer: not found" >&2
    exit 127
fi
"""
"""With -P, which every Python that tuimixer runs on has, nothing in the home directory is taken for it: no
`tuimixer.py`, and no clone of this project, which looks like a package without being one.
"""
_UNTIL_CUT = r"""
exec 3<&0
"$@" </dev/null 3<&- &
verb=$!
{ cat; kill "$verb"; } <&3 3<&- >/dev/null 2>&1 &
exec 3<&-
wait "$verb"
exit $?
"""
"""A verb that goes on (`watch`) would not notice that nobody listens any more."""


class BadTarget(ValueError):
    """A host that ssh must not be given; the text is one sentence."""


@dataclass(frozen=True, slots=True)
class Target:
    """A box as a person names it: `[user@]box[:port]`, an IPv6 address in brackets."""

    host: str
    user: str = ""
    port: int | None = None

    @classmethod
    def parse(cls, text: str) -> "Target":
        """Take a person's text apart.

        Raises:
            BadTarget: it is no host, or one that could be taken for an option or hold a shell's characters.
        """
        user, at, rest = text.rpartition("@")
        bracketed = re.fullmatch(r"\[([^\]]*)\](?::([0-9]+))?", rest)
        plain = re.fullmatch(r"([^:\[\]]*)(?::([0-9]+))?", rest)
        match = bracketed or plain
        if match is None:
            hint = " (an IPv6 address goes in brackets: [::1])" if rest.count(":") > 1 else ""
            raise BadTarget(f"--host {text!r} is not [user@]box[:port]{hint}.")
        host, port = match[1], match[2]
        if not (_ADDRESS if bracketed else _HOST).fullmatch(host):
            raise BadTarget(f"--host {text!r}: {host!r} is not the name of a host.")
        if at and not _USER.fullmatch(user):
            raise BadTarget(f"--host {text!r}: {user!r} is not the name of a user.")
        if port is not None and not (len(port) <= 5 and 0 < int(port) < 65536):
            raise BadTarget(f"--host {text!r}: port {clean(port, 20)} is not between 1 and 65535.")
        return cls(host, user, int(port) if port is not None else None)

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        user = f"{self.user}@" if self.user else ""
        port = f":{self.port}" if self.port is not None else ""
        return f"{user}{host}{port}"


def ssh_command(target: Target, ask: bool = True) -> list[str]:
    """The command line that runs `/bin/sh` on a box; `ask`: whether ssh may ask a person on the terminal."""
    chosen = [f"-o{name}={value}" for name, value in _OPTIONS.items()]
    if not ask:
        chosen.append("-oBatchMode=yes")
    port = ["-p", str(target.port)] if target.port is not None else []
    user = ["-l", target.user] if target.user else []
    return ["ssh", "-T", *chosen, *port, *user, "--", target.host, "exec /bin/sh"]


def engine_script(arguments: Sequence[str]) -> bytes:
    """POSIX shell that finds tuimixer and becomes its engine, which reads what follows the script."""
    return _script(["engine", "--remote", *arguments], 'exec "$@"\n')


def verb_script(arguments: Sequence[str]) -> bytes:
    """POSIX shell that finds tuimixer and runs it until its end or the end of the script's own input."""
    return _script(arguments, _UNTIL_CUT)


def _script(arguments: Sequence[str], ending: str) -> bytes:
    return f"set -- {shlex.join(arguments)}\n{_FIND}{ending}".encode("utf-8", "surrogateescape")


_REASONS = (
    (
        "REMOTE HOST IDENTIFICATION HAS CHANGED",
        "The host key of {name} has changed.",
        "If that is right: ssh-keygen -R {host}",
    ),
    (
        "Host key verification failed",
        "The host key of {name} is not known.",
        "Connect once by ssh and accept it.",
    ),
    ("No matching host key", "ssh and {name} have no host key type in common.", ""),
    ("Permission denied", "{name} refused the key or the password.", "Try to log in there by ssh."),
    (
        "Too many authentication failures",
        "{name} refused the key or the password.",
        "Try to log in there by ssh.",
    ),
    ("Could not resolve hostname", "There is no host called {name}.", ""),
    ("Name or service not known", "There is no host called {name}.", ""),
    ("Connection refused", "{name} refused the connection.", "Is its ssh server running?"),
    ("No route to host", "There is no way to {name}.", "Is it switched on?"),
    ("Network is unreachable", "There is no way to {name}.", "Is there a network?"),
    ("timed out", "{name} does not answer.", "Is it switched on?"),
    ("not responding", "The line to {name} was cut.", ""),
    ("Broken pipe", "The line to {name} was cut.", ""),
    ("Connection reset", "The line to {name} was cut.", ""),
    ("Connection closed", "{name} closed the connection.", ""),
    ("Connection to", "The line to {name} was cut.", ""),
)
"""What ssh says, and what that means. The first that is found counts."""


def explain(name: str, status: int | None, stderr: str) -> tuple[str, str]:
    """One sentence for ssh's exit status and words, and one that says what to do (or nothing)."""
    words = [line.strip() for line in stderr.splitlines() if line.strip()]
    last = clean(words[-1], 200, "") if words else ""
    if status == 127:
        where = "It is looked for in PATH, in ~/.local/bin and among python3's modules."
        return f"tuimixer was not found on {name}.", where
    if status == 255:
        for sign, reason, hint in _REASONS:
            if sign in stderr:
                return reason.format(name=name), hint.format(host=name.rpartition("@")[2])
        return f"The line to {name} was cut{f': {last}' if last else ''}.", ""
    if status is not None and status < 0:
        return f"ssh to {name} was ended by a signal ({-status}).", ""
    return f"The engine on {name} ended (status {status}){f': {last}' if last else ''}.", ""
