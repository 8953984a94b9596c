"""How many peaks of a meter PipeWire is to send together; test_meters shows that all get their turn."""

import pytest

from tuimixer.backend.pulse.fragments import Fragments

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("shown", "meters", "rate", "size"),
    [
        (20, 1, 80, 4),
        (20, 4, 80, 4),
        (20, 5, 80, 5),
        (20, 16, 80, 16),
        (10, 1, 80, 8),
        (50, 1, 80, 2),
        (100, 1, 100, 1),
    ],
)
def test_pipewire_collects_a_peak_for_each_meter(shown: float, meters: int, rate: int, size: int) -> None:
    fragments = Fragments(lambda: True)
    fragments.begin(shown)
    assert fragments.rate == rate
    assert fragments.divide(meters) == size
    assert fragments.seconds == size / rate


def test_fragments_become_longer_up_to_a_limit_until_other_meters_are_wanted() -> None:
    fragments = Fragments(lambda: True)
    fragments.begin(20.0)
    sizes = []
    for _ in range(4):
        sizes.append(fragments.divide(5))
        fragments.lengthen()
    assert sizes == [5, 10, 20, 20]
    fragments.begin(20.0)
    assert fragments.divide(5) == 5


def test_pulseaudio_sends_each_peak() -> None:
    fragments = Fragments(lambda: False)
    fragments.begin(20.0)
    fragments.lengthen()
    assert (fragments.rate, fragments.divide(16)) == (20, 1)
