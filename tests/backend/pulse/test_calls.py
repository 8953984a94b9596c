"""Translates commands into calls, for features that the servers of the other tests lack."""

import pytest

from tuimixer.backend.base import Refused
from tuimixer.backend.pulse.calls import Call, call_for
from tuimixer.backend.pulse.records import StoredRecord
from tuimixer.model.command import Command, Kill, MoveStream, SetCodec, SetLatencyOffset, SetPort, SetProfile
from tuimixer.model.control import Control, Device, Kind, Stream
from tuimixer.model.snapshot import ServerCard

pytestmark = pytest.mark.unit


class Known:
    """A Bluetooth headset with a sink, a source that records from elsewhere, and two streams."""

    def __init__(self) -> None:
        self.server_cards = (ServerCard("pulse:card/bluez_card.AA", 4, "bluez_card.AA", "Headset"),)
        self.stored: dict[str, StoredRecord] = {}
        made = (
            Control("pulse:sink/bt", Kind.SINK, "Headset", device=Device("bt", 8)),
            Control("pulse:source/mic", Kind.SOURCE, "Mic", device=Device("mic", 9)),
            Control("pulse:sink_input/3", Kind.SINK_INPUT, "mpv", stream=Stream(3)),
            Control("pulse:source_output/5", Kind.SOURCE_OUTPUT, "ffmpeg", stream=Stream(5)),
        )
        self.controls = {control.id: control for control in made}


@pytest.mark.parametrize(
    ("command", "call"),
    [
        (SetProfile("pulse:card/bluez_card.AA", "a2dp"), Call("card_profile_set_by_index", (4, "a2dp"))),
        (
            SetLatencyOffset("pulse:card/bluez_card.AA", "headset", -2000),
            Call("set_latency_offset", ("bluez_card.AA", "headset", -2000)),
        ),
        (
            SetCodec("pulse:card/bluez_card.AA", "aac"),
            Call("send_message", (("/card/bluez_card.AA/bluez", "switch-codec", '"aac"'),)),
        ),
        (SetPort("pulse:source/mic", "line"), Call("source_port_set", (9, "line"))),
        (MoveStream("pulse:sink_input/3", "pulse:sink/bt"), Call("sink_input_move", (3, 8))),
        (MoveStream("pulse:source_output/5", "pulse:source/mic"), Call("source_output_move", (5, 9))),
        (Kill("pulse:source_output/5"), Call("kill_source_output", (5,))),
    ],
)
def test_call(command: Command, call: Call) -> None:
    assert call_for(command, Known()) == call


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (MoveStream("pulse:sink_input/3", "pulse:source/mic"), "mpv can only be moved to a sink."),
        (MoveStream("pulse:sink_input/3", None), "There is no default sink to follow."),
        (MoveStream("pulse:sink/bt", "pulse:sink/bt"), "Headset is not a stream, so it cannot be moved."),
        (Kill("pulse:sink/bt"), "Headset does not support this."),
        (SetPort("pulse:sink_input/3", "line"), "mpv does not support this."),
        (SetProfile("pulse:card/none", "off"), "The card is gone."),
        (Kill("pulse:sink_input/99"), "The control is gone."),
    ],
)
def test_refusal(command: Command, reason: str) -> None:
    with pytest.raises(Refused) as caught:
        call_for(command, Known())
    assert str(caught.value) == reason
