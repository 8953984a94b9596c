"""Percent and dB of every control of a kernel's card at every raw value are those of `amixer -M`.

tests/replay/test_percent.py does the same for cards of every shape, and for every kind of dB data.
"""

import pytest

from tests.backend.alsa.amixer import Volume, shown, table
from tests.lab import cards as lab
from tuimixer.backend.alsa.card import Card
from tuimixer.model.command import SetVolume
from tuimixer.model.control import Control
from tuimixer.model.scale import Scale, to_cdb, to_percent

pytestmark = pytest.mark.vm


def key_of(control: Control) -> tuple[str, int, bool]:
    assert control.element is not None
    return control.element.name, control.index, control.kind.capture


def volume_of(scale: Scale, raw: int) -> Volume:
    """What is displayed here, in the form of amixer's output."""
    cdb = to_cdb(scale, raw)
    return Volume(raw, to_percent(scale, raw), None if cdb is None else f"{cdb / 100:.2f}")


def sweep(number: int) -> tuple[int, int, list[str]]:
    """Move each volume of a card through all raw values; returns (controls, values, differences)."""
    card = Card(f"hw:{number}")
    faders = {key_of(c): (c.id, c.scale) for c in card.controls.values() if c.scale is not None}
    ranges = {key: range(scale.minimum, scale.maximum + 1) for key, (_, scale) in faders.items()}
    theirs = table(number, ranges)
    values, differences = 0, []
    for key, (control_id, scale) in faders.items():
        for raw in ranges[key]:
            control = card.controls[control_id]
            card.apply(SetVolume(control_id, (raw,) * len(control.channels)))
            ours = {volume_of(scale, there) for there in card.controls[control_id].raws}
            their = theirs[key].get(raw)
            values += 1
            if ours != {their}:
                differences.append(f"{control_id}: {ours}, amixer: {their}")
        now = shown(number)[key]
        if now != {ranges[key][-1]: volume_of(scale, ranges[key][-1])}:
            differences.append(f"{control_id} left at {ranges[key][-1]}, amixer: {now}")
    card.close()
    return len(faders), values, differences


@pytest.mark.parametrize("card_id", [lab.AC97, lab.USB])
def test_every_control_at_every_raw_value(card_id: str, cards: dict[str, int]) -> None:
    controls, values, differences = sweep(cards[card_id])
    print(f"{card_id}: {controls} controls, {values} values, {len(differences)} differences")
    assert controls > 0
    assert differences == []
