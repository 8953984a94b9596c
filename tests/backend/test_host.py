"""System information, read from a tree created for the test and from the real one."""

import os
from pathlib import Path

import pytest

from tuimixer.backend.holders import find_holders
from tuimixer.backend.host import forwarded_display, inspect
from tuimixer.backend.mixer_paths import read_mixer_paths
from tuimixer.model.system import FoundServer, Holder, PathElement

pytestmark = pytest.mark.unit

HW_PARAMS = (
    "access: MMAP\nformat: S16_LE\nchannels: 2\nrate: 48000 (48000/1)\nperiod_size: 1024\nbuffer_size: 8192\n"
)
CARDS = " 0 [PCH            ]: HDA-Intel - HDA Intel PCH\n"


def put(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A machine with one card, two of whose PCM devices play and one records."""
    sound = tmp_path / "proc/asound"
    put(sound / "cards", CARDS)
    put(sound / "version", "Advanced Linux Sound Architecture Driver Version k6.1.0.\n")
    put(sound / "card0/id", "PCH\n")
    for node, stream, name in (
        ("pcm0p", "PLAYBACK", "ALC"),
        ("pcm3p", "PLAYBACK", "HDMI"),
        ("pcm0c", "CAPTURE", "ALC"),
    ):
        info = f"card: 0\ndevice: {node[3]}\nsubdevice: 0\nstream: {stream}\nid: {name}\nname: {name}\n"
        put(sound / f"card0/{node}/info", f"{info}subdevices_count: 1\nsubdevices_avail: 1\n")
        put(sound / f"card0/{node}/sub0/status", "closed\n")
        put(sound / f"card0/{node}/sub0/hw_params", "closed\n")
    put(tmp_path / "dev/snd/controlC0", "")
    return tmp_path


def process(root: Path, pid: int, name: str, node: str = "", flags: str = "0100002") -> None:
    """A process, with a sound device open if one is named."""
    folder = root / f"proc/{pid}"
    put(folder / "comm", f"{name[:15]}\n")
    put(folder / "cmdline", f"/usr/bin/{name}\0--option\0")
    put(folder / "status", f"Name:\t{name}\nTgid:\t{pid}\nPid:\t{pid}\n")
    (folder / "fd").mkdir()
    (folder / "fd/0").symlink_to("/dev/null")
    if node:
        (folder / "fd/7").symlink_to(f"/dev/snd/{node}")
        put(folder / "fdinfo/7", f"pos:\t0\nflags:\t{flags}\nmnt_id:\t5\n")


def play(root: Path, owner: int) -> None:
    sub = root / "proc/asound/card0/pcm0p/sub0"
    (sub / "status").write_text(f"state: RUNNING\nowner_pid   : {owner}\ntrigger_time: 1.0\n")
    (sub / "hw_params").write_text(HW_PARAMS)


def test_devices_and_pages(root: Path) -> None:
    system = inspect(root, {}, ())
    assert [(d.device, d.capture, d.name, d.card) for d in system.pcm_devices] == [
        (0, False, "ALC", "PCH"),
        (0, True, "ALC", "PCH"),
        (3, False, "HDMI", "PCH"),
    ]
    assert system.pages == (
        ("Cards", CARDS.rstrip()),
        ("Version", "Advanced Linux Sound Architecture Driver Version k6.1.0."),
    )
    assert system.holders == ()
    assert system.sound_folder
    assert system.permitted


def test_a_program_that_plays(root: Path) -> None:
    process(root, 4242, "a-program-with-a-long-name", "pcmC0D0p")
    play(root, 4242)
    me = inspect(root, {}, ()).user
    (holder,) = find_holders(root)
    name = "a-program-with-a-long-name"
    assert holder == Holder(
        "PCH", 0, 0, 0, False, 4242, name, me, "RUNNING", "S16_LE", 48000, 2, 1024, 8192, dmix=False
    )


def test_the_owner_is_a_thread(root: Path) -> None:
    process(root, 4242, "player", "pcmC0D0p")
    put(root / "proc/4250/status", "Name:\tworker\nTgid:\t4242\nPid:\t4250\n")
    play(root, 4250)
    assert [holder.pid for holder in find_holders(root)] == [4242]


def test_programs_that_share_a_device_by_dmix(root: Path) -> None:
    process(root, 10, "first", "pcmC0D0p")
    process(root, 11, "second", "pcmC0D0p", flags="0102002")
    play(root, 10)
    assert [(h.pid, h.program, h.dmix) for h in find_holders(root)] == [
        (10, "first", True),
        (11, "second", True),
    ]


def test_another_users_program_that_may_not_be_seen(root: Path) -> None:
    play(root, 777)
    (holder,) = find_holders(root)
    assert (holder.pid, holder.program, holder.user, holder.state) == (777, "", "", "RUNNING")


def test_servers_that_run(root: Path) -> None:
    process(root, 20, "pipewire-pulse")
    process(root, 21, "pipewire")
    process(root, 22, "pulseaudio")
    process(root, 23, "pulseaudio")
    put(root / "proc/23/cmdline", "")  # of a process that is exiting, /proc reports hardly more than its name
    assert [(d.name, d.pid) for d in inspect(root, {}, ()).daemons] == [
        ("pipewire-pulse", 20),
        ("pulseaudio", 22),
    ]


@pytest.mark.skipif(os.getuid() == 0, reason="root may open everything")
def test_devices_that_may_not_be_opened(root: Path) -> None:
    (root / "dev/snd/controlC0").chmod(0)
    assert not inspect(root, {}, ()).permitted


def test_a_box_without_sound(tmp_path: Path) -> None:
    system = inspect(tmp_path, {}, ())
    assert (system.pcm_devices, system.holders, system.pages) == ((), (), ())
    assert not system.sound_folder
    assert system.permitted


@pytest.mark.parametrize(
    ("display", "forwarded"),
    [
        ("", ""),
        (":0", ""),
        ("unix:0", ""),
        ("localhost:0", ""),
        ("localhost:10.0", "localhost:10.0"),
        ("localhost:11", "localhost:11"),
        ("laptop:0", "laptop:0"),
        ("[::1]:12.0", "[::1]:12.0"),
        ("nonsense", ""),
    ],
)
def test_a_display_of_another_machine(display: str, forwarded: str) -> None:
    assert forwarded_display({"DISPLAY": display}) == forwarded


def test_what_expects_a_server(root: Path) -> None:
    assert inspect(root, {}, ()).expects_server == ""
    assert "PULSE_SERVER" in inspect(root, {"PULSE_SERVER": "unix:/x"}, ()).expects_server
    stale = FoundServer("unix:/run/user/5/pulse/native", "", "session", alive=False)
    assert stale.address in inspect(root, {}, (stale,)).expects_server
    put(root / "etc/alsa/conf.d/50-pulse.conf", "pcm.pulse { type pulse }\n# pcm.!default { type pulse }\n")
    assert inspect(root, {}, ()).expects_server == ""
    put(root / "etc/alsa/conf.d/99-default.conf", "pcm.!default {\n  type pipewire\n  hint { show on }\n}\n")
    assert "99-default.conf" in inspect(root, {}, ()).expects_server


def test_mixer_paths(tmp_path: Path) -> None:
    folder = tmp_path / "usr/share/pulseaudio/alsa-mixer/paths"
    put(
        folder / "analog-output-headphones.conf",
        "; comment\n[General]\npriority = 90\n[Element Master]\nswitch = mute\nvolume = merge\n"
        "override-map.1 = all\n[Element Headphone,1]\nswitch = mute\nvolume = zero\n"
        "[Option Analog Output:Speakers]\nvolume = merge\n[Element Idle]\nrequired = any\n"
        f"[Element Odd,²]\nvolume = merge\n[Element Huge,{'9' * 5000}]\nvolume = merge\n"
        ".include analog-output.conf.common\n",
    )
    put(
        folder / "analog-output.conf.common",
        "[Element PCM]\nvolume=merge\n.include analog-output.conf.common\n",
    )
    put(
        tmp_path / "home/me/.local/share/pulseaudio/alsa-mixer/paths/own.conf",
        "[Element Own]\nvolume = merge\n",
    )
    paths = read_mixer_paths(tmp_path, {"HOME": "/home/me"})
    assert [(path.server, path.name) for path in paths] == [
        ("PulseAudio", "analog-output-headphones"),
        ("PulseAudio", "own"),
    ]
    assert paths[0].elements == (
        PathElement("Master", 0, "mute", "merge"),
        PathElement("Headphone", 1, "mute", "zero"),
        PathElement("Odd,²", 0, "ignore", "merge"),
        PathElement(f"Huge,{'9' * 5000}", 0, "ignore", "merge"),
        PathElement("PCM", 0, "ignore", "merge"),
    )


def test_this_box_can_be_read() -> None:
    assert inspect().host
