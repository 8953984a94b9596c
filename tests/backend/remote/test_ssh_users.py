"""A box with several users: two with a sound server of their own, one without."""

import json
import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.backend.remote.screen import Screen
from tests.backend.remote.sshd import Box
from tests.lab.waiting import wait_until
from tuimixer.backend.remote.client import EngineBackend
from tuimixer.backend.remote.verb import run_remote_verb
from tuimixer.model.command import SetVolume
from tuimixer.model.snapshot import Phase
from tuimixer.wiring import Options, screen_backends

pytestmark = [
    pytest.mark.ssh,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can make users"),
]


class User:
    """A user of this system for the length of a test, with a runtime folder as logind makes it."""

    def __init__(self, name: str) -> None:
        self.name = name
        # The password "*" fits nothing, and unlike "!" does not lock the account for sshd.
        subprocess.run(["useradd", "--create-home", "--shell", "/bin/sh", "-p", "*", name], check=True)
        self.entry = pwd.getpwnam(name)
        self.runtime = Path(f"/run/user/{self.entry.pw_uid}")
        self._server: subprocess.Popen[bytes] | None = None
        self.identity: dict[str, Any] = {
            "user": self.entry.pw_uid,
            "group": self.entry.pw_gid,
            "extra_groups": [],
            "cwd": "/",
        }

    def environment(self) -> dict[str, str]:
        return {"HOME": self.entry.pw_dir, "PATH": "/usr/bin:/bin", "XDG_RUNTIME_DIR": str(self.runtime)}

    def run(self, *command: str) -> str:
        """Output of a command as this user."""
        result = subprocess.run(
            command, capture_output=True, text=True, check=True, env=self.environment(), **self.identity
        )
        output: str = result.stdout
        return output

    def volume(self, sink: str) -> str:
        return self.run("pactl", "get-sink-volume", sink)

    def start_server(self, sink: str) -> None:
        self.runtime.mkdir(parents=True)
        self.runtime.chmod(0o700)
        os.chown(self.runtime, self.entry.pw_uid, self.entry.pw_gid)
        modules = [
            f"module-null-sink sink_name={sink} sink_properties=device.description={sink}",
            "module-native-protocol-unix",
        ]
        options = ["--exit-idle-time=-1", "--daemonize=no", "--disallow-exit", "--use-pid-file=no"]
        self._server = subprocess.Popen(
            ["pulseaudio", "-n", *(word for module in modules for word in ("-L", module)), *options],
            stdin=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=self.environment(),
            **self.identity,
        )
        wait_until(lambda: (self.runtime / "pulse" / "native").exists(), f"the server of {self.name}")

    def remove(self) -> None:
        if self._server:
            self._server.kill()
            self._server.wait()
        for folder in Path("/proc").glob("[0-9]*"):
            if folder.exists() and folder.stat().st_uid == self.entry.pw_uid:
                os.kill(int(folder.name), signal.SIGKILL)
        shutil.rmtree(self.runtime, ignore_errors=True)
        subprocess.run(["userdel", "--remove", self.name], check=True, stderr=subprocess.DEVNULL)


@pytest.fixture
def users() -> Iterator[list[User]]:
    made: list[User] = []
    try:
        for number in range(3):
            made.append(User(f"tuimixer-{os.getpid()}-{number}"))
        made[0].start_server("kitchen")
        made[1].start_server("cellar")
        yield made
    finally:
        for user in made:
            user.remove()


@pytest.fixture
def box(monkeypatch: pytest.MonkeyPatch) -> Iterator[Box]:
    with Box() as box:
        monkeypatch.setenv("PATH", f"{box.client}:{os.environ['PATH']}")
        monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
        yield box


def phase(screen: Screen, source: str) -> Phase | None:
    return next((status.phase for status in screen.snapshot.statuses if status.source == source), None)


async def test_each_user_has_the_own_server_in_one_screen(box: Box, users: list[User]) -> None:
    hosts = tuple(box.target_of(user.name) for user in users)
    first, second, third = screen_backends(Options(hosts=hosts))
    assert isinstance(first, EngineBackend)
    assert isinstance(second, EngineBackend)
    assert isinstance(third, EngineBackend)
    async with Screen(first) as kitchen, Screen(second) as cellar, Screen(third) as silent:
        await kitchen.until(lambda: "pulse:sink/kitchen" in kitchen.snapshot.controls, "the kitchen")
        await cellar.until(lambda: "pulse:sink/cellar" in cellar.snapshot.controls, "the cellar")
        await silent.until(
            lambda: phase(silent, "pulse") is Phase.UNAVAILABLE, "the missing server to be told"
        )
        assert "pulse:sink/kitchen" not in silent.snapshot.controls
        kitchen.backend.submit(SetVolume("pulse:sink/kitchen", (32768, 32768)))
        wait_until(lambda: " 50%" in users[0].volume("kitchen"), "the volume in the kitchen")
        assert " 50%" not in users[1].volume("cellar")
        users[1].run("pactl", "set-sink-volume", "cellar", "25%")
        sink = "pulse:sink/cellar"
        await cellar.until(
            lambda: cellar.snapshot.controls[sink].raws == (16384, 16384), "the cellar's volume"
        )
    box.await_nothing_left()


def test_a_verb_runs_as_the_user_that_is_named(
    box: Box, users: list[User], capfd: pytest.CaptureFixture[str]
) -> None:
    for user, sink in zip(users, ("kitchen", "cellar"), strict=False):
        assert run_remote_verb(box.target_of(user.name), ["list", "--json"]) == 0
        listed = json.loads(capfd.readouterr().out)["controls"]
        assert [control["name"] for control in listed if control["kind"] == "sink"] == [sink]
    assert run_remote_verb(box.target_of(users[2].name), ["get", "@DEFAULT_SINK@"]) == 3
    assert capfd.readouterr().err.count("\n") == 1
