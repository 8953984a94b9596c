"""On real cards, the total that `path` gives is the sum of what pactl and amixer read."""

import math
import random
from collections.abc import Iterator

import pytest

from tests.diagnosis.guest import Guest, amixer_db, moved_by_hand, on_cards
from tests.lab.cards import AC97, HDA, USB
from tests.lab.waiting import wait_until

pytestmark = pytest.mark.vm_long

SETTINGS = 20
BY_HAND = {AC97: ("Master", "PCM"), HDA: ("Master",), USB: ("Audio Output Volume Control",)}
"""Controls to move with amixer, by card."""


@pytest.fixture(scope="module", params=["PulseAudio", "PipeWire"])
def guest(request: pytest.FixtureRequest) -> Iterator[Guest]:
    """Each server in turn, with the three cards."""
    with on_cards(request.param, *BY_HAND) as made:
        yield made


def db(value: int) -> float:
    return 60 * math.log10(value / 65536)


def volume_db(found: dict[str, dict[str, dict[str, int]]]) -> float:
    return db(next(iter(found["volume"].values()))["value"])


def expected(guest: Guest, card: str, stream: int) -> float:
    """Stream dB + sink dB − base dB + what the server does not drive."""
    listed = guest.readings()
    sink = next(one for one in listed["sinks"] if guest.on(one, card))
    found = next(one for one in listed["sink_inputs"] if one["index"] == stream)
    total = volume_db(found) + volume_db(sink) - db(sink["base_volume"]["value"])
    if "HW_VOLUME_CTRL" not in sink["flags"]:
        total += amixer_db(card, *BY_HAND[card])
    return total


def agrees(guest: Guest, card: str, stream: int) -> float:
    """Wait until the server has carried out what was asked, and path and readings say the same; the total."""
    last: list[float | None] = []

    def same() -> bool:
        stated = guest.stated(stream)
        last[:] = [stated, wanted := expected(guest, card, stream)]
        return stated is not None and abs(stated - wanted) <= 0.1

    try:
        wait_until(same, "path and readings to agree")
    except TimeoutError as error:
        said = f"path says {last[0]}, pactl and amixer {last[1]}"
        raise AssertionError(f"{said}\n{guest.path('tone')}") from error
    assert last[1] is not None
    return last[1]


@pytest.mark.parametrize("card", BY_HAND)
def test_the_total_is_the_sum_of_the_readings(guest: Guest, card: str) -> None:
    sink = guest.sink(card)["name"]
    index = guest.server.play("tone", device=sink, silent=True).index
    chance = random.Random(card)
    for _ in range(SETTINGS):
        guest.at_once(
            f"set-sink-input-volume {index} {chance.randint(20, 110)}%",
            f"set-sink-volume {sink} {chance.randint(20, 100)}%",
        )
        agrees(guest, card, index)
        moved_by_hand(card, *(f"'{control}' {chance.randint(30, 100)}%" for control in BY_HAND[card]))
        total = agrees(guest, card, index)
    # The verb itself once: it costs seconds in an emulated machine.
    assert guest.path("tone")["total_db"] == pytest.approx(total, abs=0.1)
    guest.server.stop_players()
