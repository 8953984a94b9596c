"""On real cards, the total that `path` gives is the sum of what pactl and amixer read."""

import math
import random

import pytest

from tests.diagnosis.guest import Guest, amixer, amixer_db, on_cards
from tests.lab.cards import AC97, HDA, USB
from tests.lab.waiting import wait_until

pytestmark = pytest.mark.vm_long

SETTINGS = 20
BY_HAND = {AC97: ("Master", "PCM"), HDA: ("Master",), USB: ("Audio Output Volume Control",)}
"""Controls to move with amixer, by card."""


def db(value: int) -> float:
    return 60 * math.log10(value / 65536)


def volume_db(found: dict[str, dict[str, dict[str, int]]]) -> float:
    return db(next(iter(found["volume"].values()))["value"])


def expected(guest: Guest, card: str, stream: int) -> float:
    """Stream dB + sink dB − base dB + what the server does not drive."""
    sink = guest.sink(card)
    found = guest.server.find("sink-inputs", stream)
    assert found is not None
    total = volume_db(found) + volume_db(sink) - db(sink["base_volume"]["value"])
    if "HW_VOLUME_CTRL" not in sink["flags"]:
        total += sum(amixer_db(card, control) for control in BY_HAND[card])
    return total


def agrees(guest: Guest, card: str, stream: int) -> None:
    """Wait until the server has carried out what was asked, and path and readings say the same."""
    last: list[object] = []

    def same() -> bool:
        stated = guest.stated(stream)
        last[:] = [stated, wanted := expected(guest, card, stream)]
        return stated is not None and abs(stated - wanted) <= 0.1

    try:
        wait_until(same, "path and readings to agree")
    except Exception as error:
        raise AssertionError(
            f"path says {last[0]}, pactl and amixer {last[1]}\n{guest.path('tone')}"
        ) from error


@pytest.mark.parametrize("card", [AC97, HDA, USB])
@pytest.mark.parametrize("kind", ["PulseAudio", "PipeWire"])
def test_the_total_is_the_sum_of_the_readings(kind: str, card: str) -> None:
    with on_cards(kind, card) as guest:
        name = guest.sink(card)["name"]
        index = guest.server.play("tone", device=name, silent=True).index
        chance = random.Random(card + kind)
        for _ in range(SETTINGS):
            guest.server.pactl("set-sink-input-volume", str(index), f"{chance.randint(20, 110)}%")
            guest.server.pactl("set-sink-volume", name, f"{chance.randint(20, 100)}%")
            agrees(guest, card, index)
            for control in BY_HAND[card]:
                amixer(card, "-q", "sset", control, f"{chance.randint(30, 100)}%")
            agrees(guest, card, index)
        # The verb itself once: it costs seconds in an emulated machine.
        assert guest.path("tone")["total_db"] == pytest.approx(expected(guest, card, index), abs=0.1)
