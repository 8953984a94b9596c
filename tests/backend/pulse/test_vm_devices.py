"""On real cards, with PulseAudio and with PipeWire, asserted with pactl and amixer: profiles, ports, hardware
volume, moves from card to card, and a card that is pulled. What stands still is in test_recorded_devices.py.
"""

import asyncio
import contextlib
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.backend.pulse.watcher import Watcher
from tests.diagnosis.guest import Guest, amixer, amixer_db
from tests.lab.cards import AC97, USB, UsbCard
from tests.lab.moving import move, sink_of
from tests.lab.pipewire import PrivatePipeWire
from tests.lab.waiting import DEADLINE, wait_until
from tuimixer.backend.pulse.backend import PulseBackend
from tuimixer.backend.pulse.blocking import BlockingPulse
from tuimixer.model.command import MoveStream, SetDefault, SetLatencyOffset, SetPort, SetProfile, SetVolume
from tuimixer.model.control import Kind, Medium
from tuimixer.model.snapshot import ServerCard

pytestmark = pytest.mark.vm

ROUNDS = 2
"""An even and an odd one; fifty take 18 minutes on each server."""
AVAILABLE = {"available": True, "not available": False, "availability unknown": None}


@pytest.fixture(autouse=True)
def quiet(guest: Guest) -> Iterator[None]:
    """No application is left behind."""
    yield
    guest.server.stop_players()


def card_of(guest: Guest, card: str) -> dict[str, Any]:
    """What pactl reports about an ALSA card."""
    number = str(guest.numbers[card])
    return next(
        found
        for found in guest.server.pactl_json("cards")
        if number in (found["properties"].get("alsa.card"), found["properties"].get("api.alsa.card"))
    )


def shown_card(watcher: Watcher, name: str) -> ServerCard:
    """What the backend reports about a server card."""
    return next(card for card in watcher.snapshot.server_cards if card.server_name == name)


def sink_id(guest: Guest, card: str) -> str:
    """Our id of a card's sink."""
    return f"pulse:sink/{guest.sink(card)['name']}"


def shown_sinks(watcher: Watcher, card: str) -> set[str]:
    """Ids of a card's sinks as shown by the backend; WirePlumber renames one that comes back (`.2`)."""
    controls = watcher.snapshot.controls.values()
    return {control.id for control in controls if control.kind is Kind.SINK and control.card == card}


def told_sinks(guest: Guest, card: str) -> set[str]:
    """Our ids of a card's sinks that pactl lists."""
    return {f"pulse:sink/{found['name']}" for found in guest.sinks() if guest.on(found, card)}


@pytest.mark.feature("card profile, with what is available", "card off")
async def test_profiles_and_off(guest: Guest) -> None:
    told = card_of(guest, AC97)
    name, before = told["name"], told["active_profile"]
    port = BlockingPulse(guest.server.address, patience=DEADLINE)
    async with Watcher(PulseBackend(guest.server.address, patience=DEADLINE)) as watcher:
        await watcher.until(lambda: watcher.snapshot.server_cards, "the cards")
        card = shown_card(watcher, name)
        assert card.alsa_card == AC97
        assert card.profile == before
        assert {each.name: each.description for each in card.profiles} == {
            key: each["description"] for key, each in told["profiles"].items()
        }
        usable = {key for key, each in told["profiles"].items() if each["available"]}
        assert {each.name for each in card.profiles if each.available is not False} == usable
        sink = sink_id(guest, AC97)
        assert shown_sinks(watcher, AC97) == {sink}
        wanted = next(key for key in usable if key.startswith("output:") and "input:" not in key)
        for profile in (wanted, "off"):
            watcher.backend.submit(SetProfile(card.id, profile))
            await watcher.until_server(
                lambda profile=profile: card_of(guest, AC97)["active_profile"] == profile,  # type: ignore[misc]
                f"the profile {profile}",
            )
            await watcher.until(
                lambda profile=profile: shown_card(watcher, name).profile == profile,  # type: ignore[misc]
                f"the profile {profile} to be shown",
            )
        await watcher.until(lambda: not shown_sinks(watcher, AC97), "the sink to go")
        assert not await asyncio.to_thread(told_sinks, guest, AC97)
        await asyncio.to_thread(port.apply, SetProfile(card.id, before))
        await watcher.until_server(lambda: card_of(guest, AC97)["active_profile"] == before, "it to be back")
        await watcher.until(lambda: shown_sinks(watcher, AC97), "the sink to be back")
        assert shown_sinks(watcher, AC97) == await asyncio.to_thread(told_sinks, guest, AC97)
        assert not watcher.notices
    port.close()


@pytest.mark.feature("port, plugged or not", "latency offset")
async def test_ports_and_latency_offset(guest: Guest) -> None:
    async with Watcher(PulseBackend(guest.server.address, patience=DEADLINE)) as watcher:
        await watcher.until(lambda: watcher.snapshot.server_cards, "the cards")
        for told in guest.server.pactl_json("cards"):
            card = shown_card(watcher, told["name"])
            assert {port.name: (port.description, port.available) for port in card.ports} == {
                key: (port["description"], AVAILABLE[port["availability"]])
                for key, port in told["ports"].items()
            }
        source = guest.source(AC97)
        control = watcher.get(f"pulse:source/{source['name']}")
        assert control.device is not None
        names = [port["name"] for port in source["ports"]]
        assert {port.name for port in control.device.ports} == set(names)
        assert control.device.port == source["active_port"]
        other = next(port for port in names if port != source["active_port"])
        for chosen in (other, source["active_port"]):
            watcher.backend.submit(SetPort(control.id, chosen))
            await watcher.until_server(
                lambda chosen=chosen: guest.source(AC97)["active_port"] == chosen,  # type: ignore[misc]
                f"the port {chosen}",
            )
            await watcher.until(
                lambda chosen=chosen: watcher.get(control.id).device.port == chosen,  # type: ignore[misc,union-attr]
                "it to be shown",
            )
        card_name = card_of(guest, AC97)["name"]
        output = guest.sink(AC97)["active_port"]
        watcher.backend.submit(SetLatencyOffset(f"pulse:card/{card_name}", output, 30000))
        await watcher.until_server(
            lambda: card_of(guest, AC97)["ports"][output]["latency_offset"].startswith("30000"), "the offset"
        )

        def offset() -> int | None:
            ports = shown_card(watcher, card_name).ports
            return next(port.latency_offset for port in ports if port.name == output)

        await watcher.until(lambda: offset() == 30000, "the offset to be shown")
        watcher.backend.submit(SetLatencyOffset(f"pulse:card/{card_name}", output, 0))
        await watcher.until(lambda: offset() == 0, "no offset")
        assert not watcher.notices


@pytest.mark.feature("hardware volume")
async def test_a_sinks_volume_is_the_cards_controls(guest: Guest) -> None:
    for name in ("Master", "PCM"):
        amixer(AC97, "-q", "sset", name, "100%", "unmute")
    async with Watcher(PulseBackend(guest.server.address, patience=DEADLINE)) as watcher:
        await watcher.until_ready()
        sink = sink_id(guest, AC97)
        await watcher.until(lambda: watcher.get(sink).raws == (65536, 65536), "the hardware's maximum")
        control = watcher.get(sink)
        assert control.medium is Medium.HARDWARE
        assert control.device is not None
        assert control.card == AC97
        told = guest.sink(AC97)
        assert control.device.base == told["base_volume"]["value"]
        assert told["base_volume"]["db"] == "-12.00 dB"
        watcher.backend.submit(SetVolume(sink, (32768, 32768)))
        await watcher.until_server(lambda: amixer_db(AC97, "Master") == -6.0, "Master at -6 dB")
        assert amixer_db(AC97, "PCM") == 0.0
        await asyncio.to_thread(amixer, AC97, "-q", "sset", "PCM", "10%")
        await watcher.until(lambda: watcher.get(sink).raws != (32768, 32768), "the server to have seen it")
        await watcher.until_server(
            lambda: told_volume(guest) == {channel.raw for channel in watcher.get(sink).channels},
            "pactl and the backend to agree",
        )
        volume = float(guest.sink(AC97)["volume"]["front-left"]["db"].removesuffix(" dB"))
        assert volume == pytest.approx(amixer_db(AC97, "Master") + amixer_db(AC97, "PCM") - 12, abs=0.1)
        watcher.backend.submit(SetVolume(sink, (65536, 65536)))
        await watcher.until_server(lambda: told_volume(guest) == {65536}, "all the way up")
        assert not watcher.notices


def told_volume(guest: Guest) -> set[int]:
    """The volumes that pactl reports for the AC97 card's sink."""
    return {channel["value"] for channel in guest.sink(AC97)["volume"].values()}


@pytest.mark.feature("move between cards and back", "default card")
async def test_move_from_card_to_card_and_the_default(guest: Guest) -> None:
    here, there = guest.sink(AC97)["name"], guest.sink(USB)["name"]
    player = guest.server.play("music", silent=True, device=here, volume=40)
    async with Watcher(PulseBackend(guest.server.address, patience=DEADLINE)) as watcher:
        control = await watcher.stream("music")
        for sink in (there, here):
            watcher.backend.submit(MoveStream(control.id, f"pulse:sink/{sink}"))
            await watcher.until_server(
                lambda sink=sink: sink_of(guest.server, player.index) == sink,  # type: ignore[misc]
                f"the move to {sink}",
            )
            await watcher.until(
                lambda sink=sink: watcher.get(control.id).target_id == f"pulse:sink/{sink}",  # type: ignore[misc]
                "it to be shown",
            )
            assert await asyncio.to_thread(guest.server.percents, "sink-inputs", player.index) == [40, 40]
        for sink in (there, here):
            watcher.backend.submit(SetDefault(f"pulse:sink/{sink}"))
            await watcher.until_server(
                lambda sink=sink: guest.server.pactl("get-default-sink").strip() == sink,  # type: ignore[misc]
                f"the default {sink}",
            )
            await watcher.until(
                lambda sink=sink: watcher.get(f"pulse:sink/{sink}").default,  # type: ignore[misc]
                "it to be shown",
            )
        assert not watcher.notices


@pytest.mark.feature("card pulled while a stream plays on it")
async def test_card_is_pulled_while_a_stream_plays_on_it(guest: Guest, usb_card: UsbCard) -> None:
    name = guest.sink(USB)["name"]
    player = guest.server.play("music", silent=True)
    async with Watcher(PulseBackend(guest.server.address, patience=DEADLINE)) as watcher:
        control = await watcher.stream("music")
        await asyncio.to_thread(move, guest.server, player.index, name)
        await watcher.until(
            lambda: watcher.get(control.id).target_id == f"pulse:sink/{name}", "it to be shown"
        )
        await asyncio.to_thread(usb_card.unplug)
        await watcher.until(lambda: f"pulse:sink/{name}" not in watcher.snapshot.controls, "the sink to go")
        await watcher.until(
            lambda: watcher.get(control.id).target_id in watcher.snapshot.controls, "the stream's new device"
        )
        await watcher.until_server(
            lambda: watcher.get(control.id).target_id == f"pulse:sink/{sink_of(guest.server, player.index)}",
            "pactl to say the same",
        )
        assert player.process.poll() is None
        guest.numbers[USB] = await asyncio.to_thread(usb_card.plug)
        await watcher.until(lambda: shown_sinks(watcher, USB), "the sink to come back")
        assert shown_sinks(watcher, USB) == await asyncio.to_thread(told_sinks, guest, USB)


def card_there(guest: Guest, name: str) -> bool:
    """Whether the server has the card; it refuses lists while it loads one."""
    with contextlib.suppress(subprocess.CalledProcessError):
        return any(card["name"] == name for card in guest.server.pactl_json("cards"))
    return False


def sinks_there(guest: Guest, *cards: str) -> bool:
    """Whether the server has a sink on each of the cards."""
    with contextlib.suppress(subprocess.CalledProcessError):
        return all(any(guest.on(sink, card) for sink in guest.sinks()) for card in cards)
    return False


async def test_volumes_are_the_servers_after_profiles_deaths_and_pulled_cards(
    guest: Guest, usb_card: UsbCard
) -> None:
    """Two clients write meanwhile: what is shown after each round is what the server has."""
    name = card_of(guest, AC97)["name"]
    profile = card_of(guest, AC97)["active_profile"]

    def told() -> dict[str, list[int]]:
        volumes = {f"pulse:sink/{sink['name']}": sink["volume"] for sink in guest.sinks()}
        return {sink: [channel["value"] for channel in volume.values()] for sink, volume in volumes.items()}

    def shown() -> dict[str, list[int]]:
        sinks = [control for control in watcher.snapshot.controls.values() if control.kind is Kind.SINK]
        return {sink.id: list(sink.raws) for sink in sinks}

    async with Watcher(PulseBackend(guest.server.address, patience=DEADLINE)) as watcher:
        for number in range(ROUNDS):
            await watcher.until(lambda: all(shown_sinks(watcher, card) for card in (AC97, USB)), "the sinks")
            percent = 20 + number % 50
            for card in (AC97, USB):
                [sink] = shown_sinks(watcher, card)
                watcher.backend.submit(SetVolume(sink, (655 * percent, 655 * percent)))
            watcher.backend.submit(SetProfile(f"pulse:card/{name}", "off"))
            await watcher.until(lambda: not shown_sinks(watcher, AC97), "the sink to go")
            await asyncio.to_thread(usb_card.unplug)
            watcher.backend.submit(SetProfile(f"pulse:card/{name}", profile))
            if number % 2:
                await watcher.until(lambda: shown_sinks(watcher, AC97), "the sink to be back")
            await asyncio.to_thread(guest.server.kill)
            guest.numbers[USB] = await asyncio.to_thread(usb_card.plug)
            await asyncio.to_thread(guest.server.start)
            await watcher.until_server(lambda: card_there(guest, name), "the server's cards")
            # PulseAudio may have stored the profile while it was off.
            await asyncio.to_thread(guest.server.pactl, "set-card-profile", name, profile)
            await watcher.until_server(lambda: sinks_there(guest, AC97, USB), "the server's sinks")
            sink = await asyncio.to_thread(lambda: guest.sink(AC97)["name"])
            await asyncio.to_thread(guest.server.pactl, "set-sink-volume", sink, f"{percent + 3}%")
            await watcher.until_server(lambda: shown() == told(), f"the volumes of round {number}")


@pytest.mark.feature("port, plugged or not", "latency offset")
def test_the_verbs_for_a_device(guest: Guest) -> None:
    source, sink = guest.source(AC97), guest.sink(AC97)

    def offset() -> str:
        return str(card_of(guest, AC97)["ports"][sink["active_port"]]["latency_offset"]).split()[0]

    _, text = guest.verb("port", source["name"], "--json")
    ports = [port["name"] for port in json.loads(text)["ports"] if port["available"] is not False]
    assert source["active_port"] in ports
    assert len(ports) > 1
    following = ports[(ports.index(source["active_port"]) + 1) % len(ports)]
    for step, chosen in (("next", following), ("previous", source["active_port"])):
        assert guest.verb("port", source["name"], step) == (0, "")
        assert guest.source(AC97)["active_port"] == chosen
    for words, told in (("-12.5 ms", "-12500"), ("0", "0")):
        assert guest.verb("latency", sink["name"], words) == (0, "")
        wait_until(lambda told=told: offset() == told, "the offset")  # type: ignore[misc]
    assert guest.verb("latency", sink["name"]) == (0, "0 ms\n")


@pytest.mark.feature("suspend and resume")
def test_a_suspended_device_lets_go_of_the_card(guest: Guest) -> None:
    sink = guest.sink(AC97)["name"]
    told = Path(f"/proc/asound/card{guest.numbers[AC97]}/pcm0p/sub0/status")
    guest.server.play("music", device=sink)
    wait_until(lambda: told.read_text() != "closed\n", "the card to be open")
    status, _ = guest.verb("suspend", sink)
    if isinstance(guest.server, PrivatePipeWire):
        # It resumes the device for what plays on it, and the verb says so if it notices nothing else.
        assert status in (0, 4)
        wait_until(lambda: told.read_text() != "closed\n", "the card to be open again")
        return
    assert status == 0
    wait_until(lambda: told.read_text() == "closed\n", "the card to be closed")
    assert guest.verb("suspend", sink, "off")[0] == 0
    wait_until(lambda: told.read_text() != "closed\n", "the card to be open again")
