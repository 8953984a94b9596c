"""What a virtual machine prints: its command's output, and its console for failures."""

import os
import re
import selectors
import signal
import subprocess
import sys
import time

UNTIL_OUTPUT = 600
"""Seconds within which a guest must print something; on a busy machine, booting takes one minute."""

TIMED_OUT = 124
"""The exit status of timeout(1) for this."""

_CONSOLE_LINES = 40
"""Shown of the console's end after a failure."""

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

    machine: leads a session of its own.
    timeout: seconds after which the machine is ended, with the status TIMED_OUT.
    until_output: seconds after which it is, if there is no output.
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
                if left() <= 0:
                    status = TIMED_OUT
            if status is None:
                status = machine.wait()
        finally:
            if machine.poll() is None:
                os.killpg(machine.pid, signal.SIGKILL)
                machine.wait()
            machine.stdout.close()
            machine.stderr.close()
    messages = _RECORDING.sub("", console.decode(errors="replace"))
    return subprocess.CompletedProcess(machine.args, status, output.decode(errors="replace"), messages)


def explain(done: subprocess.CompletedProcess[str]) -> None:
    """If the guest failed, print why and the end of its console."""
    if not done.returncode:
        return
    if not done.stdout:
        print("vm: the guest printed nothing")
    elif done.returncode == TIMED_OUT:
        print("vm: the guest did not finish in time")
    print("vm: the end of its console:")
    print("\n".join(done.stderr.splitlines()[-_CONSOLE_LINES:]), flush=True)
