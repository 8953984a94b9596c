"""In the virtual machine: `python -m tests.diagnosis.recorder SERVER…` prints what record.py stores."""

import re
import sys
from collections.abc import Callable, Iterator
from typing import Any

from tests.diagnosis.faults import FAULTS, Fault, Scene, running, settle
from tests.diagnosis.gains import BY_HAND, settings
from tests.diagnosis.guest import Guest, moved_by_hand, on_cards
from tests.diagnosis.record import MARK
from tests.diagnosis.recordings import Box, lines
from tests.lab.cards import AC97, HDA
from tests.lab.waiting import wait_until

SETTINGS = 20
"""Each gives two moments: after setting the server's volumes, and after moving the cards' controls."""
PATIENCE = 60.0
"""Seconds after which a machine is recorded in its current state; the test on it then fails."""
SOFT = "soft"
NOBODY = "0" * 32
_IDENTITY = re.compile(r'(?<="application\.process\.machine_id":")[0-9a-f]{32}')
"""The id of the machine that records, in the properties of streams."""


def paths(guest: Guest) -> Iterator[Box]:
    """Random volumes on three cards at once, and the readings of pactl and amixer."""
    with guest.paused({card: guest.sink(card)["name"] for card in BY_HAND}) as streams:
        for number, moment in enumerate(settings(guest, streams, SETTINGS), 1):
            yield Box("path", f"setting {number}", moment.snapshot, moment.system, moment.told)


def devices(guest: Guest) -> Iterator[Box]:
    """All devices and a null sink, and what pactl lists."""
    module = guest.server.pactl("load-module", "module-null-sink", "sink_name=made").strip()
    wait_until(lambda: "made" in [sink["name"] for sink in guest.sinks()], "the null sink")
    box, listed = guest.box(), guest.readings()
    yield Box("devices", "all cards", *box, told=_trimmed(listed))
    guest.server.pactl("unload-module", module)


def _trimmed(listed: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """The parts of pactl's list that are compared."""
    keep = (
        "name",
        "flags",
        "active_port",
        "base_volume",
        "active_profile",
        "profiles",
        "ports",
        "monitor_source",
    )
    return {
        kind: [{key: found[key] for key in keep if key in found} for found in listed[kind]]
        for kind in ("cards", "sinks", "sources")
    }


def faults(guest: Guest, tone: int, soft: str, server: str) -> Iterator[Box]:
    """Each fault while it is present, and after doctor has fixed it."""
    for name, fault in FAULTS.items():
        if server not in fault.servers:
            continue
        scene = settle(guest, tone, soft)
        _until(lambda: not guest.findings(), f"the box to be healthy before: {name}")
        yield from _provoked(scene, name, fault)


def _provoked(scene: Scene, name: str, fault: Fault) -> Iterator[Box]:
    guest = scene.guest
    with fault.provoke(scene):
        _until(lambda: fault.is_first(guest.findings()), f"to be named: {name}")
        yield Box("fault", name, *guest.box())
        guest.verb("doctor", "--fix", "1")
    _until(lambda: fault.key not in [each.key for each in guest.findings()], f"to be mended: {name}")
    yield Box("mended", name, *guest.box())


def healthy(guest: Guest, tone: int, soft: str) -> Iterator[Box]:
    """Machines without faults."""
    scene = settle(guest, tone, soft)
    _until(lambda: not guest.findings(), "the box to be healthy")
    yield Box("healthy", "a tone", *guest.box())
    source = guest.source(AC97)["name"]
    moved_by_hand(AC97, "Capture 100% cap", "Mic cap")
    with running(["parec", f"--device={source}"], guest.server.env):
        wait_until(lambda: guest.server.pactl_json("source-outputs"), "the recording")
        yield Box("healthy", "a recording", *guest.box())
    with running(["parec", f"--device={scene.sink}.monitor"], guest.server.env):
        wait_until(lambda: guest.server.pactl_json("source-outputs"), "the recording")
        yield Box("healthy", "a recording of what plays", *guest.box())
    with guest.paused({"Pauser": scene.sink}):
        yield Box("healthy", "another program paused", *guest.box())
    guest.server.stop_players()
    wait_until(lambda: not guest.server.pactl_json("sink-inputs"), "the tone to end")
    yield Box("healthy", "nothing plays", *guest.box())


def _until(condition: Callable[[], object], what: str) -> None:
    try:
        wait_until(condition, what, PATIENCE)
    except TimeoutError as error:
        print(f"recorder: {error}; recorded as it stands", flush=True)


def soft_sink(guest: Guest) -> str:
    """PulseAudio's sink on the HDA card without its mixer; opened as "front" the card gets a softvol PCM from
    ALSA's own configuration.
    """
    card = next(card for card in guest.server.pactl_json("cards") if guest.on(card, HDA))
    guest.server.pactl("unload-module", str(card["owner_module"]))
    guest.server.pactl("load-module", "module-alsa-sink", f"device=front:{HDA}", f"sink_name={SOFT}")
    moved_by_hand(HDA, "Master 100% unmute", "PCM 100%")
    return SOFT


def boxes(server: str) -> Iterator[Box]:
    """Everything that is recorded with a server."""
    with on_cards(server) as guest:
        yield from paths(guest)
        yield from devices(guest)
        for card, controls in BY_HAND.items():
            moved_by_hand(card, *(f"'{control}' 80%" for control in controls))
        soft = soft_sink(guest) if server == "PulseAudio" else ""
        tone = guest.server.play("tone", silent=True, device=guest.sink(AC97)["name"]).index
        yield from faults(guest, tone, soft, server)
        yield from healthy(guest, tone, soft)


def main() -> None:
    """See the module's text."""
    for server in sys.argv[1:]:
        for line in lines(boxes(server)):
            print(f"{MARK}{server}: {_IDENTITY.sub(NOBODY, line.decode())}", flush=True)


if __name__ == "__main__":
    main()
