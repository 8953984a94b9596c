"""F8 with --plain: routes in sentences."""

from dataclasses import replace

import pytest

from tests.ui.conftest import Open
from tests.ui.path.opening import SIZES, open_map, size_id, stage_name
from tuimixer.backend.demo import simulated
from tuimixer.backend.demo.backend import DemoBackend
from tuimixer.config.schema import Config
from tuimixer.model.control import DeviceType

pytestmark = pytest.mark.screen


async def test_the_plain_map_tells_each_route_in_a_sentence(desk: Open) -> None:
    async with desk(size=(160, 40), config=Config(plain=True)) as it:
        await open_map(it, "mpv")
        assert it.text.splitlines()[1:10] == [
            "  Firefox 0.0 dB plays on Speakers −19.5 dB, default, card HDA Intel PCH, to jack Speakers",
            "▸ mpv −12.0 dB plays on Speakers −19.5 dB, default, card HDA Intel PCH, to jack Speakers",
            "  Spotify −5.2 dB plays on USB Headset −5.8 dB, card USB Headset, to jack Analog Output",
            "  Chat +2.5 dB, muted, problem 1, on USB Headset −5.8 dB, card USB Headset, "
            "to jack Analog Output",
            "  SuperTuxKart 0.0 dB, paused, on Speakers −19.5 dB, default, card HDA Intel PCH, "
            "to jack Speakers",
            "  HDMI 1 0.0 dB, suspended, to jack HDMI 1, free",
            "  card HDA Intel PCH: Master −19.5 dB, PCM 0.0 dB, Speaker 0.0 dB, "
            "Headphone 0.0 dB, muted, unplugged",
            "  jack Headphones, unplugged",
            "  card USB Headset: Headset −5.4 dB",
        ]
        master = it.control("Master")
        it.backend.put(replace(master, mute=(True,)))
        await it.pilot.pause()
        assert "default, card HDA Intel PCH, Master −19.5 dB, muted, problem 4, to jack Speakers\n" in it.text
        await it.press("tab")
        assert it.text.splitlines()[1:5] == [
            "▸ OBS Studio 0.0 dB records from Built-in Microphone +12.0 dB, card HDA Intel PCH, "
            "from jack Internal Microphone",
            "  USB Headset Mono −13.3 dB, default, idle, card USB Headset, from jack Microphone",
            "  card HDA Intel PCH: Capture +12.0 dB",
            "  card USB Headset: Mic +9.7 dB",
        ]


@pytest.mark.parametrize("keys", [(), ("enter",)], ids=["map", "stairs"])
@pytest.mark.parametrize("size", [*SIZES, (1, 1), (3, 3), (20, 5)], ids=size_id)
async def test_plain_draws_nothing_and_has_no_blank_lines(
    desk: Open, size: tuple[int, int], keys: tuple[str, ...]
) -> None:
    async with desk(size=size, config=Config(plain=True)) as it:
        await open_map(it, "mpv")
        await it.press(*keys)
        assert not set(it.text) & set("─│━┃█░▒▓▄▀╳▏└├")
        assert "\n\n" not in it.text.rstrip()


async def test_every_route_of_the_plain_map_is_reached(desk: Open) -> None:
    async with desk(size=(40, 12), config=Config(plain=True)) as it:
        view = await open_map(it, "mpv")
        await it.press("home")
        firsts = []
        for _ in range(10):
            firsts.append(stage_name(view))
            x, y = it.app.cursor_position
            assert it.text.splitlines()[y][x:].removeprefix("jack ").startswith(stage_name(view))
            await it.press("down")
        assert firsts == [
            "Firefox",
            "mpv",
            "Spotify",
            "Chat",
            "SuperTuxKart",
            "HDMI 1",
            "Master",
            "Headphones",
            "Headset",
            "Headset",
        ]
        await it.press("home", "down", "down")
        names = []
        for _ in range(5):
            names.append(stage_name(view))
            assert "Spotify: −16.4 dB" in it.text
            await it.press("right")
        assert names == ["Spotify", *["USB Headset"] * 2, *["Analog Output"] * 2]
        await it.press("end", "m")
        assert it.control("Headset").muted
        await it.press("enter")
        assert view.path is not None
        assert stage_name(view) == "Headset"


async def test_the_plain_map_is_not_stuck_where_a_route_passes_through_the_start_of_another(
    desk: Open,
) -> None:
    box = simulated.box()
    controls = {key: control for key, control in box.controls.items() if control.stream is None}
    headset, speakers = controls[simulated.HEADSET], controls[simulated.SPEAKERS]
    assert headset.device is not None
    info = replace(
        headset.device,
        type=DeviceType.VIRTUAL,
        owner_module=7,
        ports=(),
        port=None,
        driver="module-remap-sink.c",
    )
    remap = replace(headset, id="pulse:sink/remap", name="Remap", card=None, device=info)
    feeder = simulated.stream(60, "remapped", (100, 100), simulated.HEADSET)
    assert feeder.stream is not None
    feeder = replace(feeder, stream=replace(feeder.stream, virtual=True, owner_module=7))
    controls |= {remap.id: remap, feeder.id: feeder}
    backend = DemoBackend(still=True, box=replace(box, controls=controls))
    async with desk(backend=backend, config=Config(plain=True)) as it:
        view = await open_map(it, "Remap")
        assert "Remap −5.8 dB, remap, output 0.0 dB, USB Headset −5.8 dB" in " ".join(it.text.split())
        names = []
        for _ in range(4):
            names.append(stage_name(view))
            await it.press("up")
        assert names == ["Remap", "USB Headset", "HDMI 1", speakers.name]
