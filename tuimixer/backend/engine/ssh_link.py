"""An engine on another machine, run through ssh."""

import contextlib
import os
import select
from dataclasses import dataclass, field

from tuimixer import __version__
from tuimixer.backend.base import Unreachable
from tuimixer.backend.engine.child import LINGERED, Child, spawn
from tuimixer.backend.engine.ending import ending_with
from tuimixer.backend.engine.protocol import HELLO_START, LINE_LIMIT, ProtocolError, check_hello, decode
from tuimixer.backend.engine.ssh import Target, engine_script, explain, ssh_command
from tuimixer.backend.engine.stderr_filter import TerminalFilter

_STDERR_KEPT = 4096
_FAREWELL = 2
"""Seconds allowed for ssh to exit once the engine has exited."""


@dataclass(slots=True)
class SshLink:
    """An engine on another machine."""

    target: Target
    arguments: list[str]
    """Arguments of `tuimixer engine`."""
    noisy: bool = True
    patience: float = 20.0
    delays: tuple[float, float] = (1.0, 60.0)
    name: str = field(init=False)

    def __post_init__(self) -> None:
        self.name = str(self.target)

    def open(self, first: bool) -> Child:
        """Start ssh; the first time, wait for the greeting, while ssh can prompt and its messages reach the
        terminal.

        Raises:
            OSError: ssh is not installed.
            Unreachable: there is no engine at the other end.
        """
        child = spawn(ssh_command(self.target, ask=first), None, own_session=not first)
        # The script has a few hundred bytes, which always fit into a new pipe; if ssh has exited, its status
        # says why.
        with contextlib.suppress(BrokenPipeError):
            os.write(child.stdin, engine_script(self.arguments))
        if first:
            try:
                with ending_with(child.pid):
                    self._await_greeting(child)
            except BaseException:
                child.reap()
                for descriptor in (child.stdin, child.stdout, child.stderr):
                    if descriptor is not None:
                        os.close(descriptor)
                raise
        return child

    def explain(self, status: int | None, stderr: str) -> tuple[str, str]:
        """Why ssh or the engine behind it ended, and what to do about it."""
        return explain(self.name, status, stderr)

    def _await_greeting(self, child: Child) -> None:
        """Read until the engine sends its greeting, passing ssh's messages on to the terminal."""
        assert child.stderr is not None
        words = TerminalFilter(2)
        poll = select.poll()
        still_open = {child.stdout, child.stderr}
        for descriptor in still_open:
            poll.register(descriptor, select.POLLIN)
        while (greeting := _greeting(child.early)) is None and still_open and len(child.early) < LINE_LIMIT:
            # ssh may print its last messages after the engine's output has ended.
            ready = poll.poll(None if child.stdout in still_open else 1000 * _FAREWELL)
            if not ready:
                break
            for descriptor, _ in ready:
                chunk = os.read(descriptor, _STDERR_KEPT)
                if not chunk:
                    poll.unregister(descriptor)
                    still_open.discard(descriptor)
                if descriptor == child.stdout:
                    child.early += chunk
                else:
                    words.say(chunk)
        words.end()
        if len(child.early) >= LINE_LIMIT and greeting is None:
            raise Unreachable(f"The engine on {self.name} sent {LINE_LIMIT} bytes without a greeting.")
        if greeting is None:
            child.reap(_FAREWELL)
            if child.killed:
                raise Unreachable(f"The engine on {self.name} {LINGERED}.")
            sentences = explain(self.name, child.status, words.last)
            raise Unreachable(" ".join(filter(None, sentences)))
        try:
            check_hello(*decode(greeting), __version__)
        except ProtocolError as error:
            raise Unreachable(f"{self.name} {error}.") from None


def _greeting(read: bytes) -> bytes | None:
    """The engine's first line if it is complete, else None."""
    start = read.find(HELLO_START)
    end = read.find(b"\n", start)
    return read[start:end] if start >= 0 and end >= 0 else None
