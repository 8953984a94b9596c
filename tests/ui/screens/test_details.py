"""Enter, move and kill: the information about a control, and the commands sent to the machine."""

from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.ui.conftest import Desk, Open
from tuimixer.backend.demo import simulated
from tuimixer.backend.demo.backend import DemoBackend
from tuimixer.config.schema import Config, MeterOptions
from tuimixer.mixer.views import View
from tuimixer.model.control import Choice, Control, Element
from tuimixer.model.intent import Choose
from tuimixer.model.scale import to_percent
from tuimixer.ui.screens.info_lines import info_lines
from tuimixer.ui.screens.listing import Line, Listing
from tuimixer.ui.screens.prompts import value_prompt
from tuimixer.ui.terminal.charsets import UNICODE
from tuimixer.ui.terminal.palette import Role

pytestmark = pytest.mark.screen

FIREFOX = "pulse:sink_input/17"


async def open_details(it: Desk, name: str, end: str = "") -> Control:
    control = await it.choose(name, end)
    it.app.main.renderer.tell_driven({simulated.MASTER: simulated.SPEAKERS})
    await it.press("enter")
    return control


def percents(control: Control) -> list[int]:
    assert control.scale is not None
    return [to_percent(control.scale, raw) for raw in control.raws]


SIZES = [(80, 24), (120, 40), (40, 12)]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", ["Firefox", "Speakers", "Master", "PCM", "Auto-Mute Mode", "Event sounds"])
async def test_picture(
    desk: Open, text_snapshot: SnapshotAssertion, size: tuple[int, int], name: str
) -> None:
    async with desk(size=size) as it:
        await open_details(it, name)
        assert it.dialog == text_snapshot


@pytest.mark.parametrize("name", ["Firefox", "Speakers", "Headphone"])
async def test_ascii(desk: Open, text_snapshot: SnapshotAssertion, name: str) -> None:
    async with desk(config=Config(ascii="on", meters=MeterOptions(show="on"))) as it:
        await open_details(it, name)
        assert it.text.isascii()
        assert it.dialog == text_snapshot


async def test_everything_is_told(desk: Open) -> None:
    async with desk(size=(120, 60)) as it:
        await open_details(it, "Master")
        assert "driven by PulseAudio: moves with Speakers" in it.text
        await it.press("escape")
        await open_details(it, "PCM")
        assert "softvol" in it.text
        await it.press("escape")
        await open_details(it, "Loopback Mixing")
        assert "currently has no effect" in it.text
        await it.press("escape")
        await open_details(it, "Headphone")
        assert "unplugged" in it.text


async def test_volume_by_channel(desk: Open) -> None:
    async with desk() as it:
        await open_details(it, "mpv")
        await it.press("right")
        assert percents(it.control("mpv")) == [64, 64]
        await it.press("down", "left", "left")
        assert percents(it.control("mpv")) == [62, 64]
        await it.press("u")
        assert percents(it.control("mpv")) == [63, 63]


async def test_volume_typed_for_a_channel(desk: Open) -> None:
    async with desk() as it:
        await open_details(it, "mpv")
        await it.go_to("volume front-right")
        await it.press("enter", *"40%", "enter")
        assert percents(it.control("mpv")) == [63, 40]


async def test_nonsense_is_refused_in_a_sentence(desk: Open) -> None:
    async with desk() as it:
        await open_details(it, "mpv")
        await it.press("enter", *"loud", "enter")
        assert "is not a value" in it.text
        await it.press("escape")
        assert percents(it.control("mpv")) == [63, 63]


async def test_balance_and_mute(desk: Open) -> None:
    async with desk() as it:
        await open_details(it, "mpv")
        await it.go_to("balance")
        await it.press("right")
        left, right = percents(it.control("mpv"))
        assert left < right
        await it.press("enter")
        left, right = percents(it.control("mpv"))
        assert left == right
        await it.go_to("mute None")
        await it.press("enter")
        assert it.control("mpv").muted


async def test_move_to_a_device(desk: Open) -> None:
    async with desk() as it:
        await open_details(it, "Firefox")
        await it.go_to(f"target {simulated.HEADSET}")
        await it.press("enter")
        assert it.control("Firefox").target_id == simulated.HEADSET
        assert "on USB Headset" in it.text


async def test_move_picker_closes(desk: Open, text_snapshot: SnapshotAssertion) -> None:
    async with desk() as it:
        await it.choose("Spotify")
        await it.press("r")
        assert it.dialog == text_snapshot
        await it.press("home", "enter")
        assert it.app.screen is it.app.main
        assert it.control("Spotify").target_id == simulated.SPEAKERS


async def test_follow_the_default(desk: Open) -> None:
    async with desk() as it:
        await it.choose("Spotify")
        await it.press("r", "end", "enter")
        assert it.control("Spotify").target_id == simulated.SPEAKERS


async def test_move_says_what_cannot_be_moved(desk: Open) -> None:
    async with desk() as it:
        await it.choose("Master")
        await it.press("r")
        assert "cannot be moved" in it.text


async def test_port_by_the_move_key(desk: Open) -> None:
    async with desk() as it:
        await it.choose("Speakers")
        await it.press("r", "down", "enter")
        device = it.control("Speakers").device
        assert device is not None
        assert device.port == "analog-output-headphones"


async def test_default_suspend_and_latency(desk: Open) -> None:
    async with desk() as it:
        await open_details(it, "Speakers")
        await it.go_to("state")
        await it.press("enter")
        device = it.control("Speakers").device
        assert device is not None
        assert device.state == "suspended"
        await it.go_to("latency")
        await it.press("enter", *"-40", "enter")
        card = it.backend.snapshot.server_cards[0]
        assert card.ports[0].latency_offset == -40_000
        await it.press("escape")
        await open_details(it, "USB Headset")
        await it.go_to("default")
        await it.press("enter")
        assert it.control("USB Headset").default


async def test_latency_that_is_not_a_number(desk: Open) -> None:
    async with desk() as it:
        await open_details(it, "Speakers")
        await it.go_to("latency")
        await it.press("enter", *"soon", "enter")
        assert "is not a number of milliseconds" in it.text


async def test_passthrough_formats(desk: Open) -> None:
    box = simulated.box()
    hdmi = box.controls[simulated.HDMI]
    assert hdmi.device is not None
    device = replace(hdmi.device, formats=("pcm", "dts-iec61937"))
    box = replace(box, controls={**box.controls, hdmi.id: replace(hdmi, device=device)})
    async with desk(backend=DemoBackend(still=True, box=box)) as it:
        await open_details(it, "HDMI 1")
        await it.go_to("format ac3-iec61937")
        await it.press("enter")
        await it.go_to("format dts-iec61937")
        await it.press("enter")
        changed = it.control("HDMI 1").device
        assert changed is not None
        assert changed.formats == ("pcm", "ac3-iec61937")


async def test_items_of_an_enumeration(desk: Open) -> None:
    async with desk() as it:
        await open_details(it, "Auto-Mute Mode")
        await it.press("home", "enter")
        choice = it.control("Auto-Mute Mode").choice
        assert choice is not None
        assert choice.value == 0


async def test_exclusive_capture_is_one_choice(desk: Open) -> None:
    box = simulated.box()
    names = ("Mic Boost", "Internal Mic Boost")
    group = [
        replace(control, capture=(i == 0,), element=Element(control.name, 0, exclusive=3))
        for i, control in enumerate(c for c in box.controls.values() if c.name in names)
    ]
    box = replace(box, controls={**box.controls, **{control.id: control for control in group}})
    async with desk(backend=DemoBackend(still=True, box=box), config=Config(view=View.CAPTURE)) as it:
        await open_details(it, "Mic Boost")
        assert "Record from" in it.text
        await it.go_to(f"member {group[1].id}")
        await it.press("enter")
        assert it.control("Internal Mic Boost").capturing
        assert not it.control("Mic Boost").capturing


async def test_kill_asks_first(desk: Open, text_snapshot: SnapshotAssertion) -> None:
    async with desk() as it:
        await it.choose("Firefox")
        await it.press("ctrl+k")
        assert it.dialog == text_snapshot
        await it.press("enter", "n")
        assert FIREFOX in it.backend.snapshot.controls
        await it.press("ctrl+k", "y")
        assert FIREFOX not in it.backend.snapshot.controls
        assert it.app.screen is it.app.main


async def test_kill_of_what_is_no_stream(desk: Open) -> None:
    async with desk() as it:
        await it.choose("Master")
        await it.press("ctrl+k")
        assert it.app.screen is it.app.main
        assert "is not a stream" in it.text


async def test_forget_a_stored_volume(desk: Open) -> None:
    async with desk() as it:
        stored = await open_details(it, "Event sounds")
        await it.go_to("end")
        await it.press("enter", "y")
        assert stored.id not in it.backend.snapshot.controls
        assert "is gone" in it.text


async def test_properties_steer_no_terminal_and_are_bounded(desk: Open) -> None:
    box = simulated.box()
    hostile = {
        "a\x1b[31m": "\x1b[31mred\x1b[0m\x1b]0;title\x07",
        "b": "\u202eback",
        "c": "x" * 10_000,
        "d": "\x1b[m",
    }
    firefox = replace(box.controls[FIREFOX], properties=hostile)
    box = replace(box, controls={**box.controls, FIREFOX: firefox})
    lines = list(info_lines(firefox, box, {}))
    shown = {line.words: line.value for line in lines[lines.index(Line("Properties", heading=True)) + 1 :]}
    assert shown == {"a": "red", "b": "back", "c": "x" * 999 + "…"}
    async with desk(size=(120, 40), backend=DemoBackend(still=True, box=box)) as it:
        await it.choose("Firefox")
        await it.press("enter", "end")
        assert all(line.isprintable() for line in it.text.splitlines())


async def test_properties_scroll(desk: Open) -> None:
    box = simulated.box()
    firefox = box.controls[FIREFOX]
    many = {f"property.{number:03}": f"value {number}" for number in range(200)}
    box = replace(box, controls={**box.controls, FIREFOX: replace(firefox, properties=many)})
    async with desk(backend=DemoBackend(still=True, box=box)) as it:
        await open_details(it, "Firefox")
        assert "value 199" not in it.text
        await it.press("end")
        assert "value 199" in it.text


async def test_names_are_no_markup(desk: Open) -> None:
    box = simulated.box()
    firefox = replace(box.controls[FIREFOX], name="[red]Fire[/nothing]fox")
    async with desk(backend=DemoBackend(still=True, box=replace(box, controls={FIREFOX: firefox}))) as it:
        await open_details(it, firefox.name)
        assert "[red]Fire[/nothing]fox" in it.text


async def test_the_control_goes_while_it_is_looked_at(desk: Open) -> None:
    async with desk() as it:
        control = await open_details(it, "mpv")
        it.backend.remove(control.id)
        await it.pilot.pause()
        assert "is gone" in it.text
        await it.press("right", "enter", "escape")
        assert it.app.screen is it.app.main


@pytest.mark.parametrize("dialog", ["r", "enter", "f6", "f7", "f8", "f2", "f", "=", "ctrl+k"])
async def test_a_closed_dialog_hears_no_more(desk: Open, dialog: str) -> None:
    async with desk() as it:
        await it.choose("Spotify")
        await it.press("up")
        key = {"=": "equals_sign"}.get(dialog, dialog)
        await it.press(key, "escape", key, "escape")
        assert it.app.screen is it.app.main
        await it.press("u", "m")
        assert it.chosen.muted


async def test_a_value_for_what_has_gone(desk: Open) -> None:
    async with desk() as it:
        control = await it.choose("mpv")
        await it.press("equals_sign", *"50%")
        it.backend.remove(control.id)
        await it.press("enter")
        assert "The control is gone." in it.text
        await it.press("escape")
        assert it.app.screen is it.app.main


def test_what_can_be_typed_for_switches_and_odd_items() -> None:
    control = next(iter(simulated.box().controls.values()))
    bare = replace(control, scale=None, channels=(), choice=None)
    assert value_prompt(replace(bare, mute=(False,), capture=None)).examples == "mute, unmute"
    assert value_prompt(replace(bare, mute=None, capture=(True,))).examples == "capture, nocapture"
    odd = value_prompt(replace(bare, choice=Choice(0, ("Off", "Mode: wide"))))
    assert odd.make("Mode: wide") == Choose(control.id, 1)


async def test_enter_by_habit_changes_no_choice(desk: Open) -> None:
    async with desk() as it:
        before = await open_details(it, "Auto-Mute Mode")
        assert before.choice is not None
        assert before.choice.value != 0
        await it.press("enter")
        assert it.control("Auto-Mute Mode").choice == before.choice


async def test_enter_by_habit_changes_no_source_of_a_recording(desk: Open) -> None:
    box = simulated.box()
    names = ("Mic Boost", "Internal Mic Boost")
    group = [
        replace(control, capture=(i == 1,), element=Element(control.name, 0, exclusive=3))
        for i, control in enumerate(c for c in box.controls.values() if c.name in names)
    ]
    box = replace(box, controls={**box.controls, **{control.id: control for control in group}})
    async with desk(backend=DemoBackend(still=True, box=box)) as it:
        await open_details(it, group[0].name)
        await it.press("enter")
        assert [it.control(control.name).capture for control in group] == [(False,), (True,)]


async def test_a_fader_tells_what_the_row_of_the_main_screen_tells(desk: Open) -> None:
    async with desk() as it:
        await open_details(it, "mpv")
        await it.press("enter", *"110%", "enter")
        assert percents(it.control("mpv")) == [110, 110]
        listing = it.app.screen.query_one(Listing)
        (whole, left, right) = [row for at, row in listing._rows if listing._lines[at].fader is not None]
        for row in (whole, left, right):
            assert row[-4:] == [
                (Role.APPLICATIONS, "▀" * 15),
                (Role.FRAME, UNICODE.mark),
                (Role.BAR_OVER, "▀▀"),
                (Role.TRACK, "▔" * 6),
            ]
        await it.press("m")
        (whole, *_) = [row for at, row in listing._rows if listing._lines[at].fader is not None]
        assert (Role.BAR_SILENT, UNICODE.hatch * 15) in whole
