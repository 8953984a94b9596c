"""The verbs on PipeWire, each with its effect checked by another program."""

import json
import signal
from collections.abc import Iterator
from functools import partial

import pytest

from tests.cli.follower import Follower
from tests.cli.program import Outcome, at_once, run
from tests.lab.moving import sink_of
from tests.lab.pipewire import PrivatePipeWire
from tests.lab.waiting import wait_until

pytestmark = pytest.mark.pipewire


@pytest.fixture(scope="module")
def box() -> Iterator[PrivatePipeWire]:
    with PrivatePipeWire() as server:
        yield server


def done(box: PrivatePipeWire, *words: str) -> str:
    """The output of a verb that succeeded."""
    outcome = run(*words, env=box.env)
    assert (outcome.status, outcome.err) == (0, ""), outcome
    return outcome.out


def refused(box: PrivatePipeWire, *words: str) -> Outcome:
    outcome = run(*words, env=box.env)
    assert outcome.status
    assert outcome.err.count("\n") == 1
    return outcome


def test_volume_and_mute(box: PrivatePipeWire) -> None:
    player = box.play("Firefox", silent=True, volume=80)
    box.pactl("set-sink-volume", "speakers", "40%", "20%")
    done(box, "set", "+10%")
    assert "front-left: 32768 /  50% " in box.pactl("get-sink-volume", "speakers")
    assert "front-right: 16384 /  25% " in box.pactl("get-sink-volume", "speakers")
    assert done(box, "get") == "front-left 50% -18.06 dB, front-right 25% -36.12 dB\n"
    done(box, "set", "headphones", "=-12dB", "mute")
    assert "-12.00 dB" in box.pactl("get-sink-volume", "headphones")
    assert box.pactl("get-sink-mute", "headphones") == "Mute: yes\n"
    done(box, "toggle", "headphones")
    assert box.pactl("get-sink-mute", "headphones") == "Mute: no\n"
    done(box, "set", "firefox", "40%")
    assert box.percents("sink-inputs", player.index) == [40, 40]
    done(box, "mute", "firefox")
    stream = box.find("sink-inputs", player.index)
    assert stream is not None
    assert stream["mute"] is True
    done(box, "unmute", "firefox")
    done(box, "set", "--max", "120", "100%")
    done(box, "set", "--max", "120", "+20%")
    assert "120% " in box.pactl("get-sink-volume", "speakers")
    player.kill()


def test_routing(box: PrivatePipeWire) -> None:
    def device(index: int) -> int:
        found = box.find("sink-inputs", index)
        return -1 if found is None else int(found["sink"])

    sinks = {sink["name"]: sink["index"] for sink in box.pactl_json("sinks")}
    player = box.play("mpv", silent=True)
    assert device(player.index) == sinks["speakers"]
    done(box, "move", "mpv", "headphones")
    wait_until(lambda: device(player.index) == sinks["headphones"], "the stream on the headphones")
    done(box, "move", "mpv", "auto")
    wait_until(lambda: device(player.index) == sinks["speakers"], "the stream back on the default")
    done(box, "default", "headphones")
    wait_until(lambda: box.pactl("get-default-sink") == "headphones\n", "the default")
    assert "output: Headphones\n" in done(box, "default")
    done(box, "default", "speakers")
    wait_until(lambda: box.pactl("get-default-sink") == "speakers\n", "the default")
    assert 'Speakers has no port "jack"' in refused(box, "port", "speakers", "jack").err
    assert 'the server has no card "usb"' in refused(box, "profile", "usb").err
    assert "PipeWire" in done(box, "card")
    done(box, "kill", "mpv")
    wait_until(lambda: box.find("sink-inputs", player.index) is None, "the stream to end")
    assert refused(box, "kill", "mpv").status == 1


def test_list_status_and_watch(box: PrivatePipeWire) -> None:
    player = box.play("mpv", silent=True, volume=70)
    names = {control["name"] for control in json.loads(done(box, "list", "--json"))["controls"]}
    assert {"Speakers", "Headphones", "mpv"} <= names
    box.pactl("set-sink-volume", "speakers", "37%")
    assert done(box, "status") == "37%\n"
    assert json.loads(done(box, "status", "--format", "waybar"))["percentage"] == 37
    watch = Follower(box.env, "watch", "--json")
    try:
        watch.provoke(partial(box.pactl, "set-sink-volume", "headphones"))
        box.pactl("set-sink-input-volume", str(player.index), "55%")
        change = json.loads(watch.until(lambda line: '"sink_input"' in line and '"volume"' in line))
        assert [channel["percent"] for channel in change["old"]] == [70, 70]
        assert [channel["percent"] for channel in change["new"]] == [55, 55]
        player.kill()
        assert json.loads(watch.until(lambda line: '"removed"' in line))["name"] == "mpv"
        assert watch.end(signal.SIGINT) == (0, "")
    finally:
        watch.process.kill()


def test_a_verb_that_ends_well_has_changed_something(box: PrivatePipeWire) -> None:
    """PipeWire 1.4 acknowledges volume and mute of a node that has never run, and defers them."""
    module = box.pactl("load-module", "module-null-sink", "sink_name=fresh").strip()
    box.wait_for(lambda: "fresh" in box.pactl("list", "short", "sinks"), "the sink")
    for words, ask, told in (
        (("set", "fresh", "40%"), "get-sink-volume", " 40% "),
        (("mute", "fresh"), "get-sink-mute", "Mute: yes"),
    ):
        outcome = run(*words, env=box.env)
        done = told in box.pactl(ask, "fresh")
        assert (outcome.status, outcome.err.count("\n")) == ((0, 0) if done else (4, 1)), outcome
        assert done or ", but may do so once something is playing on it" in outcome.err
    box.pactl("unload-module", module)


@pytest.mark.parametrize(
    ("start", "word", "goal"), [("speakers", "headphones", "Headphones"), ("headphones", "auto", "Speakers")]
)
def test_a_move_that_ends_well_has_moved_something(
    box: PrivatePipeWire, start: str, word: str, goal: str
) -> None:
    """WirePlumber 0.5 does not move a stream with this property, but the move is acknowledged."""
    player = box.play("mpv", silent=True, device=start, properties=("node.dont-move=true",))
    outcome = run("move", "mpv", word, env=box.env)
    if sink_of(box, player.index) == goal.lower():
        assert (outcome.status, outcome.err) == (0, "")
    else:
        assert (outcome.status, outcome.err) == (4, f"tuimixer: PipeWire did not move mpv to {goal}.\n")
    player.kill()


def test_a_held_key_loses_no_step(box: PrivatePipeWire) -> None:
    box.pactl("set-sink-volume", "speakers", "20%", "10%")
    assert at_once(["set", "speakers", "+1%"], box.env) == {""}
    assert "front-left: 45875 /  70% " in box.pactl("get-sink-volume", "speakers")
    assert "/  35% " in box.pactl("get-sink-volume", "speakers")


def test_more_verbs_at_once_than_the_server_takes_clients(pipewire: PrivatePipeWire) -> None:
    """It accepts 64, and whoever has the lock reconnects."""
    pipewire.pactl("set-sink-volume", "speakers", "0%")
    at_once(["set", "+1%"], pipewire.env, 100)
    assert " 100% " in pipewire.pactl("get-sink-volume", "speakers")


def test_watch_begins_with_changes_only(pipewire: PrivatePipeWire) -> None:
    watch = Follower(pipewire.env, "watch")
    first = watch.provoke(partial(pipewire.pactl, "set-sink-volume", "speakers"), told="")
    assert " volume " in first, first
    assert watch.end(signal.SIGINT) == (0, "")
