"""`watch` and `status --follow` for other machines: through engines there, as the screen does it."""

import os
import signal
import subprocess
from functools import partial

import pytest

from tests.backend.engine.sshd import Box
from tests.backend.engine.users import User
from tests.cli.follower import Follower

pytestmark = [
    pytest.mark.ssh,
    pytest.mark.usefixtures("home"),
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can make users"),
]


def test_status_of_a_box_over_a_cut_line(box: Box, users: list[User]) -> None:
    ann = users[0]
    status = Follower(dict(os.environ), "status", "--follow", "--host", box.target_of(ann.name))
    try:
        status.until(lambda line: line == "100%")
        ann.run("pactl", "set-sink-volume", "kitchen", "40%")
        status.until(lambda line: line == "40%")
        found = subprocess.run(
            ["pgrep", "-x", "ssh", "-P", str(status.process.pid)], capture_output=True, text=True, check=True
        )
        os.kill(int(found.stdout), signal.SIGKILL)
        ann.run("pactl", "set-sink-volume", "kitchen", "41%")
        status.until(lambda line: line == "41%")
        assert status.end(signal.SIGTERM) == (0, "")
    finally:
        status.process.kill()
    box.await_nothing_left()


def test_watch_of_two_boxes(box: Box, users: list[User]) -> None:
    ann, bob = (box.target_of(user.name) for user in users[:2])
    watch = Follower(dict(os.environ), "watch", "--host", ann, "--host", bob)
    try:
        for user, sink, target in ((users[0], "kitchen", ann), (users[1], "cellar", bob)):
            told = f"{target} pulse pulse:sink/{sink} volume "
            watch.provoke(partial(user.run, "pactl", "set-sink-volume", sink), told)
        assert watch.end(signal.SIGINT) == (0, "")
    finally:
        watch.process.kill()
    box.await_nothing_left()
