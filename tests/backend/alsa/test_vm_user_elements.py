"""Elements that programs create and remove while in use; those of every shape are in tests/replay."""

import asyncio

import pytest

from tests.backend.alsa.amixer import sget
from tests.backend.alsa.user_elements import UserElements
from tests.backend.alsa.watching import watching
from tests.lab import cards as lab
from tuimixer.backend.alsa.card import Card
from tuimixer.backend.base import Unreachable
from tuimixer.model.command import SetVolume
from tuimixer.model.control import Control, Medium

pytestmark = pytest.mark.vm


def by_name(card: Card) -> dict[str, Control]:
    return {f"{control.name},{control.index}": control for control in card.controls.values()}


def test_a_removed_control_is_refused_and_does_not_end_us(cards: dict[str, int]) -> None:
    number = cards[lab.LOOPBACK]
    with UserElements(number) as elements:
        elements.add_integer("Gone Playback Volume")
        card = Card(f"hw:{number}")
        gone = by_name(card)["Gone,0"]
        assert gone.medium is Medium.SOFTWARE
        assert gone.element
        assert gone.element.user
        card.apply(SetVolume(gone.id, (1, 1)))
        elements.remove("Gone Playback Volume")
        with pytest.raises(Unreachable):
            card.apply(SetVolume(gone.id, (2, 2)))
        elements.add_integer("Gone Playback Volume")
        card.update()
        card.apply(SetVolume(gone.id, (3, 3)))
        # Removed and recreated between two moves: the mixer that was kept open only knows the old one.
        elements.remove("Gone Playback Volume")
        elements.add_integer("Gone Playback Volume")
        card.apply(SetVolume(gone.id, (4, 4)))
        assert "4 [4%]" in sget(number, "Gone")
        card.close()


def test_others_move_on_after_elements_came_and_went(cards: dict[str, int]) -> None:
    number = cards[lab.LOOPBACK]
    with UserElements(number) as elements:
        elements.add_integer("Stays Playback Volume")
        card = Card(f"hw:{number}")
        stays = by_name(card)["Stays,0"]
        card.apply(SetVolume(stays.id, (1, 1)))
        # The mixer that moves the other one only learns of these when they are gone.
        for _ in range(3):
            elements.add_integer("Passes Playback Volume")
            elements.remove("Passes Playback Volume")
        card.apply(SetVolume(stays.id, (2, 2)))
        assert "2 [2%]" in sget(number, "Stays")
        card.close()


async def test_elements_come_and_go_under_a_running_backend(cards: dict[str, int]) -> None:
    softvol = f"alsa:{lab.LOOPBACK}/Softvol,0/playback"
    with UserElements(cards[lab.LOOPBACK]) as elements:
        async with watching(cards=len(cards)) as watched:
            for value in range(1, 21):
                elements.add_integer("Softvol Playback Volume")
                await watched.until(lambda s: softvol in s.controls, "the element to come")
                watched.submit(SetVolume(softvol, (value, value)))
                await asyncio.sleep(0)
                elements.remove("Softvol Playback Volume")
                watched.submit(SetVolume(softvol, (50, 50)))
                await watched.until(lambda s: softvol not in s.controls, "the element to go")
            assert f"alsa:{lab.AC97}/Master,0/playback" in watched.snapshot.controls
