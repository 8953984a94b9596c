"""Meters: scale, fall, hold, clip, and how often they may be painted."""

from itertools import pairwise

import pytest

from tuimixer.backend.demo import simulated
from tuimixer.config.schema import Config, MeterOptions
from tuimixer.ui.first_picture import new_renderer
from tuimixer.ui.mixer.meters import HOLD, Level, LevelMeters, follow, share_of
from tuimixer.ui.terminal.capabilities import look_at
from tuimixer.ui.terminal.pacing import Pace

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("amplitude", "share"),
    [(0, 0), (0.001, 0), (1, 1), (2, 1), (0.5, 1 - 6.0206 / 60), (0.1, 1 - 20 / 60), (0.01, 1 / 3)],
)
def test_scale_is_60_db(amplitude: float, share: float) -> None:
    assert share_of(amplitude) == pytest.approx(share, abs=1e-4)


def test_it_jumps_up_and_falls_evenly_to_the_newest_peak() -> None:
    level = follow(None, (1.0,), 0)
    assert level.shares == (1.0,)
    falling = [level := follow(level, (0.1,), t / 10) for t in range(1, 20)]
    steps = [a.shares[0] - b.shares[0] for a, b in pairwise(falling)]
    assert steps[0] == pytest.approx(26 / 60 / 10)
    assert falling[-1].shares == pytest.approx((share_of(0.1),))


def test_the_hold_stays_and_then_comes_down() -> None:
    level = follow(follow(None, (0.5,), 0), (0.0,), HOLD - 0.01)
    assert level.hold == share_of(0.5)
    assert level.moving
    for step in range(1, 10):
        level = follow(level, (0.0,), HOLD + step)
    assert level.hold == 0
    assert not level.moving


def test_new_peaks_show_falls_every_second_time_and_rises_at_once() -> None:
    now = 0.0
    meters = LevelMeters(lambda: now)

    def shown(peak: float) -> float:
        nonlocal now
        now += 0.1
        meters.hear({"a": (peak,)})
        assert meters.follow(["a"], None) == (share_of(peak) < meters.levels["a"].shares[0])
        return meters.levels["a"].shares[0]

    loud, fall = share_of(0.5), 0.1 * 26 / 60
    assert shown(0.5) == loud
    assert [shown(0.001) for _ in range(3)] == pytest.approx([loud - fall, loud - fall, loud - 3 * fall])
    assert shown(0.9) == share_of(0.9)
    # Without new peaks, falls are always shown.
    meters.hear({"a": (0.0,)})
    now += 0.1
    meters.follow(["a"], None)
    now += 0.1
    before = meters.levels["a"].shares[0]
    meters.follow(["a"], None)
    assert meters.levels["a"].shares[0] < before


def test_the_clip_mark_fades_after_ten_seconds() -> None:
    level = follow(None, (1.0, 0.2), 1)
    level = follow(level, (1.0, 0.0), 2)
    for t in range(3, 12):
        level = follow(level, (0.0, 0.0), t)
        assert level.clipped
        assert level.moving  # or nobody would look again
    level = follow(level, (0.0, 0.0), 12)
    assert not level.clipped
    assert not level.moving


def test_another_number_of_channels() -> None:
    assert len(follow(follow(None, (0.1,), 0), (0.5, 0.2), 1).shares) == 2
    assert follow(Level(), (), 1) == Level(at=1, held_until=1 + HOLD)


def test_a_fast_line_is_asked_now_and_then() -> None:
    pace, asked = Pace(slow=False), 0
    for frame in range(120):
        now = frame / 12
        assert pace.may_paint(now)
        if pace.painted(now):
            asked += 1
            pace.answered(now + 0.001)
    assert asked == 4


def test_on_a_slow_line_one_frame_is_under_way_at_most() -> None:
    pace, under_way, most, frames, answer_at = Pace(slow=True), 0, 0, 0, 0.0
    for tick in range(1000):
        now = tick / 100
        if under_way and now >= answer_at:
            under_way -= 1
            pace.answered(now)
        if pace.may_paint(now):
            frames += 1
            if pace.painted(now):
                under_way += 1
                answer_at = now + 0.2
        most = max(most, under_way)
    assert most == 1
    assert 20 <= frames <= 26


def test_a_line_that_becomes_slow_is_noticed() -> None:
    pace = Pace(slow=False)
    assert pace.may_paint(0)
    assert pace.painted(0)
    assert pace.may_paint(0.05)
    assert not pace.may_paint(0.1)
    pace.answered(0.3)
    assert not pace.may_paint(0.4)
    assert pace.may_paint(0.7)


def test_a_terminal_that_never_answers_is_not_waited_for() -> None:
    pace, frames = Pace(slow=True), 0
    for tick in range(3000):
        now = tick / 100
        if pace.may_paint(now):
            frames += 1
            pace.painted(now)
    assert frames >= 8


def test_a_view_without_cells_has_no_meters() -> None:
    config = Config(meters=MeterOptions(show="on"), layout="rows", view="all")
    renderer = new_renderer(config, look_at({"TERM": "xterm-256color"}, config), clock=lambda: 1000.0)[0]
    renderer.resize((80, 24), (80, 24))
    renderer.show(simulated.box())
    renderer.meters.hear({key: (1.0, 1.0) for key in renderer.snapshot.controls})
    renderer.meters.follow([slot.row.id for slot in renderer.plan.slots], renderer.cursor)
    renderer.resize((80, 0), (80, 1))
    renderer.paint_meters()
    assert not renderer.plan.slots
