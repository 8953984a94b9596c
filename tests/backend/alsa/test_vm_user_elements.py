"""Elements of every shape, made for the test; those that vanish while they are used; a card with 200."""

import asyncio
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from tests.backend.alsa.amixer import amixer, sget
from tests.backend.alsa.user_elements import IFACE_CARD, UserElements
from tests.backend.alsa.watching import watching
from tests.lab import cards as lab
from tuimixer.backend.alsa import ctl
from tuimixer.backend.alsa.card import Card
from tuimixer.backend.alsa.handle import Handle
from tuimixer.backend.alsa.libasound import library
from tuimixer.backend.base import OutOfReach
from tuimixer.model.command import SetChoice, SetMute, SetVolume
from tuimixer.model.control import Control, Medium
from tuimixer.model.scale import to_percent
from tuimixer.model.snapshot import Jack

pytestmark = pytest.mark.vm

LONG = "A name of just as many letters as fits, 43!"


def by_name(card: Card) -> dict[str, Control]:
    return {f"{control.name},{control.index}": control for control in card.controls.values()}


def test_every_shape_shows_and_moves(cards: dict[str, int]) -> None:
    number = cards[lab.LOOPBACK]
    with UserElements(number) as elements:
        elements.add_integer("Twin Playback Volume", index=0)
        elements.add_integer("Twin Playback Volume", index=1)
        elements.add_integer(LONG)
        elements.add_integer("Stuck Playback Volume", 5, 5)
        elements.add_integer("Single Playback Volume", channels=1)
        elements.add_integer("Six Playback Volume", channels=6)
        elements.add_boolean("Lamp Playback Switch")
        elements.add_boolean("Lamps Playback Switch", channels=2)
        elements.add_enumerated("Mode Enum", "Off", "On", "\x1b[31mRed")
        card = Card(f"hw:{number}")
        found = by_name(card)
        assert all(c.medium is Medium.SOFTWARE and c.element and c.element.user for c in found.values())

        card.apply(SetVolume(found["Twin,0"].id, (1, 2)))
        card.apply(SetVolume(found["Twin,1"].id, (3, 4)))
        found = by_name(card)
        assert (found["Twin,0"].raws, found["Twin,1"].raws) == ((1, 2), (3, 4))

        card.apply(SetVolume(found[f"{LONG},0"].id, (9, 9)))
        assert "9 [9%]" in sget(number, LONG)

        stuck = found["Stuck,0"]
        assert stuck.scale is not None
        assert [to_percent(stuck.scale, raw) for raw in stuck.raws] == [0, 0]
        card.apply(SetVolume(stuck.id, (5, 5)))

        single = found["Single,0"]
        assert [channel.name for channel in single.channels] == ["mono"]
        card.apply(SetVolume(single.id, (42,)))
        assert "Mono: Playback 42" in sget(number, "Single")

        six = found["Six,0"]
        names = ["front-left", "front-right", "rear-left", "rear-right", "front-center", "woofer"]
        assert [channel.name for channel in six.channels] == names
        card.apply(SetVolume(six.id, (1, 2, 3, 4, 5, 6)))
        assert "Woofer: Playback 6" in sget(number, "Six")

        lamp = found["Lamp,0"]
        assert (lamp.channels, lamp.scale) == ((), None)
        card.apply(SetMute(lamp.id, (False,)))
        assert "[on]" in sget(number, "Lamp")
        card.apply(SetMute(found["Lamps,0"].id, (False, True)))
        assert by_name(card)["Lamps,0"].mute == (False, True)

        mode = found["Mode,0"]
        assert mode.choice is not None
        assert mode.choice.items == ("Off", "On", "Red")
        card.apply(SetChoice(mode.id, 2))
        assert by_name(card)["Mode,0"].choice == type(mode.choice)(2, mode.choice.items)
        card.close()


def test_a_removed_control_is_refused_and_does_not_end_us(cards: dict[str, int]) -> None:
    number = cards[lab.LOOPBACK]
    with UserElements(number) as elements:
        elements.add_integer("Gone Playback Volume")
        card = Card(f"hw:{number}")
        gone = by_name(card)["Gone,0"]
        card.apply(SetVolume(gone.id, (1, 1)))
        elements.remove("Gone Playback Volume")
        with pytest.raises(OutOfReach):
            card.apply(SetVolume(gone.id, (2, 2)))
        elements.add_integer("Gone Playback Volume")
        card.update()
        card.apply(SetVolume(gone.id, (3, 3)))
        # Removed and made anew between two moves: the mixer that is kept open knows only the old one.
        elements.remove("Gone Playback Volume")
        elements.add_integer("Gone Playback Volume")
        card.apply(SetVolume(gone.id, (4, 4)))
        assert "4 [4%]" in sget(number, "Gone")
        card.close()


def test_others_move_on_after_elements_came_and_went(cards: dict[str, int]) -> None:
    number = cards[lab.LOOPBACK]
    with UserElements(number) as elements:
        elements.add_integer("Stays Playback Volume")
        card = Card(f"hw:{number}")
        stays = by_name(card)["Stays,0"]
        card.apply(SetVolume(stays.id, (1, 1)))
        # Of these the mixer that moves the other one learns when they are gone already.
        for _ in range(3):
            elements.add_integer("Passes Playback Volume")
            elements.remove("Passes Playback Volume")
        card.apply(SetVolume(stays.id, (2, 2)))
        assert "2 [2%]" in sget(number, "Stays")
        card.close()


async def test_elements_come_and_go_under_a_running_backend(cards: dict[str, int]) -> None:
    softvol = f"alsa:{lab.LOOPBACK}/Softvol,0/playback"
    with UserElements(cards[lab.LOOPBACK]) as elements:
        async with watching(cards=len(cards)) as watched:
            for value in range(1, 21):
                elements.add_integer("Softvol Playback Volume")
                await watched.until(lambda s: softvol in s.controls, "the element to come")
                watched.submit(SetVolume(softvol, (value, value)))
                await asyncio.sleep(0)
                elements.remove("Softvol Playback Volume")
                watched.submit(SetVolume(softvol, (50, 50)))
                await watched.until(lambda s: softvol not in s.controls, "the element to go")
            assert f"alsa:{lab.AC97}/Master,0/playback" in watched.snapshot.controls


def test_a_jack_is_read_when_it_tells_of_itself(
    cards: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program cannot make an element that only the driver may write, so here a jack may be writable."""
    monkeypatch.setattr(ctl, "_WRITABLE", 0)
    number = cards[lab.LOOPBACK]
    with UserElements(number) as elements:
        elements.add_integer("Headphone Playback Volume")
        elements.add_boolean("Headphone Jack", interface=IFACE_CARD)
        card = Card(f"hw:{number}")
        (headphone,) = card.controls
        assert card.jacks == (Jack("Headphone", False),)
        for value, state in (("on", "plugged"), ("off", "unplugged")):
            amixer(number, "-q", "cset", "iface=CARD,name='Headphone Jack'", value)
            assert card.update()
            element = card.controls[headphone].element
            assert element is not None
            assert element.jack == state
        assert not card.update()
        card.close()


class Counted:
    """libasound, with every call counted by name."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        function = getattr(library(), name)

        def counted(*arguments: object) -> Any:
            self.calls[name] += 1
            return function(*arguments)

        return counted


def calls_of_a_step(number: int, patch: pytest.MonkeyPatch) -> Counter[str]:
    """What is asked of libasound when a control moves."""
    lib = Counted()
    patch.setattr("tuimixer.backend.alsa.handle.library", lambda: lib)
    card = Card(f"hw:{number}")
    first = next(iter(card.controls))
    card.apply(SetVolume(first, (1, 1)))
    lib.calls.clear()
    card.apply(SetVolume(first, (2, 2)))
    assert card.controls[first].raws == (2, 2)
    card.close()
    patch.undo()
    return lib.calls


def test_a_card_with_200_controls(cards: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    """A step there takes the same calls; times are printed and not judged."""
    number = cards[lab.LOOPBACK]
    figures: dict[int, list[float]] = {}
    steps = {}
    for count in (12, 200):
        with UserElements(number) as elements:
            for i in range(count):
                elements.add_integer(f"Control {i} Playback Volume")
                elements.set_tlv(f"Control {i} Playback Volume", 1, 8, -6000, 60)
            loaded, opened, stepped = [], [], []
            for _ in range(5):
                start = time.perf_counter()
                handle = Handle(f"hw:{number}")
                loaded.append(time.perf_counter() - start)
                handle.close()
                start = time.perf_counter()
                card = Card(f"hw:{number}")
                opened.append(time.perf_counter() - start)
                assert len(card.controls) == count
                first = next(iter(card.controls))
                card.apply(SetVolume(first, (1, 1)))
                start = time.perf_counter()
                card.apply(SetVolume(first, (2, 2)))
                stepped.append(time.perf_counter() - start)
                card.close()
            steps[count] = calls_of_a_step(number, monkeypatch)
            start = time.perf_counter()
            subprocess.run([sys.executable, "-m", "tuimixer", "list"], stdout=subprocess.DEVNULL, check=True)
            figures[count] = [min(loaded), min(opened), min(stepped), time.perf_counter() - start]
            milliseconds = [f"{1000 * figure:.1f}" for figure in figures[count]]
            print(
                "{} controls: loaded by libasound in {} ms, opened in {} ms, stepped in {} ms; "
                "tuimixer list takes {} ms".format(count, *milliseconds)
            )
    print(f"200 against 12: {figures[200][3] / figures[12][3]:.2f} times to list")
    print(f"calls of libasound for a step: {steps[12].total()} and {steps[200].total()}")
    assert steps[12]["mixer_selem_get_playback_volume"] > 0
    assert steps[12] == steps[200]
