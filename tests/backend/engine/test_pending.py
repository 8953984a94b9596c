"""Commands sent to an engine: what is shown in the meantime, and what happens to them when it dies."""

import pytest

from tuimixer.backend.demo.simulated import box
from tuimixer.backend.engine.pending import Pending
from tuimixer.model.command import Command, SetMute, SetVolume

pytestmark = pytest.mark.unit

CONTROLS = box().controls
ID = next(key for key, control in CONTROLS.items() if len(control.channels) == 2)


def volume(raw: int) -> SetVolume:
    return SetVolume(ID, (raw, raw))


MUTE = SetMute("other", (True,))


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pending(clock: Clock) -> Pending:
    return Pending(clock)


def take_all(pending: Pending) -> list[tuple[int, Command]]:
    taken = []
    while (one := pending.take()) is not None:
        taken.append(one)
    return taken


def shown(pending: Pending) -> int:
    return pending.over(CONTROLS)[ID].raws[0]


def test_the_newest_is_shown_until_its_own_acknowledgement(pending: Pending) -> None:
    for raw in (1, 2):
        pending.submit(volume(raw))
        assert take_all(pending) == [(raw, volume(raw))]
    pending.acknowledge(1)
    assert shown(pending) == 2
    pending.acknowledge(2)
    assert pending.over(CONTROLS) is CONTROLS


def test_what_was_not_sent_yet_is_replaced(pending: Pending) -> None:
    pending.submit(volume(1))
    pending.submit(MUTE)
    pending.submit(volume(2))
    assert take_all(pending) == [(1, MUTE), (2, volume(2))]


def test_what_was_in_flight_waits_for_the_next_engine(pending: Pending) -> None:
    pending.submit(volume(1))
    pending.submit(MUTE)
    assert len(take_all(pending)) == 2
    pending.submit(volume(2))
    assert pending.requeue() == []
    assert shown(pending) == 2
    assert take_all(pending) == [(3, MUTE), (4, volume(2))]


def test_what_was_acknowledged_just_now_is_sent_again_and_later_not(pending: Pending, clock: Clock) -> None:
    pending.submit(MUTE)
    take_all(pending)
    pending.acknowledge(1)
    clock.now = 5.0
    pending.submit(volume(1))
    take_all(pending)
    pending.acknowledge(2)
    clock.now = 5.5
    assert pending.requeue() == []
    assert take_all(pending) == [(3, volume(1))]


def test_none_is_sent_to_a_third_engine(pending: Pending) -> None:
    pending.submit(volume(1))
    take_all(pending)
    assert pending.requeue() == []
    take_all(pending)
    pending.submit(MUTE)
    assert pending.requeue() == [volume(1)]
    assert take_all(pending) == [(3, MUTE)]
    assert pending.over(CONTROLS).keys() == CONTROLS.keys()
    assert shown(pending) == CONTROLS[ID].raws[0]


def test_a_newer_command_takes_the_place_of_one_that_is_given_up(pending: Pending) -> None:
    pending.submit(volume(1))
    take_all(pending)
    pending.requeue()
    take_all(pending)
    pending.submit(volume(2))
    assert pending.requeue() == []
    assert take_all(pending) == [(3, volume(2))]


def test_an_acknowledgement_of_the_old_engine_s_numbers_does_not_count_for_the_new(pending: Pending) -> None:
    pending.submit(volume(1))
    take_all(pending)
    pending.requeue()
    assert take_all(pending) == [(2, volume(1))]
    pending.acknowledge(1)
    assert shown(pending) == 1


def test_giving_up_tells_what_was_left(pending: Pending) -> None:
    pending.submit(volume(1))
    pending.submit(MUTE)
    assert pending.drop() == [volume(1), MUTE]
    assert pending.take() is None
    assert pending.over(CONTROLS) is CONTROLS
