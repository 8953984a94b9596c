"""F6: switching to cards, devices by name, sound servers and machines."""

from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.ui.conftest import Open
from tuimixer.backend.demo import simulated
from tuimixer.backend.demo.backend import DemoBackend
from tuimixer.config.schema import Config
from tuimixer.mixer.mixer import Mixer
from tuimixer.model.command import Command, Kill, OpenDevice, UseServer
from tuimixer.model.snapshot import AlsaCard, Notice, Snapshot
from tuimixer.model.system import FoundServer, System
from tuimixer.ui.screens.choose_card import CardScreen
from tuimixer.ui.screens.listing import Listing

pytestmark = pytest.mark.screen

OTHER = "unix:/run/user/1001/pulse/native"


class TalkingBox(DemoBackend):
    """A machine that records its commands, has more cards and servers, and knows one device by name."""

    def __init__(self) -> None:
        box = simulated.box()
        cards = (
            *box.alsa_cards,
            AlsaCard("Loopback", 2, "Loopback", loopback=True),
            AlsaCard("broken", 3, "Broken Card", reason="permission denied"),
        )
        super().__init__(still=True, box=replace(box, alsa_cards=cards))
        self.commands: list[Command] = []

    def submit(self, command: Command) -> None:
        self.commands.append(command)
        if command == OpenDevice("alsa:equal"):
            card = AlsaCard("equal", None, "equal", controls=10)
            self.show(replace(self.snapshot, alsa_cards=(*self.snapshot.alsa_cards, card)))
        elif isinstance(command, OpenDevice):
            self._tell(Notice("There is no device of that name.", error=True))
        elif not isinstance(command, UseServer):
            super().submit(command)

    async def inspect(self) -> System:
        servers = (
            FoundServer("/run/user/1000/pulse/native", "demo", "session", True),
            FoundServer(OTHER, "guest", "/run/user/1001", None),
            FoundServer("/var/run/pulse/native", "", "system-wide", False),
        )
        return replace(simulated.system(), servers=servers)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (40, 12)], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_picture(desk: Open, text_snapshot: SnapshotAssertion, size: tuple[int, int]) -> None:
    async with desk(size=size, backend=TalkingBox()) as it:
        await it.press("f6")
        await it.pilot.pause()
        assert it.dialog == text_snapshot


async def test_ascii(desk: Open, text_snapshot: SnapshotAssertion) -> None:
    async with desk(backend=TalkingBox(), config=Config(ascii="on")) as it:
        await it.press("f6")
        await it.pilot.pause()
        assert it.text.isascii()
        assert it.dialog == text_snapshot


async def test_one_card_and_all_cards(desk: Open) -> None:
    async with desk() as it:
        await it.press("s", "home", "down", "enter")
        assert it.app.screen is it.app.main
        assert it.app.main.renderer.filters.card == "Headset"
        await it.press("f6")
        await it.go_to("cards")
        await it.press("enter")
        assert it.app.main.renderer.filters.card is None


async def test_the_cursor_begins_on_the_card_in_use(desk: Open) -> None:
    async with desk() as it:
        it.app.main.show_card("Headset")
        await it.press("f6")
        line = it.app.screen.query_one(Listing).line
        assert line is not None
        assert line.id == "card Headset"


async def test_a_loopback_card_is_named_for_what_it_is(desk: Open) -> None:
    async with desk(backend=TalkingBox(), size=(120, 40)) as it:
        await it.press("f6")
        assert "loopback card: no hardware and no controls" in it.text
        assert "permission denied" in it.text


async def test_a_device_by_its_name(desk: Open) -> None:
    backend = TalkingBox()
    async with desk(backend=backend) as it:
        await it.press("f6")
        await it.go_to("device")
        await it.press("enter", *"equal", "enter")
        await it.pilot.pause()
        assert backend.commands == [OpenDevice("alsa:equal")]
        assert it.app.screen is it.app.main
        assert it.app.main.renderer.filters.card == "equal"


async def test_a_wrong_device_name_is_said(desk: Open) -> None:
    async with desk(backend=TalkingBox()) as it:
        await it.press("f6")
        await it.go_to("device")
        await it.press("enter", *"nonsense", "enter")
        await it.pilot.pause()
        assert "There is no device of that name." in it.text
        assert isinstance(it.app.screen, CardScreen)


async def test_another_server(desk: Open) -> None:
    backend = TalkingBox()
    async with desk(backend=backend) as it:
        await it.press("f6")
        await it.pilot.pause()
        await it.go_to(f"server {OTHER}")
        await it.press("enter")
        assert backend.commands == [UseServer("pulse:server", OTHER)]


async def test_the_server_in_use_is_left_alone(desk: Open) -> None:
    backend = TalkingBox()
    async with desk(backend=backend) as it:
        await it.press("f6")
        await it.pilot.pause()
        await it.go_to("server /run/user/1000/pulse/native")
        await it.press("enter")
        assert backend.commands == []


async def test_without_cards_and_servers(desk: Open) -> None:
    async with desk(backend=DemoBackend(still=True, box=Snapshot())) as it:
        await it.press("f6")
        await it.pilot.pause()
        assert "no cards yet" in it.text
        await it.press("escape")
        assert it.app.screen is it.app.main


async def test_what_went_on_one_box_is_not_looked_for_on_another(desk: Open) -> None:
    """Both machines have streams of the same name: a held key must not move the other machine's."""
    async with desk() as it:
        second = Mixer(DemoBackend(still=True))
        main = it.app.main
        main.mixers = (*main.mixers, second)
        second.snapshot = it.mixer.snapshot
        stream = await it.choose("Firefox")
        it.mixer.send(Kill(stream.id))
        await it.pilot.pause()
        assert stream.id not in it.mixer.snapshot.controls
        main.show_box(second)
        assert stream.id in second.snapshot.controls
        assert it.cursor == main.renderer.listed[0].id
        main.show_box(it.mixer)
        assert it.cursor == main.renderer.listed[0].id


async def test_another_box(desk: Open) -> None:
    async with desk() as it:
        second = Mixer(DemoBackend(still=True, box=Snapshot()))
        second.name = "pi"
        main = it.app.main
        main.mixers = (*main.mixers, second)
        await it.press("f6")
        assert "Host" in it.text
        await it.press("end", "enter")
        assert main.mixer is second
