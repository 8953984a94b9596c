"""An `ssh` with a malicious far end; first in PATH, it is what `--host` talks to.

Run as a program: `python hostile.py SEED`. It reads and ignores what the screen sends.
"""

import json
import os
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

_NASTY_JSON = (
    b'["delta",' + b"[" * 400_000,
    b'["notice",{"text":' + b'{"a":' * 100_000,
    b'["delta",{"serial":' + b"9" * 4000 + b"}]",
    b'["delta",{"order":["a","a"]}]',
    b'["system",{"number":1,"system":{}}]',
    b'["levels",[1,1,[[0,' + b"9" * 30 + b"],[1]]]]",
    b"\xff\x00garbage",
    b"[]",
    b"x" * (1 << 20),
)


def install(folder: Path, seed: int) -> dict[str, str]:
    """Put an `ssh` into a directory; returns the variables with which it is found."""
    folder.mkdir(exist_ok=True)
    root = Path(__file__).parents[2]
    script = folder / "ssh"
    script.write_text(
        f"#!/bin/sh\nPYTHONPATH={root} exec {sys.executable} -P -m tests.chaos.hostile {seed} $$\n"
    )
    script.chmod(0o755)
    return {"PATH": f"{folder}:{os.environ['PATH']}"}


def _bodies(random: Random) -> Iterator[bytes]:
    """Lines valid in the protocol, with contents that no sound system has."""
    from tests.backend.engine.anything import anything, snapshot, successor
    from tests.chaos.victim import NASTY
    from tuimixer.backend.demo.simulated import big, box
    from tuimixer.backend.engine import protocol
    from tuimixer.backend.engine.delta import make_delta
    from tuimixer.model.snapshot import Levels, Notice, Snapshot
    from tuimixer.model.system import System

    shown = Snapshot()
    serial = 0
    while True:
        serial += 1
        newer: Snapshot = random.choice([box(), big(300, 200), snapshot(random), snapshot(random)])
        newer = random.choice([newer, successor(random, shown), successor(random, shown)])
        for known, control in list(newer.controls.items()):
            if random.random() < 0.3:
                name = random.choice(NASTY)
                stream = control.stream and replace(control.stream, application=name, media=name)
                newer.controls[known] = replace(control, name=name, stream=stream)
        yield from protocol.delta_lines(make_delta(shown, newer, serial))
        shown = newer
        for _ in range(random.choice([0, 1, 5, 5, 500])):
            yield protocol.encode("notice", Notice(random.choice(NASTY) or "x", error=random.random() < 0.5))
        watch = protocol.Watch(random.randrange(4), tuple(shown.controls), 20.0)
        peaks = {
            known: (random.choice([0.5, 1e300, -1.0]),) * random.randrange(4) for known in shown.controls
        }
        yield protocol.pack_levels(serial, watch, Levels(peaks))
        yield protocol.encode("system", protocol.SystemLine(random.randrange(3), anything(System, random)))


def main(seed: int) -> None:
    """Send the greeting, and then lines until the pipe breaks."""
    from tests.chaos.victim import NASTY
    from tuimixer.backend.engine.first_lines import PROTOCOL

    random = Random(seed)
    threading.Thread(target=lambda: [None for _ in iter(lambda: os.read(0, 65536), b"")], daemon=True).start()
    sys.stderr.write(random.choice(NASTY) + "\n")
    sys.stderr.flush()
    out = sys.stdout.buffer
    name = random.choice(NASTY)
    hello: list[Any] = ["hello", {"protocol": PROTOCOL, "version": name, "host": name, "user": name}]
    out.write(json.dumps(hello).encode() + b"\n")
    out.flush()
    end = time.monotonic() + random.choice([0.5, 3.0, 10.0, 30.0])
    pace = random.choice([0.0, 0.02, 0.3])
    for line in _bodies(random):
        out.write(line)
        out.flush()
        time.sleep(pace)
        if time.monotonic() > end:
            break
    out.write(random.choice(_NASTY_JSON) + b"\n")
    out.flush()
    time.sleep(random.choice([0, 0, 3]))
    sys.stderr.write(random.choice(NASTY))
    sys.exit(random.choice([0, 1, 127, 255]))


if __name__ == "__main__":
    main(int(sys.argv[1]) * 100_003 + int(sys.argv[2]))
