"""Faults to provoke on the AC97 card: what each does to the machine, and what `doctor` should
report first.
"""

import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass

import pulsectl

from tests.diagnosis.guest import Guest, amixer, moved_by_hand
from tests.lab.cards import AC97, HDA, LOOPBACK, USB
from tests.lab.moving import move
from tests.lab.pipewire import LISTENING, PrivatePipeWire
from tests.lab.waiting import wait_until
from tuimixer.diagnosis.finding import Finding


@dataclass(frozen=True)
class Scene:
    """A tone on the AC97 card, audible, and the same server's sinks on the HDA card and on the
    loopback card.
    """

    guest: Guest
    sink: str
    stream: int
    """Index of the tone's sink input."""
    soft: str = ""
    """The HDA card's sink, created such that its volume is software and its PCM a softvol's."""

    def pactl(self, *words: str) -> str:
        return self.guest.server.pactl(*words)


TONE = 440
"""Its frequency in Hz."""


def settle(guest: Guest, stream: int, soft: str = "") -> Scene:
    """The tone on the AC97 card's sink, which is the default, with everything turned up."""
    moved_by_hand(AC97, "Master 80% unmute", "PCM 80% unmute")
    # Where the tone goes when its card is switched off.
    moved_by_hand(USB, "'Audio Output Volume Control' 80% unmute")
    name = guest.sink(AC97)["name"]
    with pulsectl.Pulse("settle", server=guest.server.address) as pulse:
        sink, tone = pulse.get_sink_by_name(name), pulse.sink_input_info(stream)
        pulse.default_set(sink)
        pulse.sink_input_move(tone.index, sink.index)
        # So that neither of the card's two controls is above 0 dB.
        for thing, level in ((sink, 0.5), (tone, 1.0)):
            pulse.mute(thing, False)
            pulse.volume_set_all_chans(thing, level)
    return Scene(guest, name, stream, soft)


@dataclass(frozen=True)
class Fault:
    """One fault; `provoke` gives a context that removes its traces at the end, as far as no fix does."""

    key: str
    """The finding's, one of ORDER."""
    reason: str
    """Regular expression for the finding's sentence."""
    provoke: Callable[[Scene], AbstractContextManager[object]]
    advice: str = ""
    """If tuimixer cannot fix it: regular expression for its advice."""
    silences: bool = False
    """Whether the chip is silent meanwhile."""
    servers: tuple[str, ...] = ("PulseAudio", "PipeWire")
    """The servers on which it can be provoked."""

    def is_first(self, findings: tuple[Finding, ...]) -> bool:
        """Whether doctor reports it first."""
        first = next(iter(findings), None)
        return (
            first is not None and first.key == self.key and re.search(self.reason, first.reason) is not None
        )


def told(*commands: str) -> Callable[[Scene], AbstractContextManager[object]]:
    """Provoked by `pactl COMMAND` for each in turn."""

    def provoke(scene: Scene) -> AbstractContextManager[object]:
        for command in commands:
            words = command.format(sink=scene.sink, stream=scene.stream, soft=scene.soft)
            scene.pactl(*words.split())
        return nullcontext()

    return provoke


def by_hand(*moves: str) -> Callable[[Scene], AbstractContextManager[object]]:
    """Provoked by amixer, behind the server's back."""

    def provoke(scene: Scene) -> AbstractContextManager[object]:
        moved_by_hand(AC97, *moves)
        return nullcontext()

    return provoke


def on_loopback(*, default: bool) -> Callable[[Scene], AbstractContextManager[object]]:
    """Provoked by moving the tone to the loopback card, which also becomes the default device if asked."""

    def provoke(scene: Scene) -> AbstractContextManager[object]:
        loopback = scene.guest.sink(LOOPBACK)["name"]
        if default:
            scene.pactl("set-default-sink", loopback)
        move(scene.guest.server, scene.stream, loopback)
        return nullcontext()

    return provoke


def on_soft(hand: str) -> Callable[[Scene], AbstractContextManager[object]]:
    """Provoked by amixer on the HDA card, while the tone and the default are on it."""

    @contextmanager
    def provoke(scene: Scene) -> Iterator[None]:
        scene.guest.at_once(f"set-default-sink {scene.soft}", f"move-sink-input {scene.stream} {scene.soft}")
        moved_by_hand(HDA, hand)
        yield
        moved_by_hand(HDA, "Master 100% unmute", "PCM 100%")

    return provoke


@contextmanager
def switched_off(scene: Scene) -> Iterator[None]:
    """The card's profile off; it is restored even if a test fails."""
    card = next(c for c in scene.guest.server.pactl_json("cards") if scene.guest.on(c, AC97))
    scene.pactl("set-card-profile", card["name"], "off")
    try:
        yield
    except BaseException:
        scene.pactl("set-card-profile", card["name"], card["active_profile"])
        raise


@contextmanager
def null_sink(scene: Scene) -> Iterator[None]:
    """The default, and the tone on it."""
    module = scene.pactl("load-module", "module-null-sink", "sink_name=hole").strip()
    scene.pactl("set-default-sink", "hole")
    move(scene.guest.server, scene.stream, "hole")
    yield
    scene.pactl("unload-module", module)


@contextmanager
def running(command: list[str], env: dict[str, str] | None = None) -> Iterator[None]:
    """A program, and its children, ended with the context, even if a test fails."""
    with subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, start_new_session=True) as program:
        try:
            yield
        finally:
            os.killpg(program.pid, signal.SIGKILL)


@contextmanager
def held(scene: Scene) -> Iterator[None]:
    """The server releases the card, and aplay takes it."""
    scene.pactl("suspend-sink", scene.sink, "1")
    try:
        with running(["aplay", "-q", "-D", f"hw:{AC97},0", "-f", "cd", "/dev/zero"]):
            yield
    finally:
        scene.pactl("suspend-sink", scene.sink, "0")


def recording(*moves: str) -> Callable[[Scene], AbstractContextManager[object]]:
    """Provoked by amixer while a program records from the card."""

    @contextmanager
    def provoke(scene: Scene) -> Iterator[None]:
        server = scene.guest.server
        command = ["parec", f"--device={scene.guest.source(AC97)['name']}"]
        with running(command, server.env):
            wait_until(lambda: server.pactl_json("source-outputs"), "the recording")
            moved_by_hand(AC97, *moves)
            yield
        amixer(AC97, "-q", "sset", "Capture", "cap")
        amixer(AC97, "-q", "sset", "Mic", "cap")

    return provoke


@contextmanager
def second_server(scene: Scene) -> Iterator[None]:
    """PipeWire's Pulse half in the same session."""
    other = PrivatePipeWire(sinks=())
    env = other.env | {"XDG_RUNTIME_DIR": scene.guest.server.env["XDG_RUNTIME_DIR"]}
    env.pop("PULSE_SERVER")
    command = ["sh", "-c", f"pipewire & {LISTENING}; pipewire-pulse"]
    with running(command, env):
        yield
    other.stop()


ON_PULSEAUDIO, ON_PIPEWIRE = ("PulseAudio",), ("PipeWire",)
MUTED_ALL = "is muted, along with Master and PCM on card"
FAULTS: dict[str, Fault] = {
    "stream muted": Fault(
        "stream_muted", "tone is muted", told("set-sink-input-mute {stream} 1"), silences=True
    ),
    "sink muted": Fault("device_muted", MUTED_ALL, told("set-sink-mute {sink} 1"), silences=True),
    # Both servers take a manual mute for their own; PulseAudio applies it to all controls that it drives.
    "Master muted by hand": Fault(
        "device_muted", MUTED_ALL, by_hand("Master mute"), silences=True, servers=ON_PULSEAUDIO
    ),
    "PCM muted by hand": Fault(
        "device_muted", MUTED_ALL, by_hand("PCM mute"), silences=True, servers=ON_PULSEAUDIO
    ),
    "Master alone muted by hand": Fault(
        "control_muted",
        "Master on card .* is muted",
        by_hand("Master mute"),
        silences=True,
        servers=ON_PIPEWIRE,
    ),
    "PCM alone muted by hand": Fault(
        "control_muted",
        "PCM on card .* is muted",
        by_hand("PCM mute"),
        silences=True,
        servers=ON_PIPEWIRE,
    ),
    "control muted that nobody drives": Fault(
        "control_muted", "Master on card .* is muted", on_soft("Master mute"), servers=ON_PULSEAUDIO
    ),
    "stream at zero": Fault(
        "stream_silent", "tone is at its minimum", told("set-sink-input-volume {stream} 0"), silences=True
    ),
    "sink at zero": Fault(
        "device_silent", "is at its minimum", told("set-sink-volume {sink} 0"), silences=True
    ),
    "Master at zero by hand": Fault(
        "control_silent", "Master on card .* is", by_hand("Master 0"), silences=True
    ),
    "PCM at zero by hand": Fault(
        "control_silent", "PCM on card .* is at its minimum", by_hand("PCM 0"), silences=True
    ),
    "control at zero that nobody drives": Fault(
        "control_silent", "Master on card .* is", on_soft("Master 0"), servers=ON_PULSEAUDIO
    ),
    "softvol at zero": Fault(
        "softvol_silent", "PCM on card .* is at", on_soft("PCM 0"), servers=ON_PULSEAUDIO
    ),
    "many small losses": Fault(
        "total_low",
        "Together, the stages",
        told("set-sink-input-volume {stream} 16%", "set-sink-volume {sink} 20%"),
    ),
    "boost before a cut": Fault("clipping", "distort", told("set-sink-input-volume {stream} 140%")),
    "default plays nowhere": Fault("wrong_default", "leads nowhere", null_sink),
    "default is a loopback card": Fault(
        "wrong_default",
        "is a loopback card without a jack",
        on_loopback(default=True),
    ),
    "stream elsewhere": Fault("stream_elsewhere", "not on the default output", on_loopback(default=False)),
    # PipeWire immediately resumes a device that something plays on.
    "suspended": Fault("suspended", "is suspended", told("suspend-sink {sink} 1"), servers=ON_PULSEAUDIO),
    "profile off": Fault("profile_off", "is switched off", switched_off),
    "device held": Fault(
        "held", r"aplay \(process \d+, root\) has opened", held, r"kill \d+", servers=ON_PULSEAUDIO
    ),
    "wrong source": Fault("wrong_capture_source", "recording from Line", recording("Line cap")),
    "recording off": Fault("capture_off", "Recording is turned off", recording("Capture nocap")),
    "two servers": Fault(
        "two_servers",
        "Two sound servers are running",
        second_server,
        "systemctl",
        servers=ON_PULSEAUDIO,
    ),
}
