"""The devices of recorded machines, compared with what pactl listed at the same moment."""

from typing import Any

import pytest

from tests.diagnosis.recordings import SERVERS, Box, recorded
from tuimixer.config.schema import Filters
from tuimixer.mixer.views import View, arrange
from tuimixer.model.control import Device, Kind

pytestmark = pytest.mark.unit

AVAILABLE = {"available": True, "not available": False, "availability unknown": None}


@pytest.fixture(params=SERVERS)
def box(request: pytest.FixtureRequest) -> Box:
    """All cards of the machine and a null sink, as each server shows them."""
    return recorded(request.param, "devices", "all cards")


def told(box: Box, kind: str) -> dict[str, dict[str, Any]]:
    """What pactl listed, by name."""
    return {found["name"]: found for found in box.told[kind]}


def shown(box: Box, kind: Kind) -> dict[str, Device]:
    """The sinks or sources of the snapshot, by the server's names."""
    devices = [control.device for control in box.snapshot.controls.values() if control.kind is kind]
    return {device.server_name: device for device in devices if device is not None}


@pytest.mark.feature("hardware devices told from virtual")
def test_hardware_devices_are_told_from_virtual(box: Box) -> None:
    sinks = told(box, "sinks")
    real = {name for name in sinks if name.startswith("alsa_output.")}
    assert set(sinks) == real | {"made"}
    assert len(real) >= 4

    def rows(devices: str) -> set[str]:
        groups = arrange(box.snapshot, View.PLAYBACK, Filters(devices=devices))
        ids = {row.id for group in groups for row in group.rows}
        return {name for name in sinks if f"pulse:sink/{name}" in ids}

    assert rows("hardware") == real
    assert rows("virtual") == {"made"}


def test_profiles_are_the_servers(box: Box) -> None:
    cards = told(box, "cards")
    assert {card.server_name for card in box.snapshot.server_cards} == set(cards)
    for card in box.snapshot.server_cards:
        there = cards[card.server_name]
        assert card.profile == there["active_profile"]
        assert {each.name: each.description for each in card.profiles} == {
            key: each["description"] for key, each in there["profiles"].items()
        }
        usable = {key for key, each in there["profiles"].items() if each["available"]}
        assert {each.name for each in card.profiles if each.available is not False} == usable


def test_ports_are_the_servers(box: Box) -> None:
    cards = told(box, "cards")
    for card in box.snapshot.server_cards:
        assert {port.name: (port.description, port.available) for port in card.ports} == {
            key: (port["description"], AVAILABLE[port["availability"]])
            for key, port in cards[card.server_name]["ports"].items()
        }


@pytest.mark.parametrize(("kind", "listed"), [(Kind.SINK, "sinks"), (Kind.SOURCE, "sources")])
def test_sinks_and_sources_are_the_servers(box: Box, kind: Kind, listed: str) -> None:
    there, here = told(box, listed), shown(box, kind)
    assert set(here) == set(there)
    for name, device in here.items():
        assert device.port == there[name].get("active_port")
        assert device.base == there[name]["base_volume"]["value"]
        assert device.hardware_volume == ("HW_VOLUME_CTRL" in there[name]["flags"])
        assert {port.name for port in device.ports} == {port["name"] for port in there[name].get("ports", ())}
