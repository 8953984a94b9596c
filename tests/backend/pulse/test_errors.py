"""Each call's failure is its own, whatever else fails at the same moment on the same connection."""

import asyncio
import gc
from typing import Any

import pytest

from tests.backend.pulse.watcher import Watcher
from tests.lab.pulse import PrivatePulse
from tests.lab.sound import SoundServer
from tests.lab.waiting import DEADLINE
from tuimixer.backend.base import BackendError, Refused, Unreachable
from tuimixer.backend.outbox import Outbox
from tuimixer.backend.pulse import calls, connection, operations, structs
from tuimixer.backend.pulse.aio import AsyncClient
from tuimixer.backend.pulse.backend import PulseBackend
from tuimixer.backend.pulse.client import Client, ObjectGone
from tuimixer.backend.pulse.pulsectl_import import binding as c
from tuimixer.model.command import SetMute, SetVolume

_NOBODY = 0xFFFFFF


async def _failure(client: AsyncClient, method: str, *arguments: object) -> BackendError | None:
    try:
        await client.call(method, *arguments)
    except BackendError as error:
        return error
    return None


@pytest.mark.pulse
async def test_two_calls_that_fail_in_the_same_moment(pulse: PrivatePulse) -> None:
    """A stream that vanishes is gone, a volume with too many channels is invalid; in any order."""
    client = AsyncClient(pulse.address)
    await client.connect()
    try:
        sink = (await client.call("read_sinks"))[0].index
        for number in range(20):
            calls = [
                _failure(client, "read_sink_input", _NOBODY),
                _failure(client, "set_sink_volume", sink, (1, 2, 3)),
            ]
            if number % 2:
                calls.reverse()
            failures = await asyncio.gather(*calls)
            gone, invalid = reversed(failures) if number % 2 else failures
            assert isinstance(gone, ObjectGone), gone
            assert isinstance(invalid, Refused)
            assert not isinstance(invalid, ObjectGone)
            assert str(invalid) == "The sound server refused the request: Invalid argument."
    finally:
        client.close()


def test_a_blocking_call_tells_its_own_failure(server: SoundServer) -> None:
    client = Client(server.address)
    try:
        for method, arguments, kind in (
            ("read_sink_input", (_NOBODY,), ObjectGone),
            ("set_sink_volume", (client.call("read_sinks")[0].index, ()), Refused),
            ("sink_default_set", ("nowhere",), Refused),
        ):
            with pytest.raises(kind):
                client.call(method, *arguments)
    finally:
        client.close()


async def test_an_unforeseen_failure_of_one_write_does_not_block_the_next(
    server: SoundServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    player = server.play("music")
    call_for, failures = calls.call_for, [RuntimeError("boom")]

    def first_fails(command: object, known: object) -> object:
        if failures:
            raise failures.pop()
        return call_for(command, known)  # type: ignore[arg-type]

    monkeypatch.setattr(connection, "call_for", first_fails)
    async with Watcher(PulseBackend(server.address)) as watcher:
        control = await watcher.stream("music")
        watcher.backend.submit(SetVolume(control.id, (30000, 30000)))
        await watcher.until(lambda: watcher.notices, "the failure")
        assert watcher.notices[0].text == "Internal error: RuntimeError('boom')."
        assert watcher.get(control.id).raws == control.raws
        watcher.backend.submit(SetVolume(control.id, (32768, 32768)))
        await watcher.until_server(
            lambda: set(server.percents("sink-inputs", player.index)) == {50}, "the next volume"
        )


async def test_a_number_that_is_given_away_again_at_once(server: SoundServer) -> None:
    """PipeWire gives the number of what is gone to what comes next; both events may come together."""
    player = server.play("music")
    async with Watcher(PulseBackend(server.address)) as watcher:
        control = await watcher.stream("music")
        running = watcher.backend._session
        assert running is not None
        assert control.stream is not None
        running.on_event("sink_input", control.stream.index, True)
        running.on_event("sink_input", control.stream.index, False)
        watcher.backend.submit(SetMute("pulse:sink/speakers", (True,)))
        await watcher.until(lambda: watcher.get("pulse:sink/speakers").muted, "a later change")
        await watcher.until_server(
            lambda: next(s for s in server.pactl_json("sinks") if s["name"] == "speakers")["mute"], "the mute"
        )
        await watcher.until_server(lambda: not running.outbox.awaiting_read, "the read after it")
        assert watcher.get(control.id).name == "music"
        player.kill()
        await watcher.until(lambda: control.id not in watcher.snapshot.controls, "the end of the stream")


@pytest.mark.unit
async def test_what_was_meant_for_a_stream_that_is_gone_is_not_written_to_the_next() -> None:
    outbox = Outbox()
    for command in (SetVolume("pulse:sink_input/7", (1,)), SetMute("pulse:sink_input/8", (True,))):
        outbox.submit(command)
    outbox.forget("pulse:sink_input/7")
    assert outbox.take() == SetMute("pulse:sink_input/8", (True,))
    assert outbox.take() is None


def test_an_answer_that_comes_too_late_harms_nobody(server: SoundServer) -> None:
    """libpulse calls back whenever the response comes, even if the caller is long gone."""
    client = Client(server.address)
    client._patience = 0.2
    server.pause()
    try:
        for _ in range(20):
            with pytest.raises(Unreachable, match="did not respond"):
                client.call("read_sinks")
    finally:
        server.resume()
    gc.collect()
    client._patience = DEADLINE
    assert {sink.name for sink in client.call("read_sinks")} >= {"speakers", "headphones"}
    client.close()


async def test_an_object_that_cannot_be_read_is_left_out(
    server: SoundServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoilt(struct: Any) -> Any:
        record = structs.sink(struct)
        if record.name == "speakers":
            raise ValueError("spoilt")
        return record

    start = operations._listing(c.PA_SINK_INFO_CB_T, c.pa.context_get_sink_info_list, spoilt)
    monkeypatch.setitem(operations.METHODS, "read_sinks", start)
    client = AsyncClient(server.address)
    await client.connect()
    assert [sink.name for sink in await client.call("read_sinks")] == ["headphones"]
    client.close()
    blocking = Client(server.address)
    with pytest.raises(ValueError, match="spoilt"):
        blocking.call("read_sinks")
    blocking.close()
