"""How far verbs raise a volume: never above the cap of the command line, the configuration or the device."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.program import run
from tests.lab.pulse import PrivatePulse

pytestmark = pytest.mark.pulse


@pytest.fixture(scope="module")
def box() -> Iterator[PrivatePulse]:
    with PrivatePulse() as server:
        yield server


@pytest.mark.parametrize(
    ("start", "config", "words", "asked", "end"),
    [
        # A held key stops at 100 %; a step with a higher cap was requested as such.
        (90, "", ["+40%"], 40, 100),
        (90, "", ["--max", "130", "+40%"], 40, 130),
        (90, "", ["--max", "130", "+5%"], 5, 95),
        (98, "", ["--max", "130", "+5%"], 5, 103),
        (98, "", ["--max", "130", "+6dB"], 25, 123),
        (128, "", ["--max", "130", "+5%"], 5, 130),
        (140, "", ["--max", "130", "+5%"], 5, 140),
        (140, "", ["--max", "130", "-5%"], -5, 135),
        (140, "", ["+5%"], 5, 140),
        (50, "", ["--max", "130", "200%"], 150, 130),
        (50, "", ["--max", "60", "+40%"], 40, 60),
        (50, "", ["--max", "0", "+40%"], 40, 50),
        (90, "max.verbs = 120", ["+40%"], 40, 120),
        (90, "max.verbs = 120", ["--max", "110", "+40%"], 40, 110),
        (50, "max.verbs = 80", ["+40%"], 40, 80),
        (50, "max.verbs = 80", ["--max", "130", "+70%"], 70, 120),
        # A device's own cap applies in both cases.
        (50, "max.devices.speakers = 60", ["+40%"], 40, 60),
        (50, "max.devices.speakers = 60", ["--max", "130", "+40%"], 40, 60),
        (50, "max.devices.speakers = 60", ["100%"], 50, 60),
        (50, "max.devices.headphones = 60", ["+40%"], 40, 90),
        (90, "max.devices.speakers = 140", ["+40%"], 40, 130),
        (90, "max.devices.speakers = 140", ["--max", "110", "+40%"], 40, 110),
    ],
)
def test_ends_at(
    start: int, config: str, words: list[str], asked: int, end: int, box: PrivatePulse, tmp_path: Path
) -> None:
    box.pactl("set-sink-volume", "speakers", f"{start}%")
    file = tmp_path / "config.toml"
    file.write_text(f"{config}\n")
    outcome = run("set", "-f", str(file), "speakers", *words, env=box.env)
    assert outcome.status == 0
    assert (outcome.err == "") is (start + asked == end), outcome.err
    if outcome.err:
        assert re.fullmatch(r"tuimixer: Speakers is limited by its cap of \d+ %\.\n", outcome.err)
    assert f" {end}% " in box.pactl("get-sink-volume", "speakers")
