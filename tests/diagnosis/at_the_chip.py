"""In the virtual machine: `python -m tests.diagnosis.at_the_chip` silences the AC97 card at each stage and
lets `doctor --fix` mend it. A tone of its own is played in each silence and after each mend; a line of
JSON tells which was which.
"""

import json
import subprocess
from dataclasses import asdict, dataclass

from tests.diagnosis.faults import FAULTS, Scene
from tests.diagnosis.guest import Guest, moved_by_hand, on_cards
from tests.lab.cards import AC97
from tests.lab.samples import CHANNELS, RATE, sine
from tests.lab.waiting import wait_until
from tuimixer.diagnosis.finding import Finding

STAGES = (
    "stream muted",
    "stream at zero",
    "sink muted",
    "sink at zero",
    "Master muted by hand",
    "Master at zero by hand",
    "PCM muted by hand",
    "PCM at zero by hand",
)
"""Names of FAULTS."""
LINE = "at the chip: "
_FLUSH = 3
"""Seconds of silence that push a tone out of all buffers: the pipe's, the player's and the card's."""


@dataclass(frozen=True)
class Act:
    """What was done at one stage, and the tones (in Hz) played meanwhile and after."""

    stage: str
    reason: str
    """What doctor said first."""
    silent: int
    mended: int


def play(player: subprocess.Popen[bytes], frequency: int) -> None:
    """A second of a tone, and return when it has left the card."""
    assert player.stdin is not None
    player.stdin.write(sine(frequency, 0.5))
    player.stdin.write(bytes(2 * CHANNELS * RATE * _FLUSH))
    player.stdin.flush()


def silence_and_mend(scene: Scene, player: subprocess.Popen[bytes], number: int, name: str) -> Act:
    """Provoke a fault, and let doctor mend it."""
    fault, guest = FAULTS[name], scene.guest
    silent, mended = 2000 + 200 * number, 400 + 100 * number
    found: list[Finding] = []

    def named() -> bool:
        found[:] = guest.findings()
        return bool(found and found[0].key == fault.key)

    with fault.provoke(scene):
        wait_until(named, f"{fault.key} to be named first")
        play(player, silent)
        status, text = guest.verb("doctor", "--fix", "1")
        assert status == 0, text
    wait_until(lambda: not guest.findings(), "nothing to be found any more")
    play(player, mended)
    return Act(name, text.partition("\n")[0], silent, mended)


def stream_of(guest: Guest, player: subprocess.Popen[bytes]) -> int:
    """Index of the player's sink input, once it is there."""

    def found() -> list[int]:
        streams = guest.server.pactl_json("sink-inputs")
        pid = str(player.pid)
        return [s["index"] for s in streams if s["properties"].get("application.process.id") == pid]

    return wait_until(found, "the player")[0]


def main() -> None:
    """See the module's text."""
    with on_cards("PulseAudio", AC97) as guest:
        sink = guest.sink(AC97)["name"]
        command = ["pacat", "--playback", "--client-name=tone", f"--rate={RATE}", f"--device={sink}"]
        command += [f"--channels={CHANNELS}", "--format=s16le", "--latency-msec=50"]
        with subprocess.Popen(command, env=guest.server.env, stdin=subprocess.PIPE) as player:
            scene = Scene(guest, sink, stream_of(guest, player), "")
            for number, name in enumerate(STAGES):
                moved_by_hand(AC97, "Master 80% unmute", "PCM 0dB unmute")
                # Such that neither of the card's two controls stands above 0 dB.
                guest.at_once(f"set-sink-volume {sink} 50%", f"set-sink-input-volume {scene.stream} 100%")
                print(LINE + json.dumps(asdict(silence_and_mend(scene, player, number, name))), flush=True)
            player.kill()


if __name__ == "__main__":
    main()
