"""Faults provoked on a real AC97 card: each is named first, mended where it is ours, and nothing is found
after.
"""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from tests.diagnosis.guest import Guest, amixer, on_cards
from tests.lab.cards import AC97, LOOPBACK
from tests.lab.pipewire import PrivatePipeWire
from tests.lab.waiting import wait_until

pytestmark = pytest.mark.vm_long


@dataclass
class Scene:
    """A tone on the AC97 card."""

    guest: Guest
    sink: str
    stream: str
    card: str

    def pactl(self, *words: str) -> str:
        return self.guest.server.pactl(*words)


@pytest.fixture(scope="module")
def guest() -> Iterator[Guest]:
    with on_cards("PulseAudio", AC97) as made:
        yield made


@pytest.fixture
def scene(guest: Guest) -> Iterator[Scene]:
    """A healthy box: the tone on the default sink, everything up."""
    sink = guest.sink(AC97)
    guest.server.pactl("set-default-sink", sink["name"])
    for control in ("Master", "PCM"):
        amixer(AC97, "-q", "sset", control, "80%", "unmute")
    guest.server.pactl("set-sink-mute", sink["name"], "0")
    guest.server.pactl("set-sink-volume", sink["name"], "70%")
    player = guest.server.play("tone", silent=True, device=sink["name"])
    server_card = next(
        card["name"]
        for card in guest.server.pactl_json("cards")
        if card["properties"].get("alsa.card") == str(guest.numbers[AC97])
    )
    wait_until(lambda: guest.findings() == [], "a healthy box")
    yield Scene(guest, sink["name"], str(player.index), server_card)
    guest.server.stop_players()


def by_hand(*words: str) -> Callable[[Scene], object]:
    return lambda scene: amixer(AC97, "-q", "sset", *words)


def hand_over(scene: Scene) -> None:
    """Load a null sink, make it the default."""
    scene.pactl("load-module", "module-null-sink", "sink_name=hole")
    scene.pactl("set-default-sink", "hole")
    scene.pactl("move-sink-input", scene.stream, "hole")


def end_hole(scene: Scene) -> None:
    scene.pactl("unload-module", "module-null-sink")


def nothing(scene: Scene) -> None:
    return


FAULTS: dict[str, tuple[Callable[[Scene], object], str, Callable[[Scene], object]]] = {
    "stream muted": (lambda s: s.pactl("set-sink-input-mute", s.stream, "1"), "tone is muted", nothing),
    "sink muted": (
        lambda s: s.pactl("set-sink-mute", s.sink, "1"),
        "Analog Stereo is muted, and with it Master, PCM",
        nothing,
    ),
    # PulseAudio takes a mute by hand for its own and writes it to all controls that it drives.
    "Master muted by hand": (by_hand("Master", "mute"), "is muted, and with it Master, PCM", nothing),
    "PCM muted by hand": (by_hand("PCM", "mute"), "is muted, and with it Master, PCM", nothing),
    "stream at zero": (
        lambda s: s.pactl("set-sink-input-volume", s.stream, "0"),
        "tone is at its lowest",
        nothing,
    ),
    "sink at zero": (lambda s: s.pactl("set-sink-volume", s.sink, "0"), "Stereo is at its lowest", nothing),
    "Master at zero by hand": (by_hand("Master", "0"), "Master of the card .* is", nothing),
    "PCM at zero by hand": (by_hand("PCM", "0"), "PCM of the card .* is at its lowest", nothing),
    "many small losses": (
        lambda s: (
            s.pactl("set-sink-input-volume", s.stream, "16%"),
            s.pactl("set-sink-volume", s.sink, "20%"),
        ),
        "All stages together",
        nothing,
    ),
    "default plays nowhere": (hand_over, "plays nowhere", end_hole),
    "suspended": (lambda s: s.pactl("suspend-sink", s.sink, "1"), "is suspended", nothing),
    "boost before a cut": (lambda s: s.pactl("set-sink-input-volume", s.stream, "140%"), "distort", nothing),
    "default is a loopback card": (
        lambda s: (
            s.pactl("set-default-sink", s.guest.sink(LOOPBACK)["name"]),
            s.pactl("move-sink-input", s.stream, s.guest.sink(LOOPBACK)["name"]),
        ),
        "is a loopback card without a jack",
        nothing,
    ),
    "stream elsewhere": (
        lambda s: s.pactl("move-sink-input", s.stream, s.guest.sink(LOOPBACK)["name"]),
        "not on the default output",
        nothing,
    ),
    "profile off": (
        lambda s: s.pactl("set-card-profile", s.card, "off"),
        "is switched off",
        nothing,
    ),
}


def reasons(scene: Scene) -> list[str]:
    return [finding["reason"] for finding in scene.guest.findings()]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named_first_and_mended(scene: Scene, fault: str) -> None:
    provoke, reason, after = FAULTS[fault]
    provoke(scene)
    found: list[str] = []

    def named() -> bool:
        found[:] = reasons(scene)
        return bool(found and re.search(reason, found[0]))

    wait_until(named, f"{reason!r} to be named first")
    status, text = scene.guest.verb("doctor", "--fix", "1")
    assert status == 0, text
    after(scene)
    wait_until(lambda: found[0] not in reasons(scene), "the fault to be gone")


def test_a_device_held_by_another_program(scene: Scene) -> None:
    scene.pactl("suspend-sink", scene.sink, "1")
    command = ["aplay", "-q", "-D", f"hw:{AC97},0", "-f", "cd", "/dev/zero"]
    with subprocess.Popen(command) as player:
        try:
            wait_until(lambda: any("aplay" in reason for reason in reasons(scene)), "the finding")
            first = scene.guest.findings()[0]
            assert f"aplay (process {player.pid}, root) holds" in first["reason"]
            assert first["mend"] == f"kill {player.pid}"
            status, text = scene.guest.verb("path", "aplay", "--json")
            assert status == 0
            assert '"name": "aplay"' in text
        finally:
            player.kill()
    scene.pactl("suspend-sink", scene.sink, "0")


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


def test_recording_that_is_switched_off(scene: Scene) -> None:
    source = scene.guest.source(AC97)["name"]
    with subprocess.Popen(
        ["parec", f"--device={source}"], env=scene.guest.server.env, stdout=subprocess.DEVNULL
    ) as tape:
        try:
            wait_until(lambda: scene.guest.server.pactl_json("source-outputs"), "the recording")
            amixer(AC97, "-q", "sset", "Line", "cap")
            wait_until(
                lambda: any("records from Line" in reason for reason in reasons(scene)), "the wrong source"
            )
            assert scene.guest.verb("doctor", "--fix", "1")[0] == 0
            wait_until(lambda: reasons(scene) == [], "the source to be right")
            amixer(AC97, "-q", "sset", "Capture", "nocap")
            wait_until(
                lambda: any("Recording is switched off" in reason for reason in reasons(scene)), "the switch"
            )
        finally:
            tape.kill()
            amixer(AC97, "-q", "sset", "Capture", "cap")
            amixer(AC97, "-q", "sset", "Mic", "cap")


def test_a_second_server(scene: Scene) -> None:
    other = PrivatePipeWire(sinks=())
    env = other.env | {"XDG_RUNTIME_DIR": scene.guest.server.env["XDG_RUNTIME_DIR"]}
    env.pop("PULSE_SERVER")
    command = ["sh", "-c", "pipewire & until [ -S $XDG_RUNTIME_DIR/pipewire-0 ]; do :; done; pipewire-pulse"]
    with subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL, start_new_session=True) as servers:
        try:
            wait_until(lambda: any("Two sound servers" in reason for reason in reasons(scene)), "the finding")
        finally:
            os.killpg(servers.pid, signal.SIGKILL)


def test_a_user_who_may_not_open_the_devices(guest: Guest) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tuimixer", "doctor", "--json", "--no-config"],
        env={"PATH": os.environ["PATH"], "HOME": "/tmp", "LC_ALL": "C.UTF-8"},
        user="nobody",
        group="nogroup",
        extra_groups=[],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "/dev/snd may not be opened by nobody" in done.stdout
    assert "usermod -aG audio nobody" in done.stdout
