"""The kernel's own cards: reading them, setting them, and noticing their changes."""

import re
from functools import partial
from pathlib import Path

import pytest

from tests.backend.alsa.amixer import amixer, sget, shown, sset
from tests.backend.alsa.watching import watching
from tests.lab import cards as lab
from tests.lab.cards import UsbCard
from tuimixer.backend.alsa.blocking import BlockingAlsa
from tuimixer.backend.base import Unreachable
from tuimixer.model.command import SetCapture, SetChoice, SetMute, SetVolume
from tuimixer.model.control import Choice, Kind, Medium
from tuimixer.model.snapshot import Phase, Snapshot

pytestmark = pytest.mark.vm

LAB = (lab.HDA, lab.AC97, lab.ENS1370, lab.USB, lab.DUMMY, lab.LOOPBACK)
MASTER = f"alsa:{lab.AC97}/Master,0/playback"
PCM = f"alsa:{lab.AC97}/PCM,0/playback"


@pytest.fixture
def port() -> BlockingAlsa:
    return BlockingAlsa()


def raws(text: str) -> list[int]:
    """The channels' raw values in amixer's output."""
    return [int(raw) for raw in re.findall(r": (?:Playback |Capture )?(-?\d+) \[\d+%\]", text)]


def _stands_at(control: str, wanted: tuple[int, ...], snapshot: Snapshot) -> bool:
    return snapshot.controls[control].raws == wanted


def _reads(card: int, name: str, raw: int, snapshot: Snapshot) -> bool:
    return set(raws(sget(card, name))) == {raw}


def test_all_cards_are_read(port: BlockingAlsa, cards: dict[str, int]) -> None:
    snapshot = port.read()
    assert {card.id: card.number for card in snapshot.alsa_cards if card.number is not None} == cards
    assert set(LAB) <= set(cards)
    for card in snapshot.alsa_cards:
        if card.number is None:
            continue
        assert card.reason == ""
        there = {
            match
            for match in re.findall(r"Simple mixer control '(.*)',(\d+)", amixer(card.number, "scontrols"))
        }
        here = {
            (control.element.name, str(control.index))
            for control in snapshot.controls.values()
            if control.card == card.id and control.element
        }
        assert here == there
    assert snapshot.statuses[0].phase is Phase.READY


def test_loopback_is_shown_for_what_it_is(port: BlockingAlsa) -> None:
    card = next(card for card in port.read().alsa_cards if card.id == lab.LOOPBACK)
    assert card.loopback
    assert card.controls == 0


def test_two_controls_of_one_name_move_separately(port: BlockingAlsa, cards: dict[str, int]) -> None:
    number = cards[lab.ENS1370]
    snapshot = port.read()
    first, second = (snapshot.controls[f"alsa:{lab.ENS1370}/PCM,{i}/playback"] for i in (0, 1))
    assert (first.name, first.index, second.name, second.index) == ("PCM", 0, "PCM", 1)
    port.apply(SetVolume(first.id, (3, 4)))
    port.apply(SetVolume(second.id, (5, 6)))
    assert raws(sget(number, "PCM", 0)) == [3, 4]
    assert raws(sget(number, "PCM", 1)) == [5, 6]


def test_common_volume_has_separate_switches(port: BlockingAlsa, cards: dict[str, int]) -> None:
    play, rec = (f"alsa:{lab.ENS1370}/CD,0/{side}" for side in ("playback", "capture"))
    port.apply(SetMute(play, (True, False)))
    port.apply(SetCapture(rec, (False, True)))
    port.apply(SetVolume(rec, (7, 9)))
    controls = port.read().controls
    element = controls[play].element
    assert element is not None
    assert element.common
    assert controls[play].raws == controls[rec].raws == (7, 9)
    assert controls[play].mute == (True, False)
    assert controls[rec].capture == (False, True)
    text = sget(cards[lab.ENS1370], "CD")
    assert "Front Left: 7 [" in text
    assert "Playback [off] Capture [off]" in text
    assert "Playback [on] Capture [on]" in text


def test_controls_without_db_data_have_none(port: BlockingAlsa, cards: dict[str, int]) -> None:
    snapshot = port.read()
    tables = {card: shown(number) for card, number in cards.items()}
    without = 0
    for control in snapshot.controls.values():
        if control.scale is not None and control.element is not None and control.card in cards:
            key = (control.element.name, control.index, control.kind.capture)
            for volume in tables[control.card][key].values():
                assert control.scale.has_db == (volume.db is not None), control.id
            without += not control.scale.has_db
    assert without >= 3


def test_exclusive_capture_goes_over(port: BlockingAlsa, cards: dict[str, int]) -> None:
    controls = port.read().controls
    group = [
        c
        for c in controls.values()
        if c.card == lab.AC97 and c.element and c.element.exclusive is not None and c.kind.capture
    ]
    assert len(group) == 8
    assert len({c.element.exclusive for c in group if c.element}) == 1
    for name in ("CD", "Line"):
        port.apply(SetCapture(f"alsa:{lab.AC97}/{name},0/capture", (True, True)))
        capturing = {
            c.name for c in port.read().controls.values() if c.id in {g.id for g in group} and c.capturing
        }
        assert capturing == {name}
        assert "Capture [on]" in sget(cards[lab.AC97], name)


def test_joined_and_separate_mute(port: BlockingAlsa, cards: dict[str, int]) -> None:
    port.apply(SetMute(MASTER, (True,)))
    assert "[off]" in sget(cards[lab.AC97], "Master")
    port.apply(SetMute(MASTER, (False,)))
    port.apply(SetMute(f"alsa:{lab.HDA}/Master,0/playback", (True, False)))
    text = sget(cards[lab.HDA], "Master")
    assert re.search(r"Front Left:.*\[off\]", text)
    assert re.search(r"Front Right:.*\[on\]", text)


def test_choice_changes(port: BlockingAlsa, cards: dict[str, int]) -> None:
    box = f"alsa:{lab.DUMMY}/External I/O Box,0/playback"
    control = port.read().controls[box]
    assert control.choice is not None
    assert control.choice.items == ("None", "CD Player")
    for item in (0, 1, 0):
        port.apply(SetChoice(box, item))
        assert f"Item0: '{control.choice.items[item]}'" in sget(cards[lab.DUMMY], "External I/O Box")


def test_hardware_is_marked(port: BlockingAlsa) -> None:
    control = port.read().controls[PCM]
    assert control.medium is Medium.HARDWARE
    assert control.kind is Kind.ALSA_PLAYBACK
    assert control.element is not None
    assert not control.element.user


def test_a_device_that_is_not_there(cards: dict[str, int]) -> None:
    with pytest.raises(Unreachable, match="no such ALSA device: hw:29"):
        BlockingAlsa(("hw:29",)).read()


def test_a_card_by_another_name_is_shown_once(cards: dict[str, int]) -> None:
    snapshot = BlockingAlsa((f"hw:{lab.AC97}", "default")).read()
    assert [card.id for card in snapshot.alsa_cards].count(lab.AC97) == 1


def test_oss_plugin_opens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "asound.conf"
    config.write_text("ctl.oss { type oss device /dev/mixer }\n")
    monkeypatch.setenv("ALSA_CONFIG_PATH", f"/usr/share/alsa/alsa.conf:{config}")
    snapshot = BlockingAlsa(("oss",)).read()
    controls = [control for control in snapshot.controls.values() if control.card == "oss"]
    assert controls
    assert all(control.scale is None or not control.scale.has_db for control in controls)


async def test_another_program_moves_the_fader(cards: dict[str, int]) -> None:
    async with watching(cards=len(LAB)) as watched:
        for percent in ("20%", "80%"):
            sset(cards[lab.AC97], "PCM", percent)
            wanted = tuple(raws(sget(cards[lab.AC97], "PCM")))
            await watched.until(partial(_stands_at, PCM, wanted), f"PCM at {percent}")
        sset(cards[lab.HDA], "Capture", "nocap")
        capture = f"alsa:{lab.HDA}/Capture,0/capture"
        await watched.until(lambda s: s.controls[capture].capture == (False, False), "Capture to go off")
        sset(cards[lab.DUMMY], "External I/O Box", "CD Player")
        box = f"alsa:{lab.DUMMY}/External I/O Box,0/playback"
        chosen = Choice(1, ("None", "CD Player"))
        await watched.until(lambda s: s.controls[box].choice == chosen, "the choice to change")


async def test_a_held_key_ends_where_it_should(cards: dict[str, int]) -> None:
    async with watching(cards=len(LAB)) as watched:
        watched.submit(SetVolume(PCM, (0, 0)))
        for _ in range(20):
            left, right = watched.control(PCM).raws
            watched.submit(SetVolume(PCM, (left + 1, right + 1)))
        await watched.until(lambda s: raws(sget(cards[lab.AC97], "PCM")) == [20, 20], "amixer to read 20")
        assert watched.control(PCM).raws == (20, 20)
    assert watched.notices == []


async def test_usb_card_is_pulled_and_pushed(cards: dict[str, int], usb_card: UsbCard) -> None:
    volume = f"alsa:{lab.USB}/Audio Output Volume Control,0/playback"
    async with watching(cards=len(LAB)) as watched:
        for _ in range(2):
            usb_card.unplug()
            await watched.until(
                lambda s: volume not in s.controls and lab.USB not in {card.id for card in s.alsa_cards},
                "the USB card to go",
            )
            assert MASTER in watched.snapshot.controls
            number = usb_card.plug()
            await watched.until(lambda s: volume in s.controls, "the USB card to come back")
            watched.submit(SetVolume(volume, (100, 100)))
            await watched.until(partial(_reads, number, "Audio Output Volume Control", 100), "it to move")
    assert [notice.text for notice in watched.notices] == ["QEMU USB Audio was removed."] * 2
