"""An engine's first lines are those that the protocol writes, for every control that there is."""

from random import Random

import pytest
from hypothesis import given

from tests.backend.engine.anything import randoms, snapshot
from tuimixer.backend.demo.simulated import box
from tuimixer.backend.engine import first_lines, protocol
from tuimixer.backend.engine.delta import apply_delta, make_delta
from tuimixer.model.control import Layer
from tuimixer.model.record import replace
from tuimixer.model.snapshot import Snapshot

pytestmark = pytest.mark.unit


def test_the_greeting_is_the_protocols() -> None:
    line = first_lines.hello("1.2.3", "b\u00f6x", "me")
    assert line == protocol.encode("hello", protocol.Hello(first_lines.PROTOCOL, "1.2.3", "b\u00f6x", "me"))


def test_each_step_says_what_the_protocol_would() -> None:
    whole = box()
    alsa = {key: control for key, control in whole.controls.items() if control.kind.layer is Layer.ALSA}
    half = replace(whole, controls=alsa, server=None, server_cards=())
    shown = Snapshot()
    for serial, newer in enumerate((half, whole), 1):
        line = first_lines.first_delta(shown, newer, serial)
        assert line is not None
        _, delta = protocol.decode(line.strip())
        (wanted,) = protocol.delta_lines(make_delta(shown, newer, serial))
        assert delta == protocol.decode(wanted.strip())[1]
        shown = apply_delta(shown, delta)  # type: ignore[arg-type]
        assert shown == newer
        assert list(shown.controls) == list(newer.controls)


@given(randoms())
def test_any_snapshot_arrives(random: Random) -> None:
    whole = snapshot(random)
    line = first_lines.first_delta(Snapshot(), whole, 1)
    assert line is not None
    _, delta = protocol.decode(line.strip())
    assert apply_delta(Snapshot(), delta) == whole  # type: ignore[arg-type]


def test_an_undecodable_byte_in_a_name_is_replaced() -> None:
    control = replace(next(iter(box().controls.values())), name="a\udcffb")
    line = first_lines.first_delta(Snapshot(), Snapshot(controls={control.id: control}), 1)
    assert line is not None
    assert apply_delta(Snapshot(), protocol.decode(line.strip())[1]).controls[control.id].name == "a?b"  # type: ignore[arg-type]


@pytest.mark.parametrize(("copies", "fits"), [(1, True), (400, False)])
def test_what_is_too_long_for_a_line_is_left_to_the_protocol(copies: int, fits: bool) -> None:
    controls = {
        f"{n}{c.id}": replace(c, id=f"{n}{c.id}") for n in range(copies) for c in box().controls.values()
    }
    assert (first_lines.first_delta(Snapshot(), Snapshot(controls=controls), 1) is not None) is fits
