"""A volume that another program restores between two steps: PulseAudio reports it at once, no step waits."""

import time

import pytest

from tests.cli.program import run_here
from tests.lab.pulse import PrivatePulse

pytestmark = pytest.mark.pulse


def test_a_step_after_it_does_not_wait(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def waits(seconds: float) -> None:
        raise AssertionError("it waits")

    with PrivatePulse() as server:
        for name, value in server.env.items():
            monkeypatch.setenv(name, value)
        server.pactl("set-sink-volume", "speakers", "30%")
        assert run_here(["set", "@output", "+5%"], capsys).status == 0
        server.pactl("set-sink-volume", "speakers", "30%")
        monkeypatch.setattr(time, "sleep", waits)
        assert run_here(["set", "@output", "+5%"], capsys).status == 0
        monkeypatch.undo()
        assert " 35% " in server.pactl("get-sink-volume", "speakers")
