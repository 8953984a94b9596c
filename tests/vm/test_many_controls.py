"""A card with 200 controls on the screen, beside one with 12: when it is there, and that a step moves it."""

import time
from pathlib import Path

import pytest

from tests.backend.alsa.amixer import sget
from tests.backend.alsa.user_elements import UserElements
from tests.lab import cards as lab
from tests.pty.person import Person

pytestmark = pytest.mark.vm

COUNTS = (12, 200)
RUNS = 2


def test_a_card_with_200_controls_on_the_screen(cards: dict[str, int], tmp_path: Path) -> None:
    """Times are printed and not judged."""
    number = cards[lab.LOOPBACK]
    env = {
        "HOME": str(tmp_path),
        "PATH": "/usr/bin:/bin",
        "LC_ALL": "C.UTF-8",
        "PULSE_SERVER": "unix:/nowhere",
    }
    first: dict[int, list[float]] = {count: [] for count in COUNTS}
    shown: dict[int, list[float]] = {count: [] for count in COUNTS}
    # In turn, so that what else the machine does meets both alike.
    for count in COUNTS * RUNS:
        with UserElements(number) as elements:
            for i in range(count):
                elements.add_integer(f"Control {i} Playback Volume")
            start = time.perf_counter()
            with Person(env, "-c", lab.LOOPBACK, "--layout", "rows", "--no-meters", "--no-config") as person:
                person.terminal.wait_for(lambda _, seen=person: seen.percent("Control 0") == 0)  # type: ignore[misc]
                first[count].append(time.perf_counter() - start)
                person.terminal.wait_quiet(1.0)
                # A sound server that has played on the card has left a softvol before it.
                person.choose("Control 0")
                start = time.perf_counter()
                person.press("Up")
                person.sees_percent("Control 0", 1)
                shown[count].append(time.perf_counter() - start)
                person.waits_for(lambda: "1 [1%]" in sget(number, "Control 0"), "the step on the card")
    for count in COUNTS:
        print(f"{count} controls: on the screen after {min(first[count]):.2f} s, ", end="")
        print(f"a step shown after {1000 * min(shown[count]):.0f} ms")
    few, many = (min(first[count]) for count in COUNTS)
    print(f"200 against 12: {many / few:.2f} times to the screen")
