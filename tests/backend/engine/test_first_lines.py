"""An engine's first lines are those that the protocol writes, for every control that there is."""

from random import Random

import pytest
from hypothesis import given

from tests.backend.engine.anything import randoms, snapshot
from tuimixer.backend.demo.simulated import box
from tuimixer.backend.engine import first_lines, protocol
from tuimixer.backend.engine.delta import Delta, apply_delta
from tuimixer.model.control import Layer
from tuimixer.model.record import replace
from tuimixer.model.snapshot import Snapshot

pytestmark = pytest.mark.unit


def test_the_greeting_is_the_protocols() -> None:
    line = first_lines.hello("1.2.3", "b\u00f6x", "me")
    assert line == protocol.encode("hello", protocol.Hello(first_lines.PROTOCOL, "1.2.3", "b\u00f6x", "me"))


def follow(shown: Snapshot, newer: Snapshot, serial: int) -> Snapshot:
    """What a reader of the lines knows afterwards."""
    *rest, last = [
        protocol.decode(line.strip())[1] for line in first_lines.first_deltas(shown, newer, serial)
    ]
    for delta in (*rest, last):
        assert isinstance(delta, Delta)
        assert (delta.serial, delta.more) == (serial, delta is not last)
        shown = apply_delta(shown, delta)
    return shown


def test_each_step_arrives() -> None:
    whole = box()
    alsa = {key: control for key, control in whole.controls.items() if control.kind.layer is Layer.ALSA}
    half = replace(whole, controls=alsa, server=None, server_cards=())
    shown = Snapshot()
    for serial, newer in enumerate((half, whole), 1):
        shown = follow(shown, newer, serial)
        assert shown == newer
        assert list(shown.controls) == list(newer.controls)


@given(randoms())
def test_any_snapshot_arrives(random: Random) -> None:
    whole = snapshot(random)
    assert follow(Snapshot(), whole, 1) == whole


def test_many_controls_are_divided_into_lines() -> None:
    controls = {
        f"{n}{c.id}": replace(c, id=f"{n}{c.id}") for n in range(100) for c in box().controls.values()
    }
    whole = replace(box(), controls=controls)
    lines = list(first_lines.first_deltas(Snapshot(), whole, 1))
    assert len(lines) > 2
    assert all(len(line) < first_lines.LINE_AIM + 1000 for line in lines)
    assert follow(Snapshot(), whole, 1) == whole


def test_an_undecodable_byte_in_a_name_is_replaced() -> None:
    control = replace(next(iter(box().controls.values())), name="a\udcffb")
    shown = follow(Snapshot(), Snapshot(controls={control.id: control}), 1)
    assert shown.controls[control.id].name == "a?b"
