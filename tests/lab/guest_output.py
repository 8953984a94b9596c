"""What a virtual machine prints: its command's output, and its console, which is shown after failures."""

import os
import re
import selectors
import signal
import subprocess
import sys
import time

UNTIL_OUTPUT = 600
"""Seconds within which a guest must print something, so that one that hangs while booting is soon ended.

Booting takes ten seconds, on a busy machine one minute."""

TIMED_OUT = 124
"""The status of a guest that was ended because it took too long; timeout(1) has the same."""

NO_STATUS = 255
"""virtme-ng's status if the machine ended before the command did."""

_CONSOLE_LINES = 40
"""How many of the console's last lines are shown after a failure."""

# The audio driver that writes to a file cannot record, and QEMU complains at each reset.
_RECORDING = re.compile(r"audio: Failed to create voice `[^\n]*\n?")


def follow(
    machine: subprocess.Popen[bytes],
    timeout: float,
    *,
    until_output: float = UNTIL_OUTPUT,
    stream: bool = False,
) -> subprocess.CompletedProcess[str]:
    """Read to the end what the guest prints: its command's output on stdout, its console on stderr.

    machine: leads a session of its own, all of which is ended after `timeout` seconds, with the status
        TIMED_OUT; after `until_output` seconds if the command has printed nothing.
    stream: also pass on the output at once.
    """
    assert machine.stdout is not None
    assert machine.stderr is not None
    output, console = bytearray(), bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(machine.stdout, selectors.EVENT_READ, output)
        selector.register(machine.stderr, selectors.EVENT_READ, console)
        start = time.monotonic()
        status = None

        def left() -> float:
            return start + (timeout if output else min(timeout, until_output)) - time.monotonic()

        try:
            while selector.get_map() and status is None:
                for key, _ in selector.select(max(0, left())):
                    data = os.read(key.fd, 65536)
                    if not data:
                        selector.unregister(key.fileobj)
                    key.data.extend(data)
                    if stream and key.data is output:
                        sys.stdout.buffer.write(data)
                        sys.stdout.buffer.flush()
                if selector.get_map() and left() <= 0:
                    status = TIMED_OUT
            if status is None:
                status = machine.wait()
        finally:
            # Not poll(): it would reap a leader that has exited, and without the leader's number a QEMU that
            # it has left behind cannot be ended.
            if machine.returncode is None:
                os.killpg(machine.pid, signal.SIGKILL)
                machine.wait()
            machine.stdout.close()
            machine.stderr.close()
    messages = _RECORDING.sub("", console.decode(errors="replace"))
    return subprocess.CompletedProcess(machine.args, status, output.decode(errors="replace"), messages)


def explain(done: subprocess.CompletedProcess[str]) -> None:
    """Print why a guest failed, and the end of its console, unless what it printed tells why."""
    if done.returncode == TIMED_OUT:
        print(f"vm: the guest {'did not finish' if done.stdout else 'printed nothing'} in time")
    elif done.returncode == NO_STATUS:
        print("vm: the machine ended before its command did")
    elif done.returncode == 0 or done.stdout:
        return
    if lines := done.stderr.splitlines()[-_CONSOLE_LINES:]:
        print("vm: the end of its console:", *lines, sep="\n", flush=True)
