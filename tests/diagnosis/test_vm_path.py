"""On real cards, the total of `path` is the sum of what pactl and amixer read.

A few settings, tested live; many more are in the recorded machines (test_recorded.py).
"""

import pytest

from tests.diagnosis.gains import BY_HAND, apart, settings
from tests.diagnosis.guest import Guest

pytestmark = pytest.mark.vm

SETTINGS = 2


def test_the_total_is_the_sum_of_the_readings(guest: Guest) -> None:
    with guest.paused({card: guest.sink(card)["name"] for card in BY_HAND}) as streams:
        for moment in settings(guest, streams, SETTINGS):
            assert apart(moment.snapshot, moment.system, moment.readings) == {}
        # The verb itself only once: it takes seconds in an emulated machine.
        for card, reading in moment.readings.items():
            assert guest.path(card)["total_db"] == pytest.approx(reading.total, abs=0.1)
