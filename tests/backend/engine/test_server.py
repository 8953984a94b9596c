"""The engine's side: a slow reader, being ended from outside, and output of libraries."""

import asyncio
import json
import os
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.backend.engine.screen import python
from tests.lab.waiting import DEADLINE, wait_until
from tuimixer.backend.demo.backend import MASTER, DemoBackend
from tuimixer.backend.engine import process, protocol
from tuimixer.backend.engine.child import LocalLink, engine_command, open_log, spawn
from tuimixer.backend.engine.delta import Delta, apply_delta
from tuimixer.backend.engine.protocol import Number, ProtocolError, SystemLine, Watch
from tuimixer.backend.engine.server import Engine
from tuimixer.model.command import Command, SetMute, SetVolume
from tuimixer.model.snapshot import Levels, Notice, Snapshot
from tuimixer.model.system import System

pytestmark = pytest.mark.unit


class Reader:
    """A reader of an engine in this process that reads only when told to."""

    def __init__(self, backend: DemoBackend) -> None:
        engine_reads, self.writes = os.pipe()
        self.reads, engine_writes = os.pipe()
        os.set_blocking(self.reads, False)
        self.task = asyncio.create_task(Engine(backend).run(engine_reads, engine_writes))
        self.snapshot = Snapshot()
        self.acks: list[int] = []
        self.lines: list[tuple[str, protocol.Body]] = []
        self.rest = b""
        self.largest = 0

    def send(self, line: bytes) -> None:
        os.write(self.writes, line)

    async def read(self, answer: bool = True) -> int:
        """Read what has arrived, and confirm it; returns the number of bytes."""
        await asyncio.sleep(0.01)
        try:
            chunk = os.read(self.reads, 1 << 20)
        except BlockingIOError:
            return 0
        *lines, self.rest = (self.rest + chunk).split(b"\n")
        serial = 0
        for line in lines:
            kind, body = protocol.decode(line)
            self.lines.append((kind, body))
            if isinstance(body, Delta):
                self.snapshot = apply_delta(self.snapshot, body)
                self.acks.append(body.ack)
            serial = getattr(body, "serial", serial)
        if serial and answer:
            self.send(protocol.encode("seen", Number(serial)))
        return len(chunk)

    async def until(self, ack: int) -> None:
        async with asyncio.timeout(DEADLINE):
            while ack not in self.acks:
                await self.read()

    def count(self, kind: str) -> int:
        return sum(line[0] == kind for line in self.lines)

    async def close(self) -> None:
        os.close(self.writes)
        await asyncio.wait_for(self.task, DEADLINE)
        os.close(self.reads)


async def test_a_slow_reader_gets_every_change_in_few_lines_and_few_levels() -> None:
    backend = DemoBackend(still=True)
    reader = Reader(backend)
    while not reader.snapshot.controls:
        await reader.read()
    controls = reader.snapshot.controls.values()
    known = next(c.id for c in controls if c.id.startswith("pulse:") and len(c.channels) == 2)
    reader.send(protocol.encode("watch", Watch(1, (known,), 1000.0)))
    for number in range(1, 501):
        reader.send(protocol.pack_command(number, SetVolume(known, (number, number))))
        if number % 50 == 0:
            # Nothing reads meanwhile.
            await asyncio.sleep(0.02)
    await asyncio.sleep(0.1)
    unread = await reader.read(answer=False)
    assert unread < 8000
    await reader.until(ack=500)
    assert reader.snapshot.controls[known].raws == (500, 500)
    assert reader.count("delta") < 100
    assert reader.acks == sorted(reader.acks)
    await reader.close()


async def test_levels_keep_room_for_changes_on_a_reader_that_does_not_answer() -> None:
    backend = DemoBackend(still=True)
    reader = Reader(backend)
    while not reader.snapshot.controls:
        await reader.read()
    known = next(iter(reader.snapshot.controls))
    reader.send(protocol.encode("watch", Watch(1, (known,), 0.0)))
    await reader.read()
    assert backend._emit
    for _ in range(200):
        backend._emit(Levels({known: (0.5, 0.5)}))
        await asyncio.sleep(0)
    backend.remove(known)
    async with asyncio.timeout(DEADLINE):
        while known in reader.snapshot.controls:
            await reader.read(answer=False)
    assert 0 < reader.count("levels") < 40
    await reader.close()


class Unreadable(DemoBackend):
    """A machine whose system information cannot be read."""

    async def inspect(self) -> System:
        raise PermissionError("no access to /proc")


async def test_a_question_is_answered_even_if_the_facts_cannot_be_read() -> None:
    reader = Reader(Unreadable(still=True))
    reader.send(protocol.encode("inspect", Number(7)))
    async with asyncio.timeout(DEADLINE):
        while not (reader.count("system") and reader.count("notice")):
            await reader.read()
    assert ("system", SystemLine(7, System())) in reader.lines
    assert any("no access to /proc" in body.text for _, body in reader.lines if isinstance(body, Notice))
    await reader.close()


async def test_notices_reach_a_reader_that_is_slow() -> None:
    backend = DemoBackend(still=True)
    reader = Reader(backend)
    await reader.read()
    assert backend._emit
    for number in range(50):
        backend._emit(Notice(f"notice {number}"))
    backend._emit(replace(backend.snapshot, controls={}))
    async with asyncio.timeout(DEADLINE):
        while reader.count("notice") < 50:
            await reader.read(answer=False)
    await reader.close()


@pytest.mark.parametrize(
    "line", [b"rubbish\n", protocol.encode("notice", Notice("")), b'["command",[1,"Fly",{}]]\n']
)
async def test_an_engine_ends_at_what_is_no_message(line: bytes) -> None:
    reader = Reader(DemoBackend(still=True))
    reader.send(line)
    with pytest.raises(ProtocolError):
        await asyncio.wait_for(reader.task, DEADLINE)
    os.close(reader.reads)
    os.close(reader.writes)


async def test_a_backend_that_breaks_ends_the_engine() -> None:
    class Broken(DemoBackend):
        def submit(self, command: object) -> None:
            raise RuntimeError("broken")

    reader = Reader(Broken(still=True))
    reader.send(protocol.pack_command(1, SetVolume("x", (1,))))
    with pytest.raises(RuntimeError, match="broken"):
        await asyncio.wait_for(reader.task, DEADLINE)
    while await reader.read(answer=False):
        pass
    assert 1 not in reader.acks
    os.close(reader.reads)
    os.close(reader.writes)


async def test_of_commands_that_arrive_together_only_the_newest_of_a_kind_is_carried_out() -> None:
    done: list[Command] = []

    class Recording(DemoBackend):
        def submit(self, command: Command) -> None:
            done.append(command)
            super().submit(command)

    mute, last = SetMute(MASTER, (True,)), SetVolume(MASTER, (2,))
    commands: tuple[Command, ...] = (SetVolume(MASTER, (1,)), mute, last)
    reader = Reader(Recording(still=True))
    reader.send(b"".join(protocol.pack_command(n, c) for n, c in enumerate(commands, 1)))
    await reader.until(ack=3)
    assert done == [mute, last]
    assert reader.snapshot.controls[MASTER].raws == (2,)
    await reader.close()


@pytest.fixture
def engine() -> "Iterator[subprocess.Popen[bytes]]":
    """An engine in its own process that has sent its greeting."""
    with subprocess.Popen(
        engine_command(["--demo"]), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert b'"hello"' in process.stdout.readline()
        yield process
        process.kill()


def test_it_ends_when_its_pipe_is_closed(engine: "subprocess.Popen[bytes]") -> None:
    assert engine.stdin
    engine.stdin.close()
    assert engine.wait(DEADLINE) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_it_ends_on_a_signal(engine: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    engine.send_signal(number)
    assert engine.wait(DEADLINE) == -number


def test_it_says_what_it_does_not_understand(engine: "subprocess.Popen[bytes]") -> None:
    _, said = engine.communicate(b"what?\n", timeout=DEADLINE)
    assert engine.returncode == 2
    assert said.startswith(b"tuimixer: the screen sent a line that could not be parsed")
    assert said.count(b"\n") == 1


def test_it_wants_pipes_and_known_options() -> None:
    controller, terminal = os.openpty()
    cases = [(["--demo"], terminal), (["--demo"], subprocess.DEVNULL), (["--fly"], subprocess.PIPE)]
    for arguments, stdin in cases:
        command = engine_command(arguments)
        result = subprocess.run(command, stdin=stdin, capture_output=True, timeout=DEADLINE, check=False)
        assert (result.returncode, result.stdout, result.stderr.count(b"\n")) == (2, b"", 1)
    os.close(controller)
    os.close(terminal)


NOISY = """
import os, ctypes, sys
from tuimixer.backend.engine.process import serve_process
from tuimixer.backend.demo.backend import MASTER, DemoBackend
def make():
    os.system("echo a library printed this")
    print("and Python this", flush=True)
    assert sys.stdin.read() == ""
    return DemoBackend(still=True)
serve_process(make, False)
"""


def test_what_libraries_print_goes_to_the_log(state_folder: Path) -> None:
    child = LocalLink(python(NOISY)).open(first=True)
    with open(child.stdout, "rb") as stdout, open(child.stdin, "wb"):
        kinds = [json.loads(stdout.readline())[0] for _ in range(2)]
    assert kinds == ["hello", "delta"]
    wait_until(lambda: child.poll() is not None, "the engine to end")
    log = (state_folder / "tuimixer" / "engine.log").read_text()
    assert "a library printed this\nand Python this\n" in log


STUCK = """
import ctypes, sys
from tuimixer.backend.engine import process
from tuimixer.backend.demo.backend import MASTER, DemoBackend
class Stuck(DemoBackend):
    async def run(self, emit):
        sys.stderr.write("stuck\\n")
        ctypes.PyDLL(None).sleep(1000)  # without letting go of the interpreter, as a sound library's call
process._SILENCE = 1
sys.exit(process.serve_process(lambda: Stuck(still=True), sys.argv[1] == "remote"))
"""


def test_an_engine_that_is_stuck_does_not_outlive_its_parent() -> None:
    middle = (
        "import subprocess, sys\n"
        "command = [sys.executable, '-P', '-c', sys.argv[1], 'local']\n"
        "p = subprocess.Popen(command, stdin=-1, stdout=-1, stderr=-1)\n"
        "p.stderr.readline(); print(p.pid, flush=True); p.wait()\n"
    )
    with subprocess.Popen([*python(middle), STUCK], stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        parent.kill()
    wait_until(lambda: not Path(f"/proc/{pid}").exists() or zombie(pid), "the engine to go with its parent")


def test_an_engine_whose_screen_is_silent_on_another_box_ends_though_stuck() -> None:
    child = spawn([*python(STUCK), "remote"], None, own_session=True)
    wait_until(lambda: child.poll() is not None, "the engine to end")
    assert child.status == -signal.SIGALRM


def test_whatever_a_screen_says_keeps_an_engine_on_another_box_alive() -> None:
    script = (
        "import signal, sys\n"
        "signal.alarm = lambda seconds: print(seconds, file=sys.stderr, flush=True)\n"
        "from tuimixer.backend.engine import process\n"
        "from tuimixer.backend.demo.backend import DemoBackend\n"
        "sys.exit(process.serve_process(lambda: DemoBackend(still=True), True))\n"
    )
    said = protocol.encode("seen", Number(1))
    result = subprocess.run(python(script), input=said, capture_output=True, timeout=DEADLINE, check=True)
    # At the start, and at the word.
    assert result.stderr == f"{process._SILENCE}\n".encode() * 2


def zombie(pid: int) -> bool:
    return " Z " in Path(f"/proc/{pid}/stat").read_text()


def test_the_log_is_bounded_and_needs_no_home(
    state_folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    log, path = open_log()
    os.write(log, b"x" * 300_000)
    os.close(log)
    log, again = open_log()
    assert path == again == str(state_folder / "tuimixer" / "engine.log")
    assert os.fstat(log).st_size == 0
    os.close(log)
    runtime = tmp_path / "runtime"
    monkeypatch.setenv("XDG_STATE_HOME", "/proc/nowhere")
    monkeypatch.delenv("HOME")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    log, path = open_log()
    assert path == str(runtime / "tuimixer" / "engine.log")
    os.close(log)
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    log, path = open_log()
    assert path == ""
    assert os.write(log, b"x") == 1
    os.close(log)


def test_a_link_in_the_log_s_place_is_not_followed(state_folder: Path, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (state_folder / "tuimixer").mkdir(parents=True)
    (state_folder / "tuimixer" / "engine.log").symlink_to(victim)
    log, path = open_log()
    os.close(log)
    assert path != str(state_folder / "tuimixer" / "engine.log")
    assert victim.read_text() == "precious"


def test_a_module_in_the_folder_it_is_started_from_is_not_run(tmp_path: Path) -> None:
    (tmp_path / "msgspec.py").write_text("raise SystemExit('a stranger was run')")
    command = engine_command(["--demo"])
    result = subprocess.run(
        command, input=b"", capture_output=True, cwd=tmp_path, timeout=DEADLINE, check=True
    )
    assert result.stdout.startswith(protocol.HELLO_START)
