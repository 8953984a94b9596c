"""The card that the screen starts with: the named one, even if it opens late."""

from dataclasses import replace

import pytest

from tests.ui.conftest import Desk, Open
from tuimixer.backend.demo.backend import DemoBackend
from tuimixer.config.schema import Config
from tuimixer.model.control import Layer
from tuimixer.model.snapshot import Phase, Snapshot, Status

pytestmark = pytest.mark.screen


def without(whole: Snapshot, card: str, *, opening: bool) -> Snapshot:
    """The machine while one card is missing, or not there yet."""
    statuses = tuple(
        Status("alsa", Phase.CONNECTING, "ALSA") if opening and status.source == "alsa" else status
        for status in whole.statuses
    )
    return replace(
        whole,
        statuses=statuses,
        alsa_cards=tuple(known for known in whole.alsa_cards if known.id != card),
        controls={key: control for key, control in whole.controls.items() if control.card != card},
    )


def cards_shown(it: Desk) -> set[str | None]:
    controls = (it.mixer.snapshot.controls[row.id] for row in it.app.main.renderer.listed)
    return {control.card for control in controls if control.kind.layer is Layer.ALSA}


async def test_a_named_card_that_opens_late_is_waited_for(desk: Open) -> None:
    backend = DemoBackend(still=True)
    whole = backend.snapshot
    named = whole.alsa_cards[1].id
    backend.show(without(whole, named, opening=True))
    async with desk(backend=backend, config=Config(card=named), card="") as it:
        # No key may reach another card meanwhile.
        assert not cards_shown(it)
        backend.show(whole)
        await it.pilot.pause()
        assert cards_shown(it) == {named}


async def test_without_the_named_card_there_is_the_first_one(desk: Open) -> None:
    backend = DemoBackend(still=True)
    whole = backend.snapshot
    other, named = (card.id for card in whole.alsa_cards[:2])
    backend.show(without(whole, named, opening=False))
    async with desk(backend=backend, config=Config(card=named), card="") as it:
        assert cards_shown(it) == {other}


async def test_another_box_begins_with_a_card_of_its_own(desk: Open) -> None:
    other = DemoBackend(still=True)
    whole = other.snapshot
    cards = tuple(replace(card, id=f"Other{card.id}") for card in whole.alsa_cards)
    controls = {
        key: replace(control, card=f"Other{control.card}") if control.kind.layer is Layer.ALSA else control
        for key, control in whole.controls.items()
    }
    other.show(replace(whole, alsa_cards=cards, controls=controls))
    async with desk(others=[other], card="") as it:
        first, second = it.app.mixers
        chosen = it.mixer.snapshot.alsa_cards[1].id
        it.app.main.show_card(chosen)
        it.app.main.show_box(second)
        await it.pilot.pause()
        shown = (controls[row.id] for row in it.app.main.renderer.listed)
        assert {control.card for control in shown if control.kind.layer is Layer.ALSA} == {cards[0].id}
        assert "is not present" not in it.text
        it.app.main.show_box(first)
        await it.pilot.pause()
        assert cards_shown(it) == {chosen}
