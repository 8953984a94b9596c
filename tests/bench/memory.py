"""Does memory stay flat? `./dev bench --memory SECONDS`: dialogs, keys, meters, streams, devices.

The program runs on a private PulseAudio on which streams and devices come and go all the time, while dialogs
are opened, walked through and closed. What the screen and its engine hold is printed every ten seconds, and
at the end what each has grown by, once everything had been used a few times.
"""

import random
import threading
import time
from itertools import count
from pathlib import Path

from tests.lab.pulse import PrivatePulse
from tests.pty.person import Person

DIALOGS = ("enter", "F1", "F2", "F6", "F7", "F8", "f", "=", "r", "F1")
WALKS = ("down", "up", "pagedown", "end", "home", "tab")
MAIN = ("up", "down", "left", "right", "m", "m", "tab", "v", "F5", "pageup", "pagedown")
WARM = 0.25
"""Share of the time after which everything has been used several times."""


def held(pid: int) -> float:
    """Megabytes used by a process alone."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    kilobytes = {line.split()[0].rstrip(":"): line.split()[1] for line in lines[1:]}
    return (int(kilobytes["Private_Dirty"]) + int(kilobytes["Private_Clean"])) / 1024


def churn(server: PrivatePulse, ended: threading.Event) -> None:
    """Let a device and two streams come and go, a few times a second."""
    for number in count():
        if ended.wait(0.1):
            return
        name = f"sink{number % 7}"
        sink = server.pactl("load-module", "module-null-sink", f"sink_name={name}").strip()
        loops = [
            server.pactl("load-module", "module-loopback", f"source={source}", "sink=speakers").strip()
            for source in (f"{name}.monitor", "headphones.monitor")
        ]
        for module in (*loops, sink):
            server.pactl("unload-module", module)


def line(passed: float, screen: float, engine: float, opened: int) -> str:
    """One line of the table."""
    return f"{passed:6.0f} s  screen {screen:6.2f} MB  engine {engine:6.2f} MB  {opened:5} dialogs"


def main(seconds: float) -> int:
    """Run, and print the memory used; returns 0 if nothing grew by 2 MB."""
    chance, ended, opened = random.Random(1), threading.Event(), 0
    told: list[tuple[float, float, float, int]] = []
    with PrivatePulse() as server:
        server.play("Music")
        busy = threading.Thread(target=churn, args=(server, ended), daemon=True)
        keys = server.folder / "keys.toml"
        # F10 closes dialogs; if none has opened, it must not quit.
        keys.write_text('[keys]\nquit = ["ctrl+c"]\n')
        with Person(server.env, "--config", str(keys)) as person:
            person.sees("Music")
            screen = person.terminal.process.pid
            busy.start()
            start = time.monotonic()
            while (passed := time.monotonic() - start) < seconds and person.terminal.process.poll() is None:
                if not told or passed - told[-1][0] >= 10:
                    # On a loaded machine an engine may be delayed for so long that the screen starts another.
                    for engine in person.engines():
                        told.append((passed, held(screen), held(engine), engine))
                        print(line(*told[-1][:3], opened), flush=True)
                    person.terminal.output.clear()
                person.press(DIALOGS[opened % len(DIALOGS)], *chance.choices(WALKS, k=4))
                time.sleep(0.2)
                person.press("F10")
                time.sleep(0.2)
                person.press(*chance.choices(MAIN, k=3))
                opened += 1
            ended.set()
            busy.join()
            person.press("ctrl+c")
            status = person.terminal.wait()
            if person.log.exists():
                print(person.log.read_text(errors="replace"))
    print(f"status {status}; {opened} dialogs in all")
    warm = [figures for figures in told if figures[0] >= WARM * seconds] or told[-1:]
    lasting = [figures for figures in warm if figures[3] == warm[-1][3]]
    grown = [max(figures[i] for figures in some) - some[0][i] for i, some in ((1, warm), (2, lasting))]
    print(f"from {warm[0][0]:.0f} to {told[-1][0]:.0f} s")
    print(f"the screen grew by {grown[0]:.2f} MB, the engine by {grown[1]:.2f} MB")
    if len({figures[3] for figures in told}) > 1:
        print(f"the engine's figures are those of the last one, from {lasting[0][0]:.0f} s on")
    return int(status != 0 or max(grown) >= 2)
