"""What an engine sends before its loop runs: the blocking backends' snapshot, which its own backends take
over.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.lab.pipewire import PrivatePipeWire
from tests.lab.plugins import Plugins
from tests.lab.pulse import PrivatePulse
from tests.lab.sound import SoundServer
from tests.lab.waiting import DEADLINE
from tuimixer.backend.engine.child import Child, LocalLink, engine_command
from tuimixer.backend.engine.delta import Delta, apply_delta
from tuimixer.backend.engine.early import EarlyReader
from tuimixer.backend.engine.protocol import decode, pack_command
from tuimixer.model.command import SetMute
from tuimixer.model.control import Kind
from tuimixer.model.snapshot import Snapshot, settled


@pytest.fixture(
    params=[pytest.param(name, marks=getattr(pytest.mark, name)) for name in ("pulse", "pipewire")]
)
def server(request: pytest.FixtureRequest) -> SoundServer:
    found: PrivatePulse | PrivatePipeWire = request.getfixturevalue(request.param)
    # Both sinks stay awake: the session manager suspends one on which nothing plays after five seconds.
    for name, sink in zip(("Firefox", "mpv"), found.sinks, strict=True):
        found.play(name, device=sink.name, silent=True)
    found.wait_for(lambda: {sink["state"] for sink in found.pactl_json("sinks")} == {"RUNNING"}, "the sinks")
    return found


@pytest.fixture
def engine(server: SoundServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Child]:
    for name, value in Plugins(tmp_path, server).env.items():
        monkeypatch.setenv(name, value)
    child = LocalLink(engine_command(["--device", "equal"])).open(first=True)
    yield child
    os.close(child.stdin)
    child.reap(DEADLINE)
    os.close(child.stdout)


@pytest.mark.unit
def test_the_first_engine_writes_a_large_snapshot_although_nobody_reads_yet() -> None:
    # In its own process: one with threads must not be forked.
    script = (
        "import os\n"
        "from tuimixer.backend.engine.child import fork\n"
        "log = os.open(os.devnull, os.O_WRONLY)\n"
        "child = fork(lambda: 7 if os.write(1, bytes(400_000)) == 400_000 else 1, log)\n"
        f"child.reap({DEADLINE})\n"
        "print(child.status)\n"
    )
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, check=True).stdout == b"7\n"


def first(engine: Child) -> Snapshot:
    """The first snapshot with both halves."""
    reader = EarlyReader(engine)
    while (snapshot := reader.poll(DEADLINE)) is not None:
        if settled(snapshot) == {"alsa", "pulse"}:
            return snapshot
    raise TimeoutError("no snapshot with both halves")


def until_acknowledged(engine: Child, snapshot: Snapshot, number: int) -> Snapshot:
    """The snapshot in which a command is acknowledged."""
    rest = b""
    while True:
        *lines, rest = (rest + os.read(engine.stdout, 1 << 16)).split(b"\n")
        for line in lines:
            _, body = decode(line)
            if isinstance(body, Delta):
                snapshot = apply_delta(snapshot, body)
                if body.ack == number:
                    return snapshot


def without_details(snapshot: Snapshot) -> Snapshot:
    """A snapshot without what the server's backend reads after its first one."""
    controls = {
        key: replace(control, device=control.device and replace(control.device, formats=()))
        for key, control in snapshot.controls.items()
        if control.kind is not Kind.STORED
    }
    return replace(snapshot, controls=controls)


def test_the_backends_take_the_first_snapshot_over_as_it_is(engine: Child) -> None:
    snapshot = first(engine)
    sink = next(control for control in snapshot.controls.values() if control.kind is Kind.SINK)
    assert sink.mute is not None
    mute = (True,) * len(sink.mute)
    # Sent before the backends have connected: the command waits for them, and so does their first snapshot.
    os.write(engine.stdin, pack_command(1, SetMute(sink.id, mute)))
    changed = until_acknowledged(engine, snapshot, 1)
    expected = replace(snapshot, controls={**snapshot.controls, sink.id: replace(sink, mute=mute)})
    assert without_details(changed) == without_details(expected)
