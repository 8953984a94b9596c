"""Sound servers on the virtual machine's real cards, and tuimixer's verbs run on them within the test's
process.
"""

import contextlib
import io
import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pytest

from tests.lab.cards import card_numbers
from tests.lab.pipewire import PrivatePipeWire
from tests.lab.pulse import PrivatePulse
from tests.lab.sound import SoundServer
from tests.lab.waiting import wait_until
from tuimixer.backend.alsa.port import AlsaPort
from tuimixer.backend.host import inspect
from tuimixer.backend.pulse.port import PulsePort
from tuimixer.cli.main import main
from tuimixer.diagnosis.path import trace
from tuimixer.diagnosis.report import path_json
from tuimixer.model.snapshot import merge
from tuimixer.model.system import System


@dataclass
class Guest:
    """A server on the cards, and the environment set so that the verbs find it."""

    server: SoundServer
    numbers: dict[str, int]

    def sinks(self) -> list[dict[str, Any]]:
        """What pactl says about the sinks."""
        return self.server.pactl_json("sinks")

    def sink(self, card: str) -> dict[str, Any]:
        """The sink of an ALSA card, by the card's id."""
        return next(found for found in self.sinks() if self.on(found, card))

    def source(self, card: str) -> dict[str, Any]:
        """The source of an ALSA card that is no monitor."""
        sources = self.server.pactl_json("sources")
        return next(
            s for s in sources if self.on(s, card) and s["properties"].get("device.class") != "monitor"
        )

    def on(self, found: dict[str, Any], card: str) -> bool:
        """Whether a sink or a source belongs to an ALSA card, by the card's id."""
        properties = found["properties"]
        number = properties.get("alsa.card") or properties.get("api.alsa.pcm.card")
        return bool(number == str(self.numbers[card]))

    def verb(self, *words: str) -> tuple[int, str]:
        """Run a verb; its exit status and what it printed."""
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            status = main([*words, "--no-config"])
        return status, printed.getvalue()

    def path(self, name: str) -> dict[str, Any]:
        """What `path NAME --json` prints."""
        status, text = self.verb("path", name, "--json")
        assert status == 0, text
        value: dict[str, Any] = json.loads(text)
        return value

    def stated(self, stream: int) -> float | None:
        """The total that path states for a sink input, by the parts of the verb: quicker than all of it."""
        with (
            contextlib.closing(PulsePort(server=self.server.address)) as pulse,
            contextlib.closing(AlsaPort()) as alsa,
        ):
            snapshot = merge(alsa.read(), pulse.read())
        (path,) = trace(snapshot, self.system, f"pulse:sink_input/{stream}")
        total: float | None = path_json(path)["total_db"]
        return total

    @cached_property
    def system(self) -> System:
        """The facts of the box, which do not change with a volume."""
        return inspect()

    def findings(self) -> list[dict[str, str]]:
        """What `doctor --json` prints."""
        status, text = self.verb("doctor", "--json")
        listed: list[dict[str, str]] = json.loads(text)["findings"]
        assert status == bool(listed)
        return listed


@contextmanager
def on_cards(kind: str, wanted: str) -> Iterator[Guest]:
    """PulseAudio or PipeWire with all cards of the machine, once the wanted card has its sink."""
    server: SoundServer
    if kind == "PulseAudio":
        server = PrivatePulse(sinks=(), modules=("module-udev-detect", "module-suspend-on-idle timeout=1"))
    else:
        server = PrivatePipeWire(sinks=())
    with server, pytest.MonkeyPatch.context() as patch:
        for name in ("PULSE_SERVER", "XDG_RUNTIME_DIR", "PULSE_RUNTIME_PATH", "HOME"):
            patch.setenv(name, server.env[name])
        guest = Guest(server, card_numbers())

        def there() -> bool:
            # A list is refused when a device goes while it is made, as happens while cards are being set up.
            with contextlib.suppress(subprocess.CalledProcessError):
                return any(guest.on(found, wanted) for found in guest.sinks())
            return False

        wait_until(there, "the card's sink")
        yield guest


def amixer(card: str, *words: str) -> str:
    """Run `amixer -c CARD …`; what it prints."""
    return subprocess.run(
        ["amixer", "-c", card, *words], stdout=subprocess.PIPE, text=True, check=True
    ).stdout


def amixer_db(card: str, control: str) -> float:
    """The first channel's dB of a control, as amixer prints it."""
    found = re.search(r"\[(-?[\d.]+)dB\]", amixer(card, "sget", control))
    assert found is not None, f"amixer gives no dB for {control}"
    return float(found[1])
