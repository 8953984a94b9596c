"""How long does exiting take? `./dev bench --endings`: if the terminal has not read for 25 seconds and many
keys are waiting, and if the engine hangs.

A loaded machine makes the seconds longer, so the processor time used for exiting is printed too.
"""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from tests.lab.pulse import PrivatePulse
from tests.pty.person import Person

UNREAD = 25.0
"""Seconds for which the terminal does not read."""
KEYS = 1000
"""Keys waiting when the program is told to exit."""
ENDINGS: dict[str, Callable[[Person], None]] = {
    "SIGTERM": lambda person: person.terminal.signal(signal.SIGTERM),
    "SIGHUP": lambda person: person.terminal.signal(signal.SIGHUP),
    "Ctrl-C": lambda person: person.press("ctrl+c"),
    "window closed": lambda person: person.terminal.hang_up(),
}


def processor_time(pid: int) -> float:
    """Processor time in seconds that a process has used; it may have ended, but not been waited for."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def ended(pid: int) -> bool:
    """Whether a process has ended, waited for or not."""
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def end(server: PrivatePulse, ending: str, when: str) -> tuple[float, float, int]:
    """Seconds, processor time in seconds, and status of one exit."""
    with Person(server.env, "--no-config") as person:
        person.sees("Music")
        engines = person.engines()
        if when in ("not reading", "afterwards"):
            person.terminal.stop_reading()
            person.press(*["v"] * 40, "F1", "PageDown", "F10", "F8")
            time.sleep(UNREAD)
            for _ in range(KEYS // 100):
                person.press(*["Down", "m"] * 50)
        if when == "afterwards":
            person.terminal.read_on()
        elif when == "engine hangs":
            os.kill(engines[0], signal.SIGSTOP)
        pid = person.terminal.process.pid
        used, started = processor_time(pid), time.monotonic()
        ENDINGS[ending](person)
        while not ended(pid):
            time.sleep(0.002)
        return time.monotonic() - started, processor_time(pid) - used, person.terminal.wait()


def main() -> int:
    """Measure and print."""
    with PrivatePulse() as server:
        server.play("Music")
        for when in ("reading", "engine hangs", "not reading", "afterwards"):
            for ending in ENDINGS:
                seconds, used, status = end(server, ending, when)
                line = (
                    f"{when:12} {ending:13} {seconds:5.2f} s {used:5.2f} s of processor time, status {status}"
                )
                print(line, flush=True)
    return 0
