"""Percent and dB of every control of every card at every raw value are those of `amixer -M`."""

import pytest

from tests.backend.alsa.amixer import Volume, volumes
from tests.backend.alsa.user_elements import DB_LINEAR, DB_MINMAX_MUTE, DB_SCALE, UserElements
from tests.lab import cards as lab
from tuimixer.backend.alsa.card import Card
from tuimixer.backend.base import Refused
from tuimixer.model.command import SetVolume
from tuimixer.model.control import Control
from tuimixer.model.scale import to_cdb, to_percent

pytestmark = pytest.mark.vm


def shown(control: Control) -> tuple[Volume, ...]:
    """A control's volumes as they are shown here, in the words of amixer's output."""
    assert control.scale is not None
    scale, found = control.scale, []
    for raw in control.raws:
        cdb = to_cdb(scale, raw)
        found.append(Volume(raw, to_percent(scale, raw), None if cdb is None else f"{cdb / 100:.2f}"))
    return tuple(found)


def sweep(number: int) -> tuple[int, int, list[str]]:
    """Move all volumes of a card through all raw values; (controls, values, differences)."""
    card = Card(f"hw:{number}")
    faders = {control.id: control for control in card.controls.values() if control.scale is not None}
    values, differences = 0, []
    most = max((c.scale.maximum - c.scale.minimum for c in faders.values() if c.scale), default=-1)
    for step in range(most + 1):
        moved = []
        for control in faders.values():
            assert control.scale is not None
            raw = control.scale.minimum + step
            if raw <= control.scale.maximum:
                try:
                    card.apply(SetVolume(control.id, (raw,) * len(control.channels)))
                except Refused as error:
                    differences.append(f"{control.id} at {raw}: {error}")
                moved.append(control.id)
        theirs = volumes(number)
        card.update()
        for moved_id in moved:
            control = card.controls[moved_id]
            assert control.element is not None
            ours = shown(control)
            # A joined volume is one fader here and the same number on each channel there.
            their = theirs[control.element.name, control.index, control.kind.capture][: len(ours)]
            values += len(ours)
            if ours != their:
                differences.append(f"{moved_id}: {ours}, amixer: {their}")
    card.close()
    return len(faders), values, differences


@pytest.mark.parametrize("card_id", [lab.AC97, lab.ENS1370, lab.HDA, lab.USB, lab.DUMMY])
def test_every_control_at_every_raw_value(card_id: str, cards: dict[str, int]) -> None:
    controls, values, differences = sweep(cards[card_id])
    print(f"{card_id}: {controls} controls, {values} values, {len(differences)} differences")
    assert controls > 0
    assert differences == []


def test_every_kind_of_db_data(cards: dict[str, int]) -> None:
    """Kinds of dB data that no lab card has, on elements made for the test."""
    with UserElements(cards[lab.LOOPBACK]) as elements:
        for name, maximum, tlv in (
            ("Muting Scale", 60, (DB_SCALE, 8, -6000, 0x10000 | 100)),
            ("Uneven", 87, (DB_MINMAX_MUTE, 8, -6525, 3)),
            ("Linear", 100, (DB_LINEAR, 8, -9999999, 0)),
            ("Linear Above Silence", 100, (DB_LINEAR, 8, -3000, 600)),
            # DB_RANGE: 0…3 at 6 dB a step, 4…31 at 1.5 dB a step.
            ("Runs", 31, (3, 48, 0, 3, DB_SCALE, 8, -6000, 600, 4, 31, DB_SCALE, 8, -4000, 150)),
            ("Narrow", 40, (DB_SCALE, 8, -1000, 50)),
        ):
            elements.add_integer(f"{name} Playback Volume", 0, maximum)
            elements.set_tlv(f"{name} Playback Volume", *tlv)
        controls, values, differences = sweep(cards[lab.LOOPBACK])
    print(f"made for the test: {controls} controls, {values} values, {len(differences)} differences")
    assert controls == 6
    assert differences == []
