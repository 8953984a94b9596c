"""The verbs for a device on real servers; on real cards they are in tests/backend/pulse/test_vm_devices.py.

No machine of the lab has a Bluetooth card: `codec` is tested here on servers without one, and on a simulated
card.
"""

import json
from collections.abc import Iterator

import pytest

from tests.backend.pulse.watcher import device
from tests.cli.program import Outcome, run, run_here
from tests.lab.pulse import PrivatePulse
from tests.lab.sound import SoundServer
from tests.lab.waiting import wait_until
from tuimixer.backend.demo import simulated
from tuimixer.model.record import replace


@pytest.fixture
def restoring() -> Iterator[PrivatePulse]:
    """A PulseAudio that stores the formats of its outputs."""
    with PrivatePulse(modules=("module-device-restore",)) as server:
        yield server


def state(server: SoundServer, name: str) -> str:
    return str(device(server, "sinks", name)["state"])


@pytest.mark.pulse
def test_suspend_and_wake_on_pulseaudio(pulse: PrivatePulse) -> None:
    pulse.play("music", device="headphones")
    wait_until(lambda: state(pulse, "headphones") == "RUNNING", "the music")
    for words, then in (([], "SUSPENDED"), (["off"], "RUNNING"), (["on"], "SUSPENDED")):
        outcome = run("suspend", "headphones", *words, env=pulse.env)
        assert (outcome.status, outcome.out, outcome.err) == (0, "", "")
        assert state(pulse, "headphones") == then


@pytest.mark.pipewire
def test_suspend_on_pipewire_and_what_it_does_not_do(pipewire: SoundServer) -> None:
    assert run("suspend", "headphones", env=pipewire.env).status == 0
    assert state(pipewire, "headphones") == "SUSPENDED"
    woken = run("suspend", "headphones", "off", env=pipewire.env)
    assert woken.status == 4
    assert woken.err == "tuimixer: PipeWire only resumes Headphones when something is playing on it.\n"


@pytest.mark.pulse
def test_formats_on_pulseaudio(restoring: PrivatePulse) -> None:
    def listed() -> str:
        return run("formats", "headphones", env=restoring.env).out

    assert [line.split()[0] for line in listed().splitlines()] == ["pcm"]
    assert run("formats", "headphones", "ac3", "dts", env=restoring.env).status == 0
    assert [line.split()[0] for line in listed().splitlines()] == ["pcm", "ac3", "dts"]
    told = restoring.pactl("list", "sinks").partition("Name: headphones")[2].partition("Formats:")[2]
    assert told.split()[:3] == ["pcm", "ac3-iec61937", "dts-iec61937"]


def test_what_a_null_sink_has_not_is_said(server: SoundServer) -> None:
    for words, status, says in (
        (["port", "next"], 1, "no other device or port is plugged in."),
        (["port", "speakers", "headphones"], 1, "Speakers has no port"),
        (["latency", "speakers", "20"], 2, "Speakers has no port with a latency offset."),
        (["codec", "speakers"], 1, "no Bluetooth card with a choice of codecs is called"),
    ):
        outcome = run(*words, env=server.env)
        assert outcome.status == status, outcome
        assert says in outcome.err
    empty = [
        ("port", "Speakers has no ports"),
        ("profile", "the server has no cards"),
        ("codec", "the server has no Bluetooth card with a choice of codecs"),
    ]
    if not run("formats", "--json", env=server.env).out.count("pcm"):
        empty.append(("formats", "the server lists no formats for Speakers"))
    for verb, says in empty:
        assert run(verb, env=server.env) == Outcome(0, "", f"tuimixer: {says}.\n")
        assert run(verb, "--json", env=server.env).err == ""
    assert json.loads(run("codec", "--json", env=server.env).out) == {"cards": []}


@pytest.mark.unit
def test_codecs_of_a_simulated_card(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = simulated.box()
    card = replace(
        picture.server_cards[0],
        description="Earbuds",
        codecs=(("sbc", "SBC"), ("sbc_xq", "SBC-XQ"), ("aac", "AAC")),
        codec="sbc",
    )
    monkeypatch.setattr(
        simulated, "box", lambda: replace(picture, server_cards=(card, *picture.server_cards[1:]))
    )

    def codec(*words: str) -> Outcome:
        return run_here(["codec", "--demo", "--no-config", *words], capsys)

    heading, *codecs = codec().out.splitlines()
    assert heading.startswith("Earbuds (")
    assert codecs == ["* sbc  SBC", "  sbc_xq  SBC-XQ", "  aac  AAC"]
    for word in ("aac", "AAC"):
        printed = json.loads(codec("earbuds", word, "--json").out)
        assert [each["codec"] for each in printed["cards"]] == ["aac"]
    refused = codec("earbuds", "ldac")
    assert (refused.status, refused.err) == (
        1,
        'tuimixer: Earbuds has no codec "ldac"; available: sbc, sbc_xq, aac.\n',
    )
