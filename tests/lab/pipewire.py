"""A private PipeWire with WirePlumber and the PulseAudio protocol, ready in about a second."""

import contextlib
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.lab.sound import SINKS, Sink, SoundServer
from tests.lab.waiting import wait_until

# WirePlumber ends for good when PipeWire's socket is not there yet; a killed PipeWire leaves its file.
_START = (
    'socket="$XDG_RUNTIME_DIR/pipewire-0"; rm -f "$socket"; pipewire & '
    'until [ -S "$socket" ]; do sleep 0.02; done; wireplumber & pipewire-pulse & wait'
)


class PrivatePipeWire(SoundServer):
    """PipeWire, WirePlumber and pipewire-pulse on a D-Bus session of their own, with null sinks.

    `modules` are loaded by `pactl load-module`, as PulseAudio's are.
    """

    def __init__(self, sinks: Sequence[Sink] = SINKS, modules: Sequence[str] = ()) -> None:
        super().__init__(sinks)
        self.modules = tuple(modules)

    def _command(self) -> list[str]:
        return ["dbus-run-session", "--", "sh", "-c", _START]

    def _settle(self) -> None:
        for sink in self.sinks:
            self.pactl("load-module", "module-null-sink", sink.arguments)
        for module in self.modules:
            self.pactl("load-module", *module.split(maxsplit=1))
        wait_until(self._sinks_there, "the null sinks")
        if self.sinks:
            wait_until(self._default_taken, "the default sink to be taken")

    @property
    def session_manager(self) -> int:
        """Process id of WirePlumber."""
        for process in Path("/proc").glob("[0-9]*"):
            try:
                name, group = (process / "comm").read_text().strip(), os.getpgid(int(process.name))
            except OSError:  # it has ended meanwhile
                continue
            if name == "wireplumber" and group == self.pid:
                return int(process.name)
        raise AssertionError("no WirePlumber")

    def _sinks_there(self) -> bool:
        """Asked again where there is no answer: while cards are probed, questions time out."""
        with contextlib.suppress(subprocess.CalledProcessError):
            return {sink.name for sink in self.sinks} <= {sink["name"] for sink in self.pactl_json("sinks")}
        return False

    def _default_taken(self) -> bool:
        """Set the default sink; refused as "not supported" until WirePlumber has made its metadata."""
        name = self.sinks[0].name
        with contextlib.suppress(subprocess.CalledProcessError):
            self.pactl("set-default-sink", name)
        return self.pactl("get-default-sink").strip() == name
