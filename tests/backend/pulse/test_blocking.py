"""One read or one write, as a verb of the command line does it."""

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.lab.moving import sink_of
from tests.lab.pipewire import PrivatePipeWire
from tests.lab.pulse import PrivatePulse
from tests.lab.sound import SoundServer
from tuimixer.backend.base import Refused, Unreachable
from tuimixer.backend.pulse import availability, verification
from tuimixer.backend.pulse.blocking import BlockingPulse
from tuimixer.backend.pulse.client import Client
from tuimixer.backend.pulse.pulsectl_import import binding
from tuimixer.model.command import Kill, MoveStream, SetDefault, SetMute, SetVolume
from tuimixer.model.control import Kind


def test_read_and_apply(server: SoundServer) -> None:
    player = server.play("music", device="speakers")
    port = BlockingPulse(server.address)
    try:
        snapshot = port.read()
        control = snapshot.controls[f"pulse:sink_input/{player.index}"]
        assert (control.name, control.target_id) == ("music", "pulse:sink/speakers")
        assert snapshot.server is not None
        assert snapshot.server.why == "asked for"
        port.apply(SetVolume(control.id, (20000, 40000)))
        port.apply(SetMute("pulse:sink/headphones", (True,)))
        port.apply(SetDefault("pulse:sink/headphones"))
        snapshot = port.read()
        assert snapshot.controls[control.id].raws == (20000, 40000)
        assert snapshot.controls["pulse:sink/headphones"].muted
        port.apply(MoveStream(control.id, "pulse:sink/headphones"))
        port.apply(Kill(control.id))
        server.wait_for(lambda: server.find("sink-inputs", player.index) is None, "the stream to go")
        with pytest.raises(Refused, match="is gone"):
            port.apply(SetVolume(control.id, (1, 1)))
        with pytest.raises(Refused, match="2 channels, not 1"):
            port.apply(SetVolume("pulse:sink/speakers", (1,)))
    finally:
        port.close()
        port.close()


@pytest.mark.pulse
def test_apply_reads_by_itself_what_it_must_know(pulse: PrivatePulse) -> None:
    port = BlockingPulse(pulse.address)
    port.apply(SetVolume("pulse:sink/speakers", (32768, 32768)))
    port.close()
    assert pulse.percents("sinks", 0) == [50, 50]


def reads_after_pauses(
    pulse: PrivatePulse, monkeypatch: pytest.MonkeyPatch, relieve: Callable[[], object]
) -> list[float]:
    """Read from a server that is `relieve`d during the first pause; the seconds of the pauses."""
    pauses: list[float] = []

    def wait(seconds: float) -> None:
        pauses.append(seconds)
        relieve()
        time.sleep(seconds)

    monkeypatch.setattr(availability, "sleep", wait)
    port = BlockingPulse(pulse.address)
    try:
        assert "pulse:sink/speakers" in port.read().controls
    finally:
        port.close()
    return pauses


@pytest.mark.pulse
def test_a_server_with_a_full_queue_is_asked_again(
    pulse: PrivatePulse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when many volume keys come at once: it lets only a few wait, and refuses the others."""
    pulse.pause()
    pulse.fill_queue()
    assert reads_after_pauses(pulse, monkeypatch, pulse.resume)


@pytest.mark.pulse
def test_a_server_with_all_the_clients_it_takes_is_tried_again(
    pulse: PrivatePulse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PulseAudio takes 64 and drops the next one's connection."""
    clients = []
    for _ in range(70):
        client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        client.connect(pulse.address.removeprefix("unix:"))
        clients.append(client)

    def leave() -> None:
        while clients:
            clients.pop().close()

    assert reads_after_pauses(pulse, monkeypatch, leave)


@pytest.mark.pulse
def test_a_server_that_is_not_there_is_not_waited_for(
    pulse: PrivatePulse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(availability, "sleep", pytest.fail)
    pulse.kill()
    assert Path(pulse.address.removeprefix("unix:")).is_socket(), "it was killed and has left its socket"
    for address in (pulse.address, "unix:/nonexistent/socket", "tcp:127.0.0.1:1", None):
        with pytest.raises(Unreachable):
            BlockingPulse(address, environment=pulse.env).read()


@pytest.mark.pulse
def test_hung_and_killed_server(pulse: PrivatePulse) -> None:
    port = BlockingPulse(pulse.address)
    port.read()
    assert port._client is not None
    port._client._patience = 0.3  # not earlier: a busy machine takes longer for what succeeds
    pulse.pause()
    with pytest.raises(Unreachable, match=r"did not respond within 0\.3 s"):
        port.read()
    with pytest.raises(Unreachable, match="no response"):
        BlockingPulse(pulse.address, patience=0.3).read()
    pulse.fill_queue()
    with pytest.raises(Unreachable, match="no response"):
        BlockingPulse(pulse.address, patience=0.3).read()
    pulse.resume()
    port.close()
    port = BlockingPulse(pulse.address)
    port.read()
    pulse.kill()
    with pytest.raises(Unreachable, match="closed the connection"):
        port.read()
    port.close()


@pytest.mark.pulse
def test_response_that_has_arrived_by_the_deadline_is_read(
    pulse: PrivatePulse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a machine that is so busy that this process does not run for longer than the server may take."""
    client = Client(pulse.address)
    iterate = client._pulse._pulse_iterate

    def iterate_late(block: bool = True) -> None:
        pulse.pactl("info")  # the server answers in order, so it has answered whatever was sent before
        iterate(block)

    monkeypatch.setattr(client._pulse, "_pulse_iterate", iterate_late)
    client._patience = 0
    with contextlib.closing(client):
        assert client.call("read_server").name == "pulseaudio"


@pytest.mark.pulse
def test_server_that_sends_all_the_time_but_no_response(
    pulse: PrivatePulse, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client(pulse.address)
    dispatch = binding.pa.mainloop_dispatch
    monkeypatch.setattr(binding.pa, "mainloop_dispatch", lambda loop: dispatch(loop) or 1)
    client._patience = 0.1
    pulse.pause()
    try:
        with contextlib.closing(client), pytest.raises(Unreachable, match="did not respond"):
            client.call("read_server")
    finally:
        pulse.resume()


@pytest.mark.unit
def test_no_server_is_one_sentence_after_the_other() -> None:
    with pytest.raises(Unreachable) as caught:
        BlockingPulse("unix:/nowhere").read()
    assert str(caught.value) == (
        "No sound server at unix:/nowhere (as specified): Connection refused. "
        "Only this address was tried, because you specified it."
    )


@pytest.mark.unit
def test_no_libpulse_is_one_sentence() -> None:
    program = """
import ctypes
real = ctypes.CDLL
def load(name, *rest, **more):
    if "pulse" in str(name):
        raise OSError(name + ": cannot open shared object file")
    return real(name, *rest, **more)
ctypes.CDLL = load
from tuimixer.backend.pulse.blocking import BlockingPulse
try:
    BlockingPulse("unix:/x").read()
except Exception as error:
    print(type(error).__name__, error)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ("NoLibrary libpulse is not installed, so sound servers cannot be reached.")


@pytest.mark.usefixtures("unmeasured")
@pytest.mark.pulse
def test_a_verb_loads_neither_asyncio_nor_what_is_slow(pulse: PrivatePulse) -> None:
    program = f"""
import sys
from tuimixer.backend.pulse.blocking import BlockingPulse
from tuimixer.model.command import SetVolume
port = BlockingPulse({pulse.address!r})
port.apply(SetVolume("pulse:sink/speakers", (1, 1)))
slow = "asyncio ctypes.util dataclasses inspect json msgspec pathlib subprocess traceback typing"
print([name for name in slow.split() if name in sys.modules])
import ctypes.util, inspect, traceback
assert inspect.signature(print) and traceback.format_exc and ctypes.util.find_library("c")
"""
    done = subprocess.run([sys.executable, "-S", "-c", "import site; site.main()\n" + program],
                          capture_output=True, text=True, check=True)  # fmt: skip
    assert done.stdout.strip() == "[]"


@pytest.mark.pulse
def test_what_is_asked_for_is_all_that_is_read(pulse: PrivatePulse) -> None:
    player = pulse.play("music", device="speakers")
    port = BlockingPulse(pulse.address)
    sinks = port.read(frozenset({Kind.SINK})).controls
    assert {control.kind for control in sinks.values()} == {Kind.SINK}
    assert sinks["pulse:sink/speakers"].default
    assert f"pulse:sink_input/{player.index}" in port.read().controls
    port.close()


@pytest.mark.pipewire
def test_a_connection_stays_open_until_its_move_is_seen_through_another(
    pipewire: PrivatePipeWire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PipeWire forgets one move in 25 if the client disconnects at the acknowledgement."""
    events: list[tuple[str, Client]] = []
    call, close = Client.call, Client.close

    def note_call(self: Client, method: str, *arguments: Any) -> Any:
        events.append((method, self))
        return call(self, method, *arguments)

    def note_close(self: Client) -> None:
        events.append(("close", self))
        close(self)

    monkeypatch.setattr(Client, "call", note_call)
    monkeypatch.setattr(Client, "close", note_close)
    player = pipewire.play("music", silent=True, device="speakers")
    port = BlockingPulse(pipewire.address)
    port.apply(MoveStream(f"pulse:sink_input/{player.index}", "pulse:sink/headphones"))
    assert sink_of(pipewire, player.index) == "headphones"
    port.close()
    (mover,) = [client for what, client in events if what == "sink_input_move"]
    after = events[[what for what, _ in events].index("sink_input_move") + 1 :]
    seen = after[: after.index(("close", mover))]
    assert seen[-1][0] == "read_sink_input"
    assert all(client is not mover for _, client in seen)


@pytest.mark.pipewire
def test_a_default_that_the_connection_does_not_show_is_read_through_another(
    pipewire: PrivatePipeWire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Now and then, PipeWire shows a client that has set the default the old one from then on."""
    call = Client.call
    first: list[tuple[Client, Any]] = []

    def call_with_old_default(self: Client, method: str, *arguments: Any) -> Any:
        result = call(self, method, *arguments)
        if method != "read_server":
            return result
        first.append((self, result))
        return first[0][1] if self is first[0][0] else result

    monkeypatch.setattr(Client, "call", call_with_old_default)
    port = BlockingPulse(pipewire.address)
    port.apply(SetDefault("pulse:sink/headphones"))
    assert port.read().controls["pulse:sink/headphones"].default
    port.close()


@pytest.mark.pipewire
def test_a_default_that_no_connection_shows_is_refused(
    pipewire: PrivatePipeWire, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = Client.call
    first: list[Any] = []

    def call_with_old_default(self: Client, method: str, *arguments: Any) -> Any:
        result = call(self, method, *arguments)
        if method != "read_server":
            return result
        first.append(result)
        return first[0]

    monkeypatch.setattr(Client, "call", call_with_old_default)
    monkeypatch.setattr(verification, "_SLOW", 0.5)
    port = BlockingPulse(pipewire.address)
    with pytest.raises(Refused, match="PipeWire did not make Headphones the default output"):
        port.apply(SetDefault("pulse:sink/headphones"))
    port.close()
