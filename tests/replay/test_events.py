"""What another program does to a card is noticed at once, in the backend and on the screen."""

import subprocess
from functools import partial
from pathlib import Path

import pytest

from tests.backend.alsa.watching import watching
from tests.lab.replay.cards import ReplayedCards
from tests.pty.person import Person
from tests.replay.conftest import Replay
from tuimixer.backend.alsa.card import Card
from tuimixer.model.command import SetVolume
from tuimixer.model.control import Choice
from tuimixer.model.snapshot import Snapshot

pytestmark = pytest.mark.replay


def sset(cards: ReplayedCards, device: str, name: str, *values: str) -> None:
    """Set a control as another program would."""
    subprocess.run(["amixer", "-q", "-M", "-D", device, "sset", name, *values], env=cards.env, check=True)


def stands(control: str, raws: tuple[int, ...], snapshot: Snapshot) -> bool:
    return snapshot.controls[control].raws == raws


async def test_another_program_moves_the_fader(replay: Replay, tmp_path: Path) -> None:
    cards = replay("hda-laptop", "emu10k1")
    folder = tmp_path / "snd"
    folder.mkdir()
    for number in range(2):
        (folder / f"controlC{number}").touch()
    laptop, live = cards["hda-laptop"], cards["emu10k1"]
    async with watching(cards=2, folder=folder) as watched:
        for percent in ("20%", "80%"):
            sset(cards, "hw:0", "Master", percent)
            raws = tuple(laptop.get("Master Playback Volume"))
            await watched.until(partial(stands, "alsa:PCH/Master,0/playback", raws), f"Master at {percent}")
        sset(cards, "hw:1", "Music", "30,40")
        await watched.until(partial(stands, "alsa:Live/Music,0/playback", (30, 40)), "the other card")
        sset(cards, "hw:0", "Capture", "nocap")
        capture = "alsa:PCH/Capture,0/capture"
        await watched.until(lambda s: s.controls[capture].capture == (False, False), "Capture to go off")
        sset(cards, "hw:0", "Auto-Mute Mode", "Disabled")
        mode = "alsa:PCH/Auto-Mute Mode,0/playback"
        chosen = Choice(0, ("Disabled", "Enabled"))
        await watched.until(lambda s: s.controls[mode].choice == chosen, "the choice to change")
        laptop.set("Headphone Jack", 1)
        await watched.until(
            lambda s: any(j.name == "Headphone" and j.plugged for c in s.alsa_cards for j in c.jacks),
            "the jack",
        )
        watched.submit(SetVolume("alsa:Live/Music,0/playback", (7, 8)))
        await watched.until(lambda s: live.get("Music Playback Volume") == [7, 8], "the card to have it")
    assert watched.notices == []


def test_two_handles_share_the_values(replay: Replay) -> None:
    cards = replay("soc-tablet")
    first, second = Card("hw:0"), Card("hw:0")
    speaker = "alsa:Tablet/Speaker,0/playback"
    first.apply(SetVolume(speaker, (10, 20)))
    assert second.update()
    assert second.controls[speaker].raws == (10, 20)
    assert cards["soc-tablet"].get("Speaker Volume") == [10, 20]
    assert not second.update()
    first.close()
    second.close()


def test_the_screen_follows_and_moves(replay: Replay) -> None:
    cards = replay("hda-laptop")
    card = cards["hda-laptop"]
    with Person(cards.env, "--layout", "rows", "--no-meters", "--no-config") as person:
        person.sees_percent("Master", 46)
        sset(cards, "hw:0", "Master", "20%")
        person.sees_percent("Master", 20)
        sset(cards, "hw:0", "Master", "mute")
        person.waits_for(lambda: person.muted("Master"), "Master to be muted on the screen")
        card.set("Headphone Playback Volume", 0, 0)
        person.sees_percent("Headphone", 0)
        person.press("m")
        person.waits_for(lambda: card.get("Master Playback Switch") == [1], "the card to be unmuted")
        person.press("Right")
        person.sees_percent("Master", 21)
        person.press("F10")
        assert person.terminal.wait() == 0
        person.waits_for(person.in_order, "the terminal to be in order")


def test_what_is_read_only_is_refused_on_the_screen(replay: Replay) -> None:
    cards = replay("scarlett")
    before = cards["scarlett"].state
    with Person(cards.env, "--layout", "rows", "--no-meters", "--no-config") as person:
        person.sees_percent("Master HW", 32)
        person.press("Right")
        person.sees("the volume of Master HW is read-only")
        person.press("F10")
        assert person.terminal.wait() == 0
    assert cards["scarlett"].state == before
