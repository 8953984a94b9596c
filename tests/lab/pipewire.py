"""A private PipeWire with WirePlumber and the PulseAudio protocol, ready in about a second."""

import contextlib
import os
import re
import signal
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from tests.lab.sound import SINKS, Sink, SoundServer
from tests.lab.waiting import wait_until

# WirePlumber ends for good when PipeWire's socket is not there yet; a killed PipeWire leaves its file.
_START = (
    'socket="$XDG_RUNTIME_DIR/pipewire-0"; rm -f "$socket"; pipewire & '
    'until [ -S "$socket" ]; do sleep 0.02; done; wireplumber & pipewire-pulse & wait'
)


_WAKER = "tests.lab.wake"
"""The client that plays silence; see wake()."""


@cache
def wireplumber_version() -> tuple[int, ...]:
    """Such as (0, 4, 13)."""
    told = subprocess.run(["wireplumber", "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout
    found = re.search(r"Linked with libwireplumber (\d+(?:\.\d+)*)", told)
    assert found, told
    return tuple(int(number) for number in found[1].split("."))


class PrivatePipeWire(SoundServer):
    """PipeWire, WirePlumber and pipewire-pulse on a D-Bus session of their own, with null sinks.

    `modules` are loaded by `pactl load-module`, as PulseAudio's are.
    """

    def __init__(self, sinks: Sequence[Sink] = SINKS, modules: Sequence[str] = ()) -> None:
        super().__init__(sinks)
        self.modules = tuple(modules)

    @property
    def most_streams(self) -> int:
        """WirePlumber 0.5 takes minutes of processor time for 300."""
        return 300 if wireplumber_version() < (0, 5) else 80

    def _command(self) -> list[str]:
        return ["dbus-run-session", "--", "sh", "-c", _START]

    def _settle(self) -> None:
        for sink in self.sinks:
            self.pactl("load-module", "module-null-sink", sink.arguments)
        for module in self.modules:
            self.pactl("load-module", *module.split(maxsplit=1))
        wait_until(self._sinks_there, "the null sinks")
        self.wake(*(sink.name for sink in self.sinks))
        if self.sinks:
            wait_until(self._default_taken, "the default sink to be taken")

    @property
    def session_manager(self) -> int:
        """Process id of WirePlumber."""
        return self._process("wireplumber")

    def kill_session_manager(self) -> None:
        """End WirePlumber alone, as by kill -9."""
        os.kill(self.session_manager, signal.SIGKILL)

    def kill_pulse_server(self) -> None:
        """End pipewire-pulse alone, as by kill -9."""
        os.kill(self._process("pipewire-pulse"), signal.SIGKILL)

    def _process(self, wanted: str) -> int:
        for process in Path("/proc").glob("[0-9]*"):
            try:
                name, group = (process / "comm").read_text().strip(), os.getpgid(int(process.name))
            except OSError:  # it has ended meanwhile
                continue
            if name == wanted and group == self.pid:
                return int(process.name)
        raise AssertionError(f"no {wanted}")

    def wake(self, *sinks: str) -> None:
        """Play silence on these sinks until they have run once.

        Until then PipeWire 1.4 and 1.6 take new volumes and mutes of a virtual device, but tell the old ones.
        """
        play = ["pacat", "--playback", f"--client-name={_WAKER}", "--raw"]
        players: dict[str, subprocess.Popen[bytes]] = {}

        def all_run() -> bool:
            """Whether they do; a player that was turned away while the server starts is started again."""
            for sink in sinks:
                if sink not in players or players[sink].poll() is not None:
                    command = [*play, f"--device={sink}", "/dev/zero"]
                    players[sink] = subprocess.Popen(command, env=self.env, stderr=subprocess.DEVNULL)
            return set(sinks) <= self._running()

        try:
            wait_until(all_run, "the sinks to run")
        finally:
            for player in players.values():
                player.kill()
                player.wait()
        wait_until(lambda: _WAKER not in self._playing(), "the silence to end")

    def _playing(self) -> set[str]:
        with contextlib.suppress(subprocess.CalledProcessError):
            return {stream["properties"].get("application.name") for stream in self.pactl_json("sink-inputs")}
        return {_WAKER}

    def _running(self) -> set[str]:
        """None while there is no answer, as in `_sinks_there`."""
        with contextlib.suppress(subprocess.CalledProcessError):
            return {sink["name"] for sink in self.pactl_json("sinks") if sink["state"] == "RUNNING"}
        return set()

    def _sinks_there(self) -> bool:
        """Asked again where there is no answer: while cards are probed, questions time out."""
        with contextlib.suppress(subprocess.CalledProcessError):
            return {sink.name for sink in self.sinks} <= {sink["name"] for sink in self.pactl_json("sinks")}
        return False

    def _default_taken(self) -> bool:
        """Set the default sink; refused as "not supported" until WirePlumber has made its metadata.

        The Pulse server acknowledges it before WirePlumber knows, which may change the default once more
        until then: so WirePlumber is asked for both.
        """
        name = self.sinks[0].name
        with contextlib.suppress(subprocess.CalledProcessError):
            self.pactl("set-default-sink", name)
        command = ["pw-metadata", "0"]
        listing = subprocess.run(command, env=self.env, capture_output=True, text=True, check=False).stdout
        told = dict(re.findall(r"key:'(\S+)' value:'.*\"name\": ?\"([^\"]*)\"", listing))
        return {told.get(f"default.{key}audio.sink") for key in ("", "configured.")} == {name}
