"""Elements of every shape are read correctly, and can be moved."""

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from tests.lab.replay.cards import ReplayedCards
from tests.replay.conftest import Replay
from tests.replay.shapes import CLOSED
from tests.replay.verbs import Verbs
from tuimixer.backend.alsa.card import Card
from tuimixer.backend.alsa.libasound import library
from tuimixer.backend.base import Refused, Unreachable
from tuimixer.model.command import SetCapture, SetChoice, SetMute, SetVolume
from tuimixer.model.control import Choice, Control, Medium
from tuimixer.model.scale import to_percent
from tuimixer.model.snapshot import Jack

pytestmark = pytest.mark.replay

LONG = "A name of just as many bytes as may be, 43!"


@pytest.fixture
def odd(replay: Replay) -> ReplayedCards:
    return replay("odd")


def by_name(card: Card) -> dict[str, Control]:
    """Controls by name and index, the playback side of those that have two."""
    return {f"{control.name},{control.index}": control for control in reversed(card.controls.values())}


def sget(cards: ReplayedCards, name: str) -> str:
    """What amixer prints of a control."""
    command = ["amixer", "-M", "-D", "hw:0", "sget", f"'{name}',0"]
    return subprocess.run(command, env=cards.env, stdout=subprocess.PIPE, text=True, check=True).stdout


def test_elements_of_a_program_are_software(odd: ReplayedCards) -> None:
    card = Card("hw:0")
    media = {control.name: control.medium for control in card.controls.values()}
    assert media.pop("Program's") is Medium.SOFTWARE
    assert set(media.values()) == {Medium.HARDWARE}
    card.close()


def test_volumes_move(odd: ReplayedCards) -> None:
    card, replayed = Card("hw:0"), odd["odd"]
    found = by_name(card)
    for index, raws in ((0, (1, 2)), (1, (3, 4)), (7, (5, 6))):
        card.apply(SetVolume(found[f"Same,{index}"].id, raws))
    assert [by_name(card)[f"Same,{index}"].raws for index in (0, 1, 7)] == [(1, 2), (3, 4), (5, 6)]
    assert [replayed.get("Same Playback Volume", index) for index in (0, 1, 7)] == [[1, 2], [3, 4], [5, 6]]

    card.apply(SetVolume(found[f"{LONG},0"].id, (19, 19)))
    assert "19 [19%]" in sget(odd, LONG)

    stuck = found["Stuck,0"]
    assert stuck.scale is not None
    assert [to_percent(stuck.scale, raw) for raw in stuck.raws] == [0, 0]
    card.apply(SetVolume(stuck.id, (5, 5)))

    single = found["Locked,0"]
    assert [channel.name for channel in single.channels] == ["mono"]
    card.apply(SetVolume(single.id, (42,)))
    assert "Mono: Playback 42" in sget(odd, "Locked")

    eight = found["Eight,0"]
    names = ["front-left", "front-right", "rear-left", "rear-right", "front-center", "woofer"]
    assert [channel.name for channel in eight.channels] == [*names, "side-left", "side-right"]
    card.apply(SetVolume(eight.id, (8, 7, 6, 5, 4, 3, 2, 1)))
    assert replayed.get("Eight Playback Volume") == [8, 7, 6, 5, 4, 3, 2, 1]
    assert "Side Right: Playback 1 " in sget(odd, "Eight")
    card.close()


def test_switches_and_choices_move(odd: ReplayedCards) -> None:
    card, replayed = Card("hw:0"), odd["odd"]
    found = by_name(card)
    lamp = found["Lamp,0"]
    assert (lamp.channels, lamp.scale) == ((), None)
    card.apply(SetMute(lamp.id, (True,)))
    assert "[off]" in sget(odd, "Lamp")
    card.apply(SetMute(found["Lamps,0"].id, (False, True)))
    assert by_name(card)["Lamps,0"].mute == (False, True)
    card.apply(SetCapture(found["Only,0"].id, (False, True)))
    assert replayed.get("Only Capture Switch") == [0, 1]

    items = found["Odd Items,0"].choice
    assert items is not None
    assert items.items[:5] == ("A = x;  B = y", "A = y;  B = x", "red", "it's", '"')
    card.apply(SetChoice(found["Odd Items,0"].id, 2))
    assert by_name(card)["Odd Items,0"].choice == Choice(2, items.items)
    # Both channels of an enumerated element are one choice here.
    card.apply(SetChoice(found["Stereo Source,0"].id, 1))
    assert replayed.get("Stereo Source") == [1, 1]
    card.close()


def test_what_is_read_only_stays(odd: ReplayedCards) -> None:
    card, replayed = Card("hw:0"), odd["odd"]
    before, found = replayed.state, by_name(card)
    read_only = {
        control.id: control.element.read_only
        for control in card.controls.values()
        if control.element is not None and control.element.read_only
    }
    assert read_only == {
        "alsa:Odd/Read Only,0/playback": ("volume", "switch"),
        "alsa:Odd/Read Only,0/capture": ("volume", "switch"),
        "alsa:Odd/Read Only Source,0/playback": ("choice",),
        "alsa:Odd/Half Read Only,0/playback": ("switch",),
    }
    for command in (
        SetVolume(found["Read Only,0"].id, (1,)),
        SetMute(found["Read Only,0"].id, (True,)),
        SetChoice(found["Read Only Source,0"].id, 1),
        SetMute(found["Half Read Only,0"].id, (True, True)),
    ):
        with pytest.raises(Refused):
            card.apply(command)
    assert replayed.state == before
    card.apply(SetVolume(found["Half Read Only,0"].id, (40, 40)))
    assert replayed.get("Half Read Only Playback Volume") == [40, 40]
    card.close()


def test_verbs_refuse_what_is_read_only(odd: ReplayedCards) -> None:
    before = odd["odd"].state
    with Verbs(odd.env) as verbs:
        for words, sentence in (
            (("set", "Read Only", "50%"), "the volume of Read Only is read-only."),
            (("set", "Read Only/capture", "+1%"), "the volume of Read Only is read-only."),
            (("mute", "Read Only"), "the switch of Read Only is read-only."),
            (("toggle", "Half Read Only"), "the switch of Half Read Only is read-only."),
            (("set", "Read Only Source", "B"), "the choice of Read Only Source is read-only."),
        ):
            outcome = verbs(*words)
            assert (outcome.status, outcome.err) == (4, f"tuimixer: {sentence}\n"), words
    assert odd["odd"].state == before


def test_items_are_chosen_as_the_driver_has_them(replay: Replay) -> None:
    cards = replay("pi-hat")
    card, name = cards["pi-hat"], "ADC Data Output Select"
    items = [
        f"Left Data = {left} ADC;  Right Data = {right} ADC"
        for left in ("Left", "Right")
        for right in ("Right", "Left")
    ]
    with Verbs(cards.env) as verbs:
        (listed,) = verbs.json("get", name)["controls"]
        assert listed["choice"] == {"value": items[1], "items": items}
        for number, item in enumerate(items):
            for written in (item, item.casefold(), " ".join(item.split())):
                card.set(name, (number + 1) % 4)
                assert verbs("set", name, written).status == 0
                assert card.get(name) == [number]


def test_a_card_that_libasound_cannot_load_says_so(replay: Replay) -> None:
    replay(CLOSED)
    with pytest.raises(Unreachable, match="hw:0 could not be opened: Operation not permitted"):
        Card("hw:0")


def test_a_jack_is_read_when_it_tells_of_itself(replay: Replay) -> None:
    cards = replay("hda-laptop")
    card, replayed = Card("hw:0"), cards["hda-laptop"]
    jacks = {"Headphone": False, "Headset Mic": False, "Internal Mic Phantom": True, "Speaker Phantom": True}
    assert card.jacks == tuple(Jack(name, plugged) for name, plugged in jacks.items())
    for value, state in ((1, "plugged"), (0, "unplugged")):
        replayed.set("Headphone Jack", value)
        assert card.update()
        element = by_name(card)["Headphone,0"].element
        assert element is not None
        assert element.jack == state
    assert not card.update()
    card.close()


def test_the_sources_of_an_ac97_codec_exclude_each_other(replay: Replay) -> None:
    cards = replay("ac97")
    card = Card("hw:0")
    group = [c for c in card.controls.values() if c.element and c.element.exclusive == 0 and c.kind.capture]
    sources = ["Line", "CD", "Mic", "Video", "Phone", "Aux", "Mix", "Mix Mono"]
    assert [control.name for control in group] == sources
    for number, name in ((1, "CD"), (4, "Line")):
        card.apply(SetCapture(f"alsa:ICH/{name},0/capture", (True, True)))
        assert {c.name for c in card.controls.values() if c.capturing and c.name != "Capture"} == {name}
        assert cards["ac97"].get("Capture Source") == [number, number]
    card.close()


def test_common_volumes_have_separate_switches(replay: Replay) -> None:
    cards = replay("es1370")
    card = Card("hw:0")
    play, rec = (f"alsa:AudioPCI/CD,0/{side}" for side in ("playback", "capture"))
    card.apply(SetMute(play, (False, True)))
    card.apply(SetCapture(rec, (False, True)))
    card.apply(SetVolume(rec, (7, 9)))
    element = card.controls[play].element
    assert element is not None
    assert element.common
    assert card.controls[play].raws == card.controls[rec].raws == (7, 9)
    assert card.controls[play].mute == (False, True)
    assert card.controls[rec].capture == (False, True)
    replayed = cards["es1370"]
    parts = [replayed.get(f"CD {part}") for part in ("Volume", "Playback Switch", "Capture Switch")]
    assert parts == [[7, 9], [1, 0], [0, 1]]
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


def calls_of_a_step(patch: pytest.MonkeyPatch, name: str) -> Counter[str]:
    """The libasound calls when a stereo volume moves."""
    lib = Counted()
    patch.setattr("tuimixer.backend.alsa.handle.library", lambda: lib)
    card = Card("hw:0")
    control = by_name(card)[name].id
    card.apply(SetVolume(control, (1, 1)))
    lib.calls.clear()
    card.apply(SetVolume(control, (2, 2)))
    assert card.controls[control].raws == (2, 2)
    card.close()
    patch.undo()
    return lib.calls


def test_a_step_on_a_card_with_900_controls(
    replay: Replay, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """It takes the same calls as on a small one; times are printed, not asserted."""
    steps, listed = {}, {}
    for table, name in (("hda-laptop", "Speaker,0"), ("matrix", "Output 01,0")):
        cards = ReplayedCards(tmp_path_factory.mktemp(table), table)
        monkeypatch.setenv("ALSA_CONFIG_PATH", cards.env["ALSA_CONFIG_PATH"])
        start = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "tuimixer", "list"], env=cards.env, stdout=subprocess.DEVNULL, check=True
        )
        listed[table] = time.perf_counter() - start
        steps[table] = calls_of_a_step(monkeypatch, name)
        monkeypatch.setenv("ALSA_CONFIG_PATH", cards.env["ALSA_CONFIG_PATH"])
    print(f"900 controls against 18: {listed['matrix'] / listed['hda-laptop']:.2f} times to list")
    assert steps["hda-laptop"]["mixer_selem_get_playback_volume"] > 0
    assert steps["hda-laptop"] == steps["matrix"]
