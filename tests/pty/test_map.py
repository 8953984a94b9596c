"""F8 on a real sound server: the map shows what plays, and its keys change it."""

import pytest

from tests.pty.conftest import Box
from tests.pty.person import Person

pytestmark = pytest.mark.pty


def test_the_map_of_a_real_server(any_box: Box) -> None:
    server = any_box.server
    with Person(any_box.env, "-D", "pulse", "--layout", "rows", columns=130, lines=45) as person:
        person.sees("mpv", "Speakers")
        person.choose("mpv")
        person.press("F8")
        person.sees("APPLICATIONS", "SERVER", "Firefox", "mpv", "Music", "Speakers", "Headphones")

        person.press("+")
        person.waits_for(lambda: set(any_box.percents("mpv")) == {61}, "the sink input's volume to rise")
        person.press("m")
        person.waits_for(lambda: any_box.muted("mpv"), "the sink input to be muted")
        person.sees("MUTE", "mpv: nothing is heard", "mpv is muted.", "Unmute mpv.")

        number = next(
            text.partition("Unmute mpv.")[0].split()[-1]
            for text in person.terminal.lines()
            if "Unmute mpv." in text
        )
        person.press(number, number)
        person.waits_for(lambda: not any_box.muted("mpv"), "the sink input to be heard again")
        person.sees("Done: Unmute mpv.")

        person.press("Right")
        person.sees("▸Headphones")
        person.press("m")
        person.waits_for(
            lambda: next(s for s in server.pactl_json("sinks") if s["name"] == "headphones")["mute"],
            "the sink to be muted",
        )
        person.press("m", "Left", "Enter")
        person.sees("Staircase", "stream", "software", "0 dB")
        person.press("Left")
        person.waits_for(lambda: set(any_box.percents("mpv")) == {60}, "the sink input's volume to fall")

        server.pactl("load-module", "module-loopback", "source=headphones.monitor", "sink=speakers")
        person.press("Escape")
        person.sees("VIRTUAL", "loopback", "monitor")
        any_box.players["mpv"].kill()
        person.sees("mpv is gone.")
        person.press("Escape", "F10")
        assert person.terminal.wait() == 0
        person.waits_for(person.in_order, "the terminal to be in order")
