"""A running `tuimixer serve`, requests to it, and its child processes."""

import http.client
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tests.lab.waiting import DEADLINE, wait_until

TUIMIXER = str(Path(sys.executable).with_name("tuimixer"))


class Serving:
    """The process, the address that it printed, and the lines with it."""

    def __init__(self, env: Mapping[str, str], *options: str, cwd: Path | None = None) -> None:
        self.process = subprocess.Popen(
            [TUIMIXER, "serve", *options], env=env, cwd=cwd, stdout=subprocess.PIPE, text=True
        )
        self.said: list[str] = []
        threading.Thread(target=self._listen, daemon=True).start()
        try:
            wait_until(lambda: any(line.startswith("Press Ctrl-C") for line in self.said), "its last line")
        except TimeoutError as error:
            self.process.kill()
            error.add_note(f"It said: {self.said}")
            raise
        self.address = next(word for word in self.said[0].split() if word.startswith("http://"))

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line.rstrip())

    @property
    def port(self) -> int:
        port = urlsplit(self.address).port
        assert port
        return port

    @property
    def secret(self) -> str:
        return urlsplit(self.address).path.strip("/")

    def ask(self, path: str, headers: Mapping[str, str] | None = None) -> tuple[int, bytes]:
        """Status and body of a GET."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE)
        connection.request("GET", path, headers=dict(headers or {}))
        answer = connection.getresponse()
        return answer.status, answer.read()

    def family(self) -> list[int]:
        """Process ids of the screens and their engines."""
        return descendants(self.process.pid)

    def end(self) -> None:
        """End it as Ctrl-C does. May be called twice."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(DEADLINE)


@contextmanager
def serving(env: Mapping[str, str], *options: str, cwd: Path | None = None) -> Iterator[Serving]:
    served = Serving(env, *options, cwd=cwd)
    try:
        yield served
    finally:
        served.end()


def descendants(parent: int) -> list[int]:
    """Process ids of a process's children, their children, and so on."""
    children: dict[int, list[int]] = {}
    for entry in filter(str.isdecimal, os.listdir("/proc")):
        try:
            stat = Path(f"/proc/{entry}/stat").read_text()
        except OSError:
            continue
        children.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(entry))
    found, waiting = [], [parent]
    while waiting:
        new = children.get(waiting.pop(), [])
        found += new
        waiting += new
    return found


def alive(pid: int) -> bool:
    """Whether a process is running; one that has ended and is not reaped yet does not count."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False
