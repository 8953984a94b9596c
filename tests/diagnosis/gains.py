"""The gain of a sound on the emulated cards, according to pactl and amixer."""

import contextlib
import math
import random
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from tests.diagnosis.guest import Guest, amixer_db, moved_by_hand
from tests.lab.cards import AC97, HDA, USB
from tests.lab.waiting import wait_until
from tuimixer.diagnosis.path import trace
from tuimixer.diagnosis.report import path_json
from tuimixer.model.snapshot import Snapshot
from tuimixer.model.system import System

BY_HAND = {AC97: ("Master", "PCM"), HDA: ("Master",), USB: ("Audio Output Volume Control",)}
"""Controls to move with amixer, by card."""


@dataclass(frozen=True)
class Reading:
    """Readings of one card's sink and of the stream playing on it; volumes are raw (65536 is 0 dB)."""

    index: int
    """Of the sink input."""
    stream: int
    sink: int
    base: int
    driven: bool
    """The sink's volume is applied by the card's controls."""
    controls: float
    """Total gain in dB of the controls in BY_HAND, according to amixer."""

    @property
    def total(self) -> float:
        """Stream dB + sink dB − base dB + what the server does not drive."""
        total = _db(self.stream) + _db(self.sink) - _db(self.base)
        return total if self.driven else total + self.controls


Readings = dict[str, Reading]
"""By the card's id."""


def _db(value: int) -> float:
    return 60 * math.log10(value / 65536)


def _volume(found: dict[str, Any]) -> int:
    return int(next(iter(found["volume"].values()))["value"])


def read(guest: Guest, streams: dict[str, int]) -> Readings:
    """Ask pactl and amixer. streams: card -> index of the sink input on it."""
    listed, found = guest.readings(), {}
    for card, index in streams.items():
        sink = next(one for one in listed["sinks"] if guest.on(one, card))
        stream = next(one for one in listed["sink_inputs"] if one["index"] == index)
        found[card] = Reading(
            index,
            _volume(stream),
            _volume(sink),
            int(sink["base_volume"]["value"]),
            "HW_VOLUME_CTRL" in sink["flags"],
            amixer_db(card, *BY_HAND[card]),
        )
    return found


def apart(snapshot: Snapshot, system: System, readings: Readings) -> dict[str, tuple[float | None, float]]:
    """Where path and readings have different totals: card -> (path's, that of the readings)."""
    found = {}
    for card, reading in readings.items():
        (path,) = trace(snapshot, system, f"pulse:sink_input/{reading.index}")
        stated = path_json(path)["total_db"]
        if stated is None or not math.isclose(stated, reading.total, abs_tol=0.1):
            found[card] = (stated, reading.total)
    return found


@dataclass(frozen=True)
class Moment:
    """A machine and the readings, taken while nothing moved."""

    snapshot: Snapshot
    system: System
    readings: Readings

    @property
    def told(self) -> dict[str, dict[str, Any]]:
        """The readings as JSON."""
        return {card: asdict(reading) for card, reading in self.readings.items()}


def settings(guest: Guest, streams: dict[str, int], times: int) -> Iterator[Moment]:
    """Set all volumes to random values, then move the cards' controls by hand, and so on; yields the moment
    after each.

    If path and readings never agree, that is the moment at the deadline, for the caller to compare. All cards
    are set at once: a process is expensive in an emulated machine.
    """
    sinks = {card: guest.sink(card)["name"] for card in BY_HAND}
    chance = random.Random(6)
    for _ in range(times):
        guest.at_once(
            *(f"set-sink-input-volume {index} {chance.randint(20, 110)}%" for index in streams.values()),
            *(f"set-sink-volume {sink} {chance.randint(20, 100)}%" for sink in sinks.values()),
        )
        yield _moment(guest, streams)
        for card, controls in BY_HAND.items():
            moved_by_hand(card, *(f"'{control}' {chance.randint(30, 100)}%" for control in controls))
        yield _moment(guest, streams)


def _moment(guest: Guest, streams: dict[str, int]) -> Moment:
    last: list[Moment] = []

    def agree() -> bool:
        last[:] = [Moment(*guest.box(), read(guest, streams))]
        return not apart(last[0].snapshot, last[0].system, last[0].readings)

    with contextlib.suppress(TimeoutError):
        wait_until(agree, "path and readings to agree", timeout=SETTLING)
    return last[0]


SETTLING = 60.0
"""Seconds within which a server has done what was requested; an emulated machine takes three."""
