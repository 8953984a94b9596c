"""What a private PulseAudio and a private PipeWire have in common: lifetime, clients, recordings."""

import atexit
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from abc import ABC, abstractmethod
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from tests.lab.samples import CHANNELS, RATE, Recording, sine
from tests.lab.waiting import DEADLINE, Value, wait_until

_FOREIGN = ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "ALSA_CONFIG_PATH")
"""Variables that would lead a client to another server."""


_NO_DEVICE = 0xFFFFFFFF
"""PA_INVALID_INDEX."""


@dataclass(frozen=True)
class Sink:
    """A null sink to create."""

    name: str
    """Its sink_name; no spaces."""

    description: str
    """Its name in a mixer."""

    channel_map: str = "front-left,front-right"
    """PulseAudio's channel names, separated by commas."""

    @property
    def arguments(self) -> str:
        """The arguments of module-null-sink."""
        channels = self.channel_map.count(",") + 1
        # WirePlumber would suspend it, in the middle of a test, after five seconds without a stream.
        properties = f"device.description='{self.description}' session.suspend-timeout-seconds=0"
        return (
            f'sink_name={self.name} sink_properties="{properties}" '
            f"rate={RATE} channels={channels} channel_map={self.channel_map}"
        )


SINKS = (Sink("speakers", "Speakers"), Sink("headphones", "Headphones"))
"""A server's sinks by default; the first is the default sink."""


@dataclass
class Player:
    """A playing application: a `pacat` process with endless input, and its sink input."""

    process: subprocess.Popen[bytes]
    feeder: subprocess.Popen[bytes]
    index: int
    """Index of the sink input when it first appeared; a restarted server assigns another."""

    @property
    def pid(self) -> int:
        """The process id of the client, as in application.process.id."""
        return self.process.pid

    def kill(self) -> None:
        """Kill the application with SIGKILL. May be called twice."""
        for process in (self.process, self.feeder):
            process.kill()
            process.wait()


def _lives(group: int) -> bool:
    """Whether any process of this process group is running, not counting zombies."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _parent, of_group = stat.read_text().rpartition(")")[2].split()[:3]
        except OSError:  # it has exited meanwhile
            continue
        if int(of_group) == group and state not in "ZX":
            return True
    return False


class SoundServer(ABC):
    """A private sound server, separate from the desktop's: use it with `with`, or call start() and stop().

    Everything is in `folder`, which is also the home of its clients. Everything it started ends with
    stop(), at the latest when the interpreter exits.
    """

    def __init__(self, sinks: Sequence[Sink] = SINKS) -> None:
        self.sinks = tuple(sinks)
        self.folder = Path(
            tempfile.mkdtemp(prefix="tuimixer-", dir="/tmp")
        )  # a short path: sockets allow 107 bytes
        self.runtime = self.folder / "run"
        self.runtime.mkdir(mode=0o700)
        self.address = f"unix:{self.runtime}/pulse/native"
        """Value for PULSE_SERVER, and for pulsectl's `server=`."""
        self.env = self._environment()
        """Environment for any client or for tuimixer itself."""
        self.players: list[Player] = []
        self._server: subprocess.Popen[bytes] | None = None
        self._waiting: list[socket.socket] = []
        atexit.register(self.stop)

    def _environment(self) -> dict[str, str]:
        inherited = {
            name: value
            for name, value in os.environ.items()
            if name not in _FOREIGN and not name.startswith(("PULSE_", "PIPEWIRE_", "XDG_"))
        }
        return inherited | {
            "HOME": str(self.folder),
            "XDG_RUNTIME_DIR": str(self.runtime),
            "PULSE_RUNTIME_PATH": str(self.runtime / "pulse"),
            "PULSE_SERVER": self.address,
            "LC_ALL": "C.UTF-8",
        }

    @property
    def most_streams(self) -> int:
        """Number of streams it can handle within seconds."""
        return 300

    @abstractmethod
    def _command(self) -> list[str]:
        """The command that runs the server in the foreground."""

    @abstractmethod
    def _settle(self) -> None:
        """Bring a responding server into the state that the tests expect."""

    def wake(self, *sinks: str) -> None:  # noqa: B027  (most servers need nothing)
        """Make virtual sinks loaded since the start report their volumes and mutes correctly."""

    # -- lifetime --

    @property
    def log(self) -> Path:
        """What the server printed."""
        return self.folder / "server.log"

    def start(self) -> None:
        """Start the server and wait until it responds and has its sinks."""
        with self.log.open("ab") as log:
            self._server = subprocess.Popen(
                self._command(),
                env={name: value for name, value in self.env.items() if name != "PULSE_SERVER"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            wait_until(self._answers, "the sound server to respond")
            self._settle()
        except BaseException as error:
            error.add_note(f"the server's log:\n{self.log.read_text(errors='replace')}")
            self.kill()
            raise

    def _answers(self) -> bool:
        if not self.running:
            raise RuntimeError("the sound server exited unexpectedly")
        return (
            subprocess.run(["pactl", "info"], env=self.env, capture_output=True, check=False).returncode == 0
        )

    @property
    def running(self) -> bool:
        """Whether the server process is alive."""
        return self._server is not None and self._server.poll() is None

    @property
    def pid(self) -> int:
        """The server's process id (of PipeWire: of the process group's leader)."""
        assert self._server is not None, "not started"
        return self._server.pid

    def kill(self) -> None:
        """Kill the server with SIGKILL; the players will notice."""
        if self._server is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._server.pid, signal.SIGKILL)
            group = self._server.pid
            self._server.wait()
            # The others in the group die slightly later than their leader, and accept connections until then.
            wait_until(lambda: not _lives(group), "the server's processes to end")
            self._server = None

    def pause(self) -> None:
        """Stop the server's processes (SIGSTOP), so that it hangs; resume() continues them."""
        os.killpg(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Resume a paused server."""
        os.killpg(self.pid, signal.SIGCONT)

    def fill_queue(self) -> None:
        """Connect to the paused server until the kernel refuses more; the connections last until stop()."""
        with contextlib.suppress(BlockingIOError):
            while True:
                waiting = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
                self._waiting.append(waiting)
                waiting.connect(self.address.removeprefix("unix:"))

    def restart(self) -> None:
        """Kill and restart the server, with its sinks and without its former players."""
        self.kill()
        self.start()

    def linked(self) -> bool:
        """Whether everything that plays or records has its device; PipeWire reports it earlier."""
        return _NO_DEVICE not in {
            *(stream["sink"] for stream in self.pactl_json("sink-inputs")),
            *(stream["source"] for stream in self.pactl_json("source-outputs")),
        }

    def stop_players(self) -> None:
        """End every application started by play()."""
        for player in self.players:
            player.kill()
        self.players.clear()

    def stop(self) -> None:
        """End the server and the players, and remove the folder. May be called twice."""
        self.stop_players()
        self.kill()
        for waiting in self._waiting:
            waiting.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        atexit.unregister(self.stop)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # -- another client --

    def pactl(self, *arguments: str) -> str:
        """Run `pactl ARGUMENTS` on this server and return what it printed; raises CalledProcessError."""
        done = subprocess.run(
            ["pactl", *arguments],
            env=self.env,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            timeout=DEADLINE,
        )
        return done.stdout

    def pactl_json(self, kind: str) -> list[dict[str, Any]]:
        """The objects of one kind ("sinks", "sink-inputs", "sources", "source-outputs", "cards", …).

        pactl 16 prints non-ASCII text as null there; use `pactl list` for it.
        """
        objects: list[dict[str, Any]] = json.loads(self.pactl("-f", "json", "list", kind))
        return objects

    def find(self, kind: str, index: int) -> dict[str, Any] | None:
        """The object of that kind with that index, or None."""
        return next((found for found in self.pactl_json(kind) if found["index"] == index), None)

    def percents(self, kind: str, index: int) -> list[int]:
        """The volume of each channel in percent, as pactl rounds it."""
        found = self.find(kind, index)
        assert found is not None, f"no {kind} {index}"
        return [int(channel["value_percent"].rstrip("%")) for channel in found["volume"].values()]

    def wait_for(self, condition: Callable[[], Value], what: str) -> Value:
        """Wait until `condition` is true and return its value; see tests/lab/waiting.py."""
        return wait_until(condition, what)

    # -- applications --

    def play(
        self,
        name: str,
        *,
        media: str = "tone",
        device: str | None = None,
        volume: int | None = None,
        frequency: int = 440,
        amplitude: float = 0.5,
        silent: bool = False,
        latency: int = 50,
        properties: Sequence[str] = (),
    ) -> Player:
        """Start an application that plays a stereo sine or silence until killed; wait for its sink input.

        `name` becomes application.name, `media` media.name; `volume` is in percent (100 = 0 dB); `latency` is
        in milliseconds; `properties` are further ones such as "media.role=music".
        """
        command = ["pacat", "--playback", f"--client-name={name}", f"--stream-name={media}", f"--rate={RATE}"]
        command += [f"--channels={CHANNELS}", "--format=s16le", f"--latency-msec={latency}"]
        command += [f"--property={text}" for text in properties]
        if device is not None:
            command.append(f"--device={device}")
        if silent:
            feed = ["cat", "/dev/zero"]
        else:
            tone = self.folder / f"sine-{frequency}-{amplitude}.raw"
            if not tone.exists():
                tone.write_bytes(sine(frequency, amplitude))
            feed = ["sh", "-c", 'while cat "$0"; do :; done', str(tone)]
        feeder = subprocess.Popen(feed, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        process = subprocess.Popen(command, env=self.env, stdin=feeder.stdout, stderr=subprocess.DEVNULL)
        assert feeder.stdout is not None
        feeder.stdout.close()
        player = Player(process, feeder, -1)
        self.players.append(player)
        player.index = wait_until(lambda: self._stream_of(player), f"the sink input of {name}") - 1
        if volume is not None:
            # Not with pacat's --volume, which pipewire-pulse 0.3.65 ignores.
            self.pactl("set-sink-input-volume", str(player.index), f"{volume}%")
            wait_until(
                lambda: set(self.percents("sink-inputs", player.index)) == {volume}, f"the volume of {name}"
            )
        return player

    def _stream_of(self, player: Player) -> int:
        """One more than the sink input's index, 0 if none is playing on a sink."""
        if player.process.poll() is not None:
            raise RuntimeError(f"the player exited with status {player.process.returncode}")
        for stream in self.pactl_json("sink-inputs"):
            if stream["properties"].get("application.process.id") == str(player.pid):
                # PipeWire reports a stream before it is linked to a sink, and then as corked until it runs.
                starting = stream["sink"] == _NO_DEVICE or stream["corked"]
                return 0 if self.sinks and starting else int(stream["index"]) + 1
        return 0

    def record(self, source: str, seconds: float = 0.5) -> Recording:
        """Record `seconds` of a source, such as "speakers.monitor", discarding what was already in flight."""
        command = [
            "parec",
            f"--device={source}",
            f"--rate={RATE}",
            f"--channels={CHANNELS}",
            "--format=float32le",
        ]
        command += ["--latency-msec=20", "--client-name=recorder"]
        frame = 4 * CHANNELS
        with subprocess.Popen(command, env=self.env, stdout=subprocess.PIPE) as parec:
            assert parec.stdout is not None
            try:
                # A volume change is immediate, but up to the sink's latency has been rendered already.
                parec.stdout.read(RATE * frame // 2)
                samples = array("f", parec.stdout.read(int(RATE * seconds) * frame))
            finally:
                parec.kill()
        return Recording(samples)
