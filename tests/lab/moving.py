"""Which sink a stream plays on, and moving it as another program does."""

import pulsectl

from tests.lab.sound import SoundServer
from tests.lab.waiting import wait_until


def sink_of(server: SoundServer, stream: int) -> str:
    """Name of the sink that a sink input plays on, according to pactl."""
    found = server.find("sink-inputs", stream)
    names = {sink["index"]: sink["name"] for sink in server.pactl_json("sinks")}
    return names.get(found["sink"], "") if found else ""


def move(server: SoundServer, stream: int, sink: str) -> None:
    """Move a sink input, and wait until the server has done it.

    `pactl move-sink-input` disconnects at the acknowledgement. PipeWire's PulseAudio server acknowledges a
    move before it passes it on, and forgets about one in 25 if the client is gone by then.
    """
    with pulsectl.Pulse("another program", server=server.address) as pulse:
        pulse.sink_input_move(stream, pulse.get_sink_by_name(sink).index)
        wait_until(lambda: sink_of(server, stream) == sink, f"stream {stream} to be on {sink}")
