"""Faults provoked on real cards: each is reported first, and fixed if possible; then nothing more is found.
The chip's output is checked too: it is silent during a fault that silences it, and not after the fix.

A few of the faults, tested live; all are in the recorded machines (test_recorded.py).
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping

import pytest

from tests.diagnosis.faults import FAULTS, TONE, Scene, settle
from tests.diagnosis.guest import Guest
from tests.lab import chip
from tests.lab.cards import AC97
from tests.lab.waiting import wait_until
from tuimixer.diagnosis.finding import Finding

pytestmark = pytest.mark.vm

LIVE = ("stream muted", "sink muted", "sink at zero", "Master at zero by hand", "wrong source")
"""Tested live with both servers."""
LIVE_ON_PULSEAUDIO = (
    *(n for n, f in FAULTS.items() if f.silences and "PulseAudio" in f.servers and n not in LIVE),
    "profile off",
    "device held",
    "two servers",
)
PULSEAUDIO = pytest.mark.parametrize("guest", ["PulseAudio"], indirect=True)


@pytest.fixture(scope="module")
def tone(guest: Guest) -> Iterator[int]:
    """Index of a sink input with a tone on the AC97 card."""
    yield guest.server.play("tone", device=guest.sink(AC97)["name"], frequency=TONE).index
    guest.server.stop_players()


@pytest.fixture
def scene(guest: Guest, tone: int) -> Scene:
    """The tone on the default sink, everything up."""
    return settle(guest, tone)


def strength() -> float:
    """Current amplitude of the tone in the chip's output."""
    return chip.record(0.3).strength(TONE, chip.RATE)


def test_nothing_is_found_on_a_healthy_box(scene: Scene) -> None:
    wait_until(lambda: not scene.guest.findings(), "the box to be healthy")
    assert scene.guest.doctor() == []


@pytest.mark.parametrize("name", LIVE)
def test_a_fault_is_named_first_and_mended(scene: Scene, name: str) -> None:
    named_and_mended(scene, name)


@PULSEAUDIO
@pytest.mark.parametrize("name", LIVE_ON_PULSEAUDIO)
def test_a_fault_with_pulseaudio_is_named_first_and_mended(scene: Scene, name: str) -> None:
    named_and_mended(scene, name)


def named_and_mended(scene: Scene, name: str) -> None:
    """Provoke a fault, diagnose, listen to the chip, and let doctor fix it."""
    fault, guest = FAULTS[name], scene.guest
    found: list[Finding] = []

    def named() -> bool:
        found[:] = guest.findings()
        return fault.is_first(tuple(found))

    with fault.provoke(scene):
        try:
            wait_until(named, fault.reason)
        except TimeoutError as error:
            raise AssertionError(f"not {fault.key} first, but {found}") from error
        if fault.silences:
            wait_until(lambda: strength() < 0.003, "silence at the chip")
        status, text = guest.verb("doctor", "--fix", "1")
        assert found[0].reason in text
        if fault.advice:
            assert re.search(fault.advice, text)
            assert status == 1
        else:
            assert status == 0, text
    wait_until(lambda: found[0].reason not in [f.reason for f in guest.findings()], "the fault to be gone")
    if fault.silences:
        wait_until(lambda: strength() > 0.03, "the tone at the chip")


@PULSEAUDIO
def test_programs_that_share_the_card_by_dmix(scene: Scene) -> None:
    scene.pactl("suspend-sink", scene.sink, "1")
    command = ["aplay", "-q", "-D", f"plug:'dmix:CARD={AC97}'", "-f", "cd", "/dev/zero"]
    players = [subprocess.Popen(command) for _ in range(2)]
    try:
        wait_until(lambda: scene.guest.verb("path", "aplay")[1].count("dmix") == 2, "both programs")
    finally:
        for player in players:
            player.kill()
            player.wait()
    scene.pactl("suspend-sink", scene.sink, "0")


def doctor_elsewhere(*command: str, env: Mapping[str, str]) -> dict[str, str]:
    """The first finding of doctor run as another user, or elsewhere."""
    tuimixer = [sys.executable, "-m", "tuimixer", "doctor", "--json", "--no-config"]
    done = subprocess.run([*command, *tuimixer], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    found: dict[str, str] = json.loads(done.stdout)["findings"][0]
    return found


@PULSEAUDIO
def test_a_user_who_may_not_open_the_devices(guest: Guest) -> None:
    env = {"PATH": os.environ["PATH"], "HOME": "/tmp", "LC_ALL": "C.UTF-8"}
    # This user is allowed to read everything, because Python itself may be in a private home directory, but
    # still cannot open any device.
    reading = [f"--{kind}-caps=+dac_read_search" for kind in ("inh", "ambient")]
    nobody = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", *reading]
    first = doctor_elsewhere(*nobody, env=env)
    assert first["reason"].startswith("nobody has no permission to open the devices in /dev/snd")
    assert first["fix"] == "sudo usermod -aG audio nobody, then log in again"


@PULSEAUDIO
def test_a_display_that_leads_to_another_machine(guest: Guest) -> None:
    renamed = ["unshare", "--uts", "sh", "-c", 'hostname attic; exec "$0" "$@"']
    first = doctor_elsewhere(*renamed, env=guest.server.env | {"DISPLAY": "localhost:10.0"})
    assert "localhost:10.0. This makes programs play through the server on" in first["reason"]


@PULSEAUDIO
def test_a_box_whose_server_is_gone(guest: Guest, tmp_path: object) -> None:
    env = guest.server.env | {"PULSE_SERVER": f"unix:{tmp_path}/native"}
    assert doctor_elsewhere(env=env)["reason"].startswith("No sound server is responding")
