"""Users of the machine with their own sound servers; only root can create them."""

import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.backend.engine.sshd import Box
from tests.lab.waiting import wait_until


@contextmanager
def _alone() -> Iterator[None]:
    """One process of the lane at a time: useradd gives up after 15 attempts to lock /etc/passwd."""
    with (Path(tempfile.gettempdir()) / "tuimixer-users.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class User:
    """A user of this system for the duration of a test, with a runtime directory like logind's on the
    machine.
    """

    def __init__(self, box: Box, name: str, shell: str = "/bin/sh") -> None:
        self.box = box
        self.name = name
        # The password "*" matches nothing, and unlike "!" does not lock the account for sshd.
        with _alone():
            subprocess.run(["useradd", "--create-home", "--shell", shell, "-p", "*", name], check=True)
        self.entry = pwd.getpwnam(name)
        self.runtime = Path(f"/run/user/{self.entry.pw_uid}")
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Address of the user's own server."""
        return f"unix:{self.runtime}/pulse/native"

    def run(self, *command: str) -> str:
        """Output of a command run as this user in a session on the machine."""
        result = subprocess.run(self._inside(*command), capture_output=True, text=True, check=True)
        return result.stdout

    def volume(self, sink: str) -> str:
        """A sink's volume according to pactl."""
        return self.run("pactl", "get-sink-volume", sink)

    def start_server(self, sink: str, socket: str = "") -> None:
        """Start a PulseAudio with one null sink, on the user's own socket or another one."""
        for folder in {str(self.runtime), os.path.dirname(socket) or str(self.runtime)}:
            self.box.run(
                "install",
                "-d",
                "-m",
                "0700" if folder == str(self.runtime) else "0755",
                "-o",
                self.name,
                "-g",
                str(self.entry.pw_gid),
                folder,
            )
        door = f"socket={socket} auth-anonymous=1" if socket else ""
        modules = [
            f"module-null-sink sink_name={sink} sink_properties=device.description={sink}",
            f"module-native-protocol-unix {door}",
        ]
        options = ["--exit-idle-time=-1", "--daemonize=no", "--disallow-exit", "--use-pid-file=no"]
        loads = [word for module in modules for word in ("-L", module)]
        self._server = subprocess.Popen(
            self._inside("pulseaudio", "-n", *loads, *options),
            stdin=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        # Its socket's file exists before it listens there.
        address = f"unix:{socket}" if socket else self.address
        ask = self._inside("pactl", f"--server={address}", "info")
        wait_until(
            lambda: subprocess.run(ask, capture_output=True, check=False).returncode == 0,
            f"the server of {self.name}",
        )

    def remove(self) -> None:
        """End everything that runs as this user, and remove the user."""
        if self._server:
            self._server.kill()
            self._server.wait()
        wait_until(self._removed, f"the user {self.name} to go")
        shutil.rmtree(self.entry.pw_dir, ignore_errors=True)

    def _removed(self) -> bool:
        """Try to remove the user, who may have processes that have not ended yet."""
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if folder.stat().st_uid == self.entry.pw_uid:
                    os.kill(int(folder.name), signal.SIGKILL)
            except (FileNotFoundError, ProcessLookupError):
                continue
        with _alone():
            done = subprocess.run(["userdel", self.name], check=False, stderr=subprocess.DEVNULL)
        return done.returncode == 0

    def _inside(self, *command: str) -> list[str]:
        """The command line that runs a command on the machine as this user."""
        ids = [f"--reuid={self.entry.pw_uid}", f"--regid={self.entry.pw_gid}", "--clear-groups"]
        variables = {"HOME": self.entry.pw_dir, "PATH": "/usr/bin:/bin", "XDG_RUNTIME_DIR": str(self.runtime)}
        session = [f"{name}={value}" for name, value in variables.items()]
        return [*self.box.inside, "setpriv", *ids, "env", "-C", "/", "-i", *session, *command]


@contextmanager
def three_users(box: Box) -> Iterator[list[User]]:
    """Two users with the sinks `kitchen` and `cellar` on their own servers, and one without a server."""
    made: list[User] = []
    try:
        for number in range(3):
            made.append(User(box, f"tuimixer-{os.getpid()}-{number}"))
        made[0].start_server("kitchen")
        made[1].start_server("cellar")
        yield made
    finally:
        for user in made:
            user.remove()
