"""Engines and one-shot verbs on another machine, through the system's ssh with its config, keys and prompts.

What to run there is passed as a script to `/bin/sh` on ssh's standard input, so that no login shell has to
parse it.
"""

import re
import shlex
from collections.abc import Sequence

from tuimixer.model.record import dataclass
from tuimixer.model.text import clean, shown, whole

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
"""Whatever ssh's config says: open no ports, forward nothing, and detect a lost connection."""

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
"""Finds tuimixer as a command or a module. -P, which every supported Python has, ignores anything in the home
directory: a `tuimixer.py`, or a clone of this project, which looks like a package.
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
"""Ends the verb when the script's input ends, because a continuous one (`watch`) would not notice that its
reader is gone.
"""


class BadTarget(ValueError):
    """A host that ssh must not be given; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Target:
    """A machine as the user names it: `[user@]host[:port]`, with an IPv6 address in brackets."""

    host: str
    user: str = ""
    port: int | None = None

    @classmethod
    def parse(cls, text: str) -> "Target":
        """Parse a host as written by the user.

        Raises:
            BadTarget: the text is not a host, or might be taken for an option or contain shell characters.
        """
        user, at, rest = text.rpartition("@")
        bracketed = re.fullmatch(r"\[([^\]]*)\](?::([0-9]+))?", rest)
        plain = re.fullmatch(r"([^:\[\]]*)(?::([0-9]+))?", rest)
        match = bracketed or plain
        if match is None:
            hint = " (an IPv6 address must be in brackets: [::1])" if rest.count(":") > 1 else ""
            raise BadTarget(f"--host {shown(text)} is not [user@]host[:port]{hint}.")
        host, port = match[1], match[2]
        if not (_ADDRESS if bracketed else _HOST).fullmatch(host):
            raise BadTarget(f"--host {shown(text)}: {shown(host)} is not a valid host name.")
        if at and not _USER.fullmatch(user):
            raise BadTarget(f"--host {shown(text)}: {shown(user)} is not a valid user name.")
        number = None if port is None else whole(port, 65535)
        if port is not None and not number:
            raise BadTarget(f"--host {shown(text)}: port {clean(port, 20)} is not between 1 and 65535.")
        return cls(host, user, number)

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        user = f"{self.user}@" if self.user else ""
        port = f":{self.port}" if self.port is not None else ""
        return f"{user}{host}{port}"


def ssh_command(target: Target, ask: bool = True) -> list[str]:
    """The command line that runs `/bin/sh` on a host; `ask` is whether ssh may prompt on the terminal."""
    chosen = [f"-o{name}={value}" for name, value in _OPTIONS.items()]
    if not ask:
        chosen.append("-oBatchMode=yes")
    port = ["-p", str(target.port)] if target.port is not None else []
    user = ["-l", target.user] if target.user else []
    return ["ssh", "-T", *chosen, *port, *user, "--", target.host, "exec /bin/sh"]


def engine_script(arguments: Sequence[str]) -> bytes:
    """POSIX shell script that finds tuimixer and execs its engine, which reads what follows the script."""
    return _script(["engine", "--remote", *arguments], 'exec "$@"\n')


def verb_script(arguments: Sequence[str]) -> bytes:
    """POSIX shell script that finds tuimixer and runs it until it exits or the script's own input ends."""
    return _script(arguments, _UNTIL_CUT)


def _script(arguments: Sequence[str], ending: str) -> bytes:
    return f"set -- {shlex.join(arguments)}\n{_FIND}{ending}".encode("utf-8", "surrogateescape")


_REASONS = (
    (
        "REMOTE HOST IDENTIFICATION HAS CHANGED",
        "The host key of {name} has changed.",
        "If this is expected, run ssh-keygen -R {host}.",
    ),
    (
        "Host key verification failed",
        "The host key of {name} is not known.",
        "Connect once with ssh and accept the key.",
    ),
    ("No matching host key", "ssh and {name} have no host key type in common.", ""),
    ("Permission denied", "{name} refused the key or the password.", "Try logging in with ssh."),
    (
        "Too many authentication failures",
        "{name} refused the key or the password.",
        "Try logging in with ssh.",
    ),
    ("Could not resolve hostname", "There is no host called {name}.", ""),
    ("Name or service not known", "There is no host called {name}.", ""),
    ("Connection refused", "{name} refused the connection.", "Is its ssh server running?"),
    ("No route to host", "{name} cannot be reached.", "Is it switched on?"),
    ("Network is unreachable", "{name} cannot be reached.", "Is the network up?"),
    ("timed out", "{name} is not responding.", "Is it switched on?"),
    ("not responding", "The connection to {name} was lost.", ""),
    ("Broken pipe", "The connection to {name} was lost.", ""),
    ("Connection reset", "The connection to {name} was lost.", ""),
    ("Connection closed", "{name} closed the connection.", ""),
    ("Connection to", "The connection to {name} was lost.", ""),
)
"""Parts of ssh's messages, the reason to report, and what to do about it. The first match counts."""


def explain(name: str, status: int | None, stderr: str) -> tuple[str, str]:
    """Why ssh ended, from its exit status and messages, and what to do about it (may be empty)."""
    words = [line.strip() for line in stderr.splitlines() if line.strip()]
    last = clean(words[-1], 200, "") if words else ""
    if status == 127:
        where = "Searched PATH, ~/.local/bin, /usr/local/bin and the modules of python3."
        return f"tuimixer was not found on {name}.", where
    if status == 255:
        for sign, reason, hint in _REASONS:
            if sign in stderr:
                return reason.format(name=name), hint.format(host=name.rpartition("@")[2])
        return f"The connection to {name} was lost{f': {last}' if last else ''}.", ""
    if status is not None and status < 0:
        return f"The ssh connection to {name} was terminated by signal {-status}.", ""
    return f"The engine on {name} exited (status {status}){f': {last}' if last else ''}.", ""
