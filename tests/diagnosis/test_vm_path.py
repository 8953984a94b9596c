"""On real cards, the total that `path` gives is the sum of what pactl and amixer read."""

import math
import random
from collections.abc import Iterator

import pytest

from tests.diagnosis.guest import Guest, amixer_db, moved_by_hand, on_cards
from tests.lab.cards import AC97, HDA, USB
from tests.lab.waiting import wait_until

pytestmark = pytest.mark.vm

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


def expected(guest: Guest, streams: dict[str, int]) -> dict[str, float]:
    """Stream dB + sink dB − base dB + what the server does not drive, by card."""
    listed, totals = guest.readings(), {}
    for card, index in streams.items():
        sink = next(one for one in listed["sinks"] if guest.on(one, card))
        found = next(one for one in listed["sink_inputs"] if one["index"] == index)
        totals[card] = volume_db(found) + volume_db(sink) - db(sink["base_volume"]["value"])
        if "HW_VOLUME_CTRL" not in sink["flags"]:
            totals[card] += amixer_db(card, *BY_HAND[card])
    return totals


def agree(guest: Guest, streams: dict[str, int]) -> dict[str, float]:
    """Wait until the server has done what was asked, and path and readings say the same; the totals."""
    stated: dict[str, float | None] = {}
    wanted: dict[str, float] = {}

    def apart() -> list[str]:
        return [
            card
            for card, total in stated.items()
            if total is None or not math.isclose(total, wanted[card], abs_tol=0.1)
        ]

    def same() -> bool:
        stated.update(guest.stated(streams))
        wanted.update(expected(guest, streams))
        return not apart()

    try:
        wait_until(same, "path and readings to agree")
    except TimeoutError as error:
        said = f"path says {stated}, pactl and amixer {wanted}"
        raise AssertionError(f"{said}\n{[guest.path(card) for card in apart()]}") from error
    return wanted


def test_the_total_is_the_sum_of_the_readings(guest: Guest) -> None:
    """On all three cards at once: a process is dear in an emulated machine, and one reading serves all."""
    sinks = {card: guest.sink(card)["name"] for card in BY_HAND}
    chance = random.Random(6)
    totals: dict[str, float] = {}
    with guest.paused(sinks) as streams:
        for _ in range(SETTINGS):
            guest.at_once(
                *(f"set-sink-input-volume {index} {chance.randint(20, 110)}%" for index in streams.values()),
                *(f"set-sink-volume {sink} {chance.randint(20, 100)}%" for sink in sinks.values()),
            )
            agree(guest, streams)
            for card, controls in BY_HAND.items():
                moved_by_hand(card, *(f"'{control}' {chance.randint(30, 100)}%" for control in controls))
            totals = agree(guest, streams)
        # The verb itself once: it costs seconds in an emulated machine.
        for card, total in totals.items():
            assert guest.path(card)["total_db"] == pytest.approx(total, abs=0.1)
