"""Unusual objects that servers may have: none of them ends the program or garbles it."""

import contextlib
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.lab.pulse import PrivatePulse
from tests.pty.conftest import Box
from tests.pty.person import Person

pytestmark = pytest.mark.pty

MANY, SINKS = 300, 4
MODULES = (
    "module-null-sink sink_name=wide channels=32 sink_properties=device.description=Wide",
    "module-combine-sink sink_name=both slaves=speakers,headphones",
    "module-remap-sink sink_name=swapped master=speakers",
    "module-loopback source=speakers.monitor sink=headphones",
)


def go_on(box: Box, person: Person, percent: int) -> None:
    """The selected stream is still selected and moves, on the server too."""
    person.sees_chosen("mpv")
    person.press("Right")
    box.waits_for_percent("mpv", percent)
    person.sees_percent("mpv", percent)
    not_garbled(box, person)


def not_garbled(box: Box, person: Person) -> None:
    """What was painted cell by cell equals a full repaint."""
    # A paused server reports nothing: PipeWire sometimes links a stream long after it has begun to play.
    box.server.pause()
    try:
        person.terminal.wait_quiet()
        before, received = person.terminal.screen(), person.terminal.received
        person.press("ctrl+l")
        # A full repaint has at least as many bytes as the screen has characters.
        person.terminal.wait_for(lambda _: person.terminal.received >= received + len(before))
        person.terminal.wait_quiet()
        assert person.terminal.screen() == before
    finally:
        box.server.resume()


def loopback_plays(person: Person) -> bool:
    """Whether both of its halves have started: PipeWire's are paused at first."""
    halves = [line for line in person.terminal.screen().splitlines() if "oopback" in line]
    return bool(halves) and not any("paused" in line for line in halves)


@contextlib.contextmanager
def without_a_client(box: Box) -> Iterator[bool]:
    """A stream over a bare socket, if the server accepts that; yields whether it does."""
    if not isinstance(box.server, PrivatePulse):
        yield False
        return
    path = box.server.folder / "simple"
    box.server.pactl("load-module", "module-simple-protocol-unix", f"socket={path}", "playback=1")
    with socket.socket(socket.AF_UNIX) as bare:
        bare.connect(str(path))
        bare.sendall(bytes(100_000))
        yield True


def test_what_modules_make_and_what_has_no_client(any_box: Box) -> None:
    box, server = any_box, any_box.server
    with Person(box.env, "-D", "pulse", "--layout", "rows", "--view", "all", columns=100, lines=40) as person:
        person.sees("mpv")
        person.choose("mpv")
        loaded = [server.pactl("load-module", *module.split()).strip() for module in MODULES]
        with without_a_client(box) as there:
            plays = 3 + 4 + there
            server.wait_for(lambda: len(server.pactl_json("sink-inputs")) == plays, "all to play")
            person.sees("Wide")
            person.waits_for(lambda: loopback_plays(person), "the loopback to play")
            go_on(box, person, 61)
            short = server.folder / "short.raw"
            short.write_bytes(bytes(44100 * 4 // 20))
            for _ in range(10):
                played = ["pacat", "--raw", "--client-name=blip", "--latency-msec=20", str(short)]
                subprocess.run(played, env=server.env, check=True)
            person.sees_no_more("blip")
            go_on(box, person, 62)
        for number in loaded:
            server.pactl("unload-module", number)
        person.sees_no_more("Wide", "blip")
        go_on(box, person, 63)


def test_300_streams(box: Box) -> None:
    """On PulseAudio: PipeWire takes minutes to accept 300 streams; the backend has its own test."""
    server = box.server
    for number in range(SINKS):
        named = (f"sink_name=bench_sink_{number}", f"sink_properties=device.description=Sink{number}")
        server.pactl("load-module", "module-null-sink", *named)
    with Person(box.env, "-D", "pulse", "--layout", "rows") as person:
        person.sees("mpv")
        person.choose("mpv")
        command = [sys.executable, "-m", "tests.bench.feeder", str(MANY), str(SINKS)]
        with subprocess.Popen(
            command, env=server.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as feeder:
            assert feeder.stdout is not None
            assert feeder.stdout.readline().strip() == "ready"
            person.sees(f"Applications ({MANY + 3}")
            person.sees_chosen("mpv")
            person.press("Right")
            # pactl takes long to list so many.
            person.sees_percent("mpv", 61)
            not_garbled(box, person)
            feeder.terminate()
        person.sees_no_more(f"Applications ({MANY + 3}")
        box.waits_for_percent("mpv", 61)
        go_on(box, person, 62)
