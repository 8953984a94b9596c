"""Every example in every `--help` is run on a private server, and its effect is checked by another
program.
"""

import json
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.program import Outcome, run
from tests.lab.plugins import Plugins
from tuimixer.cli.verbs import every
from tuimixer.config.load import parse

pytestmark = pytest.mark.plugins

Check = Callable[["Lab", Outcome], bool]


class Lab:
    """The private server with its players, read by pactl."""

    def __init__(self, plugins: Plugins) -> None:
        self.plugins, self.server = plugins, plugins.server
        self.firefox = self.server.play("Firefox", volume=80, silent=True)
        self.mpv = self.server.play("mpv", volume=70, silent=True)
        self.server.pactl("set-sink-volume", "speakers", "60%")
        self.server.pactl("set-sink-volume", "headphones", "100%")
        self.server.pactl("set-sink-input-mute", str(self.firefox.index), "1")

    def sink(self, name: str = "speakers") -> list[int]:
        return self.server.percents("sinks", self._index("sinks", name))

    def muted(self, kind: str, name: str) -> bool:
        return bool(next(found["mute"] for found in self.server.pactl_json(kind) if found["name"] == name))

    def state(self, name: str) -> str:
        return next(str(found["state"]) for found in self.server.pactl_json("sinks") if found["name"] == name)

    def stream(self, index: int) -> list[int]:
        return self.server.percents("sink-inputs", index)

    def device_of(self, index: int) -> str:
        found = self.server.find("sink-inputs", index)
        assert found is not None
        return next(
            str(sink["name"]) for sink in self.server.pactl_json("sinks") if sink["index"] == found["sink"]
        )

    def _index(self, kind: str, name: str) -> int:
        return next(int(found["index"]) for found in self.server.pactl_json(kind) if found["name"] == name)


def prints(*parts: str) -> Check:
    return lambda lab, outcome: all(part in outcome.out for part in parts)


def controls(*names: str) -> Check:
    def check(lab: Lab, outcome: Outcome) -> bool:
        printed = {control["name"] for control in json.loads(outcome.out)["controls"]}
        return set(names) <= printed

    return check


MICROPHONE = "speakers.monitor"

EFFECTS: dict[str, Check] = {
    "tuimixer list": prints("Speakers", "Headphones", "Firefox", "mpv", "Master"),
    "tuimixer list --json": controls("Speakers", "Headphones", "Firefox", "mpv", "Master"),
    "tuimixer get": prints("60% -13.31 dB\n"),
    "tuimixer get firefox --json": controls("Firefox"),
    "tuimixer set +5%": lambda lab, outcome: lab.sink() == [65, 65],
    "tuimixer set firefox 40%": lambda lab, outcome: lab.stream(lab.firefox.index) == [40, 40],
    "tuimixer set --max 130 +5%": lambda lab, outcome: lab.sink() == [65, 65],
    "tuimixer set Master 40%": lambda lab, outcome: lab.sink() == [40, 40],
    "tuimixer set @input 80% unmute": lambda lab, outcome: (
        not lab.muted("sources", MICROPHONE) and "80%" in lab.server.pactl("get-source-volume", MICROPHONE)
    ),
    "tuimixer set headphones '=-12dB'": lambda lab, outcome: (
        "-12.0" in lab.server.pactl("get-sink-volume", "headphones")
    ),
    "tuimixer set headphones -3dB": lambda lab, outcome: (
        "-3.0" in lab.server.pactl("get-sink-volume", "headphones")
    ),
    "tuimixer set balance:-20": lambda lab, outcome: lab.sink() == [60, 48],
    "tuimixer mute": lambda lab, outcome: lab.muted("sinks", "speakers"),
    "tuimixer mute @input": lambda lab, outcome: lab.muted("sources", MICROPHONE),
    "tuimixer unmute firefox": lambda lab, outcome: (
        not any(s["mute"] for s in lab.server.pactl_json("sink-inputs"))
    ),
    "tuimixer toggle": lambda lab, outcome: lab.muted("sinks", "speakers"),
    "tuimixer toggle @input": lambda lab, outcome: lab.muted("sources", MICROPHONE),
    "tuimixer move firefox headphones": lambda lab, outcome: (
        lab.device_of(lab.firefox.index) == "headphones" and lab.device_of(lab.mpv.index) == "speakers"
    ),
    "tuimixer move @streams headphones": lambda lab, outcome: (
        lab.device_of(lab.firefox.index) == lab.device_of(lab.mpv.index) == "headphones"
    ),
    "tuimixer default headphones": lambda lab, outcome: (
        lab.server.pactl("get-default-sink") == "headphones\n"
    ),
    "tuimixer default next": lambda lab, outcome: (
        outcome.out == "Headphones\n" and lab.server.pactl("get-default-sink") == "headphones\n"
    ),
    "tuimixer suspend headphones": lambda lab, outcome: lab.state("headphones") == "SUSPENDED",
    "tuimixer help set": prints("tuimixer set [TARGET…] VALUE…"),
    "tuimixer list --tsv": prints("\tFirefox\t80\t", "\tmpv\t70\t"),
    "tuimixer default": prints("output: Speakers\n"),
    "tuimixer card": prints("default"),
    "tuimixer kill mpv": lambda lab, outcome: lab.server.find("sink-inputs", lab.mpv.index) is None,
    "tuimixer status": prints("60%\n"),
    "tuimixer status --format waybar": lambda lab, outcome: json.loads(outcome.out)["percentage"] == 60,
    "tuimixer status --format i3blocks": prints("60%\n60%\n"),
    "tuimixer status --format polybar": prints("60%\n"),
    "tuimixer status --format tmux": prints("60%\n"),
    "tuimixer status --format '{name} {percent}% {db} dB'": prints("Speakers 60% -13.31 dB\n"),
    "tuimixer config --init": lambda lab, outcome: parse(Path(outcome.out.strip()).read_text())[1] == [],
    "tuimixer config --check": prints("using the defaults"),
    "tuimixer config --path": prints("/.config/tuimixer/config.toml\n"),
    "tuimixer config --keys": prints("mute.toggle", "Volume mute"),
    "tuimixer completion bash": prints("complete -F _tuimixer tuimixer"),
    "tuimixer man": prints(".TH TUIMIXER 1"),
}
NOTHING_TO_LIST = {
    "tuimixer formats @output": "the server lists no formats for Speakers",
    "tuimixer codec": "the server has no Bluetooth card with a choice of codecs",
    "tuimixer port @output": "Speakers has no ports",
    "tuimixer profile": "the server has no cards",
}
"""What is printed on a server without cards."""
EFFECTS |= {command: lambda lab, outcome: outcome.out == "" for command in NOTHING_TO_LIST}
ELSEWHERE = {
    "watch": "test_watch.py",
    "latency": "test_device_verbs.py",
    "path": "diagnosis",
    "doctor": "diagnosis",
    "serve": "web",
}
"""Verbs whose examples are run by other tests: they run until interrupted, or belong elsewhere."""

EXAMPLES = [
    command
    for verb in every()
    if verb.name not in ELSEWHERE and not verb.hidden
    for command, _ in verb.examples
]


@pytest.fixture
def lab(plugins: Plugins) -> Lab:
    return Lab(plugins)


@pytest.mark.parametrize("command", EXAMPLES)
def test_example(command: str, lab: Lab) -> None:
    outcome = run(*shlex.split(command)[1:], env=lab.plugins.env)
    says = NOTHING_TO_LIST.get(command)
    assert (outcome.status, outcome.err) == (0, f"tuimixer: {says}.\n" if says else "")
    assert EFFECTS[command](lab, outcome), outcome


def test_every_verb_has_an_example() -> None:
    assert [verb.name for verb in every() if not verb.examples and not verb.hidden] == []
