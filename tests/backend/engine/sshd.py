"""A machine to be reached through ssh: a real sshd on a loopback port with its own keys and installation."""

import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType

import pytest

from tests.lab.waiting import wait_until

_NEEDED = ("tuimixer", "msgspec", "pulsectl", "pulsectl_asyncio", "asyncinotify", "alsaaudio", "platformdirs")


class Box:
    """sshd, what is installed on its machine, and an ssh client configured to reach it; use it with
    `with`.
    """

    def __init__(self, own_run: bool = False, passwords: bool = False) -> None:
        """Args: `own_run` gives the machine its own /run, which requires root; `passwords` allows password
        login.
        """
        self._own_run, self._passwords = own_run, passwords
        # Not pytest's own directory: other users have to get in.
        self.folder = Path(tempfile.mkdtemp(prefix="tuimixer-box-", dir="/tmp"))
        self.folder.chmod(0o755)
        self._reserved = _reserved_port()
        self.port: int = self._reserved.getsockname()[1]
        self.log = self.folder / "sshd.log"
        self.path = self.folder / "path"
        self.client = self.folder / "client"
        self.program = self.path / "tuimixer"
        for folder in (self.path, self.client):
            folder.mkdir()
        for name in ("host_key", "key", "other_key"):
            _run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(self.folder / name))
        self._install()
        self._configure_server()
        self.configure_client()
        self._server: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Box":
        if os.geteuid() == 0 and not self._own_run:
            Path("/run/sshd").mkdir(exist_ok=True)
        sshd = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
        assert sshd, "there is no sshd; install openssh-server"
        with self.log.open("wb") as log:
            command = [
                sshd,
                "-D",
                "-e",
                "-f",
                str(self.folder / "sshd_config"),
                *self._without_penalties(sshd),
            ]
            if self._own_run:
                script = 'mount -t tmpfs -o mode=755 run /run && mkdir /run/sshd /run/user && exec "$@"'
                command = ["unshare", "--mount", "sh", "-c", script, "sh", *command]
            self._server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=log)
        wait_until(self._answers, "sshd to answer")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server
        self._server.terminate()
        self._server.wait()
        for pid in self.engines():
            os.kill(pid, signal.SIGKILL)
        self._reserved.close()
        shutil.rmtree(self.folder)

    @property
    def inside(self) -> list[str]:
        """What precedes a command so that it runs on the machine, as root, with its own /run."""
        assert self._server
        return ["nsenter", f"--mount=/proc/{self._server.pid}/ns/mnt", "--"] if self._own_run else []

    def run(self, *command: str) -> None:
        """Run a command on the machine as root."""
        _run(*self.inside, *command)

    def use(self, patch: pytest.MonkeyPatch) -> None:
        """Make `ssh` in this process and its children a client of this machine."""
        patch.setenv("PATH", f"{self.client}:{os.environ['PATH']}")
        patch.delenv("SSH_AUTH_SOCK", raising=False)

    def ssh(self, user: str, command: str) -> "subprocess.CompletedProcess[str]":
        """How a user's login shell interprets a command line."""
        line = [str(self.client / "ssh"), "-p", str(self.port), "-l", user, "127.0.0.1", command]
        return subprocess.run(line, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)

    @property
    def target(self) -> str:
        """The machine as given to --host, for this process's user."""
        return self.target_of(pwd.getpwuid(os.geteuid()).pw_name)

    def target_of(self, user: str) -> str:
        """The machine as given to --host, for another user."""
        return f"{user}@127.0.0.1:{self.port}"

    def engines(self) -> list[int]:
        """`ps` output for the machine's installation, without processes that have ended."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                command = (folder / "cmdline").read_bytes()
            except OSError:
                continue
            if str(self.folder / "lib").encode() in command:
                found.append(int(folder.name))
        return found

    def await_nothing_left(self) -> None:
        """Wait until no engine is running on the machine."""
        wait_until(lambda: not self.engines(), "the box's engines to end")

    def replace_program(self, script: str) -> None:
        """Replace the machine's tuimixer with a shell script."""
        self.program.write_text(f"#!/bin/sh\n{script}\n")
        self.program.chmod(0o755)

    def configure_client(self, key: str = "key", known: bool = True, more: str = "") -> None:
        """Write the ssh config that the `ssh` in `client` uses."""
        known_hosts = self.folder / "known_hosts"
        host_key = (self.folder / "host_key.pub").read_text()
        known_hosts.write_text(f"[127.0.0.1]:{self.port} {host_key}" if known else "")
        (self.folder / "ssh_config").write_text(
            f"Host *\nIdentityFile {self.folder}/{key}\nIdentitiesOnly yes\n"
            f"UserKnownHostsFile {known_hosts}\nGlobalKnownHostsFile /dev/null\n{more}\n"
        )
        ssh = shutil.which("ssh", path=os.environ["PATH"].replace(f"{self.client}:", ""))
        assert ssh, "there is no ssh; install openssh-client"
        (self.client / "ssh").write_text(f'#!/bin/sh\nexec {ssh} -F {self.folder}/ssh_config "$@"\n')
        (self.client / "ssh").chmod(0o755)

    def _install(self) -> None:
        """tuimixer and what it needs, readable for every user."""
        library = self.folder / "lib"
        library.mkdir()
        for name in _NEEDED:
            spec = importlib.util.find_spec(name)
            assert spec, f"{name} is not installed"
            assert spec.origin
            if spec.submodule_search_locations:
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(Path(spec.origin).parent, library / name, ignore=ignored)
            else:
                shutil.copy(spec.origin, library)
        path = f"import sys; sys.path.insert(0, {str(library)!r})"
        program = f"{path}; from tuimixer.cli.main import main; sys.exit(main())"
        self.replace_program(f'exec {_python()} -P -c "{program}" "$@"')

    def _configure_server(self) -> None:
        (self.folder / "authorized_keys").write_text((self.folder / "key.pub").read_text())
        (self.folder / "sshd_config").write_text(
            f"ListenAddress 127.0.0.1\nPort {self.port}\nHostKey {self.folder}/host_key\nPidFile none\n"
            f"AuthorizedKeysFile {self.folder}/authorized_keys\nStrictModes no\nUsePAM no\nUseDNS no\n"
            f"PasswordAuthentication {'yes' if self._passwords else 'no'}\n"
            "KbdInteractiveAuthentication no\nPermitRootLogin yes\n"
            f"SetEnv PATH={self.path}:/usr/bin:/bin\n"
        )

    def _without_penalties(self, sshd: str) -> list[str]:
        """Options with which OpenSSH since 9.8 does not reject a client that was refused before."""
        options = ["-o", "PerSourcePenalties=no"]
        trial = [sshd, "-t", "-f", str(self.folder / "sshd_config"), *options]
        known = subprocess.run(trial, stderr=subprocess.DEVNULL, check=False).returncode == 0
        return options if known else []

    def _answers(self) -> bool:
        assert self._server
        assert self._server.poll() is None, f"sshd ended:\n{self.log.read_text()}"
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


def _python() -> str:
    """A Python that every user may run: this one, or the system's if it is the same version."""
    mine = os.path.realpath(sys.executable)
    readable = all(os.stat(folder).st_mode & 0o005 == 0o005 for folder in Path(mine).parents)
    return mine if readable else f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}"


def _reserved_port() -> socket.socket:
    """A socket on a free port, which nothing else can get while it is open except a server that
    requests it.
    """
    reserved = socket.socket()
    # With this set on both, as by sshd, a server may listen where another socket does not.
    reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    reserved.bind(("127.0.0.1", 0))
    return reserved


def _run(*command: str) -> None:
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
