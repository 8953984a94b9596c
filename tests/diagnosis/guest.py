"""Sound servers on the virtual machine's real cards, and tuimixer's verbs run on them within the test's
process.
"""

import contextlib
import io
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pytest

from tests.lab.cards import AC97, HDA, LOOPBACK, USB, card_numbers
from tests.lab.pipewire import PrivatePipeWire
from tests.lab.pulse import PrivatePulse
from tests.lab.sound import SoundServer
from tests.lab.waiting import DEADLINE, wait_until
from tuimixer.backend.alsa.blocking import BlockingAlsa
from tuimixer.backend.host import inspect
from tuimixer.backend.pulse.blocking import BlockingPulse
from tuimixer.cli.main import main
from tuimixer.diagnosis.doctor import diagnose
from tuimixer.diagnosis.finding import Finding
from tuimixer.model.snapshot import Snapshot, merge
from tuimixer.model.system import System

PLAYED_ON = (AC97, HDA, USB, LOOPBACK)


@dataclass
class Guest:
    """A server on the cards, and the environment set so that the verbs find it."""

    server: SoundServer
    numbers: dict[str, int]

    def sinks(self) -> list[dict[str, Any]]:
        """pactl's information about the sinks."""
        return self.server.pactl_json("sinks")

    def sink(self, card: str) -> dict[str, Any]:
        """The sink of an ALSA card, by the card's id."""
        return next(found for found in self.sinks() if self.on(found, card))

    def source(self, card: str) -> dict[str, Any]:
        """The source of an ALSA card that is not a monitor."""
        sources = self.server.pactl_json("sources")
        return next(
            s for s in sources if self.on(s, card) and s["properties"].get("device.class") != "monitor"
        )

    def on(self, found: dict[str, Any], card: str) -> bool:
        """Whether a sink or a source belongs to an ALSA card, by the card's id."""
        properties = found["properties"]
        number = properties.get("alsa.card") or properties.get("api.alsa.pcm.card")
        return bool(number == str(self.numbers[card]))

    def readings(self) -> dict[str, list[dict[str, Any]]]:
        """Everything that pactl lists, in one call."""
        found: dict[str, list[dict[str, Any]]] = json.loads(self.server.pactl("-f", "json", "list"))
        return found

    def at_once(self, *commands: str) -> None:
        """Run `pactl COMMAND` for each at the same time: a process is expensive in an emulated machine."""
        running = [subprocess.Popen(["pactl", *command.split()], env=self.server.env) for command in commands]
        for command, process in zip(commands, running, strict=True):
            assert process.wait() == 0, f"pactl {command}"

    @contextmanager
    def paused(self, sinks: dict[str, str]) -> Iterator[dict[str, int]]:
        """Paused applications on sinks, by the names of both; returns the indices of their sink inputs.

        Three playing streams use all the power of an emulated machine.
        """
        with contextlib.ExitStack() as stack:
            started: dict[str, subprocess.Popen[bytes]] = {}
            for name, sink in sinks.items():
                command = [sys.executable, "-m", "tests.backend.pulse.corking", name, sink]
                process = subprocess.Popen(
                    command, env=self.server.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE
                )
                stack.enter_context(process)
                stack.callback(process.kill)
                started[name] = process
            for name, process in started.items():
                assert process.stdout is not None
                assert process.stdout.readline() == b"ready\n", name
            listed = {one["properties"]["application.name"]: one for one in self.readings()["sink_inputs"]}
            yield {name: listed[name]["index"] for name in sinks}

    def verb(self, *words: str) -> tuple[int, str]:
        """Run a verb; returns its exit status and output."""
        printed = io.BytesIO()
        with io.TextIOWrapper(printed, "utf-8") as text, contextlib.redirect_stdout(text):
            status = main([*words, "--no-config"])
            text.flush()
            return status, printed.getvalue().decode()

    def path(self, name: str) -> dict[str, Any]:
        """The output of `path NAME --json`."""
        status, text = self.verb("path", name, "--json")
        assert status == 0, text
        value: dict[str, Any] = json.loads(text)
        return value

    def doctor(self) -> list[dict[str, Any]]:
        """The output of `doctor --json`."""
        status, text = self.verb("doctor", "--json")
        listed: list[dict[str, Any]] = json.loads(text)["findings"]
        assert status == any(finding["fault"] for finding in listed)
        return listed

    # The same by the verbs' parts, with connections that stay open: seconds faster.

    def snapshot(self) -> Snapshot:
        """Both layers, read now."""
        return merge(self.alsa.read(), self.pulse.read())

    def box(self) -> tuple[Snapshot, System]:
        """The input of path and doctor, read now."""
        return self.snapshot(), inspect()

    def findings(self) -> tuple[Finding, ...]:
        """What doctor finds."""
        return diagnose(*self.box())

    @cached_property
    def alsa(self) -> BlockingAlsa:
        """All cards."""
        return BlockingAlsa()

    @cached_property
    def pulse(self) -> BlockingPulse:
        """The server."""
        return BlockingPulse(server=self.server.address, patience=DEADLINE)


@contextmanager
def on_cards(kind: str) -> Iterator[Guest]:
    """PulseAudio or PipeWire on all cards of the machine, once those that tests use have their sinks."""
    server: SoundServer
    if kind == "PulseAudio":
        modules = ("module-udev-detect", "module-suspend-on-idle timeout=1")
        server = PrivatePulse(sinks=(), modules=modules)
    else:
        # Not AC97: a test sets its profile to off, which may still be so after a restart.
        server = PrivatePipeWire(sinks=(), cards=(HDA, USB, LOOPBACK))
    with server, pytest.MonkeyPatch.context() as patch:
        for name in ("PULSE_SERVER", "XDG_RUNTIME_DIR", "PULSE_RUNTIME_PATH", "HOME"):
            patch.setenv(name, server.env[name])
        guest = Guest(server, card_numbers())

        def there() -> bool:
            # Lists are refused when a device goes meanwhile; while cards are probed, questions time out.
            with contextlib.suppress(subprocess.CalledProcessError):
                sinks = guest.sinks()
                return all(any(guest.on(found, card) for found in sinks) for card in PLAYED_ON)
            return False

        try:
            wait_until(there, "the cards' sinks")
        except TimeoutError as error:
            error.add_note(f"the server's log:\n{server.log.read_text(errors='replace')}")
            raise
        with contextlib.closing(guest.alsa), contextlib.closing(guest.pulse):
            yield guest
        assert server.running, f"the server has ended: {server.log.read_text(errors='replace')[-2000:]}"


def moved_by_hand(card: str, *moves: str) -> None:
    """Run `amixer sset MOVE` for each, in one process."""
    lines = "".join(f"sset {move}\n" for move in moves)
    subprocess.run(["amixer", "-q", "-c", card, "-s"], input=lines, text=True, check=True)


def amixer(card: str, *words: str) -> str:
    """Run `amixer -c CARD …`; returns its output."""
    return subprocess.run(
        ["amixer", "-c", card, *words], stdout=subprocess.PIPE, text=True, check=True
    ).stdout


def amixer_db(card: str, *controls: str) -> float:
    """The first channels' dB of controls, as amixer prints them, added up."""
    found: dict[str, float] = {}
    for part in amixer(card, "scontents").split("Simple mixer control ")[1:]:
        if reading := re.search(r"\[(-?[\d.]+)dB\]", part):
            found[part.split("'")[1]] = float(reading[1])
    return sum(found[control] for control in controls)
