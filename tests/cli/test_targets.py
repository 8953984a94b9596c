"""What a name refers to, and what a value requests: checked by what both servers report afterwards."""

import json
import re
import signal
import subprocess
from functools import partial

import pytest

from tests.cli.follower import Follower
from tests.cli.program import Outcome, run
from tests.lab.pipewire import PrivatePipeWire
from tests.lab.plugins import Plugins
from tests.lab.pulse import PrivatePulse
from tests.lab.sound import SoundServer


@pytest.fixture
def box(server: SoundServer) -> SoundServer:
    """Speakers (default) and Headphones, and five streams with the names that confuse mixers."""
    for name, binary, title, role in (
        ("VoiceApp", "talk", "call", "phone"),
        ("Chromium", "talk", "tab", "game"),
        ("Chromium", "desk", "tab 2", "game"),
        ("Browser", "web", "Lecture one", "video"),
        ("Browser", "web", "Song two", "music"),
    ):
        properties = [f"application.process.binary={binary}", f"media.role={role}"]
        server.play(name, media=title, properties=properties, volume=100, silent=True)
    return server


def volumes(server: SoundServer) -> dict[tuple[str, str, str], int]:
    """Percent of each stream by application, binary and title."""
    return {
        (
            stream["properties"]["application.name"],
            stream["properties"]["application.process.binary"],
            stream["properties"]["media.name"],
        ): int(next(iter(stream["volume"].values()))["value_percent"].removesuffix("%"))
        for stream in server.pactl_json("sink-inputs")
    }


def level(server: SoundServer, name: str) -> list[int]:
    """Percent of each channel of a sink."""
    sink = next(sink for sink in server.pactl_json("sinks") if sink["name"] == name)
    return [int(channel["value_percent"].removesuffix("%")) for channel in sink["volume"].values()]


def muted(server: SoundServer) -> dict[str, bool]:
    return {sink["name"]: sink["mute"] for sink in server.pactl_json("sinks")}


def done(*words: str, server: SoundServer) -> Outcome:
    outcome = run(*words, env=server.env)
    assert outcome.status == 0, outcome
    return outcome


@pytest.mark.parametrize(
    ("target", "moved"),
    [
        ("talk", {("VoiceApp", "talk", "call"), ("Chromium", "talk", "tab")}),
        ("desk", {("Chromium", "desk", "tab 2")}),
        ("chromium", {("Chromium", "talk", "tab"), ("Chromium", "desk", "tab 2")}),
        ("Song two", {("Browser", "web", "Song two")}),
        ("music", {("Browser", "web", "Song two")}),
        ("lecture", {("Browser", "web", "Lecture one")}),
        ("Browser: Song two", {("Browser", "web", "Song two")}),
        ("browser", {("Browser", "web", "Lecture one"), ("Browser", "web", "Song two")}),
    ],
)
def test_only_the_streams_that_are_meant_move(
    box: SoundServer, target: str, moved: set[tuple[str, str, str]]
) -> None:
    done("set", target, "40%", server=box)
    assert {key for key, percent in volumes(box).items() if percent == 40} == moved
    assert {key for key, percent in volumes(box).items() if percent == 100} == volumes(box).keys() - moved


def test_a_process_a_group_and_several_targets(box: SoundServer) -> None:
    pid = box.players[0].pid
    done("set", f"pid:{pid}", "30%", server=box)
    assert volumes(box)["VoiceApp", "talk", "call"] == 30
    done("set", "@streams", "60%", server=box)
    assert set(volumes(box).values()) == {60}
    done("set", "desk", "lecture", "20%", server=box)
    assert {key[2] for key, percent in volumes(box).items() if percent == 20} == {"tab 2", "Lecture one"}
    done("mute", "speakers", "headphones", server=box)
    assert all(muted(box).values())
    done("set", "@outputs", "unmute", "70%", server=box)
    assert not any(muted(box).values())
    assert level(box, "speakers") == level(box, "headphones") == [70, 70]
    done("mute", "@outputs", server=box)
    done("set", "*phones", "unmute", server=box)
    assert muted(box) == {"speakers": True, "headphones": False}
    done("move", "@streams", "headphones", server=box)
    assert len({stream["sink"] for stream in box.pactl_json("sink-inputs")}) == 1


def test_kill_ends_the_stream_with_that_title(box: SoundServer) -> None:
    done("kill", "Lecture one", server=box)
    assert ("Browser", "web", "Lecture one") not in volumes(box)
    assert len(volumes(box)) == 4


def test_what_a_rule_renames_is_found_by_its_new_name(box: SoundServer) -> None:
    config = box.folder / "renamed.toml"
    config.write_text(
        '[[rule]]\nmatch = { server_name = "headphones" }\nname = "Couch"\n'
        '[[rule]]\nmatch = { media = "Song*" }\nname = "Jukebox"\n'
    )
    done("set", "--config", str(config), "couch", "35%", server=box)
    assert level(box, "headphones") == [35, 35]
    done("set", "--config", str(config), "jukebox", "45%", server=box)
    assert {key for key, percent in volumes(box).items() if percent == 45} == {("Browser", "web", "Song two")}


def add_sink(server: SoundServer, name: str, *properties: str) -> None:
    """Load a null sink with these properties and wait for it."""
    quoted = " ".join(f"{key}='{value}'" for key, _, value in (text.partition("=") for text in properties))
    server.pactl("load-module", "module-null-sink", f"sink_name={name}", f'sink_properties="{quoted}"')
    server.wait_for(lambda: name in [sink["name"] for sink in server.pactl_json("sinks")], "the sink")
    server.wake(name)


def test_a_servers_own_name_comes_before_a_description(server: SoundServer) -> None:
    add_sink(server, "other", "device.description=headphones")
    done("set", "headphones", "40%", server=server)
    assert (level(server, "headphones"), level(server, "other")) == ([40, 40], [100, 100])


def test_equal_names_are_listed_with_card_and_id(server: SoundServer) -> None:
    for name, card in (("one", "HDA Intel"), ("two", "USB Audio")):
        add_sink(server, name, "device.description=Line Out", f"alsa.card_name={card}")
    outcome = run("set", "line out", "40%", env=server.env)
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err == (
        'tuimixer: "line out" is ambiguous; it matches Line Out (HDA Intel, pulse:sink/one), '
        "Line Out (USB Audio, pulse:sink/two).\n"
    )
    done("set", "two", "40%", server=server)
    done("set", "pulse:sink/one", "30%", server=server)
    assert (level(server, "one"), level(server, "two")) == ([30, 30], [40, 40])


def is_default(server: SoundServer, name: str) -> bool:
    return server.pactl("get-default-sink") == f"{name}\n"


def test_next_and_previous_defaults(server: SoundServer) -> None:
    add_sink(server, "third", "device.description=Third")
    for step, name, own in (
        ("next", "Headphones", "headphones"),
        ("next", "Third", "third"),
        ("next", "Speakers", "speakers"),
        ("previous", "Third", "third"),
    ):
        assert done("default", step, server=server).out == f"{name}\n"
        server.wait_for(partial(is_default, server, own), name)


def test_status_tells_the_form_factor(server: SoundServer) -> None:
    add_sink(server, "set", "device.form_factor=headset")
    text = done("status", "set", "--format", "{form_factor} {muted} {volume}", server=server).out
    assert text == "headset  100%\n"
    done("mute", "set", server=server)
    text = done("status", "set", "--format", "{form_factor} {muted} {volume}", server=server).out
    assert text == "headset both muted\n"
    assert json.loads(done("status", "set", "--json", server=server).out)["form_factor"] == "headset"


@pytest.mark.parametrize(
    ("values", "percents"),
    [
        (["=-12dB"], [63, 63]),
        (["50%", "-3dB"], [45, 45]),
        (["50%", "-6dB", "+3dB"], [45, 45]),
        (["40"], [40, 40]),
        (["=40%"], [40, 40]),
        (["raw:32768"], [50, 50]),
        (["off"], [100, 100]),
    ],
)
def test_a_sign_is_relative_and_a_bare_number_percent(
    server: SoundServer, values: list[str], percents: list[int]
) -> None:
    done("set", "headphones", "100%", server=server)
    done("set", "headphones", *values, server=server)
    assert level(server, "headphones") == percents
    assert muted(server)["headphones"] is (values == ["off"])


def test_minus_3_db_never_makes_louder(server: SoundServer) -> None:
    done("set", "=-40dB", server=server)
    before = level(server, "speakers")
    done("set", "-3dB", server=server)
    assert level(server, "speakers")[0] < before[0]


def test_what_a_cap_cuts_and_what_changes_nothing_is_said(server: SoundServer) -> None:
    done("set", "98%", server=server)
    outcome = done("set", "+5%", server=server)
    assert outcome.err == "tuimixer: Speakers is limited by its cap of 100 %.\n"
    assert level(server, "speakers") == [100, 100]
    assert done("set", "90%", server=server).err == ""
    assert done("set", "90%", server=server).err == "tuimixer: Speakers is unchanged: 90% -2.75 dB.\n"
    assert done("set", "--max", "120", "+20%", server=server).err == ""
    assert level(server, "speakers") == [110, 110]


def test_get_of_several_says_which_is_which(box: SoundServer) -> None:
    lines = done("get", "speakers", "browser", server=box).out.splitlines()
    assert lines == [
        "Speakers: 100% 0.00 dB",
        "Browser (Lecture one): 100% 0.00 dB",
        "Browser (Song two): 100% 0.00 dB",
    ]


def test_a_title_is_found_when_its_application_has_no_other(box: SoundServer) -> None:
    done("kill", "Lecture one", server=box)
    done("set", "Browser: Song two", "25%", server=box)
    assert volumes(box)["Browser", "web", "Song two"] == 25


def test_switches_that_contradict_each_other_change_nothing(server: SoundServer) -> None:
    done("mute", server=server)
    outcome = run("set", "mute", "on", env=server.env)
    assert (outcome.status, outcome.err) == (2, 'tuimixer: "mute" and "on" contradict each other.\n')
    assert muted(server)["speakers"] is True


def test_a_bare_number_before_a_switch_is_a_value(server: SoundServer) -> None:
    done("set", "43", "mute", server=server)
    assert (level(server, "speakers"), muted(server)["speakers"]) == ([43, 43], True)


def test_a_number_that_is_an_index_too_is_one_only_before_another_volume(server: SoundServer) -> None:
    index = next(str(sink["index"]) for sink in server.pactl_json("sinks") if sink["name"] == "headphones")
    done("set", index, "20%", server=server)
    assert (level(server, "headphones"), level(server, "speakers")) == ([20, 20], [100, 100])
    done("set", index, "mute", server=server)
    assert (level(server, "headphones"), muted(server)["headphones"]) == ([20, 20], False)
    assert (level(server, "speakers"), muted(server)["speakers"]) == ([int(index)] * 2, True)


def test_a_default_is_cleared_where_the_server_can(server: SoundServer) -> None:
    asked = subprocess.run(["pactl", "set-default-sink", "@NONE@"], env=server.env, capture_output=True)
    outcome = run("default", "none", env=server.env)
    if asked.returncode == 0:
        assert (outcome.status, outcome.err) == (0, "")
    else:
        assert outcome.status == 4
        assert outcome.err.startswith("tuimixer: This server cannot clear the default")


def test_a_name_of_the_configuration_can_be_followed(server: SoundServer) -> None:
    config = server.folder / "renamed.toml"
    config.write_text('[[rule]]\nmatch = { server_name = "headphones" }\nname = "Couch"\n')
    follower = Follower(server.env, "status", "couch", "--follow", "--config", str(config))
    try:
        follower.until(lambda line: line == "100%")
        server.pactl("set-sink-volume", "headphones", "35%")
        follower.until(lambda line: line == "35%")
    finally:
        follower.process.kill()
        follower.process.wait()


@pytest.mark.pulse
def test_what_cannot_be_moved_does_not_keep_the_others(pulse: PrivatePulse) -> None:
    pulse.pactl(
        "load-module", "module-loopback", "source=headphones.monitor", "sink=speakers", "sink_dont_move=1"
    )
    player = pulse.play("music", silent=True)
    outcome = run("move", "@streams", "headphones", env=pulse.env)
    assert outcome.status == 4
    assert outcome.err.count("\n") == 1
    assert "oopback" in outcome.err
    sinks = {sink["index"]: sink["name"] for sink in pulse.pactl_json("sinks")}
    moved = pulse.find("sink-inputs", player.index)
    assert moved is not None
    assert sinks[moved["sink"]] == "headphones"


def test_json_tells_the_total_that_path_tells(box: SoundServer) -> None:
    done("set", "speakers", "=-12dB", server=box)
    done("set", "talk", "=-6dB", server=box)
    (path,) = [json.loads(done("path", "VoiceApp", "--json", server=box).out)]
    assert path["total_db"] == pytest.approx(-18, abs=0.02)
    for words in (["get", "VoiceApp"], ["list"]):
        controls = json.loads(done(*words, "--json", server=box).out)["controls"]
        totals = {control["name"]: control["total_db"] for control in controls}
        assert totals["VoiceApp"] == path["total_db"]
    assert totals["Speakers"] == pytest.approx(-12, abs=0.02)
    assert json.loads(done("status", "VoiceApp", "--json", server=box).out)["total_db"] == path["total_db"]


def test_a_pattern_for_titles_means_those_streams(box: SoundServer) -> None:
    done("set", "song*", "20%", server=box)
    done("set", "*: Lecture*", "30%", server=box)
    done("set", "voice*", "tal*", "10%", server=box)
    assert {key[2]: percent for key, percent in volumes(box).items()} == {
        "call": 10,
        "tab": 10,
        "tab 2": 100,
        "Lecture one": 30,
        "Song two": 20,
    }


def test_a_pattern_finds_what_the_configuration_renames(server: SoundServer) -> None:
    config = server.folder / "renamed.toml"
    config.write_text('[[rule]]\nmatch = { server_name = "headphones" }\nname = "Couch left"\n')
    done("set", "--config", str(config), "couch*", "35%", server=server)
    assert level(server, "headphones") == [35, 35]


def test_equal_names_are_numbered_in_the_list_as_they_are_taken(server: SoundServer) -> None:
    add_sink(server, "second", "device.description=Speakers")
    player = server.play("mpv", device="second", silent=True)
    listed = done("list", server=server).out
    assert "\n  Speakers 1  " in listed
    assert "-> Speakers 1  " in listed
    done("set", "speakers 1", "42%", server=server)
    assert level(server, "second") == [42, 42]
    player.kill()


def test_groups_of_nothing_say_so(server: SoundServer) -> None:
    for group, says in (
        ("@streams", "nothing is playing or recording"),
        ("@inputs", "there are no inputs other than monitors"),
    ):
        outcome = run("mute", group, env=server.env)
        assert (outcome.status, outcome.err) == (1, f"tuimixer: {says}.\n")


def test_an_index_that_is_not_there_is_not_a_volume(server: SoundServer) -> None:
    outcome = run("set", "4711", "40%", env=server.env)
    assert (outcome.status, outcome.err) == (2, 'tuimixer: "4711" and "40%" contradict each other.\n')
    assert level(server, "speakers") == [100, 100]


def test_streams_alike_are_listed_and_taken_by_their_names_on_the_screen(server: SoundServer) -> None:
    streams = [server.play("Twin", media="Song", silent=True).index for _ in range(3)]
    streams.append(server.play("Twin", media="Talk", silent=True).index)
    listed = done("list", server=server).out.partition("Playing\n")[2]
    names = [line[2:].partition("  ")[0] for line in listed.splitlines()]
    assert names == ["Twin: Song", "Twin: Song 1", "Twin: Song 2", "Twin: Talk"]

    def percents() -> list[int]:
        return [server.percents("sink-inputs", index)[0] for index in streams]

    done("set", "@streams", "90%", server=server)
    for target, then in (
        ("twin: song 2", [90, 90, 40, 90]),
        ("twin: song 1", [90, 40, 40, 90]),
        ("twin: talk", [90, 40, 40, 40]),
    ):
        done("set", target, "40%", server=server)
        assert percents() == then
    done("set", "twin: song", "60%", server=server)
    assert percents() == [60, 60, 60, 40]


@pytest.mark.pipewire
def test_a_sink_is_found_by_the_name_of_its_card(pipewire: PrivatePipeWire) -> None:
    with pipewire.card("Fancy DAC", sink="stereo"):
        for target, percent in (("fancy dac", 40), ("Fancy", 50), ("alsa_card.lab", 60)):
            done("set", target, f"{percent}%", server=pipewire)
            assert level(pipewire, "stereo") == [percent, percent]
        done("default", "Fancy DAC", server=pipewire)
        assert done("default", server=pipewire).out.startswith("output: Stereo\n")
    assert level(pipewire, "speakers") == level(pipewire, "headphones") == [100, 100]


@pytest.mark.plugins
def test_a_card_that_is_named_is_listed_alone(plugins: Plugins) -> None:
    everything = run("list", env=plugins.env).out
    assert "\nOutputs\n" in everything
    for option, device in (("-c", "default"), ("-D", "pulse")):
        listed = run("list", option, device, env=plugins.env)
        assert (listed.status, listed.err) == (0, "")
        (heading,) = [line for line in listed.out.splitlines() if not line.startswith("  ")]
        assert device in heading
        described = json.loads(run("list", option, device, "--json", env=plugins.env).out)["controls"]
        assert {control["card"] for control in described} == {device}


def test_what_is_not_there_yet_is_watched_from_when_it_comes_until_it_goes(server: SoundServer) -> None:
    watch = Follower(server.env, "watch", "Twin")
    told = watch.until_error(lambda line: "Twin" in line)
    assert told == 'tuimixer: nothing matches "Twin" yet; waiting for a match.'
    server.play("Other", silent=True)
    server.play("Twin", silent=True)
    added = watch.until(lambda line: " alsa " not in line)  # whose status may be told first
    assert re.fullmatch(r"\d\d:\d\d:\d\d pulse pulse:sink_input/\d+ added - -> \d+% Twin", added)
    server.stop_players()
    assert watch.until(lambda line: "removed" in line).endswith(" Twin")
    assert watch.end(signal.SIGINT) == (0, "")
