"""ALSA controls next to application streams, moved and watched from one screen."""

import pytest

from tests.pty.conftest import APPLICATIONS, Box
from tests.pty.person import Person

pytestmark = pytest.mark.pty


def test_shows_and_moves_what_is_there(any_box: Box) -> None:
    server = any_box.server
    with Person(any_box.env, "-D", "pulse", "--layout", "rows") as person:
        # The sinks by their descriptions, the applications, and the ALSA control of the plugin.
        person.sees(*APPLICATIONS, "Speakers", "Headphones", "Master")

        person.choose("mpv")
        person.press("Right")
        person.sees_percent("mpv", 61)
        person.waits_for(lambda: set(any_box.percents("mpv")) == {61}, "the sink input's volume to rise")
        assert set(any_box.percents("Firefox")) == set(any_box.percents("Music")) == {60}
        person.press("m")
        person.waits_for(lambda: any_box.muted("mpv"), "the sink input to be muted")
        person.waits_for(lambda: person.muted("mpv"), "the mute on the screen")
        person.press("m")
        person.waits_for(lambda: not any_box.muted("mpv"), "the sink input to be heard again")

        server.pactl("set-sink-input-volume", str(any_box.players["Music"].index), "25%")
        person.sees_percent("Music", 25)
        server.pactl("set-sink-mute", "headphones", "1")
        person.waits_for(lambda: person.muted("Headphones"), "the sink's mute on the screen")
        server.pactl("set-sink-volume", "speakers", "40%")
        person.sees_percent("Speakers", 40)
        # The ALSA control of the plugin is the same sink.
        person.sees_percent("Master", 40)

        any_box.players["Music"].kill()
        person.sees_no_more("Music")
        person.sees_chosen("mpv")
        any_box.players["Music"] = server.play("Music", silent=True)
        person.sees("Music")
        person.press("F10")
        assert person.terminal.wait() == 0
        person.waits_for(person.in_order, "the terminal to be in order")


def test_moves_the_alsa_control(any_box: Box) -> None:
    server = any_box.server
    with Person(any_box.env, "-D", "pulse", "--layout", "rows") as person:
        person.sees("Master", "Speakers")
        person.choose("Master", key="Up")
        for _ in range(3):
            person.terminal.send("\x1b[1;2D")  # Shift+Left
        person.sees_percent("Master", 85)
        sink = next(found for found in server.pactl_json("sinks") if found["name"] == "speakers")
        person.waits_for(
            lambda: set(server.percents("sinks", sink["index"])) == {85}, "the plugin to move the sink"
        )
        person.sees_percent("Speakers", 85)


def test_a_server_that_comes_back_brings_all_back(any_box: Box) -> None:
    with Person(any_box.env, "-D", "pulse", "--layout", "rows") as person:
        person.sees(*APPLICATIONS, "Speakers", "Headphones", "Master")
        any_box.server.kill()
        person.sees_no_more(*APPLICATIONS, "Headphones")
        any_box.server.start()
        person.sees("Speakers", "Headphones")
        any_box.play_all()
        person.sees(*APPLICATIONS, "Speakers", "Headphones", "Master")
        person.choose("Firefox")
        person.press("Left")
        person.waits_for(lambda: set(any_box.percents("Firefox")) == {59}, "the new sink input to move")


@pytest.mark.parametrize("full", [False, True], ids=["hung", "hung for long"])
def test_a_server_that_does_not_respond_does_not_keep_the_screen_from_opening(
    any_box: Box, full: bool
) -> None:
    """Nor what an earlier screen has left in its queue."""
    any_box.server.pause()
    try:
        if full:
            any_box.server.fill_queue()
        with Person(any_box.env, "-D", "pulse", "--layout", "rows") as person:
            person.sees("! pulse")
            any_box.server.resume()
            person.sees(*APPLICATIONS, "Speakers", "Headphones", "Master")
    finally:
        any_box.server.resume()
