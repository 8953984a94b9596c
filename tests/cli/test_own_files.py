"""Whatever is in the place of the program's own files: it exits with a message, and volumes can
still be set.
"""

import fcntl
import os
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.program import COMMAND, Outcome, run
from tests.lab.pulse import PrivatePulse
from tests.lab.waiting import DEADLINE
from tuimixer.cli.verbs import every

pytestmark = pytest.mark.pulse


@pytest.fixture(scope="module")
def box() -> Iterator[PrivatePulse]:
    with PrivatePulse() as server:
        yield server


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _folder(path: Path) -> None:
    path.mkdir()


def _link(target: str) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(target)


def _text(data: str | bytes) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.write_bytes(data if isinstance(data, bytes) else data.encode())

    return write


PLACES: dict[str, Callable[[Path], None]] = {
    "fifo": _fifo,
    "folder": _folder,
    "zeros": _link("/dev/zero"),
    "full": _link("/dev/full"),
    "memory": _link("/proc/self/mem"),
    "terminal": _link("/dev/tty"),
    "loop": lambda path: path.symlink_to(path.name),
}
WRONG: dict[str, str | bytes] = {
    "5,000 wrong keys": "".join(f"key{number} = {number}\n" for number in range(5_000)),
    "5,000 wrong tables": "".join(f"[t{number}]\nkey = 1\n" for number in range(5_000)),
    "5,000 wrong actions": "[keys]\n" + "".join(f'act{number} = ["m"]\n' for number in range(5_000)),
    "5,000 wrong caps": "[max.devices]\n" + "".join(f'd{number} = "x"\n' for number in range(5_000)),
    "5,000 wrong rules": "[[rule]]\nhide = 5\n" * 5_000,
    "infinite": "[step]\nsmall = inf\nbig = -inf\nwheel = nan\n[max]\nverbs = inf\nscreen = nan\n",
    "huge decimal": f"[max]\nverbs = {'9' * 5000}\n",
    "huge hexadecimal": f"[max]\nverbs = 0x{'f' * 5000}\n",
    "huge choice": f"layout = 0x{'f' * 5000}\n",
    "deep": "a = " + "[" * 100_000,
    "no such day": "a = 2021-02-30\n",
    "escapes": '"\\u001b]0;x\\u0007" = 1\n',
    "not text": b"\xff\xfe\n",
    "zeros in it": "a\0b = 1\n",
}


def _sentences(outcome: Outcome) -> list[str]:
    lines = outcome.err.splitlines()
    assert all(line.startswith("tuimixer: ") and line.isprintable() for line in lines), outcome
    assert len(outcome.err) < 20_000
    return lines


@pytest.mark.parametrize("place", PLACES)
def test_something_else_in_place_of_the_configuration(place: str, box: PrivatePulse, tmp_path: Path) -> None:
    (tmp_path / "tuimixer").mkdir()
    PLACES[place](tmp_path / "tuimixer" / "config.toml")
    env = box.env | {"XDG_CONFIG_HOME": str(tmp_path)}
    outcome = run("get", env=env)
    assert outcome.status == 0
    if place not in ("fifo", "full"):
        assert _sentences(outcome)[-1].startswith("tuimixer: Using the defaults until")
    assert run("config", "--check", env=env).status in (0, 2)
    assert run("config", "--init", env=env).status in (2, 4)


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_configuration(wrong: str, box: PrivatePulse, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    _text(WRONG[wrong])(file)
    outcome = run("get", "-f", str(file), env=box.env)
    assert outcome.status == 0
    assert 2 <= len(_sentences(outcome)) <= 25
    checked = run("config", "--check", "-f", str(file), env=box.env)
    assert checked.status == 2


def test_a_pipe_for_a_configuration(box: PrivatePulse) -> None:
    script = f"{' '.join(COMMAND)} set +50% -f <(sleep 0.2; echo 'max.verbs = 60')"
    box.pactl("set-sink-volume", "speakers", "40%")
    done = subprocess.run(["bash", "-c", script], env=box.env, capture_output=True, timeout=DEADLINE)
    held = b"tuimixer: Speakers is limited by its cap of 60 %.\n"
    assert (done.returncode, done.stderr) == (0, held)
    assert " 60% " in box.pactl("get-sink-volume", "speakers")


STORED = {
    "infinite": "turn\t5\npulse:sink/speakers\t32768 32768\tinf inf\tinf 1.0\n",
    "no number": "turn\t5\npulse:sink/speakers\t32768 32768\tnan nan\tnan nan\n",
    "huge": f"turn\t{'9' * 5000}\npulse:sink/speakers\t{'9' * 5000}\t1e999\t1\n",
    "huge turn": f"turn\t{'9' * 4300}\n",
    "huge volumes": "turn\t5\npulse:sink/speakers\t32768 32768\t1e300 1e300\t1e300 1e-300\n",
    "other channels": "turn\t5\npulse:sink/speakers\t32768 32768\t0.5\t1.0 1.0 1.0\n",
    "for ever recent": "turn\t5\npulse:sink/speakers\tinf\t32768 32768 0\t32768 32768 0\t\n",
    "20,000 lines": "pulse:sink/speakers\t32768 32768\t0.5 0.5\t1.0 1.0\n" * 20_000,
    "20,000 names": "".join(f"pulse:sink/{n}\t1\t0.5\t1.0\n" for n in range(20_000)),
}


@pytest.mark.parametrize("place", [*PLACES, *STORED])
def test_something_else_in_place_of_the_stored_values(place: str, box: PrivatePulse, tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    (tmp_path / "tuimixer").mkdir(0o700)
    make = PLACES[place] if place in PLACES else _text(STORED[place])
    make(tmp_path / "tuimixer" / "aims")
    env = box.env | {"XDG_RUNTIME_DIR": str(tmp_path)}
    box.pactl("set-sink-volume", "speakers", "50%")
    for value, volume in (("+1%", 51), ("-2%", 49), ("=30%", 30)):
        outcome = run("set", "speakers", value, env=env)
        assert (outcome.status, outcome.err) == (0, "")
        assert f" {volume}% " in box.pactl("get-sink-volume", "speakers")


@pytest.mark.parametrize("place", [*PLACES])
def test_something_else_in_place_of_the_log(place: str, box: PrivatePulse, tmp_path: Path) -> None:
    (tmp_path / "tuimixer").mkdir()
    PLACES[place](tmp_path / "tuimixer" / "log")
    code = (
        "import sys; sys.modules['tuimixer.cli.output'] = None\n"
        "from tuimixer.cli.main import main\nsys.exit(main())"
    )
    env = box.env | {"XDG_STATE_HOME": str(tmp_path)}
    done = subprocess.run(
        [COMMAND[0], "-c", code, "list"], env=env, capture_output=True, text=True, timeout=DEADLINE
    )
    assert done.returncode == 70
    assert "cannot be written" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("place", [*PLACES])
def test_something_else_in_place_of_the_engines_log(place: str, box: PrivatePulse, tmp_path: Path) -> None:
    (tmp_path / "tuimixer").mkdir()
    PLACES[place](tmp_path / "tuimixer" / "engine.log")
    follower = subprocess.Popen(
        [*COMMAND, "status", "--follow"],
        env=box.env | {"XDG_STATE_HOME": str(tmp_path)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert follower.stdout is not None
        os.set_blocking(follower.stdout.fileno(), True)
        import select

        assert select.select([follower.stdout], [], [], DEADLINE)[0], "it hangs"
        assert follower.stdout.readline().rstrip("\n").endswith("%")
    finally:
        follower.terminate()
        assert follower.communicate(timeout=DEADLINE)[1] == ""


def test_a_lock_that_another_holds(box: PrivatePulse) -> None:
    assert run("set", "50%", env=box.env).status == 0
    folder = os.open(box.runtime / "tuimixer", os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        outcome = run("set", "51%", env=box.env)
    finally:
        os.close(folder)
    assert (outcome.status, outcome.err) == (
        3,
        "tuimixer: another tuimixer process has been changing a volume for over 2 seconds.\n",
    )
    assert " 50% " in box.pactl("get-sink-volume", "speakers")


@pytest.fixture
def mute(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A server that accepts connections but never responds, for the Pulse half and for ALSA's
    default device.
    """
    with socket.socket(socket.AF_UNIX) as server:
        path = tmp_path / "native"
        server.bind(str(path))
        server.listen(64)
        config = tmp_path / "asound.conf"
        config.write_text(
            "ctl.!default { type pulse }\npcm.!default { type pulse }\nctl.pulse { type pulse }\n"
        )
        yield {
            name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "PULSE_"))
        } | {
            "HOME": str(tmp_path),
            "XDG_RUNTIME_DIR": str(tmp_path),
            "PULSE_SERVER": f"unix:{path}",
            "ALSA_CONFIG_PATH": f"/usr/share/alsa/alsa.conf:{config}",
        }


ASKING = (
    "list", "list --json", "list -D pulse", "get", "get Master", "get hw:0/Master", "get -D pulse Master",
    "set +1%", "set Master +1%", "mute", "unmute", "toggle", "status", "path", "path Master", "doctor",
    "doctor x", "doctor -D pulse", "doctor --fix 1", "doctor --fix 1 --json", "move a b",
    "default speakers", "default next", "port speakers", "profile x", "latency x", "suspend x",
    "formats x", "codec x", "card", "kill x", "complete set m",
)  # fmt: skip
ELSEWHERE = {"watch", "serve", "config", "completion", "man", "help"}
"""Verbs that wait for a server until they are interrupted, or ask none."""


def test_every_verb_that_asks_a_server_is_tried() -> None:
    assert {words.split()[0] for words in ASKING} | ELSEWHERE == {verb.name for verb in every()}


@pytest.mark.parametrize("words", ASKING)
def test_a_server_that_never_answers(words: str, mute: dict[str, str]) -> None:
    outcome = run(*words.split(), env=mute)
    assert outcome.status in (0, 1, 3), outcome
    assert outcome.err.count("\n") <= 1
    assert "Traceback" not in outcome.err


def test_a_device_that_never_answers_is_a_sentence(mute: dict[str, str]) -> None:
    outcome = run("list", "-D", "pulse", env=mute)
    assert (outcome.status, outcome.err) == (3, "tuimixer: the ALSA device pulse is not responding.\n")
