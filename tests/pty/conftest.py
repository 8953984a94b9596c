"""Machines with a sound server, the ALSA devices of the plugins, and three playing applications."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.lab.pipewire import PrivatePipeWire
from tests.lab.plugins import Plugins
from tests.lab.pulse import PrivatePulse
from tests.lab.sound import Player, SoundServer
from tests.lab.waiting import wait_until
from tests.pty.person import Person

APPLICATIONS = ("Firefox", "mpv", "Music")


@dataclass
class Box:
    """A machine to mix on."""

    server: SoundServer
    env: dict[str, str]
    """With the ALSA devices "equal" and "pulse"."""
    players: dict[str, Player]

    def play_all(self) -> None:
        """Start the three applications; they play silence, so that no meter moves."""
        for number, name in enumerate(APPLICATIONS):
            device = self.server.sinks[number % 2].name
            self.players[name] = self.server.play(name, device=device, volume=60, silent=True)

    def percents(self, name: str) -> list[int]:
        """An application's volume according to pactl."""
        return self.server.percents("sink-inputs", self.players[name].index)

    def waits_for_percent(self, name: str, percent: int) -> None:
        """Wait until all channels of an application are at this percentage."""
        wait_until(lambda: set(self.percents(name)) == {percent}, f"{name} at {percent} %")

    def muted(self, name: str) -> bool:
        """An application's mute according to pactl."""
        found = self.server.find("sink-inputs", self.players[name].index)
        assert found is not None
        return bool(found["mute"])


def _box(server: SoundServer, folder: Path) -> Box:
    box = Box(server, Plugins(folder, server).env, {})
    box.play_all()
    return box


@pytest.fixture
def box(pulse: PrivatePulse, tmp_path: Path) -> Box:
    """A machine with PulseAudio."""
    return _box(pulse, tmp_path)


@pytest.fixture(params=["pulse", "pipewire"])
def any_box(request: pytest.FixtureRequest, tmp_path: Path) -> Box:
    """A machine with PulseAudio, and one with PipeWire."""
    server: PrivatePulse | PrivatePipeWire = request.getfixturevalue(request.param)
    return _box(server, tmp_path)


Open = Callable[..., AbstractContextManager[Person]]


@pytest.fixture
def opened(box: Box) -> Open:
    """Opens tuimixer on the machine with PulseAudio: `with opened("--layout", "rows") as person`."""

    @contextmanager
    def open_it(*words: str, **terminal: object) -> Iterator[Person]:
        env = box.env | dict(terminal.pop("env", {}))  # type: ignore[call-overload]
        with Person(env, "-D", "pulse", *words, **terminal) as person:  # type: ignore[arg-type]
            person.sees("Firefox", "Master")
            yield person

    return open_it
