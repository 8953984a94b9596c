"""Runs one-shot verbs on another machine."""

import subprocess
from collections.abc import Sequence
from contextlib import suppress

from tuimixer.backend.base import Unreachable
from tuimixer.backend.engine.ending import ending_with
from tuimixer.backend.engine.ssh import Target, explain, ssh_command, verb_script
from tuimixer.backend.engine.stderr_filter import TerminalFilter

_SSH_FAILED = 255
_NOT_FOUND = 127


def run_remote_verb(host: str, arguments: Sequence[str]) -> int:
    """Run `tuimixer ARGUMENTS` on a host, with its output and ssh's messages here; returns the exit status.

    Raises:
        BadTarget: `host` is not a valid host name.
        Unreachable: the host cannot be reached, or does not have tuimixer.
    """
    target = Target.parse(host)
    try:
        # Unbuffered, because data that could not be written would be written again when the pipe is closed.
        with (
            subprocess.Popen(
                ssh_command(target), stdin=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0
            ) as ssh,
            ending_with(ssh.pid),
        ):
            assert ssh.stdin
            assert ssh.stderr
            # The pipe is kept open until the verb has ended; if ssh has exited already, its status says why.
            with suppress(BrokenPipeError):
                ssh.stdin.write(verb_script(arguments))
            words = TerminalFilter(2)
            while chunk := ssh.stderr.read(4096):
                words.say(chunk)
            words.end()
            status = ssh.wait()
    except FileNotFoundError:
        raise Unreachable("--host needs ssh, which is not installed on this machine.") from None
    if status == _SSH_FAILED:
        raise Unreachable(f"{target} cannot be reached by ssh.")
    if status == _NOT_FOUND:
        raise Unreachable(" ".join(explain(str(target), status, "")))
    # If a signal killed ssh itself, the status follows the shells' convention.
    return status if status >= 0 else 128 - status
