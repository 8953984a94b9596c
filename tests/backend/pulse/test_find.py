"""Which server is selected and why, in a directory that represents a machine."""

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tuimixer.backend.pulse.availability import label
from tuimixer.backend.pulse.find import Search, search
from tuimixer.model.snapshot import Server
from tuimixer.model.system import reason_for

pytestmark = pytest.mark.unit

ME = os.getuid()


class Box:
    """A root directory with sockets in it; the kernel's list of them is a file."""

    def __init__(self, root: Path, stack: ExitStack) -> None:
        self.root, self._stack = root, stack
        self.write("etc/passwd", f"me:x:{ME}:{ME}::/home/me:/bin/sh\nann:x:7001:7001::/home/ann:/bin/sh\n")
        self.write("proc/net/unix", "Num RefCount Protocol Flags Type St Inode Path\n")

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def serve(self, path: str, alive: bool = True) -> None:
        real = self.root / path.lstrip("/")
        real.parent.mkdir(parents=True, exist_ok=True)
        listener = self._stack.enter_context(socket.socket(socket.AF_UNIX))
        here = os.getcwd()
        os.chdir(real.parent)  # the whole path may be longer than a socket's path can be
        try:
            listener.bind(real.name)
        finally:
            os.chdir(here)
        if alive:
            kernel = self.root / "proc/net/unix"
            kernel.write_text(kernel.read_text() + f"0000: 00000002 00000000 00010000 0001 01 12345 {path}\n")

    def search(self, address: str | None = None, **environment: str) -> Search:
        return search(environment, str(self.root), ME, address)


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    with ExitStack() as stack:
        yield Box(tmp_path, stack)


def test_pipewire_without_its_pulse_server(box: Box) -> None:
    session = {"XDG_RUNTIME_DIR": "/run/user/me"}
    box.serve("/run/user/me/pipewire-0", alive=False)
    assert box.search(**session).pipewire == ""
    box.serve("/run/user/me/pipewire-1")
    assert box.search(**session, PIPEWIRE_REMOTE="pipewire-1").pipewire == "/run/user/me/pipewire-1"
    assert box.search(**session, PIPEWIRE_REMOTE="/run/user/me/pipewire-1").pipewire
    named = {"PULSE_SERVER": "unix:/run/user/me/pulse/native", "PIPEWIRE_REMOTE": "pipewire-1"}
    assert box.search(**session, **named).pipewire
    assert box.search(**session, **(named | {"PULSE_SERVER": "tcp:elsewhere"})).pipewire == ""
    box.serve("/run/user/me/pulse/native")
    assert box.search(**session, **named).pipewire == ""


def test_nothing_there_waits_for_the_own_session(box: Box) -> None:
    found = box.search(XDG_RUNTIME_DIR="/run/user/me", HOME="/home/me")
    assert found.places == ()
    assert found.chosen.found.address == "unix:/run/user/me/pulse/native"
    assert found.chosen.found.alive is False
    assert "/run/user/me/pulse/native" in found.looked
    assert "/var/run/pulse/native" in found.looked


def test_without_any_environment(box: Box) -> None:
    assert box.search().chosen.found.address == f"unix:/run/user/{ME}/pulse/native"


def test_order_own_session_before_others_before_the_system(box: Box) -> None:
    box.serve("/run/pulse/native")
    assert box.search().chosen.found.why == "system-wide"
    box.serve("/run/user/7001/pulse/native")
    found = box.search()
    assert found.chosen.found.why == "/run/user/7001"
    box.serve("/tmp/session/pulse/native")
    found = box.search(XDG_RUNTIME_DIR="/tmp/session")
    assert (found.chosen.found.address, found.chosen.found.why) == (
        "unix:/tmp/session/pulse/native",
        "session",
    )
    assert [place.found.why for place in found.places] == ["session", "/run/user/7001", "system-wide"]


def test_a_socket_that_nobody_listens_at_is_passed_over(box: Box) -> None:
    box.serve("/tmp/session/pulse/native", alive=False)
    box.serve("/run/pulse/native")
    found = box.search(XDG_RUNTIME_DIR="/tmp/session")
    assert found.chosen.found.why == "system-wide"
    assert [place.found.alive for place in found.places] == [False, True]


def test_what_is_named_wins_even_if_it_is_not_there(box: Box) -> None:
    box.serve("/run/pulse/native")
    box.write("etc/pulse/client.conf", "# a comment\n; another\ndefault-server = tcp:far\n")
    found = box.search()
    assert (found.chosen.found.address, found.chosen.found.why) == ("tcp:far", "client.conf")
    found = box.search(PULSE_SERVER="tcp:near")
    assert (found.chosen.found.address, found.chosen.found.why) == ("tcp:near", "PULSE_SERVER")
    found = box.search("unix:/mine", PULSE_SERVER="tcp:near")
    assert (found.chosen.found.address, found.chosen.found.why) == ("unix:/mine", "asked for")


def test_forwarded_display_is_not_asked(box: Box) -> None:
    box.serve("/tmp/session/pulse/native")
    found = box.search(XDG_RUNTIME_DIR="/tmp/session", DISPLAY="localhost:10.0")
    assert found.chosen.found.why == "session"


def test_link_in_the_home_folder(box: Box) -> None:
    box.serve("/tmp/pulse-x/native")
    folder = box.root / "home/me/.config/pulse"
    folder.mkdir(parents=True)
    (folder / "0123-runtime").symlink_to(box.root / "tmp/pulse-x")
    found = box.search(HOME="/home/me")
    assert (found.chosen.found.why, found.chosen.found.alive) == ("home folder", True)


@pytest.mark.skipif(ME != 0, reason="only root may give a file to somebody else")
def test_another_users_cookie(box: Box) -> None:
    box.serve("/run/user/7001/pulse/native")
    os.chown(box.root / "run/user/7001/pulse/native", 7001, 7001)
    box.write("home/ann/.config/pulse/cookie", "x" * 256)
    place = box.search().chosen
    assert place.found.user == "ann"
    assert place.cookie == str(box.root / "home/ann/.config/pulse/cookie")


def test_a_named_socket_is_listed_once_with_its_owner(box: Box) -> None:
    box.serve("/tmp/session/pulse/native")
    address = "unix:/tmp/session/pulse/native"
    found = box.search(PULSE_SERVER=address, XDG_RUNTIME_DIR="/tmp/session")
    assert [(place.found.address, place.found.why) for place in found.places] == [(address, "PULSE_SERVER")]
    assert (found.chosen.found.user, found.chosen.found.alive) == ("me", True)


@pytest.mark.parametrize(
    ("server", "says"),
    [
        (Server("PulseAudio", "16.1", "unix:/run/user/1/native", "session", "me"), "PulseAudio 16.1"),
        (Server("PipeWire", "1.2", "unix:/x", f"/run/user/{ME}", "me"), "PipeWire 1.2"),
        (Server("PipeWire", "1.2", "unix:/x", "/run/user/999999", "ann"), "PipeWire 1.2 of ann"),
        (Server("PulseAudio", "16.1", "unix:/x", "system-wide", "pulse"), "PulseAudio 16.1, system-wide"),
        (Server("PulseAudio", "16.1", "tcp:far", "PULSE_SERVER", "ann", "far"), "PulseAudio 16.1 on far"),
    ],
)
def test_a_stranger_s_server_is_named_as_such(server: Server, says: str) -> None:
    assert label(server) == says


def test_why_it_was_taken_in_words() -> None:
    assert reason_for("session") == "the server of this session"
    assert reason_for("/run/user/7001") == "found in /run/user/7001"
    assert reason_for("X11") == "X11"
