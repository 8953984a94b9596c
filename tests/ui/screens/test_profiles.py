"""F7: profiles, ports and codecs of the server's cards."""

from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.ui.conftest import Desk, Open
from tuimixer.backend.demo import simulated
from tuimixer.backend.demo.backend import DemoBackend
from tuimixer.config.schema import Config
from tuimixer.model.snapshot import Snapshot

pytestmark = pytest.mark.screen

CARD = "pulse:card/alsa_card.pci-0000_00_1f.3"


def dialog(it: Desk) -> str:
    """What is in the frame, without the screen behind it."""
    return "\n".join(line.split("│")[1] for line in it.text.splitlines() if line.count("│") > 1)


def with_codecs() -> DemoBackend:
    box = simulated.box()
    card = replace(box.server_cards[1], codecs=(("sbc", "SBC"), ("aptx_hd", "aptX HD")), codec="sbc")
    return DemoBackend(still=True, box=replace(box, server_cards=(box.server_cards[0], card)))


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (40, 12)], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_picture(desk: Open, text_snapshot: SnapshotAssertion, size: tuple[int, int]) -> None:
    async with desk(size=size, backend=with_codecs()) as it:
        await it.press("f7")
        assert it.dialog == text_snapshot


async def test_ascii(desk: Open, text_snapshot: SnapshotAssertion) -> None:
    async with desk(config=Config(ascii="on"), backend=with_codecs()) as it:
        await it.press("f7")
        assert it.text.isascii()
        assert it.dialog == text_snapshot


async def test_a_profile_is_applied_and_undone(desk: Open) -> None:
    async with desk() as it:
        before = it.backend.snapshot.server_cards[0].profile
        await it.press("f7")
        await it.go_to(f"profile {CARD} off")
        await it.press("enter")
        assert it.backend.snapshot.server_cards[0].profile == "off"
        await it.press("u")
        assert it.backend.snapshot.server_cards[0].profile == before


async def test_a_codec_is_chosen(desk: Open) -> None:
    async with desk(backend=with_codecs()) as it:
        await it.press("f7", "end", "enter")
        assert it.backend.snapshot.server_cards[1].codec == "aptx_hd"


async def test_unavailable_ones_can_be_hidden(desk: Open) -> None:
    async with desk() as it:
        await it.press("f7")
        assert "(HDMI)" in dialog(it)
        assert "unplugged" in dialog(it)
        await it.press("a")
        assert "(HDMI)" not in dialog(it)
        assert "unplugged" not in dialog(it)
        await it.press("a")
        assert "(HDMI)" in dialog(it)


async def test_latency_offset_of_a_port(desk: Open) -> None:
    async with desk() as it:
        await it.press("f7")
        await it.go_to(f"port {CARD} analog-output-headphones")
        await it.press("enter", *"12.5 ms", "enter")
        assert it.backend.snapshot.server_cards[0].ports[1].latency_offset == 12_500
        assert "latency offset 12.5 ms" in it.text


async def test_without_a_server(desk: Open) -> None:
    async with desk(backend=DemoBackend(still=True, box=Snapshot())) as it:
        await it.press("f7")
        assert "There is no sound server" in it.text


async def test_enter_by_habit_changes_no_profile(desk: Open) -> None:
    async with desk() as it:
        card = it.backend.snapshot.server_cards[0]
        other = replace(card, profile=card.profiles[1].name)
        it.backend.show(
            replace(it.backend.snapshot, server_cards=(other, *it.backend.snapshot.server_cards[1:]))
        )
        await it.press("f7", "enter")
        assert it.backend.snapshot.server_cards[0].profile == other.profile
