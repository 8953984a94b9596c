"""Faults provoked on real cards: each is named first, mended where it is ours, and nothing is found after."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping

import pulsectl
import pytest

from tests.diagnosis.faults import FAULTS, Scene
from tests.diagnosis.guest import moved_by_hand, on_cards
from tests.lab.cards import AC97, HDA, LOOPBACK
from tests.lab.waiting import wait_until
from tuimixer.diagnosis.finding import Finding

pytestmark = pytest.mark.vm

SOFT = "soft"


@pytest.fixture(scope="module")
def stage() -> Iterator[Scene]:
    """PulseAudio on the AC97 card by its mixer, on the HDA card without, and the tone."""
    with on_cards("PulseAudio", AC97, LOOPBACK) as guest:
        # Opened as "front" the card gets a softvol PCM from ALSA's own configuration.
        guest.server.pactl("load-module", "module-alsa-sink", f"device=front:{HDA}", f"sink_name={SOFT}")
        moved_by_hand(HDA, "Master 100% unmute", "PCM 100%")
        sink = guest.sink(AC97)["name"]
        yield Scene(guest, sink, guest.server.play("tone", silent=True, device=sink).index, SOFT)


@pytest.fixture
def scene(stage: Scene) -> Scene:
    """The tone on the default sink, everything up."""
    moved_by_hand(AC97, "Master 80% unmute", "PCM 80% unmute")
    with pulsectl.Pulse("set-up", server=stage.guest.server.address) as pulse:
        sink, stream = pulse.get_sink_by_name(stage.sink), pulse.sink_input_info(stage.stream)
        pulse.default_set(sink)
        pulse.sink_input_move(stream.index, sink.index)
        for thing, level in ((sink, 0.7), (stream, 1.0)):
            pulse.mute(thing, False)
            pulse.volume_set_all_chans(thing, level)
    return stage


def test_nothing_is_found_on_a_healthy_box(scene: Scene) -> None:
    wait_until(lambda: not scene.guest.findings(), "the box to be healthy")
    assert scene.guest.doctor() == []


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_first_and_mended(scene: Scene, name: str) -> None:
    fault, guest = FAULTS[name], scene.guest
    found: list[Finding] = []

    def named() -> bool:
        found[:] = guest.findings()
        return bool(found and found[0].key == fault.key and re.search(fault.reason, found[0].reason))

    with fault.provoke(scene):
        try:
            wait_until(named, fault.reason)
        except TimeoutError as error:
            raise AssertionError(f"not {fault.key} first, but {found}") from error
        status, text = guest.verb("doctor", "--fix", "1")
        assert found[0].reason in text
        if fault.advice:
            assert re.search(fault.advice, text)
            assert status == 1
        else:
            assert status == 0, text
    wait_until(lambda: found[0].reason not in [f.reason for f in guest.findings()], "the fault to be gone")


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
    """The first finding of a doctor who is somebody else, or somewhere else."""
    tuimixer = [sys.executable, "-m", "tuimixer", "doctor", "--json", "--no-config"]
    done = subprocess.run([*command, *tuimixer], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    found: dict[str, str] = json.loads(done.stdout)["findings"][0]
    return found


def test_a_user_who_may_not_open_the_devices(stage: Scene) -> None:
    env = {"PATH": os.environ["PATH"], "HOME": "/tmp", "LC_ALL": "C.UTF-8"}
    # May read all, for Python itself may lie below a home that is closed to others; may still open no device.
    reading = [f"--{kind}-caps=+dac_read_search" for kind in ("inh", "ambient")]
    nobody = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", *reading]
    first = doctor_elsewhere(*nobody, env=env)
    assert first["reason"].startswith("The devices in /dev/snd may not be opened by nobody.")
    assert first["mend"] == "sudo usermod -aG audio nobody, then log in again"


def test_a_display_that_leads_to_another_machine(stage: Scene) -> None:
    renamed = ["unshare", "--uts", "sh", "-c", 'hostname attic; exec "$0" "$@"']
    first = doctor_elsewhere(*renamed, env=stage.guest.server.env | {"DISPLAY": "localhost:10.0"})
    assert first["reason"].startswith("DISPLAY is localhost:10.0, which leads programs to the server on")


def test_a_box_whose_server_is_gone(stage: Scene, tmp_path: object) -> None:
    env = stage.guest.server.env | {"PULSE_SERVER": f"unix:{tmp_path}/native"}
    assert doctor_elsewhere(env=env)["reason"].startswith("No sound server answers")


def test_at_least_eighteen_kinds_of_findings_are_provoked(capsys: pytest.CaptureFixture[str]) -> None:
    kinds = {fault.key for fault in FAULTS.values()} | {"no_permission", "other_machine", "no_server"}
    with capsys.disabled():
        print(f"\n{len(kinds)} kinds of findings provoked on real cards: {', '.join(sorted(kinds))}")
    assert len(kinds) >= 18
