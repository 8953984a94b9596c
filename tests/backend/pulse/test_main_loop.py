"""libpulse's main loop on asyncio's."""

import asyncio
import os
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.backend.pulse.watcher import Watcher
from tests.lab.sound import SoundServer
from tests.lab.waiting import DEADLINE
from tuimixer.backend.base import Unreachable
from tuimixer.backend.pulse.aio import AsyncClient
from tuimixer.backend.pulse.backend import PulseBackend
from tuimixer.backend.pulse.main_loop import MainLoop
from tuimixer.backend.pulse.pulsectl_import import asyncio_main_loop


async def test_what_the_server_sends_is_read_without_unregistering_its_socket(
    server: SoundServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Watcher(PulseBackend(server.address)) as watcher:
        await watcher.until_ready()
        removed: list[int] = []
        loop = asyncio.get_running_loop()
        remove: Callable[[int], bool] = loop.remove_reader

        def note(descriptor: int) -> bool:
            removed.append(descriptor)
            return remove(descriptor)

        monkeypatch.setattr(loop, "remove_reader", note)
        await asyncio.to_thread(server.pactl, "set-sink-volume", "speakers", "50%")
        await watcher.until(lambda: set(watcher.get("pulse:sink/speakers").raws) == {32768}, "the volume")
        monkeypatch.undo()
        assert removed == []


async def test_a_request_is_sent_before_anything_else_runs(server: SoundServer) -> None:
    client = AsyncClient(server.address)
    await client.connect()
    [speakers] = [sink for sink in await client.call("read_sinks") if sink.name == "speakers"]
    call = client.call("set_sink_volume", speakers.index, (16384,) * len(speakers.volume))
    # Nothing runs on the loop from here on. A fast server's answer arrives at once.
    with suppress(StopIteration):
        call.send(None)
    server.wait_for(lambda: set(server.percents("sinks", speakers.index)) == {25}, "the volume")
    call.close()
    client.close()


@pytest.mark.unit
async def test_a_descriptor_whose_number_is_reused_is_registered_again() -> None:
    """As if libpulse closed a socket on reading from it, and opened the next one at once."""
    main_loop = MainLoop(asyncio.get_running_loop())
    api = main_loop.api_pointer.contents
    reader, writer = os.pipe()
    other_reader, other_writer = os.pipe()
    received: list[bytes] = []
    done = asyncio.Event()

    def take(_api: object, number: int, fd: int, _flags: int, _userdata: object) -> None:
        received.append(os.read(fd, 100))
        api.io_free(number)
        if received == [b"first"]:
            os.dup2(other_reader, fd)
            api.io_new(main_loop.api_pointer, fd, 1, callback, None)
        else:
            done.set()

    callback = asyncio_main_loop().pa_io_event_cb_t(take)
    api.io_new(main_loop.api_pointer, reader, 1, callback, None)
    os.write(writer, b"first")
    async with asyncio.timeout(DEADLINE):
        while not received:
            await asyncio.sleep(0)
        os.write(other_writer, b"second")
        await done.wait()
    assert received == [b"first", b"second"]
    main_loop.stop(0)
    for descriptor in (reader, writer, other_reader, other_writer):
        os.close(descriptor)


@pytest.mark.unit
async def test_a_connection_that_is_refused_at_once_leaves_nothing(tmp_path: Path) -> None:
    """libpulse closes the descriptor while it still has something to send."""
    loop = asyncio.get_running_loop()
    errors: list[dict[str, Any]] = []
    loop.set_exception_handler(lambda _loop, context: errors.append(context))
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "native"))
        listener.listen()
        # As PipeWire does when it has too many clients, and before libpulse has sent anything.
        closing = threading.Thread(target=_close_each, args=(listener,), daemon=True)
        closing.start()
        for _ in range(20):
            client = AsyncClient(f"unix:{tmp_path / 'native'}")
            with pytest.raises(Unreachable):
                await client.connect()
            client.close()
        listener.shutdown(socket.SHUT_RDWR)
        await asyncio.to_thread(closing.join)
    assert errors == []


def _close_each(listener: socket.socket) -> None:
    """Close each connection until the listener is shut down."""
    with suppress(OSError):
        while True:
            listener.accept()[0].close()
