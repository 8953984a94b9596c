"""A private PipeWire with WirePlumber and the PulseAudio protocol, ready in about a second."""

import contextlib
import os
import re
import signal
import subprocess
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from tests.lab.cards import card_numbers
from tests.lab.sound import SINKS, Sink, SoundServer
from tests.lab.waiting import wait_until

# WirePlumber exits if PipeWire is not listening yet, which it is slightly later than its socket exists.
LISTENING = "until pw-cli info 0 >/dev/null 2>&1; do sleep 0.02; done"
_START = f"pipewire & {LISTENING}; wireplumber & pipewire-pulse & wait"


_WAKER = "tests.lab.wake"
"""The client that plays silence; see wake()."""


@cache
def wireplumber_version() -> tuple[int, ...]:
    """Such as (0, 4, 13)."""
    text = subprocess.run(["wireplumber", "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout
    found = re.search(r"Linked with libwireplumber (\d+(?:\.\d+)*)", text)
    assert found, text
    return tuple(int(number) for number in found[1].split("."))


class PrivatePipeWire(SoundServer):
    """PipeWire, WirePlumber and pipewire-pulse on a D-Bus session of their own, with null sinks.

    modules: loaded with `pactl load-module`, as for PulseAudio.
    cards: ids of ALSA cards; start() waits for the sinks of those that are plugged in.
    """

    def __init__(
        self, sinks: Sequence[Sink] = SINKS, modules: Sequence[str] = (), cards: Sequence[str] = ()
    ) -> None:
        super().__init__(sinks)
        self.modules = tuple(modules)
        self.cards = tuple(cards)

    @property
    def most_streams(self) -> int:
        """WirePlumber 0.5 takes minutes of processor time for 300."""
        return 300 if wireplumber_version() < (0, 5) else 80

    def _command(self) -> list[str]:
        return ["dbus-run-session", "--", "sh", "-c", _START]

    def _answers(self) -> bool:
        return self._has_sinks_of_cards() and super()._answers()

    def _has_sinks_of_cards(self) -> bool:
        """Whether the cards have their sinks, asked of PipeWire itself, which needs no access to devices.

        pipewire-pulse reads the profiles of all devices for each of its clients. If a client disconnects
        meanwhile, PipeWire (0.3.65 to 1.6 at least) remembers what has arrived as all there is: often
        nothing, and then the card has no sinks until the session manager restarts.
        """
        # The first form is that of PipeWire 0.3, the second that of 1.4.
        forms = [
            (f'"alsa:pcm:{number}:', f'"alsa:acp:{card}:')
            for card, number in card_numbers().items()
            if card in self.cards
        ]
        if not forms:
            return True
        listing = subprocess.run(["pw-cli", "ls", "Node"], env=self.env, capture_output=True, text=True)
        nodes = [node for node in listing.stdout.split("\tid ") if '"Audio/Sink"' in node]
        return all(any(old in node or new in node for node in nodes) for old, new in forms)

    def _settle(self) -> None:
        for sink in self.sinks:
            self.pactl("load-module", "module-null-sink", sink.arguments)
        for module in self.modules:
            self.pactl("load-module", *module.split(maxsplit=1))
        wait_until(self._sinks_there, "the null sinks")
        self.wake(*(sink.name for sink in self.sinks))
        if self.sinks:
            wait_until(self._default_taken, "the default sink to be set")

    @property
    def session_manager(self) -> int:
        """Process id of WirePlumber."""
        return self._process("wireplumber")

    def kill_session_manager(self) -> None:
        """Kill only WirePlumber, with SIGKILL."""
        os.kill(self.session_manager, signal.SIGKILL)

    def kill_pulse_server(self) -> None:
        """Kill only pipewire-pulse, with SIGKILL."""
        os.kill(self._process("pipewire-pulse"), signal.SIGKILL)

    def _process(self, wanted: str) -> int:
        for process in Path("/proc").glob("[0-9]*"):
            try:
                name, group = (process / "comm").read_text().strip(), os.getpgid(int(process.name))
            except OSError:  # it has exited meanwhile
                continue
            if name == wanted and group == self.pid:
                return int(process.name)
        raise AssertionError(f"no {wanted}")

    def wake(self, *sinks: str) -> None:
        """Play silence on these sinks until they have run once.

        Until then, PipeWire 1.4 and 1.6 accept a virtual device's volume and mute, but report the old ones.
        """
        play = ["pacat", "--playback", f"--client-name={_WAKER}", "--raw"]
        players: dict[str, subprocess.Popen[bytes]] = {}

        def all_run() -> bool:
            """Whether they have; a player refused by the starting server is restarted."""
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
        wait_until(lambda: _WAKER not in self._playing(), "the silent players to exit")

    @contextlib.contextmanager
    def card(self, name: str, sink: str) -> Iterator[None]:
        """A card `alsa_card.lab` with this description, and a null sink that belongs to it.

        ALSA's plugin "equal" stands for the control device of a sound card.
        """
        (self.folder / ".asoundrc").write_text("ctl.lab { type equal }\n")
        client = subprocess.Popen(
            ["pw-cli"],
            env=self.env,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        assert client.stdin is not None

        def made() -> str | None:
            listing = subprocess.run(["pw-cli", "ls", "Device"], env=self.env, capture_output=True, text=True)
            parts = listing.stdout.split("\tid ")[1:]
            return next((part.split(",")[0] for part in parts if '"alsa_card.lab"' in part), None)

        def create(command: str) -> None:
            assert client.stdin is not None
            client.stdin.write(f"{command}\n".encode())
            client.stdin.flush()

        try:
            create(
                "create-device spa-device-factory { factory.name=api.alsa.pcm.device api.alsa.path=lab "
                f'media.class=Audio/Device device.name=alsa_card.lab device.description="{name}" }}'
            )
            device = wait_until(made, "the card")
            create(
                "create-node adapter { factory.name=support.null-audio-sink media.class=Audio/Sink "
                f"device.id={device} node.name={sink} node.description={sink.title()} "
                "audio.position=[FL FR] }"
            )
            wait_until(lambda: sink in [found["name"] for found in self.pactl_json("sinks")], "its sink")
            self.wake(sink)
            yield
        finally:
            client.kill()
            client.wait()

    def _playing(self) -> set[str]:
        with contextlib.suppress(subprocess.CalledProcessError):
            return {stream["properties"].get("application.name") for stream in self.pactl_json("sink-inputs")}
        return {_WAKER}

    def _running(self) -> set[str]:
        """None if there is no response, as in `_sinks_there`."""
        with contextlib.suppress(subprocess.CalledProcessError):
            return {sink["name"] for sink in self.pactl_json("sinks") if sink["state"] == "RUNNING"}
        return set()

    def _sinks_there(self) -> bool:
        """False if there is no response: while cards are probed, requests time out."""
        with contextlib.suppress(subprocess.CalledProcessError):
            return {sink.name for sink in self.sinks} <= {sink["name"] for sink in self.pactl_json("sinks")}
        return False

    def _default_taken(self) -> bool:
        """Set the default sink; refused as "not supported" until WirePlumber has created its metadata.

        The PulseAudio server acknowledges it before WirePlumber knows, which may change the default again
        until then, so both are read from WirePlumber.
        """
        name = self.sinks[0].name
        with contextlib.suppress(subprocess.CalledProcessError):
            self.pactl("set-default-sink", name)
        command = ["pw-metadata", "0"]
        listing = subprocess.run(command, env=self.env, capture_output=True, text=True, check=False).stdout
        metadata = dict(re.findall(r"key:'(\S+)' value:'.*\"name\": ?\"([^\"]*)\"", listing))
        return {metadata.get(f"default.{key}audio.sink") for key in ("", "configured.")} == {name}
