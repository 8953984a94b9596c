"""Describes a machine's sound servers: which one is used and why, and the others."""

from typing import Any

from tuimixer.model.snapshot import Snapshot
from tuimixer.model.system import System, reason_for


def server_lines(snapshot: Snapshot, system: System) -> list[str]:
    """One line per server, the one in use first."""
    return [_line(server) for server in servers_json(snapshot, system)]


def _line(server: dict[str, Any]) -> str:
    start = f" *  {server['name']} at" if server["used"] else "    another sound server at"
    whose = f", run by {server['user']}" if server["user"] else ""
    state = "; not responding" if server["alive"] is False else ""
    if server["alive"] is None and server["why"].startswith("/"):
        state = "; access denied"
    return f"{start} {server['address']}{whose}, {reason_for(server['why'])}{state}"


def servers_json(snapshot: Snapshot, system: System) -> list[dict[str, Any]]:
    """One JSON object per server, the one in use first."""
    taken = snapshot.server
    used = (
        []
        if taken is None
        else [
            {
                "used": True,
                "name": f"{taken.name} {taken.version}".strip(),
                "address": taken.address,
                "user": taken.user,
                "why": taken.why,
                "alive": True,
            }
        ]
    )
    others = [
        {
            "used": False,
            "name": "",
            "address": found.address,
            "user": found.user,
            "why": found.why,
            "alive": found.alive,
        }
        for found in system.servers
        if taken is None or found.address != taken.address
    ]
    return [*used, *others]
