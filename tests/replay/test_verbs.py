"""Verbs find every control by the name that `list` prints, with and without its card, and move it alone."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.follower import Follower
from tests.cli.program import run
from tests.lab.replay.cards import ReplayedCard, ReplayedCards
from tests.replay.conftest import Replay
from tests.replay.shapes import CARDS
from tests.replay.verbs import Verbs

pytestmark = pytest.mark.replay

FIXED = {
    "Master HW",
    "Bytes \ufffd\ufffd",
    "No Items",
    "One Item",
    "Read Only",
    "Read Only Source",
    "Stuck",
    "Reversed",
}
"""Controls that cannot be set to anything else, or not by us: read-only ones, a single item, a range without
steps or from high to low, a name that is not UTF-8."""
NUMBER_OR_DEFAULT = ("123", "@output")
"""Names that mean something else unless preceded by their card."""
MOST_NAMES = 12
"""On a large card, whose controls are much alike."""


def named(controls: list[dict[str, Any]], every: bool) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The names that `list` prints, each with the sides of the element that it stands for."""
    names: dict[str, list[dict[str, Any]]] = {}
    for control in controls:
        name = f"{control['name']},{control['index']}" if control["index"] else control["name"]
        names.setdefault(name, []).append(control)
    step = 1 if every else -(-len(names) // MOST_NAMES)
    for name in list(names)[::step]:
        yield name, names[name]


def changed(card: ReplayedCard, before: bytes) -> list[str]:
    """Names of the elements that were changed, which are then restored."""
    after = card.state
    card.reset()
    return [line.rpartition(": ")[0].rpartition(",")[0] for line in card.difference(before, after)]


def other_value(side: dict[str, Any]) -> str:
    """A value that a control is not at, if it can be at another."""
    if side["choice"]:
        items = side["choice"]["items"]
        return next((str(item) for item in items if item != side["choice"]["value"]), "only")
    if any(channel["percent"] for channel in side["channels"]):
        return "0%"
    return "100%"


class Box:
    """One card, and the verbs."""

    def __init__(self, cards: ReplayedCards, verbs: Verbs) -> None:
        (self.card,) = cards.cards.values()
        self.verbs = verbs
        self.problems: list[str] = []

    def expect(self, true: object, *what: object) -> None:
        """Record an error; a card is tested to its end."""
        if not true:
            self.problems.append(" ".join(map(str, what)))

    def finds(self, name: str, sides: list[dict[str, Any]]) -> None:
        """`get` of a name is about its element."""
        for target in {name, f"{self.card.id}/{name}"}.difference(NUMBER_OR_DEFAULT):
            outcome = self.verbs("get", "--json", "--", target)
            found = json.loads(outcome.out)["controls"] if outcome.status == 0 else []
            self.expect(
                [control["id"] for control in found] == [side["id"] for side in sides], target, outcome
            )

    def moves(self, name: str, sides: list[dict[str, Any]]) -> None:
        """`set` of a volume or a choice changes the element and no other."""
        before = self.card.state
        outcome = self.verbs("set", "--", f"{self.card.id}/{name}", other_value(sides[0]))
        elements = changed(self.card, before)
        self.about(name, outcome, elements)
        if any(side["channels"] or side["choice"] for side in sides) and name not in FIXED:
            self.expect(elements, name, "stays", outcome)

    def switches(self, name: str) -> None:
        """`toggle` changes the element's switch and nothing else."""
        before = self.card.state
        target = f"{self.card.id}/{name}" if name in NUMBER_OR_DEFAULT else name
        outcome = self.verbs("toggle", "--", target)
        self.about(name, outcome, changed(self.card, before))

    def about(self, name: str, outcome: Any, elements: list[str]) -> None:
        """What a verb did concerns a control, or it said in one sentence why it did nothing."""
        said = outcome.err.startswith("tuimixer: ") and outcome.err.count("\n") == 1
        moved = outcome.status == 0 and len(elements) == 1
        self.expect(moved or (outcome.status in (0, 2, 4) and said and not elements), name, outcome, elements)


@pytest.mark.parametrize("name", CARDS)
def test_every_name(name: str, replay: Replay) -> None:
    cards = replay(name)
    with Verbs(cards.env) as verbs:
        box = Box(cards, verbs)
        listed = verbs.json("list", "-c", "0")["controls"]
        for target, sides in named(listed, every=name == "odd"):
            box.finds(target, sides)
            box.moves(target, sides)
            box.switches(target)
    assert not box.problems, "\n".join(box.problems)


@pytest.mark.parametrize(
    ("card", "main", "input_"), [("hda-laptop", "Master", "Capture"), ("pi-hat", "Playback", "Capture")]
)
def test_without_a_server_the_main_control_stands_for_it(
    card: str, main: str, input_: str, replay: Replay, tmp_path: Path
) -> None:
    found = replay(card)
    env = {key: value for key, value in found.env.items() if key != "PULSE_SERVER"}
    env |= {"XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(tmp_path)}
    assert run("set", "0%", env=env).status == 0
    assert run("set", "+5%", env=env).status == 0
    told = run("get", env=env)
    assert told.status == 0, told
    name, _, level = told.out.partition(": ")
    assert name.endswith(f"/{main}")
    assert not level.startswith("0%")
    assert run("get", "@input", env=env).out.partition(": ")[0].endswith(f"/{input_}")
    assert run("get", "-c", "0", env=env).out == told.out
    assert run("default", env=env).status == 3
    follower = Follower(env, "status", "--follow")
    try:
        follower.until(lambda line: line.endswith("%"))
        assert run("set", "60%", env=env).status == 0
        follower.until(lambda line: line in ("59%", "60%", "61%"))
    finally:
        follower.process.kill()
        follower.process.wait()


def test_where_no_control_can_stand_for_the_server_that_is_said(replay: Replay, tmp_path: Path) -> None:
    env = {key: value for key, value in replay("matrix").env.items() if key != "PULSE_SERVER"}
    env |= {"XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(tmp_path)}
    outcome = run("set", "+5%", env=env)
    assert outcome.status == 3
    assert "the card has no playback volume to use as @output" in outcome.err


@pytest.mark.parametrize("name", ["Capture", "capture", "PCH/Capture", "hw:0/Capture", "Capture/capture"])
def test_a_word_that_names_a_control_and_has_a_value_behind_it_is_the_target(
    name: str, replay: Replay
) -> None:
    with Verbs(replay("hda-laptop").env) as verbs:
        assert verbs("set", name, "0%").status == 0
        assert verbs("set", name, "80%").status == 0
        (capture,) = verbs.json("get", "Capture/capture")["controls"]
        assert {channel["percent"] for channel in capture["channels"]} <= {79, 80, 81}
        assert verbs("set", name, "off").status == 0
        (capture,) = verbs.json("get", "Capture/capture")["controls"]
        assert capture["capturing"] is False


def test_a_wrong_name_on_a_card_that_is_there_is_no_matter_of_the_server(replay: Replay) -> None:
    with Verbs(replay("hda-laptop").env) as verbs:
        outcome = verbs("set", "PCH/Nothing", "50%")
        assert outcome.status == 1
        assert outcome.err.startswith('tuimixer: nothing matches "PCH/Nothing"')


def test_a_named_card_is_the_only_one_that_is_opened(replay: Replay) -> None:
    cards = replay("hda-laptop", "ac97")
    with Verbs(cards.env) as verbs:
        for number, name in enumerate(cards.cards):
            others = {other: card.state for other, card in cards.cards.items() if other != name}
            for card in (str(number), f"hw:{number}", cards[name].id):
                before = cards[name].state
                assert verbs("toggle", "-c", card, "Master").status == 0
                assert changed(cards[name], before) == ["Master Playback Switch"]
            assert {other: cards[other].state for other in others} == others
        wrong = verbs("get", "-c", "7", "Master")
        assert wrong.status == 2
        assert 'there is no card "7"; available: PCH, ' in wrong.err
        cards.folder.joinpath("1.card").unlink()
        assert verbs("get", "-c", "0", "Master").status == 0


def test_of_a_pattern_what_cannot_be_set_is_left_out(replay: Replay) -> None:
    cards = replay("hda-laptop")
    card = cards["hda-laptop"]
    with Verbs(cards.env) as verbs:
        outcome = verbs("unmute", "Headset Mic*")
        assert (outcome.status, outcome.err) == (1, "tuimixer: Headset Mic Boost has no mute switch.\n")
        assert card.get("Headset Mic Playback Switch") == [1, 1]
        card.reset()
        named = verbs("unmute", "Headset Mic", "Headset Mic Boost")
        assert (named.status, named.err) == (2, "tuimixer: Headset Mic Boost has no mute switch.\n")
        assert verbs("mute", "* Boost").status == 2
        assert card.state == card.initial


def test_many_that_are_left_out_are_counted(replay: Replay) -> None:
    cards = replay("scarlett")
    with Verbs(cards.env) as verbs:
        outcome = verbs("set", "Line 0*", "50%")
        *first, rest = outcome.err.splitlines()
        assert outcome.status == 1
        assert first[0] == "tuimixer: Line 01 Mute has no volume."
        assert (len(first), rest) == (3, "tuimixer: 9 more cannot be set this way.")
        assert {control["channels"][0]["percent"] for control in volumes_of(verbs, "Line 0*")} == {50}
        again = verbs("set", "Mix A Input *", "0%")
        assert (again.status, len(again.err.splitlines())) == (0, 4)
        items = verbs("set", "PCM 01", "nonsense").err
        assert "its items are Off, Analogue 1, " in items
        assert items.endswith(" more.\n")


def volumes_of(verbs: Verbs, target: str) -> list[dict[str, Any]]:
    """The controls that a target names, those with a volume."""
    return [control for control in verbs.json("get", target)["controls"] if control["channels"]]


def test_a_choice_that_is_a_switch_takes_on_and_off(replay: Replay) -> None:
    cards = replay("hda-laptop")
    with Verbs(cards.env) as verbs:
        for word, item in (("off", 0), ("on", 1)):
            assert verbs("set", "Auto-Mute Mode", word).status == 0
            assert cards["hda-laptop"].get("Auto-Mute Mode") == [item]


def test_what_is_on_no_card_is_said_so_where_there_is_no_server(replay: Replay) -> None:
    with Verbs(replay("hda-laptop").env) as verbs:
        outcome = verbs("get", "Treble")
        assert outcome.status == 3
        assert outcome.err.startswith('tuimixer: no card has "Treble". No sound server at unix:/nowhere')


def test_a_switch_that_is_called_mute_is_a_target(replay: Replay) -> None:
    cards = replay("scarlett")
    with Verbs(cards.env) as verbs:
        for word, state in (("on", 1), ("off", 0)):
            assert verbs("set", "Mute", word).status == 0
            assert cards["scarlett"].get("Mute Playback Switch") == [state]
            # A switch without a volume is on or off, never muted.
            assert verbs("get", "Mute").out == f"{word}\n"
            row = next(line for line in verbs("list").out.splitlines() if line.startswith("  Mute "))
            assert row.split() == ["Mute", word]
        assert verbs("set", "Line In 1 Pad", "on").status == 0
        assert verbs("get", "Line In 1 Pad").out == "on\n"


def test_numbers_of_the_screen_and_of_alsa(replay: Replay) -> None:
    cards = replay("es1370")
    with Verbs(cards.env) as verbs:
        for target, raws in (("PCM 1", [5, 5]), ("PCM,1", [6, 6]), ("AudioPCI/PCM,1", [7, 7])):
            assert verbs("set", target, f"raw:{raws[0]}").status == 0
            assert cards["es1370"].get("PCM Playback Volume", 1) == raws
        assert verbs("set", "PCM", "raw:9").status == 0
        assert cards["es1370"].get("PCM Playback Volume", 1) == [7, 7]


def test_a_bare_number_is_percent_and_raw_is_raw(replay: Replay) -> None:
    cards = replay("pi-hat")
    with Verbs(cards.env) as verbs:
        for number in ("40", "40%", "=40"):
            assert verbs("set", "Playback", "0%").status == 0
            assert verbs("set", "Playback", number).status == 0
            channels = [c["channels"] for c in verbs.json("get", "Playback")["controls"]]
            assert {channel["percent"] for side in channels for channel in side} <= {39, 40, 41}
        assert verbs("set", "Playback", "raw:50").status == 0
        assert cards["pi-hat"].get("Playback Volume") == [50, 50]
        refused = verbs("set", "Playback", "0.4")
        assert (refused.status, refused.err) == (2, 'tuimixer: "0.4" has no unit; write 40% or 0.4dB.\n')
        assert cards["pi-hat"].get("Playback Volume") == [50, 50]


def test_each_side_has_its_mute_in_status_and_json(replay: Replay) -> None:
    with Verbs(replay("hda-laptop").env) as verbs:
        for value, told, mutes in (
            ("left:mute", "left", [True, False]),
            ("right:mute", "both", [True, True]),
            ("left:unmute", "right", [False, True]),
            ("unmute", "", [False, False]),
        ):
            assert verbs("set", "Speaker", value).status == 0
            assert verbs("status", "Speaker", "--format", "{muted}").out == f"{told}\n"
            assert verbs.json("status", "Speaker")["mutes"] == mutes


def test_one_switch_for_all_channels_is_not_moved_for_one(replay: Replay) -> None:
    cards = replay("interface16")
    with Verbs(cards.env) as verbs:
        for value in ("left:mute", "lfe:mute"):
            refused = verbs("set", "Monitor", value)
            assert refused.status == 2
            assert refused.err == (
                f'tuimixer: Monitor has one switch for all channels, so "{value}" cannot be applied.\n'
            )
        assert cards["interface16"].state == cards["interface16"].initial


def test_channels_that_differ_are_folded_in_the_list(replay: Replay) -> None:
    with Verbs(replay("interface16").env) as verbs:
        lines = verbs("list").out.splitlines()
        (master,) = [line.split() for line in lines if line.startswith("  Master ")]
        percents = {channel["percent"] for channel in verbs.json("get", "Master")["controls"][0]["channels"]}
        assert len(percents) > 2
        assert master[1] == f"{min(percents)}..{max(percents)}%"
        assert ".." in master[2]
        assert max(map(len, lines)) < 80
        said = verbs("get", "Master").out
        assert all(f" {percent}% " in said for percent in percents)
