"""Control plugins through the real libasound: a ten-band equalizer, and a PulseAudio behind `ctl pulse`."""

import asyncio
import select
import threading

import pytest

from tests.backend.alsa.watching import watching
from tests.backend.pulse.watcher import Watcher
from tests.lab.plugins import Plugins
from tests.lab.waiting import DEADLINE
from tuimixer.backend.alsa import backend, blocking
from tuimixer.backend.alsa.backend import AlsaBackend
from tuimixer.backend.alsa.blocking import BlockingAlsa
from tuimixer.backend.alsa.card import Card
from tuimixer.backend.base import NoAnswer, Refused, Unreachable
from tuimixer.backend.pulse.backend import PulseBackend
from tuimixer.model.command import SetMute, SetVolume
from tuimixer.model.control import Kind, Medium
from tuimixer.model.intent import Nudge
from tuimixer.model.resolve import resolve
from tuimixer.model.snapshot import Phase, Snapshot, Update

pytestmark = pytest.mark.plugins

MASTER = "alsa:pulse/Master,0/playback"
BAND = "alsa:equal/00. 31 Hz,0/playback"


@pytest.fixture(autouse=True)
def configured(plugins: Plugins, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in plugins.env.items():
        monkeypatch.setenv(name, value)


def test_equalizer_has_ten_bands_without_db() -> None:
    snapshot = BlockingAlsa(("equal",)).read()
    bands = [control for control in snapshot.controls.values() if control.card == "equal"]
    assert len(bands) == 10
    for band in bands:
        assert band.scale is not None
        assert (band.scale.minimum, band.scale.maximum, band.scale.has_db) == (0, 100, False)
        assert band.medium is Medium.UNKNOWN
    card = next(card for card in snapshot.alsa_cards if card.id == "equal")
    assert (card.number, card.reason, card.controls) == (None, "", 10)


def test_equalizer_keeps_what_was_set() -> None:
    port = BlockingAlsa(("equal",))
    port.read()
    port.apply(SetVolume(BAND, (20, 20)))
    assert port.read().controls[BAND].raws == (20, 20)
    port.close()
    assert BlockingAlsa(("equal",)).read().controls[BAND].raws == (20, 20)


async def test_equalizer_steps_through_every_value() -> None:
    """It stores some values as the one below; steps of one must get past those."""
    async with watching(("equal",)) as watched:
        await watched.until(lambda s: BAND in s.controls, "the equalizer")
        watched.submit(SetVolume(BAND, (0, 0)))
        while (raw := watched.control(BAND).raws[0]) < 100:
            command = resolve(Nudge(BAND, 1), watched.control(BAND)).command
            assert command is not None
            watched.submit(command)
            await asyncio.sleep(0)
            # alsamixer's own floating-point arithmetic occasionally moves by two.
            assert watched.control(BAND).raws[0] in (raw + 1, raw + 2)
    assert watched.notices == []


def test_what_a_plugin_lacks_is_refused() -> None:
    port = BlockingAlsa(("equal",))
    with pytest.raises(Refused, match="31 Hz"):
        port.apply(SetMute(BAND, (True,)))


def test_unknown_device() -> None:
    with pytest.raises(Unreachable, match="no such ALSA device: nonsense"):
        BlockingAlsa(("nonsense",)).read()


def test_a_device_whose_server_is_away_is_not_a_wrong_name(plugins: Plugins) -> None:
    with plugins.config.open("a") as config:
        config.write('ctl.away { type pulse server "unix:/nowhere/native" }\n')
    with pytest.raises(NoAnswer, match="away could not be opened: Connection refused"):
        BlockingAlsa(("away",)).read()


def test_what_is_opened_too_late_is_closed() -> None:
    """The process may be one that runs on, as the screen's does."""
    slow, closed = threading.Event(), threading.Event()

    class SlowCard(Card):
        def __init__(self) -> None:
            assert slow.wait(DEADLINE)

        def close(self) -> None:
            closed.set()

    with pytest.raises(NoAnswer, match="the ALSA device pulse is not responding"):
        blocking._in_time(SlowCard, "pulse", 0.05)
    assert not closed.is_set()
    slow.set()
    assert closed.wait(DEADLINE)


def test_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Unreachable):
        BlockingAlsa(("nonsense",)).read()
    captured = capfd.readouterr()
    assert (captured.out, captured.err) == ("", "")


def test_pulse_master_moves_the_default_sink(plugins: Plugins) -> None:
    port = BlockingAlsa(("pulse",))
    assert port.read().controls[MASTER].scale is not None
    port.apply(SetVolume(MASTER, (32768, 32768)))
    assert "50%" in plugins.server.pactl("get-sink-volume", "@DEFAULT_SINK@")
    port.apply(SetMute(MASTER, (True,)))
    assert "yes" in plugins.server.pactl("get-sink-mute", "@DEFAULT_SINK@")
    assert port.read().controls[MASTER].muted
    port.close()


async def test_pulse_moves_the_fader(plugins: Plugins) -> None:
    async with watching(("pulse",)) as watched:
        await watched.until(lambda s: MASTER in s.controls, "Master")
        await asyncio.to_thread(plugins.server.pactl, "set-sink-volume", "@DEFAULT_SINK@", "25%")
        await watched.until(lambda s: s.controls[MASTER].raws == (16384, 16384), "Master at 25 %")
        await asyncio.to_thread(plugins.server.pactl, "set-sink-volume", "@DEFAULT_SINK@", "140%")
        await watched.until(lambda s: s.controls[MASTER].raws[0] > 65536, "Master above its own maximum")


async def test_the_servers_own_change_is_shown_before_the_plugin_is_read(
    plugins: Plugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backend, "_PLUGIN_PAUSE", DEADLINE)
    async with watching(("pulse",)) as watched, Watcher(PulseBackend(plugins.server.address)) as server:
        await watched.until(lambda s: MASTER in s.controls, "Master")
        await server.until_ready()
        [card] = [card for card in watched.cards if card.device == "pulse"]
        descriptors = card.fds()
        read: list[Card] = []

        def note(card: Card) -> bool:
            read.append(card)
            return False

        with monkeypatch.context() as patch:
            patch.setattr(Card, "update", note)
            await asyncio.to_thread(plugins.server.pactl, "set-sink-volume", "@DEFAULT_SINK@", "25%")
            sinks = [control.id for control in server.snapshot.controls.values() if control.kind is Kind.SINK]
            await server.until(
                lambda: any(server.get(sink).raws == (16384, 16384) for sink in sinks), "the sink at 25 %"
            )
            await server.until_server(lambda: select.select(descriptors, [], [], 0)[0], "the plugin's report")
        assert read == []


async def test_pulse_goes_and_comes_back(plugins: Plugins) -> None:
    async with watching(("pulse", "equal")) as watched:
        await watched.until(lambda s: {MASTER, BAND} <= s.controls.keys(), "both devices")
        await asyncio.to_thread(plugins.server.kill)
        await watched.until(lambda s: MASTER not in s.controls, "Master to go")
        assert BAND in watched.snapshot.controls
        await asyncio.to_thread(plugins.server.start)
        await watched.until(lambda s: MASTER in s.controls, "Master to come back")


async def test_an_unknown_device_is_named_and_the_others_work() -> None:
    async with watching(("nonsense", "equal"), cards=1) as watched:
        await watched.until(lambda s: any(card.reason for card in s.alsa_cards), "the reason")
        card = next(card for card in watched.snapshot.alsa_cards if card.id == "nonsense")
        assert card.reason == "no such ALSA device: nonsense"
        assert watched.snapshot.statuses[0].phase is Phase.READY


async def test_the_first_snapshot_has_all_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    """A screen picks its initial card from the first snapshot that names any, even on a busy machine."""
    opened = backend._opened

    async def slowly(device: str, plugin_only: bool) -> Card:
        await asyncio.sleep(0.5)
        return await opened(device, plugin_only)

    monkeypatch.setattr(backend, "_opened", slowly)
    emitted: asyncio.Queue[Update] = asyncio.Queue()
    task = asyncio.create_task(AlsaBackend(("equal", "nonsense", "default")).run(emitted.put_nowait))
    first = await emitted.get()
    task.cancel()
    assert isinstance(first, Snapshot)
    assert {"equal", "nonsense"} <= {card.id for card in first.alsa_cards}
    assert [card.id for card in first.alsa_cards].count("default") == 1
