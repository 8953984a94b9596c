"""Which sound server is used on a machine with several users, and what is reported about it."""

import json
import os
import socket
from typing import Any

import pytest

from tests.backend.engine.sshd import Box
from tests.backend.engine.users import User

pytestmark = [
    pytest.mark.ssh,
    pytest.mark.usefixtures("home"),
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can make users"),
]


def servers(box: Box, user: str, prefix: str = "", options: str = "") -> list[dict[str, Any]]:
    """What `tuimixer card --json` reports about the servers, the one in use first."""
    done = box.ssh(user, f"{prefix} tuimixer card --json {options}")
    assert (done.returncode, done.stderr) == (0, ""), done
    found: list[dict[str, Any]] = json.loads(done.stdout)["servers"]
    return found


def sinks(box: Box, user: str, prefix: str = "", options: str = "") -> list[str]:
    """Names of the outputs that `tuimixer list` prints."""
    done = box.ssh(user, f"{prefix} tuimixer list --json {options}")
    assert (done.returncode, done.stderr) == (0, ""), done
    return [control["name"] for control in json.loads(done.stdout)["controls"] if control["kind"] == "sink"]


def test_the_own_server_without_a_session(box: Box, users: list[User]) -> None:
    ann, bob, _ = users
    assert "XDG_RUNTIME_DIR" not in box.ssh(ann.name, "env").stdout
    used, other = servers(box, ann.name)
    assert (used["used"], used["address"], used["user"]) == (True, ann.address, ann.name)
    assert used["why"] == str(ann.runtime)
    # Another user's directory is private; only whether something listens there can be seen.
    assert (other["used"], other["address"], other["alive"]) == (False, bob.address, None)
    assert sinks(box, ann.name) == ["kitchen"]
    told = box.ssh(ann.name, "tuimixer card").stdout
    assert f"at {ann.address}, run by {ann.name}, found in {ann.runtime}\n" in told
    where = f"another sound server at {bob.address}, run by {bob.name}, found in {bob.runtime}"
    assert f"{where}; access denied" in told


def test_the_session_s_server(box: Box, users: list[User]) -> None:
    ann = users[0]
    used = servers(box, ann.name, f"XDG_RUNTIME_DIR={ann.runtime}")[0]
    assert (used["address"], used["why"]) == (ann.address, "session")


def test_without_session_home_and_locale(box: Box, users: list[User]) -> None:
    bare = f"env -i PATH={box.path}:/usr/bin:/bin"
    assert sinks(box, users[0].name, bare) == ["kitchen"]
    assert box.ssh(users[0].name, f"{bare} tuimixer set kitchen 30%").returncode == 0
    assert " 30%" in users[0].volume("kitchen")


def test_nothing_there_is_said_in_one_sentence(box: Box, users: list[User]) -> None:
    carl = users[2]
    done = box.ssh(carl.name, f"env -i PATH={box.path}:/usr/bin:/bin tuimixer status")
    assert done.returncode == 3
    assert done.stdout == ""
    assert done.stderr.startswith("tuimixer: No sound server is running (unix:/run/user/")
    assert f"{carl.runtime}/pulse/native, " in done.stderr
    assert done.stderr.count("\n") == 1


def test_alsa_works_without_any_server(box: Box, users: list[User]) -> None:
    carl = users[2]
    assert box.ssh(carl.name, "echo 'ctl.equal { type equal }' >.asoundrc").returncode == 0
    assert box.ssh(carl.name, "tuimixer set -D equal '00. 31 Hz' 40%").returncode == 0
    done = box.ssh(carl.name, "tuimixer get -D equal '00. 31 Hz' --json")
    assert done.returncode == 0, done
    [band] = json.loads(done.stdout)["controls"]
    # The plugin stores values coarsely.
    assert {channel["percent"] for channel in band["channels"]} <= {39, 40, 41}
    told = box.ssh(carl.name, "tuimixer card -D equal").stdout
    assert "equal" in told
    assert " -  No sound server is running" in told


def test_root_without_a_server_is_offered_each_users(box: Box, users: list[User]) -> None:
    ann, bob, _ = users
    used, other = servers(box, "root")
    assert (used["address"], used["user"], used["why"]) == (ann.address, ann.name, str(ann.runtime))
    assert (other["address"], other["user"], other["alive"]) == (bob.address, bob.name, True)
    assert sinks(box, "root") == ["kitchen"]
    assert sinks(box, "root", options=f"--server {bob.address}") == ["cellar"]
    assert box.ssh("root", "tuimixer set kitchen 35%").returncode == 0
    assert " 35%" in ann.volume("kitchen")
    named = servers(box, "root", f"PULSE_SERVER={bob.address}")
    assert [(server["address"], server["why"]) for server in named] == [
        (bob.address, "PULSE_SERVER"),
        (ann.address, str(ann.runtime)),
    ]


def test_the_system_wide_server(box: Box, users: list[User]) -> None:
    ann, bob, carl = users
    carl.start_server("everywhere", socket="/run/pulse/native")
    used = servers(box, carl.name)[0]
    assert (used["address"], used["why"]) == ("unix:/run/pulse/native", "system-wide")
    assert sinks(box, carl.name) == ["everywhere"]
    assert "the system-wide server\n" in box.ssh(carl.name, "tuimixer card").stdout
    # Users who have a server keep it, and see the other one in the list.
    used, *others = servers(box, ann.name)
    assert used["address"] == ann.address
    assert ("unix:/run/pulse/native", True) in [(other["address"], other["alive"]) for other in others]
    assert bob.address in [other["address"] for other in others]


def test_a_forwarded_display_is_not_asked(box: Box, users: list[User]) -> None:
    with socket.socket() as display:
        number = next(n for n in range(10, 100) if display.connect_ex(("127.0.0.1", 6000 + n)))
    with socket.socket() as display:
        display.bind(("127.0.0.1", 6000 + number))
        display.listen()
        display.setblocking(False)
        used = servers(box, users[0].name, f"DISPLAY=127.0.0.1:{number}.0")[0]
        assert used["address"] == users[0].address
        with pytest.raises(BlockingIOError):
            display.accept()
