"""Errors in a command line lead to one sentence and the documented status, never a traceback."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.program import COMMAND, run, run_here
from tests.lab.lanes.run import in_ci
from tests.lab.probes import own_mounts
from tests.lab.pulse import PrivatePulse
from tests.lab.sound import Sink
from tests.lab.waiting import DEADLINE

pytestmark = pytest.mark.pulse

TABLE: list[tuple[list[str], int, str]] = [
    # verbs and options
    (["sett"], 2, 'unknown verb "sett"; did you mean set?'),
    (["xyzzy"], 2, 'unknown verb "xyzzy"; `tuimixer --help` lists all verbs.'),
    ([""], 2, 'unknown verb ""'),
    (["\x1b[31mred"], 2, 'unknown verb "red"'),
    (["--nonsense"], 2, 'unknown option "--nonsense"'),
    (["-x"], 2, 'unknown option "-x"'),
    (["--view", "sideways"], 2, '--view must be one of playback, capture, all, not "sideways".'),
    (["-V"], 2, "-V requires a value: VIEW."),
    (["--color", "blue"], 2, '--color must be one of auto, never, 16, 256, full, not "blue".'),
    (["--ascii=yes"], 2, "--ascii takes no value."),
    (["-a", "smart"], 2, '-a must be one of none, basic, not "smart".'),
    (["--layout=", "list"], 2, '--layout must be one of auto, columns, rows, not "".'),
    ([], 2, "the mixer needs a terminal"),
    (["-V", "all"], 2, "the mixer needs a terminal"),
    (["list", "speakers"], 2, 'too many arguments, starting with "speakers"; usage: tuimixer list.'),
    (["list", "--jason"], 2, 'unknown option "--jason"; did you mean --json?'),
    (["list", "--json=yes"], 2, "--json takes no value."),
    (["list", "-c", "99"], 2, 'there is no card "99"'),
    (["list", "-c", "9" * 5000], 2, 'there is no card "9999'),
    (["list", "-c", "hw:" + "9" * 5000, "--demo"], 2, 'there is no card "hw:9999'),
    (["set", "PCM," + "9" * 5000, "40%"], 1, 'nothing matches "PCM,9999'),
    (["get", "#" + "9" * 5000], 1, 'nothing matches "#9999'),
    (["list", "--host", "box:" + "9" * 5000], 2, "is not between 1 and 65535"),
    (["list", "-D", "nonsense"], 2, "no such ALSA device: nonsense."),
    (["list", "--server"], 2, "--server requires a value: ADDRESS."),
    (["list", "--tsv", "--json"], 2, "--tsv and --json cannot be combined."),
    (["status", "--format", "{name}", "--json"], 2, "--format and --json cannot be combined."),
    (["list", "--json", "--config", "/dev/null", "-F"], 2, "--no-config and --config cannot be combined."),
    (["list", "--config", "/nonexistent.toml"], 2, "/nonexistent.toml: there is no such file."),
    (["list", "--config", "/"], 2, "/ cannot be read: Is a directory."),
    (["get", "speakers", "nobody"], 1, 'nothing matches "nobody"; `tuimixer list` shows what is available.'),
    # values
    (["set"], 2, "too few arguments; usage: tuimixer set [TARGET…] VALUE…"),
    (["set", "speakers"], 2, '"speakers" is not a value, and no value follows it; use '),
    (["set", "40%%"], 2, '"40%%" is not a value, and no value follows it; use '),
    (["set", "speakers", ""], 2, "the value is empty; use "),
    (["set", "speakers", "loud"], 2, '"loud" is not a value; use 40%, +5%'),
    (["set", "speakers", "+-5%"], 2, '"+-5%" is not a value; use '),
    (["set", "speakers", "+5%+"], 2, '"+5%+" has two signs.'),
    (["set", "speakers", "5 kg"], 2, '"5 kg" is not a value; use '),
    (["set", "0.4"], 2, '"0.4" has no unit; write 40% or 0.4dB.'),
    (["set", "speakers", "1.0"], 2, '"1.0" has no unit; write 100% or 1.0dB.'),
    (["set", "speakers", "=-5%"], 2, '"=-5%" is negative; the minimum is 0 %.'),
    (
        ["set", "speakers", "raw:half"],
        2,
        '"raw:half" is not a raw value; use a whole number, such as raw:17.',
    ),
    (
        ["set", "speakers", "left:mute"],
        2,
        'Speakers has one switch for all channels, so "left:mute" cannot be applied',
    ),
    (["set", "speakers", "nan%"], 2, '"nan%" is not a value; use '),
    (["set", "speakers", "1e3%"], 2, '"1e3%" is not a value; use '),
    (["set", "speakers", "99999999%"], 2, '"99999999%" is out of range.'),
    (["set", "speakers", "-99999dB"], 2, '"-99999dB" is out of range.'),
    (["set", "speakers", "9" * 400 + "%"], 2, "is out of range."),
    (
        ["set", "speakers", "balance:200"],
        2,
        '"balance:200" is not a balance; use balance:-100 to balance:100.',
    ),
    (["set", "speakers", "balance:left"], 2, '"balance:left" is not a balance; use balance:'),
    (["set", "balance:"], 2, '"balance:" is not a balance'),
    (["set", "speakers", "left:"], 2, '"left:" is not a value; use '),
    (
        ["set", "speakers", "middle:50%"],
        2,
        'Speakers has no channel "middle"; its channels are front-left, front-right.',
    ),
    (
        ["set", "speakers", "7:50%"],
        2,
        'Speakers has no channel "7"; its channels are front-left, front-right.',
    ),
    (["set", "mono", "left:50%"], 2, 'Mono box has no channel "left"; its channels are mono.'),
    (["set", "mono", "balance:10"], 2, "Mono box has no left and right channels to balance."),
    (["set", "speakers", "capture"], 2, "Speakers has no capture switch."),
    (["set", "speakers", "50%", "bogus"], 2, '"bogus" is not a value, and targets must precede values; use '),
    (["set", "mute", "mono"], 2, '"mono" is not a value, and targets must precede values; use '),
    (["set", "mono", "30%", "speakers", "40%"], 2, '"speakers" is not a value, and targets must precede'),
    (["set", "--max", "much", "+5%"], 2, '--max must be a number from 0 to 1000, not "much".'),
    (["set", "--max", "-5", "+5%"], 2, '--max must be a number from 0 to 1000, not "-5".'),
    (["set", "--max", "9999", "+5%"], 2, '--max must be a number from 0 to 1000, not "9999".'),
    (["set", "--max"], 2, "--max requires a value: PERCENT."),
    # targets
    (["get", "nobody"], 1, 'nothing matches "nobody"; `tuimixer list` shows what is available.'),
    (["get", ""], 1, 'nothing matches ""'),
    (["get", "   "], 1, 'nothing matches ""'),
    (["get", "pulse:sink/nowhere"], 1, 'nothing matches "pulse:sink/nowhere"'),
    (["get", "sink/nowhere"], 1, 'nothing matches "sink/nowhere"'),
    (["get", "app/nobody"], 1, 'nothing matches "app/nobody"'),
    (["get", "99999"], 1, 'nothing matches "99999"'),
    (["get", "x" * 5000], 1, "…"),
    (["get", "a\nb\x1b]0;c\x07"], 1, 'nothing matches "a b"'),
    (["mute", "nobody"], 1, 'nothing matches "nobody"'),
    (
        ["set", "box", "5%"],
        2,
        '"box" is ambiguous; it matches Mono box (pulse:sink/mono), Big box (pulse:sink/big).',
    ),
    (["toggle", "phones"], 0, ""),
    (["mute", "on"], 2, '"on" is not a target; mute, unmute and toggle take no values.'),
    (["unmute", "speakers", "Off"], 2, '"Off" is not a target; mute, unmute and toggle take no values.'),
    (["toggle", "toggle"], 2, '"toggle" is not a target; mute, unmute and toggle take no values.'),
    (["suspend", "on"], 1, 'nothing matches "on"'),
    (["set-sink-mute", "0", "1"], 2, 'unknown verb "set-sink-mute"; did you mean mute?'),
    (["set-volume", "50%"], 2, 'unknown verb "set-volume"; did you mean set?'),
    (["kill", "speakers"], 2, "Speakers is an output; kill takes an application."),
    (["kill", "@output"], 2, "Speakers is an output; kill takes an application."),
    (["kill", "nobody*"], 1, 'nothing matches "nobody*"'),
    (["status", "--follow", "--host", "a", "--host", "b"], 2, "--follow works with a single host"),
    (["--version", "--nonsense"], 2, 'unknown option "--nonsense"; `tuimixer --help` lists all options.'),
    (["kill"], 2, "too few arguments; usage: tuimixer kill TARGET…"),
    (["move", "headphones", "speakers"], 2, "Headphones is an output; move takes an application."),
    (["move", "speakers"], 2, "too few arguments; usage: tuimixer move TARGET… DEVICE."),
    (["default", "nobody"], 1, 'nothing matches "nobody"'),
    (["port", "speakers", "usb"], 1, 'Speakers has no port "usb".'),
    (["port", "nobody"], 1, 'nothing matches "nobody"'),
    (["profile", "nobody"], 1, 'the server has no card "nobody".'),
    (["card", "nobody"], 1, 'there is no card "nobody".'),
    # the others
    (
        ["status", "--format", "{loudness}"],
        2,
        '--format: there is no field "loudness"; use one of name, percent',
    ),
    (
        ["status", "--format", "{"],
        2,
        '--format "{" is not valid; write fields like {percent}, and a brace as {{.',
    ),
    (["status", "--format", "{percent.real}"], 2, "--format: there is no field "),
    (["status", "--format", "{0}"], 2, "--format: there is no field "),
    (["status", "--format", "{percent:>999999999999}"], 2, "--format: there is no field "),
    (["status", "nobody"], 1, 'nothing matches "nobody"'),
    (["config"], 2, "exactly one of --init, --check, --path and --keys is required."),
    (["config", "--init", "--check"], 2, "exactly one of --init, --check, --path and --keys is required."),
    (["config", "--check", "-f", "/nonexistent.toml"], 2, "/nonexistent.toml: there is no such file."),
    (["config", "--init", "-f", "/proc/x/config.toml"], 4, "cannot write /proc/x/config.toml: "),
    (
        ["config", "--init", "-f", "/dev/null/x"],
        4,
        "cannot write /dev/null/x: /dev/null is not a directory.",
    ),
    (["config", "--init", "-f", "/dev/null"], 2, "/dev/null already exists and was left unchanged."),
    (["config", "--path", "--host", "box"], 2, 'unknown option "--host"'),
    (["completion"], 2, "too few arguments; usage: tuimixer completion bash | zsh | fish."),
    (["completion", "tcsh"], 2, 'no completion script for "tcsh"; use one of bash, zsh, fish.'),
    (["man", "page"], 2, 'too many arguments, starting with "page"; usage: tuimixer man.'),
    (["list", "--server", "unix:/nonexistent/socket", "-F"], 0, ""),
    (["get", "--server", "unix:/nonexistent/socket"], 3, "/nonexistent/socket"),
    (["set", "--server", "tcp:127.0.0.1:1", "+5%"], 3, "127.0.0.1"),
]


@pytest.fixture(scope="module")
def box() -> Iterator[PrivatePulse]:
    modules = [
        f"module-null-sink {Sink('mono', 'Mono box', 'mono').arguments}",
        f"module-null-sink {Sink('big', 'Big box').arguments}",
    ]
    with PrivatePulse(modules=modules) as server:
        yield server


def _volumes(box: PrivatePulse) -> list[str]:
    return [line for line in box.pactl("list", "sinks").splitlines() if "Volume:" in line or "Mute:" in line]


@pytest.mark.parametrize(("words", "status", "sentence"), TABLE, ids=[" ".join(row[0])[:40] for row in TABLE])
def test_wrong(
    words: list[str],
    status: int,
    sentence: str,
    home: Path,
    box: PrivatePulse,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = _volumes(box)
    outcome = run_here(words, capsys)
    assert (outcome.status, sentence in outcome.err) == (status, True), outcome
    assert not (home / ".local").exists(), "an error in tuimixer itself"
    if status:
        assert outcome.out == ""
        assert outcome.err.startswith("tuimixer: ")
        assert outcome.err.count("\n") == 1
        assert outcome.err.rstrip("\n").isprintable()
        assert _volumes(box) == before


def test_the_table_is_long_enough() -> None:
    assert sum(status != 0 for _, status, _ in TABLE) >= 60


@pytest.mark.parametrize(
    ("changes", "words", "status", "sentence"),
    [
        ({"HOME": None, "XDG_RUNTIME_DIR": None}, ["set", "51%"], 0, ""),
        ({"XDG_RUNTIME_DIR": "/nonexistent"}, ["set", "52%"], 0, ""),
        ({"XDG_RUNTIME_DIR": "relative"}, ["set", "53%"], 0, ""),
        ({"LC_ALL": "C", "LANG": None, "PYTHONUTF8": "0"}, ["list"], 0, ""),
        ({"PYTHONIOENCODING": "ascii"}, ["set", "--help"], 0, ""),
        ({"TERM": None}, ["get"], 0, ""),
        ({"PULSE_SERVER": "unix:/nonexistent"}, ["get"], 3, "/nonexistent"),
        ({"PULSE_SERVER": "tcp:127.0.0.1:1"}, ["mute"], 3, "127.0.0.1"),
        ({"XDG_CONFIG_HOME": "/dev/null"}, ["get"], 0, ""),
    ],
)
def test_odd_environments(
    changes: dict[str, str | None],
    words: list[str],
    status: int,
    sentence: str,
    box: PrivatePulse,
    tmp_path: Path,
) -> None:
    env = {name: value for name, value in (box.env | changes).items() if value is not None}
    outcome = run(*words, env=env, cwd=tmp_path)
    assert (outcome.status, sentence in outcome.err, "Traceback" in outcome.err) == (status, True, False), (
        outcome
    )
    if words[0] == "set" and words[1].endswith("%"):
        assert f" {words[1]} " in box.pactl("get-sink-volume", "speakers")


@pytest.mark.parametrize("redirection", [">&-", "2>&-", ">&- 2>&-", "<&-", "| true", "| head -c 10"])
@pytest.mark.parametrize("verb", ["list", "get", "list --json", "--help", "man"])
def test_closed_streams(verb: str, redirection: str, box: PrivatePulse) -> None:
    command = f"{' '.join(COMMAND)} {verb} {redirection}; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", command],
        env=box.env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_full_disk_for_the_output(box: PrivatePulse) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [*COMMAND, "list"], env=box.env, stdout=full, stderr=subprocess.PIPE, text=True, timeout=DEADLINE
        )
    assert (done.returncode, done.stderr) == (4, "tuimixer: No space left on device.\n")


def test_a_full_disk_for_init(box: PrivatePulse, tmp_path: Path) -> None:
    """Nothing is left behind, so that a later attempt does not look like a second one."""
    apart = own_mounts()
    if apart is None and not in_ci():
        pytest.skip("no right to mount a disk to fill")
    assert apart, "this machine refuses mounts, with and without a user namespace"
    script = f"""cd {tmp_path} && mount -t tmpfs -o size=8k none . && cd {tmp_path}
    head -c 8192 /dev/zero >full
    {" ".join(COMMAND)} config --init -f {tmp_path}/c.toml; status=$?; ls; exit $status"""
    done = subprocess.run(
        [*apart, "sh", "-c", script],
        env=box.env,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
    )
    assert (done.returncode, done.stdout) == (4, "full\n")
    assert done.stderr == f"tuimixer: cannot write {tmp_path}/c.toml: No space left on device.\n"


def test_a_wrong_configuration_is_said_and_only_its_caps_hold(box: PrivatePulse, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[step]\nsmall = 30\n[max]\nverbs = 20\nspeed = 3\n")
    box.pactl("set-sink-volume", "speakers", "10%")
    for value, says in (("+", []), ("60%", ["tuimixer: Speakers is limited by its cap of 20 %."])):
        outcome = run("set", value, "-f", str(path), env=box.env)
        assert outcome.status == 0
        assert outcome.err.splitlines() == [
            f"tuimixer: {path}:5: max.speed is not a known setting; "
            "the known settings are screen, verbs, devices.",
            "tuimixer: Using the defaults, and the caps that could be read, until the file is fixed.",
            *says,
        ]
    assert " 20% " in box.pactl("get-sink-volume", "speakers")
    assert run("config", "--check", "-f", str(path), env=box.env).status == 2


def test_a_failure_inside_goes_to_the_log(box: PrivatePulse, tmp_path: Path) -> None:
    """A module of tuimixer that cannot be imported represents any unforeseen error."""
    code = (
        "import sys; sys.modules['tuimixer.cli.output'] = None\n"
        "from tuimixer.cli.main import main\nsys.exit(main())"
    )
    env = box.env | {"XDG_STATE_HOME": str(tmp_path)}
    done = subprocess.run(
        [COMMAND[0], "-c", code, "list"], env=env, capture_output=True, text=True, timeout=DEADLINE
    )
    assert done.returncode == 70
    assert done.stderr.count("\n") == 1
    assert f"details are in {tmp_path}/tuimixer/log" in done.stderr
    assert "Traceback" in (tmp_path / "tuimixer" / "log").read_text()


INTERRUPTED = """
import os, signal, sys

class Interrupt:
    def find_spec(self, name, path=None, target=None):
        if name == wanted:
            os.kill(os.getpid(), signal.SIGINT)

wanted, sys.argv[1] = sys.argv[1], "list"
sys.meta_path.insert(0, Interrupt())
from tuimixer.__main__ import start
sys.exit(start())
"""


@pytest.mark.parametrize("module", ["tuimixer.cli.main", "tuimixer.cli.grammar", "tuimixer.cli.invocation"])
def test_interrupted_while_a_module_is_loaded(module: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, module], capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert done.returncode in (130, -signal.SIGINT)
